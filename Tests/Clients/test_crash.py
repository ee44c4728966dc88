"""A server that is killed in the middle of everything comes back with every run ended and nothing told twice."""

import threading

import pytest
import requests

from waiting import at_once, until

STREAMS = 50
SEEN = 25
# Pieces reach the disk 50 ms after they were shown, two or three of these; a busy disk may take longer.
LOST = 20


class Reader:
    """A client that reads until the line goes dead."""

    def __init__(self, stream):
        self.stream, self.enough, self.gone = stream, threading.Event(), threading.Event()
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        try:
            self.stream.read_deltas(SEEN)
            self.enough.set()
            self.stream.read_all()
        except (requests.RequestException, AssertionError):
            pass
        finally:
            self.gone.set()

    @property
    def lines(self):
        """What was read, by id."""
        return {event.id: event.data for event in self.stream.told if event.id}


@pytest.fixture
def crash(rialto):
    """Fifty streams, all of them under way, and then no server; afterwards the server again."""
    rialto.start()
    agent, caller = rialto.agent("count-2000-20ms"), rialto.caller()
    readers = at_once(STREAMS, lambda place: Reader(caller.stream(agent, f"stream {place}")))
    for reader in readers:
        assert reader.enough.wait(60), "a stream did not begin"
    rialto.kill()
    for reader in readers:
        assert reader.gone.wait(30)
        assert not reader.stream.is_done
    rialto.start()
    return rialto, readers


@pytest.mark.timeout(240)
def test_after_a_kill_every_run_is_ended_and_can_be_resumed_without_a_number_used_twice(crash):
    server, readers = crash
    runs = {run["id"]: run for run in server.run("runs", "list", "--limit", "1000")}
    assert {reader.stream.run for reader in readers} == set(runs), "no run is lost, and none is new"
    assert {run["status"] for run in runs.values()} == {"failed"}
    assert all(run["ended_at"] for run in runs.values())
    caller = server.caller()
    for reader in readers:
        check_resume(caller, reader)
    check_server(server, caller)


def check_resume(caller, reader):
    cursor = reader.stream.ids[-1]
    seen = reader.lines
    rest = caller.follow(reader.stream.run, cursor).read_all()
    assert rest.response.status_code == 200 and rest.is_done and rest.error, rest.events
    last = int(cursor.rpartition(":")[2])
    assert all(int(place.rpartition(":")[2]) > last for place in rest.ids)
    whole = caller.follow(reader.stream.run).read_all()
    for event in whole.told:
        assert event.id not in seen or seen[event.id] == event.data, "a number was used again for something else"
    terminal = int(whole.ids[-1].rpartition(":")[2])
    assert terminal > last, "the end comes after everything that was shown"
    answer = "".join(f"{number} " for number in range(2000))
    assert answer.startswith(whole.text), "what was kept is the beginning of the answer"
    assert reader.stream.text.count(" ") - whole.text.count(" ") <= LOST, "pieces are kept soon after they are shown"
    assert caller.follow(reader.stream.run, whole.ids[-1]).read_all().lines == whole.lines[-2:]


def check_server(server, caller):
    """The server works as before, and asks nobody again on its own."""
    assert caller.answer("guide", "What is Rialto?")
    assert server.metrics()["rialto_runs_live"] == 0
    shown = server.run("runs", "list", "--limit", "1")
    assert shown[0]["status"] == "finished", "the newest first"


def test_a_cursor_in_the_gap_that_a_kill_left_resumes_after_the_gap(rialto, model):
    rialto.start()
    gate = model.gate()
    reader = Reader(rialto.caller().stream(rialto.agent("gated"), gate.name))
    gate.send(*[f"{number} " for number in range(SEEN)])
    assert reader.enough.wait(20)
    rialto.kill()
    assert reader.gone.wait(20)
    rialto.start()
    caller = rialto.caller()
    whole = caller.follow(reader.stream.run).read_all()
    end = whole.told[-1].sequence
    for place in {SEEN + 1, (SEEN + 1 + end) // 2, end - 1}:
        assert caller.follow(reader.stream.run, f"{reader.stream.run}:{place}").read_all().lines == whole.lines[-2:]


def test_a_kill_between_starts_leaves_a_server_that_starts(rialto):
    for _ in range(3):
        rialto.start()
        rialto.caller().answer(rialto.agent("echo"), "still here")
        rialto.kill()
    rialto.start()
    assert len(rialto.run("runs", "list", "--limit", "100")) == 3


def test_a_kill_while_the_very_first_start_is_under_way_does_not_spoil_the_data(rialto):
    rialto.launch()
    until((rialto.data / "rialto.sqlite").exists, 30, "the data file")
    rialto.kill()
    rialto.launch()
    until(rialto.is_ready, 45, "/readyz")
    assert rialto.command("token", "mp-service-001").code == 0


def test_a_conversation_keeps_what_was_said_before_a_kill(rialto, model):
    rialto.start()
    agent, gate = rialto.agent("gated"), model.gate()
    reader = Reader(rialto.caller().stream(agent, gate.name, conversationId="torn"))
    gate.send(*["word "] * SEEN)
    assert reader.enough.wait(20)
    rialto.kill()
    assert reader.gone.wait(20)
    rialto.start()
    messages = rialto.caller().get("/conversations/torn/messages").json()["data"]
    assert messages[0]["role"] == "user" and messages[0]["content"] == gate.name
