"""At a limit: the dialect's error, never a crash, never a hang."""

import http.client
import json
import socket

import pytest

from line import Line, chat_request, head
from waiting import at_once, until

BODY_BYTES = 50_000
STREAMS = 4


@pytest.fixture(scope="module")
def server(servers):
    """A server with little patience and little room."""
    return servers({
        "limits": {"body_bytes": BODY_BYTES, "open_streams": STREAMS, "header_seconds": 1, "body_seconds": 2,
                   "idle_connection_seconds": 3, "output_bytes": 10_000, "messages": 3}})


@pytest.fixture(scope="module")
def echo(server):
    return server.agent("echo")


@pytest.fixture
def program(server):
    return server.caller(path="/v1")


def is_alive(server, echo):
    return server.caller().answer(echo, "still here") == "still here"


# Sizes


def test_a_body_at_the_limit_is_read_and_one_above_it_is_413(server, echo, program):
    room = BODY_BYTES - len(json.dumps(program.body(echo, "")))
    assert program.ask(echo, "x" * room).status_code in (200, 400)
    for path in ("/v1", "/api/v1"):
        response = program.on(path).ask(echo, "x" * (room + 1))
        assert response.status_code == 413 and response.json()["error"]["type"] == "invalid_request_error"


def test_a_body_that_announces_too_much_is_refused_before_it_is_sent(server, program):
    with Line(server.port) as line:
        line.send(head(program, 10**12))
        assert line.read().startswith(b"HTTP/1.1 413")


def test_a_chunked_body_that_grows_too_large_is_refused(server, echo, program):
    def pieces():
        yield b'{"model":"m","messages":[{"role":"user","content":"'
        for _ in range(100):
            yield b"x" * 1000
        yield b'"}]}'

    with Line(server.port) as line:
        text = head(program, 0).replace(b"Content-Length: 0", b"Transfer-Encoding: chunked")
        line.send(text + b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces()) + b"0\r\n\r\n")
        assert line.read().startswith(b"HTTP/1.1 413")
    assert is_alive(server, echo)


def test_an_answer_longer_than_allowed_ends_for_its_length(server):
    agent = server.agent("huge-1")
    stream = server.caller().stream(agent, "much").read_all()
    assert stream.finish_reason == "length" and stream.is_done and len(stream.text) == 10_000
    choice = server.caller().ask(agent, "much").json()["choices"][0]
    assert choice["finish_reason"] == "length" and len(choice["message"]["content"]) == 10_000


def test_too_many_messages_are_refused_by_name(program, echo):
    response = program.ask(echo, [{"role": "user", "content": "x"}] * 4)
    assert response.status_code in (400, 413) and response.json()["error"]["param"] == "messages"


# Open streams


def has_room(program, echo):
    stream = program.open(echo, "now?")
    return stream.response.status_code == 200 and stream.read_all().is_done


def test_a_stream_too_many_is_refused_and_there_is_room_again_when_one_ends(server, echo, program, model):
    agent, gates = server.agent("gated", "--on-disconnect", "cancel"), [model.gate() for _ in range(STREAMS)]
    streams = [program.stream(agent, gate.name) for gate in gates]
    refused = program.open(echo, "one more").response
    assert refused.status_code in (429, 503), refused.text
    assert refused.json()["error"]["type"] in ("rate_limit_error", "server_error")
    assert int(refused.headers["Retry-After"]) >= 0
    gates[0].finish()
    assert streams[0].read_all().is_done
    until(lambda: has_room(program, echo), 10, "room for a stream")
    streams[1].close()
    until(lambda: has_room(program, echo), 10, "room after a stream was left")
    for gate, stream in zip(gates[2:], streams[2:]):
        gate.finish()
        assert stream.read_all().is_done


def test_streams_that_were_left_do_not_count_for_ever(server, echo, program):
    for _ in range(STREAMS * 5):
        until(lambda: has_room(program, echo), 10, "room for a stream")


# Slow senders


def test_who_sends_the_head_too_slowly_is_cut_off(server, echo):
    with Line(server.port) as line:
        line.send(b"POST /v1/chat/completions HTTP/1.1\r\nHost: rialto\r\n")
        data, seconds = line.read_to_end()
    assert seconds < 25 and (data == b"" or data.startswith(b"HTTP/1.1 4")), data


