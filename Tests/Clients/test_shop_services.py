"""What was bought, for as long as it lasts: renewed, canceled, and managed by its own kind of door."""

import pytest

from goods import (
    asked, bought, credits, events, managed, moment, paid, pages, phone, refusal, server, service, volume)
from shop import Household, domain, name, storage
from waiting import until

UNKNOWN = "0190f5c2-0000-7000-8000-000000000000"
# A door of each kind of service.
DOORS = {
    "domain": ("GET", "domain", None), "server": ("POST", "server/actions", {"type": "restart"}),
    "llm_router": ("GET", "router/keys", None), "phone_number": ("GET", "phone/messages", None),
    "storage_service": ("POST", "storage/snapshots", {"label": "x"}),
}


@pytest.fixture(scope="module")
def household(shared):
    return Household(shared, dollars=2000)


@pytest.fixture(scope="module")
def shopper(household):
    return household.shopper()


@pytest.fixture(scope="module")
def owned(shopper):
    """One service of each type."""
    all_kinds = [bought(shopper, order) for order in (domain(), server(), phone(), storage(), credits())]
    return {one["type"]: one for one in all_kinds}


def test_services_are_listed_newest_first_by_type_and_status(shopper, owned):
    whole = pages(shopper, "/services", "services", 2)
    assert [one["type"] for one in whole][-5:] == list(reversed(list(owned)))
    [only] = asked(shopper, "/services", type="domain", status="active")["services"]
    assert only == owned["domain"] == service(shopper, only["id"])
    assert asked(shopper, "/services", status="error")["services"] == []
    refusal(shopper.get("/services", params={"status": "lost"}), 400)


def test_a_service_says_what_it_is(owned):
    for one in owned.values():
        assert one["status"] == "active" and one["managementCapabilities"] and one["agent"]
        assert one["configuration"] and one["createdAt"] and one["sku"] and one["category"]
        assert one["reality"] == ("real" if one["type"] == "llm_router" else "simulated")
        if one["type"] == "llm_router":
            assert "paidUntil" not in one and "recurring" not in one
        else:
            months = 12 if one["type"] == "domain" else 1
            assert one["recurring"]["periodMonths"] == months and one["autoRenew"] is False
            assert 27 * months < (moment(one["paidUntil"]) - moment(one["createdAt"])).days < 32 * months


@pytest.mark.parametrize("kind", DOORS)
def test_a_door_of_another_kind_of_service_says_so(shopper, owned, kind):
    for other, (method, path, body) in DOORS.items():
        response = shopper.call(method, f"/services/{owned[kind]['id']}/{path}", json=body)
        if other == kind:
            assert response.status_code in (200, 201), response.text
        else:
            refusal(response, 400, "capability_unsupported")


@pytest.mark.parametrize("kind", DOORS)
def test_a_service_of_another_account_is_not_there(household, shopper, owned, kind):
    stranger = Household(household.server).shopper()
    method, path, body = DOORS[kind]
    for id in (owned[kind]["id"], UNKNOWN, "nonsense"):
        buyer = stranger if id == owned[kind]["id"] else shopper
        refusal(buyer.call(method, f"/services/{id}/{path}", json=body), 404, "not_found")
        refusal(buyer.get(f"/services/{id}"), 404, "not_found")
        refusal(buyer.get(f"/services/{id}/operations"), 404, "not_found")
        for verb, more in (("renew", {"periods": 1}), ("cancel", {"when": "now"}), ("auto-renew", {"enabled": True})):
            keyed = {} if verb == "auto-renew" else {"idempotencyKey": name("key")}
            refusal(buyer.post(f"/services/{id}/{verb}", more | keyed), 404, "not_found")
    assert service(shopper, owned[kind]["id"])["status"] == "active"


def test_a_renewal_is_a_purchase_for_more_time(shopper):
    one = bought(shopper, server())
    paid(shopper, f"/services/{one['id']}/renew", periods=2)
    later = service(shopper, one["id"])
    assert 58 < (moment(later["paidUntil"]) - moment(one["paidUntil"])).days < 63
    refusal(shopper.post(f"/services/{one['id']}/renew", {
        "periods": 1, "maxTotalMinor": 2399, "idempotencyKey": name("x")}), 409, "max_total_exceeded")
    refusal(shopper.post(f"/services/{one['id']}/renew", {"periods": 1}), 400, "idempotency_key_required")
    for wrong in (0, 1000, "one", None):
        refusal(shopper.post(f"/services/{one['id']}/renew", {"periods": wrong, "idempotencyKey": "x"}), 400)
    assert service(shopper, one["id"]) == later


