"""The doctor: content with a healthy server, and precise about a sick one."""

import base64
import os
import subprocess
import tempfile
from pathlib import Path

import pytest

from model_server import ModelServer
from postgres_server import PostgresServer
from rialto import Rialto, binary
from shared_store import database, psql
from waiting import free_port, until

NOBODY = 65534


def visit(server, *options, environment=None):
    """What the doctor found, and the exit code."""
    outcome = server.command("doctor", "--json", *options, environment=environment)
    return outcome.json, outcome.code


def faults(server, *options, environment=None):
    """The checks that failed, each with a way to mend it."""
    report, code = visit(server, *options, environment=environment)
    assert report["ok"] is False and code == 1, report
    failed = [check for check in report["checks"] if not check["ok"]]
    assert failed and all(check["detail"] and check["mend"] for check in failed), failed
    return failed


def assert_named(failed, *words):
    """One of the failed checks names all of these."""
    told = [f"{check['name']} {check['detail']} {check['mend']}".lower() for check in failed]
    assert any(all(word.lower() in text for word in words) for text in told), (words, failed)


@pytest.fixture
def healthy(rialto):
    rialto.start()
    rialto.agent("echo")
    return rialto


def test_a_healthy_server_gets_a_clean_bill(healthy):
    report, code = visit(healthy)
    assert report["ok"] is True and code == 0, report
    assert all(check["ok"] and check["name"] and check["detail"] for check in report["checks"])
    text = " ".join(f"{check['name']} {check['detail']}" for check in report["checks"]).lower()
    for word in ("config", "store", "key", "model", "server"):
        assert word in text, word


def test_a_clean_bill_can_be_read_by_a_person(healthy):
    outcome = healthy.command("doctor")
    assert outcome.code == 0 and outcome.out.strip() and not outcome.out.startswith("{")


def test_the_doctor_plays_a_client_and_leaves_nothing_behind(healthy):
    before = [healthy.run(kind, "list") for kind in ("client", "agent", "account", "upstream")]
    assert visit(healthy)[1] == 0
    assert before == [healthy.run(kind, "list") for kind in ("client", "agent", "account", "upstream")]
    for path in ("/api/v1", "/v1"):
        assert f'"{path}/chat/completions"' in healthy.err, "it asked the running server"
        assert healthy.caller(path=path).get("/conversations").json()["data"] == []
    assert healthy.run("runs", "list") == []


def test_a_sick_server_is_told_to_a_person_with_the_way_to_mend_it(healthy):
    healthy.stop()
    outcome = healthy.command("doctor")
    assert outcome.code == 1 and "serve" in outcome.out


def test_a_server_that_is_not_running_is_named(healthy):
    healthy.stop()
    assert_named(faults(healthy), "server", "serve")


def test_an_upstream_that_is_down_is_named(healthy):
    healthy.run("upstream", "add", "sunken", "--kind", "openai", "--url", f"http://127.0.0.1:{free_port()}/v1")
    assert_named(faults(healthy), "sunken")


@pytest.mark.parametrize("kind", ["openai", "anthropic"])
def test_an_upstream_that_refuses_the_key_is_named_and_the_key_is_not(healthy, kind):
    with ModelServer(key="the-right-key") as strict:
        url = strict.openai_url if kind == "openai" else strict.base
        healthy.run("upstream", "add", "strict", "--kind", kind, "--url", url, "--key-env", "STRICT_KEY")
        failed = faults(healthy, environment={"STRICT_KEY": "the-wrong-key"})
        assert_named(failed, "strict", "key")
        assert "the-wrong-key" not in str(failed)
        report, _ = visit(healthy, environment={"STRICT_KEY": "the-right-key"})
        assert not [check for check in report["checks"] if "strict" in check["detail"] and "refus" in check["detail"]]


def test_a_key_that_is_not_in_the_environment_is_named(healthy, model):
    healthy.run("upstream", "add", "keyless", "--kind", "openai", "--url", model.openai_url, "--key-env", "ABSENT_KEY")
    assert_named(faults(healthy), "keyless", "ABSENT_KEY")


def test_a_data_directory_that_is_missing_is_named(healthy, tmp_path):
    missing = tmp_path / "nowhere"
    outcome = healthy.command("doctor", "--json", "--data", str(missing), data=False)
    assert outcome.code == 1 and str(missing) in outcome.out
    assert not missing.exists(), "the doctor makes nothing"


