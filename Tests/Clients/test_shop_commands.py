"""The owner's commands of the store, on the same data while a server runs."""

import json
import uuid

import pytest

from shop import Household, Shopper, domain, storage
from test_cli import NOTICE, refused
from waiting import until

COMMANDS = [
    "account fund", "account freeze", "account unfreeze", "agent-key add", "agent-key list", "agent-key rotate",
    "agent-key revoke", "owner-key add", "owner-key list", "owner-key revoke", "policy show", "policy set",
    "policy simulate", "approvals list", "approvals show", "approvals approve", "approvals reject", "catalog list",
    "catalog show", "catalog add", "catalog disable", "catalog enable", "purchases list", "purchases show",
    "ledger show", "ledger export", "ledger verify", "reconcile list", "reconcile resolve"]


@pytest.fixture
def household(shared):
    return Household(shared)


@pytest.mark.parametrize("command", COMMANDS + sorted({command.split()[0] for command in COMMANDS}))
def test_every_command_has_help(shared, command):
    outcome = shared.command(*command.split(), "--help", data=False)
    assert outcome.code == 0 and "USAGE" in outcome.out.upper()
    if command in COMMANDS:
        for option in ("--data", "--config", "--store", "--json"):
            assert option in outcome.out, option


@pytest.mark.parametrize("command", [
    "account list", "agent-key list", "owner-key list", "approvals list", "catalog list",
    "catalog show cat_domain_com", "purchases list"])
def test_what_is_shown_is_readable_and_as_json_complete(shared, command):
    household = Household(shared)
    household.policy({"approvalRules": [{}]})
    household.shopper().buy(storage())
    household.owner()
    human, machine = shared.command(*command.split()), shared.command(*command.split(), "--json")
    assert human.code == machine.code == 0, human.err
    assert human.out.strip() and not human.out.lstrip().startswith(("{", "["))
    value = machine.json
    rows = value if isinstance(value, list) else [value]
    assert rows and rows[0]["id"] in human.out


# Money


def test_an_account_is_funded_in_whole_cents_with_a_reason(shared):
    household = Household(shared, dollars=0)
    assert household.row["balance_minor"] == 0
    funded = household.fund("25.50")
    assert (funded["balance"], funded["balance_minor"], funded["frozen"]) == ("25.50", 2550, False)
    assert household.fund(1)["available_minor"] == 2650
    assert household.fund("7", "--test")["balance_minor"] == 700, "play money is in a wallet of its own"
    row = household.row
    assert (row["balance_minor"], row["held_minor"], row["test_balance_minor"]) == (2650, 0, 700)
    text = shared.command("account", "list").out
    assert "26.50" in text and "frozen" in text.splitlines()[0]


@pytest.mark.parametrize("amount", ["0", "1.005", "1e3", "ten", "0.001", "99999999999", ""])
def test_what_is_no_amount_is_refused(household, amount):
    line = refused(household.server, "account", "fund", household.account, amount, "--reason", "x")
    assert "amount" in line.lower()
    assert household.row["balance_minor"] == 10_000


def test_money_comes_with_a_reason_and_to_somebody(household):
    assert "reason" in refused(household.server, "account", "fund", household.account, "1", code=64)
    assert "reason" in refused(household.server, "account", "fund", household.account, "1", "--reason", "")
    assert "nobody" in refused(household.server, "account", "fund", "nobody", "1", "--reason", "x")


def test_a_frozen_account_buys_nothing_until_it_may_again(household):
    shopper = household.shopper()
    household.server.run("account", "freeze", household.account, "--reason", "odd orders")
    assert household.row["frozen"] is True
    response = shopper.order(storage())
    assert response.status_code == 403 and response.json()["error"]["code"] == "wallet_frozen"
    household.server.run("account", "freeze", household.account)
    assert household.server.run("account", "unfreeze", household.account) == {
        "account": household.account, "frozen": False}
    assert shopper.ended(shopper.buy(storage())["id"])["status"] == "completed"
    for command in ("freeze", "unfreeze"):
        assert "nobody" in refused(household.server, "account", command, "nobody")


# Keys


