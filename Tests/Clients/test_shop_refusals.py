"""Bad input of every kind: each is answered with an error of the store, and nothing comes of it."""

import http.client
import json
import socket
import uuid

import pytest
import requests

from goods import asked, refusal
from shop import Household, Shopper, domain, name, storage

JSON = {"Content-Type": "application/json"}
UNKNOWN = "0190f5c2-0000-7000-8000-000000000000"
NONSENSE = ["", "x", "../../etc/passwd", "%00", "0", "null", "'; DROP TABLE runs; --", "😀", "a" * 3000]
# Values of every type that JSON has.
VALUES = [None, True, 0, -1, 1.5, 10**40, "", "x", "x" * 70_000, [], [1], {}, {"a": {"b": [None]}}, "\u0000", "\ud83d"]


@pytest.fixture(scope="module")
def household(shared):
    return Household(shared, dollars=1)


@pytest.fixture(scope="module")
def shopper(household):
    return household.shopper()


@pytest.fixture(scope="module")
def owner(household):
    return household.owner()


@pytest.fixture(autouse=True)
def nothing_comes_of_it(shopper):
    yield
    assert asked(shopper, "/purchases")["purchases"] == []
    assert shopper.wallet()["availableMinor"] == 100


def raw(shopper, path, data, **headers):
    return shopper.call("POST", path, data=data, headers=JSON | headers)


def is_no(response):
    assert 400 <= response.status_code < 500, (response.status_code, response.text[:500])
    return refusal(response, response.status_code)


# Bodies


@pytest.mark.parametrize("path", [
    "/quotes", "/purchases", "/policies/check", "/wallet/funding-requests", "/domains/check"])
@pytest.mark.parametrize("data", [
    b"", b"{", b"[]", b"null", b"7", b'"text"', b"\xff\xfe", b'{"a":1}}', b"{'a':1}", b'{"quantity":01}',
    b'{"quantity":NaN}', b"[" * 20_000, b'{"catalogItemId":' * 2000, b"\x00" * 10])
def test_a_body_that_is_no_object_is_refused(shopper, path, data):
    error = is_no(raw(shopper, path, data))
    assert error["type"] == "invalid_request" and error["resolution"] == "recoverable"


def test_a_body_that_is_too_large_is_refused(shopper):
    response = raw(shopper, "/quotes", b'{"a":"' + b"x" * 40_000_000 + b'"}')
    assert refusal(response, 413)["type"] == "invalid_request"


def test_a_body_of_another_type_is_refused(shopper):
    response = shopper.call("POST", "/quotes", data="catalogItemId=x", headers={
        "Content-Type": "application/x-www-form-urlencoded"})
    assert is_no(response)["type"] == "invalid_request"


@pytest.mark.parametrize("member", ["catalogItemId", "quantity", "configuration", "quoteId", "maxTotalMinor", "reason",
                                    "allowDuplicate", "idempotencyKey"])
@pytest.mark.parametrize("value", VALUES, ids=lambda value: ascii(value)[:10])
def test_no_type_of_value_in_any_place_is_a_fault_of_the_server(shopper, member, value):
    # More than the wallet has, so that nothing is bought where the value is one that may be.
    body = {"idempotencyKey": uuid.uuid4().hex} | domain() | {member: value}
    is_no(raw(shopper, "/purchases", json.dumps(body)))


def test_a_member_that_is_null_counts_as_absent(shopper):
    quote = shopper.post("/quotes", storage(1) | {"clientReference": None, "idempotencyKey": None})
    assert quote.status_code == 201, quote.text


def test_a_member_that_nobody_knows_is_passed_over(shopper):
    quote = raw(shopper, "/quotes", json.dumps(storage() | {"colour": "red"}))
    assert quote.status_code == 201, quote.text
    found = shopper.get("/catalog/items", params={"colour": "red"})
    assert found.status_code == 200 and found.json()["items"], found.text


def test_one_thing_said_twice_and_differently_is_refused(shopper):
    response = shopper.call("POST", "/wallet/funding-requests", params={"reason": "one"}, json={
        "reason": "two", "amountMinor": 1, "idempotencyKey": "x"})
    assert is_no(response)["type"] == "invalid_request"
    response = shopper.post("/quotes", storage(), params={"quantity": 2})
    assert is_no(response)["type"] == "invalid_request"


# Addresses


@pytest.mark.parametrize("path", [
    "/purchases/{}", "/quotes/{}", "/services/{}", "/operations/{}", "/approvals/{}", "/refunds/{}",
    "/catalog/items/{}", "/services/{}/domain", "/router/generations/{}", "/purchases/{}/receipt"])
def test_an_id_that_is_none_is_not_found(shopper, path):
    for word in NONSENSE + [UNKNOWN, "0" * 26]:
        response = shopper.get(path.format(requests.utils.quote(word, safe="")))
        # Nothing in the place of an id is the list, where there is one.
        if word == "" and response.status_code == 200:
            continue
        assert response.status_code in (400, 404, 405), (word, response.text)
        refusal(response, response.status_code)


@pytest.mark.parametrize(
    "path", ["/purchases", "/services", "/wallet/transactions", "/wallet/holds", "/catalog/items"])
