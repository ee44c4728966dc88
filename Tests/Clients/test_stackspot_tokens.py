"""Realms, service credentials and personal access tokens."""

import base64
import re

import pytest
import requests

from caller import PATIENCE
from test_stackspot import UNRATED, Spot, check_refusal, program, stranger
from test_tokens import check, check_error, send
from waiting import until

GRANT = {"grant_type": "client_credentials"}
OTHER_DOORS = ["/api/v1/auth/external-service-token", "/federation/auth/v1/token"]


@pytest.fixture(scope="module")
def server(servers):
    return servers(UNRATED)


@pytest.fixture(scope="module")
def spot(server):
    server.agent("echo")
    return program(server)


def person(server, user, realm="quay", *options):
    """A person with a new personal access token."""
    made = server.run("pat", "add", "--realm", realm, "--user", user, *options)
    return Spot(server.base, realm, made["client_id"], made["client_key"])


def ended(spot):
    """Until the token is good for nothing, which takes a second at most."""
    until(lambda: spot.get("/v4/agents").status_code == 401, 5, "the end of a token")
    check_error(spot.ask_token(), "stackspot", "invalid_client", 401)


# The door


def test_a_form_gets_a_token_for_twenty_minutes(spot):
    body = check(spot.ask_token(), "stackspot", 1200)
    assert list(body)[:3] == ["access_token", "token_type", "expires_in"]
    answer = requests.get(
        f"{spot.base}/v4/agents", headers={"Authorization": f"Bearer {body['access_token']}"}, timeout=PATIENCE)
    assert answer.status_code == 200


def test_json_gets_one_too(spot):
    url = f"{spot.base}/{spot.realm}/oidc/oauth/token"
    check(send(url, json=GRANT | {"client_id": spot.client, "client_secret": spot.secret}), "stackspot", 1200)


def test_basic_credentials_get_one_too(spot):
    url = f"{spot.base}/{spot.realm}/oidc/oauth/token"
    pair = base64.b64encode(f"{spot.client}:{spot.secret}".encode()).decode()
    check(send(url, data=GRANT, headers={"Authorization": f"Basic {pair}"}), "stackspot", 1200)


def test_the_headers_of_the_published_script_are_harmless(spot):
    check(spot.ask_token({"Key": "Authorization", "Value": "Bearer your_token"}), "stackspot", 1200)


def test_the_body_counts_in_any_order_and_with_the_fields_of_other_clients(spot):
    url = f"{spot.base}/{spot.realm}/oidc/oauth/token"
    kind = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
    for body in (f"client_id={spot.client}&grant_type=client_credentials&client_secret={spot.secret}",
                 f"client_secret={spot.secret}&client_id={spot.client}&scope=&tide=up&grant_type=client_credentials"):
        check(send(url, data=body.encode(), headers=kind), "stackspot", 1200)


def test_a_wrong_secret_and_an_unknown_client_are_the_same_invalid_client(spot):
    answers = [spot.ask_token(client_secret="wrong"), spot.ask_token(client_id="nobody")]
    for answer in answers:
        check_error(answer, "stackspot", "invalid_client", 401)
    assert answers[0].json() == answers[1].json()


@pytest.mark.parametrize("realm", ["other-quay", "no-such-realm", "QUAY", "quay.", "%71uay2", "é", "x" * 300])
def test_another_realm_is_an_invalid_client(server, spot, realm):
    program(server, "neighbour", "other-quay")
    answer = spot.ask_token(realm=realm)
    check_error(answer, "stackspot", "invalid_client", 401)
    assert answer.json() == spot.ask_token(client_secret="wrong").json()


def test_a_realm_of_another_account_is_an_invalid_client_both_ways(server, spot):
    other = stranger(server)
    check_error(spot.ask_token(realm=other.realm), "stackspot", "invalid_client", 401)
    check_error(other.ask_token(realm=spot.realm), "stackspot", "invalid_client", 401)


@pytest.mark.parametrize("client", ["mp-service-001", "saas-app-001"])
def test_clients_of_other_editions_get_nothing_at_a_realm(server, spot, client):
    answer = spot.ask_token(client_id=client, client_secret=server.secrets[client])
    check_error(answer, "stackspot", "invalid_client", 401)


@pytest.mark.parametrize("door", OTHER_DOORS)
def test_programs_and_people_of_a_realm_get_nothing_at_the_other_doors(server, spot, door):
    edition = "marketplace" if door.startswith("/api") else "saas"
    for who in (spot, person(server, "otto")):
        body = GRANT | {"client_id": who.client, "client_secret": who.secret}
        check_error(send(server.base + door, data=body), edition, "invalid_client", 401)
        check_error(send(server.base + door, json=body), edition, "invalid_client", 401)


