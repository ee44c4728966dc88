"""Runs of StackSpot's API: counted, failed, left, canceled, come back to, and asked twice."""

import json
import threading
import uuid
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from line import Line, answers, head
from test_idempotency import key, runs_of
from test_stackspot import EMPTY, SHOWN, ULID, UNRATED, check_refusal, counted, program, ulid_of
from waiting import at_once, beside, until

MODEL_FAULT = ("ServiceUnavailable", "INFERENCE_5030_SERVICE_UNAVAILABLE")


@pytest.fixture(scope="module")
def server(servers):
    return servers(UNRATED | {"streams": {"grace_seconds": 1}})


@pytest.fixture(scope="module")
def spot(server):
    for name in ("echo", "gated", "count-5-1ms", "error-mid", "cut", "garbage", "unicode", "length", "hang", "leak"):
        server.agent(name)
    return program(server)


@pytest.fixture
def agent(server):
    """Makes an agent of the test's own, so that its runs can be counted."""
    return lambda model: server.agent(model, code=f"once-{uuid.uuid4().hex[:12]}")


@contextmanager
def uncounting():
    """A model server that never says how many tokens it read and wrote."""
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            chunk = {"id": "x", "object": "chat.completion.chunk", "created": 1, "model": "x"}
            deltas = [({"role": "assistant", "content": "twelve bytes"}, None), ({}, "stop")]
            events = [chunk | {"choices": [{"index": 0, "delta": delta, "finish_reason": reason}]}
                      for delta, reason in deltas]
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.end_headers()
            self.wfile.write("".join(f"data: {json.dumps(event)}\n\n" for event in events).encode())
            self.wfile.write(b"data: [DONE]\n\n")

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as model:
        threading.Thread(target=model.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{model.server_port}/v1"
        model.shutdown()


# Tokens


def test_tokens_are_those_that_the_models_server_counted_and_the_metric_says_reported(server, spot):
    before = counted(server)
    answer = spot.answer("count-5-1ms", "count")
    assert answer["tokens"] == {"user": 1, "enrichment": 0, "output": 5, "input": 1}
    after = counted(server)
    assert after["input", "reported"] - before.get(("input", "reported"), 0) == 1
    assert after["output", "reported"] - before.get(("output", "reported"), 0) == 5
    assert after.get(("output", "estimated"), 0) == before.get(("output", "estimated"), 0)


def test_tokens_that_nobody_counted_are_estimated_and_the_metric_says_so(server, spot):
    with uncounting() as url:
        server.run("upstream", "add", "uncounting", "--kind", "openai", "--url", url)
        server.run("agent", "add", "uncounted", "--upstream", "uncounting", "--model", "x")
        until(lambda: spot.chat("uncounted", "hello").status_code == 200, what="the new agent")
        before = counted(server)
        whole = spot.answer("uncounted", "sixteen letters.")
        stream = spot.stream("uncounted", "sixteen letters.").read_all()
    assert whole["message"] == stream.text == "twelve bytes"
    assert whole["tokens"] == stream.last["tokens"]
    tokens = whole["tokens"]
    assert tokens["output"] == 3 and tokens["user"] == tokens["input"] >= 4 and tokens["enrichment"] == 0
    after = counted(server)
    assert after["output", "estimated"] - before.get(("output", "estimated"), 0) == 6
    assert after.get(("output", "reported"), 0) == before.get(("output", "reported"), 0)


def test_what_a_knowledge_source_adds_is_counted_as_enrichment_and_told_when_it_is_asked_for(server, spot, tmp_path):
    page = tmp_path / "tides.md"
    page.write_text("# Tides\n\nHigh water at the Rialto is at nine in the morning.\n")
    server.run("knowledge", "add", "tides", str(page))
    with uncounting() as url:
        server.run("upstream", "add", "reader", "--kind", "openai", "--url", url)
        server.run("agent", "add", "pilot", "--upstream", "reader", "--model", "x", "--knowledge", "tides")
        until(lambda: spot.chat("pilot", "hello").status_code == 200, what="the new agent")
        question = "When is high water at the Rialto?"
        told = spot.answer("pilot", question, return_ks_in_response="true")
        streamed = spot.stream("pilot", question, return_ks_in_response=True).read_all().last
        untold = spot.answer("pilot", question)
    tokens = told["tokens"]
    assert tokens["enrichment"] > 0 and tokens["user"] > 0
    assert tokens["input"] == tokens["user"] + tokens["enrichment"]
    assert untold["source"] == untold["knowledge_source_id"] == [] and untold["tokens"] == tokens
    for answer in (told, streamed):
        [source] = answer["source"]
        assert set(source) == {
            "type", "name", "slug", "document_type", "document_score", "document_id", "id"}
        assert source["slug"] == "tides" and source["document_score"] == 1
        assert all(ULID.fullmatch(one) for one in answer["knowledge_source_id"] + [source["document_id"]])
        assert len(answer["knowledge_source_id"]) == 1


# Failures


def test_a_model_that_fails_before_its_first_word_is_an_error_in_shape(server, spot):
    expected = {code: (503, *MODEL_FAULT) for code in (401, 404, 429, 500, 503)}
    expected[400] = (400, "BadRequestError", "INFERENCE_6001_LLM_MODEL_BAD_REQUEST")
    agents = [server.agent(f"error-{code}") for code in expected]
    responses = at_once(len(agents), lambda place: spot.chat(agents[place], "hello"))
    for response, refusal in zip(responses, expected.values()):
        check_refusal(response, *refusal)


def test_a_model_that_fails_before_its_first_word_fails_a_stream_too(server, spot):
    server.agent("error-400")
    stream = spot.open("error-400", "hello")
    if stream.response.status_code != 200:
        check_refusal(stream.response, 400, "BadRequestError", "INFERENCE_6001_LLM_MODEL_BAD_REQUEST")
        return
    [last] = stream.read_all().told
    check_failure(last.json, "BadRequestError", "INFERENCE_6001_LLM_MODEL_BAD_REQUEST")


def test_the_secrets_of_a_model_stay_with_it(spot):
    response = spot.chat("leak", "hello")
    assert response.status_code == 400 and "Bearer" not in response.text


def check_failure(last, kind=MODEL_FAULT[0], code=MODEL_FAULT[1]):
    assert last["stop_reason"] == "error" and last["message"] == "" and list(last)[:len(SHOWN)] == SHOWN
    assert list(last["error"]) == ["type", "code", "details"]
    assert (last["error"]["type"], last["error"]["code"]) == (kind, code) and last["error"]["details"]


@pytest.mark.parametrize("how", ["error-mid", "cut", "garbage"])
def test_a_failure_on_the_way_is_the_last_event_and_comes_once(spot, how):
    stream = spot.stream(how, "go on").read_all()
    assert stream.text == "0 1 2 "
    check_failure(stream.last)
    assert sum("stop_reason" in event.json for event in stream.told) == 1
    assert all(event.json == {"message": event.json["message"]} | EMPTY for event in stream.told[:-1])


def test_a_failure_on_the_way_of_a_whole_answer_is_an_error_in_shape(spot):
    check_refusal(spot.chat("error-mid", "go on"), 503, *MODEL_FAULT)


# Leaving, canceling


@pytest.mark.parametrize("policy, status", [("cancel", "canceled"), ("continue", "finished"), ("grace", "canceled")])
def test_a_caller_who_leaves_within_a_stream_is_treated_as_the_agent_says(server, spot, model, policy, status):
    code, gate = server.agent("gated", "--on-disconnect", policy, code=f"leave-{policy}"), model.gate()
    stream = spot.stream(code, gate.name)
    gate.send("one ")
    stream.read_deltas(1)
    stream.close()
    if status == "canceled":
        gate.wait_left(5)
    else:
        server.wait_for_streams(0)
        gate.finish()
    assert server.wait_for_run(stream.run)["status"] == status


def test_a_caller_who_waits_for_a_whole_answer_may_leave_too(server, spot, model):
    code, gate = server.agent("gated", "--on-disconnect", "cancel", code="leave-cancel"), model.gate()
    body = json.dumps({"user_prompt": gate.name}).encode()
    with Line(server.port) as line:
        line.send(head(spot, len(body), f"/v1/agent/{code}/chat") + body)
        gate.wait_arrived()
    gate.wait_left(5)


def test_a_run_is_canceled_and_its_stream_told_so(server, spot, model):
    gate = model.gate()
    with spot.stream("gated", gate.name, use_conversation=True) as stream:
        gate.send("one ")
        stream.read_deltas(1)
        response = spot.cancel("gated", stream.run)
        assert response.status_code == 200, response.text
        gate.wait_left()
        last = stream.read_all().last
    assert last["stop_reason"] == "cancelled" and last["message"] == "" and list(last)[:len(SHOWN)] == SHOWN
    assert server.wait_for_run(stream.run)["status"] == "canceled"
    assert spot.cancel("gated", stream.run).status_code == 200, "a second time changes nothing"
    again = spot.get(f"/v1/agent/gated/chat/{stream.run}").json()
    assert again["stop_reason"] == "cancelled" and again["message"] == "one "


def test_a_whole_answer_that_is_canceled_ends_with_what_there_was(spot, model, server):
    gate = model.gate()
    waiting = beside(lambda: spot.chat("gated", gate.name))
    gate.send("one ").wait_arrived()
    [run] = [run for run in server.run("runs", "list", "--limit", "1000")
             if run["agent"] == "gated" and run["status"] == "running"]
    assert spot.cancel("gated", ulid_of(run["id"])).status_code == 200
    response = waiting.result(10)
    assert response.status_code == 200 and response.json()["stop_reason"] == "cancelled", response.text


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


def test_a_server_that_stops_ends_its_streams_with_an_error(rialto, model):
    rialto.configure(UNRATED | {"drain": {"streams_seconds": 1, "runs_seconds": 1}})
    rialto.start()
    spot, gate = program(rialto), model.gate()
    with spot.stream(rialto.agent("gated"), gate.name) as stream:
        gate.send("one ")
        stream.read_deltas(1)
        stopping = beside(rialto.stop)
        check_failure(stream.read_all().last)
    assert stopping.result(20) == 0


def test_half_a_body_is_no_question(server, spot, model):
    body = json.dumps({"user_prompt": uuid.uuid4().hex}).encode()
    with Line(server.port) as line:
        line.send(head(spot, len(body) + 10, "/v1/agent/echo/chat") + body).finish_sending()
        data, _ = line.read_to_end()
    for answer in answers(data):
        assert answer.status == 400 and set(json.loads(answer.body)) == {"type", "code", "details"}
    assert not [call for call in model.asked("echo") if call.question == json.loads(body)["user_prompt"]]
