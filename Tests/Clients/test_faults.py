"""Servers, the database they share and the way to it fail under load; nobody is told anything wrong for that."""

import signal
import time

import pytest
import requests

from cable import cable
from crowd import Crowd
from postgres_server import PostgresServer
from run_log import RunLog
from shared_store import database
from waiting import beside, until

pytestmark = pytest.mark.timeout(300)
PIECES = 100
AGENT = f"count-{PIECES}-100ms"
ANSWER = "".join(f"{number} " for number in range(PIECES))
ASKERS = 60
PATIENCE = 90
LEASE_SECONDS = 5
CONFIG = {
    "drain": {"streams_seconds": 1, "runs_seconds": 30},
    "streams": {"heartbeat_seconds": 2, "grace_seconds": 60},
}


@pytest.fixture(scope="module")
def postgres():
    with PostgresServer() as server:
        yield server


@pytest.fixture
def store(postgres):
    """A database of a role that is no superuser."""
    with database(postgres.url) as url:
        yield postgres.role(url)
        postgres.thaw()
        postgres.start()


@pytest.fixture
def fleet_config():
    return CONFIG


@pytest.fixture
def fleet(fleet):
    """One server, and room for more."""
    fleet.start(1)
    fleet.servers[0].agent(AGENT)
    fleet.servers[0].agent("gated")
    return fleet


@pytest.fixture
def trio(fleet):
    start(fleet.make(), fleet.make())
    return fleet.servers


@pytest.fixture
def crowd(fleet):
    made = Crowd(fleet.servers[0].token())
    yield made
    made.close()


@pytest.fixture
def line(store):
    made = cable(store)
    yield made
    made.close()


def start(*servers):
    """All at the same time."""
    for server in servers:
        server.launch()
    for server in servers:
        until(server.is_ready, PATIENCE, "/readyz")


def ask(fleet, crowd, number=ASKERS):
    """Questions of every kind, put to all servers in turn; some answers are followed through another as well."""
    bases = [server.base for server in fleet.servers]
    for place in range(number):
        asker = crowd.reader(AGENT, bases, streams=place % 6 != 5)
        asker.key = None if place % 6 == 4 else asker.question
        crowd.send(asker)
        if place % 6 == 3:
            crowd.send(crowd.reader(AGENT, bases[1:] + bases[:1], asker=asker))


def load(fleet, crowd, number=ASKERS):
    """The same, until everybody's answer is under way."""
    ask(fleet, crowd, number)
    crowd.until(
        lambda reader: not reader.streams or len(reader.pieces) >= 5 or reader.is_done, PATIENCE,
        "five pieces for everyone")


def ask_quietly(server, crowd, model):
    """A question to one server whose model says a word and then nothing for as long as the test lasts."""
    gate = model.gate()
    reader = crowd.reader("gated", [server.base], key=gate.name)
    reader.question = gate.name
    gate.send("so far ")
    crowd.send(reader)
    until(lambda: reader.pieces, PATIENCE, "the first word")
    return reader


def reckon(fleet, crowd, model):
    """The end: all runs ended once, everybody was shown what happened, and no question was put twice."""
    crowd.finish(PATIENCE)
    fleet.until_all_ended(PATIENCE)
    log = RunLog(fleet)
    log.check()
    for reader in crowd.readers:
        log.check_reader(reader)
    twice = [asked for asked, times in model.script.asked.items() if asked[0] == AGENT and times > 1]
    assert not twice, twice
    assert {log.text(run) for run in log.finished()} <= {ANSWER}
    keys = sum(reader.key is not None for reader in crowd.readers)
    assert fleet.psql("SELECT count(*), count(DISTINCT subject) FROM idempotency_claims") == [f"{keys}|{keys}"]
    check_works(fleet, crowd)
    return log


def check_works(fleet, crowd):
    """Every server that lives takes questions again, with no help."""
    for server in fleet.servers:
        if server.process.poll() is None:
            until(server.is_ready, PATIENCE, f"/readyz of {server.base}")
            late = crowd.reader("guide", [server.base])
            crowd.send(late)
            until(lambda: late.is_done, PATIENCE, "an answer after the fault")
            assert late.reason == "stop" and not late.wrongs, late


def until_taken_over(fleet, left):
    """Until so many servers hold leases, and no run is under way without one."""
    until(lambda: fleet.psql(
        "SELECT count(*), (SELECT count(*) FROM runs WHERE status = 'running' AND lease NOT IN "
        "(SELECT number FROM leases)) FROM leases") == [f"{left}|0"], PATIENCE, "the end of what was left")


def readiness(server):
    return requests.get(f"{server.base}/readyz", timeout=PATIENCE).status_code


def test_of_three_servers_one_is_killed_and_one_is_frozen(fleet, trio, crowd, model):
    load(fleet, crowd)
    dead, frozen, _ = trio
    frozen.process.send_signal(signal.SIGSTOP)
    try:
        dead.kill()
        until_taken_over(fleet, 1)
        before = RunLog(fleet)
    finally:
        frozen.process.send_signal(signal.SIGCONT)
    log = reckon(fleet, crowd, model)
    lost = [run for run, status in before.status.items() if status == "failed"]
    assert lost and all(log.events[run] == before.events[run] for run in lost), "nothing is added to what was lost"
    assert log.finished(), "the third server went on"


