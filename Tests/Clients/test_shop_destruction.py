"""What cannot be taken back, where the owner wants to be asked first."""

import pytest

from goods import asked, at_once, bought, refusal, server, service, story
from shop import Household, domain
from waiting import until


@pytest.fixture(scope="module")
def ours(each_store, servers):
    return servers(**each_store)


@pytest.fixture
def household(ours):
    house = Household(ours)
    house.policy({"approvalRules": [{"destructiveAction": True}]})
    return house


@pytest.fixture
def owned(shopper):
    return bought(shopper, server())


def reinstall(shopper, owned, **more):
    return shopper.post(
        f"/services/{owned['id']}/server/actions", {"type": "reinstall", "image": "ubuntu-24.04"} | more)


def operation(shopper, id):
    return asked(shopper, f"/operations/{id}")["operation"]


@pytest.fixture
def waiting(shopper, owned):
    response = reinstall(shopper, owned)
    assert response.status_code == 202, response.text
    told = response.json()
    assert told["operation"]["status"] == "awaiting_approval" and told["operation"]["pollAfterMs"] == 5000
    assert "secrets" not in told and told["operationId"] == told["operation"]["id"]
    return told["operation"]


def image(shopper, owned):
    return asked(shopper, f"/services/{owned['id']}/server")["image"]


def test_what_is_agreed_to_is_done(shopper, owner, owned, waiting):
    assert image(shopper, owned) == "debian-12"
    approval = asked(shopper, f"/approvals/{waiting['approvalId']}")["approval"]
    assert approval["operationId"] == waiting["id"] and "purchaseId" not in approval
    assert len(approval["operationHash"]) == 64 and approval["approvalUrl"] == waiting["approvalUrl"]
    shown = asked(owner, f"/approvals/{waiting['approvalId']}")
    assert shown["operation"] == waiting and "purchase" not in shown
    told = owner.post(f"/approvals/{waiting['approvalId']}/approve", {"note": "it is empty"})
    assert told.status_code == 200 and told.json()["approval"]["state"] == "approved", told.text
    done = asked(shopper, f"/operations/{waiting['id']}", wait=20)["operation"]
    assert done["status"] == "succeeded" and image(shopper, owned) == "ubuntu-24.04"
    assert story(shopper, waiting["id"]) == ["operation.awaiting_approval", "operation.started", "operation.succeeded"]


def test_what_is_rejected_is_not(shopper, owner, owned, waiting):
    told = owner.post(f"/approvals/{waiting['approvalId']}/reject", {"note": "there is work on it"}).json()
    assert told["operation"]["status"] == "rejected"
    assert operation(shopper, waiting["id"])["statusReason"] == "there is work on it"
    assert image(shopper, owned) == "debian-12"
    refusal(owner.post(f"/approvals/{waiting['approvalId']}/approve", {}), 409)


def test_an_approval_is_used_once(shopper, owner, waiting):
    path = f"/approvals/{waiting['approvalId']}"
    answers = at_once(8, lambda place: owner.post(f"{path}/{'approve' if place % 2 else 'reject'}", {}))
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 7
    until(lambda: operation(shopper, waiting["id"])["status"] in ("succeeded", "rejected"))
    types = story(shopper, waiting["id"])
    assert types.count("operation.started") + types.count("operation.rejected") == 1


def test_no_agent_agrees_and_no_other_account(household, shopper, waiting):
    path = f"/approvals/{waiting['approvalId']}/approve"
    assert shopper.post(path, {}).status_code == 404
    refusal(Household(household.server).owner().post(path, {}), 404, "not_found")
    assert operation(shopper, waiting["id"])["status"] == "awaiting_approval"


def test_policies_that_got_stricter_deny_what_is_approved(household, shopper, owner, owned, waiting):
    household.policy({"blockedCategories": ["compute"]})
    told = owner.post(f"/approvals/{waiting['approvalId']}/approve", {}).json()
    assert told["operation"]["status"] == "denied" and image(shopper, owned) == "debian-12"


