"""Buying: what comes of it, once for each key."""

import pytest

from goods import (
    CREDITS, asked, at_once, balances, bought, credits, events, pages, phone, refusal, server, service, story)
from shop import Household, domain, name, storage
from waiting import beside, until

UNKNOWN = "0190f5c2-0000-7000-8000-000000000000"


@pytest.fixture
def household(shared):
    return Household(shared, dollars=1000)


@pytest.mark.parametrize("order, kind", [
    (domain(), "domain"), (server(), "server"), (phone(), "phone_number"), (storage(), "storage_service"),
    (credits(), "llm_router")])
@pytest.mark.parametrize("is_quoted", [True, False])
def test_what_is_bought_is_there_and_paid(shopper, order, kind, is_quoted):
    if kind == "domain":
        order = domain()
    if is_quoted:
        order = {"quoteId": shopper.post("/quotes", order).json()["quote"]["id"]}
    response = shopper.order(order, reason="we need it")
    assert response.status_code == 201, response.text
    first = response.json()["purchase"]
    assert first["status"] in ("completed", "authorized", "provisioning")
    purchase = shopper.ended(first["id"])
    assert (purchase["status"], purchase["reason"], purchase["currency"]) == ("completed", "we need it", "usd")
    assert purchase["refundedMinor"] == 0 and purchase["refundState"] == "none"
    owned = service(shopper, purchase["serviceId"])
    assert (owned["type"], owned["status"], owned["purchaseId"]) == (kind, "active", purchase["id"])
    assert balances(shopper, 100_000) == [purchase]
    told = story(shopper, purchase["id"])
    assert told == ["purchase.authorized", "purchase.provisioning", "purchase.completed"]


def test_credits_are_there_at_once(shopper):
    purchase = shopper.buy(credits(25))
    assert purchase["status"] == "completed" and purchase["serviceId"] and purchase["catalogItemId"] == CREDITS
    wallet = shopper.wallet()
    assert (wallet["balanceMinor"], wallet["heldMinor"]) == (97_500, 0)


# Once for each key


@pytest.mark.parametrize("order", [storage(), credits()])
def test_the_same_key_with_the_same_body_is_the_first_answer_byte_by_byte(shopper, order):
    key = name("key")
    first = shopper.order(order, idempotencyKey=key)
    shopper.ended(first.json()["purchase"]["id"])
    for again in (shopper.order(order, idempotencyKey=key), shopper.post("/purchases", order, headers={
            "Idempotency-Key": key}), shopper.post("/purchases", order, headers={"Idempotency-Key": f'"{key}"'})):
        assert again.status_code == first.status_code == 201
        assert again.content == first.content
        assert again.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers
    assert len(asked(shopper, "/purchases")["purchases"]) == 1 == len(asked(shopper, "/services")["services"])


def test_the_same_body_in_other_letters_is_the_same_body(shopper):
    key, order = name("key"), storage(10)
    first = shopper.order(order, idempotencyKey=key)
    turned = {"configuration": dict(reversed(order["configuration"].items())), "idempotencyKey": key,
              "reason": None, "quantity": 1, "catalogItemId": order["catalogItemId"]}
    assert shopper.post("/purchases", turned).content == first.content


@pytest.mark.parametrize("change", [
    {"configuration": storage(11)["configuration"]}, {"reason": "another"}, {"maxTotalMinor": 5000},
    {"allowDuplicate": True}])
def test_the_same_key_with_another_body_is_refused(shopper, change):
    key = name("key")
    shopper.buy(storage(), idempotencyKey=key)
    refusal(shopper.order(storage() | change, idempotencyKey=key), 422, "idempotency_conflict")
    assert len(asked(shopper, "/purchases")["purchases"]) == 1


def test_a_key_is_needed_in_the_body_or_in_the_header_and_one_only(shopper):
    key = name("key")
    error = refusal(shopper.post("/purchases", storage()), 400, "idempotency_key_required")
    assert error["param"] == "$.idempotencyKey"
    for wrong in ("", None):
        refusal(shopper.post("/purchases", storage() | {"idempotencyKey": wrong}), 400)
    both = shopper.post("/purchases", storage() | {"idempotencyKey": key}, headers={"Idempotency-Key": name("other")})
    refusal(both, 400)
    assert asked(shopper, "/purchases")["purchases"] == []
    same = shopper.post("/purchases", storage() | {"idempotencyKey": key}, headers={"Idempotency-Key": key})
    assert same.status_code == 201


@pytest.mark.parametrize("length, status", [(1, 201), (255, 201), (256, 400), (5000, 400)])
def test_a_key_has_at_most_255_characters(shopper, length, status):
    key = (name("long") * 400)[:length]
    for response in (shopper.order(storage(1), idempotencyKey=key),
                     shopper.post("/purchases", storage(1), headers={"Idempotency-Key": key})):
        assert response.status_code == status, response.text


