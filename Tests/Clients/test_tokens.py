"""The two token endpoints, as clients of every habit use them."""

import base64
import gzip
import json
import time
from urllib.parse import quote, urlencode

import jwt
import pytest
import requests
from authlib.integrations.requests_client import OAuth2Session

from waiting import until

MARKETPLACE = "/api/v1/auth/external-service-token"
SAAS = "/federation/auth/v1/token"
GRANT = {"grant_type": "client_credentials"}


@pytest.fixture(scope="module")
def endpoints(shared):
    """The URL, id, secret and lifetime of each edition."""
    return {
        "marketplace": (shared.base + MARKETPLACE, "mp-service-001", shared.secrets["mp-service-001"], 1800),
        "saas": (shared.base + SAAS, "saas-app-001", shared.secrets["saas-app-001"], 3600),
    }


@pytest.fixture(params=["marketplace", "saas"])
def edition(request):
    return request.param


@pytest.fixture
def endpoint(endpoints, edition):
    return endpoints[edition]


def basic(name, secret, encode=lambda text: text):
    pair = f"{encode(name)}:{encode(secret)}".encode()
    return {"Authorization": "Basic " + base64.b64encode(pair).decode()}


def send(url, **parts):
    return requests.post(url, timeout=20, **parts)


def form(url, body, **headers):
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    return send(url, data=body.encode(), headers=kind | headers)


def check(answer, edition, seconds):
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"].startswith("application/json")
    assert "no-store" in answer.headers["Cache-Control"]
    body = answer.json()
    assert body["token_type"] == "Bearer" and body["expires_in"] == seconds
    assert body["access_token"].count(".") == 2 and "refresh_token" not in body
    if edition == "marketplace":
        assert body["success"] is True and body["scope"] == "openid"
    return body


def check_error(answer, edition, error, status):
    assert (answer.status_code, answer.json()["error"]) == (status, error), answer.text
    assert "no-store" in answer.headers["Cache-Control"]
    assert answer.json().get("success") is (False if edition == "marketplace" else None)
    description = answer.json().get("error_description", "")
    assert all(32 <= ord(letter) < 127 and letter not in '"\\' for letter in description), description


@pytest.mark.parametrize("way", ["json", "form", "basic", "basic encoded", "basic and json"])
def test_a_client_gets_a_token_in(endpoint, edition, way):
    url, name, secret, seconds = endpoint
    body = GRANT | {"client_id": name, "client_secret": secret}
    everything = lambda text: "".join(f"%{ord(letter):02X}" for letter in text)
    answer = {
        "json": lambda: send(url, json=body),
        "form": lambda: send(url, data=body),
        "basic": lambda: send(url, data=GRANT, headers=basic(name, secret)),
        "basic encoded": lambda: send(url, data=GRANT, headers=basic(name, secret, everything)),
        "basic and json": lambda: send(url, json=GRANT, headers=basic(name, secret)),
    }[way]()
    check(answer, edition, seconds)


def test_a_marketplace_client_needs_no_grant_type(endpoints):
    url, name, secret, seconds = endpoints["marketplace"]
    check(send(url, json={"client_id": name, "client_secret": secret}), "marketplace", seconds)
    check(send(url, headers=basic(name, secret)), "marketplace", seconds)


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
def test_authlib_fetches_a_token_and_calls_with_it(endpoint, shared, method):
    url, name, secret, _ = endpoint
    session = OAuth2Session(name, secret, token_endpoint_auth_method=method)
    token = session.fetch_token(url, grant_type="client_credentials")
    assert token["access_token"] and not token.is_expired()
    assert session.get(f"{shared.base}/v1/models", timeout=20).status_code == 200


def test_unknown_parameters_and_empty_values_are_as_if_they_were_not_there(endpoint, edition):
    url, name, secret, seconds = endpoint
    body = GRANT | {"client_id": name, "client_secret": secret, "scope": "", "resource": "", "colour": "blue"}
    check(send(url, data=body), edition, seconds)
    check(form(url, urlencode(body) + "&taste="), edition, seconds)


