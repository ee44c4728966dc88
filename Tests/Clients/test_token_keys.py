"""What is in a token, who may check it, and what passes for one."""

import base64
import hashlib
import hmac
import json
import time
import uuid

import jwt
import pytest
import requests
from authlib.oauth2.rfc8414 import AuthorizationServerMetadata
from authlib.oidc.discovery import OpenIDProviderMetadata
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from caller import Caller
from waiting import until

KEYS = ["/.well-known/jwks.json", "/federation/auth/v1/jwks"]
DISCOVERY = [
    "/federation/.well-known/openid-configuration",
    "/realms/federation/.well-known/openid-configuration",
    "/.well-known/oauth-authorization-server",
    "/.well-known/oauth-authorization-server/federation",
]


def keys_of(server, place=KEYS[0]):
    answer = requests.get(server.base + place, timeout=20)
    assert answer.status_code == 200 and "json" in answer.headers["Content-Type"]
    return {key["kid"]: key for key in answer.json()["keys"]}


def claims_of(token):
    return jwt.decode(token, options={"verify_signature": False})


def kid_of(token):
    return jwt.get_unverified_header(token)["kid"]


def segment(value):
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def status(server, token):
    return Caller(server.base, token).get("/models").status_code


# The token itself


@pytest.mark.parametrize("edition, seconds, scope", [("marketplace", 1800, "openid"), ("saas", 3600, "chat:exec")])
@pytest.mark.parametrize("place", KEYS)
def test_pyjwt_verifies_a_token_with_the_published_keys(shared, edition, seconds, scope, place):
    token = shared.token() if edition == "marketplace" else shared.saas_token()
    key = jwt.PyJWKClient(shared.base + place).get_signing_key_from_jwt(token)
    audience, issuer = claims_of(token)["aud"], f"{shared.base}/federation"
    claims = jwt.decode(token, key.key, algorithms=["RS256"], audience=audience, issuer=issuer, options={
        "require": ["iss", "sub", "aud", "exp", "iat", "jti"]})
    header = jwt.get_unverified_header(token)
    assert (header["alg"], header["typ"]) == ("RS256", "at+jwt") and header["kid"]
    assert claims["client_id"] == ("mp-service-001" if edition == "marketplace" else "saas-app-001")
    assert claims["exp"] - claims["iat"] == seconds and abs(claims["iat"] - time.time()) < 60
    assert claims["scope"] == scope and claims["sub"] and audience


def test_no_two_tokens_are_the_same(shared):
    assert claims_of(shared.token())["jti"] != claims_of(shared.token())["jti"]


def test_both_places_publish_the_same_keys_and_nothing_private(shared):
    one, two = (keys_of(shared, place) for place in KEYS)
    assert one == two and one
    for key in one.values():
        assert (key["kty"], key["use"], key["alg"]) == ("RSA", "sig", "RS256")
        assert not set(key) & {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}
        assert len(base64.urlsafe_b64decode(key["n"] + "==")) >= 256


# Discovery


def test_the_discovery_documents_are_one_document_at_four_places(shared):
    documents = [requests.get(shared.base + place, timeout=20) for place in DISCOVERY]
    assert {answer.status_code for answer in documents} == {200}
    assert all(answer.json() == documents[0].json() for answer in documents)
    document = documents[0].json()
    assert document["issuer"] == f"{shared.base}/federation"
    assert document["token_endpoint"] == f"{shared.base}/federation/auth/v1/token"
    assert requests.get(document["jwks_uri"], timeout=20).json()["keys"]
    assert document["response_types_supported"] == ["none"]
    assert document["grant_types_supported"] == ["client_credentials"]
    assert {"client_secret_basic", "client_secret_post"} <= set(document["token_endpoint_auth_methods_supported"])
    assert "chat:exec" in document["scopes_supported"]


