"""Several requests on a connection, the last of them, and clients of the older HTTP."""

import json

import pytest

from line import Line, answers, chat_request, head
from waiting import until

LINGER = 1
MEGABYTE = 1024 * 1024


@pytest.fixture(scope="module")
def server(servers):
    return servers({"limits": {"linger_seconds": LINGER, "body_bytes": 100_000}})


@pytest.fixture(scope="module")
def echo(server):
    return server.agent("echo")


def asked(server, data):
    """The answers up to the close; it does not wait for the idle limit, which is longer than the patience here."""
    with Line(server.port) as line:
        return answers(line.send(data).read_to_end()[0])


def chat(caller, agent, *headers, version="1.1", **more):
    text, body = chat_request(caller, agent, more.pop("question", "hello"), **more)
    lines = "".join(f"\r\n{header}" for header in headers).encode() + b"\r\n\r\n"
    return text.replace(b"HTTP/1.1", f"HTTP/{version}".encode()).replace(b"\r\n\r\n", lines) + body


def said(answer):
    return json.loads(answer.body)["choices"][0]["message"]["content"]


def test_requests_sent_at_once_are_answered_in_their_order(server, echo):
    caller = server.caller()
    words = ["one", "two", "three", "four"]
    requests = [chat(caller, echo, question=word) for word in words[:-1]]
    requests.append(chat(caller, echo, "Connection: close", question=words[-1]))
    assert [said(answer) for answer in asked(server, b"".join(requests))] == words


def test_after_a_stream_the_connection_takes_the_next_request(server, echo):
    caller = server.caller()
    stream, whole = asked(server, chat(caller, echo, stream=True) + chat(caller, echo, "Connection: close"))
    assert stream.body.endswith(b"data: [DONE]\n\n") and said(whole) == "hello"


@pytest.mark.parametrize("header", [
    "Connection: close", "Connection: Close", "Connection: CLOSE", "Connection: close, TE", "Connection: TE, Close"])
def test_who_says_close_in_any_spelling_has_the_connection_closed(server, echo, header):
    for more in ({}, {"stream": True}):
        answer, = asked(server, chat(server.caller(), echo, header, **more) + b"what follows counts for nothing")
        assert answer.status == 200 and answer.headers["connection"] == "close"


def test_an_upgrade_is_not_done_and_the_connection_does_not_hang(server, echo):
    headers = ["Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA"]
    answer, *_ = asked(server, chat(server.caller(), echo, *headers) * 2)
    assert said(answer) == "hello" and answer.headers["connection"] == "close"


# HTTP/1.0


def test_an_older_client_gets_its_answer_and_the_close(server, echo):
    answer, = asked(server, chat(server.caller(), echo, version="1.0"))
    assert answer.version == "HTTP/1.0" and said(answer) == "hello" and answer.headers["connection"] == "close"


@pytest.mark.parametrize("headers", [[], ["Connection: keep-alive"]])
def test_a_stream_to_an_older_client_has_no_chunks_and_ends_with_the_close(server, echo, headers):
    answer, = asked(server, chat(server.caller(), echo, *headers, version="1.0", stream=True))
    assert "transfer-encoding" not in answer.headers and answer.headers["connection"] == "close"
    assert answer.body.startswith(b": connected\n\n") and answer.body.endswith(b"data: [DONE]\n\n")


def test_an_older_client_that_asks_for_it_keeps_its_connection(server, echo):
    caller = server.caller()
    first, last = asked(server, chat(caller, echo, "Connection: keep-alive", version="1.0")
                        + chat(caller, echo, version="1.0"))
    assert (first.headers["connection"], last.headers["connection"]) == ("keep-alive", "close")
    assert said(first) == said(last) == "hello"


def test_an_older_client_is_not_told_to_continue(server, echo):
    answer, = asked(server, chat(server.caller(), echo, "Expect: 100-continue", version="1.0"))
    assert answer.status == 200


# The last answer


def test_who_never_closes_is_closed_after_a_while(server):
    with Line(server.port) as line:
        line.send(b"GET /healthz HTTP/1.0\r\n\r\n").read_to_end()

        def is_cut():
            try:
                line.socket.sendall(b"x")
            except OSError:
                return True

        until(is_cut, what="the end of the connection")


def test_who_sends_a_large_body_to_its_end_reads_why_it_was_refused(server):
    with Line(server.port) as line:
        text = head(server.caller(), 40 * MEGABYTE).replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
        line.socket.sendall(text)
        for _ in range(40):
            line.socket.sendall(b"x" * MEGABYTE)
        answer, = answers(line.read_to_end()[0])
    assert answer.status == 413 and answer.headers["connection"] == "close"


# Expect: 100-continue


def expecting(caller, agent, *headers):
    text, body = chat_request(caller, agent, "hello")
    more = "".join(f"\r\n{header}" for header in ["Expect: 100-continue", *headers]).encode()
    return text.replace(b"\r\n\r\n", more + b"\r\n\r\n"), body


def test_who_waits_behind_a_stream_is_told_to_continue_when_that_has_ended(server, echo, model):
    agent, gate, caller = server.agent("gated"), model.gate(), server.caller()
    text, body = expecting(caller, echo, "Connection: close")
    with Line(server.port) as line:
        line.send(chat(caller, agent, question=gate.name, stream=True) + text)
        gate.wait_arrived()
        data = line.read(b"assistant")
        gate.send("one ", "two")
        gate.finish()
        data += line.read(b"100 Continue\r\n\r\n")
        stream, interim = answers(data)
        assert stream.body.endswith(b"data: [DONE]\n\n") and interim.status == 100
        answer, = answers(line.send(body).read_to_end()[0])
    assert said(answer) == "hello"


def test_who_did_not_wait_is_not_told(server, echo, model):
    agent, gate, caller = server.agent("gated"), model.gate(), server.caller()
    with Line(server.port) as line:
        line.send(chat(caller, agent, question=gate.name, stream=True))
        line.send(b"".join(expecting(caller, echo, "Connection: close")))
        gate.wait_arrived()
        gate.finish()
        stream, answer = answers(line.read_to_end()[0])
    assert stream.body.endswith(b"data: [DONE]\n\n") and said(answer) == "hello"