def test_a_data_directory_that_cannot_be_written_is_named(healthy):
    """Played by the user nobody where the tests run as root, who may write everywhere."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        data.mkdir()
        data.chmod(0o555)
        Path(folder).chmod(0o755)
        user = {"user": NOBODY, "group": NOBODY} if os.geteuid() == 0 else {}
        done = subprocess.run(
            [str(binary()), "doctor", "--json", "--data", str(data)], capture_output=True, text=True, timeout=60,
            env=healthy.environment | {"HOME": folder}, cwd="/", **user)
        assert done.returncode == 1, done.stderr
        assert str(data) in done.stdout and "writ" in done.stdout


def test_a_wrong_master_key_is_named(healthy):
    wrong = base64.b64encode(os.urandom(32)).decode()
    failed = faults(healthy, environment={"RIALTO_MASTER_KEY": wrong})
    assert_named(failed, "master")
    assert wrong not in str(failed)


@pytest.mark.parametrize("key", ["not base64!", base64.b64encode(b"too short").decode()])
def test_a_malformed_master_key_is_named(healthy, key):
    assert_named(faults(healthy, environment={"RIALTO_MASTER_KEY": key}), "master", "32 bytes")


def test_a_missing_master_key_is_named(healthy):
    healthy.stop()
    (healthy.data / "master.key").unlink()
    assert_named(faults(healthy), "master")
    assert not (healthy.data / "master.key").exists(), "a new key would make the old secrets unreadable"


def test_a_master_key_that_everybody_can_read_is_named(healthy):
    (healthy.data / "master.key").chmod(0o644)
    assert_named(faults(healthy), "master", "0600")


def test_a_server_does_not_start_with_a_wrong_master_key(healthy):
    healthy.stop()
    healthy.environment["RIALTO_MASTER_KEY"] = base64.b64encode(os.urandom(32)).decode()
    assert healthy.launch().wait(10) != 0
    assert "master" in healthy.err.lower() and "Fatal" not in healthy.err


def test_a_wrong_config_is_named(healthy):
    (healthy.data / "rialto.yaml").write_text("limits:\n  body_byte: 1\n")
    assert_named(faults(healthy), "body_byte", "body_bytes", "rialto.yaml")


def test_a_server_without_any_agent_is_named(healthy):
    for row in healthy.run("agent", "list"):
        healthy.run("agent", "remove", row["code"])
    assert_named(faults(healthy), "agent", "agent add")


def test_an_agent_whose_upstream_is_gone_is_named(rialto, model):
    rialto.configure({"upstreams": {"fleeting": {"kind": "openai", "url": model.openai_url}}})
    rialto.start()
    rialto.run("agent", "add", "orphan", "--upstream", "fleeting", "--model", "echo")
    rialto.stop()
    rialto.configure({})
    rialto.start()
    assert_named(faults(rialto), "orphan", "fleeting")


def test_a_store_that_is_no_store_is_named(healthy):
    healthy.stop()
    (healthy.data / "rialto.sqlite").write_bytes(b"no database at all" * 1000)
    for rest in ("rialto.sqlite-wal", "rialto.sqlite-shm"):
        (healthy.data / rest).unlink(missing_ok=True)
    assert_named(faults(healthy), "rialto.sqlite")


def test_a_database_that_forgets_what_it_committed_is_named(model, tmp_path):
    with PostgresServer() as postgres, database(postgres.url) as url:
        server = Rialto(tmp_path / "rialto", model=model, store=url)

        def setting(name, value):
            psql(postgres.url, f"ALTER SYSTEM SET {name} = {value}", "SELECT pg_reload_conf()")

        def store():
            [check] = [check for check in server.command("doctor", "--json", data=False).json["checks"]
                       if check["name"] == "store"]
            return check

        with server.start():
            until(lambda: all(word in store()["detail"] for word in ("fsync", "full_page_writes")))
            assert not store()["ok"] and "postgresql.conf" in store()["mend"]
            setting("fsync", "on")
            setting("full_page_writes", "on")
            until(lambda: store()["ok"])
            setting("synchronous_commit", "off")
            until(lambda: "synchronous_commit is off" in store()["detail"])


def test_several_faults_are_all_named_at_once(healthy):
    healthy.run("upstream", "add", "sunken", "--kind", "openai", "--url", f"http://127.0.0.1:{free_port()}/v1")
    healthy.stop()
    failed = faults(healthy)
    assert_named(failed, "sunken")
    assert_named(failed, "serve")