def test_a_wrong_secret_is_an_invalid_client(endpoint, edition):
    url, name, _, _ = endpoint
    for parts in ({"json": GRANT | {"client_id": name, "client_secret": "wrong"}},
                  {"data": GRANT | {"client_id": name, "client_secret": "wrong"}}):
        answer = send(url, **parts)
        check_error(answer, edition, "invalid_client", 401)
        assert "WWW-Authenticate" not in answer.headers or "Basic" not in answer.headers["WWW-Authenticate"]


def test_a_wrong_secret_in_basic_is_an_invalid_client_with_a_challenge(endpoint, edition):
    url, name, _, _ = endpoint
    answer = send(url, data=GRANT, headers=basic(name, "wrong"))
    check_error(answer, edition, "invalid_client", 401)
    assert answer.headers["WWW-Authenticate"].startswith("Basic")


@pytest.mark.parametrize("credentials", [
    "!!!", "", base64.b64encode(b"no colon").decode(), base64.b64encode(b"\xff:\xfe").decode()])
def test_malformed_basic_credentials_are_refused(endpoint, edition, credentials):
    answer = send(endpoint[0], data=GRANT, headers={"Authorization": f"Basic {credentials}".strip()})
    assert answer.status_code in (400, 401) and answer.json()["error"] in ("invalid_client", "invalid_request")


def test_an_unknown_client_is_answered_as_a_wrong_secret_is(endpoint, edition):
    url, name, _, _ = endpoint
    unknown = send(url, json=GRANT | {"client_id": "nobody", "client_secret": "wrong"})
    check_error(unknown, edition, "invalid_client", 401)
    assert unknown.json() == send(url, json=GRANT | {"client_id": name, "client_secret": "wrong"}).json()


def test_no_credentials_at_all_are_refused(endpoint, edition):
    for parts in ({"json": {}}, {"data": GRANT}, {"json": GRANT | {"client_id": "mp-service-001"}}):
        answer = send(endpoint[0], **parts)
        assert answer.status_code in (400, 401) and answer.json()["error"] in ("invalid_client", "invalid_request")
        assert "no-store" in answer.headers["Cache-Control"]


def test_two_ways_in_one_request_are_an_invalid_request(endpoint, edition):
    url, name, secret, _ = endpoint
    both = GRANT | {"client_id": name, "client_secret": secret}
    check_error(send(url, data=both, headers=basic(name, secret)), edition, "invalid_request", 400)
    check_error(send(url, json=both, headers=basic(name, secret)), edition, "invalid_request", 400)


@pytest.mark.parametrize("twice", [
    "grant_type=client_credentials", "client_id=x", "scope=chat:exec", "client_secret=x"])
def test_a_repeated_parameter_is_an_invalid_request(endpoint, edition, twice):
    url, name, secret, _ = endpoint
    body = urlencode(GRANT | {"client_id": name, "client_secret": secret, "scope": "openid"})
    check_error(form(url, f"{body}&{twice}"), edition, "invalid_request", 400)


@pytest.mark.parametrize("twice", ["client_id", "client_secret", "grant_type", "colour", "client\\u005fid"])
def test_a_repeated_member_is_an_invalid_request(endpoint, edition, twice):
    url, name, secret, _ = endpoint
    members = GRANT | {"client_id": name, "client_secret": secret, "colour": "blue"}
    again = members[twice.replace("\\u005f", "_")]
    body = json.dumps(members)[:-1] + f', "{twice}": "{again}"}}'
    check_error(send(url, data=body, headers={"Content-Type": "application/json"}), edition, "invalid_request", 400)


def test_another_grant_type_is_unsupported(endpoint, edition):
    url, name, secret, _ = endpoint
    for kind in ("password", "authorization_code", "refresh_token"):
        answer = send(url, data={"grant_type": kind, "client_id": name, "client_secret": secret})
        check_error(answer, edition, "unsupported_grant_type", 400)


def test_the_saas_endpoint_needs_a_grant_type(endpoints):
    url, name, secret, _ = endpoints["saas"]
    check_error(send(url, data={"client_id": name, "client_secret": secret}), "saas", "invalid_request", 400)


@pytest.mark.parametrize("scope", ["nonsense", "chat:exec nonsense", "mcp:all"])
def test_a_scope_that_the_client_has_not_is_invalid(endpoint, edition, scope):
    url, name, secret, _ = endpoint
    answer = send(url, data=GRANT | {"client_id": name, "client_secret": secret, "scope": scope})
    check_error(answer, edition, "invalid_scope", 400)


