"""Malformed bodies of every kind are refused in the dialect's words, and name what is wrong."""

import gzip
import json

import pytest
import requests

from caller import Caller

USER = {"role": "user", "content": "hello"}


@pytest.fixture(scope="module", autouse=True)
def echo(shared):
    return shared.agent("echo")


def send(caller, data, kind="application/json"):
    return caller.post("/chat/completions", data=data, headers={"Content-Type": kind})


def check(response, status=400):
    assert response.status_code == status, (response.status_code, response.text[:300])
    assert response.headers["Content-Type"].startswith("application/json")
    error = response.json()["error"]
    assert set(error) == {"message", "type", "param", "code"} and error["message"]
    assert "Internal" not in error["message"]
    return error


@pytest.mark.parametrize("body", [
    b"", b" ", b"{", b"}", b"nonsense", b"'{}'", b'{"messages":', b'{"messages": [],}', b'{"a": 1} {"b": 2}',
    b'{"a": NaN}',
    b'{"messages": [{"role": "user", "content": "\x01"}]}', b'{"model": "\xff\xfe"}', b"\xef\xbb\xbf", b"\x00",
    b'{"model": "\xed\xa0\x80"}', b'{"messages": [{"role": "user", "content": "\xc3("}]}', b"nul", b"tru", b"-", b'"',
    b'{"model": "\\u12"}', b'{"model": "\\x"}', b"[1,2", b"01", b'{"temperature": 1.}', b'{"temperature": .5}'])
def test_what_is_no_json_is_refused(either, body):
    assert check(send(either, body))["type"] == "invalid_request_error"


@pytest.mark.parametrize("body", [b"[]", b"null", b"true", b"7", b'"text"', b"[{}]"])
def test_json_that_is_no_object_is_refused(either, body):
    check(send(either, body))


@pytest.mark.parametrize("body", [
    b"[" * 100_000, b"[" * 1_000 + b"]" * 1_000, b'{"a":' * 100_000, b'{"a":' * 1_000 + b"1" + b"}" * 1_000,
    b'{"metadata":' + b'{"a":' * 5_000 + b"1" + b"}" * 5_000 + b"}",
    b'{"messages":' + b"[" * 50_000 + b"]" * 50_000 + b"}"])
def test_deep_nesting_is_refused_and_costs_nobody_the_server(either, body):
    check(send(either, body))
    assert either.answer("echo", "still here") == "still here"


@pytest.mark.parametrize("field, value, param", [
    ("messages", None, "messages"), ("messages", "hello", "messages"), ("messages", {}, "messages"),
    ("messages", [], "messages"), ("messages", [7], "messages[0]"), ("messages", [USER, "x"], "messages[1]"),
    ("messages", [{}], "messages[0].role"), ("messages", [{"content": "x"}], "messages[0].role"),
    ("messages", [{"role": 7, "content": "x"}], "messages[0].role"),
    ("messages", [{"role": "jester", "content": "x"}], "messages[0].role"),
    ("messages", [{"role": "user"}], "messages[0].content"),
    ("messages", [{"role": "user", "content": None}], "messages[0].content"),
    ("messages", [USER, {"role": "user", "content": 7}], "messages[1].content"),
    ("messages", [{"role": "user", "content": {"type": "text"}}], "messages[0].content"),
    ("messages", [{"role": "user", "content": ["x"]}], "messages[0].content[0]"),
    ("messages", [{"role": "user", "content": [{"text": "x"}]}], "messages[0].content[0].type"),
    ("messages", [{"role": "user", "content": [{"type": "smell", "text": "x"}]}], "messages[0].content[0].type"),
    ("messages", [{"role": "user", "content": [{"type": "text"}]}], "messages[0].content[0].text"),
    ("messages", [{"role": "user", "content": [{"type": "text", "text": 7}]}], "messages[0].content[0].text"),
    ("messages", [{"role": "user", "content": [{"type": "image_url", "image_url": 7}]}],
     "messages[0].content[0].image_url"),
    ("model", 7, "model"), ("model", ["m"], "model"), ("stream", "yes", "stream"), ("stream", 1, "stream"),
    ("agentId", 7, "agentId"), ("agentId", ["echo"], "agentId"), ("conversationId", 7, "conversationId"),
    ("conversationId", {"id": "x"}, "conversationId"), ("agentMode", "no", "agentMode"), ("agentMode", 0, "agentMode"),
    ("agentLevel", 3, "agentLevel"), ("agentLevel", "turbo", "agentLevel"),
    ("files", "x", "files"), ("files", [7], "files[0]"),
    ("temperature", "hot", "temperature"), ("temperature", True, "temperature"), ("temperature", -1, "temperature"),
    ("max_tokens", "many", "max_tokens"), ("max_tokens", 0, "max_tokens"), ("max_tokens", -5, "max_tokens"),
    ("max_tokens", 1.5, "max_tokens"), ("max_completion_tokens", "x", "max_completion_tokens"),
    ("stop", 7, "stop"), ("stop", [7], "stop"), ("stream_options", 7, "stream_options"),
    ("stream_options", {"include_usage": "x"}, "stream_options.include_usage"),
    ("user", 7, "user"), ("metadata", 7, "metadata"),
])
def test_a_field_of_the_wrong_kind_is_named(either, field, value, param):
    body = {"agentId": "echo", "model": "m", "messages": [USER]} | {field: value}
    error = check(send(either, json.dumps(body)))
    assert error["param"] == param or (error["param"] or "").startswith(f"{param}["), error
    assert error["type"] == "invalid_request_error"