def test_who_drips_the_head_is_cut_off_too(server, echo):
    with Line(server.port, seconds=0.3) as line:
        line.send(b"GET /v1/models HTTP/1.1\r\n")

        def drip():
            line.send(b"X-Drip: drop\r\n")
            try:
                return line.socket.recv(1000) is not None
            except socket.timeout:
                return False
            except ConnectionError:
                return True

        until(drip, 10, "the end of a connection that drips its head")
    assert is_alive(server, echo)


def test_who_sends_the_body_too_slowly_is_cut_off(server, echo, program):
    text, body = chat_request(program, echo, "slow")
    with Line(server.port) as line:
        line.send(text + body[:10])
        data, seconds = line.read_to_end()
    assert seconds < 25 and (data == b"" or data.startswith(b"HTTP/1.1 4")), data
    assert is_alive(server, echo)


def test_who_says_nothing_is_cut_off(server, echo):
    with Line(server.port) as line:
        data, seconds = line.read_to_end()
    assert seconds < 25 and (data == b"" or data.startswith(b"HTTP/1.1 4"))


def test_who_is_done_and_says_nothing_more_is_cut_off(server):
    with Line(server.port) as line:
        line.send(b"GET /healthz HTTP/1.1\r\nHost: rialto\r\n\r\n")
        data, seconds = line.read_to_end()
    assert data.startswith(b"HTTP/1.1 200") and seconds < 30


def test_a_long_answer_is_no_idle_connection(servers, model):
    server = servers({"limits": {"header_seconds": 1, "body_seconds": 1, "idle_connection_seconds": 1},
                      "streams": {"heartbeat_seconds": 60}})
    stream = server.caller().stream(server.agent("wait-4s"), "patience").read_all()
    assert stream.text == "at last" and stream.is_done
    assert server.caller().answer("wait-4s", "patience") == "at last"


def test_a_crowd_of_slow_senders_holds_nobody_up(server, echo):
    lines = [Line(server.port).send(b"POST /v1/chat/completions HTTP/1.1\r\n") for _ in range(200)]
    assert all(at_once(4, lambda _: is_alive(server, echo)))
    for line in lines:
        line.socket.close()


# Connections


def test_a_connection_is_kept_after_a_stream_and_after_a_refusal(server, echo, program):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    headers = program.headers | {"Content-Type": "application/json"}
    connection.connect()
    line = connection.sock
    for number in range(10):
        body = json.dumps(program.body(echo, f"question {number}", stream=True))
        connection.request("POST", "/v1/chat/completions", body, headers)
        answer = connection.getresponse().read()
        assert answer.endswith(b"data: [DONE]\n\n")
        for path, status in (("/v1/models", 200), ("/v1/nothing", 404), ("/healthz", 200)):
            connection.request("GET", path, headers=program.headers)
            response = connection.getresponse()
            assert response.status == status and response.read()
        assert connection.sock is line, "the same connection all along"
    connection.close()


def test_requests_sent_at_once_are_answered_in_order(server):
    with Line(server.port) as line:
        line.send(
            b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
            b"GET /v1/models HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        data, _ = line.read_to_end()
    assert data.startswith(b"HTTP/1.1 200") and data.count(b"HTTP/1.1 401") == 1


@pytest.mark.parametrize("garbage", [
    b"\x00\xff\xfe garbage\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 100, b"GET\r\n\r\n",
    b"GET / HTTP/9.9\r\n\r\n", b"GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
    b"GET /" + b"x" * 200_000 + b" HTTP/1.1\r\n\r\n",
    b"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
    b"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n",
    b"GET / HTTP/1.1\r\nX: " + b"y" * 300_000 + b"\r\n\r\n", b"GET / HTTP/1.1\r\n: nameless\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X-A: b\r\n" * 20_000 + b"\r\n", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"])
def test_what_is_no_http_is_refused_and_costs_nobody_the_server(server, echo, garbage):
    with Line(server.port) as line:
        data, seconds = line.send(garbage).read_to_end()
    assert data == b"" or data.startswith((b"HTTP/1.1 4", b"HTTP/1.1 5", b"HTTP/1.0 4")), data[:200]
    assert seconds < 40 and is_alive(server, echo)