@pytest.mark.parametrize("more, error, status", [
    ({"grant_type": "password"}, "unsupported_grant_type", 400), ({"grant_type": ""}, "invalid_request", 400),
    ({"scope": "nonsense"}, "invalid_scope", 400), ({"client_id": ""}, "invalid_request", 400),
    ({"client_secret": ""}, "invalid_client", 401)])
def test_what_is_wrong_with_a_request_is_said_in_the_words_of_the_protocol(spot, more, error, status):
    check_error(spot.ask_token(**more), "stackspot", error, status)


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_only_post_is_allowed(spot, method):
    answer = requests.request(method, f"{spot.base}/{spot.realm}/oidc/oauth/token", timeout=PATIENCE)
    check_error(answer, "stackspot", "invalid_request", 405)
    assert answer.headers["Allow"] == "POST"


@pytest.mark.parametrize("path", ["/quay/oidc", "/quay/oidc/oauth", "/quay/oidc/oauth/nothing", "/quay/oidc/x/y/z"])
def test_an_unknown_place_of_a_realm_is_404_in_the_words_of_the_protocol(spot, path):
    check_error(requests.get(spot.base + path, timeout=PATIENCE), "stackspot", "invalid_request", 404)


def test_a_token_of_a_realm_is_good_in_the_other_dialects_of_its_account(spot):
    answer = spot.get("/v1/models")
    assert answer.status_code in (200, 403), answer.text


def test_guessing_secrets_is_slowed_down(servers):
    server = servers({"limits": {"token_failures_per_minute": 3}})
    spot = program(server)
    answers = [spot.ask_token(client_secret="guess") for _ in range(6)]
    assert [answer.status_code for answer in answers[:3]] == [401] * 3
    assert answers[-1].status_code == 429 and int(answers[-1].headers["Retry-After"]) > 0


def test_a_token_is_shorter_when_the_config_says_so(servers):
    server = servers(UNRATED | {"tokens": {"stackspot_seconds": 300}})
    check(program(server).ask_token(), "stackspot", 300)


# Bearers


@pytest.mark.parametrize("header", [
    None, "", "Bearer", "Bearer ", "Bearer nonsense", "bearer a.b.c", "Basic eDp5", "Bearer {{your_token}}"])
def test_without_a_good_token_nothing_is_told_of_the_agent(server, spot, header):
    headers = {} if header is None else {"Authorization": header}
    answers = [requests.post(f"{server.base}/v1/agent/{agent}/chat", headers=headers, json={"user_prompt": "Hello"},
                             timeout=PATIENCE) for agent in ("echo", "nobody")]
    for answer in answers:
        check_refusal(answer, 401, "Unauthorized", "INFERENCE_4010_UNAUTHORIZED")
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert answers[0].json() == answers[1].json()


def test_a_secret_that_was_changed_ends_with_its_tokens_or_they_run_out(server):
    spot = program(server, "turner")
    assert spot.get("/v4/agents").status_code == 200
    made = server.run("client", "rotate", "turner")
    until(lambda: spot.ask_token().status_code == 401, 5, "the end of the old secret")
    assert Spot(server.base, "quay", "turner", made["client_secret"]).get("/v4/agents").status_code == 200


def test_a_removed_program_ends_with_its_tokens(server):
    spot = program(server, "leaver")
    assert spot.get("/v4/agents").status_code == 200
    server.run("client", "remove", "leaver")
    ended(spot)


# Personal access tokens


def test_a_personal_access_token_is_used_at_the_same_door(server, spot):
    ana = person(server, "ana")
    assert re.fullmatch(r"[\x21-\x7e]+", ana.client) and len(ana.secret) >= 32
    check(ana.ask_token(), "stackspot", 1200)
    assert ana.answer("echo", "hello")["message"] == "hello"
    assert ana.secret not in server.err


def test_a_new_personal_access_token_ends_the_last_and_its_tokens(server, spot):
    first = person(server, "bruno")
    assert first.answer("echo", "hello")["message"] == "hello"
    second = person(server, "bruno")
    assert (second.client, second.secret) != (first.client, first.secret)
    ended(first)
    assert second.answer("echo", "hello")["message"] == "hello"


