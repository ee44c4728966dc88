"""Answers, streamed and whole, letter by letter."""

import json
import re
from datetime import datetime, timezone

import pytest

from model_script import UNICODE

CREATED = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"


@pytest.fixture(scope="module", autouse=True)
def agents(shared):
    for name in ("echo", "unicode", "length", "silent", "tools", "error-mid", "cut", "gated", "count-5-1ms", "filter"):
        shared.agent(name)


def chunks_of(stream):
    return [event for event in stream.told if event.data != "[DONE]"]


# The stream, letter by letter


def test_a_stream_says_that_it_is_one_before_anything_else(either, model):
    gate = model.gate()
    with either.stream("gated", gate.name) as stream:
        headers = stream.response.headers
        assert headers["Content-Type"] == "text/event-stream; charset=utf-8"
        assert "no-cache" in headers["Cache-Control"] and headers["X-Accel-Buffering"] == "no"
        assert headers["X-Request-Id"] and re.fullmatch(UUID, headers["X-Run-Id"]) and headers["X-Conversation-Id"]
        assert headers["Server-Timing"]
        assert stream.until(lambda event: True).comment == "connected"
        assert stream.writes[0].startswith(b": connected\n\n")
        gate.finish()


def test_the_first_chunk_says_who_speaks_and_where(either):
    stream = either.stream("echo", "one two").read_all()
    first = stream.told[0]
    assert first.id == f"{stream.run}:0"
    assert first.delta["role"] == "assistant" and not first.delta.get("content")
    info = first.delta["messageInfo"]
    assert info["runId"] == stream.run and info["conversationId"] == stream.conversation
    assert re.fullmatch(UUID, info["messageId"])


def test_every_chunk_has_the_names_of_both_dialects(either):
    stream = either.stream("echo", "one two three").read_all()
    chunks = [event.json for event in chunks_of(stream)]
    for chunk in chunks:
        assert CREATED.fullmatch(chunk["createdAt"]), chunk
        assert chunk["model"] == "AGENTIC STAR" and chunk["object"] == "chat.completion.chunk"
        seconds = datetime.fromisoformat(chunk["createdAt"].replace("Z", "+00:00")).timestamp()
        assert isinstance(chunk["created"], int) and abs(chunk["created"] - seconds) <= 60
        [choice] = chunk["choices"]
        assert choice["index"] == 0 and "finish_reason" in choice
    assert len({chunk["id"] for chunk in chunks}) == 1
    assert [chunk["choices"][0]["finish_reason"] for chunk in chunks] == [None] * (len(chunks) - 1) + ["stop"]
    assert not any(chunk["choices"][0].get("finishReason") for chunk in chunks[:-1])
    age = datetime.now(timezone.utc).timestamp() - chunks[0]["created"]
    assert -5 < age < 60


def test_the_answer_arrives_in_the_pieces_that_the_model_said(either):
    stream = either.stream("echo", "one two three").read_all()
    pieces = [event.delta["content"] for event in chunks_of(stream) if event.delta.get("content")]
    assert pieces == ["one ", "two ", "three"]


def test_a_step_of_the_answer_is_a_task_before_its_text(either):
    stream = either.stream("guide", "How do I rotate the signing keys?").read_all()
    [place] = [place for place, event in enumerate(stream.told) if "tasks" in event.delta]
    [task] = stream.told[place].delta["tasks"]
    info = stream.told[0].delta["messageInfo"]
    assert task.pop("timestamp") / 1000 == pytest.approx(datetime.now(timezone.utc).timestamp(), abs=60)
    assert task == {"messageId": info["messageId"], "conversationId": info["conversationId"],
                    "actionType": "tool_result", "callId": "handbook", "title": "Handbook", "status": "completed"}
    assert stream.told[place].id and not any(event.delta.get("content") for event in stream.told[:place])


def test_the_finish_comes_before_done_and_done_is_last(either):
    stream = either.stream("echo", "one").read_all()
    *_, finish, done = stream.told
    assert done.data == "[DONE]"
    assert finish.delta == {} and finish.json["choices"][0]["finishReason"] == "stop"
    assert finish.json["choices"][0]["finish_reason"] == "stop"


def test_ids_stand_once_per_event_and_on_the_last_line_that_it_renders_to(either):
    stream = either.stream("count-5-1ms", "count").read_all()
    *chunks, finish, done = stream.told
    assert finish.id is None and done.id is not None, "the finish and [DONE] are one event"
    assert all(chunk.id for chunk in chunks)
    assert {event_id.rpartition(":")[0] for event_id in stream.ids} == {stream.run}
    sequences = [int(event_id.rpartition(":")[2]) for event_id in stream.ids]
    assert sequences[:6] == list(range(6)), "the start and five pieces, without a gap"
    assert sequences == sorted(set(sequences))


def test_an_event_leaves_in_one_write(either):
    stream = either.stream("unicode", "say").read_all()
    assert all(piece.endswith(b"\n\n") for piece in stream.writes)
    assert b"\r" not in b"".join(stream.writes)


def test_letters_of_every_script_survive(either):
    assert either.stream("unicode", "say").read_all().text == UNICODE
    assert either.answer("unicode", "say") == UNICODE
    assert either.answer("echo", UNICODE) == UNICODE


