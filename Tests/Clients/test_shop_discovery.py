"""What the store tells of itself, and that every door it tells of is there, and closed to whom it must be."""

import re

import jsonschema
import pytest
import requests
from openapi_spec_validator import validate

from goods import asked, bought, credits, refusal, server
from router_client import Router
from shop import Household, Shopper, domain, storage

UNKNOWN = "0190f5c2-0000-7000-8000-000000000000"
OWNERS = "/v1/account"
AGENTS = "/v1/agent"
# Owners check out at doors of the same names; all that these change is their own purchases.
TOOLS = {
    "quotes", "purchases", "policies", "wallet", "services", "operations", "events", "refunds", "approvals", "catalog",
    "domains", "phone", "router"}


@pytest.fixture(scope="module")
def household(servers):
    house = Household(servers(), dollars=500)
    house.policy({"spendLimits": [{"interval": "monthly", "amountMinor": 45_000}]})
    return house


@pytest.fixture(scope="module")
def shopper(household):
    return household.shopper()


@pytest.fixture(scope="module")
def owner(household):
    return household.owner()


@pytest.fixture(scope="module")
def document(household):
    return requests.get(f"{household.server.base}/openapi.json", timeout=10).json()


def doors(document):
    """Every door: method, path, and what is said of it."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def example_of(schema, document):
    """A value that fits, as far as its types say."""
    if "const" in schema:
        return schema["const"]
    if "oneOf" in schema:
        return example_of(schema["oneOf"][0], document)
    if "enum" in schema:
        return schema["enum"][0]
    kind = schema.get("type", "object")
    kind = kind[0] if isinstance(kind, list) else kind
    if kind == "object":
        return {name: example_of(schema["properties"][name], document) for name in schema.get("required", [])}
    if kind == "array":
        return [example_of(schema["items"], document)]
    return {"string": "x", "integer": schema.get("minimum", 1), "number": 1, "boolean": True}[kind]


def body_of(operation, document):
    content = operation.get("requestBody", {}).get("content", {})
    return example_of(content["application/json"]["schema"], document) if content else None


# What is told


def test_the_document_of_the_doors_is_valid(document):
    validate(document)
    assert document["openapi"].startswith("3.1")
    names = [operation["operationId"] for _, _, operation in doors(document)]
    assert len(names) == len(set(names)) > 100


def test_every_endpoint_of_the_contract_is_in_it(document):
    paths = set(document["paths"])
    for path in ("/catalog/categories", "/catalog/items", "/catalog/items/{catalogItemId}/checkout", "/wallet",
                 "/policies/effective", "/policies/check", "/quotes", "/purchases", "/purchases/{purchaseId}",
                 "/services", "/services/{serviceId}", "/services/{serviceId}/domain",
                 "/services/{serviceId}/server", "/services/{serviceId}/router/keys", "/events"):
        assert AGENTS + path in paths, path
    for path in ("/agents", "/policies", "/approvals/{approvalId}/approve", "/approvals/{approvalId}/reject",
                 "/funding", "/wallet/adjustments", "/freeze", "/unfreeze", "/ledger/verify", "/catalog",
                 "/providers", "/reconciliation", "/quotes", "/purchases"):
        assert OWNERS + path in paths, path


def test_no_door_of_agents_approves_funds_freezes_or_sets_a_policy(document):
    for method, path, _ in doors(document):
        if path.startswith(AGENTS + "/") and method != "GET":
            assert not re.search(r"/(approve|reject|funding|adjustments|freeze|unfreeze|policies)$", path), path
            assert not path.endswith("/agents") and "/keys" not in path or "/router/keys" in path, path


def test_the_store_describes_itself(household, shopper):
    base = household.server.base
    told = requests.get(f"{base}/.well-known/agent-store.json", timeout=10).json()
    assert told["apiBaseUrl"] == f"{base}{AGENTS}" and told["routerBaseUrl"] == f"{base}/openai/v1"
    assert requests.get(told["openapi"], timeout=10).status_code == 200
    assert Shopper(household.server, shopper.key, told["apiBaseUrl"].removeprefix(base)).wallet()
    words = requests.get(f"{base}/llms.txt", timeout=10)
    assert words.headers["Content-Type"].startswith("text/plain") and words.text.startswith("# ")
    for name in ("purchase_create", "idempotencyKey", "/quotes", AGENTS):
        assert name in words.text


def test_what_is_published_needs_no_key_and_says_nothing_of_anybody(household):
    for path in ("/.well-known/agent-store.json", "/openapi.json", "/llms.txt"):
        response = requests.get(household.server.base + path, timeout=10)
        assert response.status_code == 200 and household.account not in response.text
        assert not re.search(r"ask_live_[A-Za-z0-9_-]{10}", response.text)


# Every door


def call(buyer, method, path, body, captures=UNKNOWN):
    url = buyer.server.base + re.sub(r"\{\w+\}", captures, path)
    return requests.request(method, url, headers={"Authorization": f"Bearer {buyer.key}"}, json=body, timeout=30)


def test_every_door_answers_and_none_is_a_fault_of_the_server(household, shopper, owner, document):
    statuses = {}
    for method, path, operation in doors(document):
        buyer = owner if path.startswith(OWNERS) else shopper
        if path.endswith(("/freeze", "/unfreeze", "/funding", "/wallet/adjustments")) or (method, path) == (
                "PUT", f"{OWNERS}/policies"):
            continue
        for body in ({}, body_of(operation, document)):
            response = call(buyer, method, path, body)
            assert response.status_code < 500 and response.status_code != 405, (method, path, response.text)
            if response.status_code >= 400:
                refusal(response, response.status_code)
            statuses[(method, path)] = response.status_code
    for place, status in statuses.items():
        if "{" in place[1] and "/agents/" not in place[1]:
            assert status in (400, 404), (place, status)


def test_what_a_door_takes_is_what_the_document_says(shopper, document):
    for path, wish in (("/quotes", storage()), ("/policies/check", domain()), ("/purchases", storage(1))):
        schema = document["paths"][AGENTS + path]["post"]["requestBody"]["content"]["application/json"]["schema"]
        jsonschema.validate(wish, schema, jsonschema.Draft202012Validator)
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({"catalogItemId": 7}, schema, jsonschema.Draft202012Validator)


def test_every_door_needs_a_key(household, document):
    for method, path, operation in doors(document):
        url = household.server.base + re.sub(r"\{\w+\}", UNKNOWN, path)
        response = requests.request(method, url, json={}, timeout=10)
        refusal(response, 401)
        assert operation["security"], path


# No agent


@pytest.fixture(scope="module")
def standing(household, owner):
    """All that no agent may change, as its owner sees it."""
    def look():
        row = household.row
        return (
            asked(owner, "/policies"), asked(owner, "/agents"), asked(owner, "/catalog"), asked(owner, "/approvals"),
            {word: row[word] for word in ("balance_minor", "held_minor", "frozen", "test_balance_minor")})

    return look


def without_times(standing):
    return re.sub(r"'lastUsedAt': '[^']*'(, )?", "", str(standing))


def test_no_agent_key_changes_anything_at_any_door_of_owners(household, shopper, owner, document, standing):
    household.policy({"approvalRules": [{"categories": ["domains"]}]}, household.agent)
    waiting = shopper.buy(domain())
    before = without_times(standing())
    for method, path, operation in doors(document):
        if not path.startswith(OWNERS):
            continue
        for captures in (UNKNOWN, waiting["approvalId"], waiting["id"], household.made["id"], "cat_domain_com"):
            for body in ({}, body_of(operation, document)):
                response = call(shopper, method, path, body, captures)
                assert response.status_code == 403, (method, path, response.text)
                assert refusal(response, 403)["type"] == "permission"
    assert without_times(standing()) == before
    assert shopper.purchase(waiting["id"])["status"] == "awaiting_approval"


def test_no_agent_key_decides_or_sets_anything_at_its_own_doors(household, shopper, document, standing):
    """Whatever an owner would say at theirs."""
    before = without_times(standing())
    words = {"subject": "account", "policy": {}, "amountMinor": 100_000, "reason": "x", "note": "x", "frozen": False,
             "approve": True, "state": "approved"}
    for path in ("/policies", "/policies/effective", "/policies/simulate", "/approvals", f"/approvals/{UNKNOWN}",
                 f"/approvals/{UNKNOWN}/approve", "/funding", "/wallet", "/wallet/adjustments", "/unfreeze",
                 "/freeze", "/agents", "/catalog", "/catalog/items/cat_domain_com"):
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            response = shopper.call(method, path, json=words)
            assert response.status_code in (400, 404, 405), (method, path, response.text)
    assert without_times(standing()) == before


def test_no_agent_key_sees_anything_of_another_account(household, shopper, owner, document):
    """Each thing of one account, asked for at every door by another."""
    things = [bought(shopper, wish) for wish in (server(), storage(1), credits(1))]
    router = Router(shopper, service=things[2]["id"])
    refund = shopper.post(f"/purchases/{things[0]['purchaseId']}/refunds", {
        "reasonCode": "x", "amountMinor": 1, "idempotencyKey": "x"}).json()["refund"]
    approval = asked(owner, "/approvals")["approvals"][0]["id"]
    quote = shopper.post("/quotes", storage()).json()["quote"]["id"]
    operation = shopper.post(f"/services/{things[0]['id']}/server/actions", {"type": "restart"}).json()["operationId"]
    ids = [one["id"] for one in things]
    ids += [things[0]["purchaseId"], router.id, refund["id"], approval, quote, operation]
    stranger = Household(household.server)
    buyers = {AGENTS: stranger.shopper(), OWNERS: stranger.owner()}
    before = asked(shopper, "/services"), asked(shopper, "/purchases"), asked(owner, "/approvals")
    for method, path, operation in doors(document):
        base = OWNERS if path.startswith(OWNERS) else AGENTS
        if path.endswith(("/freeze", "/unfreeze")):
            continue
        for id in ids if "{" in path else [""]:
            response = call(buyers[base], method, path, body_of(operation, document), id)
            assert response.status_code < 500, (method, path, response.text)
            if "{" in path and "/agents/" not in path:
                assert response.status_code in (400, 404), (method, path, response.text)
            elif response.status_code < 400:
                assert household.account not in response.text, path
                assert not any(known in response.text for known in ids), (method, path)
    assert (asked(shopper, "/services"), asked(shopper, "/purchases"), asked(owner, "/approvals")) == before