def test_an_agent_key_is_shown_once_and_works_at_once(household):
    shopper = household.shopper()
    assert shopper.key.startswith("ask_live_") and "." in shopper.key
    assert shopper.wallet()["availableMinor"] == 10_000
    secret = shopper.key.partition(".")[2]
    listed = household.server.command("agent-key", "list", "--account", household.account, "--json")
    assert secret not in listed.out and secret not in household.server.err
    [row] = listed.json
    assert (row["agent"], row["account"], row["state"]) == (household.agent, household.account, "active")
    assert row["id"] == household.made["id"] and row["test"] is False and row["last_used_at"]
    text = household.server.command("agent-key", "add", "--account", household.account, "--agent", "other").out
    assert "ask_live_" in text


def test_a_test_key_has_play_money_alone(household):
    shopper = household.shopper("--test")
    assert shopper.key.startswith("ask_test_")
    assert shopper.wallet() | {"testMode": True, "availableMinor": 0} == shopper.wallet()
    household.fund(5, "--test")
    assert shopper.wallet()["availableMinor"] == 500


def test_a_key_is_only_good_for_its_scopes(household):
    shopper = household.shopper("--scope", "catalog:read", "--scope", "wallet:read")
    assert shopper.get("/catalog/categories").status_code == shopper.get("/wallet").status_code == 200
    assert shopper.order(storage()).status_code == 403
    line = refused(
        household.server, "agent-key", "add", "--account", household.account, "--agent", "a", "--scope", "Not one")
    assert "scope" in line


def test_a_rotated_key_is_honoured_for_the_overlap(household):
    old = household.shopper()
    rotated = household.server.run("agent-key", "rotate", household.made["id"], "--overlap-hours", 1)
    assert rotated["id"] == household.made["id"] and rotated["key"] != old.key
    new = Shopper(household.server, rotated["key"])
    assert new.get("/wallet").status_code == old.get("/wallet").status_code == 200
    newest = household.server.run("agent-key", "rotate", household.made["id"], "--overlap-hours", 0)["key"]
    until(lambda: old.get("/wallet").status_code == new.get("/wallet").status_code == 401, NOTICE)
    assert Shopper(household.server, newest).get("/wallet").status_code == 200
    assert "overlap" in refused(household.server, "agent-key", "rotate", rotated["id"], "--overlap-hours", "721")


@pytest.mark.parametrize("kind", ["agent-key", "owner-key"])
def test_a_revoked_key_ends_within_a_second(household, kind):
    someone = household.shopper() if kind == "agent-key" else household.owner()
    [row] = household.server.run(kind, "list", "--account", household.account)
    assert someone.get("/wallet").status_code == 200
    assert household.server.run(kind, "revoke", row["id"]) == {"revoked": row["id"]}
    until(lambda: someone.get("/wallet").status_code == 401, NOTICE, "the end of the key")
    assert household.server.run(kind, "list", "--account", household.account)[0]["state"] == "revoked"
    for words in ([str(uuid.uuid4())], ["nonsense"]):
        assert "no key" in refused(household.server, kind, "revoke", *words)


@pytest.mark.parametrize("words", [
    ["agent-key", "add", "--account", "nobody", "--agent", "a"], ["owner-key", "add", "--account", "nobody"],
    ["agent-key", "list", "--account", "nobody"], ["policy", "show", "nobody"], ["ledger", "show", "nobody"],
    ["purchases", "list", "--account", "nobody"], ["approvals", "list", "--account", "nobody"],
    ["ledger", "verify", "--account", "nobody"], ["reconcile", "list", "--account", "nobody"]])
def test_an_account_that_is_not_there_is_named(shared, words):
    assert "nobody" in refused(shared, *words)


def test_an_owner_key_rules_its_account_and_is_no_agents(household):
    owner = household.owner()
    assert owner.key.startswith("own_")
    assert owner.get("/wallet").json()["availableMinor"] == 10_000
    assert Shopper(household.server, owner.key).get("/wallet").status_code == 401
    assert Shopper(household.server, household.shopper().key, "/v1/account").get("/wallet").status_code in (401, 403)


# The catalog


