"""No, in StackSpot's words: whatever is wrong with a request, its answer has a type, a code and details."""

import gzip
import json
import uuid

import pytest
import requests

from caller import PATIENCE
from line import Line, answers, head
from test_stackspot import UNKNOWN, UNRATED, check_refusal, program

BAD = (400, "BadRequestError", "INFERENCE_4000_BAD_REQUEST")
NOT_FOUND = (404, "NotFound", "INFERENCE_4040_NOT_FOUND")
CHAT = "/v1/agent/echo/chat"
# As the source document prints it: without the comma after the last but one member.
PRINTED = """{
"streaming": true,
"user-prompt": "What is an API?",
"stackspot_knowledge": "true",
"return_ks_in_response": false
"use_conversation": true
}"""


@pytest.fixture(scope="module")
def server(servers):
    return servers(UNRATED | {"limits": UNRATED["limits"] | {"body_bytes": 100_000, "body_seconds": 1}})


@pytest.fixture(scope="module")
def spot(server):
    for name in ("echo", "hang"):
        server.agent(name)
    return program(server)


def raw(spot, body, kind="application/json", **headers):
    data = body if isinstance(body, bytes) else body.encode()
    return spot.call("POST", CHAT, data=data, headers={"Content-Type": kind} | headers)


def test_the_printed_request_without_its_comma_is_refused_with_the_place_of_the_fault(spot):
    for body in (PRINTED, PRINTED.replace("\n", "")):
        details = check_refusal(raw(spot, body), *BAD)
        place = body.encode().index(b'"use_conversation"')
        line = body[:place].count("\n") + 1
        assert str(place) in details or f"line {line}" in details, details
    assert raw(spot, PRINTED.replace("false\n", "false,\n")).status_code == 200


@pytest.mark.parametrize("body", [
    "", " ", "{", "[]", "null", "7", '"text"', "{}", '{"user_prompt"}', '{"user_prompt": "a",}',
    "{'user_prompt': 'a'}", '{"user_prompt": "a"} x', '{"user_prompt": NaN}', '{"user_prompt": "a\nb"}', "[" * 50_000,
    '{"user_prompt": "\\ud800"}', b'{"user_prompt": "\xff"}', "﻿", "user_prompt=hello", b"\x00" * 100])
def test_what_is_no_json_object_with_a_question_is_a_bad_request(spot, body):
    check_refusal(raw(spot, body), *BAD)


@pytest.mark.parametrize("coding", ["utf-16", "utf-16-le", "utf-32", "latin-1"])
def test_a_body_in_another_encoding_is_a_bad_request(spot, coding):
    check_refusal(raw(spot, '{"user_prompt": "Grüße"}'.encode(coding)), *BAD)


@pytest.mark.parametrize("more", [
    {"user_prompt": ""}, {"user_prompt": None}, {"user_prompt": 7}, {"user_prompt": ["a"]}, {"user_prompt": {"a": 1}},
    {"user_prompt": True}, {"user_prompt": None, "user-prompt": ""}, {"user_prompt": None, "user-prompt": 7}])
def test_a_prompt_is_a_text_that_is_not_empty(spot, more):
    body = {"streaming": False} | more
    details = check_refusal(spot.call("POST", CHAT, json=body), *BAD)
    assert "user_prompt" in details or "user-prompt" in details


@pytest.mark.parametrize("name, value", [
    ("streaming", "maybe"), ("streaming", 1), ("streaming", []), ("use_conversation", "yes!"),
    ("use_conversation", 7), ("stackspot_knowledge", "perhaps"), ("stackspot_knowledge", {}),
    ("return_ks_in_response", 3), ("return_ks_in_response", "x"), ("deep_search_ks", "deep"),
    ("upload_ids", "x"), ("knowledge_source_ids", "x"),
    ("knowledge_source_ids", [7]), ("knowledge_sources", {"slug": "x"}), ("conversation_id", 7)])
def test_a_field_of_the_wrong_type_is_named(spot, name, value):
    for stream in (False, True):
        more = {"stream": stream} if name != "streaming" else {}
        assert name in check_refusal(spot.chat("echo", "hello", **more, **{name: value}), *BAD)


@pytest.mark.parametrize("name", ["knowledge_source_ids", "knowledge_sources"])
def test_a_knowledge_source_that_is_not_there_is_not_found(spot, name):
    for source in ("no-such-source", UNKNOWN, ""):
        response = spot.chat("echo", "hello", **{name: [source]})
        assert response.status_code in (400, 404) and set(response.json()) == {"type", "code", "details"}


def test_a_member_that_stands_twice_counts_once_or_is_refused(spot):
    response = raw(spot, '{"user_prompt": "one", "user_prompt": "two"}')
    assert response.status_code == 400 or response.json()["message"] in ("one", "two")


def test_a_body_that_is_too_large_is_refused_and_one_that_just_fits_is_answered(spot):
    response = raw(spot, json.dumps({"user_prompt": "x" * 100_001}))
    check_refusal(response, 413, "PayloadTooLarge", "INFERENCE_4130_PAYLOAD_TOO_LARGE")
    assert spot.answer("echo", "x" * 90_000)["message"] == "x" * 90_000


def test_a_body_that_was_promised_to_be_too_large_is_refused_before_it_comes(server, spot):
    with Line(server.port) as line:
        line.send(head(spot, 10**12, CHAT))
        data, _ = line.read_to_end()
    [answer] = answers(data)
    assert answer.status == 413 and json.loads(answer.body)["type"] == "PayloadTooLarge"


@pytest.mark.parametrize("kind", [
    "text/plain", "application/x-www-form-urlencoded", "", "application/json; charset=utf-8"])
