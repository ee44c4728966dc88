"""A copy of a server's store, made while it serves, is a store that a server starts on: a file or a database."""

import json
import resource
import shutil
import stat
import subprocess
import threading

import pytest
import requests

from rialto import COMMAND_SECONDS, Rialto, binary
from shared_store import database
from waiting import at_once

STREAMS = 20


@pytest.fixture
def server(rialto):
    rialto.start()
    rialto.agent("echo")
    rialto.agent("gated")
    return rialto


@pytest.fixture
def restored(server, model, tmp_path):
    """Puts a copy and the key into a new directory, and starts a server at the address of the old one."""
    def start(copy):
        server.__exit__()
        new = Rialto(tmp_path / "restored", model=model)
        new.port = server.port
        new.environment["RIALTO_LISTEN_PORT"] = str(server.port)
        new.secrets, new.agents = server.secrets, server.agents
        shutil.copy(copy, new.data / "rialto.sqlite")
        shutil.copy(server.data / "master.key", new.data / "master.key")
        made.append(new)
        return new.start()

    made = []
    yield start
    for new in made:
        new.__exit__()


def test_what_was_finished_is_in_a_copy_that_was_made_during_twenty_streams(server, model, restored, tmp_path):
    caller = server.caller()
    done = [caller.stream("echo", f"question {place}", conversationId="told").read_all() for place in range(10)]
    gates = [model.gate() for _ in range(STREAMS)]
    streams = at_once(STREAMS, lambda place: caller.stream("gated", gates[place].name))
    for gate, stream in zip(gates, streams):
        gate.send("so ", "far ")
        stream.read_deltas(2)
    made = server.run("backup", tmp_path / "copy.sqlite")
    for gate, stream in zip(gates, streams):
        gate.send("so good")
        gate.finish()
        assert stream.read_all().text == "so far so good" and stream.is_done, "the server has not noticed"
    copy = tmp_path / "copy.sqlite"
    assert made == {
        "file": str(copy), "bytes": copy.stat().st_size, "runs": len(done) + STREAMS, "conversations": 1 + STREAMS,
        "master_key": str(server.data / "master.key")}
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    new = restored(copy)
    check_restored(new, caller, done, streams)


def check_restored(new, caller, done, streams):
    """The old token counts, what was finished is there, and what was under way has ended as after a kill."""
    for stream in done:
        again = caller.follow(stream.run).read_all()
        assert again.lines == stream.lines and again.is_done
    messages = caller.get("/conversations/told/messages").json()["data"]
    assert [message["content"] for message in messages if message["role"] == "user"] == [
        f"question {place}" for place in range(10)]
    for stream in streams:
        shown = new.shown_run(stream.run)
        assert shown["status"] == "failed" and shown["answer"] in "so far ", shown
        rest = caller.follow(stream.run, stream.ids[1]).read_all()
        assert rest.is_done and rest.error
    assert new.caller().answer("echo", "a new one") == "a new one", "a client gets a token with its old secret"


def test_copies_one_after_the_other_under_load_are_all_sound(server, tmp_path):
    caller, agent = server.caller(), server.agent("count-64-1ms")
    is_over, faults = threading.Event(), []

    def ask(place):
        while not is_over.is_set():
            stream = caller.stream(agent, f"question of {place}").read_all()
            if not stream.is_done or stream.error:
                faults.append(stream.events[-3:])

    crowd = [threading.Thread(target=ask, args=(place,)) for place in range(8)]
    for asker in crowd:
        asker.start()
    try:
        counts = [server.run("backup", tmp_path / f"copy{number}.sqlite")["runs"] for number in range(5)]
    finally:
        is_over.set()
        for asker in crowd:
            asker.join(60)
    assert not faults
    assert counts == sorted(counts) and len(set(counts)) > 1, "each holds what came since the one before"


def test_a_copy_holds_what_a_killed_server_has_left_in_its_log(server, restored, tmp_path):
    caller = server.caller()
    done = caller.stream("echo", "just in time").read_all()
    server.kill()
    assert (server.data / "rialto.sqlite-wal").stat().st_size > 0
    server.run("backup", tmp_path / "copy.sqlite")
    new = restored(tmp_path / "copy.sqlite")
    assert new.shown_run(done.run)["answer"] == "just in time"
    assert caller.follow(done.run).read_all().lines == done.lines