def test_the_same_renewal_again_is_one_renewal(shopper):
    one, body = bought(shopper, storage()), {"periods": 1, "idempotencyKey": name("key")}
    answers = [shopper.post(f"/services/{one['id']}/renew", body) for _ in range(3)]
    assert len({answer.content for answer in answers}) == 1
    assert shopper.ended(answers[0].json()["purchase"]["id"])["totalPriceMinor"] == 20
    assert (moment(service(shopper, one["id"])["paidUntil"]) - moment(one["paidUntil"])).days < 32


def test_policies_hold_for_what_extends_a_service(household):
    house = Household(household.server)
    buyer = house.shopper()
    one = bought(buyer, storage())
    house.policy({"blockedCategories": ["storage"]})
    body = {"periods": 1, "idempotencyKey": name("key")}
    refusal(buyer.post(f"/services/{one['id']}/renew", body), 403, "policy_denied")
    house.policy({"approvalRules": [{}]})
    response = buyer.post(f"/services/{one['id']}/renew", {"periods": 1, "idempotencyKey": name("key")})
    assert response.status_code == 202 and response.json()["purchase"]["status"] == "awaiting_approval"


def test_what_renews_itself_can_be_told_not_to(shopper, owned):
    id = owned["domain"]["id"]
    for wanted in (True, False):
        response = shopper.post(f"/services/{id}/auto-renew", {"enabled": wanted})
        assert response.json()["service"]["autoRenew"] is wanted is service(shopper, id)["autoRenew"]
    refusal(shopper.post(f"/services/{owned['llm_router']['id']}/auto-renew", {"enabled": True}), 400)
    refusal(shopper.post(f"/services/{id}/auto-renew", {"enabled": "yes"}), 400)
    assert bought(shopper, domain(autoRenew=True))["autoRenew"] is True


@pytest.mark.parametrize("order", [domain(), server(), phone(), storage(), volume()])
def test_a_service_that_is_canceled_now_is_gone(shopper, order):
    one, body = bought(shopper, order), {"when": "now", "idempotencyKey": name("key")}
    first = shopper.post(f"/services/{one['id']}/cancel", body)
    assert first.status_code == 200, first.text
    assert first.json()["service"]["status"] in ("deprovisioning", "terminated")
    until(lambda: service(shopper, one["id"])["status"] == "terminated", what="the end of the service")
    assert shopper.post(f"/services/{one['id']}/cancel", body).status_code == 200
    refusal(shopper.post(f"/services/{one['id']}/renew", {"periods": 1, "idempotencyKey": "x"}), 409)
    door = {"phone_number": "phone", "storage_service": "storage"}.get(one["type"], one["type"])
    refusal(shopper.get(f"/services/{one['id']}/{door}"), 409)


def test_a_service_that_is_canceled_later_stays_until_then(shopper):
    one = bought(shopper, server())
    body = {"when": "period_end", "idempotencyKey": name("key")}
    ended = shopper.post(f"/services/{one['id']}/cancel", body).json()["service"]
    assert (ended["status"], ended["autoRenew"]) == ("cancel_scheduled", False)
    assert managed(shopper, "POST", f"/services/{one['id']}/server/actions", {"type": "restart"})
    for wrong in ("later", None, 7):
        refusal(shopper.post(f"/services/{one['id']}/cancel", {"when": wrong, "idempotencyKey": "x"}), 400)
    refusal(shopper.post(f"/services/{one['id']}/cancel", {"when": "now"}), 400, "idempotency_key_required")


# Operations


def test_an_operation_is_kept_and_found_again(shopper):
    one = bought(shopper, server())
    path = f"/services/{one['id']}/server/actions"
    made = [shopper.post(path, {"type": word}).json()["operation"]["id"] for word in ("stop", "start", "restart")]
    for id in made:
        assert asked(shopper, f"/operations/{id}", wait=10)["operation"]["status"] == "succeeded"
    listed = pages(shopper, f"/services/{one['id']}/operations", "operations", 1)
    assert [operation["id"] for operation in listed] == list(reversed(made))
    assert [operation["action"] for operation in listed] == ["server_restart", "server_start", "server_stop"]
    assert asked(shopper, f"/services/{one['id']}/operations", status="failed")["operations"] == []
    told = [event["type"] for event in events(shopper) if event.get("subjectId") == made[0]]
    assert told == ["operation.started", "operation.succeeded"]
    refusal(shopper.get(f"/operations/{UNKNOWN}"), 404, "not_found")


def test_an_operation_with_a_key_is_done_once(shopper):
    one = bought(shopper, server())
    path, key = f"/services/{one['id']}/server/snapshots", name("key")
    first = shopper.post(path, {"label": "one", "idempotencyKey": key})
    again = shopper.post(path, {"label": "one"}, headers={"Idempotency-Key": key})
    assert again.json()["operationId"] == first.json()["operationId"]
    assert again.headers["Idempotent-Replayed"] == "true"
    refusal(shopper.post(path, {"label": "two", "idempotencyKey": key}), 422, "idempotency_conflict")
    assert len(asked(shopper, path)["snapshots"]) == 1
