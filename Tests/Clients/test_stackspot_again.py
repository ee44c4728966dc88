"""Runs of StackSpot's API come back to, and questions asked twice."""

import uuid

import pytest

from test_idempotency import key, runs_of
from test_stackspot import UNRATED, check_refusal, program, ulid_of
from waiting import at_once, beside


@pytest.fixture(scope="module")
def server(servers):
    return servers(UNRATED)


@pytest.fixture(scope="module")
def spot(server):
    for name in ("echo", "gated", "count-5-1ms", "unicode"):
        server.agent(name)
    return program(server)


@pytest.fixture
def agent(server):
    """Makes an agent of the test's own, so that its runs can be counted."""
    return lambda model: server.agent(model, code=f"once-{uuid.uuid4().hex[:12]}")


# Coming back


def after(stream, place):
    ids = [event.id for event in stream.told]
    return stream.lines[ids.index(place) + 1:]


def test_a_finished_run_is_told_again_from_its_start_and_from_any_event(spot):
    done = spot.stream("count-5-1ms", "count", use_conversation=True).read_all()
    assert spot.follow("count-5-1ms", done.run).read_all().lines == done.lines
    for place in done.ids[:-1]:
        assert spot.follow("count-5-1ms", done.run, place).read_all().lines == after(done, place)
    for place in (done.ids[-1], f"{done.run}:{2**63 - 1}"):
        assert spot.follow("count-5-1ms", done.run, place).read_all().lines == done.lines[-1:]


def test_a_stream_that_was_cut_goes_on_after_its_last_event(spot, model):
    gate = model.gate()
    with spot.stream("gated", gate.name) as stream:
        gate.send("one ", "two ")
        cursor = stream.read_deltas(2).id
    with spot.follow("gated", stream.run, cursor) as rest:
        gate.send("three")
        gate.finish()
        rest.read_all()
    assert rest.text == "three" and rest.last["stop_reason"] == "stop"
    assert rest.last["tokens"]["output"] == 3, "the whole answer counts, not what was left of it"


@pytest.mark.parametrize("cursor", ["garbage", "{run}", "{run}:", "{run}:-1", "{run}:1:2", "1", "{other}:0"])
def test_garbage_and_another_runs_cursor_are_no_cursor(spot, cursor):
    run, other = (spot.chat("echo", "hello").headers["X-Run-Id"] for _ in range(2))
    response = spot.follow("echo", run, cursor.format(run=run, other=other)).response
    check_refusal(response, 400, "BadRequestError", "INFERENCE_4000_BAD_REQUEST")


def test_a_run_under_way_and_a_run_over_can_be_looked_at(spot, model):
    gate = model.gate()
    with spot.stream("gated", gate.name) as stream:
        gate.send("one ")
        stream.read_deltas(1)
        going = spot.get(f"/v1/agent/gated/chat/{stream.run}")
        assert going.status_code == 202 and not {"stop_reason", "tokens"} & set(going.json())
        gate.finish()
        stream.read_all()
    over = spot.get(f"/v1/agent/gated/chat/{stream.run}")
    assert over.status_code == 200 and over.json()["message"] == "one " and over.json()["stop_reason"] == "stop"


def test_many_followers_see_the_same(spot):
    done = spot.stream("unicode", "say").read_all()
    for follower in at_once(20, lambda _: spot.follow("unicode", done.run).read_all()):
        assert follower.lines == done.lines


# Asked twice


def test_the_same_key_and_body_give_the_first_answer_again(server, spot, agent):
    code, same = agent("count-5-1ms"), key()
    first = spot.chat(code, "count", headers=same, use_conversation=True)
    again = spot.chat(code, "count", headers=same, use_conversation=True)
    assert first.status_code == again.status_code == 200 and first.content == again.content
    assert again.headers["Idempotent-Replayed"] == "true" and "Idempotent-Replayed" not in first.headers
    assert len(runs_of(server, code)) == 1


def test_a_stream_is_replayed_byte_by_byte(server, spot, agent):
    code, same = agent("unicode"), key()
    first = spot.stream(code, "say", headers=same, use_conversation=True).read_all()
    again = spot.stream(code, "say", headers=same, use_conversation=True).read_all()
    assert b"".join(again.writes) == b"".join(first.writes) and again.run == first.run
    assert again.response.headers["Idempotent-Replayed"] == "true" and len(runs_of(server, code)) == 1


