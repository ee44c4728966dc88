"""What is no HTTP is refused in a dialect's shape, and never in the middle of another answer."""

import json

import pytest

from line import Line, answers, chat_request, head

HELLO = bytes.fromhex("1603010200010001fc0303") + b"x" * 200


@pytest.fixture(scope="module")
def server(servers):
    """Its limits are small enough to be reached, and it tells at once whether it kept to them."""
    return servers({"limits": {"header_bytes": 4096, "header_count": 30, "token_failures_per_minute": 100000},
                    "log": {"format": "json"}})


def get(*lines, first="GET /v1/models HTTP/1.1"):
    return "\r\n".join([first, "Host: here", *lines, "", ""]).encode("latin1")


def post(framing, body=b""):
    return get(framing, first="POST /v1/chat/completions HTTP/1.1") + body


def refusal(server, data):
    """The one answer to these bytes, on a connection that the server then closes."""
    with Line(server.port) as line:
        answer, = answers(line.send(data).read_to_end()[0])
    assert answer.headers["content-type"] == "application/json" and answer.headers["connection"] == "close"
    assert int(answer.headers["content-length"]) == len(answer.body)
    return answer


CASES = [
    (b"hello there\r\n\r\n", 501, "method"), (b"\x00\x01\x02\x03", 400, "not HTTP"), (HELLO, 400, "TLS"),
    (get(first="FROB /v1/models HTTP/1.1"), 501, "method"),
    (get(first="UNREADABLE /v1/models HTTP/1.1"), 501, "method"),
    (get(first="GET /v1/models HTTP/3.7"), 505, "HTTP/1.1"), (get(first="GET /v1/models HTTP/2.0"), 505, "HTTP/1.1"),
    (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, "HTTP/1.1"), (get(first="GET /v1/models FTP/1.0"), 400, "not HTTP"),
    (get(first="GET /v1/mo\x01dels HTTP/1.1"), 400, "path"), (get(first="GET v1/models HTTP/1.1"), 400, "path"),
    (get("A: b\x01c"), 400, "header"), (get("A b: c"), 400, "header"), (get(": c"), 400, "header"),
    (get("A: b", " folded"), 400, "header"),
    (post("Content-Length: 2\r\nContent-Length: 3", b"{} "), 400, "length"),
    (post("Content-Length: 2\r\nTransfer-Encoding: chunked", b"2\r\n{}\r\n0\r\n\r\n"), 400, "length"),
    (post("Content-Length: two"), 400, "length"), (post("Content-Length: -2"), 400, "length"),
    (get("A: " + "b" * 5000), 431, "4096"), (get(*["A: b"] * 40), 431, "30"),
    (get(*["A: " + "b" * 400] * 12), 431, "4096"), (get(first=f"GET /{'v' * 5000} HTTP/1.1"), 414, "4096"),
]


@pytest.mark.parametrize("data, status, word", CASES)
def test_what_is_no_request_is_refused_with_a_reason(server, data, status, word):
    answer = refusal(server, data)
    assert answer.status == status and word in answer.error["message"], answer
    assert set(answer.error) == {"message", "type", "param", "code"}
    assert answer.error["type"] == "invalid_request_error"