def refused(server, file, *options):
    outcome = server.command("backup", file, *options)
    assert outcome.code == 1 and outcome.out == "", (outcome.code, outcome.err, outcome.out)
    [line] = outcome.err.strip().splitlines()
    assert line.startswith("rialto: ")
    return line


def test_a_copy_never_takes_the_place_of_something_else(server, tmp_path):
    other = tmp_path / "other"
    other.write_text("older")
    assert "--force" in refused(server, other)
    assert other.read_text() == "older"
    assert "directory" in refused(server, tmp_path, "--force")
    assert "no directory" in refused(server, tmp_path / "none" / "copy")
    for name in ("rialto.sqlite", "rialto.sqlite-wal", "master.key", "rialto.lock"):
        assert "running data" in refused(server, server.data / name, "--force")
    server.run("backup", other, "--force")
    assert other.read_bytes().startswith(b"SQLite format 3")
    assert server.caller().answer("echo", "still there") == "still there"


def test_where_there_is_no_room_nothing_is_left(server, tmp_path):
    for place in range(20):
        server.caller().answer("echo", f"question {place}" * 500)
    folder = tmp_path / "small"
    folder.mkdir()

    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (65536, 65536))

    done = subprocess.run(
        [str(binary()), "backup", str(folder / "copy"), "--data", str(server.data)], capture_output=True, text=True,
        timeout=COMMAND_SECONDS, env=server.environment, preexec_fn=limit, check=False)
    assert done.returncode == 1 and "room for" in done.stderr, done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert list(folder.iterdir()) == []
    assert server.caller().answer("echo", "unharmed") == "unharmed"


def test_what_is_said_to_a_person_names_the_key(server, tmp_path):
    outcome = server.command("backup", tmp_path / "copy")
    assert outcome.code == 0 and str(server.data / "master.key") in outcome.out and "{" not in outcome.out
    given = server.command(
        "backup", tmp_path / "copy", "--force", "--json", environment={"RIALTO_MASTER_KEY": "A" * 43 + "="})
    assert json.loads(given.out)["master_key"] == "RIALTO_MASTER_KEY"


def test_a_database_is_not_copied_here(server, tmp_path):
    line = refused(server, tmp_path / "copy", "--store", "postgres://ana:secret@127.0.0.1:1/none")
    assert "pg_dump" in line and "secret" not in line


def test_a_server_goes_on_answering_while_a_large_store_is_copied(server, tmp_path):
    caller = server.caller()
    for _ in range(6):
        assert caller.upload("large.bin", b"\x00" * (8 << 20), "application/octet-stream").status_code in (200, 201)
    copying = subprocess.Popen(
        [str(binary()), "backup", str(tmp_path / "copy"), "--data", str(server.data)], env=server.environment,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    answers = 0
    while copying.poll() is None:
        assert caller.answer("echo", "meanwhile") == "meanwhile"
        answers += 1
    assert copying.returncode == 0, copying.stderr.read()
    assert answers > 0 and requests.get(f"{server.base}/readyz", timeout=10).status_code == 200


def test_a_dump_of_a_database_in_use_is_a_database_that_servers_start_on(fleet, model, tmp_path):
    old, = fleet.start(1)
    old.agent("echo")
    old.agent("gated")
    caller, gate = old.caller(), model.gate()
    done = [caller.stream("echo", f"question {place}", conversationId="told").read_all() for place in range(10)]
    stream = caller.stream("gated", gate.name)
    gate.send("so ", "far ")
    stream.read_deltas(2)
    dump = tmp_path / "rialto.dump"
    postgres("pg_dump", "--format=custom", f"--file={dump}", fleet.url)
    gate.send("so good")
    gate.finish()
    assert stream.read_all().text == "so far so good" and stream.is_done, "the server has not noticed"
    with database() as url:
        postgres("pg_restore", "--no-owner", f"--dbname={url}", dump)
        new = fleet.make(url)
        old.__exit__()
        new.port = old.port
        new.environment["RIALTO_LISTEN_PORT"] = str(old.port)
        # The lease of the old server is in the dump, and runs out.
        new.start()
        new.wait_for_run(stream.run)
        check_restored(new, caller, done, [stream])
        new.__exit__()


def postgres(*words):
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