def test_a_purchase_is_found_again_by_its_key(shopper):
    key = name("key with spaces/and?more&")
    purchase = shopper.buy(storage(), idempotencyKey=key)
    shopper.ended(purchase["id"])
    found = asked(shopper, "/purchases", idempotencyKey=key)["purchase"]
    assert (found["id"], found["status"], found["idempotencyKey"]) == (purchase["id"], "completed", key)
    refusal(shopper.get("/purchases", params={"idempotencyKey": name("never")}), 404, "not_found")


def test_a_key_is_the_agent_keys_own(household, shopper):
    key, other = name("key"), household.shopper(agent=name("other"))
    first, second = shopper.buy(storage(), idempotencyKey=key), other.buy(storage(), idempotencyKey=key)
    assert first["id"] != second["id"]
    assert asked(other, "/purchases", idempotencyKey=key)["purchase"]["id"] == second["id"]


def test_one_key_buys_one_thing_whichever_door_it_is_sent_to(shopper):
    key, owned = name("key"), bought(shopper, storage())
    shopper.buy(storage(), idempotencyKey=key)
    refusal(shopper.post(f"/services/{owned['id']}/renew", {"periods": 1, "idempotencyKey": key}), 422,
            "idempotency_conflict")


def test_a_quote_is_bought_once_whatever_key_is_sent(household, shopper):
    quote = {"quoteId": shopper.post("/quotes", storage()).json()["quote"]["id"]}
    answers = at_once(8, lambda _: shopper.order(quote))
    taken = [answer for answer in answers if answer.status_code == 201]
    assert len(taken) == 1
    purchase = taken[0].json()["purchase"]["id"]
    for buyer in (shopper, household.shopper(agent=name("other"))):
        error = refusal(buyer.order(quote), 409, "quote_already_purchased")
        assert error["details"]["purchaseId"] == purchase
    assert len(asked(shopper, "/purchases")["purchases"]) == 1


def test_a_kill_changes_nothing_of_what_was_bought(rialto):
    shopper = Household(rialto.start()).shopper()
    keys, orders = [name("key") for _ in range(3)], [storage(), credits(), domain()]
    first = [shopper.order(order, idempotencyKey=key) for key, order in zip(keys, orders)]
    rialto.kill()
    rialto.start()
    for key, order, answer in zip(keys, orders, first):
        again = shopper.order(order, idempotencyKey=key)
        assert again.content == answer.content and again.headers["Idempotent-Replayed"] == "true"
        assert asked(shopper, "/purchases", idempotencyKey=key)["purchase"]["id"] == answer.json()["purchase"]["id"]
        refusal(shopper.order(storage(99), idempotencyKey=key), 422, "idempotency_conflict")
    assert len(balances(shopper, 10_000)) == 3
    assert rialto.run("ledger", "verify")["ok"] is True


# No


def test_what_the_wallet_cannot_pay_is_refused_and_frees_its_key(household):
    house = Household(household.server, dollars=10)
    shopper, key = house.shopper(), name("key")
    error = refusal(shopper.order(domain(), idempotencyKey=name("x")), 402, "insufficient_funds")
    assert error["details"]["shortfallMinor"] == 499 and error["details"]["bindingConstraint"] == "wallet"
    order = domain()
    refusal(shopper.order(order, idempotencyKey=key), 402, "insufficient_funds")
    assert asked(shopper, "/purchases")["purchases"] == [] and shopper.wallet()["heldMinor"] == 0
    house.fund(5)
    assert shopper.buy(order, idempotencyKey=key)["idempotencyKey"] == key


def test_what_policies_deny_is_kept_and_denied_again(household):
    household.policy({"blockedCategories": ["storage"]})
    shopper, key = household.shopper(), name("key")
    first = shopper.order(storage(), idempotencyKey=key)
    error = refusal(first, 403, "policy_denied")
    assert [line for line in error["details"]["trace"] if line["outcome"] == "deny"]
    household.policy({})
    again = shopper.order(storage(), idempotencyKey=key)
    assert again.status_code == 403 and again.content == first.content
    assert again.headers["Idempotent-Replayed"] == "true"
    [kept] = asked(shopper, "/purchases", status="denied")["purchases"]
    assert kept["idempotencyKey"] == key and "serviceId" not in kept
    assert story(shopper, kept["id"]) == ["purchase.denied"]
    assert shopper.buy(storage())["id"] != kept["id"]


@pytest.mark.parametrize("most, status", [(1498, 409), (1499, 201), (1500, 201), (0, 409)])
def test_no_more_is_paid_than_the_agent_said(shopper, most, status):
    response = shopper.order(domain(), maxTotalMinor=most)
    assert response.status_code == status, response.text
    if status == 409:
        refusal(response, 409, "max_total_exceeded")
        assert shopper.wallet()["heldMinor"] == 0


