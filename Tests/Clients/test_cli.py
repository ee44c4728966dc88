"""The command line, on the same data while a server runs."""

import re
import uuid

import pytest

from caller import Caller
from waiting import until

NOTICE = 1.5
COMMANDS = [
    "serve", "upstream add", "upstream list", "upstream remove", "account add", "account list", "agent add",
    "agent set", "agent list", "agent show", "agent remove", "client add", "client list", "client rotate",
    "client remove",
    "token", "runs list", "runs show", "runs cancel", "signing-key list", "signing-key rotate", "backup",
    "doctor"]


def name(kind):
    return f"{kind}-{uuid.uuid4().hex[:10]}"


def refused(server, *words, code=1, environment=None):
    """The one line a refused command says on standard error."""
    outcome = server.command(*words, environment=environment)
    assert outcome.code == code, (outcome.code, outcome.err, outcome.out)
    [line] = outcome.err.strip().splitlines()
    assert line.startswith("rialto: ") and "Fatal" not in line
    return line


# Help


@pytest.mark.parametrize("command", [
    "", *COMMANDS, "upstream", "account", "agent", "client", "runs", "signing-key", "migrate"])
def test_every_command_has_help(shared, command):
    outcome = shared.command(*command.split(), "--help", data=False)
    assert outcome.code == 0 and "USAGE" in outcome.out.upper()
    if command in COMMANDS:
        for option in ("--data", "--config"):
            assert option in outcome.out, option


def test_the_command_without_words_says_what_there_is(shared):
    outcome = shared.command(data=False)
    assert "serve" in outcome.out + outcome.err and "doctor" in outcome.out + outcome.err


# Human and JSON


@pytest.mark.parametrize("command", [
    "upstream list", "account list", "agent list", "agent show guide", "client list", "runs list", "signing-key list"])
def test_what_is_shown_is_readable_and_as_json_complete(shared, command):
    shared.caller().answer("guide", "What is Rialto?")
    human, machine = shared.command(*command.split()), shared.command(*command.split(), "--json")
    assert human.code == machine.code == 0
    assert human.out.strip() and not human.out.lstrip().startswith(("{", "["))
    value = machine.json
    rows = value if isinstance(value, list) else [value]
    assert rows and all(re.fullmatch(r"[a-z_]+", key) for row in rows for key in row)
    assert str(next(iter(rows[0].values()))) in human.out


def test_accounts(shared):
    new = name("account")
    made = shared.run("account", "add", new)
    assert made["name"] == new and made["id"] and made["created_at"]
    assert {"main", new} <= {account["name"] for account in shared.run("account", "list")}
    assert new in refused(shared, "account", "add", new)


def test_upstreams(shared, model):
    new = name("upstream")
    made = shared.run("upstream", "add", new, "--kind", "openai", "--url", model.openai_url, "--key-env", "SOME_KEY")
    assert (made["name"], made["kind"], made["url"], made["key_env"]) == (new, "openai", model.openai_url, "SOME_KEY")
    assert new in {row["name"] for row in shared.run("upstream", "list") if row["from"] == "store"}
    assert shared.run("upstream", "remove", new) == {"removed": new}
    assert new not in {row["name"] for row in shared.run("upstream", "list")}
    assert new in refused(shared, "upstream", "remove", new)
    assert "http" in refused(shared, "upstream", "add", new, "--kind", "openai", "--url", "ftp://x/v1")


def test_agents(shared, tmp_path):
    code, paper = name("agent"), tmp_path / "instructions.txt"
    paper.write_text("Be merciful.\nAlways.\n")
    shared.run("agent", "add", code, "--name", "Portia", "--upstream", "model", "--model", "echo", "--instructions",
               f"@{paper}", "--temperature", "0.3", "--max-output-tokens", "12", "--on-disconnect", "continue",
               "--fallback", "model=history", "--fallback", "guide=guide", "--high-performance-model", "unicode")
    shown = shared.run("agent", "show", code)
    assert shown["instructions"].strip() == "Be merciful.\nAlways." and shown["account"] == "main"
    assert (shown["name"], shown["upstream"], shown["model"]) == ("Portia", "model", "echo")
    assert (shown["temperature"], shown["max_output_tokens"], shown["on_disconnect"]) == (0.3, 12, "continue")
    assert shown["fallback"] == [{"upstream": "model", "model": "history"}, {"upstream": "guide", "model": "guide"}]
    assert shown["high_performance_model"] == "unicode" and isinstance(shown["number"], int)
    changed = shared.run("agent", "set", code, "--model", "history", "--instructions", "Be brief.")
    assert changed == shared.run("agent", "show", code)
    assert changed == shown | {"model": "history", "instructions": "Be brief."}
    assert code in {row["code"] for row in shared.run("agent", "list")}
    assert code in refused(shared, "agent", "add", code)
    assert shared.run("agent", "remove", code) == {"removed": code}
    for words in (["show", code], ["set", code, "--name", "x"], ["remove", code]):
        assert code in refused(shared, "agent", *words)