def test_json_is_read_whatever_it_is_called_or_its_name_is_refused(spot, kind):
    response = raw(spot, '{"user_prompt": "hello"}', kind)
    if response.status_code != 200:
        check_refusal(response, 415, "UnsupportedMediaType", "INFERENCE_4150_UNSUPPORTED_MEDIA_TYPE")


def test_a_compressed_body_is_refused_by_its_header(spot):
    response = raw(spot, gzip.compress(b'{"user_prompt": "hello"}'), **{"Content-Encoding": "gzip"})
    check_refusal(response, 415, "UnsupportedMediaType", "INFERENCE_4150_UNSUPPORTED_MEDIA_TYPE")


@pytest.mark.parametrize("agent", ["nobody", UNKNOWN, "ECHO", "x" * 300, "%00", "echo%2Fchat", "%C3%BC", "..%2F.."])
def test_an_agent_that_is_not_there_is_not_found(spot, agent):
    for stream in (False, True):
        check_refusal(spot.chat(agent, "hello", stream=stream), *NOT_FOUND)
    check_refusal(spot.execute(agent, "hello"), *NOT_FOUND)


@pytest.mark.parametrize("path", [
    "/v1/agent", "/v1/agent/", "/v1/agent/echo", "/v1/agent/echo/chats", "/v1/agent/echo/chat/x/y/z", "/v2", "/v4",
    "/v2/nothing", "/v4/nothing", "/v4/agents/echo/nothing", "/v1/llm", "/v1/llm/nothing", "/v1/quick-commands",
    "/v1/quick-commands/nothing", "/v1/quick-commands/callback", "/v1/file-upload", "/v1/file-upload/a/b/c",
    "/v1/knowledge-sources/a/b", "/v2/knowledge-sources/a/b/c", "/uploads", "/v2/file-upload/nothing"])
def test_a_place_where_nothing_is_is_404_in_shape(spot, path):
    for method in ("GET", "POST", "DELETE"):
        response = spot.call(method, path)
        if response.status_code != 405:
            assert path.rstrip("/") in check_refusal(response, *NOT_FOUND)


@pytest.mark.parametrize("method, path", [
    ("GET", CHAT), ("PUT", CHAT), ("DELETE", CHAT), ("PATCH", CHAT), ("OPTIONS", CHAT), ("POST", "/v4/agents"),
    ("DELETE", "/v1/llm/models"), ("GET", "/v1/quick-commands/create-execution/echo"),
    ("POST", f"/v1/quick-commands/callback/{UNKNOWN}"), ("GET", "/v2/file-upload/form"),
    ("GET", f"/uploads/{UNKNOWN}"), ("PUT", "/v1/knowledge-sources"), ("GET", f"{CHAT}/{UNKNOWN}/cancel"),
    ("DELETE", "/v2/knowledge-sources"), ("POST", f"{CHAT}/{UNKNOWN}")])
def test_another_method_is_405_in_shape_and_says_which_would_be_taken(spot, method, path):
    response = spot.call(method, path)
    check_refusal(response, 405, "MethodNotAllowed", "INFERENCE_4050_METHOD_NOT_ALLOWED")
    assert response.headers["Allow"] and method not in response.headers["Allow"].split(", ")


def test_a_refusal_of_the_headers_is_in_shape(spot):
    for value in ("x" * 300, ""):
        response = spot.chat("echo", "hello", headers={"Idempotency-Key": value})
        assert response.status_code in (200, 400)
        if response.status_code == 400:
            assert "Idempotency-Key" in check_refusal(response, *BAD)
    response = spot.chat("echo", "hello", headers={"Last-Event-ID": "garbage"})
    assert "Last-Event-ID" in check_refusal(response, *BAD)


def test_a_body_that_comes_too_slowly_is_refused_in_shape(server, spot):
    with Line(server.port) as line:
        line.send(head(spot, 100, CHAT) + b'{"user_')
        data, seconds = line.read_to_end()
    [answer] = answers(data)
    assert answer.status == 408 and json.loads(answer.body)["type"] == "RequestTimeout" and seconds < 10


def test_a_server_with_as_many_streams_as_it_may_have_is_unavailable_in_shape(servers, model):
    server = servers(UNRATED | {"limits": UNRATED["limits"] | {"open_streams": 1}})
    server.agent("gated")
    spot, gate = program(server), model.gate()
    with spot.stream("gated", gate.name) as stream:
        response = spot.chat("gated", gate.name, stream=True)
        assert response.status_code in (429, 503), response.text
        assert set(response.json()) == {"type", "code", "details"} and int(response.headers["Retry-After"]) > 0
        gate.finish()
        stream.read_all()


def test_a_run_that_never_was_is_not_found(spot):
    for run in (UNKNOWN, str(uuid.uuid4()), "nonsense", "x" * 300):
        check_refusal(spot.get(f"{CHAT}/{run}"), *NOT_FOUND)
        check_refusal(spot.call("POST", f"{CHAT}/{run}/cancel"), *NOT_FOUND)


def test_every_refusal_has_a_request_id_that_the_log_has_too(server, spot):
    response = spot.chat("nobody", "hello")
    assert response.headers["X-Request-Id"] in server.err


def test_a_connection_is_good_for_more_after_a_refusal(server, spot):
    with requests.Session() as session:
        session.headers["Authorization"] = f"Bearer {spot.token}"
        for body, status in ((b"{", 400), (b'{"user_prompt": "hello"}', 200), (b"[]", 400)):
            assert session.post(server.base + CHAT, data=body, timeout=PATIENCE).status_code == status
