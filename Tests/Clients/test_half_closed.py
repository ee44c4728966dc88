"""A client that has said all it had to say still listens; one that has left does not."""

import json
import socket
import threading

import pytest

from line import Line, answers, chat_request
from waiting import free_port


@pytest.fixture(scope="module")
def server(servers):
    """With the usual heartbeat: nobody is noticed because of that."""
    return servers({"streams": {"grace_seconds": 0}})


@pytest.fixture(params=["cancel", "grace", "continue"])
def agent(server, request):
    return server.agent("gated", "--on-disconnect", request.param, code=request.param)


def request(server, agent, gate, version="1.1", **more):
    text, body = chat_request(server.caller(), agent, gate.name, **more)
    return text.replace(b"HTTP/1.1", f"HTTP/{version}".encode()) + body


def test_a_stream_is_told_to_its_end(server, agent, model):
    gate = model.gate()
    with Line(server.port) as line:
        line.send(request(server, agent, gate, stream=True)).finish_sending()
        data = line.read(b": heartbeat")
        gate.send("one ", "two")
        gate.finish()
        answer, = answers(data + line.read_to_end()[0])
    assert answer.body.endswith(b"data: [DONE]\n\n") and b'"two"' in answer.body
    assert server.wait_for_run(answer.headers["x-run-id"])["status"] == "finished"


def test_an_answer_in_one_piece_comes_whole(server, agent, model):
    gate = model.gate()
    with Line(server.port) as line:
        line.send(request(server, agent, gate)).finish_sending()
        data = line.read(b"102 Processing\r\n\r\n")
        gate.send("one ", "two")
        gate.finish()
        *interim, answer = answers(data + line.read_to_end()[0])
    assert {each.status for each in interim} == {102} and answer.status == 200
    assert json.loads(answer.body)["choices"][0]["message"]["content"] == "one two"


def test_an_older_client_is_spared_the_interim_answers(server, agent, model):
    gate = model.gate()
    with Line(server.port) as line:
        line.send(request(server, agent, gate, version="1.0")).finish_sending()
        gate.wait_arrived()
        gate.send("one")
        gate.finish()
        answer, = answers(line.read_to_end()[0])
    assert answer.status == 200 and b"one" in answer.body


def test_a_quick_answer_has_nothing_before_it(server):
    with Line(server.port) as line:
        line.send(b"GET /healthz HTTP/1.1\r\nHost: here\r\n\r\n").finish_sending()
        answer, = answers(line.read_to_end()[0])
    assert answer.status == 200


@pytest.mark.parametrize("more", [{"stream": True}, {}])
@pytest.mark.parametrize("policy", ["cancel", "grace"])
def test_who_leaves_a_model_that_says_nothing_is_noticed_long_before_the_heartbeat(server, model, policy, more):
    agent, gate = server.agent("gated", "--on-disconnect", policy, code=policy), model.gate()
    with Line(server.port) as line:
        line.send(request(server, agent, gate, **more))
        gate.wait_arrived()
        if more:
            line.read(b"assistant")
    gate.wait_left()


@pytest.mark.parametrize("more", [{"stream": True}, {}])
def test_who_leaves_behind_a_proxy_is_noticed_too(server, model, more):
    agent, gate = server.agent("gated", "--on-disconnect", "cancel", code="cancel"), model.gate()
    port = proxy(server.port)
    with Line(port) as line:
        line.send(request(server, agent, gate, **more))
        gate.wait_arrived()
        if more:
            line.read(b"assistant")
    gate.wait_left()


def proxy(port):
    """Passes bytes and ends of directions on, and knows that somebody has left only when it cannot write."""
    listener = socket.create_server(("127.0.0.1", free_port()))

    def pump(source, sink, both):
        try:
            while piece := source.recv(65536):
                sink.sendall(piece)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            for end in both:
                end.close()

    def serve():
        client, _ = listener.accept()
        upstream = socket.create_connection(("127.0.0.1", port))
        both = (client, upstream)
        threading.Thread(target=pump, args=(client, upstream, both), daemon=True).start()
        pump(upstream, client, both)

    threading.Thread(target=serve, daemon=True).start()
    return listener.getsockname()[1]
