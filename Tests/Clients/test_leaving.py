"""A caller leaves: what becomes of the run is the agent's decision."""

import json
import socket

import pytest

from waiting import beside

GRACE = 2


@pytest.fixture(scope="module")
def server(servers):
    return servers({"streams": {"grace_seconds": GRACE, "heartbeat_seconds": 1}})


@pytest.fixture(scope="module")
def agents(server):
    """One agent for each decision, all on the gated model."""
    codes = {policy: server.agent("gated", "--on-disconnect", policy, code=policy)
             for policy in ("cancel", "continue", "grace")}
    return codes | {"default": server.agent("gated", code="unsaid")}


@pytest.fixture
def asked(server, agents, model):
    """Begins a stream of an agent's and reads two pieces of it."""
    def begin(policy):
        gate = model.gate()
        stream = server.caller().stream(agents[policy], gate.name)
        gate.send("one ", "two ")
        stream.read_deltas(2)
        return stream, gate

    yield begin


def leave(server, stream, remaining=0):
    stream.close()
    server.wait_for_streams(remaining)


def test_under_cancel_the_model_is_left_at_once(server, asked):
    stream, gate = asked("cancel")
    stream.close()
    gate.wait_left(GRACE / 2)
    shown = server.wait_for_run(stream.run)
    assert shown["status"] == "canceled" and shown["answer"] == "one two "


def test_under_cancel_a_caller_who_waits_for_the_whole_answer_may_leave_too(server, agents, model):
    gate, caller = model.gate(), server.caller()
    body = json.dumps(caller.body(agents["cancel"], gate.name)).encode()
    with socket.create_connection(("127.0.0.1", server.port)) as line:
        head = (f"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {caller.token}\r\n"
                f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n")
        line.sendall(head.encode() + body)
        gate.wait_arrived()
    gate.wait_left(GRACE / 2)


def test_under_continue_the_answer_is_written_to_its_end(server, asked):
    stream, gate = asked("continue")
    leave(server, stream)
    gate.send("three")
    gate.finish()
    shown = server.wait_for_run(stream.run)
    assert (shown["status"], shown["answer"]) == ("finished", "one two three")
    again = server.caller().follow(stream.run, stream.ids[-1]).read_all()
    assert again.text == "three" and again.is_done


def test_under_grace_the_model_is_left_when_nobody_came_back(server, asked):
    stream, gate = asked("grace")
    leave(server, stream)
    assert not gate.left.is_set(), "not at once"
    gate.send("three")
    gate.wait_left(GRACE + 3)
    assert server.wait_for_run(stream.run)["status"] == "canceled"


def test_under_grace_who_comes_back_in_time_finds_the_run_going_on(server, asked):
    stream, gate = asked("grace")
    leave(server, stream)
    with server.caller().follow(stream.run, stream.ids[-1]) as again:
        for _ in range(GRACE + 1):
            again.until(lambda event: event.comment == "heartbeat")
        gate.send("three")
        gate.finish()
        assert again.read_all().text == "three" and again.finish_reason == "stop"
    assert server.wait_for_run(stream.run)["answer"] == "one two three"


def test_an_agent_that_says_nothing_has_grace(server, asked):
    assert server.run("agent", "show", "unsaid")["on_disconnect"] == "grace"
    stream, gate = asked("default")
    leave(server, stream)
    assert not gate.left.is_set()
    gate.wait_left(GRACE + 3)


@pytest.mark.parametrize("policy", ["cancel", "grace"])
def test_a_run_goes_on_while_anybody_reads(server, asked, policy):
    stream, gate = asked(policy)
    with server.caller().follow(stream.run) as other:
        other.read_deltas(2)
        leave(server, stream, remaining=1)
        for _ in range(GRACE + 1):
            other.until(lambda event: event.comment == "heartbeat")
        assert not gate.left.is_set()
        gate.send("three")
        gate.finish()
        assert other.read_all().text == "one two three"


def test_leaving_after_the_end_changes_nothing(server, asked):
    stream, gate = asked("cancel")
    gate.finish()
    assert stream.read_all().is_done
    stream.close()
    assert server.wait_for_run(stream.run)["status"] == "finished"


def test_a_crowd_that_leaves_leaves_nothing_behind(server, asked):
    begun = [asked("cancel") for _ in range(20)]
    for stream, _ in begun:
        stream.close()
    for stream, gate in begun:
        gate.wait_left()
        assert server.wait_for_run(stream.run)["status"] == "canceled"
    server.wait_for_streams(0)
    assert server.metrics()["rialto_runs_live"] == 0


def test_a_caller_may_leave_before_the_first_piece(server, agents, model):
    gate = model.gate()
    stream = server.caller().stream(agents["cancel"], gate.name)
    gate.wait_arrived()
    stream.close()
    gate.wait_left(GRACE / 2 + 1)
    assert server.wait_for_run(stream.run)["status"] == "canceled"


def test_who_leaves_and_cancels_at_the_same_time_cancels_once(server, asked):
    stream, gate = asked("cancel")
    canceling = beside(lambda: server.caller().cancel(stream.run))
    stream.close()
    assert canceling.result(10).status_code == 200
    gate.wait_left()
    again = server.caller().follow(stream.run).read_all()
    assert [line[1] for line in again.lines].count("[DONE]") == 1 and again.finish_reason == "cancelled"
