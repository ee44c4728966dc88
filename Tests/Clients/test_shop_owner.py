"""The owner's doors: agents and their keys, policies, the catalog, checkout, books."""

import json

import pytest
import requests

from goods import BUCKET, asked, balances, bought, moment, refusal, server
from shop import Household, Shopper, domain, name, storage
from waiting import until

UNKNOWN = "0190f5c2-0000-7000-8000-000000000000"


@pytest.fixture
def household(shared):
    return Household(shared)


def key_of(owner, agent, **more):
    response = owner.post(f"/agents/{agent}/keys", more)
    assert response.status_code == 201, response.text
    return response.json()


# Agents and keys


def test_an_owner_makes_keys_for_agents_and_lists_them(household, owner):
    made = key_of(owner, "shopper")
    assert made["key"].startswith("ask_live_") and key_of(owner, "player", test=True)["key"].startswith("ask_test_")
    agents = {row["label"]: row["keys"] for row in asked(owner, "/agents")["agents"]}
    assert set(agents) == {"shopper", "player"} and agents["player"][0]["testMode"] is True
    [listed] = asked(owner, "/agents/shopper/keys")["keys"]
    assert listed["id"] == made["id"] and listed["status"] == "active" and made["key"] not in json.dumps(agents)
    assert "lastUsedAt" not in listed
    shopper = Shopper(household.server, made["key"])
    assert shopper.wallet()["balanceMinor"] == 10_000
    until(lambda: "lastUsedAt" in asked(owner, "/agents/shopper/keys")["keys"][0], what="the use of the key")


def test_a_rotated_key_and_its_old_letters_are_both_honoured_for_a_while(household, owner):
    made = key_of(owner, "shopper")
    response = owner.post(f"/agents/shopper/keys/{made['id']}/rotate", {})
    assert response.status_code == 200 and response.json()["id"] == made["id"]
    for letters in (made["key"], response.json()["key"]):
        assert Shopper(household.server, letters).wallet()
    response = owner.post(f"/agents/shopper/keys/{made['id']}/rotate", {"overlapHours": 0})
    old = Shopper(household.server, made["key"])
    until(lambda: old.get("/wallet").status_code == 401, what="the end of the old letters")
    assert Shopper(household.server, response.json()["key"]).wallet()


def test_a_revoked_key_is_told_that_it_is(household, owner):
    made = key_of(owner, "shopper")
    shopper = Shopper(household.server, made["key"])
    assert shopper.wallet()
    assert owner.call("DELETE", f"/agents/shopper/keys/{made['id']}").status_code == 200
    until(lambda: shopper.get("/wallet").status_code == 401, what="the end of the key")
    error = refusal(shopper.get("/wallet"), 401, "key_revoked")
    assert error["type"] == "authentication"
    assert asked(owner, "/agents/shopper/keys")["keys"][0]["status"] == "revoked"


def test_a_key_is_good_for_its_scopes_alone(household, owner):
    looking = Shopper(household.server, key_of(owner, "looker", scopes=["catalog:read", "wallet:read"])["key"])
    assert looking.wallet() and asked(looking, "/catalog/categories")
    for response in (looking.post("/quotes", storage()), looking.order(storage()), looking.get("/purchases"),
                     looking.get("/services"), looking.get("/policies/effective"), looking.get("/events")):
        error = refusal(response, 403)
        assert error["type"] == "permission" and error["resolution"].startswith("requires_buyer")


def test_a_capability_is_a_scope_of_its_own(household, owner):
    shopper = household.shopper()
    one = bought(shopper, server())
    hand = Shopper(household.server, key_of(owner, "hand", scopes=["server:restart"])["key"])
    actions = f"/services/{one['id']}/server/actions"
    assert hand.post(actions, {"type": "restart"}).status_code == 200
    refusal(hand.post(actions, {"type": "stop"}), 403)
    refusal(hand.order(storage()), 403)