def test_a_frozen_account_approves_nothing(shopper, owner, waiting):
    owner.post("/freeze", {})
    refusal(owner.post(f"/approvals/{waiting['approvalId']}/approve", {}), 403, "wallet_frozen")
    assert operation(shopper, waiting["id"])["status"] == "awaiting_approval"


def test_the_same_key_asks_once(shopper, owner, owned):
    first = reinstall(shopper, owned, idempotencyKey="again")
    second = reinstall(shopper, owned, idempotencyKey="again")
    assert (first.status_code, second.status_code) == (202, 202) and first.json() == second.json()
    assert second.headers["Idempotent-Replayed"] == "true"
    assert len(asked(owner, "/approvals", state="pending")["approvals"]) == 1


@pytest.mark.parametrize("when, status", [("now", "terminated"), ("period_end", "cancel_scheduled")])
def test_a_service_ends_when_its_end_is_agreed_to(shopper, owner, owned, when, status):
    end = {"when": when, "idempotencyKey": f"end-{when}"}
    response = shopper.post(f"/services/{owned['id']}/cancel", end)
    assert response.status_code == 202, response.text
    told = response.json()
    assert (told["service"]["status"], told["operation"]["action"]) == ("active", "service_cancel")
    again = shopper.post(f"/services/{owned['id']}/cancel", end)
    assert again.status_code == 202 and again.json() == told
    approved = owner.post(f"/approvals/{told['operation']['approvalId']}/approve", {}).json()
    assert approved["operation"]["status"] == "succeeded"
    until(lambda: service(shopper, owned["id"])["status"] == status)
    refusal(shopper.post(f"/services/{owned['id']}/cancel", end | {"idempotencyKey": "more"}), 409)


def test_what_has_ended_meanwhile_cannot_be_agreed_to(shopper, owner, owned, waiting):
    ended = owner.post(f"/services/{owned['id']}/cancel", {"when": "now", "idempotencyKey": "mine"})
    assert ended.status_code == 200, "an owner is not asked"
    until(lambda: service(shopper, owned["id"])["status"] == "terminated")
    refusal(owner.post(f"/approvals/{waiting['approvalId']}/approve", {}), 409)
    assert owner.post(f"/approvals/{waiting['approvalId']}/reject", {}).json()["operation"]["status"] == "rejected"


def test_the_command_line_shows_what_is_to_be_done(household, shopper, owned, waiting):
    [row] = [
        row for row in household.server.run("approvals", "list", "--state", "pending")
        if row["id"] == waiting["approvalId"]]
    assert (row["action"], row["service"], row["operation"]) == ("server_reinstall", owned["id"], waiting["id"])
    shown = household.server.run("approvals", "show", waiting["approvalId"])
    assert shown["input"]["image"] == "ubuntu-24.04" and shown["reasons"]
    assert household.server.run("approvals", "approve", waiting["approvalId"])["state"] == "approved"
    until(lambda: operation(shopper, waiting["id"])["status"] == "succeeded")


def test_a_whole_zone_is_replaced_when_that_is_agreed_to_and_a_check_of_it_is_not_asked_about(shopper, owner):
    owned = bought(shopper, domain())
    path = f"/services/{owned['id']}/domain/dns/zone"
    zone = {"zoneText": "www 300 IN A 192.0.2.7\n", "mode": "replace"}
    assert shopper.post(path, zone | {"dryRun": True}).status_code == 200
    response = shopper.post(path, zone)
    assert response.status_code == 202, response.text
    assert owner.post(f"/approvals/{response.json()['operation']['approvalId']}/approve", {}).status_code == 200
    until(lambda: operation(shopper, response.json()["operationId"])["status"] == "succeeded")
    assert "192.0.2.7" in shopper.get(path).text
