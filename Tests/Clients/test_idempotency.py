"""The same question with the same key is the same question."""

import json
import uuid

import pytest
from waiting import at_once, beside


def key(value=None, quoted=False):
    value = value or uuid.uuid4().hex
    return {"Idempotency-Key": f'"{value}"' if quoted else value}


@pytest.fixture
def agent(shared):
    """Makes an agent of the test's own, so that its runs can be counted."""
    return lambda model: shared.agent(model, code=f"once-{uuid.uuid4().hex[:12]}")


def runs_of(server, agent):
    return [run for run in server.run("runs", "list", "--limit", "1000") if run["agent"] == agent]


def test_one_key_from_fifty_connections_at_once_is_one_run(shared, either, agent, model):
    code, same, question = agent("count-20-10ms"), key(), uuid.uuid4().hex
    streams = at_once(50, lambda _: either.open(code, question, headers=same).read_all())
    assert {stream.response.status_code for stream in streams} == {200}
    assert len({stream.run for stream in streams}) == 1
    assert all(stream.lines == streams[0].lines and stream.is_done for stream in streams)
    assert len(runs_of(shared, code)) == 1
    assert len([call for call in model.asked("count-20-10ms") if call.question == question]) == 1


def test_one_key_from_fifty_connections_at_once_is_one_whole_answer(shared, either, agent):
    code, same = agent("wait-0.5s"), key()
    answers = at_once(50, lambda _: either.ask(code, "hello", headers=same))
    assert {answer.status_code for answer in answers} <= {200, 409}
    good = [answer for answer in answers if answer.status_code == 200]
    assert good and len({answer.text for answer in good}) == 1
    assert len(runs_of(shared, code)) == 1
    assert either.ask(code, "hello", headers=same).text == good[0].text


def test_a_finished_stream_is_replayed_byte_by_byte(either, agent):
    code, same = agent("unicode"), key()
    first = either.stream(code, "say", headers=same).read_all()
    again = either.stream(code, "say", headers=same).read_all()
    assert again.lines == first.lines and again.run == first.run and again.conversation == first.conversation
    assert b"".join(again.writes) == b"".join(first.writes)
    assert again.response.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.response.headers


def test_a_whole_answer_is_replayed_byte_by_byte(either, agent):
    code, same = agent("count-5-1ms"), key()
    first, again = either.ask(code, "count", headers=same), either.ask(code, "count", headers=same)
    assert first.status_code == again.status_code == 200 and first.content == again.content
    assert again.headers["Idempotent-Replayed"] == "true"


def test_the_same_key_with_another_body_is_refused(either, agent):
    code, same = agent("echo"), key()
    assert either.ask(code, "three thousand ducats", headers=same).status_code == 200
    for answer in (either.ask(code, "four thousand ducats", headers=same),
                   either.ask(code, "three thousand ducats", headers=same, temperature=0.1),
                   either.ask(code, "three thousand ducats", headers=same, model="other"),
                   either.open(code, "four thousand ducats", headers=same).response):
        assert answer.status_code == 422, answer.text
        assert answer.json()["error"]["message"]


def test_the_same_body_in_other_letters_is_the_same_body(either, agent):
    code, same = agent("echo"), key()
    first = either.ask(code, "Grüße", headers=same)
    body = either.body(code, "Grüße")
    kind = {"Content-Type": "application/json"}
    for text in (json.dumps(body, indent=4), json.dumps(dict(reversed(body.items())), ensure_ascii=False),
                 json.dumps(body, sort_keys=True)):
        again = either.post("/chat/completions", data=text.encode(), headers=same | kind)
        assert again.status_code == 200 and again.content == first.content


def test_a_key_is_the_same_with_and_without_quotes(either, agent):
    code, value = agent("echo"), uuid.uuid4().hex
    bare = either.ask(code, "hello", headers=key(value))
    quoted = either.ask(code, "hello", headers=key(value, quoted=True))
    assert bare.headers["X-Run-Id"] == quoted.headers["X-Run-Id"]


@pytest.mark.parametrize("streams", [True, False])
@pytest.mark.parametrize("keyed", [True, False])
@pytest.mark.parametrize("cursor", [
    "garbage", "{run}:", "{run}:0", "{run}:3", "00000000-0000-7000-8000-000000000000:0"])
def test_a_new_question_has_no_cursor_and_is_not_asked_with_one(shared, either, agent, model, cursor, keyed, streams):
    code, question = agent("echo"), uuid.uuid4().hex
    other = either.ask(code, "another").headers["X-Run-Id"]
    headers = {"Last-Event-ID": cursor.format(run=other)} | (key(question) if keyed else {})
    response = either.ask(code, question, headers=headers, stream=streams, conversationId=question)
    assert response.status_code == 400 and response.json()["error"]["param"] == "Last-Event-ID"
    assert either.get(f"/conversations/{question}").status_code == 404 and len(runs_of(shared, code)) == 1
    assert not [call for call in model.asked("echo") if call.question == question]
    if keyed:
        again = either.ask(code, question, headers=key(question), stream=streams, conversationId=question)
        assert again.status_code == 200 and "Idempotent-Replayed" not in again.headers


