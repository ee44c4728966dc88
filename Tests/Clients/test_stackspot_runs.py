"""Runs of StackSpot's API: counted, failed, left and canceled."""

import json
import threading
import uuid
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from line import Line, answers, head
from test_stackspot import EMPTY, SHOWN, ULID, UNRATED, check_refusal, counted, program, ulid_of
from waiting import at_once, beside, until

MODEL_FAULT = ("ServiceUnavailable", "INFERENCE_5030_SERVICE_UNAVAILABLE")


@pytest.fixture(scope="module")
def server(servers):
    return servers(UNRATED | {"streams": {"grace_seconds": 1}})


@pytest.fixture(scope="module")
def spot(server):
    for name in ("echo", "gated", "count-5-1ms", "error-mid", "cut", "garbage", "leak"):
        server.agent(name)
    return program(server)


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
    expected = {code: (503, *MODEL_FAULT) for code in (401, 404, 500)}
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


def test_an_answer_that_failed_or_was_canceled_has_estimated_tokens_of_the_prompt_too(spot, model):
    failed = spot.stream("error-mid", "sixteen letters.").read_all().last["tokens"]
    gate = model.gate()
    with spot.stream("gated", gate.name) as stream:
        gate.send("twelve bytes")
        stream.read_deltas(1)
        spot.cancel("gated", stream.run)
        canceled = stream.read_all().last["tokens"]
    assert canceled["output"] == 3 and failed["output"] > 0
    assert failed["user"] == failed["input"] >= 4 and canceled["user"] == canceled["input"] >= len(gate.name) // 4


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
