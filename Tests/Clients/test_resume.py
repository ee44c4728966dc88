"""Coming back to a run: every place one can come back from."""

import uuid

import pytest

from waiting import at_once, beside, until


@pytest.fixture(scope="module")
def agents(shared):
    return {name: shared.agent(name) for name in ("echo", "gated", "count-5-1ms", "error-mid")}


@pytest.fixture
def done(either, agents):
    """A stream that was read to its end."""
    return either.stream("count-5-1ms", "count").read_all()


@pytest.fixture
def going(either, agents, model):
    """A stream that has shown two pieces and goes on when the gate says so."""
    gate = model.gate()
    with either.stream("gated", gate.name) as stream:
        gate.send("one ", "two ")
        stream.read_deltas(2)
        yield stream, gate
        gate.finish()


def after(stream, place):
    """The lines of a stream after one of its ids."""
    ids = [event.id for event in stream.told]
    return stream.lines[ids.index(place) + 1:]


# Finished runs


def test_without_a_cursor_a_run_is_told_from_its_start(either, done):
    again = either.follow(done.run).read_all()
    assert again.response.status_code == 200 and again.lines == done.lines
    assert again.response.headers["Content-Type"] == "text/event-stream; charset=utf-8"
    assert again.events[0].comment == "connected"


def test_from_any_id_a_run_is_told_after_it(either, done):
    assert done.ids[0].endswith(":0")
    for place in done.ids[:-1]:
        assert either.follow(done.run, place).read_all().lines == after(done, place)


def test_after_the_end_the_terminal_event_is_told_again(either, done):
    for place in (done.ids[-1], f"{done.run}:{done.told[-1].sequence + 1000}", f"{done.run}:{2**63 - 1}"):
        again = either.follow(done.run, place).read_all()
        assert again.lines == done.lines[-2:], place


def test_a_run_that_failed_is_told_with_its_error_again(either, agents):
    failed = either.stream("error-mid", "go on").read_all()
    assert either.follow(failed.run).read_all().lines == failed.lines
    assert either.follow(failed.run, failed.ids[-1]).read_all().error == failed.error


def test_a_run_can_be_followed_on_the_other_path(either, done):
    other = either.on({"/v1": "/api/v1", "/api/v1": "/v1"}[either.path])
    assert other.follow(done.run, done.ids[2]).read_all().lines == after(done, done.ids[2])


def test_a_run_without_a_stream_can_be_told_as_one(either, agents):
    response = either.ask("count-5-1ms", "count")
    again = either.follow(response.headers["X-Run-Id"]).read_all()
    assert again.text == "0 1 2 3 4 " and again.is_done


def test_where_no_event_stream_is_asked_for_the_answer_is_json(either, done):
    kinds = ["application/json", "*/*", "text/event-stream;q=0", "text/*, text/event-stream; q=0.0", "text/plain"]
    for headers in [{"Accept": kind} for kind in kinds] + [{}]:
        response = either.get(f"/chat/completions/{done.run}", headers=headers)
        assert response.status_code == 200 and response.headers["Content-Type"].startswith("application/json")
        body = response.json()
        assert body["object"] == "chat.completion" and body["choices"][0]["message"]["content"] == "0 1 2 3 4 "
        assert body["usage"]["completion_tokens"] == 5


@pytest.mark.parametrize("kind", [
    "text/event-stream", "TEXT/EVENT-STREAM", "text/*", "application/json, text/event-stream;q=0.5",
    "*/*;q=0, text/event-stream; charset=utf-8"])
def test_an_event_stream_may_be_asked_for_in_any_words(either, done, kind):
    response = either.get(f"/chat/completions/{done.run}", headers={"Accept": kind})
    assert response.headers["Content-Type"] == "text/event-stream; charset=utf-8"
    assert response.text.endswith("data: [DONE]\n\n")