def test_usage_is_a_chunk_of_its_own_where_it_is_asked_for(either):
    stream = either.stream("count-5-1ms", "count", stream_options={"include_usage": True}).read_all()
    usages = [event for event in chunks_of(stream) if event.json.get("usage")]
    assert len(usages) == 1 and usages[0].json["choices"] == []
    usage = usages[0].json["usage"]
    assert usage["completion_tokens"] == 5 and usage["total_tokens"] == usage["prompt_tokens"] + 5
    assert stream.told.index(usages[0]) == len(stream.told) - 2, "right before [DONE]"
    plain = either.stream("echo", "x").read_all()
    assert not [event for event in chunks_of(plain) if event.json.get("usage")]


@pytest.mark.parametrize("agent, reason", [("length", "length"), ("silent", "stop"), ("filter", "content_filter")])
def test_a_stream_says_why_it_ended(either, agent, reason):
    stream = either.stream(agent, "and then?").read_all()
    assert stream.is_done and stream.finish_reason == reason and stream.error is None


def test_an_answer_with_a_tool_call_ends_in_order(either):
    stream = either.stream("tools", "weather?").read_all()
    assert stream.is_done and stream.finish_reason == "tool_calls" and stream.error is None


@pytest.mark.parametrize("agent", ["error-mid", "cut"])
def test_an_answer_that_breaks_off_says_so_in_the_stream(either, agent):
    stream = either.stream(agent, "go on").read_all()
    assert stream.text == "0 1 2 " and stream.is_done
    error = stream.told[-2].json["error"]
    assert set(error) >= {"message", "type", "param", "code"} and error["param"] is None
    assert error["code"] == "unavailable" and "model" in error["message"]
    assert stream.finish_reason in (None, "error")


def test_a_client_that_asks_for_json_while_streaming_gets_the_stream(either):
    for accept in ("application/json", "text/event-stream", "*/*", "text/html"):
        stream = either.stream("echo", "hello", headers={"Accept": accept}).read_all()
        assert stream.text == "hello" and stream.is_done


def test_a_silent_stream_has_a_heart(servers, model):
    server = servers({"streams": {"heartbeat_seconds": 1}})
    gate = model.gate()
    with server.caller().stream(server.agent("gated"), gate.name) as stream:
        for _ in range(2):
            stream.until(lambda event: event.comment == "heartbeat")
        gate.send("one ")
        stream.read_deltas(1)
        stream.until(lambda event: event.comment == "heartbeat")
        gate.send("two")
        gate.finish()
        stream.read_all()
    assert stream.text == "one two" and stream.is_done
    assert all(event.id is None for event in stream.events if event.comment)


# The whole answer


def test_a_whole_answer_is_a_chat_completion_with_both_spellings(either):
    response = either.ask("count-5-1ms", "count")
    assert response.status_code == 200 and response.headers["Content-Type"].startswith("application/json")
    body = response.json()
    assert body["object"] == "chat.completion" and body["model"] == "AGENTIC STAR" and body["id"]
    assert CREATED.fullmatch(body["createdAt"]) and isinstance(body["created"], int)
    [choice] = body["choices"]
    assert choice["index"] == 0 and choice["finish_reason"] == choice["finishReason"] == "stop"
    assert choice["message"]["role"] == "assistant" and choice["message"]["content"] == "0 1 2 3 4 "
    assert body["usage"] == {"prompt_tokens": 1, "completion_tokens": 5, "total_tokens": 6}
    for name in ("X-Request-Id", "X-Run-Id", "X-Conversation-Id", "Server-Timing"):
        assert response.headers[name]


def test_an_answer_is_whole_unless_a_stream_is_asked_for(either):
    for body in ({}, {"stream": False}, {"stream": None}):
        response = either.ask("echo", "hello", **body)
        assert response.json()["choices"][0]["message"]["content"] == "hello"


@pytest.mark.parametrize("name", ["AGENTIC STAR", "gpt-4o", "モデル", "x" * 200, "a\"b\\c\n"])
def test_the_model_comes_back_as_it_was_sent(either, name):
    assert either.ask("echo", "hello", model=name).json()["model"] == name
    stream = either.stream("echo", "hello", model=name).read_all()
    assert {event.json["model"] for event in chunks_of(stream)} == {name}


@pytest.mark.parametrize("agent", ["error-mid", "cut"])
def test_a_whole_answer_that_breaks_off_is_an_error(either, agent):
    response = either.ask(agent, "go on")
    assert response.status_code == 503
    error = response.json()["error"]
    assert error["type"] == "server_error" and error["code"] == "unavailable" and "model" in error["message"]


def test_request_ids_differ_and_a_whole_run_can_be_looked_at_afterwards(either):
    one, two = either.ask("echo", "hello"), either.ask("echo", "hello")
    assert one.headers["X-Request-Id"] != two.headers["X-Request-Id"]
    assert either.look(one.headers["X-Run-Id"]).json()["choices"] == one.json()["choices"]


def test_a_whole_answer_has_the_tool_calls_of_the_stream_put_together(either):
    body = either.ask("tools", "weather?").json()
    [choice] = body["choices"]
    assert choice["finish_reason"] == "tool_calls"
    assert all(call["id"] and call["function"]["name"] for call in choice["message"]["tool_calls"])
    for call in choice["message"]["tool_calls"]:
        json.loads(call["function"]["arguments"])


def test_a_resumed_stream_counts_tokens_where_the_first_one_did(either):
    stream = either.stream("count-5-1ms", "count", stream_options={"include_usage": True}).read_all()
    again = either.follow(stream.run, stream.ids[2]).read_all()
    assert again.is_done and any(event.json.get("usage") for event in chunks_of(again))