@pytest.mark.parametrize("query", [
    {"cursor": "garbage"}, {"cursor": ""}, {"cursor": "djEgeA"}, {"cursor": "v1 1"}, {"limit": 0}, {"limit": 51},
    {"limit": -5}, {"limit": "ten"}, {"limit": ""}, {"limit": 1e99}, {"limit": [1, 2]}])
def test_a_page_that_cannot_be_is_refused(shopper, path, query):
    if (path, query) == ("/catalog/items", {"cursor": "djEgeA"}):
        return
    error = is_no(shopper.get(path, params=query))
    assert error["param"].endswith(next(iter(query)))


@pytest.mark.parametrize("after", ["x", -1, 1.5, 10**30, ""])
def test_a_place_in_the_events_is_a_number(shopper, after):
    assert is_no(shopper.get("/events", params={"after": after}))["param"] == "$.after"


def test_a_query_that_cannot_be_read_is_refused(shopper):
    line = http.client.HTTPConnection("127.0.0.1", shopper.server.port, timeout=10)
    for query in ("?q=%zz", "?q=%ff%fe", "?limit=%"):
        line.request("GET", f"/v1/agent/catalog/items{query}", headers={"Authorization": f"Bearer {shopper.key}"})
        answer = line.getresponse()
        assert (answer.status, json.loads(answer.read())["error"]["type"]) == (400, "invalid_request"), query


@pytest.mark.parametrize("method, path, status", [
    ("GET", "/nothing", 404), ("GET", "/quotes", 405), ("PUT", "/purchases", 405), ("DELETE", "/wallet", 405),
    ("PATCH", "/services", 405), ("POST", "/catalog/items", 405), ("GET", "/catalog", 404),
    ("GET", "/purchases/x/y/z", 404)])
def test_a_door_that_is_not_there_says_so_in_the_stores_words(household, shopper, method, path, status):
    if path == "/nothing":
        # The first word below the base may be an agent's code: another API answers there.
        response = requests.request(method, f"{household.server.base}/v1/account/nothing", timeout=10)
    else:
        response = shopper.call(method, path)
    assert response.status_code == status, (response.status_code, response.text)
    error = refusal(response, status)
    assert error["type"] == "invalid_request"
    if status == 405:
        assert response.headers["Allow"]


# Keys


@pytest.mark.parametrize("key", [
    None, "", "x", "ask_live_", "ask_live_x", "ask_live_x.y", "ask_live_x.y.z", "ask_live_" + "a" * 5000, "own_x.y",
    "ark_x.y", "ask_live_😀.x".encode().decode("latin1"), f"ask_live_{UNKNOWN}.secret"])
def test_a_key_that_is_none_is_refused_everywhere(household, key):
    for base in ("/v1/agent", "/v1/account"):
        headers = {"Authorization": f"Bearer {key}"} if key is not None else {}
        response = requests.get(f"{household.server.base}{base}/wallet", headers=headers, timeout=10)
        error = refusal(response, 401)
        assert error["type"] == "authentication" and response.headers["WWW-Authenticate"] == "Bearer"
        assert not key or len(key) < 4 or key not in response.text


def test_a_key_with_another_secret_is_refused_and_guessing_gets_slower(servers):
    house = Household(servers({"limits": {"token_failures_per_minute": 5}}))
    shopper = house.shopper()
    head = shopper.key.partition(".")[0]
    statuses = [Shopper(house.server, f"{head}.{uuid.uuid4().hex}").get("/wallet").status_code for _ in range(12)]
    assert statuses[:5] == [401] * 5 and statuses[-1] == 429
    response = Shopper(house.server, f"{head}.{uuid.uuid4().hex}").get("/wallet")
    error = refusal(response, 429)
    assert error["type"] == "rate_limit" and error["retryAfterMs"] > 0 and error["retryable"] is True
    assert int(response.headers["Retry-After"]) > 0
    assert house.shopper().get("/wallet").status_code == 200, "other keys are not kept waiting"


def test_basic_credentials_are_no_key(household, shopper):
    response = requests.get(f"{household.server.base}/v1/agent/wallet", auth=("ask", shopper.key), timeout=10)
    refusal(response, 401)


# Half a request


@pytest.mark.parametrize("cut", [1, 40, 150, -30, -1])
def test_half_a_request_does_nothing(household, shopper, cut):
    body = json.dumps({"idempotencyKey": name("half")} | storage(1))
    text = (f"POST /v1/agent/purchases HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {shopper.key}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}")
    with socket.create_connection(("127.0.0.1", household.server.port), 10) as line:
        line.sendall(text[:cut].encode())
        line.shutdown(socket.SHUT_WR)
        line.settimeout(10)
        answer = b""
        while piece := line.recv(65536):
            answer += piece
    assert b" 201 " not in answer[:20] and b" 500 " not in answer[:20]


def test_what_an_owner_sends_wrongly_is_refused_the_same_way(owner):
    for method, path in (("POST", "/funding"), ("PUT", "/policies"), ("POST", "/catalog"), ("POST", "/quotes"),
                         ("POST", "/purchases"), ("POST", "/wallet/adjustments"), ("POST", "/policies/simulate")):
        for data in (b"", b"{", b"[]", b"7", b'{"a": [{"b": null}]}'):
            is_no(owner.call(method, path, data=data, headers=JSON))