def test_an_agents_name_and_keys_that_cannot_be_are_refused(owner):
    made = key_of(owner, "shopper")
    for path in (f"/agents/other/keys/{made['id']}", f"/agents/shopper/keys/{UNKNOWN}", "/agents/shopper/keys/x"):
        refusal(owner.call("DELETE", path), 404, "not_found")
        refusal(owner.post(f"{path}/rotate", {}), 404, "not_found")
    refusal(owner.post(f"/agents/{'x' * 65}/keys", {}), 400)
    refusal(owner.post("/agents/shopper/keys", {"test": "yes"}), 400)
    refusal(owner.post("/agents/shopper/keys", {"scopes": "catalog:read"}), 400)


# Policies


def test_policies_are_set_listed_and_tried(household, owner):
    shopper = household.shopper()
    one = bought(shopper, domain())
    tried = owner.post("/policies/simulate", {"subject": "account", "policy": {"maxPerPurchaseMinor": 1000}})
    assert tried.status_code == 200, tried.text
    [change] = tried.json()["changed"]
    assert tried.json()["purchases"] == 1
    assert (change["purchaseId"], change["was"], change["would"]) == (one["purchaseId"], "allow", "deny")
    assert asked(owner, "/policies")["policies"] == [], "nothing came of it"
    for number, subject in enumerate(("account", f"agent:{household.agent}", "account"), 1):
        made = owner.call("PUT", "/policies", json={
            "subject": subject, "policy": {"maxPerPurchaseMinor": 100 * number}})
        assert made.status_code == 200 and made.json()["policy"]["subject"] == subject
        assert made.json()["policy"]["version"] == (2 if number == 3 else 1)
    listed = {row["subject"]: row for row in asked(owner, "/policies")["policies"]}
    assert listed["account"]["policy"] == {"maxPerPurchaseMinor": 300} and listed["account"]["current"] is True
    assert listed["account"]["actor"].startswith("owner:") and moment(listed["account"]["createdAt"])
    refusal(shopper.order(domain()), 403, "policy_denied")


def test_a_policy_that_may_not_be_meant_is_warned_of(owner):
    limits = [{"interval": "daily", "amountMinor": 5000}, {"interval": "monthly", "amountMinor": 1000}]
    made = owner.call("PUT", "/policies", json={"subject": "account", "policy": {"spendLimits": limits}})
    assert any("spendLimits[0]" in words and "month" in words for words in made.json()["warnings"]), made.text


@pytest.mark.parametrize("policy", [
    {"maxPerPurchaseMinor": -1}, {"maxPerPurchaseMinor": "5"}, {"maxPerPurchase": 5}, {"frozen": "yes"},
    {"spendLimits": [{"interval": "fortnightly", "amountMinor": 5}]}, {"spendLimits": {"daily": 5}},
    {"constraints": [{"jsonPath": "$.a", "pattern": "("}]}, {"constraints": [{"jsonPath": "a["}]},
    {"network": {"sourceCidrs": ["everywhere"]}}, {"onEngineError": "allow"}, {"validFrom": "soon"},
    {"approvalRules": [{"outsideHours": {"from": 25, "to": 3}}]}])
def test_a_policy_that_cannot_be_is_refused_with_its_place(owner, policy):
    error = refusal(owner.call("PUT", "/policies", json={"subject": "account", "policy": policy}), 400)
    assert next(iter(policy)) in error.get("param", "") + error["message"]
    refusal(owner.post("/policies/simulate", {"subject": "account", "policy": policy}), 400)
    assert asked(owner, "/policies")["policies"] == []


def test_a_subject_is_the_account_an_agent_or_a_key_of_it(household, owner):
    other = Household(household.server)
    other.shopper()
    for subject in ("everybody", "", "key:nonsense", f"key:{UNKNOWN}", f"key:{other.made['id']}"):
        response = owner.call("PUT", "/policies", json={"subject": subject, "policy": {"frozen": True}})
        assert response.status_code in (400, 404), (subject, response.text)
    assert bought(other.shopper(), storage())


# Checkout, by an owner


