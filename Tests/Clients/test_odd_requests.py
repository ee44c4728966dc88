"""Requests that are allowed and seldom: what HTTP says of them holds."""

import json
import socket
import uuid

from line import Line


def head(caller, method, path, *headers):
    lines = [f"{method} {path} HTTP/1.1", "Host: here", "Connection: close", f"Authorization: Bearer {caller.token}"]
    return "\r\n".join([*lines, *headers, "", ""]).encode()


def test_a_client_that_waits_to_be_told_sends_its_body_when_it_is_told(shared):
    caller = shared.caller()
    body = json.dumps({"model": "m", "agentId": "guide", "messages": [{"role": "user", "content": "Hello"}]}).encode()
    line = Line(shared.port)
    line.send(head(caller, "POST", "/v1/chat/completions", "Content-Type: application/json", "Expect: 100-continue",
                   f"Content-Length: {len(body)}"))
    assert line.read().startswith(b"HTTP/1.1 100 Continue\r\n\r\n")
    line.send(body)
    data, _ = line.read_to_end()
    assert data.startswith(b"HTTP/1.1 200") and b"chat.completion" in data
    line.socket.close()


def test_a_method_that_a_path_does_not_have_is_answered_with_those_it_has(shared):
    caller = shared.caller()
    for method in ("PUT", "PATCH", "OPTIONS"):
        line = Line(shared.port)
        line.send(head(caller, method, "/v1/models"))
        data, _ = line.read_to_end()
        assert data.startswith(b"HTTP/1.1 405") and b"GET, HEAD" in data
        line.socket.close()


def asked(shared, caller, path, *headers, body=None, kind="application/json"):
    """The answer to a request whose headers no library would send."""
    body = body or json.dumps(caller.body("guide", "Hello")).encode()
    line = Line(shared.port)
    line.send(head(caller, "POST", path, f"Content-Type: {kind}", f"Content-Length: {len(body)}", *headers) + body)
    data, _ = line.read_to_end()
    line.socket.close()
    return data


def test_two_keys_that_differ_are_refused_and_two_that_do_not_are_one(shared):
    caller = shared.caller()
    form = b'--edge\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nhello\r\n--edge--\r\n'
    for path, parts, good in (
            ("/v1/chat/completions", {}, b"HTTP/1.1 200"),
            ("/v1/files", {"body": form, "kind": "multipart/form-data; boundary=edge"}, b"HTTP/1.1 201")):
        one, other = uuid.uuid4().hex, uuid.uuid4().hex
        data = asked(shared, caller, path, f"Idempotency-Key: {one}", f"idempotency-key: {other}", **parts)
        assert data.startswith(b"HTTP/1.1 400") and b'"param":"Idempotency-Key"' in data, data
        for first, second in ((one, one), (one, f'"{one}"'), (f'"{one}"', one)):
            data = asked(shared, caller, path, f"Idempotency-Key: {first}", f"Idempotency-Key: {second}", **parts)
            assert data.startswith(good), data
        assert b"idempotent-replayed: true" in data.lower()


def test_a_key_without_letters_is_refused(shared):
    for key in ("Idempotency-Key:", 'Idempotency-Key: ""'):
        data = asked(shared, shared.caller(), "/v1/chat/completions", key)
        assert data.startswith(b"HTTP/1.1 400") and b'"param":"Idempotency-Key"' in data, data


def test_several_accept_headers_are_one_list(shared):
    caller = shared.caller()
    run = caller.ask("guide", "Hello").headers["X-Run-Id"]
    for headers, kind in (
            (("Accept: application/json", "Accept: Text/Event-Stream;q=0.1"), b"text/event-stream"),
            (("Accept: application/json", "Accept: text/event-stream;q=0"), b"application/json")):
        line = Line(shared.port)
        line.send(head(caller, "GET", f"/v1/chat/completions/{run}", *headers))
        data, _ = line.read_to_end()
        assert data.startswith(b"HTTP/1.1 200") and b"content-type: " + kind in data.lower(), data
        line.socket.close()


def test_half_a_request_is_the_fault_of_who_sent_it(shared):
    caller = shared.caller()
    for framing, half in (("Content-Length: 100", b'{"model":'), ("Transfer-Encoding: chunked", b"zz\r\n{}\r\n")):
        line = Line(shared.port)
        line.send(head(caller, "POST", "/v1/chat/completions", "Content-Type: application/json", framing) + half)
        line.socket.shutdown(socket.SHUT_WR)
        data, _ = line.read_to_end()
        assert data == b"" or data.startswith(b"HTTP/1.1 400"), data
        line.socket.close()


def test_the_files_of_a_question_are_limited_together(shared):
    caller = shared.caller(path="/v1")
    made = caller.post("/files", files={"file": ("big.txt", b"x" * (5 << 20), "text/plain")}).json()
    response = caller.ask("guide", "What is in them?", files=[made["id"]] * 2)
    assert response.status_code == 413 and response.json()["error"]["param"] == "files[1]"
