"""The config file and the environment."""

import pytest

from rialto import Rialto


@pytest.fixture
def fresh(tmp_path):
    return Rialto(tmp_path)


def refusal(server, text, *words, environment=None):
    """What a command says about a config file."""
    (server.data / "rialto.yaml").write_text(text)
    outcome = server.command(*(words or ("account", "list")), environment=environment)
    assert outcome.code == 1, (outcome.code, outcome.out, outcome.err)
    assert outcome.err.startswith("rialto: ") and "Fatal" not in outcome.err
    return outcome.err


@pytest.mark.parametrize("text, key, near", [
    ("limits:\n  body_byte: 1\n", "body_byte", "body_bytes"),
    ("limit:\n  body_bytes: 1\n", "limit", "limits"),
    ("limits:\n  Body_Bytes: 1\n", "Body_Bytes", "body_bytes"),
    ("streams:\n  heartbeat: 1\n", "heartbeat", "heartbeat_seconds"),
    ("listen:\n  prot: 1\n", "prot", "port"),
    ("upstreams:\n  a: {kind: openai, ulr: http://x/v1}\n", "ulr", "url"),
    ("tokens:\n  sass_seconds: 1\n", "sass_seconds", "saas_seconds"),
])
def test_an_unknown_key_names_the_nearest_known_one(fresh, text, key, near):
    for words in (("account", "list"), ("serve", "--port", "0"), ("agent", "list", "--json")):
        said = refusal(fresh, text, *words)
        assert key in said and near in said and "rialto.yaml" in said


@pytest.mark.parametrize("text, key", [
    ("limits:\n  body_bytes: lots\n", "limits.body_bytes"), ("limits:\n  body_bytes: -1\n", "limits.body_bytes"),
    ("limits: 7\n", "limits"), ("listen:\n  port: 70000\n", "listen.port"), ("log:\n  level: shouting\n", "log.level"),
    ("log:\n  format: poem\n", "log.format"), ("tls:\n  certificate: a.pem\n", "tls.key"),
    ("upstreams:\n  a: {kind: smoke, url: http://x/v1}\n", "upstreams.a.kind"),
    ("upstreams:\n  a: {kind: openai}\n", "upstreams.a.url"),
    ("upstreams:\n  a: {kind: openai, url: 'ftp://x/v1'}\n", "upstreams.a.url"),
])
def test_a_value_that_cannot_be_is_named(fresh, text, key):
    assert key in refusal(fresh, text, "serve", "--port", "0")


@pytest.mark.parametrize("text", ["limits: [", "\tlimits:\n", "- a\n- b\n", "just words"])
def test_what_is_no_config_is_refused_by_the_files_name(fresh, text):
    assert "rialto.yaml" in refusal(fresh, text)


def test_a_config_file_that_is_named_but_not_there_is_refused(fresh):
    outcome = fresh.command("account", "list", "--config", "/nowhere/rialto.yaml")
    assert outcome.code == 1 and "/nowhere/rialto.yaml" in outcome.err


def test_an_empty_file_and_comments_are_a_config(rialto):
    (rialto.data / "rialto.yaml").write_text("# nothing yet\n\nlimits:\n")
    rialto.start()
    assert rialto.caller().answer("guide", "What is Rialto?")


def test_a_config_file_can_be_named(rialto, tmp_path):
    other = tmp_path / "other.yaml"
    other.write_text("limits:\n  body_bytes: 1000\n")
    (rialto.data / "rialto.yaml").unlink()
    rialto.start("--config", str(other))
    assert rialto.caller().ask("guide", "x" * 2000).status_code == 413


def test_the_environment_overrides_the_file(rialto):
    rialto.configure({"limits": {"body_bytes": 100_000}})
    rialto.environment["RIALTO_LIMITS_BODY_BYTES"] = "1000"
    rialto.start()
    assert rialto.caller().ask("guide", "x" * 2000).status_code == 413


def test_the_port_may_stand_in_the_environment_and_the_command_line_wins(rialto):
    rialto.environment["RIALTO_LISTEN_PORT"] = "1"
    rialto.start()
    assert rialto.caller().answer("guide", "What is Rialto?")


def test_a_wrong_value_in_the_environment_is_named(fresh):
    said = refusal(fresh, "", "serve", "--port", "0", environment={"RIALTO_LIMITS_BODY_BYTES": "lots"})
    assert "RIALTO_LIMITS_BODY_BYTES" in said


def test_other_software_may_use_the_environment_too(rialto):
    rialto.environment |= {"RIALTO_LIMITS_SOMETHING": "else", "RIALTO_HOME": "/x", "LIMITS_BODY_BYTES": "1"}
    rialto.start()
    assert rialto.caller().answer("guide", "What is Rialto?")


def test_an_upstream_of_the_config_is_used_and_cannot_be_removed(rialto, model):
    rialto.configure({"upstreams": {"written": {"kind": "openai", "url": model.openai_url}}})
    rialto.start()
    rialto.run("agent", "add", "scribe", "--upstream", "written", "--model", "echo")
    assert rialto.caller().answer("scribe", "by the book") == "by the book"
    [row] = [row for row in rialto.run("upstream", "list") if row["name"] == "written"]
    assert row["from"] == "config"
    outcome = rialto.command("upstream", "remove", "written")
    assert outcome.code == 1 and "config" in outcome.err


def test_a_public_url_stands_in_what_is_printed_and_announced(rialto):
    rialto.configure({"listen": {"public_url": "https://agents.example"}})
    rialto.start()
    assert "https://agents.example/api/v1/auth/external-service-token" in rialto.out
