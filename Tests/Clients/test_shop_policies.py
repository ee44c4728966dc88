"""Policies and approvals as an owner sets and decides them at the command line."""

import json
import subprocess
import uuid

import pytest

from rialto import binary
from shop import Household, domain, name, storage
from test_cli import NOTICE, refused
from waiting import until

YAML = """
# What the agents of this household may buy.
maxPerPurchaseMinor: 5000
allowedCategories: [domains, storage]
approvalRules:
  - id: dear
    aboveMinor: 1000
spendLimits:
  - {interval: monthly, amountMinor: 6000}
"""


@pytest.fixture
def household(shared):
    return Household(shared)


def shown(household):
    return {row["subject"]: row for row in household.server.run("policy", "show", household.account)}


def fed(server, text, *words):
    done = subprocess.run(
        [str(binary()), *map(str, words), "--data", str(server.data), "--json"], input=text, text=True,
        capture_output=True, timeout=30, env=server.environment)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_policy_in_yaml_counts_at_once_and_is_shown(household, tmp_path):
    (tmp_path / "policy.yaml").write_text(YAML)
    made = household.server.run("policy", "set", household.account, tmp_path / "policy.yaml")
    assert (made["account"], made["subject"], made["version"]) == (household.account, "account", 1)
    shopper = household.shopper()
    assert shopper.buy(domain())["status"] == "awaiting_approval"
    assert shopper.order({"catalogItemId": "cat_vps_micro", "quantity": 1, "configuration": {
        "hostname": "quay", "region": "eu-central", "image": "debian-12", "billingTermMonths": 1}}).status_code == 403
    row = shown(household)["account"]
    assert row["policy"]["allowedCategories"] == ["domains", "storage"] and row["set_by"] == "owner:cli"
    [budget] = [budget for budget in row["budgets"] if budget["rule"] == "spendLimits[0]"]
    assert (budget["interval"], budget["limit"], budget["held"], budget["remaining"]) == (
        "monthly", "60.00", "14.99", "45.01")
    text = household.server.command("policy", "show", household.account).out
    assert "maxPerPurchaseMinor: 5000" in text and "45.01" in text
    assert fed(household.server, text, "policy", "set", household.account, "-")["version"] == 2, "as it is shown"


def test_each_setting_is_a_version_and_what_may_not_be_meant_is_warned_of(household):
    assert household.policy({"maxPerPurchaseMinor": 100})["warnings"] == []
    made = household.policy({"maxPerPurchaseMinor": 0})
    assert made["version"] == 2 and any("maxPerPurchaseMinor" in words for words in made["warnings"])
    (household.server.folder / "odd.yaml").write_text("maxPerPurchaseMinor: 0\n")
    text = household.server.command("policy", "set", household.account, household.server.folder / "odd.yaml").out
    assert f"version 3 of the policy of the account {household.account}" in text and "Warning: " in text


@pytest.mark.parametrize("document, words", [
    ("maxPerPurchase: 5", "maxPerPurchaseMinor"), ("spendLimits: [{interval: daily}]", "spendLimits[0].amountMinor"),
    ("frozen: perhaps", "frozen"), ("[1, 2]", "object"), ("a: [", "neither JSON nor YAML"), ("", "empty"),
    ("maxQuantity: 1\nmaxQuantity: 2", "twice"), ("{\"frozen\": tru}", "frozen")])
def test_a_policy_that_cannot_be_is_refused_with_the_place(household, tmp_path, document, words):
    (tmp_path / "policy.yaml").write_text(document)
    assert words in refused(household.server, "policy", "set", household.account, tmp_path / "policy.yaml")
    assert shown(household) == {}
    assert "cannot be read" in refused(household.server, "policy", "set", household.account, tmp_path / "none.yaml")


def test_an_account_without_policies_says_so(household):
    assert "no policy" in household.server.command("policy", "show", household.account).out


def test_policies_are_for_accounts_agents_and_keys(household):
    deny = {"blockedCategories": ["storage"]}
    shopper = household.shopper()
    other = household.shopper(agent=name("other"))
    key = household.made["id"]
    assert household.policy(deny, household.agent)["subject"] == f"agent:{household.agent}"
    assert shopper.order(storage()).status_code == 403
    assert other.ended(other.buy(storage())["id"])["status"] == "completed"
    made = household.policy(deny, key)
    assert (made["account"], made["subject"]) == (household.account, f"key:{key}")
    assert other.order(storage()).status_code == 403
    assert set(shown(household)) == {f"agent:{household.agent}", f"key:{key}"}


def test_an_agent_without_a_key_is_named_with_its_account(household):
    made = household.policy({"maxQuantity": 1}, f"{household.account}/agent:newcomer")
    assert (made["account"], made["subject"]) == (household.account, "agent:newcomer")
    for subject in ("newcomer", "nobody/agent:newcomer", str(uuid.uuid4())):
        file = household.server.folder / "empty.json"
        file.write_text("{}")
        assert subject in refused(household.server, "policy", "set", subject, file)


