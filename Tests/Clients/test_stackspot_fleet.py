"""StackSpot's API on two servers with one database: what one was told the other knows."""

import json
import uuid

import pytest

from test_idempotency import key
from test_stackspot import UNRATED, Spot, check_refusal, program, send
from test_stackspot_tokens import ended, person
from waiting import at_once, until

TIDES = "High water at the Rialto is at nine.\n"


@pytest.fixture
def fleet_config():
    return UNRATED


@pytest.fixture
def pair(fleet):
    """The same program on each of two servers."""
    first, second = fleet.start(2)
    for name in ("echo", "history", "gated"):
        first.agent(name)
    here, there = program(first), program(second)
    until(lambda: there.chat("gated", "").status_code == 400, what="the agents on the other server")
    return here, there


def test_what_was_begun_on_one_server_goes_on_on_the_other(pair, model):
    here, there = pair
    # A conversation.
    talk = here.answer("history", "One", use_conversation=True)["conversation_id"]
    second = there.answer("history", "Two", use_conversation=True, conversation_id=talk)
    assert [turn["content"] for turn in json.loads(second["message"]) if turn["role"] == "user"] == ["One", "Two"]
    # A file: its form from the one, the file to the other, the question to the first.
    form = here.form("tides.txt")
    moved = form | {"url": form["url"].replace(here.base, there.base)}
    answers = at_once(8, lambda place: send((form, moved)[place % 2], TIDES))
    assert sorted(answer.status_code for answer in answers) == [204] + [410] * 7
    assert TIDES.strip() in here.answer("history", "Read.", upload_ids=[form["id"]])["message"]
    check_refusal(send(moved, TIDES), 410, "Gone", "INFERENCE_4100_GONE")
    # A quick command.
    execution = here.execute("echo", "hello").json()
    assert there.ended(execution)["result"] == "hello"
    # A stream, followed and canceled elsewhere.
    gate = model.gate()
    with here.stream("gated", gate.name) as stream:
        gate.send("one ")
        cursor = stream.read_deltas(1).id
        with there.follow("gated", stream.run, cursor) as follower:
            gate.send("two ")
            follower.read_deltas(1)
            assert there.cancel("gated", stream.run).status_code == 200
            gate.wait_left()
            assert stream.read_all().last["stop_reason"] == follower.read_all().last["stop_reason"] == "cancelled"
            assert follower.text == "two "


def test_a_key_is_one_run_and_one_execution_on_both_servers(pair, model):
    same, question = key(), uuid.uuid4().hex
    streams = at_once(16, lambda place: pair[place % 2].open("echo", question, headers=same).read_all())
    assert {stream.response.status_code for stream in streams} == {200}, streams[0].response.text
    assert all(stream.lines == streams[0].lines and stream.is_done for stream in streams)
    other = key()
    answers = at_once(16, lambda place: pair[place % 2].execute("echo", question, headers=other))
    assert {answer.status_code for answer in answers} == {200} and len({answer.text for answer in answers}) == 1
    assert pair[0].ended(answers[0].json())["result"] == question
    assert len([call for call in model.asked("echo") if call.question == question]) == 2


def test_a_new_personal_access_token_ends_the_last_on_both_servers(pair, fleet):
    first = person(fleet.servers[0], "ana")
    elsewhere = Spot(pair[1].base, first.realm, first.client, first.secret)
    assert first.get("/v4/agents").status_code == elsewhere.get("/v4/agents").status_code == 200
    second = person(fleet.servers[1], "ana")
    for spot in (first, elsewhere):
        ended(spot)
    assert second.get("/v4/agents").status_code == 200