def test_a_missing_question_is_named(either):
    assert check(send(either, b'{"model": "m", "agentId": "echo"}'))["param"] == "messages"


def test_a_stream_is_refused_in_json_when_it_has_not_begun(either):
    response = either.open("echo", 7).response
    assert check(response)["param"] == "messages[0].content"


def test_unknown_fields_are_passed_over(either):
    response = either.ask("echo", "hello", colour="blue", tools=[], logprobs=None, n=1, seed=7)
    assert response.status_code == 200


@pytest.mark.parametrize("body", [
    b'{"agentId":"echo","model":"m","messages":[{"role":"user","content":"\\ud800"}]}',
    b'{"agentId":"echo","model":"m","messages":[{"role":"user","content":"\\udc00\\ud800 x"}]}',
    b'{"agentId":"echo","model":"m","messages":[{"role":"user","content":"a\\u0000b"}]}',
    b'{"agentId":"echo","model":"m","model":"n","messages":[{"role":"user","content":"twice"}]}',
    b'{"agentId":"echo","model":"m","temperature":1e400,"messages":[{"role":"user","content":"x"}]}',
    b'{"agentId":"echo","model":"m","max_tokens":12345678901234567890123,"messages":[{"role":"user","content":"x"}]}',
    b'\xef\xbb\xbf{"agentId":"echo","model":"m","messages":[{"role":"user","content":"x"}]}',
])
def test_strange_json_is_answered_or_refused_but_never_a_fault(either, body):
    assert send(either, body).status_code in (200, 400)


def test_more_messages_than_allowed_are_refused(either):
    assert either.ask("echo", [USER] * 1000).status_code == 200
    response = either.ask("echo", [USER] * 1001)
    assert response.status_code in (400, 413) and response.json()["error"]["param"] == "messages"


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "application/x-www-form-urlencoded", "nonsense"])
def test_a_body_of_another_media_type_is_refused(either, kind):
    body = json.dumps(either.body("echo", "hello"))
    response = send(either, body, kind)
    check(response, 415 if response.status_code == 415 else 400)


@pytest.mark.parametrize("coding", ["gzip", "GZIP", "br", "deflate, gzip", "identity, gzip", "zstd", "x"])
@pytest.mark.parametrize("path", ["/chat/completions", "/files", "/chat/completions/nothing/cancel"])
def test_a_body_in_a_coding_is_refused_by_its_header(either, path, coding):
    body = gzip.compress(json.dumps(either.body("echo", "hello")).encode())
    response = either.post(path, data=body, headers={"Content-Type": "application/json", "Content-Encoding": coding})
    assert check(response, 415)["param"] == "Content-Encoding"
    assert response.headers["Accept-Encoding"] == "identity"
    assert either.answer("echo", "still here") == "still here"


@pytest.mark.parametrize("coding", ["identity", "Identity", "identity, identity", ""])
def test_a_body_as_it_is_is_read(either, coding):
    body = json.dumps(either.body("echo", "hello"))
    headers = {"Content-Type": "application/json", "Content-Encoding": coding}
    assert either.post("/chat/completions", data=body, headers=headers).status_code == 200


def test_a_coding_of_no_body_means_nothing(either):
    run = either.ask("echo", "hello").headers["X-Run-Id"]
    answer = either.post(f"/chat/completions/{run}/cancel", headers={"Content-Encoding": "gzip"})
    assert answer.status_code == 200


@pytest.mark.parametrize("kind", ["application/json", "application/json; charset=utf-8", "APPLICATION/JSON", None])
def test_json_is_json_in_any_spelling(either, kind):
    body = json.dumps(either.body("echo", "hello")).encode()
    headers = {"Content-Type": kind} if kind else {}
    assert either.post("/chat/completions", data=body, headers=headers).status_code == 200


# Places


@pytest.mark.parametrize("base", ["/api/v1", "/v1"])
@pytest.mark.parametrize("path", [
    "/nothing", "/chat", "/chat/completions/a/b/c", "/conversations/x/y", "/%zz", "/chat/completions/"])
def test_an_unknown_place_is_404_in_the_dialects_shape(shared, caller, base, path):
    response = caller.on(base).get(path)
    if path == "/chat/completions/" and response.status_code == 405:
        return
    if path == "/%zz" and response.status_code == 400:
        return
    assert check(response, 404)["type"] == "not_found_error"


@pytest.mark.parametrize("method, path", [
    ("GET", "/chat/completions"), ("PUT", "/chat/completions"), ("DELETE", "/chat/completions"), ("POST", "/models"),
    ("POST", "/conversations"), ("PATCH", "/conversations/x"), ("DELETE", "/files"),
    ("GET", "/chat/completions/00000000-0000-7000-8000-000000000000/cancel")])
def test_a_known_place_in_another_way_is_405_and_says_which_ways_there_are(either, method, path):
    response = either.call(method, path)
    check(response, 405)
    assert response.headers["Allow"] and method not in response.headers["Allow"].replace(",", " ").split()


def test_places_outside_of_every_dialect_are_404_too(shared):
    for path in ("/", "/nothing", "/api", "/api/v2/models", "/federation/nothing", "/favicon.ico"):
        assert requests.get(shared.base + path, timeout=20).status_code == 404, path


def test_without_a_token_nothing_is_said_about_the_body(shared):
    for data in (b"{", b"", json.dumps({"messages": 7}).encode()):
        assert send(Caller(shared.base, None), data).status_code == 401