@pytest.mark.parametrize("kind", ["application/json", "text/event-stream;q=0", "image/png"])
def test_a_question_is_answered_as_its_body_says_whatever_is_accepted(either, agents, kind):
    assert either.stream("echo", "hello", headers={"Accept": kind}).read_all().text == "hello"
    whole = either.ask("echo", "hello", headers={"Accept": "text/event-stream"})
    assert whole.headers["Content-Type"].startswith("application/json") and whole.status_code == 200


def test_a_failed_run_is_an_error_in_json(either, agents):
    failed = either.stream("error-mid", "go on").read_all()
    response = either.look(failed.run)
    assert response.status_code == 503 and response.json()["error"]["code"] == failed.error["code"]


# What no cursor is


@pytest.mark.parametrize("cursor", [
    "garbage", ":", "{run}", "{run}:", ":0", "{run}:-1", "{run}:+1", "{run}:1x", "{run}:1:2", "{run}:1.5", "{run}: 1",
    "{run}:９", "{run}:99999999999999999999", "{run}:0x1", "1"])
def test_garbage_is_no_cursor(either, done, cursor):
    text = cursor.format(run=done.run)
    response = either.follow(done.run, text.encode()).response
    assert response.status_code == 400, text
    assert response.json()["error"]["param"] == "Last-Event-ID"


def test_the_cursor_of_another_run_is_refused(either, done):
    other = either.stream("echo", "another").read_all()
    response = either.follow(done.run, other.ids[0]).response
    assert response.status_code == 400 and response.json()["error"]["type"] == "invalid_request_error"


def test_a_run_that_never_was_does_not_exist(either):
    for run in (str(uuid.uuid4()), "00000000-0000-0000-0000-000000000000"):
        for response in (either.look(run), either.follow(run).response, either.cancel(run)):
            assert response.status_code == 404 and response.json()["error"]["type"] == "not_found_error"
    for run in ("nonsense", "1", "..", "%00"):
        assert either.look(run).status_code in (400, 404)


# Who may


def test_a_run_of_another_account_does_not_exist(shared, going):
    stream, _ = going
    if "foreign-runner" not in shared.secrets:
        shared.run("account", "add", "foreign-runs")
        shared.client("foreign-runner", "--account", "foreign-runs")
    other = shared.caller("foreign-runner")
    for response in (other.look(stream.run), other.follow(stream.run).response, other.cancel(stream.run),
                     other.follow(stream.run, stream.ids[0]).response):
        assert response.status_code == 404
    assert shared.shown_run(stream.run)["status"] == "running"


def test_another_program_of_the_account_may_follow_and_cancel_where_it_may_use_the_agent(shared, going):
    stream, gate = going
    if "colleague" not in shared.secrets:
        shared.client("colleague", "--agent", "gated")
        shared.client("no-colleague", "--agent", "guide")
    stranger = shared.caller("no-colleague")
    assert stranger.look(stream.run).status_code in (403, 404)
    assert stranger.cancel(stream.run).status_code in (403, 404)
    with shared.caller("colleague").follow(stream.run) as other:
        other.read_deltas(2)
        assert shared.caller("colleague").cancel(stream.run).status_code == 200
        assert other.read_all().is_done
    gate.wait_left()


# Running runs


def test_a_running_run_can_be_followed_before_its_first_piece(either, agents, model):
    gate = model.gate()
    with either.stream("gated", gate.name) as stream, either.follow(stream.run) as other:
        gate.send("at last")
        gate.finish()
        assert other.read_all().lines == stream.read_all().lines and other.text == "at last"


def test_a_running_run_followed_by_two_tells_both_the_same(either, going):
    stream, gate = going
    with either.follow(stream.run) as one, either.follow(stream.run, stream.ids[0]) as two:
        one.read_deltas(2)
        two.read_deltas(2)
        gate.send("three ")
        assert one.read_deltas(1).delta == two.read_deltas(1).delta == stream.read_deltas(1).delta
        gate.finish()
        assert one.read_all().lines == stream.read_all().lines
        assert two.read_all().lines == after(stream, stream.ids[0])


