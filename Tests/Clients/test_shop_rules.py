"""Each kind of rule that a policy can have, from the owner's word to the agent's answer."""

from datetime import UTC, datetime, timedelta

import pytest

from goods import MICRO, asked, bought, credits, moment, phone, refusal, server, volume
from shop import DOMAIN, Household, domain, storage

YESTERDAY, TOMORROW = (
    (datetime.now(UTC) + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ") for days in (-1, 1))
HOUR = datetime.now(UTC).hour
# A rule, what it says no to, and what it lets be.
DENIED = {
    "frozen": ({"frozen": True}, storage(), None),
    "validFrom": ({"validFrom": TOMORROW}, storage(), None),
    "expiresAt": ({"expiresAt": YESTERDAY}, storage(), None),
    "allowedCategories": ({"allowedCategories": ["domains"]}, storage(), domain()),
    "no category": ({"allowedCategories": []}, storage(), None),
    "blockedCategories": ({"blockedCategories": ["storage"]}, storage(), domain()),
    "allowedItems": ({"allowedItems": [DOMAIN]}, storage(), domain()),
    "blockedItems": ({"blockedItems": [MICRO]}, server(), server("cat_vps_small")),
    "scopes": ({"scopes": ["catalog:read", "policy:read", "wallet:read"]}, storage(), None),
    "maxPerPurchaseMinor": ({"maxPerPurchaseMinor": 1498}, domain(), storage()),
    "maxQuantity": ({"maxQuantity": 1}, credits(5) | {"quantity": 2}, credits(5)),
    "per_purchase": ({"spendLimits": [{"interval": "per_purchase", "amountMinor": 100}]}, domain(), storage()),
    "hourly": ({"spendLimits": [{"interval": "hourly", "amountMinor": 100}]}, domain(), storage()),
    "daily": ({"spendLimits": [{"interval": "daily", "amountMinor": 100}]}, domain(), storage()),
    "weekly": ({"spendLimits": [{"interval": "weekly", "amountMinor": 100}]}, domain(), storage()),
    "monthly": ({"spendLimits": [{"interval": "monthly", "amountMinor": 100}]}, domain(), storage()),
    "yearly": ({"spendLimits": [{"interval": "yearly", "amountMinor": 100}]}, domain(), storage()),
    "all_time": ({"spendLimits": [{"interval": "all_time", "amountMinor": 100}]}, domain(), storage()),
    "of categories": (
        {"spendLimits": [{"interval": "daily", "amountMinor": 100, "categories": ["domains"]}]}, domain(), server()),
    "maxPurchases": ({"maxPurchases": [{"interval": "daily", "count": 0}]}, storage(), None),
    "maxActiveServices": ({"maxActiveServices": {"count": 0}}, storage(), None),
    "maxActiveServices of a type": ({"maxActiveServices": {"type": "server", "count": 0}}, server(), storage()),
    "max": ({"constraints": [{"jsonPath": "$.periodYears", "max": 1}]}, domain(periodYears=2), domain()),
    "min": ({"constraints": [{"jsonPath": "$.capacityGb", "min": 5}]}, storage(4), storage(5)),
    "in": ({"constraints": [{"jsonPath": "$.region", "in": ["eu-central"], "categories": ["compute"]}]},
           server(region="us-east"), server()),
    "equals": ({"constraints": [{"jsonPath": "$.autoRenew", "equals": False, "categories": ["domains"]}]},
               domain(autoRenew=True), domain(autoRenew=False)),
    "pattern": ({"constraints": [{"jsonPath": "$.domainName", "pattern": "harbour-.*", "categories": ["domains"]}]},
                domain(domainName="quay-of-nobody.com"), domain()),
    "recurring": ({"recurring": {"allowed": False}}, storage(), credits(1)),
    "maxPeriodMinor": ({"recurring": {"maxPeriodMinor": 100}}, domain(), storage()),
    "sourceCidrs": ({"network": {"sourceCidrs": ["203.0.113.0/24"]}}, storage(), None),
}
ASKED = {
    "always": ({}, storage(), None),
    "aboveMinor": ({"aboveMinor": 1000}, domain(), storage()),
    "categories": ({"categories": ["domains"]}, domain(), storage()),
    "firstOfCategory": ({"firstOfCategory": True}, storage(), None),
    "recurring": ({"recurring": True}, storage(), credits(1)),
    "outsideHours": ({"outsideHours": {"from": (HOUR + 2) % 24, "to": (HOUR + 4) % 24}}, storage(), None),
    "all of its conditions": ({"aboveMinor": 1000, "categories": ["domains"]}, domain(), server()),
}


@pytest.fixture
def household(shared):
    return Household(shared, dollars=200)


def check(shopper, order):
    response = shopper.post("/policies/check", order)
    assert response.status_code == 200, response.text
    return response.json()


@pytest.mark.parametrize("rule", DENIED)
def test_a_rule_denies_what_it_forbids_and_nothing_else(household, rule):
    policy, forbidden, allowed = DENIED[rule]
    household.policy(policy)
    shopper = household.shopper()
    checked = check(shopper, forbidden)
    assert checked["decision"] == "deny" and checked["wouldSucceed"] is False
    denials = [line for line in checked["trace"] if line["outcome"] == "deny"]
    assert denials and {line["layer"] for line in denials} == {"account"}
    assert all(line["ruleId"] and line["message"] for line in checked["trace"])
    error = refusal(shopper.order(forbidden), 403, "policy_denied")
    assert [line for line in error["details"]["trace"] if line["outcome"] == "deny"] == denials
    assert shopper.wallet()["heldMinor"] == 0
    if allowed:
        assert check(shopper, allowed)["decision"] == "allow"
        assert shopper.order(allowed).status_code == 201


@pytest.mark.parametrize("rule", ASKED)
def test_a_rule_asks_a_person_about_what_it_is_for_and_nothing_else(household, rule):
    conditions, doubtful, clear = ASKED[rule]
    household.policy({"approval": {"rules": [{"id": "ask-me"} | conditions]}})
    shopper = household.shopper()
    checked = check(shopper, doubtful)
    assert checked["decision"] == "require_approval"
    assert [line["ruleId"] for line in checked["trace"] if line["outcome"] == "require_approval"] == ["ask-me"]
    response = shopper.order(doubtful)
    assert (response.status_code, response.json()["purchase"]["status"]) == (202, "awaiting_approval")
    if clear:
        assert check(shopper, clear)["decision"] == "allow" and shopper.order(clear).status_code == 201


def test_a_first_of_its_category_is_asked_about_and_the_next_is_not(household):
    shopper = household.shopper()
    bought(shopper, storage())
    household.policy({"approvalRules": [{"firstOfCategory": True}]})
    assert check(shopper, storage())["decision"] == "allow"
    assert check(shopper, domain())["decision"] == "require_approval"


def test_what_destroys_is_asked_about(household):
    household.policy({"approvalRules": [{"destructiveAction": True}]})
    shopper = household.shopper()
    owned = bought(shopper, server())
    path = f"/services/{owned['id']}/server/actions"
    assert shopper.post(path, {"type": "restart"}).status_code == 200
    assert shopper.post(path, {"type": "reinstall", "image": "debian-12"}).status_code == 202
    end = shopper.post(f"/services/{owned['id']}/cancel", {"when": "now", "idempotencyKey": "end"})
    assert (end.status_code, end.json()["operation"]["status"]) == (202, "awaiting_approval")
    assert asked(shopper, f"/services/{owned['id']}")["service"]["status"] == "active"


def test_a_frozen_policy_stops_changes_too_but_no_look(household):
    shopper = household.shopper()
    owned = bought(shopper, server())
    household.policy({"frozen": True})
    path = f"/services/{owned['id']}/server"
    refusal(shopper.post(f"{path}/actions", {"type": "restart"}), 403, "policy_denied")
    refusal(shopper.post(f"/services/{owned['id']}/cancel", {"when": "now", "idempotencyKey": "end"}), 403,
            "policy_denied")
    assert asked(shopper, path) and shopper.wallet()
    household.policy({"blockedCategories": ["compute"]})
    assert shopper.post(f"{path}/actions", {"type": "restart"}).status_code == 200
    assert shopper.order(server()).status_code == 403


def test_a_check_changes_nothing(household):
    household.policy({"spendLimits": [{"interval": "monthly", "amountMinor": 2000}]})
    shopper = household.shopper()
    before = shopper.wallet(), asked(shopper, "/policies/effective"), asked(shopper, "/events", limit=50)
    quote = shopper.post("/quotes", domain()).json()["quote"]["id"]
    for _ in range(3):
        assert check(shopper, domain())["wouldSucceed"] is True
        assert check(shopper, {"quoteId": quote})["decision"] == "allow"
    poor = check(shopper, credits(500))
    assert poor["wouldSucceed"] is False
    assert (shopper.wallet(), asked(shopper, "/policies/effective"), asked(shopper, "/events", limit=50)) == before
    assert shopper.buy({"quoteId": quote})


def test_a_check_says_that_the_wallet_would_not_pay(household):
    checked = check(household.shopper(), credits(500))
    assert (checked["decision"], checked["wouldSucceed"]) == ("allow", False)
    assert checked["problem"]["code"] == "insufficient_funds"


# Budgets


def test_a_budget_counts_what_is_held_and_what_is_spent_and_never_more(household):
    household.policy({
        "spendLimits": [{"id": "month", "interval": "monthly", "amountMinor": 3000}],
        "maxPurchases": [{"id": "few", "interval": "daily", "count": 3}],
        "approvalRules": [{"categories": ["domains"]}]})
    shopper = household.shopper()
    waiting = shopper.buy(domain())
    shopper.ended(shopper.buy(storage(500))["id"])
    budgets = {row["ruleId"]: row for row in asked(shopper, "/policies/effective")["budgets"]}
    month, few = budgets["month"], budgets["few"]
    assert (month["limitMinor"], month["heldMinor"], month["usedMinor"]) == (3000, 1499, 1000)
    assert (month["remainingMinor"], month["layer"], month["interval"]) == (501, "account", "monthly")
    assert (few["limitCount"], few["heldCount"], few["usedCount"], few["remainingCount"]) == (3, 1, 1, 1)
    assert moment(month["resetsAt"]).day == 1 and moment(few["resetsAt"]) > datetime.now(UTC)
    [line] = [line for line in check(shopper, volume())["trace"] if line["outcome"] == "deny"]
    assert (line["ruleId"], line["limitMinor"], line["usedMinor"], line["heldMinor"]) == ("month", 3000, 1000, 1499)
    assert line["resetsAt"] == month["resetsAt"]
    wallet = shopper.wallet()
    assert (wallet["spendableMinor"], wallet["bindingConstraint"]) == (501, "account:month")
    shopper.ended(shopper.buy(storage(240))["id"])
    denied = refusal(shopper.order(storage(1)), 403, "policy_denied")
    assert [line["ruleId"] for line in denied["details"]["trace"] if line["outcome"] == "deny"] == ["few"]
    assert shopper.post(f"/purchases/{waiting['id']}/cancel", {"idempotencyKey": "back"}).status_code == 200
    assert shopper.buy(storage(1))


def test_a_budget_that_is_set_counts_what_was_bought_before(household):
    shopper = household.shopper()
    shopper.ended(shopper.buy(domain())["id"])
    household.policy({"spendLimits": [{"interval": "monthly", "amountMinor": 1500}]})
    refusal(shopper.order(storage(1)), 403, "policy_denied")


# Layers


def test_a_lower_layer_narrows_and_never_widens(household):
    shopper, other = household.shopper(), household.shopper()
    key = household.made["id"]
    household.policy({"allowedCategories": ["storage", "domains"], "maxPerPurchaseMinor": 2000})
    household.policy({"allowedCategories": ["storage", "compute"], "maxPerPurchaseMinor": 90_000}, household.agent)
    household.policy({"maxPerPurchaseMinor": 5}, key)
    for buyer, order, layers in (
            (shopper, domain(), {"agent"}), (shopper, server(), {"account"}),
            (shopper, credits(30), {"account", "agent"}),
            (other, storage(10), {"key"}), (other, domain(), {"agent", "key"})):
        denials = [line for line in check(buyer, order)["trace"] if line["outcome"] == "deny"]
        assert {line["layer"] for line in denials} == layers, (order, denials)
    assert shopper.buy(storage(10)) and other.buy(storage(1))


def test_the_worst_of_all_layers_is_what_counts(household):
    shopper = household.shopper()
    household.policy({"approvalRules": [{}]}, household.agent)
    assert check(shopper, storage())["decision"] == "require_approval"
    household.policy({"frozen": True}, household.made["id"])
    checked = check(shopper, storage())
    assert checked["decision"] == "deny"
    assert {"require_approval", "deny"} <= {line["outcome"] for line in checked["trace"]}, "every rule is told"


def test_the_effective_policy_says_where_each_rule_comes_from(household):
    shopper = household.shopper()
    household.policy({"maxPerPurchaseMinor": 5000, "allowedCategories": ["storage", "domains"]})
    household.policy({"maxPerPurchaseMinor": 3000, "allowedCategories": ["storage"]}, household.agent)
    effective = asked(shopper, "/policies/effective")
    assert [layer["layer"] for layer in effective["layers"]] == ["account", "agent"]
    assert effective["layers"][0]["policy"]["maxPerPurchaseMinor"] == 5000
    rules = {rule["name"]: rule for rule in effective["rules"]}
    assert rules["maxPerPurchaseMinor"]["value"] == 3000
    assert rules["allowedCategories"]["value"] == ["storage"]
    assert "agent" in rules["maxPerPurchaseMinor"]["layers"]


def test_an_account_without_policies_may_buy_what_its_wallet_can_pay(household):
    shopper = household.shopper()
    assert asked(shopper, "/policies/effective")["layers"] == []
    assert shopper.wallet()["spendableMinor"] == shopper.wallet()["availableMinor"] == 20_000
    assert shopper.wallet()["bindingConstraint"] == "wallet"
    assert bought(shopper, credits(200)) and shopper.wallet()["availableMinor"] == 0


def test_a_frozen_account_buys_nothing_and_what_was_bought_stays(household):
    shopper, owner = household.shopper(), household.owner()
    owned = bought(shopper, phone())
    assert owner.post("/freeze", {}).json() == {"frozen": True}
    assert (shopper.wallet()["frozen"], shopper.wallet()["spendableMinor"]) == (True, 0)
    refusal(shopper.order(storage()), 403, "wallet_frozen")
    refusal(owner.order(storage()), 403, "wallet_frozen")
    assert asked(shopper, f"/services/{owned['id']}/phone")
    assert owner.post("/unfreeze", {}).json() == {"frozen": False}
    assert shopper.buy(storage())


def test_a_policy_keeps_scopes_from_whoever_has_them(household):
    shopper, owner = household.shopper(), household.owner()
    household.policy({"scopes": ["catalog:read", "quote:write", "service:read", "server:restart"]}, household.agent)
    one = bought(owner, server())
    actions = f"/services/{one['id']}/server/actions"
    for response in (shopper.get("/wallet"), shopper.get("/purchases"), shopper.post(actions, {"type": "stop"})):
        error = refusal(response, 403, "policy_denied")
        assert [line["ruleId"] for line in error["details"]["trace"]] == ["scopes"]
    assert shopper.post("/quotes", storage()).status_code == 201 and asked(shopper, "/services")["services"]
    assert shopper.post(actions, {"type": "restart"}).status_code == 200, "its capability is left to it"
    refusal(shopper.order(storage()), 403, "policy_denied")
