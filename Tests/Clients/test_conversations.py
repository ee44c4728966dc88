"""Conversations: listed, read and deleted by whom they belong to."""

from urllib.parse import quote

import pytest

from caller import Caller


@pytest.fixture(scope="module")
def echo(shared):
    return shared.agent("echo")


@pytest.fixture(scope="module")
def talker(shared, echo):
    """A program with seven conversations, the first to the last."""
    shared.client("talker")
    caller = shared.caller("talker")
    for number in range(7):
        caller.answer(echo, f"talk {number}", conversationId=f"talk-{number}")
    return caller


@pytest.fixture(params=["/api/v1", "/v1"])
def program(request, talker):
    return talker.on(request.param)


def page(caller, **query):
    response = caller.get("/conversations", params=query)
    assert response.status_code == 200, response.text
    return response.json()


def walk(caller, **query):
    """The ids of every page, in order, and how many pages there were."""
    ids, pages, cursor = [], 0, None
    while True:
        body = page(caller, **query, **({"cursor": cursor} if cursor else {}))
        ids += [talk["id"] for talk in body["data"]]
        pages += 1
        cursor = body["cursor"]
        if not body["hasMore"]:
            return ids, pages
        assert cursor and pages < 50


def test_conversations_are_listed_page_by_page_in_either_order(program):
    everything = [f"talk-{number}" for number in range(7)]
    assert walk(program, limit=3, order="asc") == (everything, 3)
    assert walk(program, limit=3, order="desc") == (everything[::-1], 3)
    assert walk(program, limit=7, order="asc") == (everything, 1)
    assert walk(program, limit=100, order="asc") == (everything, 1)


def test_a_page_says_whether_there_is_more(program):
    first = page(program, limit=2)
    assert set(first) >= {"data", "hasMore", "cursor"} and len(first["data"]) == 2 and first["hasMore"] is True
    whole = page(program, limit=50)
    assert whole["hasMore"] is False and len(whole["data"]) == 7


@pytest.mark.parametrize("query", [
    {"limit": 0}, {"limit": -1}, {"limit": "many"}, {"limit": 10**9}, {"limit": 10**30}, {"order": "up"},
    {"cursor": "nonsense"}, {"cursor": "é"}])
def test_a_page_that_cannot_be_is_refused_by_the_name_of_the_parameter(program, query):
    response = program.get("/conversations", params=query)
    if query == {"limit": 10**9} and response.status_code == 200:
        return
    assert response.status_code == 400 and response.json()["error"]["param"] == next(iter(query))


def test_a_list_shows_only_ones_own(shared, talker, echo):
    shared.client("other-talker")
    other = shared.caller("other-talker")
    other.answer(echo, "mine", conversationId="other-talk")
    assert [talk["id"] for talk in page(other)["data"]] == ["other-talk"]
    assert "other-talk" not in walk(talker, limit=100)[0]


def test_a_conversation_can_be_read(program, echo):
    response = program.get("/conversations/talk-3")
    assert response.status_code == 200
    talk = response.json()
    assert talk["id"] == "talk-3" and talk["createdAt"].endswith("Z")
    assert echo in talk.values()


def test_the_messages_of_a_conversation_can_be_read(program):
    response = program.get("/conversations/talk-3/messages")
    assert response.status_code == 200
    messages = [(message["role"], message["content"]) for message in response.json()["data"]]
    assert messages == [("user", "talk 3"), ("assistant", "talk 3")]


def test_a_conversation_within_the_account_may_be_read_by_its_other_programs(shared, talker):
    assert shared.caller().get("/conversations/talk-3").status_code == 200


def test_a_conversation_of_an_agent_one_may_not_use_is_not_shown(shared, talker):
    shared.client("guide-only-talker", "--agent", "guide")
    other = shared.caller("guide-only-talker")
    assert other.get("/conversations/talk-3").status_code in (403, 404)
    assert other.get("/conversations/talk-3/messages").status_code in (403, 404)
    assert other.delete("/conversations/talk-3").status_code in (403, 404)


def test_a_conversation_of_another_account_does_not_exist(shared, talker):
    shared.run("account", "add", "foreign-talks")
    shared.client("foreign-talker", "--account", "foreign-talks")
    other = shared.caller("foreign-talker")
    for response in (other.get("/conversations/talk-3"), other.get("/conversations/talk-3/messages"),
                     other.delete("/conversations/talk-3"), other.get("/conversations/unknown")):
        assert response.status_code == 404 and response.json()["error"]["type"] == "not_found_error"
    assert page(other)["data"] == []


@pytest.mark.parametrize("path", ["/api/v1", "/v1"])
def test_a_deleted_conversation_is_gone(shared, echo, path):
    caller = shared.caller(path=path)
    stream = caller.stream(echo, "soon gone").read_all()
    place = f"/conversations/{stream.conversation}"
    assert caller.get(place).status_code == 200
    assert caller.delete(place).status_code in (200, 204)
    for response in (caller.get(place), caller.get(f"{place}/messages"), caller.delete(place)):
        assert response.status_code == 404
    assert stream.conversation not in walk(caller, limit=100)[0]


def test_a_conversation_id_is_read_as_it_was_chosen(shared, echo):
    caller = shared.caller()
    name = "a%b:c?d=e&f#g+h"
    caller.answer(echo, "strange", conversationId=name)
    assert caller.get(f"/conversations/{quote(name, safe='')}").json()["id"] == name


def test_conversations_need_a_token(shared):
    stranger = Caller(shared.base, None, "/v1")
    for path in ("/conversations", "/conversations/talk-3", "/conversations/talk-3/messages"):
        assert stranger.get(path).status_code == 401


def test_conversations_outlive_the_server(rialto):
    rialto.start()
    agent = rialto.agent("history")
    rialto.caller().answer(agent, "Before", conversationId="long")
    rialto.kill()
    rialto.start()
    seen = rialto.caller().answer(agent, "After", conversationId="long")
    assert "Before" in seen and [talk["id"] for talk in page(rialto.caller())["data"]] == ["long"]
