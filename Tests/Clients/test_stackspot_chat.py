"""StackSpot's chat letter by letter, whole and streamed."""

import json

import pytest

from model_script import UNICODE
from test_stackspot import EMPTY, SHOWN, ULID, UNRATED, program
from waiting import until


@pytest.fixture(scope="module")
def server(servers):
    return servers(UNRATED)


@pytest.fixture(scope="module")
def spot(server):
    for name in ("echo", "unicode", "length", "count-5-1ms", "silent"):
        server.agent(name)
    return program(server)


# Whole answers


def test_an_answer_has_the_names_of_the_source_document_in_their_order(spot):
    response = spot.chat("echo", "What is an API?")
    assert response.headers["Content-Type"].startswith("application/json")
    body = response.json()
    assert list(body)[:len(SHOWN)] == SHOWN
    assert set(body) - set(SHOWN) == {"message_id", "agent_info"}
    assert list(body["tokens"]) == ["user", "enrichment", "output", "input"]
    assert ULID.fullmatch(body["message_id"])
    assert body | {"message_id": ""} == {
        "message": "What is an API?", "stop_reason": "stop",
        "tokens": {"user": 1, "enrichment": 0, "output": 4, "input": 1}, "upload_ids": {}, "knowledge_source_id": [],
        "source": [], "cross_account_source": [], "tools_id": [], "conversation_id": None, "message_id": "",
        "agent_info": []}
    assert response.text == json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def test_both_spellings_of_the_prompt_count_and_the_one_of_the_python_example_wins(spot):
    path = "/v1/agent/echo/chat"
    for body, message in (({"user-prompt": "one"}, "one"), ({"user_prompt": "two"}, "two"),
                          ({"user-prompt": "one", "user_prompt": "two"}, "two"),
                          ({"user_prompt": "two", "user-prompt": "one"}, "two"),
                          ({"user_prompt": None, "user-prompt": "one"}, "one")):
        assert spot.call("POST", path, json=body).json()["message"] == message, body


@pytest.mark.parametrize("value, streams", [
    (True, True), ("true", True), ("True", True), (False, False), ("false", False), (None, False)])
def test_streaming_may_be_said_as_a_word(spot, value, streams):
    response = spot.chat("echo", "hello", streaming=value)
    assert response.headers["Content-Type"].startswith("text/event-stream") is streams


@pytest.mark.parametrize("more", [
    {"stackspot_knowledge": "true"}, {"stackspot_knowledge": "false"}, {"stackspot_knowledge": None},
    {"return_ks_in_response": "true"}, {"deep_search_ks": True}, {"deep_search_ks": "false"},
    {"knowledge_source_ids": []}, {"knowledge_sources": []}, {"upload_ids": []}, {"upload_ids": None},
    {"agent_version_number": 7}, {"agent_version_number": None}, {"selected_model": None}, {"tide": "high"},
    {"conversation_id": None}, {"conversation_id": ""}, {"use_conversation": "false"}])
def test_every_field_of_the_contract_may_be_said_or_left_out(spot, more):
    assert spot.answer("echo", "hello", **more)["message"] == "hello"


def test_letters_of_every_script_survive(spot):
    assert spot.answer("unicode", "say")["message"] == UNICODE
    assert spot.answer("echo", UNICODE)["message"] == UNICODE
    stream = spot.stream("unicode", "say").read_all()
    assert stream.text == UNICODE


def test_an_answer_that_was_cut_short_says_so(spot):
    assert spot.answer("length", "say")["stop_reason"] == "length"
    assert spot.stream("length", "say").read_all().last["stop_reason"] == "length"


def test_an_answer_without_words_is_empty_and_complete(spot):
    assert spot.answer("silent", "say")["message"] == ""
    [only] = spot.stream("silent", "say").read_all().told
    assert only.json["message"] == "" and only.json["stop_reason"] == "stop"


def test_the_run_and_its_request_are_named_in_headers(spot, server):
    response = spot.chat("echo", "hello", use_conversation=True)
    assert response.headers["X-Request-Id"] and response.headers["X-Run-Id"]
    shown = server.shown_run(response.headers["X-Run-Id"])
    assert shown["answer"] == "hello" and shown["agent"] == "echo"


# Streams


def test_a_stream_is_data_lines_only_and_its_last_event_alone_says_that_it_is_over(spot):
    stream = spot.stream("echo", "What is an API?", use_conversation=True).read_all()
    assert stream.response.headers["Content-Type"].startswith("text/event-stream")
    whole = b"".join(stream.writes).decode()
    assert "[DONE]" not in whole and "\nevent:" not in whole and whole.endswith("\n\n") and "\r" not in whole
    *deltas, last = [event.json for event in stream.told]
    assert deltas == [{"message": word} | EMPTY for word in ("What ", "is ", "an ", "API?")]
    assert all(list(delta) == ["message", *EMPTY] for delta in deltas)
    assert last["message"] == "" and list(last)[:len(SHOWN)] == SHOWN
    assert last["stop_reason"] == "stop" and last["tokens"] == {"user": 1, "enrichment": 0, "output": 4, "input": 1}
    assert ULID.fullmatch(last["message_id"]) and ULID.fullmatch(last["conversation_id"])


def test_the_events_of_a_stream_are_compact_json_and_leave_in_one_write(spot):
    stream = spot.stream("unicode", "say").read_all()
    assert all(piece.endswith(b"\n\n") for piece in stream.writes)
    for event in stream.told:
        assert event.data.startswith('{"message":"') and '": ' not in event.data and '", "' not in event.data


def test_a_whole_answer_and_a_stream_end_with_the_same_names(spot):
    whole = spot.answer("echo", "hello", use_conversation=True)
    last = spot.stream("echo", "hello", use_conversation=True).read_all().last
    assert list(whole) == list(last)
    assert whole | {"message": "", "message_id": "", "conversation_id": ""} == \
        last | {"message_id": "", "conversation_id": ""}


def test_a_stream_without_a_conversation_ends_without_one(spot):
    assert spot.stream("echo", "hello").read_all().last["conversation_id"] is None


def test_message_ids_are_all_different_and_in_the_order_of_time(spot):
    ids = [spot.answer("echo", "hello")["message_id"] for _ in range(5)]
    assert all(ULID.fullmatch(one) for one in ids) and ids == sorted(set(ids))


def test_every_event_has_an_id_that_one_can_come_back_to(spot):
    stream = spot.stream("count-5-1ms", "count").read_all()
    assert len(stream.ids) == len(stream.told) == 6
    assert [event.sequence for event in stream.told] == sorted({event.sequence for event in stream.told})


def test_a_model_that_answers_only_whole_is_streamed_all_the_same(server, model, spot):
    server.run("upstream", "add", "whole", "--kind", "openai", "--url", model.openai_url, "--no-stream")
    server.run("agent", "add", "whole-echo", "--upstream", "whole", "--model", "echo")
    until(lambda: spot.chat("whole-echo", "hello").status_code == 200, what="the new agent")
    stream = spot.stream("whole-echo", "one two").read_all()
    assert stream.text == "one two" and stream.last["stop_reason"] == "stop"
    assert stream.last["tokens"] == {"user": 1, "enrichment": 0, "output": 2, "input": 1}
