"""What an operator sees: health, metrics, logs, timings, TLS."""

import json
import re

import pytest
import requests
from prometheus_client.parser import text_string_to_metric_families

from caller import Caller
from certificate import make_certificate
from waiting import until

UPSTREAM_KEY = "sk-never-in-a-log-9876543210"


@pytest.fixture(scope="module")
def server(servers, model):
    upstream = {"kind": "openai", "url": model.openai_url, "key_env": "LOGGED_KEY"}
    return servers(
        {"log": {"level": "debug"}, "upstreams": {"keyed": upstream}}, environment={"LOGGED_KEY": UPSTREAM_KEY})


@pytest.fixture(scope="module")
def keyed(server):
    """An agent of the upstream with a key."""
    return server.run("agent", "add", "keyed", "--upstream", "keyed", "--model", "echo")["code"]


# Health


def test_health_and_readiness_need_no_token(server):
    health = requests.get(f"{server.base}/healthz", timeout=10)
    assert health.status_code == 200 and health.json() == {"status": "ok"}
    assert requests.get(f"{server.base}/readyz", timeout=10).status_code == 200


def test_a_server_that_is_stopping_says_that_it_is_not_ready(rialto, model):
    rialto.configure({"drain": {"streams_seconds": 3}})
    rialto.start()
    gate = model.gate()
    with rialto.caller().stream(rialto.agent("gated"), gate.name) as stream:
        rialto.process.send_signal(15)

        def is_away():
            try:
                return requests.get(f"{rialto.base}/readyz", timeout=5).status_code == 503
            except requests.RequestException:
                return True

        until(is_away, 10, "readiness to end")
        stream.read_all()
    assert rialto.process.wait(20) == 0


# Metrics


def families(server):
    answer = requests.get(f"{server.base}/metrics", timeout=10)
    assert answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/plain")
    return {family.name: family for family in text_string_to_metric_families(answer.text)}


def sample(server, name, **labels):
    return sum(
        sample.value for family in families(server).values() for sample in family.samples
        if sample.name == name and labels.items() <= sample.labels.items())


def open_and_live(server):
    return sample(server, "rialto_streams_open"), sample(server, "rialto_runs_live")


def test_metrics_are_prometheus_text(server, keyed):
    server.caller().answer(keyed, "count me")
    found = families(server)
    names = {sample.name for family in found.values() for sample in family.samples}
    assert {"rialto_store_statements_total", "rialto_runs_live", "rialto_streams_open", "rialto_runs_total",
            "rialto_http_requests_total"} <= names
    assert all(family.type in ("counter", "gauge", "histogram", "summary") for family in found.values())


def test_metrics_count_runs_streams_and_requests(server, keyed, model):
    agent, caller = server.agent("gated"), server.caller()
    finished = sample(server, "rialto_runs_total", status="finished")
    requested = sample(server, "rialto_http_requests_total")
    gates = [model.gate() for _ in range(3)]
    streams = [caller.stream(agent, gate.name) for gate in gates]
    assert open_and_live(server) == (3, 3)
    for gate, stream in zip(gates, streams):
        gate.finish()
        stream.read_all()
    until(lambda: open_and_live(server) == (0, 0), 5, "no open stream")
    assert sample(server, "rialto_runs_total", status="finished") == finished + 3
    assert sample(server, "rialto_http_requests_total") >= requested + 3


def test_metrics_show_no_ids_of_runs_or_requests(server, keyed):
    response = server.caller().ask(keyed, "count me")
    text = requests.get(f"{server.base}/metrics", timeout=10).text
    for name in ("X-Run-Id", "X-Request-Id", "X-Conversation-Id"):
        assert response.headers[name] not in text


def test_a_turn_costs_few_statements(server):
    agent, caller = server.agent("count-64-1ms"), server.caller()
    caller.stream(agent, "warm").read_all()
    before, turns = sample(server, "rialto_store_statements_total"), 10
    for _ in range(turns):
        caller.stream(agent, "count").read_all()
    after = sample(server, "rialto_store_statements_total")
    assert 0 < (after - before) / turns < 40, "alone on the server, far from one statement for each of 64 pieces"


# Logs


def everything_in(server, *values):
    """Whether one log line holds all of these."""
    return next((line for line in server.err.splitlines() if all(value in line for value in values)), None)


@pytest.mark.parametrize("stream", [True, False])
def test_a_log_line_carries_the_ids_of_request_run_and_conversation(server, keyed, stream):
    opened = server.caller().open(keyed, "log me") if stream else None
    headers = (opened.read_all().response if stream else server.caller().ask(keyed, "log me")).headers
    ids = [headers[name] for name in ("X-Request-Id", "X-Run-Id", "X-Conversation-Id")]
    line = until(lambda: everything_in(server, *ids), 5, "a log line with the three ids")
    assert isinstance(json.loads(line), dict)


