"""Conversations of StackSpot's API: remembered, continued from other APIs, and closed to other accounts."""

import json
import uuid

import pytest

from caller import SSE
from rooms_client import RoomsClient
from test_stackspot import ULID, UNKNOWN, UNRATED, check_refusal, program, stranger, ulid_of, uuid_of
from waiting import at_once

HERE = "history"


@pytest.fixture(scope="module")
def server(servers):
    return servers(UNRATED)


@pytest.fixture(scope="module")
def spot(server):
    for name in (HERE, "gated", "echo"):
        server.agent(name)
    return program(server)


def history(message):
    """What the model was told, as pairs of who and what."""
    return [(turn["role"], turn["content"]) for turn in json.loads(message)]


def asked(message):
    return [content for role, content in history(message) if role == "user"]


def test_a_new_conversation_has_a_ulid_and_each_another_one(spot):
    talks = [spot.answer(HERE, "Hello", use_conversation=True)["conversation_id"] for _ in range(3)]
    talks.append(spot.stream(HERE, "Hello", use_conversation="true").read_all().last["conversation_id"])
    assert all(ULID.fullmatch(talk) for talk in talks) and len(set(talks)) == 4


def test_a_follow_up_remembers_whole_and_streamed(spot):
    first = spot.answer(HERE, "What is an API?", use_conversation=True)
    talk = {"use_conversation": True, "conversation_id": first["conversation_id"]}
    second = spot.stream(HERE, "And what are the types?", **talk).read_all()
    third = spot.answer(HERE, "Which one is best?", **talk)
    assert second.last["conversation_id"] == third["conversation_id"] == first["conversation_id"]
    assert history(second.text) == [
        ("user", "What is an API?"), ("assistant", first["message"]), ("user", "And what are the types?")]
    assert history(third["message"])[2:] == [
        ("user", "And what are the types?"), ("assistant", second.text), ("user", "Which one is best?")]


def test_without_a_conversation_nothing_is_remembered(spot):
    first = spot.answer(HERE, "I am Antonio.")
    assert first["conversation_id"] is None
    assert asked(spot.answer(HERE, "Who am I?")["message"]) == ["Who am I?"]
    assert asked(spot.answer(HERE, "Who am I?", use_conversation=True)["message"]) == ["Who am I?"]


def test_who_says_that_there_is_no_conversation_has_none(spot):
    talk = spot.answer(HERE, "I am Antonio.", use_conversation=True)["conversation_id"]
    answer = spot.answer(HERE, "Who am I?", use_conversation=False, conversation_id=talk)
    assert answer["conversation_id"] is None and asked(answer["message"]) == ["Who am I?"]


def test_a_client_may_make_the_id_of_a_conversation(spot):
    talk = ulid_of(str(uuid.uuid4()))
    first = spot.answer(HERE, "One", use_conversation=True, conversation_id=talk)
    assert first["conversation_id"] == talk
    second = spot.answer(HERE, "Two", use_conversation=True, conversation_id=talk)
    assert asked(second["message"]) == ["One", "Two"]


def test_a_conversation_is_found_in_every_spelling_of_its_id(spot):
    talk = ulid_of(str(uuid.uuid4()))
    for place, name in enumerate((talk, talk.lower(), uuid_of(talk), uuid_of(talk).upper())):
        answer = spot.answer(HERE, f"turn {place}", use_conversation=True, conversation_id=name)
        assert len(asked(answer["message"])) == place + 1, name
        assert answer["conversation_id"] == talk


@pytest.mark.parametrize("talk", [
    "my-talk", "81K9T3D5752EMVMDJTSEW536AP", "01K9T3D5752EMVMDJTSEW536AU", "0" * 26, "Ü"])
def test_an_id_that_is_no_ulid_names_a_conversation_or_is_refused(spot, talk):
    response = spot.chat(HERE, "One", use_conversation=True, conversation_id=talk)
    if response.status_code != 200:
        check_refusal(response, 400, "BadRequestError", "INFERENCE_4000_BAD_REQUEST")
        return
    again = spot.answer(HERE, "Two", use_conversation=True, conversation_id=talk)
    assert asked(again["message"]) == ["One", "Two"]
    assert again["conversation_id"] == response.json()["conversation_id"]


@pytest.mark.parametrize("talk", [7, True, ["x"], {"id": "x"}, "x" * 5000])
def test_an_id_of_another_kind_is_refused(spot, talk):
    response = spot.chat(HERE, "One", use_conversation=True, conversation_id=talk)
    details = check_refusal(response, 400, "BadRequestError", "INFERENCE_4000_BAD_REQUEST")
    assert "conversation_id" in details


def test_several_questions_at_once_in_a_conversation_that_is_made_by_them_are_all_answered(spot):
    """As the published SDK does with `chat_many` and an id of its own."""
    talk = ulid_of(str(uuid.uuid4()))
    answers = at_once(6, lambda place: spot.answer(HERE, f"{place}", use_conversation=True, conversation_id=talk))
    assert {answer["conversation_id"] for answer in answers} == {talk}
    last = spot.answer(HERE, "last", use_conversation=True, conversation_id=talk)
    assert set(asked(last["message"])) == {"0", "1", "2", "3", "4", "5", "last"}


def test_another_program_of_the_account_may_go_on(server, spot):
    first = spot.answer(HERE, "I am Antonio.", use_conversation=True)
    second = program(server, "colleague").answer(
        HERE, "Who am I?", use_conversation=True, conversation_id=first["conversation_id"])
    assert asked(second["message"]) == ["I am Antonio.", "Who am I?"]


# Other dialects