def test_a_running_run_goes_on_for_who_comes_back_after_what_it_has_seen(either, going):
    stream, gate = going
    stream.close()
    with either.follow(stream.run, stream.ids[-1]) as again:
        gate.send("three ", "four")
        gate.finish()
        again.read_all()
    assert again.text == "three four" and again.is_done and again.told[0].sequence == stream.told[-1].sequence + 1


def test_many_may_follow_at_once(either, going):
    stream, gate = going
    followers = [either.follow(stream.run) for _ in range(12)]
    gate.send("three")
    gate.finish()
    everything = stream.read_all().lines
    assert all(lines == everything for lines in at_once(12, lambda place: followers[place].read_all().lines))


def test_a_running_run_is_202_in_json(either, going):
    stream, _ = going
    response = either.look(stream.run)
    assert response.status_code == 202
    assert response.json() == {"runId": stream.run, "conversationId": stream.conversation, "status": "running"}


# Cancel


def test_a_cancel_ends_every_stream_and_closes_the_connection_to_the_model(either, going, model):
    stream, gate = going
    with either.follow(stream.run) as other:
        other.read_deltas(2)
        aborted = model.stats()["aborted"]
        response = either.cancel(stream.run)
        assert response.status_code == 200
        assert response.json()["runId"] == stream.run and response.json()["status"] == "canceled"
        gate.wait_left(1)
        until(lambda: model.stats()["aborted"] > aborted, 1, "the model server counting an aborted stream")
        for reader in (stream, other):
            assert reader.read_all().finish_reason == "cancelled" and reader.is_done and reader.error is None
    assert either.follow(stream.run).read_all().lines == stream.lines


def test_a_second_cancel_changes_nothing(either, going):
    stream, _ = going
    assert either.cancel(stream.run).json() == either.cancel(stream.run).json()
    lines = stream.read_all().lines
    assert either.cancel(stream.run).status_code == 200
    assert either.follow(stream.run).read_all().lines == lines


def test_cancels_at_the_same_time_cancel_once(either, going):
    stream, _ = going
    answers = at_once(10, lambda _: either.cancel(stream.run))
    assert {answer.status_code for answer in answers} == {200}
    assert len([line for line in stream.read_all().lines if line[1] == "[DONE]"]) == 1


def test_a_run_that_has_ended_stays_as_it_ended(either, done):
    response = either.cancel(done.run)
    assert response.status_code == 200 and response.json()["status"] == "finished"
    assert either.follow(done.run).read_all().lines == done.lines


def test_a_cancel_before_the_first_piece_is_told(either, agents, model):
    gate = model.gate()
    with either.stream("gated", gate.name) as stream:
        gate.wait_arrived()
        assert either.cancel(stream.run).status_code == 200
        gate.wait_left(1)
        assert stream.read_all().finish_reason == "cancelled"


def test_a_whole_answer_that_is_canceled_tells_what_there_was(either, shared, agents, model):
    gate = model.gate()
    waiting = beside(lambda: either.ask("gated", gate.name, conversationId=gate.name))
    gate.wait_arrived()
    gate.send("half")
    [run] = [run for run in shared.run("runs", "list", "--status", "running", "--limit", "100")
             if run["conversation"] == gate.name]
    assert either.cancel(run["id"]).status_code == 200
    response = waiting.result(10)
    assert response.json()["choices"][0]["finishReason"] == "cancelled", response.text


def test_a_cancel_on_the_command_line_is_noticed_within_a_second(either, going, shared):
    stream, gate = going
    assert shared.run("runs", "cancel", stream.run) == {"id": stream.run, "canceled": True}
    gate.wait_left(1.5)
    assert stream.read_all().finish_reason == "cancelled"
    assert shared.shown_run(stream.run)["status"] == "canceled"
    assert shared.run("runs", "cancel", stream.run)["canceled"] is False