def test_discovery_announces_no_browser_flow(shared):
    document = requests.get(shared.base + DISCOVERY[0], timeout=20).json()
    assert not {name for name in document if name in (
        "authorization_endpoint", "userinfo_endpoint", "revocation_endpoint", "end_session_endpoint",
        "registration_endpoint")}


def test_authlib_finds_the_discovery_document_valid(servers):
    server = servers({"listen": {"public_url": "https://rialto.example"}})
    document = requests.get(server.base + DISCOVERY[0], timeout=20).json()
    assert document["issuer"] == "https://rialto.example/federation"
    AuthorizationServerMetadata(document).validate()
    metadata = OpenIDProviderMetadata(document)
    for name in ("issuer", "token_endpoint", "jwks_uri", "response_types_supported", "subject_types_supported",
                 "id_token_signing_alg_values_supported", "token_endpoint_auth_methods_supported", "scopes_supported",
                 "grant_types_supported"):
        getattr(metadata, f"validate_{name}")()


# What passes for a token


def test_no_token_and_a_broken_token_are_refused_with_a_challenge(shared):
    for token in (None, "x", "a.b.c", shared.token() + "x", shared.token()[:-8], "é"):
        headers = {"Authorization": f"Bearer {token}".encode()} if token else {}
        answer = requests.get(f"{shared.base}/v1/models", headers=headers, timeout=20)
        assert answer.status_code == 401, (token, answer.text)
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
        assert answer.json()["error"]["type"] == "authentication_error"


@pytest.mark.parametrize("value", ["Basic bXA6eA==", "Bearer", "Bearer ", "Token abc", "bearer"])
def test_another_kind_of_credential_is_refused(shared, value):
    answer = requests.get(f"{shared.base}/v1/models", headers={"Authorization": value.strip()}, timeout=20)
    assert answer.status_code == 401 and answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_the_scheme_is_read_in_any_case(shared):
    headers = {"Authorization": f"bearer {shared.token()}"}
    assert requests.get(f"{shared.base}/v1/models", headers=headers, timeout=20).status_code == 200


@pytest.mark.parametrize("name", ["none", "None", "NONE", "nOnE"])
def test_a_token_without_a_signature_is_refused(shared, name):
    real = shared.token()
    for head in ({"alg": name, "typ": "at+jwt"}, {"alg": name, "typ": "at+jwt", "kid": kid_of(real)}):
        assert status(shared, f"{segment(head)}.{segment(claims_of(real))}.") == 401
        assert status(shared, f"{segment(head)}.{segment(claims_of(real))}.{real.split('.')[2]}") == 401


def test_a_token_signed_with_the_public_key_as_a_secret_is_refused(shared):
    real = shared.token()
    key = jwt.PyJWK(keys_of(shared)[kid_of(real)]).key
    format = serialization.PublicFormat
    for shape in (key.public_bytes(serialization.Encoding.PEM, format.SubjectPublicKeyInfo),
                  key.public_bytes(serialization.Encoding.DER, format.SubjectPublicKeyInfo),
                  json.dumps(keys_of(shared)[kid_of(real)]).encode()):
        body = f"{segment({'alg': 'HS256', 'typ': 'at+jwt', 'kid': kid_of(real)})}.{segment(claims_of(real))}"
        signature = base64.urlsafe_b64encode(hmac.new(shape, body.encode(), hashlib.sha256).digest())
        assert status(shared, f"{body}.{signature.rstrip(b'=').decode()}") == 401


def test_a_token_signed_by_a_stranger_is_refused(shared):
    real, stranger = shared.token(), rsa.generate_private_key(65537, 2048)
    for kid in (kid_of(real), "unknown", "", None):
        headers = {"typ": "at+jwt"} | ({"kid": kid} if kid is not None else {})
        assert status(shared, jwt.encode(claims_of(real), stranger, algorithm="RS256", headers=headers)) == 401