@pytest.mark.parametrize("data", [data for data, _, _ in CASES])
def test_however_it_is_cut_into_packets_it_is_refused_the_same(server, data):
    with Line(server.port) as line:
        for place in range(0, len(data), max(1, len(data) // 7)):
            line.send(data[place:place + max(1, len(data) // 7)])
        answer, = answers(line.read_to_end()[0])
    assert (answer.status, answer.body) == (refusal(server, data).status, refusal(server, data).body)


def test_a_head_within_its_limits_is_read(server):
    answer, = answers(asked(server, get("Connection: close", "A: " + "b" * 3900)))
    assert answer.status == 401
    answer, = answers(asked(server, get("Connection: close", *["A: b"] * 28)))
    assert answer.status == 401


def asked(server, data):
    with Line(server.port) as line:
        return line.send(data).read_to_end()[0]


@pytest.mark.parametrize("chunks", [
    b"zz\r\n{}\r\n0\r\n\r\n", b"2\r\n{}xx0\r\n\r\n", b"-1\r\n\r\n", b"f" * 17 + b"\r\n"])
def test_chunks_that_are_none_are_refused_by_the_door_that_reads_them(server, chunks):
    caller = server.caller()
    text = head(caller, 0).replace(b"Content-Length: 0", b"Transfer-Encoding: chunked")
    answer = refusal(server, text + chunks)
    assert answer.status == 400 and "chunks" in answer.error["message"]


def test_a_coding_that_is_not_known_is_refused(server):
    text = head(server.caller(), 0).replace(b"Content-Length: 0", b"Transfer-Encoding: gzip")
    assert refusal(server, text + b"\x1f\x8b").status == 400


@pytest.mark.parametrize("half", [get()[:-9], post("Content-Length: 100", b'{"model":')])
def test_half_a_request_is_told_that_it_is_half(server, half):
    caller = server.caller()
    half = half.replace(b"Host: here", f"Host: here\r\nAuthorization: Bearer {caller.token}".encode())
    with Line(server.port) as line:
        answer, = answers(line.send(half).finish_sending().read_to_end()[0])
    assert answer.status == 400 and "ended before" in answer.error["message"]


def test_it_is_refused_as_the_door_that_it_was_meant_for_refuses(server):
    answer = refusal(server, get(first="FROB /federation/auth/v1/token HTTP/1.1"))
    assert answer.status == 501 and isinstance(answer.error, str), "as RFC 6749 has it"


def test_it_is_refused_so_on_a_connection_that_was_used_before(server):
    with Line(server.port) as line:
        line.send(get("Connection: keep-alive")).read(b"}}")
        data, _ = line.send(get(first="FROB /federation/auth/v1/token HTTP/1.1")).read_to_end()
    answer, = answers(data)
    assert answer.status == 501 and isinstance(answer.error, str)


def test_it_has_its_line_in_the_log(server):
    answer = refusal(server, HELLO)
    lines = [line for line in server.logs if line.get("request") == answer.headers["x-request-id"]]
    assert [line["message"] for line in lines] == ["A request could not be read", "Answered"]
    assert "TLS" in lines[0]["cause"] and lines[1]["status"] == "400"


@pytest.mark.parametrize("rest", [b"nonsense\r\n\r\n", get("A: " + "b" * 5000), HELLO])
def test_after_a_stream_nonsense_waits_for_its_turn(server, model, rest):
    agent, gate, caller = server.agent("gated"), model.gate(), server.caller()
    with Line(server.port) as line:
        line.send(b"".join(chat_request(caller, agent, gate.name, stream=True)) + rest)
        gate.wait_arrived()
        begun = line.read(b"assistant")
        gate.send("one ", "two")
        gate.finish()
        stream, answer = answers(begun + line.read_to_end()[0])
    assert stream.status == 200 and stream.body.endswith(b"data: [DONE]\n\n") and b'"two"' in stream.body
    assert answer.status in (400, 431) and answer.headers["connection"] == "close" and answer.error["message"]


def test_after_a_stream_a_broken_body_waits_for_its_turn(server, model):
    agent, gate, caller = server.agent("gated"), model.gate(), server.caller()
    text = head(caller, 0).replace(b"Content-Length: 0", b"Transfer-Encoding: chunked")
    with Line(server.port) as line:
        line.send(b"".join(chat_request(caller, agent, gate.name, stream=True)) + text + b"2\r\n{}\r\nzz\r\n")
        gate.wait_arrived()
        begun = line.read(b"assistant")
        gate.send("one")
        gate.finish()
        stream, answer = answers(begun + line.read_to_end()[0])
    assert stream.body.endswith(b"data: [DONE]\n\n")
    assert answer.status == 400 and "chunks" in answer.error["message"]


def test_a_stream_whose_own_request_goes_wrong_is_told_to_its_end(server, model):
    agent, gate, caller = server.agent("gated"), model.gate(), server.caller()
    with caller.stream(agent, gate.name) as first, Line(server.port) as line:
        line.send((f"GET /v1/chat/completions/{first.run} HTTP/1.1\r\nHost: here\r\nAccept: text/event-stream\r\n"
                   f"Authorization: Bearer {caller.token}\r\nTransfer-Encoding: chunked\r\n\r\n").encode())
        begun = line.read(b"assistant")
        line.send(b"zz\r\n")
        gate.send("one")
        gate.finish()
        stream, = answers(begun + line.read_to_end()[0])
    assert stream.body.endswith(b"data: [DONE]\n\n")


def test_nonsense_of_every_length_leaves_the_server_as_it_was(server):
    good = b"".join(chat_request(server.caller(), "guide", "What is Rialto?"))
    for place in range(0, len(good), 37):
        with Line(server.port) as line:
            line.send(good[:place] + b"\x00" + good[place:]).finish_sending()
            for answer in answers(line.read_to_end()[0]):
                assert answer.status < 500 or answer.status in (501, 505), (place, answer)
    assert json.loads(answers(asked(server, get("Connection: close")))[0].body)["error"]
