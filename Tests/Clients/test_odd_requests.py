"""Requests that are allowed and seldom: what HTTP says of them holds."""

import json
import socket

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