def test_an_owner_buys_with_the_same_payloads_without_an_agents_policies(household, owner):
    shopper = household.shopper()
    household.policy({"blockedCategories": ["storage"]}, household.agent)
    refusal(shopper.order(storage()), 403, "policy_denied")
    quote = owner.post("/quotes", storage()).json()["quote"]
    body = {"quoteId": quote["id"], "idempotencyKey": name("own")}
    first = owner.post("/purchases", body)
    assert first.status_code == 201 and first.json()["purchase"]["actor"].startswith("owner:")
    assert owner.post("/purchases", body).content == first.content
    purchase = owner.ended(first.json()["purchase"]["id"])
    assert purchase["status"] == "completed"
    assert asked(owner, f"/services/{purchase['serviceId']}")["service"]["purchaseId"] == purchase["id"]
    assert purchase["id"] in {row["id"] for row in asked(owner, "/purchases", status="completed")["purchases"]}
    assert asked(owner, "/purchases", idempotencyKey=body["idempotencyKey"])["purchase"]["id"] == purchase["id"]
    assert asked(owner, f"/purchases/{purchase['id']}/receipt")["receipt"]


def test_an_account_policy_holds_for_owners_too(household, owner):
    household.policy({"maxPerPurchaseMinor": 100})
    refusal(owner.order(domain()), 403, "policy_denied")
    assert owner.order(storage()).status_code == 201


# The books


def test_the_books_are_exported_and_verified_at_the_doors(household, owner, tmp_path):
    shopper = household.shopper()
    bought(shopper, domain())
    assert balances(shopper, 10_000)
    response = owner.get("/ledger/export")
    lines = [json.loads(line) for line in response.text.splitlines()]
    assert response.status_code == 200 and {line["account"] for line in lines} == {household.row["id"]}
    file = tmp_path / "books.jsonl"
    file.write_text(response.text)
    assert household.server.run("ledger", "verify", file)["ok"] is True
    verified = asked(owner, "/ledger/verify")
    assert verified["ok"] is True and verified["faults"] == []
    assert verified["transfers"] == sum(line["kind"] == "transfer" for line in lines)


def test_providers_say_how_real_they_are(owner):
    providers = {row["kind"]: row["reality"] for row in asked(owner, "/providers")["providers"]}
    assert providers == {"router": "real", "simulated": "simulated"}
    assert asked(owner, "/reconciliation")["purchases"] == []
    refusal(owner.post(f"/reconciliation/{UNKNOWN}/resolve", {"reason": "x"}), 404, "not_found")


def test_the_catalog_of_an_owner_has_what_is_not_sold_too_and_its_first_account_changes_it(household, owner):
    for path in (f"{BUCKET}/disable", f"{BUCKET}/enable"):
        refusal(owner.post(f"/catalog/{path}", {}), 403, "forbidden")
    owner = household.operator()
    items = {row["id"]: row for row in asked(owner, "/catalog")["items"]}
    assert items[BUCKET]["provider"] == "simulated" and items[BUCKET]["disabled"] is False
    for verb in ("disable", "enable"):
        refusal(owner.post(f"/catalog/cat_nothing/{verb}", {}), 404, "not_found")
    refusal(owner.post("/catalog", {"id": "cat_wrong"}), 400)
    item = {"id": "cat_wrong", "sku": "wrong", "name": "Wrong", "category": "storage",
            "serviceType": "storage_service", "provider": "nobody", "priceMinor": 1}
    assert refusal(owner.post("/catalog", item), 400)["param"] == "$.provider"


def test_every_owners_door_is_closed_to_agents_and_to_nobody(household):
    shopper = household.shopper()
    for path in ("agents", "policies", "approvals", "ledger/export", "ledger/verify", "catalog", "wallet", "nothing"):
        url = f"{household.server.base}/v1/account/{path}"
        response = requests.get(url, headers={"Authorization": f"Bearer {shopper.key}"}, timeout=10)
        assert response.status_code == (404 if path == "nothing" else 403), (path, response.text)
        response = requests.get(url, timeout=10)
        assert response.status_code == (404 if path == "nothing" else 401), path
        if path != "nothing":
            assert response.headers["WWW-Authenticate"] == "Bearer"
