"""Several servers on one PostgreSQL database are one: tokens, runs, cancels, keys and configuration hold on all."""

import signal
import time

import pytest
import requests

from waiting import at_once, beside, until

LEASE_SECONDS = 10


@pytest.fixture
def pair(fleet):
    return fleet.start(2)


def test_a_first_start_needs_no_data_directory(fleet):
    server = fleet.make()
    server.data.rmdir()
    server.start()
    assert server.caller().answer("guide", "What is Rialto?")
    assert not server.data.exists()


def test_ten_servers_may_start_at_once_on_an_empty_database(fleet):
    servers = [fleet.make() for _ in range(10)]
    for server in servers:
        server.launch()
    for server in servers:
        until(server.is_ready, 120, "/readyz")
    told = [secrets for secrets in (server.first_secrets() for server in servers) if secrets]
    assert len(told) == 1, "one server makes the first clients, and tells of them"
    fleet.secrets.update(told[0])
    tokens = [server.token() for server in servers]
    assert {servers[place - 1].caller().answer("guide", "Hello") for place in range(10)}
    for token in tokens:
        answer = requests.get(f"{servers[0].base}/v1/models", headers={"Authorization": f"Bearer {token}"}, timeout=20)
        assert answer.status_code == 200, answer.text


def test_a_token_of_one_counts_on_the_other_and_a_new_key_too(pair):
    first, second = pair
    caller = first.caller()
    caller.base = second.base
    assert caller.answer("guide", "What is Rialto?")
    first.run("signing-key", "rotate")
    caller = first.caller()
    caller.base = second.base
    assert caller.answer("guide", "What is Rialto?")


def test_what_the_command_line_changes_reaches_all(pair):
    first, second = pair
    code = first.agent("echo")
    until(lambda: second.caller().ask(code, "hello").status_code == 200, 5, "the new agent on the other server")
    client = first.client("newcomer")
    assert second.caller(client).answer(code, "again") == "again"


def test_a_run_of_one_is_followed_through_the_other_as_it_grows(pair, model):
    first, second = pair
    gate = model.gate()
    stream = first.caller().stream(first.agent("gated"), gate.name)
    follower = second.caller().follow(stream.run)
    gate.send("one ", "two ")
    assert stream.read_deltas(2) and follower.read_deltas(2)
    began = time.monotonic()
    gate.send("three ")
    follower.read_deltas(1)
    assert time.monotonic() - began < 10
    gate.finish()
    stream.read_all(), follower.read_all()
    assert follower.is_done and follower.lines == stream.lines


def test_a_run_is_resumed_through_the_other_after_a_cursor(pair, model):
    first, second = pair
    gate = model.gate()
    stream = first.caller().stream(first.agent("gated"), gate.name)
    gate.send("one ", "two ", "three ")
    cursor = stream.read_deltas(2).id
    rest = second.caller().follow(stream.run, cursor)
    gate.finish()
    assert rest.read_all().text == "three "
    assert rest.ids[0] != cursor and rest.is_done


def test_a_cancel_through_the_other_reaches_the_model_within_a_second(pair, model):
    first, second = pair
    caller = second.caller()
    aborted = model.stats()["aborted"]
    stream = first.caller().stream(first.agent("drip"), "forever")
    stream.read_deltas(2)
    began = time.monotonic()
    answer = caller.cancel(stream.run)
    assert answer.status_code == 200 and answer.json()["status"] == "canceled", answer.text
    until(lambda: model.stats()["aborted"] > aborted, 5, "the model being left")
    took = time.monotonic() - began
    assert stream.read_all().finish_reason == "cancelled"
    assert took < 5, f"{took:.1f} s on a machine that may be busy; a second is the promise"


def test_one_key_is_one_run_whichever_server_is_asked(fleet):
    servers = fleet.start(3)
    agent, callers = servers[0].agent("echo"), [server.caller() for server in servers]
    until(lambda: all(caller.ask(agent, "there?").status_code == 200 for caller in callers), 5, "the agent everywhere")
    headers = {"Idempotency-Key": "one-for-all"}
    streams = at_once(
        30, lambda place: callers[place % 3].stream(agent, "once only", headers=headers).read_all())
    assert len({stream.run for stream in streams}) == 1
    assert {stream.text for stream in streams} == {"once only"}
    assert len([run for run in servers[0].run("runs", "list") if run["id"] == streams[0].run]) == 1
    other = callers[1].ask(agent, "something else", headers=headers)
    assert other.status_code == 422, other.text


def test_a_reader_on_another_server_counts_as_a_reader(fleet, model):
    fleet.config = {"streams": {"grace_seconds": 1}}
    first, second = fleet.start(2)
    gate = model.gate()
    stream = first.caller().stream(first.agent("gated"), gate.name)
    gate.send("one ")
    stream.read_deltas(1)
    follower = second.caller().follow(stream.run)
    follower.read_deltas(1)
    stream.close()
    # Longer than the grace period and than a server believes another without hearing again.
    for number in range(8):
        time.sleep(1)
        gate.send(f"{number} ")
    gate.finish()
    assert follower.read_all().is_done
    assert follower.finish_reason == "stop"


