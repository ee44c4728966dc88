"""What a person has to agree to: at the owner's doors and at the command line, never with an agent's key."""

import pytest

from goods import asked, at_once, balances, moment, refusal, story
from shop import Household, domain, storage

UNKNOWN = "0190f5c2-0000-7000-8000-000000000000"


@pytest.fixture
def household(shared):
    house = Household(shared)
    house.policy({"approvalRules": [{"id": "always"}]})
    return house


@pytest.fixture
def waiting(shopper):
    response = shopper.order(domain(), reason="for the launch")
    assert response.status_code == 202, response.text
    return response.json()["purchase"]


def test_an_approval_is_bound_to_what_was_quoted(shopper, owner, waiting):
    approval = asked(shopper, f"/approvals/{waiting['approvalId']}")["approval"]
    quote = asked(shopper, f"/quotes/{waiting['quoteId']}")["quote"]
    assert approval["quoteHash"] == quote["quoteHash"] and approval["purchaseId"] == waiting["id"]
    assert (approval["state"], approval["requiredApprovals"], approval["decisions"]) == ("pending", 1, [])
    assert moment(approval["expiresAt"]) > moment(waiting["createdAt"])
    assert approval["approvalUrl"] == waiting["approvalUrl"]
    told = asked(owner, f"/approvals/{waiting['approvalId']}")
    assert told["purchase"]["reason"] == "for the launch" and told["approval"]["quoteHash"] == quote["quoteHash"]
    assert [row["id"] for row in asked(owner, "/approvals", state="pending")["approvals"]] == [approval["id"]]


def test_what_an_owner_approves_is_bought(household, shopper, owner, waiting):
    assert shopper.wallet()["heldMinor"] == 1499
    response = owner.post(f"/approvals/{waiting['approvalId']}/approve", {"note": "go on"})
    assert response.status_code == 200, response.text
    assert response.json()["approval"]["state"] == "approved"
    [decision] = response.json()["approval"]["decisions"]
    assert (decision["decision"], decision["note"]) == ("approve", "go on") and decision["actor"].startswith("owner:")
    purchase = shopper.ended(waiting["id"])
    assert purchase["status"] == "completed" and balances(shopper, 10_000) == [purchase]
    assert story(shopper, waiting["id"]) == [
        "purchase.awaiting_approval", "purchase.authorized", "purchase.provisioning", "purchase.completed"]


def test_what_an_owner_rejects_costs_nothing(shopper, owner, waiting):
    response = owner.post(f"/approvals/{waiting['approvalId']}/reject", {"note": "too dear"})
    assert response.json()["purchase"]["status"] == "rejected"
    assert shopper.purchase(waiting["id"])["statusReason"] == "too dear"
    assert balances(shopper, 10_000) == []


def test_an_approval_is_used_once(shopper, owner, waiting):
    path = f"/approvals/{waiting['approvalId']}"
    answers = at_once(8, lambda place: owner.post(f"{path}/{'approve' if place % 2 else 'reject'}", {}))
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 7
    for answer in answers:
        if answer.status_code == 409:
            assert refusal(answer, 409)["type"] == "conflict"
    purchase = shopper.ended(waiting["id"])
    assert len(balances(shopper, 10_000)) == (purchase["status"] == "completed")


def test_the_command_line_and_the_doors_decide_about_the_same(household, shopper, owner, waiting):
    decided = household.server.run("approvals", "approve", waiting["approvalId"])
    assert decided["state"] == "approved"
    refusal(owner.post(f"/approvals/{waiting['approvalId']}/reject", {}), 409)
    assert shopper.ended(waiting["id"])["status"] == "completed"


def test_no_agent_decides_at_any_door(shopper, waiting):
    for verb in ("approve", "reject"):
        for base in ("/v1/agent", "/v1/account"):
            shopper.base = base
            response = shopper.post(f"/approvals/{waiting['approvalId']}/{verb}", {})
            assert response.status_code == (403 if base == "/v1/account" else 404), response.text
    shopper.base = "/v1/agent"
    assert shopper.purchase(waiting["id"])["status"] == "awaiting_approval"