def test_a_conversation_that_began_here_goes_on_in_the_marketplace_and_comes_back(server, spot):
    talk = spot.answer(HERE, "One", use_conversation=True)["conversation_id"]
    caller = server.caller()
    middle = caller.answer(HERE, "Two", conversationId=uuid_of(talk))
    assert asked(middle) == ["One", "Two"]
    back = spot.answer(HERE, "Three", use_conversation=True, conversation_id=talk)
    assert asked(back["message"]) == ["One", "Two", "Three"] and back["conversation_id"] == talk
    turns = caller.get(f"/conversations/{uuid_of(talk)}/messages").json()["data"]
    assert sorted(turn["content"] for turn in turns if turn["role"] == "user") == ["One", "Three", "Two"]


def test_a_conversation_of_the_marketplace_goes_on_here_and_back(server, spot):
    caller = server.caller()
    stream = caller.stream(HERE, "One").read_all()
    for name in (stream.conversation, ulid_of(stream.conversation)):
        here = spot.answer(HERE, "Two", use_conversation=True, conversation_id=name)
        assert asked(here["message"])[:2] == ["One", "Two"]
        assert here["conversation_id"] == ulid_of(stream.conversation)
    back = caller.answer(HERE, "Three", conversationId=stream.conversation)
    assert asked(back) == ["One", "Two", "Two", "Three"]


def test_a_conversation_that_another_dialect_named_keeps_its_name(server, spot):
    caller, name = server.caller(), f"talk-{uuid.uuid4().hex[:8]}"
    caller.answer(HERE, "One", conversationId=name)
    here = spot.answer(HERE, "Two", use_conversation=True, conversation_id=name)
    assert asked(here["message"]) == ["One", "Two"] and here["conversation_id"] == name
    assert asked(caller.answer(HERE, "Three", conversationId=name)) == ["One", "Two", "Three"]


def test_a_client_made_uuid_of_the_marketplace_in_capitals_goes_on_here(server, spot):
    caller, name = server.caller(), str(uuid.uuid4()).upper()
    caller.answer(HERE, "One", conversationId=name)
    here = spot.answer(HERE, "Two", use_conversation=True, conversation_id=name)
    assert asked(here["message"]) == ["One", "Two"]
    again = spot.answer(HERE, "Three", use_conversation=True, conversation_id=here["conversation_id"])
    assert asked(again["message"]) == ["One", "Two", "Three"]


def test_a_room_goes_on_here(server, spot):
    rooms = RoomsClient(server, HERE)
    room = rooms.room(HERE)
    rooms.ask(HERE, "One", chat_room_id=room)
    here = spot.answer(HERE, "Two", use_conversation=True, conversation_id=ulid_of(room))
    assert asked(here["message"]) == ["One", "Two"]


def test_a_run_that_began_here_can_be_read_among_rooms_and_in_the_marketplace(server, spot, model):
    rooms, caller, gate = RoomsClient(server, "gated"), server.caller(), model.gate()
    with spot.stream("gated", gate.name, use_conversation=True) as stream:
        gate.send("one ")
        stream.read_deltas(1)
        assert rooms.status("gated", stream.run)["status"] == "PROCESSING"
        with caller.follow(stream.run) as follower:
            follower.read_deltas(1)
            gate.send("two")
            gate.finish()
            assert follower.read_all().text == stream.read_all().text == "one two"
    shown = rooms.status("gated", stream.run)
    assert shown["status"] == "COMPLETED" and shown["results"] == {"output": "one two"}
    assert shown["chat_room_id"] == uuid_of(stream.last["conversation_id"])


def test_a_run_of_the_marketplace_can_be_followed_here_in_either_spelling(server, spot):
    stream = server.caller().stream("echo", "one two").read_all()
    for run in (stream.run, ulid_of(stream.run)):
        assert spot.follow("echo", run).read_all().text == "one two"
        assert spot.get(f"/v1/agent/echo/chat/{run}").json()["message"] == "one two"


# Other accounts


def test_a_conversation_of_another_account_is_another_conversation(server, spot):
    other = stranger(server)
    talk = spot.answer(HERE, "the treasury is empty", use_conversation=True)["conversation_id"]
    for name in (talk, uuid_of(talk)):
        theirs = other.answer("lagoon", "What was said?", use_conversation=True, conversation_id=name)
        assert "treasury" not in json.dumps(theirs)
    ours = spot.answer(HERE, "Two", use_conversation=True, conversation_id=talk)
    assert asked(ours["message"]) == ["the treasury is empty", "Two"]


def test_a_run_and_an_agent_of_another_account_do_not_exist(server, spot):
    other = stranger(server)
    run = spot.chat("echo", "the treasury is empty").headers["X-Run-Id"]
    for agent, who in (("echo", run), ("lagoon", run), ("lagoon", ulid_of(run)), ("lagoon", UNKNOWN)):
        for response in (other.get(f"/v1/agent/{agent}/chat/{who}"), other.cancel(agent, who),
                         other.get(f"/v1/agent/{agent}/chat/{who}", headers={"Accept": SSE})):
            check_refusal(response, 404, "NotFound", "INFERENCE_4040_NOT_FOUND")
            assert "treasury" not in response.text
    for stream in (False, True):
        check_refusal(other.chat("echo", "Hello", stream=stream), 404, "NotFound", "INFERENCE_4040_NOT_FOUND")
    check_refusal(spot.get(f"/v1/agent/gated/chat/{run}"), 404, "NotFound", "INFERENCE_4040_NOT_FOUND")


def test_a_conversation_without_its_agent_is_no_way_to_another_agent(server, spot):
    narrow = program(server, "narrow", "quay", "--agent", "echo")
    talk = spot.answer(HERE, "the treasury is empty", use_conversation=True)["conversation_id"]
    response = narrow.chat("echo", "What was said?", use_conversation=True, conversation_id=talk)
    assert "treasury" not in response.text