def test_a_killed_servers_runs_are_ended_by_another_within_the_lease(fleet, model):
    first, second = fleet.start(2)
    agent, caller = first.agent("drip"), second.caller()
    streams = [first.caller().stream(agent, f"drip {place}") for place in range(8)]
    for stream in streams:
        stream.read_deltas(3)
    first.kill()
    fleet.until_all_ended(LEASE_SECONDS + 2)
    for stream in streams:
        rest = caller.follow(stream.run, stream.ids[-1]).read_all()
        assert rest.is_done and rest.error, rest.events
        assert rest.told[-1].sequence > int(stream.ids[-1].rpartition(":")[2])


def test_a_frozen_server_writes_nothing_more_for_runs_it_lost(fleet, model):
    first, second = fleet.start(2)
    gate = model.gate()
    stream = first.caller().stream(first.agent("gated"), gate.name)
    gate.send("before ")
    stream.read_deltas(1)
    first.process.send_signal(signal.SIGSTOP)
    try:
        gate.send("while it sleeps ")
        fleet.until_all_ended(LEASE_SECONDS + 2)
        log = fleet.psql("SELECT sequence, kind, body FROM run_events ORDER BY sequence")
    finally:
        first.process.send_signal(signal.SIGCONT)
    gate.send("after ")
    shown = stream.read_all()
    assert "while" not in shown.text and "after" not in shown.text
    assert not shown.is_done and shown.error["code"] == "handover"
    until(lambda: first.is_ready(), 20, "a new lease of the server that slept")
    assert fleet.psql("SELECT sequence, kind, body FROM run_events ORDER BY sequence") == log
    assert first.caller().answer("guide", "What is Rialto?")
    rest = second.caller().follow(stream.run, shown.ids[-1]).read_all()
    assert rest.is_done and rest.error


def test_a_stopping_server_hands_its_streams_over_and_finishes_its_runs(fleet, model):
    fleet.config = {"drain": {"streams_seconds": 1, "runs_seconds": 20}}
    first, second = fleet.start(2)
    gate = model.gate()
    stream = first.caller().stream(first.agent("gated"), gate.name)
    gate.send("one ")
    stream.read_deltas(1)
    stopping = beside(lambda: first.stop(signal.SIGTERM))
    stream.read_all()
    assert stream.error["code"] == "handover" and not stream.is_done
    rest = second.caller().follow(stream.run, stream.ids[-1])
    gate.send("two ")
    gate.finish()
    assert rest.read_all().text == "two " and rest.is_done
    assert stopping.result(40) == 0
    assert [status for _, status, _ in fleet.runs()] == ["finished"]


def test_deleting_a_conversation_ends_its_run_on_the_other_server(pair, model):
    first, second = pair
    aborted = model.stats()["aborted"]
    stream = first.caller().stream(first.agent("drip"), "forever", conversationId="to-go")
    stream.read_deltas(1)
    assert second.caller().delete("/conversations/to-go").status_code in (200, 204)
    until(lambda: model.stats()["aborted"] > aborted, 5, "the model being left")
    assert stream.read_all().is_done


def test_a_password_of_the_store_is_never_shown(fleet):
    server = fleet.make()
    secret = "not-to-be-seen"
    outcome = server.command("agent", "list", "--store", f"postgres://nobody:{secret}@127.0.0.1:1/none")
    assert outcome.code != 0 and outcome.err.strip()
    assert secret not in outcome.err + outcome.out


def test_a_store_of_an_unknown_kind_is_refused(fleet):
    outcome = fleet.make().command("agent", "list", "--store", "mysql://x")
    assert outcome.code != 0 and "postgres://" in outcome.err



def test_an_accounts_limit_holds_on_all_servers_together(fleet, model):
    fleet.config = {"limits": {"account_runs": 5}}
    servers = fleet.start(3)
    agent = servers[0].agent("drip")
    callers = [server.caller() for server in servers]
    until(lambda: all(agent in caller.get("/models").text for caller in callers), 5, "the agent everywhere")
    streams = at_once(30, lambda place: callers[place % 3].open(agent, "forever"))
    statuses = [stream.response.status_code for stream in streams]
    assert sorted(statuses) == [200] * 5 + [429] * 25
    refused = next(stream.response for stream in streams if stream.response.status_code == 429)
    assert refused.headers["Retry-After"] and "account" in refused.json()["error"]["message"]
    began = [stream for stream in streams if stream.response.status_code == 200]
    callers[0].cancel(began[0].run)
    assert callers[1].ask(servers[0].agent("echo"), "room again").status_code == 200
    for stream in began:
        stream.close()