def test_the_catalog_is_listed_shown_and_changed(shared, tmp_path):
    listed = {row["id"]: row for row in shared.run("catalog", "list")}
    assert listed["cat_router_credit_001"]["reality"] == "real"
    assert (listed["cat_domain_com"]["price_minor"], listed["cat_domain_com"]["reality"]) == (1499, "simulated")
    shown = shared.run("catalog", "show", "cat_domain_com")
    assert {field["field"] for field in shown["fields"] if field["required"]} == {"domainName", "periodYears"}
    assert "domain:dns-records:write" in shown["capabilities"]
    item = {
        "id": f"cat_{uuid.uuid4().hex}", "sku": "storage-object-large", "name": "Object Storage Large",
        "description": "A large bucket.", "category": "storage", "serviceType": "storage_service",
        "provider": "simulated", "priceMinor": 1, "periodMonths": 1,
        "traits": {"storageClass": "object", "leastGb": 100}, "managementCapabilities": ["storage:usage:get"]}
    (tmp_path / "item.json").write_text(json.dumps(item))
    [added] = shared.run("catalog", "add", tmp_path / "item.json")
    assert (added["id"], added["price"], added["disabled"]) == (item["id"], "0.01", False)
    shopper = Household(shared).shopper()
    found = shopper.get("/catalog/items", params={"q": "Storage Large", "limit": 50}).json()["items"]
    assert item["id"] in {row["id"] for row in found}, "at once"
    assert shared.run("catalog", "disable", item["id"]) == {"id": item["id"], "disabled": True}
    until(lambda: shopper.get(f"/catalog/items/{item['id']}").status_code in (404, 409), NOTICE)
    assert shared.run("catalog", "show", item["id"])["disabled"] is True
    shared.run("catalog", "enable", item["id"])
    until(lambda: shopper.get(f"/catalog/items/{item['id']}").status_code == 200, NOTICE)
    shared.run("catalog", "disable", item["id"])


@pytest.mark.parametrize("change, words", [
    ({"id": "vps"}, "cat_"), ({"priceMinor": 1.5}, "priceMinor"), ({"priceMinor": None}, "priceMinor"),
    ({"prize": 5}, "prize"), ({"provider": "nobody"}, "nobody"), ({"name": ""}, "name"),
    ({"periodMonths": 0}, "periodMonths"), ({"managementCapabilities": "all"}, "managementCapabilities")])
def test_an_item_that_cannot_be_is_refused_with_its_member(shared, tmp_path, change, words):
    item = {
        "id": "cat_wrong", "sku": "wrong", "name": "Wrong", "category": "storage", "serviceType": "storage_service",
        "provider": "simulated", "priceMinor": 1}
    (tmp_path / "item.json").write_text(json.dumps(item | change))
    assert words in refused(shared, "catalog", "add", tmp_path / "item.json")
    assert "cat_wrong" not in {row["id"] for row in shared.run("catalog", "list")}


def test_items_that_are_not_there_are_named(shared, tmp_path):
    for command in ("show", "disable", "enable"):
        assert "cat_nothing" in refused(shared, "catalog", command, "cat_nothing")
    assert "cannot be read" in refused(shared, "catalog", "add", tmp_path / "nowhere.json")
    (tmp_path / "list.yaml").write_text("- 1\n")
    assert "object" in refused(shared, "catalog", "add", tmp_path / "list.yaml")


# Purchases


def test_purchases_are_listed_by_account_and_status_and_shown_whole(household):
    shopper = household.shopper()
    bought = shopper.ended(shopper.buy(domain(), reason="for the harbour")["id"])
    assert bought["status"] == "completed", bought
    household.policy({"blockedCategories": ["storage"]})
    assert shopper.order(storage()).status_code == 403
    listed = household.server.run("purchases", "list", "--account", household.account)
    assert [row["status"] for row in listed] == ["denied", "completed"], "newest first"
    [row] = household.server.run("purchases", "list", "--account", household.account, "--status", "completed")
    assert (row["id"], row["item"], row["total_minor"]) == (bought["id"], "cat_domain_com", 1499)
    assert row["agent"] == household.agent
    shown = household.server.run("purchases", "show", bought["id"])
    assert shown["reason"] == "for the harbour" and shown["configuration"]["periodYears"] == 1
    assert shown["reality"] == "simulated" and shown["actor"].startswith(f"agent:{household.agent}/")
    denied = household.server.run("purchases", "show", listed[0]["id"])
    assert any(rule["outcome"] == "deny" and rule["rule"] == "blockedCategories" for rule in denied["trace"])
    text = household.server.command("purchases", "show", listed[0]["id"]).out
    assert "blockedCategories" in text and "deny" in text


def test_purchases_that_are_not_there_are_named(shared):
    unknown = str(uuid.uuid4())
    assert unknown in refused(shared, "purchases", "show", unknown)
    assert "purchases list" in refused(shared, "purchases", "show", "nonsense")
    assert "bought" in refused(shared, "purchases", "list", "--status", "bought", code=64)
