"""The messages of a conversation, page by page."""

import pytest

PAGE_BYTES = 20_000


@pytest.fixture(scope="module")
def server(servers):
    return servers({"limits": {"page_bytes": PAGE_BYTES}})


@pytest.fixture(scope="module")
def echo(server):
    return server.agent("echo")


@pytest.fixture(scope="module")
def talk(server, echo):
    """What was said in the conversation `talk`: twelve questions, each answered by itself."""
    caller = server.caller()
    questions = [f"turn {number}" for number in range(12)]
    for question in questions:
        caller.answer(echo, question, conversationId="talk")
    return [(role, question) for question in questions for role in ("user", "assistant")]


@pytest.fixture(params=["/api/v1", "/v1"])
def program(request, server, talk):
    return server.caller(path=request.param)


def page(caller, talk, **query):
    response = caller.get(f"/conversations/{talk}/messages", params=query)
    assert response.status_code == 200, response.text
    body = response.json()
    assert set(body) == {"data", "hasMore", "cursor"} and (body["cursor"] is not None) == body["hasMore"]
    return body


def said(body):
    return [(message["role"], message["content"]) for message in body["data"]]


def walk(caller, talk, **query):
    """The messages of every page, in order, and how many there were on each."""
    messages, sizes, cursor = [], [], None
    while True:
        body = page(caller, talk, **query, **({"cursor": cursor} if cursor else {}))
        messages += said(body)
        sizes.append(len(body["data"]))
        cursor = body["cursor"]
        if not body["hasMore"]:
            return messages, sizes
        assert len(sizes) < 100


@pytest.mark.parametrize("limit", [1, 5, 7, 24, 100])
def test_every_message_is_seen_once_in_either_order(program, talk, limit):
    for order, expected in (("asc", talk), ("desc", talk[::-1])):
        messages, sizes = walk(program, "talk", limit=limit, order=order)
        assert messages == expected
        assert all(size == limit for size in sizes[:-1]) and 0 < sizes[-1] <= limit


def test_without_parameters_the_oldest_twenty_come_first(program, talk):
    body = page(program, "talk")
    assert said(body) == talk[:20] and body["hasMore"] is True
    assert said(page(program, "talk", cursor=body["cursor"])) == talk[20:]


def test_a_page_that_takes_all_is_the_last(program, talk):
    for limit in (24, 25, 100):
        body = page(program, "talk", limit=limit)
        assert said(body) == talk and body["hasMore"] is False and body["cursor"] is None


@pytest.mark.parametrize("query", [
    {"limit": 0}, {"limit": -1}, {"limit": 101}, {"limit": "many"}, {"limit": ""}, {"limit": 10**30},
    {"order": "up"}, {"order": ""}, {"cursor": "nonsense"}, {"cursor": "é"}, {"cursor": "AAAA"},
    {"cursor": "MDE5MDE2M2QtODY5NC03MzliLWFlYTUtOTY2YzI2ZjhhZDkx"},
    {"cursor": "MDE5MDE2M2QtODY5NC03MzliLWFlYTUtOTY2YzI2ZjhhZDkxLi0x"}])
def test_a_page_that_cannot_be_is_refused_by_the_name_of_the_parameter(program, query):
    response = program.get("/conversations/talk/messages", params=query)
    assert response.status_code == 400, response.text
    assert response.json()["error"]["param"] == next(iter(query))


def test_the_cursors_of_one_list_are_none_of_the_other(program):
    conversations = program.get("/conversations", params={"limit": 1}).json()
    messages = page(program, "talk", limit=1)
    if conversations["cursor"]:
        refused = program.get("/conversations/talk/messages", params={"cursor": conversations["cursor"]})
        assert refused.status_code == 400
    refused = program.get("/conversations", params={"cursor": messages["cursor"]})
    assert refused.status_code == 400


def test_a_page_ends_before_the_message_that_would_make_it_too_large(server, echo):
    caller = server.caller()
    for letter in "abcd":
        caller.answer(echo, letter * 6_000, conversationId="long")
    expected = [(role, letter * 6_000) for letter in "abcd" for role in ("user", "assistant")]
    for order in (expected, expected[::-1]):
        messages, sizes = walk(caller, "long", limit=100, order="asc" if order is expected else "desc")
        assert messages == order and sizes == [3, 3, 2]
    response = caller.get("/conversations/long/messages", params={"limit": 100})
    assert len(response.content) <= PAGE_BYTES + 200


def test_a_message_larger_than_a_page_has_one_of_its_own(server, echo):
    caller = server.caller()
    for question in ("short", "x" * 3 * PAGE_BYTES, "end"):
        caller.answer(echo, question, conversationId="larger")
    _, sizes = walk(caller, "larger", limit=100)
    assert sizes == [2, 1, 1, 2]


def test_what_grows_when_it_is_written_as_json_is_measured_as_it_is_sent(server, echo):
    caller = server.caller()
    for _ in range(3):
        caller.answer(echo, "\x01" * 1_500, conversationId="control")
    _, sizes = walk(caller, "control", limit=100)
    assert sizes == [2, 2, 2]


def test_an_answer_that_ends_between_two_pages_is_seen_once(server, echo, model):
    caller, gate = server.caller(), model.gate()
    with caller.stream(server.agent("gated"), gate.name, conversationId="under-way") as stream:
        caller.answer(echo, "later", conversationId="under-way")
        first = page(caller, "under-way", limit=2)
        assert said(first) == [("user", gate.name), ("user", "later")]
        gate.send("at last").finish()
        stream.read_all()
    rest = page(caller, "under-way", limit=9, cursor=first["cursor"])
    assert said(rest) == [("assistant", "at last"), ("assistant", "later")] and rest["hasMore"] is False
    again = walk(caller, "under-way", limit=1)[0]
    assert again == [("user", gate.name), ("assistant", "at last"), ("user", "later"), ("assistant", "later")]