@pytest.mark.parametrize("code", [
    "services", "v1", "api", "openai", "federation", "Portia", "-x", "_x", "a b", "a/b", "x" * 65, "é", ""])
def test_an_agent_code_that_cannot_stand_in_a_path_is_refused(shared, code):
    outcome = shared.command("agent", "add", "--upstream", "model", "--model", "echo", "--", code, data=False,
                             environment={"RIALTO_DATA": str(shared.data)})
    assert outcome.code in (1, 64) and outcome.err.strip() and "Fatal" not in outcome.err


def test_an_agent_needs_an_upstream_and_an_account_that_are_there(shared):
    assert "nowhere" in refused(shared, "agent", "add", name("agent"), "--upstream", "nowhere", "--model", "m")
    assert "nobody" in refused(shared, "agent", "add", name("agent"), "--account", "nobody")
    assert refused(shared, "agent", "add", name("agent"), "--upstream", "model"), "a model is missing"


def test_a_model_is_named_with_the_upstream_that_has_it(shared):
    code = name("agent")
    for words in (["--model", "llama"], ["--model", "guide"], ["--high-performance-model", "llama"],
                  ["--upstream", "guide", "--model", "llama"]):
        assert "--upstream" in refused(shared, "agent", "add", code, *words)
        assert "--upstream" in refused(shared, "agent", "set", "guide", *words)
    assert code in refused(shared, "agent", "show", code)
    made = shared.run("agent", "add", code)
    assert (made["upstream"], made["model"]) == ("guide", "guide")
    changed = shared.run("agent", "set", code, "--upstream", "model", "--model", "echo")
    assert (changed["upstream"], changed["model"]) == ("model", "echo")
    assert shared.run("agent", "set", code, "--model", "history")["model"] == "history"
    assert shared.run("agent", "set", code, "--upstream", "guide")["model"] == "guide"
    shared.run("agent", "remove", code)


def test_clients(shared):
    new = name("client")
    made = shared.run("client", "add", new, "--edition", "saas", "--agent", "guide", "--scope", "chat:exec")
    assert set(made) == {"client_id", "client_secret"} and made["client_id"] == new
    [row] = [row for row in shared.run("client", "list") if row["client_id"] == new]
    assert (row["edition"], row["account"], row["agents"], row["scopes"]) == ("saas", "main", ["guide"], ["chat:exec"])
    assert "client_secret" not in row and made["client_secret"] not in shared.command("client", "list").out
    rotated = shared.run("client", "rotate", new)
    assert rotated["client_id"] == new and rotated["client_secret"] != made["client_secret"]
    assert new in refused(shared, "client", "add", new, "--edition", "saas")
    assert "ghost" in refused(shared, "client", "add", name("client"), "--edition", "saas", "--agent", "ghost")
    assert shared.run("client", "remove", new) == {"removed": new}
    assert new in refused(shared, "client", "rotate", new)


def test_token_prints_a_token_and_nothing_else(shared):
    outcome = shared.command("token", "saas-app-001")
    assert re.fullmatch(r"[\w-]+\.[\w-]+\.[\w-]+\n", outcome.out)
    assert Caller(shared.base, outcome.out.strip()).answer("guide", "What is Rialto?")
    assert "nobody" in refused(shared, "token", "nobody")


def test_runs(shared, model):
    code = shared.agent("error-mid")
    done = shared.caller().stream(shared.agent("echo"), "hello").read_all()
    failed = shared.caller().stream(code, "hello").read_all()
    newest = shared.run("runs", "list", "--limit", "2")
    assert [run["id"] for run in newest] == [failed.run, done.run]
    assert {run["status"] for run in shared.run("runs", "list", "--status", "failed")} == {"failed"}
    shown = shared.shown_run(done.run)
    assert (shown["agent"], shown["status"], shown["finish_reason"]) == ("echo", "finished", "stop")
    assert (shown["answer"], shown["conversation"], shown["account"]) == ("hello", done.conversation, "main")
    assert shown["usage"] == {"input_tokens": 1, "output_tokens": 1} and shown["events"] >= 3
    assert shown["refusal"] is None and shown["created_at"] <= shown["ended_at"]
    assert shared.shown_run(failed.run)["refusal"]["reason"] == "unavailable"
    assert done.run in shared.command("runs", "show", done.run).out
    nobody = str(uuid.uuid4())
    for verb in ("show", "cancel"):
        assert nobody in refused(shared, "runs", verb, nobody)