@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_the_database_is_restarted(postgres, fleet, trio, crowd, model, mode):
    load(fleet, crowd)
    began = time.monotonic()
    postgres.stop(mode)
    time.sleep(0.5)
    postgres.start()
    away = time.monotonic() - began
    log = reckon(fleet, crowd, model)
    if away < LEASE_SECONDS / 2:
        assert set(log.status.values()) == {"finished"}
        assert all(set(reader.endings) <= {"done"} for reader in crowd.readers), "nobody noticed"


@pytest.mark.parametrize("how", ["stopped", "frozen"])
def test_the_database_is_away_for_longer_than_a_lease(postgres, fleet, trio, crowd, model, how):
    load(fleet, crowd)
    quiet = ask_quietly(trio[0], crowd, model)
    away, back = (postgres.stop, postgres.start) if how == "stopped" else (postgres.freeze, postgres.thaw)
    away()
    # Whoever reads the store for somebody, when it falls silent, waits for it longer than a lease.
    holders = [reader for reader in crowd.readers if how == "stopped" or reader.asker is None]
    until(lambda: all(reader.endings for reader in holders), PATIENCE, "the end of every stream and answer")
    assert quiet.endings[0] == "handover"
    assert {reader.endings[0] for reader in holders} == {"handover", "refused: 503"}
    until(lambda: {readiness(server) for server in trio} == {503}, PATIENCE, "503 of /readyz")
    late = [crowd.reader(AGENT, [server.base for server in trio], place=place) for place in range(3)]
    for reader in late:
        reader.key = reader.question
    crowd.send(*late)
    until(lambda: all(reader.endings for reader in late), PATIENCE, "refusals")
    assert {reader.endings[0] for reader in late} == {"refused: 503"}
    back()
    log = reckon(fleet, crowd, model)
    assert log.status[quiet.run] == "failed"


def test_a_server_is_stopped_while_the_database_is_away(postgres, fleet, trio, crowd, model):
    load(fleet, crowd, 12)
    postgres.stop()
    trio[2].process.send_signal(signal.SIGTERM)
    assert trio[2].process.wait(PATIENCE) == 0
    postgres.start()
    reckon(fleet, crowd, model)


def test_all_connections_of_the_database_are_taken(postgres, fleet, trio, crowd, model):
    load(fleet, crowd, 30)
    taken = postgres.crowd(fleet.url)
    assert taken
    newcomer = fleet.make()
    assert newcomer.launch().wait(PATIENCE) == 1
    assert "remaining connection slots" in newcomer.err or "too many clients" in newcomer.err
    fleet.servers.remove(newcomer)
    load(fleet, crowd, 30)
    for connection in taken:
        connection.close()
    fleet.servers.append(newcomer)
    start(newcomer)
    log = reckon(fleet, crowd, model)
    assert set(log.status.values()) == {"finished"}
    assert all(reader.endings == ["done"] for reader in crowd.readers if reader.streams), "nobody noticed"


def test_the_sessions_that_listen_are_ended_again_and_again(postgres, fleet, trio, crowd, model):
    load(fleet, crowd)
    followers = [reader for reader in crowd.readers if reader.asker]
    ended = 0
    while not all(reader.is_done for reader in followers):
        crowd.check()
        ended += postgres.end_sessions(fleet.url, "query LIKE 'LISTEN%'")
        time.sleep(0.2)
    assert ended > len(trio)
    log = reckon(fleet, crowd, model)
    assert set(log.status.values()) == {"finished"}
    assert all(reader.endings == ["done"] for reader in crowd.readers if reader.streams), "nobody noticed"
    longest = max(reader.longest for reader in followers)
    assert longest < 5, f"{longest:.1f} s on a machine that may be busy; about one is the promise"
    until(lambda: postgres.psql("SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'") == ["3"],
          PATIENCE, "everybody who listens")


def test_sessions_of_every_kind_are_ended_again_and_again(postgres, fleet, trio, crowd, model):
    load(fleet, crowd, 30)

    def end_sessions():
        ended = 0
        for _ in range(50):
            ended += postgres.end_sessions(fleet.url, "random() < 0.3")
            time.sleep(0.1)
        return ended

    ending = beside(end_sessions)
    for _ in range(6):
        load(fleet, crowd, 12)
    assert ending.result(PATIENCE) > 50
    reckon(fleet, crowd, model)


def test_the_cable_between_one_server_and_the_database_is_cut(fleet, crowd, model, line):
    far = fleet.make(line.url)
    start(far, fleet.make())
    load(fleet, crowd)
    quiet = ask_quietly(far, crowd, model)
    affected = [reader for reader in crowd.readers if reader.base == far.base]
    line.cut()
    until(lambda: all(reader.endings for reader in affected), PATIENCE, "the end of what the server showed")
    assert quiet.endings[0] == "handover"
    until_taken_over(fleet, 2)
    until(lambda: readiness(far) == 503, PATIENCE, "503 of /readyz")
    line.mend()
    elsewhere = [reader for reader in crowd.readers if not (reader.asker or reader in affected or reader is quiet)]
    log = reckon(fleet, crowd, model)
    assert log.status[quiet.run] == "failed"
    assert {log.status[reader.run] for reader in elsewhere} == {"finished"}, "the others went on"