def test_nobody_decides_for_another_account(household, shopper, waiting):
    other = Household(household.server)
    refusal(other.owner().post(f"/approvals/{waiting['approvalId']}/approve", {}), 404, "not_found")
    refusal(other.shopper().get(f"/approvals/{waiting['approvalId']}"), 404, "not_found")
    assert asked(other.owner(), "/approvals")["approvals"] == []
    assert shopper.purchase(waiting["id"])["status"] == "awaiting_approval"


@pytest.mark.parametrize("stricter", [
    {"maxPerPurchaseMinor": 100}, {"frozen": True}, {"blockedCategories": ["domains"]},
    {"spendLimits": [{"interval": "monthly", "amountMinor": 100}]}])
def test_policies_that_got_stricter_deny_what_is_approved(household, shopper, owner, waiting, stricter):
    household.policy(stricter)
    response = owner.post(f"/approvals/{waiting['approvalId']}/approve", {})
    assert response.status_code == 200 and response.json()["purchase"]["status"] == "denied", response.text
    purchase = shopper.purchase(waiting["id"])
    assert "deny" in {line["outcome"] for line in purchase["trace"]}
    assert balances(shopper, 10_000) == []
    assert story(shopper, waiting["id"])[-1] == "purchase.denied"


def test_what_is_held_for_it_is_its_own_place_in_a_budget(household, shopper, owner, waiting):
    household.policy({"approvalRules": [{}], "spendLimits": [{"interval": "monthly", "amountMinor": 1499}]})
    assert owner.post(f"/approvals/{waiting['approvalId']}/approve", {}).json()["purchase"]["status"] != "denied"
    assert shopper.ended(waiting["id"])["status"] == "completed"


def test_a_frozen_account_approves_nothing(shopper, owner, waiting):
    assert owner.post("/freeze", {"note": "holidays"}).status_code == 200
    refusal(owner.post(f"/approvals/{waiting['approvalId']}/approve", {}), 403, "wallet_frozen")
    assert shopper.purchase(waiting["id"])["status"] == "awaiting_approval"
    assert owner.post("/unfreeze", {}).status_code == 200
    assert owner.post(f"/approvals/{waiting['approvalId']}/approve", {}).status_code == 200
    assert shopper.ended(waiting["id"])["status"] == "completed"


def test_the_first_answer_is_replayed_also_after_it_was_decided(shopper, owner):
    order = storage()
    first = shopper.order(order, idempotencyKey="once")
    assert first.status_code == 202
    purchase = first.json()["purchase"]
    assert owner.post(f"/approvals/{purchase['approvalId']}/approve", {}).status_code == 200
    shopper.ended(purchase["id"])
    again = shopper.order(order, idempotencyKey="once")
    assert again.status_code == 202 and again.content == first.content
    assert shopper.purchase(purchase["id"])["status"] == "completed", "how it stands is asked of the purchase"


def test_approvals_that_are_not_there_are_not_found(shopper, owner):
    refusal(shopper.get(f"/approvals/{UNKNOWN}"), 404, "not_found")
    for verb in ("approve", "reject"):
        refusal(owner.post(f"/approvals/{UNKNOWN}/{verb}", {}), 404, "not_found")
    refusal(owner.get("/approvals", params={"state": "perhaps"}), 400)


def test_nobody_agreeing_in_time_ends_it(household, shopper):
    household.policy({"approvalRules": [{}], "approvalTtlMinutes": 1})
    purchase = shopper.buy(storage())
    approval = asked(shopper, f"/approvals/{purchase['approvalId']}")["approval"]
    assert (moment(approval["expiresAt"]) - moment(approval["createdAt"])).total_seconds() == 60