def test_a_stream_that_has_begun_outlives_its_token(server, spot, model):
    server.agent("gated")
    first, gate = person(server, "carla"), model.gate()
    with first.stream("gated", gate.name) as stream:
        gate.send("one ")
        stream.read_deltas(1)
        second = person(server, "carla")
        ended(first)
        gate.send("two")
        gate.finish()
        assert stream.read_all().text == "one two"
        assert second.follow("gated", stream.run).read_all().text == "one two"


def test_a_person_stays_the_same_with_a_new_token(server, spot):
    server.agent("history")
    first = person(server, "dora")
    talk = first.answer("history", "I am Dora.", use_conversation=True)["conversation_id"]
    made = first.call("POST", "/v1/knowledge-sources", json={
        "slug": "doras-notes", "name": "Notes", "description": "Mine", "type": "custom", "visibility": "personal"})
    assert made.status_code in (200, 201), made.text
    second = person(server, "dora")
    ended(first)
    assert "I am Dora." in second.answer("history", "Who?", conversation_id=talk, use_conversation=True)["message"]
    assert second.get("/v1/knowledge-sources/doras-notes").status_code == 200
    assert "doras-notes" in second.get("/v2/knowledge-sources?visibility_list=personal").text
    for stranger_to_her in (spot, person(server, "enzo"), stranger(server)):
        check_refusal(stranger_to_her.get("/v1/knowledge-sources/doras-notes"), 404, "NotFound",
                      "INFERENCE_4040_NOT_FOUND")
        assert "doras-notes" not in stranger_to_her.get("/v2/knowledge-sources").text


def test_two_people_of_a_realm_have_tokens_of_their_own(server, spot):
    people = [person(server, "franca"), person(server, "gino")]
    assert [one.answer("echo", "hello")["message"] for one in people] == ["hello", "hello"]


def test_a_person_of_the_same_name_in_another_account_is_another_person(server, spot):
    ours = person(server, "hanna")
    stranger(server)
    theirs = person(server, "hanna", "lagoon", "--account", "lagoon")
    assert ours.answer("echo", "hello")["message"] == "hello"
    check_refusal(theirs.chat("echo", "hello"), 404, "NotFound", "INFERENCE_4040_NOT_FOUND")
    check_error(theirs.ask_token(realm="quay"), "stackspot", "invalid_client", 401)


# The command line


def test_a_realm_belongs_to_one_account(server, spot):
    stranger(server)
    for words in (("client", "add", "thief", "--edition", "stackspot", "--realm", "quay", "--account", "lagoon"),
                  ("pat", "add", "--realm", "quay", "--user", "thief", "--account", "lagoon")):
        refused = server.command(*words)
        assert refused.code == 1 and "quay" in refused.err, refused
    assert "thief" not in str(server.run("client", "list"))


@pytest.mark.parametrize("realm", [
    "v1", "v2", "v4", "api", "openai", "services", "federation", "realms", "uploads", "healthz", "readyz", "metrics",
    ".well-known", "Quay", "quay/side", "", "-quay", "x" * 65, "café", "a b"])
def test_a_realm_that_could_not_be_reached_is_refused_when_it_is_made(server, realm):
    for words in (("client", "add", "nobody", "--edition", "stackspot", f"--realm={realm}"),
                  ("pat", "add", f"--realm={realm}", "--user", "nobody")):
        refused = server.command(*words)
        assert refused.code != 0 and refused.err, (words, refused)
    assert "nobody" not in str(server.run("client", "list"))


@pytest.mark.parametrize("realm", ["a", "0", "stackspot-freemium", "oidc", "oauth", "token", "x" * 64, "a_b-c"])
def test_a_realm_of_any_other_name_can_be_reached(server, realm):
    spot = program(server, f"client-of-{realm}", realm)
    check(spot.ask_token(), "stackspot", 1200)


def test_a_program_of_this_edition_needs_a_realm_and_no_other_has_one(server):
    for words in (("client", "add", "adrift", "--edition", "stackspot"),
                  ("client", "add", "adrift", "--edition", "saas", "--realm", "quay")):
        refused = server.command(*words)
        assert refused.code == 1 and "realm" in refused.err, refused


def test_tokens_and_programs_are_listed_without_their_secrets(server, spot):
    ana = person(server, "ana")
    assert ana.get("/v4/agents").status_code == 200
    listed = server.run("client", "list")
    text = str(listed)
    assert ana.client in text and spot.client in text and "quay" in text
    assert ana.secret not in text and spot.secret not in text
    server.run("client", "remove", ana.client)
    ended(ana)