def test_a_name_of_two_agents_needs_its_account(household):
    twin = Household(household.server)
    for one in (household, twin):
        one.shopper(agent=household.agent)
    file = household.server.folder / "empty.json"
    file.write_text("{}")
    line = refused(household.server, "policy", "set", household.agent, file)
    assert household.account in line and twin.account in line and "--account" in line
    made = household.policy({}, household.agent, "--account", twin.account)
    assert (made["account"], made["subject"]) == (twin.account, f"agent:{household.agent}")
    assert "nobody" in refused(household.server, "policy", "set", household.agent, file, "--account", "nobody")


def test_an_agent_that_is_called_like_an_account_is_found_within_its_own(household):
    household.shopper(agent=household.account)
    assert household.policy({}, household.account)["subject"] == "account"
    made = household.policy({}, household.account, "--account", household.account)
    assert made["subject"] == f"agent:{household.account}"


def test_a_policy_is_tried_on_what_was_bought_and_changes_nothing(household, tmp_path):
    shopper = household.shopper()
    dear = shopper.ended(shopper.buy(domain())["id"])
    shopper.ended(shopper.buy(storage())["id"])
    (tmp_path / "policy.yaml").write_text("maxPerPurchaseMinor: 1000\n")
    tried = household.server.run("policy", "simulate", household.account, tmp_path / "policy.yaml")
    assert tried["purchases"] == 2
    [change] = tried["changed"]
    assert (change["purchase"], change["was"], change["would"]) == (dear["id"], "allow", "deny")
    text = household.server.command("policy", "simulate", household.account, tmp_path / "policy.yaml").out
    assert "Of 2 purchases" in text and dear["id"] in text
    assert shown(household) == {}


# Approvals


@pytest.fixture
def asking(household):
    """A purchase that waits for its owner, with its buyer."""
    household.policy({"approvalRules": [{"id": "always"}]})
    shopper = household.shopper()
    purchase = shopper.buy(domain(), reason="we need it")
    assert purchase["status"] == "awaiting_approval"
    return household, shopper, purchase


def test_what_waits_is_listed_and_shown(asking):
    household, _, purchase = asking
    [row] = household.server.run("approvals", "list", "--account", household.account, "--state", "pending")
    assert (row["id"], row["purchase"], row["total_minor"]) == (purchase["approvalId"], purchase["id"], 1499)
    assert row["agent"] == household.agent and row["expires_at"]
    assert household.server.run("approvals", "list", "--account", household.account, "--state", "approved") == []
    seen = household.server.run("approvals", "show", row["id"])
    assert seen["reason"] == "we need it" and seen["quote_hash"] and seen["decisions"] == []
    assert [reason["rule"] for reason in seen["reasons"]] == ["always"]
    text = household.server.command("approvals", "show", row["id"]).out
    assert "domainName" in text and "always" in text


def test_what_is_approved_is_bought_by_the_running_server(asking):
    household, shopper, purchase = asking
    assert household.row["held_minor"] == 1499
    decided = household.server.run("approvals", "approve", purchase["approvalId"], "--note", "go on")
    assert (decided["state"], decided["status"]) == ("approved", "authorized")
    assert shopper.ended(purchase["id"], seconds=5)["status"] == "completed"
    seen = household.server.run("approvals", "show", purchase["approvalId"])
    [decision] = seen["decisions"]
    assert (decision["note"], decision["actor"], decision["decision"]) == ("go on", "owner:cli", "approve")
    for command in ("approve", "reject"):
        assert "decided already" in refused(household.server, "approvals", command, purchase["approvalId"])


def test_what_is_rejected_costs_nothing(asking):
    household, shopper, purchase = asking
    decided = household.server.run("approvals", "reject", purchase["approvalId"], "--note", "too dear")
    assert (decided["state"], decided["status"]) == ("rejected", "rejected")
    assert shopper.purchase(purchase["id"])["status"] == "rejected"
    assert (household.row["held_minor"], household.row["balance_minor"]) == (0, 10_000)


def test_what_the_policies_forbid_meanwhile_is_denied_in_spite_of_the_approval(asking):
    household, shopper, purchase = asking
    household.policy({"maxPerPurchaseMinor": 100})
    assert household.server.run("approvals", "approve", purchase["approvalId"])["status"] == "denied"
    assert shopper.purchase(purchase["id"])["status"] == "denied"
    assert household.row["held_minor"] == 0


def test_an_agent_cannot_agree(asking):
    _, shopper, purchase = asking
    for base in ("/v1/agent", "/v1/account"):
        shopper.base = base
        assert shopper.post(f"/approvals/{purchase['approvalId']}/approve", {}).status_code in (401, 403, 404, 405)
    shopper.base = "/v1/agent"
    assert shopper.purchase(purchase["id"])["status"] == "awaiting_approval"


def test_approvals_that_are_not_there_are_named(shared):
    unknown = str(uuid.uuid4())
    for command in ("show", "approve", "reject"):
        assert unknown in refused(shared, "approvals", command, unknown)
        assert "approvals list" in refused(shared, "approvals", command, "nonsense")
    assert "perhaps" in refused(shared, "approvals", "list", "--state", "perhaps", code=64)


def test_a_policy_is_noticed_within_a_second(household):
    shopper = household.shopper()
    assert shopper.post("/policies/check", storage()).json()["decision"] == "allow"
    household.policy({"frozen": True}, household.agent)
    until(lambda: shopper.post("/policies/check", storage()).json()["decision"] == "deny", NOTICE)