def test_every_log_line_is_json_with_a_time_a_level_and_a_message(server):
    lines = server.err.splitlines()
    assert lines and all(isinstance(json.loads(line), dict) for line in lines)
    for entry in server.logs:
        text = " ".join(entry)
        assert re.search(r"time|ts|at", text) and "level" in text and re.search(r"message|msg", text), entry


def test_no_log_line_holds_a_secret_a_token_or_a_question(server, keyed):
    question = "the caskets are gold, silver and lead"
    token = server.token()
    caller = Caller(server.base, token)
    caller.answer(keyed, question)
    caller.stream(keyed, question).read_all()
    for path in ("/v1", "/api/v1"):
        requests.get(f"{server.base}{path}/models", headers={"Authorization": f"Bearer {token}x"}, timeout=10)
    wrong = "a-wrong-secret-that-was-tried"
    body = {"client_id": "mp-service-001", "client_secret": wrong}
    requests.post(f"{server.base}/api/v1/auth/external-service-token", json=body, timeout=10)
    requests.post(f"{server.base}/federation/auth/v1/token", auth=("saas-app-001", wrong),
                  data={"grant_type": "client_credentials"}, timeout=10)
    requests.get(f"{server.base}/v1/models?token={token}", timeout=10)
    caller.ask(server.agent("leak"), "leak")
    secrets = [*server.secrets.values(), token, token.split(".")[2], UPSTREAM_KEY, wrong, question]
    secrets += [(server.data / "master.key").read_text(errors="replace").strip()]
    assert not [secret for secret in secrets if secret in server.err]


def test_the_level_and_the_format_of_the_log_can_be_chosen(rialto):
    rialto.environment |= {"RIALTO_LOG_FORMAT": "text", "RIALTO_LOG_LEVEL": "debug"}
    rialto.start()
    rialto.caller().answer("guide", "What is Rialto?")
    assert rialto.err and not any(line.startswith("{") for line in rialto.err.splitlines())
    assert "debug" in rialto.err.lower()


def test_a_quiet_log_is_quiet(rialto):
    rialto.environment["RIALTO_LOG_LEVEL"] = "error"
    rialto.start()
    rialto.caller().answer("guide", "What is Rialto?")
    assert rialto.stop() == 0 and rialto.err == ""


def test_a_request_id_that_the_client_brings_cannot_forge_a_log_line(server):
    for brought in ("mine-123", 'x"}\t{"level":"error"', "y" * 5000):
        answer = requests.get(f"{server.base}/healthz", headers={"X-Request-Id": brought}, timeout=10)
        assert answer.status_code in (200, 400, 431)
    assert all(isinstance(json.loads(line), dict) for line in server.err.splitlines())


# Timings


@pytest.mark.parametrize("stream", [True, False])
def test_every_answer_says_what_took_how_long(server, keyed, stream):
    response = server.caller().open(keyed, "time me").read_all().response if stream else \
        server.caller().ask(keyed, "time me")
    timing = response.headers["Server-Timing"]
    for entry in timing.split(","):
        assert re.fullmatch(r"\s*[\w!#$%&'*+.^`|~-]+(;(dur=\d+(\.\d+)?|desc=(\"[^\"]*\"|\w+)))*\s*", entry), timing
    assert "dur=" in timing


# TLS


@pytest.fixture
def certificate(tmp_path):
    return make_certificate(tmp_path)


def test_a_server_with_a_certificate_speaks_tls(rialto, certificate):
    rialto.ca = str(certificate / "certificate.pem")
    rialto.configure({"tls": {"certificate": rialto.ca, "key": str(certificate / "key.pem")}})
    rialto.start()
    assert f"Rialto is ready on https://127.0.0.1:{rialto.port}" in rialto.out
    stream = rialto.caller().stream(rialto.agent("count-5-1ms"), "count").read_all()
    assert stream.text == "0 1 2 3 4 " and stream.is_done
    with pytest.raises(requests.RequestException):
        requests.get(f"http://127.0.0.1:{rialto.port}/healthz", timeout=5)


def test_a_certificate_that_is_not_there_is_named(rialto, certificate):
    rialto.configure({"tls": {"certificate": "/nowhere/c.pem", "key": str(certificate / "key.pem")}})
    assert rialto.launch().wait(30) != 0
    assert "/nowhere/c.pem" in rialto.err and "Fatal" not in rialto.err