def test_the_same_key_with_another_body_is_refused(spot, agent):
    code, same = agent("echo"), key()
    assert spot.chat(code, "three thousand ducats", headers=same).status_code == 200
    for more in ({}, {"stream": True}, {"conversation_id": ulid_of(str(uuid.uuid4()))}, {"use_conversation": True},
                 {"selected_model": "echo"}, {"deep_search_ks": True}, {"return_ks_in_response": True}):
        prompt = "three thousand ducats" if more else "four thousand ducats"
        response = spot.chat(code, prompt, headers=same, **more)
        check_refusal(response, 422, "UnprocessableEntity", "INFERENCE_4220_UNPROCESSABLE_ENTITY")


def test_the_same_body_in_other_letters_is_the_same_body(spot, agent):
    code, same = agent("echo"), key()
    talk = str(uuid.uuid4())
    body = {"user_prompt": "Grüße", "streaming": False, "use_conversation": True, "conversation_id": talk}
    path = f"/v1/agent/{code}/chat"
    first = spot.call("POST", path, headers=same, json=body)
    others = [dict(reversed(body.items())), body | {"streaming": "false"}, body | {"upload_ids": []},
              body | {"user-prompt": "not this"}, body | {"conversation_id": ulid_of(talk)}, body | {"tide": "high"},
              {"user-prompt": body["user_prompt"]} | {name: body[name] for name in list(body)[1:]}]
    for other in others:
        again = spot.call("POST", path, headers=same, json=other)
        assert again.status_code == 200 and again.content == first.content, (other, again.text)


def test_one_key_from_many_connections_at_once_is_one_run(server, spot, agent):
    code, same = agent("count-20-10ms"), key()
    streams = at_once(20, lambda _: spot.open(code, "count", headers=same).read_all())
    assert all(stream.lines == streams[0].lines and stream.is_done for stream in streams)
    assert len(runs_of(server, code)) == 1


def test_a_second_request_while_the_first_is_going_follows_or_is_told_to_wait(server, spot, agent, model):
    code, same, gate = agent("gated"), key(), model.gate()
    first = beside(lambda: spot.chat(code, gate.name, headers=same))
    gate.wait_arrived()
    check_refusal(spot.chat(code, gate.name, headers=same), 409, "Conflict", "INFERENCE_4090_CONFLICT")
    gate.send("done")
    gate.finish()
    answer = first.result(10)
    assert answer.status_code == 200 and spot.chat(code, gate.name, headers=same).content == answer.content


def test_a_failed_answer_fails_the_same_way_again(server, spot, agent):
    code, same = agent("error-mid"), key()
    first = spot.stream(code, "go on", headers=same).read_all()
    again = spot.stream(code, "go on", headers=same).read_all()
    assert again.lines == first.lines and len(runs_of(server, code)) == 1
    whole = key()
    assert spot.chat(code, "go on", headers=whole).content == spot.chat(code, "go on", headers=whole).content


def test_the_same_key_of_another_program_or_for_another_agent_is_another_key(server, spot, agent):
    code, same = agent("echo"), key()
    first = spot.chat(code, "hello", headers=same).headers["X-Run-Id"]
    assert program(server, "colleague").chat(code, "hello", headers=same).headers["X-Run-Id"] != first
    assert spot.chat("echo", "hello", headers=same).headers["X-Run-Id"] != first


def test_keys_hold_after_a_kill(rialto, model):
    rialto.start()
    rialto.configure(UNRATED)
    code, gated, same, whole, cut = rialto.agent("count-5-1ms"), rialto.agent("gated"), key(), key(), key()
    spot, gate = program(rialto), model.gate()
    first = spot.stream(code, "count", headers=same).read_all()
    answer = spot.chat(code, "count", headers=whole)
    stream = spot.stream(gated, gate.name, headers=cut)
    gate.send("one ")
    stream.read_deltas(1)
    rialto.kill()
    rialto.start()
    assert spot.stream(code, "count", headers=same).read_all().lines == first.lines
    assert spot.chat(code, "count", headers=whole).content == answer.content
    assert spot.chat(code, "another", headers=same).status_code == 422
    again = spot.stream(gated, gate.name, headers=cut).read_all()
    assert again.run == stream.run and again.last["stop_reason"] == "error" and again.last["error"]
    assert len(runs_of(rialto, code)) == 2 and len(runs_of(rialto, gated)) == 1 and gate.arrivals == 1
