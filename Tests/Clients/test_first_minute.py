"""A stranger's first minute: start, paste two lines, stop."""

import os
import re
import stat
import subprocess

from rialto import Rialto, binary
from waiting import until


def printed(server, beginning):
    """The one line of standard output that begins so."""
    def find():
        lines = [line.strip() for line in server.out.splitlines() if line.strip().startswith(beginning)]
        return lines[0] if lines else None

    return until(find, what=f"a line on standard output that begins with {beginning!r}")


def pasted(server, *lines):
    """What a shell prints for these lines."""
    return subprocess.run(
        ["bash", "-c", "\n".join(lines)], capture_output=True, text=True, timeout=60,
        cwd=server.folder, env=server.environment).stdout


def test_the_two_lines_that_the_first_start_prints_work_as_pasted(rialto):
    rialto.start()
    assert printed(rialto, "Rialto is ready on") == f"Rialto is ready on {rialto.base}"
    answer = pasted(rialto, printed(rialto, "TOKEN="), printed(rialto, "curl -N"))
    assert answer.startswith(": connected\n\n"), answer[:300]
    assert answer.rstrip().endswith("data: [DONE]"), answer[-300:]
    assert '"content":' in answer and "Rialto" in answer


def test_the_lines_that_a_later_start_prints_work_as_pasted(rialto):
    rialto.start()
    assert rialto.stop() == 0
    rialto.start()
    token = printed(rialto, "TOKEN=")
    assert "token mp-service-001" in token
    assert pasted(rialto, token, printed(rialto, "curl -N")).rstrip().endswith("data: [DONE]")


def test_the_first_start_makes_two_clients_and_their_secrets_are_random(rialto, tmp_path):
    rialto.start()
    assert set(rialto.secrets) == {"mp-service-001", "saas-app-001"}
    for secret in rialto.secrets.values():
        assert re.fullmatch(r"[A-Za-z0-9_-]{32,}", secret), "base64url only, and long enough"
    with Rialto(tmp_path / "another") as another:
        assert not set(another.secrets.values()) & set(rialto.secrets.values())


def test_secrets_are_shown_once_and_kept_nowhere_in_clear(rialto):
    rialto.start()
    rialto.token()
    rialto.stop()
    rialto.start()
    secrets = list(rialto.secrets.values())
    assert not [secret for secret in secrets if secret in rialto.out or secret in rialto.err]
    kept = b"".join(path.read_bytes() for path in rialto.data.iterdir() if path.is_file())
    assert not [secret for secret in secrets if secret.encode() in kept]
    assert rialto.token(), "the secret of the first start still works"


def test_the_data_is_one_file_beside_a_master_key_that_only_the_owner_reads(rialto):
    rialto.start()
    names = {path.name for path in rialto.data.iterdir()} - {"rialto.yaml"}
    assert {"rialto.sqlite", "master.key", "rialto.lock"} <= names
    assert names <= {"rialto.sqlite", "rialto.sqlite-wal", "rialto.sqlite-shm", "master.key", "rialto.lock"}
    assert stat.S_IMODE(os.stat(rialto.data / "master.key").st_mode) == 0o600


def test_standard_output_has_no_log_and_standard_error_has_nothing_else(rialto):
    rialto.start()
    rialto.caller().answer("guide", "What is Rialto?")
    assert not [line for line in rialto.out.splitlines() if line.startswith("{")]
    until(lambda: rialto.err, what="a log on standard error")
    assert all(line.startswith("{") for line in rialto.err.splitlines()), rialto.err[:500]


def test_a_second_serve_on_the_same_data_is_refused_with_a_clear_word(rialto):
    rialto.start()
    command = [str(binary()), "serve", "--data", str(rialto.data), "--port", "0"]
    second = subprocess.run(command, capture_output=True, text=True, timeout=30, env=rialto.environment)
    assert second.returncode not in (0, None)
    assert re.search(r"already|another|in use", second.stderr), second.stderr
    assert str(rialto.data) in second.stderr or "rialto.sqlite" in second.stderr, second.stderr
    assert "Fatal error" not in second.stderr
    assert rialto.caller().answer("guide", "What is Rialto?"), "the first one goes on"


def test_a_port_that_is_taken_is_named(rialto, tmp_path):
    rialto.start()
    other = Rialto(tmp_path / "other")
    other.port = rialto.port
    assert other.launch().wait(30) != 0
    assert str(rialto.port) in other.err, other.err
    assert "Fatal error" not in other.err


def test_ctrl_c_ends_an_open_stream_with_its_terminal_event_and_exits_with_0(rialto, model):
    rialto.start()
    gate = model.gate()
    with rialto.caller().stream(rialto.agent("gated"), gate.name) as stream:
        gate.send("one ", "two ")
        stream.read_deltas(2)
        process = rialto.process
        process.send_signal(2)
        stream.read_all()
        assert stream.is_done
        assert stream.error or stream.finish_reason
    assert process.wait(20) == 0
    gate.wait_left()


def test_a_run_that_a_stop_interrupted_is_ended_in_the_log(rialto, model):
    rialto.start()
    gate = model.gate()
    with rialto.caller().stream(rialto.agent("gated"), gate.name) as stream:
        gate.send("one ")
        stream.read_deltas(1)
        assert rialto.stop() == 0
        run = stream.run
    shown = rialto.shown_run(run)
    assert shown["status"] in ("failed", "canceled") and shown["answer"] == "one ", shown


def test_an_idle_server_stops_at_once_on_ctrl_c_and_on_terminate(rialto):
    for number in (2, 15):
        rialto.start()
        rialto.process.send_signal(number)
        assert rialto.process.wait(5) == 0