def test_a_client_may_ask_for_less_than_it_has(shared):
    shared.client("many-scopes", "--scope", "chat:exec", "--scope", "mcp:all", edition="saas")
    body = GRANT | {"client_id": "many-scopes", "client_secret": shared.secrets["many-scopes"]}
    less = send(shared.base + SAAS, data=body | {"scope": "mcp:all"}).json()
    assert less["scope"] == "mcp:all"
    whole = send(shared.base + SAAS, data=body).json()
    assert set(whole.get("scope", "chat:exec mcp:all").split()) == {"chat:exec", "mcp:all"}


@pytest.mark.parametrize("body, kind", [
    (b"{", "application/json"), (b"[]", "application/json"), (b'{"client_id": 7}', "application/json"),
    (b"\xff\xfe", "application/json"), (b"", "application/json"), (b"%zz=%", "application/x-www-form-urlencoded"),
    (b"<token/>", "text/xml"),
])
def test_a_malformed_request_is_refused_in_the_words_of_the_protocol(endpoint, edition, body, kind):
    answer = send(endpoint[0], data=body, headers={"Content-Type": kind})
    assert answer.status_code in (400, 401, 415) and answer.json()["error"].startswith("invalid_")


def test_a_secret_may_not_stand_in_the_address(endpoint):
    url, name, secret, _ = endpoint
    answer = send(f"{url}?client_id={name}&client_secret={quote(secret)}", data=GRANT)
    assert answer.status_code in (400, 401)


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_only_post_is_allowed(endpoint, edition, method):
    answer = requests.request(method, endpoint[0], timeout=20)
    check_error(answer, edition, "invalid_request", 405)
    assert answer.headers["Allow"] == "POST"


@pytest.mark.parametrize("path", [
    "/.well-known/jwks.json", "/federation/auth/v1/jwks", "/federation/.well-known/openid-configuration",
    "/realms/federation/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"])
def test_keys_and_discovery_can_only_be_read(shared, path):
    answer = send(shared.base + path)
    check_error(answer, "saas", "invalid_request", 405)
    assert answer.headers["Allow"] == "GET, HEAD"


@pytest.mark.parametrize("path", [
    "/api/v1/auth", "/api/v1/auth/nothing", "/federation", "/federation/auth/v1/nothing", "/federation/\u201cx\\",
    "/realms/federation/nothing", "/.well-known/nothing"])
def test_an_unknown_place_among_the_token_doors_is_404_in_their_words(shared, path):
    answer = requests.get(shared.base + path, timeout=20)
    check_error(answer, "marketplace" if path.startswith("/api") else "saas", "invalid_request", 404)
    assert "Internal" not in answer.text and "There is nothing at" in answer.json()["error_description"]


def test_a_compressed_request_is_refused_by_its_header(endpoint, edition):
    url, name, secret, _ = endpoint
    body = gzip.compress(urlencode(GRANT | {"client_id": name, "client_secret": secret}).encode())
    answer = form(url, body.decode("latin1"), **{"Content-Encoding": "gzip"})
    check_error(answer, edition, "invalid_request", 415)
    assert "Content-Encoding" in answer.json()["error_description"]
    assert answer.headers["Accept-Encoding"] == "identity"


def test_guessing_secrets_is_slowed_down(servers):
    server = servers({"limits": {"token_failures_per_minute": 3}})
    guess = {"client_id": "mp-service-001", "client_secret": "guess"}
    answers = [send(server.base + MARKETPLACE, json=guess) for _ in range(6)]
    assert [answer.status_code for answer in answers[:3]] == [401] * 3
    assert answers[-1].status_code == 429 and int(answers[-1].headers["Retry-After"]) > 0


def test_a_client_made_anew_under_an_old_id_is_another_client(shared):
    shared.client("reborn")
    old = shared.caller("reborn")
    assert old.get("/models").status_code == 200
    shared.run("client", "remove", "reborn")
    until(lambda: old.get("/models").status_code == 401, 5, "the end of a removed client's token")
    until(lambda: int(time.time()) > jwt.decode(old.token, options={"verify_signature": False})["iat"], 5, "a second")
    shared.client("reborn")
    assert shared.caller("reborn").get("/models").status_code == 200
    assert old.get("/models").status_code == 401
