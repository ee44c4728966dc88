"""A stopped server's data, moved into PostgreSQL: everything is there, wherever it was interrupted."""

import os
import signal
import sqlite3
import subprocess
import uuid
from dataclasses import dataclass

import pytest
from rialto import Rialto, binary
from shared_store import database, psql
from waiting import until

EVENTS = 200_000
BOND = "Let the forfeit be nominated for an equal pound.\n"


@dataclass
class Used:
    """A server after a day of use, killed in the middle of an answer."""

    server: Rialto
    caller: object
    stream: object
    torn: object
    canceled: str
    file: str
    key: dict
    old: object

    @property
    def place(self):
        return f"sqlite:{self.server.data}"

    def migrate(self, url, *options, environment=None):
        return self.server.command(
            "migrate", "--from", self.place, "--to", url, "--json", *options, data=False, environment=environment)


@pytest.fixture
def target(store):
    return store


@pytest.fixture
def used(rialto, model):
    rialto.start()
    rialto.agent("echo", "--instructions", "Be merciful.", "--temperature", "0.25")
    rialto.agent("history")
    rialto.agent("gated")
    rialto.agent("drip")
    # The newest number belongs to nobody any more.
    rialto.agent("echo", code="gone")
    rialto.run("agent", "remove", "gone")
    old = rialto.caller()
    rialto.run("signing-key", "rotate")
    caller, key = rialto.caller(), {"Idempotency-Key": uuid.uuid4().hex}
    for place in range(3):
        caller.answer("echo", f"question {place} ⚓️", conversationId="talk")
    stream = caller.stream("echo", "once only", headers=key).read_all()
    file = caller.upload("bond.txt", BOND).json()["id"]
    canceled = caller.stream("drip", "forever")
    canceled.read_deltas(1)
    caller.cancel(canceled.run)
    canceled.read_all()
    gate = model.gate()
    torn = caller.stream("gated", gate.name)
    gate.send("torn ", "apart")
    torn.read_deltas(2)
    # What was shown is in the log soon after.
    until(lambda: "apart" in rialto.shown_run(torn.run)["answer"], 10, "the text in the store")
    rialto.kill()
    return Used(rialto, caller, stream, torn, canceled.run, file, key, old)


@pytest.fixture
def successor(used, model, target, tmp_path):
    """A server on the database, at the address of the old one."""
    new = Rialto(tmp_path / "successor", model=model, store=target)
    new.port = used.server.port
    new.environment["RIALTO_LISTEN_PORT"] = str(new.port)
    new.secrets, new.agents = used.server.secrets, used.server.agents
    yield new
    new.__exit__()


def must(outcome):
    assert outcome.code == 0, (outcome.code, outcome.err, outcome.out)
    return outcome.json


def refused(outcome):
    assert outcome.code == 1, (outcome.code, outcome.err, outcome.out)
    lines = [line for line in outcome.err.strip().splitlines() if line.startswith("rialto: ")]
    assert len(lines) == 1, outcome.err
    return lines[0]


def counts(moved):
    return {table["table"]: table["rows"] for table in moved["tables"]}


def sums(moved):
    return {table["table"]: table["sha256"] for table in moved["tables"]}


def test_a_server_on_the_database_goes_on_where_the_old_one_was(used, target, successor):
    moved = must(used.migrate(target))
    assert counts(moved)["runs"] == 6 and counts(moved)["agents"] == 5 and counts(moved)["signing_keys"] == 2
    assert moved["from"] == str(used.server.data) and moved["master_key"] == "the database"
    successor.start()
    caller = used.caller
    assert used.old.get("/models").status_code == 200, "a token of a key that was rotated away"
    check_log(used, successor)
    assert caller.answer("history", "Read this.", files=[used.file]).count("pound") == 1
    again = caller.stream("echo", "once only", headers=used.key).read_all()
    assert again.run == used.stream.run and again.lines == used.stream.lines
    assert again.response.headers["Idempotent-Replayed"] == "true"
    assert caller.ask("echo", "something else", headers=used.key).status_code == 422
    messages = caller.get("/conversations/talk/messages").json()["data"]
    assert [message["content"] for message in messages][::2] == [f"question {place} ⚓️" for place in range(3)]
    agents = {row["code"]: row for row in successor.run("agent", "list")}
    assert agents["echo"]["instructions"] == "Be merciful." and agents["echo"]["temperature"] == 0.25
    numbers = [row["number"] for row in agents.values()]
    assert successor.run("agent", "add", "newcomer")["number"] == max(numbers) + 2, "one is that of a removed agent"
    assert [row["name"] for row in successor.run("upstream", "list")] == ["model"]
    assert successor.caller().answer("echo", "a new question") == "a new question"


def check_log(used, successor):
    rest = used.caller.follow(used.stream.run, used.stream.ids[0]).read_all()
    assert rest.lines == used.stream.lines[1:] and rest.is_done
    assert successor.shown_run(used.canceled)["status"] == "canceled"
    torn = used.caller.follow(used.torn.run).read_all()
    assert torn.text == "torn apart" and torn.is_done and torn.error
    assert successor.shown_run(used.torn.run)["status"] == "failed"


def test_a_second_migration_is_refused_and_changes_nothing(used, target, successor):
    must(used.migrate(target))
    assert "has finished" in refused(used.migrate(target))
    successor.start()
    used.caller.answer("echo", "since then")
    assert "in use by servers (1)" in refused(used.migrate(target))
    successor.stop()
    assert "has finished" in refused(used.migrate(target, "--anew"))
    successor.start()
    assert len(successor.run("runs", "list")) == 7


