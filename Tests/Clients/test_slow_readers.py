"""A reader who does not read is waited for, then dropped; the server's memory stays bounded."""

import pytest

from line import Line, chat_request
from waiting import until

MEGABYTE = 1024 * 1024
READERS = 8
ANSWER_MEGABYTES = 12
WARM_UP, ROUNDS = 3, 6
# What the allocator may keep or lose on the way; a server that kept what its slow readers did not take would grow by
# three times as much.
ALLOWED_MEGABYTES = ROUNDS * READERS * ANSWER_MEGABYTES / 3


@pytest.fixture(scope="module")
def server(servers):
    return servers({"limits": {
        "stream_buffer_bytes": 65536, "slow_reader_seconds": 2, "output_bytes": 64 * MEGABYTE}})


@pytest.fixture
def lazy(server):
    """Makes connections that ask for a stream and read only its head."""
    lines = []

    def begin(agent, **more):
        line = Line(server.port, receive_bytes=4096)
        lines.append(line)
        line.send(b"".join(chat_request(server.caller(), agent, "everything", stream=True, **more)))
        assert line.read().startswith(b"HTTP/1.1 200")
        return line

    yield begin
    for line in lines:
        line.socket.close()


def lazy_follower(server, caller, run):
    """A connection that asks for a run's stream from its start and reads only its head."""
    line = Line(server.port, receive_bytes=4096)
    line.send(f"GET /v1/chat/completions/{run} HTTP/1.1\r\nHost: rialto\r\nAccept: text/event-stream\r\n"
              f"Authorization: Bearer {caller.token}\r\n\r\n".encode())
    assert line.read().startswith(b"HTTP/1.1 200")
    return line


def highest_while_reading(server, begin, agent):
    """The most memory that the server takes until all of these readers are dropped."""
    for _ in range(READERS):
        begin(agent)
    highest = 0

    def all_dropped():
        nonlocal highest
        highest = max(highest, server.resident_bytes())
        return server.metrics()["rialto_streams_open"] == 0

    until(all_dropped, 60, "the end of streams that nobody reads")
    return highest


def test_memory_stays_where_it_is_however_many_do_not_read(server, lazy):
    agent = server.agent(f"huge-{ANSWER_MEGABYTES}", "--on-disconnect", "cancel", code="huge")
    warm = max(highest_while_reading(server, lazy, agent) for _ in range(WARM_UP))
    # The last round has everything in memory that any round before it has left there.
    last = [highest_while_reading(server, lazy, agent) for _ in range(ROUNDS)][-1]
    grown = (last - warm) / MEGABYTE
    assert grown < ALLOWED_MEGABYTES, f"{grown:.0f} MiB more after {ROUNDS * READERS} more who do not read"
    assert server.caller().answer("guide", "What is Rialto?")


def test_who_does_not_read_is_dropped_and_the_model_is_left(server, lazy, model):
    aborted = model.stats()["aborted"]
    agent = server.agent("flood", "--on-disconnect", "cancel")
    lines = [lazy(agent) for _ in range(3)]
    server.wait_for_streams(0, 60)
    until(lambda: model.stats()["aborted"] >= aborted + 3, 20, "the model being left by all of them")
    for line in lines:
        data, _ = line.read_to_end()
        assert data and b"[DONE]" not in data


def test_a_stored_answer_that_nobody_reads_is_dropped_and_takes_no_memory(server, lazy):
    caller = server.caller()
    run = caller.open(server.agent("huge-12", code="stored"), "everything").read_all().run
    server.wait_for_run(run)
    before, readers = server.resident_bytes(), 16
    lines = [lazy_follower(server, caller, run) for _ in range(readers)]
    highest = 0

    def all_dropped():
        nonlocal highest
        highest = max(highest, server.resident_bytes())
        return server.metrics()["rialto_streams_open"] == 0

    until(all_dropped, 60, "the end of replays that nobody reads")
    for line in lines:
        data, _ = line.read_to_end()
        assert data and b"[DONE]" not in data
        line.socket.close()
    grown = (highest - before) / MEGABYTE
    assert grown < 64, f"{grown:.0f} MiB for {readers} readers of a stored answer of 12 MiB"


def test_a_slow_reader_who_does_read_gets_everything(server, lazy):
    line, data = lazy(server.agent("huge-1", "--on-disconnect", "cancel")), b""
    while b"[DONE]" not in data:
        data += line.socket.recv(4096)
    assert data.count(b"x" * 16384) >= 60


def test_a_run_whose_reader_was_dropped_can_be_followed_where_it_goes_on(server, lazy):
    lazy(server.agent("huge-6", "--on-disconnect", "continue"), conversationId="left-behind")
    server.wait_for_streams(0, 60)
    [run] = [run for run in server.run("runs", "list") if run["conversation"] == "left-behind"]
    assert server.wait_for_run(run["id"], 60)["status"] == "finished"
    stream = server.caller().follow(run["id"]).read_all()
    assert len(stream.text) == 6 * MEGABYTE and stream.is_done
