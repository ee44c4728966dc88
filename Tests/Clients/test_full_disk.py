"""A full disk: what cannot be written is refused, the rest goes on."""

import resource

import pytest
import requests

from waiting import until


class Disk:
    """The room that a server has: none of its files may grow past the write-ahead log as it is."""

    def __init__(self, server):
        self.process = server.process.pid
        self.log = server.data / "rialto.sqlite-wal"
        self.hard = resource.prlimit(self.process, resource.RLIMIT_FSIZE)[1]

    def fill(self):
        resource.prlimit(self.process, resource.RLIMIT_FSIZE, (self.log.stat().st_size, self.hard))

    def make_room(self):
        resource.prlimit(self.process, resource.RLIMIT_FSIZE, (self.hard, self.hard))


@pytest.fixture
def server(rialto):
    rialto.start()
    rialto.agent("gated")
    rialto.agent("echo")
    return rialto


@pytest.fixture
def disk(server):
    return Disk(server)


def readiness(server):
    return requests.get(f"{server.base}/readyz", timeout=10).status_code


def test_a_server_that_cannot_write_is_not_ready_until_it_can(server, disk):
    caller = server.caller()
    caller.answer("echo", "before", conversationId="talk")
    assert readiness(server) == 200
    disk.fill()
    response = caller.ask("echo", "in vain")
    assert response.status_code == 503 and response.json()["error"]["type"] == "server_error"
    assert readiness(server) == 503
    assert requests.get(f"{server.base}/healthz", timeout=10).status_code == 200
    messages = caller.get("/conversations/talk/messages").json()["data"]
    assert [message["content"] for message in messages] == ["before", "before"], "reading goes on"
    disk.make_room()
    until(lambda: readiness(server) == 200, 10, "readiness, although nobody asks anything")
    assert caller.answer("echo", "after", conversationId="talk") == "after"


def test_an_answer_under_way_ends_with_an_error_in_its_stream(server, disk, model):
    caller, gate = server.caller(), model.gate()
    with caller.stream("gated", gate.name) as stream:
        gate.send("so far ")
        stream.read_deltas(1)
        disk.fill()
        gate.send("so good").finish()
        stream.read_all()
    assert stream.is_done and stream.error["type"] == "server_error" and stream.finish_reason is None
    assert readiness(server) == 503
    disk.make_room()
    until(lambda: readiness(server) == 200, 10, "readiness")
    assert server.wait_for_run(stream.run)["status"] == "failed"
    server.kill()
    server.start()
    assert server.shown_run(stream.run)["status"] == "failed"