def test_a_token_whose_claims_were_changed_is_refused(shared):
    head, _, signature = shared.token().split(".")
    claims = claims_of(shared.token()) | {"client_id": "saas-app-001", "sub": str(uuid.uuid4())}
    assert status(shared, f"{head}.{segment(claims)}.{signature}") == 401


def test_a_token_of_another_server_is_refused(shared, servers):
    assert status(shared, servers().token()) == 401


def test_a_token_is_refused_when_its_time_is_over(servers):
    server = servers({"tokens": {"marketplace_seconds": 2}})
    token = server.token()
    assert status(server, token) == 200
    until(lambda: status(server, token) == 401, 30, "the end of a token of two seconds")
    assert claims_of(token)["exp"] <= time.time()


def test_a_token_for_another_audience_is_refused(rialto):
    rialto.configure({"listen": {"public_url": "https://elsewhere.example"}})
    rialto.start()
    token = rialto.token()
    assert status(rialto, token) == 200
    rialto.stop()
    rialto.configure({})
    rialto.start()
    assert status(rialto, token) == 401 and status(rialto, rialto.token()) == 200


def test_the_tokens_and_keys_of_a_server_outlive_it(rialto):
    rialto.start()
    token, keys = rialto.token(), keys_of(rialto)
    rialto.kill()
    rialto.start()
    assert status(rialto, token) == 200 and keys_of(rialto) == keys


# Rotation


def test_a_rotated_key_signs_within_a_second_and_the_old_one_still_counts(servers):
    server = servers()
    old = server.token()
    kid = server.run("signing-key", "rotate")["kid"]
    assert kid != kid_of(old)
    until(lambda: kid_of(server.token()) == kid, 1.5, "a token signed by the new key")
    new = server.token()
    for token in (old, new):
        assert status(server, token) == 200
        key = jwt.PyJWKClient(server.base + KEYS[1]).get_signing_key_from_jwt(token)
        jwt.decode(token, key.key, algorithms=["RS256"], audience=claims_of(token)["aud"])
    listed = {key["kid"]: key for key in server.run("signing-key", "list")}
    assert listed[kid]["retired_at"] is None and listed[kid_of(old)]["retired_at"]


def test_a_key_that_a_running_server_has_not_seen_yet_is_looked_up_before_a_token_is_refused(servers):
    server = servers()
    for _ in range(3):
        server.run("signing-key", "rotate")
        token = server.command("token", "mp-service-001").out.strip()
        assert status(server, token) == 200


def test_a_retired_key_is_published_no_longer_than_the_overlap(rialto):
    rialto.configure({"tokens": {"key_overlap_hours": 0, "marketplace_seconds": 1, "saas_seconds": 1}})
    rialto.start()
    old = kid_of(rialto.token())
    new = rialto.run("signing-key", "rotate")["kid"]
    until(lambda: set(keys_of(rialto)) == {new}, 30, f"the old key {old} leaving the published set")


# Scopes


def test_a_token_without_a_scope_for_chat_may_not_chat(shared):
    shared.client("no-chat", "--scope", "mcp:all", edition="saas")
    caller = Caller(shared.base, shared.saas_token("no-chat"), "/v1")
    for answer in (caller.ask("guide", "May I?"), caller.ask("guide", "May I?", stream=True),
                   caller.get("/conversations")):
        assert answer.status_code == 403, answer.text
        assert answer.json()["error"]["type"] == "permission_error"


@pytest.mark.parametrize("path", ["/api/v1", "/v1"])
def test_a_token_of_either_edition_may_chat_on_either_path(shared, path):
    for token in (shared.token(), shared.saas_token()):
        assert Caller(shared.base, token, path).answer("guide", "What is Rialto?")


def test_the_scopes_of_a_client_are_checked_when_it_is_made(shared):
    refused = shared.command("client", "add", "strange", "--edition", "saas", "--scope", "fly:all")
    assert refused.code != 0 and "fly:all" in refused.err