def test_the_same_again_within_a_while_is_asked_about(household):
    household.policy({"duplicateWindowMinutes": 60})
    shopper = household.shopper()
    first = shopper.buy(storage())
    error = refusal(shopper.order(storage()), 409, "possible_duplicate")
    assert error["details"]["purchaseId"] == first["id"]
    assert shopper.buy(storage(), allowDuplicate=True)["id"] != first["id"]
    assert shopper.buy(storage(11))


def test_what_is_under_way_or_over_is_not_canceled(shopper):
    done = shopper.buy(credits(1))
    key = {"idempotencyKey": name("key")}
    error = refusal(shopper.post(f"/purchases/{done['id']}/cancel", key), 409, "not_cancelable")
    assert error["type"] == "conflict"
    refusal(shopper.post(f"/purchases/{UNKNOWN}/cancel", key), 404, "not_found")


def test_what_waits_for_a_person_is_canceled_and_costs_nothing(household):
    household.policy({"approvalRules": [{}]})
    shopper = household.shopper()
    response = shopper.order(storage())
    assert response.status_code == 202
    purchase, key = response.json()["purchase"], name("key")
    assert purchase["status"] == "awaiting_approval" and purchase["approvalId"] and purchase["approvalUrl"]
    assert purchase["pollAfterMs"] > 0 and shopper.wallet()["heldMinor"] == 20
    body = {"idempotencyKey": key, "reasonCode": "not_needed", "note": "we have one"}
    first = shopper.post(f"/purchases/{purchase['id']}/cancel", body)
    assert first.status_code == 200 and first.json()["purchase"]["status"] == "canceled"
    again = shopper.post(f"/purchases/{purchase['id']}/cancel", body)
    assert again.content == first.content and again.headers["Idempotent-Replayed"] == "true"
    assert story(shopper, purchase["id"]) == ["purchase.awaiting_approval", "purchase.canceled"]
    assert asked(shopper, f"/approvals/{purchase['approvalId']}")["approval"]["state"] == "canceled"
    assert balances(shopper, 100_000) == []


# Looking


def test_purchases_are_listed_newest_first_by_status_and_category(household):
    household.policy({"blockedCategories": ["compute"]})
    shopper = household.shopper()
    made = [shopper.buy(order)["id"] for order in (storage(1), credits(1), storage(2), domain(), storage(3))]
    assert shopper.order(server()).status_code == 403
    [denied] = pages(shopper, "/purchases", "purchases", 1, status="denied")
    for id in made:
        assert shopper.ended(id)["status"] == "completed"
    whole = [purchase["id"] for purchase in pages(shopper, "/purchases", "purchases", 2)]
    assert whole == [denied["id"], *reversed(made)]
    listed = pages(shopper, "/purchases", "purchases", 2, status="completed", category="storage")
    assert [purchase["id"] for purchase in listed] == [made[4], made[2], made[0]]
    refusal(shopper.get("/purchases", params={"status": "bought"}), 400)


def test_a_wait_ends_when_the_purchase_moves_on(household):
    household.policy({"approvalRules": [{}]})
    shopper, owner = household.shopper(), household.owner()
    purchase = shopper.buy(credits(1))
    waiting = beside(lambda: asked(shopper, f"/purchases/{purchase['id']}", wait=20)["purchase"])
    assert owner.post(f"/approvals/{purchase['approvalId']}/approve", {}).status_code == 200
    assert waiting.result(10)["status"] != "awaiting_approval"
    assert shopper.ended(purchase["id"])["status"] == "completed"
    for wrong in (26, -1, "long"):
        refusal(shopper.get(f"/purchases/{purchase['id']}", params={"wait": wrong}), 400)


def test_everything_that_happened_is_told_in_order_from_where_one_asks(household, shopper):
    shopper.ended(shopper.buy(storage())["id"])
    shopper.ended(shopper.buy(phone())["id"])
    whole = events(shopper)
    assert whole[0]["type"] == "wallet.funded" and whole[0]["actor"].startswith("owner:")
    assert all(event["at"] and event["actor"] for event in whole)
    completed = events(shopper, types="purchase.completed")
    assert [event["type"] for event in completed] == ["purchase.completed"] * 2
    assert [event for event in whole if event["type"] == "purchase.completed"] == completed
    half = whole[len(whole) // 2]["seq"]
    assert asked(shopper, "/events", after=half, limit=50)["events"] == whole[half:]
    last = asked(shopper, "/events", after=whole[-1]["seq"])
    assert last == {"events": [], "nextAfter": whole[-1]["seq"]}
    until(lambda: len(events(Household(household.server).shopper())) == 1, what="the events of another account")