def test_a_repeated_question_goes_on_after_its_cursor(either, agent):
    code, same = agent("count-5-1ms"), key()
    first = either.stream(code, "count", headers=same).read_all()
    again = either.stream(code, "count", headers=same | {"Last-Event-ID": first.ids[2]}).read_all()
    assert again.run == first.run and again.lines == first.lines[first.lines.index(again.lines[0]):]
    assert again.ids[0] == first.ids[3]
    other = either.ask(code, "another").headers["X-Run-Id"]
    refused = either.open(code, "count", headers=same | {"Last-Event-ID": f"{other}:0"}).response
    assert refused.status_code == 400 and refused.json()["error"]["param"] == "Last-Event-ID"


def test_without_a_key_the_same_question_is_asked_again(shared, either, agent):
    code = agent("echo")
    assert either.ask(code, "hello").headers["X-Run-Id"] != either.ask(code, "hello").headers["X-Run-Id"]
    assert len(runs_of(shared, code)) == 2


def test_another_programs_key_is_another_key(shared, either, agent):
    code, same = agent("echo"), key()
    if "key-owner" not in shared.secrets:
        shared.client("key-owner")
    other = shared.caller("key-owner", either.path)
    assert other.ask(code, "hello", headers=same).headers["X-Run-Id"] != \
        either.ask(code, "hello", headers=same).headers["X-Run-Id"]


@pytest.mark.parametrize("length, status", [(1, 200), (255, 200), (256, 400), (5000, 400)])
def test_a_key_has_at_most_255_characters(either, agent, length, status):
    code = agent("echo")
    value = (uuid.uuid4().hex * 200)[:length]
    for quoted in (False, True):
        answer = either.ask(code, "hello", headers=key(value, quoted))
        assert answer.status_code == status, answer.text
        if status == 400:
            assert answer.json()["error"]["param"] == "Idempotency-Key"


def test_a_second_stream_follows_the_run_that_is_still_going(either, agent, model):
    code, same, gate = agent("gated"), key(), model.gate()
    with either.stream(code, gate.name, headers=same) as first:
        gate.send("one ")
        first.read_deltas(1)
        with either.stream(code, gate.name, headers=same) as second:
            second.read_deltas(1)
            assert second.run == first.run
            gate.send("two")
            gate.finish()
            assert second.read_all().lines == first.read_all().lines
    assert gate.arrivals == 1


def test_a_second_whole_request_is_told_to_wait(either, agent, model):
    code, same, gate = agent("gated"), key(), model.gate()
    first = beside(lambda: either.ask(code, gate.name, headers=same))
    gate.wait_arrived()
    second = either.ask(code, gate.name, headers=same)
    assert second.status_code == 409 and second.json()["error"]["type"] == "conflict_error"
    gate.send("done")
    gate.finish()
    answer = first.result(10)
    again = either.ask(code, gate.name, headers=same)
    assert answer.status_code == again.status_code == 200 and answer.content == again.content


def test_a_run_that_failed_fails_the_same_way_again(shared, either, agent):
    code, same = agent("error-mid"), key()
    first = either.stream(code, "go on", headers=same).read_all()
    again = either.stream(code, "go on", headers=same).read_all()
    assert first.error and again.lines == first.lines and len(runs_of(shared, code)) == 1


def test_a_request_that_was_refused_before_it_began_may_be_mended(either, agent):
    same = key()
    assert either.ask("no-such-agent", "hello", headers=same).status_code == 404
    assert either.ask(agent("echo"), 7, headers=same).status_code == 400
    answer = either.ask(agent("echo"), "hello", headers=same)
    assert answer.status_code in (200, 422), "a new question, or the old refusal kept; never a fault"


def test_keys_hold_after_a_kill(rialto):
    rialto.start()
    code, same, whole = rialto.agent("count-5-1ms"), key(), key()
    first = rialto.caller().stream(code, "count", headers=same).read_all()
    answer = rialto.caller().ask(code, "count", headers=whole)
    rialto.kill()
    rialto.start()
    again = rialto.caller().stream(code, "count", headers=same).read_all()
    assert again.lines == first.lines
    assert rialto.caller().ask(code, "count", headers=whole).content == answer.content
    assert rialto.caller().ask(code, "another", headers=same).status_code == 422
    assert len(runs_of(rialto, code)) == 2


def test_a_key_whose_run_was_killed_finds_that_run_again(rialto, model):
    rialto.start()
    code, same, gate = rialto.agent("gated"), key(), model.gate()
    stream = rialto.caller().stream(code, gate.name, headers=same)
    gate.send("one ")
    stream.read_deltas(1)
    rialto.kill()
    rialto.start()
    again = rialto.caller().stream(code, gate.name, headers=same).read_all()
    assert again.run == stream.run and again.error and again.is_done
    assert len(runs_of(rialto, code)) == 1 and gate.arrivals == 1