def test_data_that_a_server_holds_is_not_moved(rialto, target):
    rialto.start()
    line = refused(rialto.command("migrate", "--from", f"sqlite:{rialto.data}", "--to", target, data=False))
    assert "in use" in line and str(rialto.process.pid) in line
    assert rialto.caller().answer("guide", "What is Rialto?")


def test_a_server_does_not_start_on_data_that_is_being_moved(used, target):
    fill(used)
    migration = begin(used, target)
    migration.send_signal(signal.SIGSTOP)
    try:
        outcome = used.server.command("serve", "--port", "0")
        assert outcome.code == 1 and "in use" in outcome.err
        add = used.server.command("client", "add", "too-late", "--edition", "saas")
        assert add.code == 1 and "held by another process" in add.err
    finally:
        kill(migration)


# Interruptions


def fill(used):
    """So many events that copying them takes seconds."""
    with sqlite3.connect(used.server.data / "rialto.sqlite") as store:
        run, sequence = store.execute(
            "SELECT run, max(sequence) FROM run_events GROUP BY run ORDER BY run LIMIT 1").fetchone()
        store.executemany(
            "INSERT INTO run_events (run, sequence, at, kind, body) VALUES (?, ?, 1, 1, ?)",
            ((run, sequence + 1 + number, f'{{"text":"{number}"}}') for number in range(EVENTS)))
    store.close()


def begin(used, target, events=0):
    """A migration that has copied so many events, and is not done."""
    command = [str(binary()), "migrate", "--from", used.place, "--to", target]
    process = subprocess.Popen(
        command, env=used.server.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def has_come_far():
        assert process.poll() is None, "the migration was over too soon"
        there = psql(target, "SELECT count(*) FROM pg_tables WHERE tablename = 'unfinished_move'")
        if there != ["1"]:
            return False
        [rows] = psql(target, "SELECT rows FROM unfinished_move WHERE table_name = 'run_events'")
        return int(rows) > events

    until(has_come_far, 60, f"{events} events")
    return process


def kill(process):
    process.kill()
    process.wait()


def test_a_migration_that_is_killed_goes_on_and_comes_to_the_same(used, target, successor):
    fill(used)
    for events in (0, EVENTS // 3, EVENTS // 2):
        kill(begin(used, target, events))
        outcome = successor.command("serve", data=False)
        assert outcome.code == 1 and "rialto migrate" in outcome.err, "no server takes half of it for all"
    outcome = used.migrate(target)
    moved = must(outcome)
    assert "Going on where" in outcome.err
    with database() as other:
        assert sums(must(used.migrate(other))) == sums(moved)
    assert counts(moved)["run_events"] > EVENTS
    assert psql(target, "SELECT count(*) FROM pg_tables WHERE tablename = 'unfinished_move'") == ["0"]
    successor.start()
    check_log(used, successor)


def test_a_row_that_somebody_has_changed_is_found(used, target, successor):
    fill(used)
    kill(begin(used, target))
    psql(target, "UPDATE conversations SET agent = 'antonio' WHERE id LIKE 'talk%'")
    line = refused(used.migrate(target))
    assert "table conversations" in line and "begin anew" in line
    assert "rialto migrate" in successor.command("serve", data=False).err
    must(used.migrate(target, "--anew"))
    successor.start()
    assert used.caller.get("/conversations/talk/messages").status_code == 200


def test_data_that_was_used_again_in_between_is_moved_as_it_is_now(used, target, successor):
    fill(used)
    kill(begin(used, target))
    used.server.start()
    used.server.run("client", "remove", "saas-app-001")
    used.caller.answer("echo", "in between", conversationId="later")
    assert used.server.stop() == 0
    outcome = used.migrate(target)
    must(outcome)
    assert "beginning from the start" in outcome.err
    successor.start()
    assert [row["client_id"] for row in successor.run("client", "list")] == ["mp-service-001"]
    assert used.caller.get("/conversations/later/messages").status_code == 200


# Keys and places


def test_a_given_master_key_must_be_the_one_of_the_data_and_is_not_kept(used, target, successor):
    wrong = used.migrate(target, environment={"RIALTO_MASTER_KEY": "A" * 43 + "="})
    assert "RIALTO_MASTER_KEY does not hold the master key" in refused(wrong)
    assert psql(target, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == ["0"], "nothing is begun"
    key = {"RIALTO_MASTER_KEY": (used.server.data / "master.key").read_text().strip()}
    assert must(used.migrate(target, environment=key))["master_key"] == "RIALTO_MASTER_KEY"
    assert psql(target, "SELECT count(*) FROM master_key") == ["0"]
    successor.environment |= key
    successor.start()
    assert used.caller.answer("echo", "again") == "again"


def test_the_target_may_stand_in_the_environment(used, target):
    words = ["migrate", "--from", f"{used.place}/rialto.sqlite"]
    outcome = used.server.command(*words, data=False, environment={"RIALTO_STORE_URL": target})
    assert outcome.code == 0 and "idempotency_claims" in outcome.out, outcome.err
    password = os.environ["RIALTO_TEST_POSTGRES"].split("@")[0].rpartition(":")[2]
    assert "//" in password or password not in outcome.out + outcome.err


def test_places_that_are_none_are_refused(rialto, target, tmp_path):
    def line(*words):
        return refused(rialto.command("migrate", *words, data=False))

    assert "sqlite:DIR" in line("--from", str(tmp_path), "--to", target)
    assert "postgres://" in line("--from", f"sqlite:{tmp_path}", "--to", "mysql://x")
    assert "postgres://" in line("--from", f"sqlite:{tmp_path}")
    assert "There is no data" in line("--from", f"sqlite:{tmp_path}", "--to", target)
    assert rialto.command("migrate", data=False).code == 64