# Options


@pytest.mark.parametrize("words", [
    "account list --data D --json", "account list --json --data D", "account list --data=D --json",
    "agent show --data D guide --json", "agent show guide --data D --json", "agent show --json guide --data D"])
def test_options_stand_in_any_place_after_the_subcommand(shared, words):
    line = [word.replace("D", str(shared.data)) if word in ("D", "--data=D") else word for word in words.split()]
    outcome = shared.command(*line, data=False)
    assert outcome.code == 0 and outcome.json


def test_the_data_directory_may_be_named_in_the_environment(shared):
    outcome = shared.command("account", "list", "--json", data=False, environment={"RIALTO_DATA": str(shared.data)})
    assert outcome.json == shared.run("account", "list")


def test_without_a_word_the_data_is_at_home(shared, tmp_path):
    (tmp_path / ".rialto").symlink_to(shared.data)
    outcome = shared.command("account", "list", "--json", data=False, environment={"HOME": str(tmp_path)})
    assert outcome.code == 0 and outcome.json == shared.run("account", "list")


@pytest.mark.parametrize("words", [
    "nonsense", "agent fly", "agent add", "agent show", "client add x", "client add x --edition gold",
    "upstream add x", "upstream add x --kind smoke --url http://x", "runs list --limit many",
    "runs list --status sleeping", "runs list --limit 0", "runs list --limit 10001",
    "token", "agent add x --temperature hot", "agent add x --on-disconnect shrug", "serve --port many",
    "account list --nonsense", "runs show not-an-id", "agent add x --fallback nonsense",
    "backup", "migrate", "migrate --from here --to there"])
def test_bad_arguments_are_refused_with_a_word(shared, words):
    outcome = shared.command(*words.split())
    assert outcome.code in (1, 64) and outcome.err.strip() and "Fatal" not in outcome.err


def test_a_refusal_is_json_too_where_json_is_asked_for(shared):
    outcome = shared.command("agent", "show", "ghost", "--json")
    assert outcome.code == 1 and outcome.err.startswith("rialto: ")
    assert outcome.json["error"]["reason"] == "notFound" and "ghost" in outcome.json["error"]["message"]


@pytest.mark.parametrize("host, word", [
    ("no-such-host.invalid", "no-such-host.invalid"), ("256.1.1.1", "256.1.1.1"), ("", "no address"),
    ("192.0.2.1", "192.0.2.1")])
def test_an_address_that_cannot_be_listened_on_is_named_in_one_line(shared, tmp_path, host, word):
    outcome = shared.command("serve", "--host", host, "--port", "0", "--data", tmp_path, data=False)
    assert outcome.code == 1 and outcome.out == ""
    [line] = outcome.err.strip().splitlines()
    assert line.startswith("rialto: ") and word in line and "Error" not in line


def test_a_port_in_use_is_named_in_one_line(shared, tmp_path):
    outcome = shared.command("serve", "--port", shared.port, "--data", tmp_path, data=False)
    assert outcome.code == 1 and outcome.out == ""
    [line] = outcome.err.strip().splitlines()
    assert line == f"rialto: Port {shared.port} is in use: something else listens on 127.0.0.1:{shared.port}."


# While the server runs


def test_a_new_agent_and_a_changed_one_are_noticed(shared):
    code, caller = name("agent"), shared.caller()
    assert caller.ask(code, "hello").status_code == 404
    shared.run("agent", "add", code, "--upstream", "model", "--model", "name-old")
    assert caller.answer(code, "who?") == "name-old", "at once: an unknown one is looked up"
    shared.run("agent", "set", code, "--model", "name-new")
    until(lambda: caller.answer(code, "who?") == "name-new", NOTICE, "the new model")
    shared.run("agent", "remove", code)
    until(lambda: caller.ask(code, "who?").status_code == 404, NOTICE, "the end of the agent")


def test_a_new_client_a_rotated_secret_and_a_removed_client_are_noticed(shared):
    new = shared.client(name("client"))
    old, caller = shared.secrets[new], shared.caller(new)
    assert caller.get("/models").status_code == 200, "at once: an unknown one is looked up"
    shared.secrets[new] = shared.run("client", "rotate", new)["client_secret"]
    assert shared.token(new), "at once: a wrong secret is looked up again"
    until(lambda: token_status(shared, new, old) == 401, NOTICE, "the end of the old secret")
    shared.run("client", "remove", new)
    until(lambda: caller.get("/models").status_code == 401, NOTICE, "the end of the client's tokens")
    assert token_status(shared, new, shared.secrets[new]) == 401


def token_status(server, client, secret):
    body = {"client_id": client, "client_secret": secret}
    return Caller(server.base, None).post("/auth/external-service-token", json=body).status_code
