"""Money back, and receipts that anybody can check with the published keys."""

import json

import jwt
import pytest
import requests
from joserfc import jws
from joserfc.errors import BadSignatureError
from joserfc.jwk import KeySet

from goods import (
    asked, at_once, balances, bought, credits, moment, paid, phone, refusal, server, service, story, volume)
from router_client import ROUTER, Router
from shop import Household, domain, name, storage
from waiting import until

UNKNOWN = "0190f5c2-0000-7000-8000-000000000000"


@pytest.fixture
def household(shared):
    return Household(shared)


def refunded(shopper, purchase, **more):
    body = {"reasonCode": "not_needed", "idempotencyKey": name("back")} | more
    return shopper.post(f"/purchases/{purchase}/refunds", body)


def test_a_refund_gives_back_a_part_and_then_the_rest(shopper):
    one = bought(shopper, domain())
    first = refunded(shopper, one["purchaseId"], amountMinor=500)
    assert first.status_code == 201, first.text
    refund = first.json()["refund"]
    assert (refund["amountMinor"], refund["currency"], refund["reasonCode"]) == (500, "usd", "not_needed")
    assert refund["status"] == "succeeded" == asked(shopper, f"/refunds/{refund['id']}")["refund"]["status"]
    purchase = shopper.purchase(one["purchaseId"])
    assert (purchase["refundedMinor"], purchase["refundState"], purchase["totalPriceMinor"]) == (500, "partial", 1499)
    assert service(shopper, one["id"])["status"] == "active"
    assert refunded(shopper, one["purchaseId"]).json()["refund"]["amountMinor"] == 999
    purchase = shopper.purchase(one["purchaseId"])
    assert (purchase["status"], purchase["refundState"], purchase["totalPriceMinor"]) == ("completed", "full", 1499)
    until(lambda: service(shopper, one["id"])["status"] == "terminated", what="the end of what was given back")
    assert balances(shopper, 10_000) and shopper.wallet()["balanceMinor"] == 10_000
    assert story(shopper, one["purchaseId"])[-1] == "purchase.completed"


@pytest.mark.parametrize("amount, status", [(1500, 409), (0, 400), (-1, 400), (1.5, 400), ("500", 400), (10**30, 400)])
def test_no_more_is_given_back_than_was_paid(shopper, amount, status):
    one = bought(shopper, domain())
    refusal(refunded(shopper, one["purchaseId"], amountMinor=amount), status)
    assert shopper.purchase(one["purchaseId"])["refundState"] == "none"
    assert balances(shopper, 10_000)


def test_refunds_at_once_never_give_back_more_than_was_paid(shopper):
    one = bought(shopper, domain())
    answers = at_once(20, lambda _: refunded(shopper, one["purchaseId"], amountMinor=200))
    assert sorted(answer.status_code for answer in answers) == [201] * 7 + [409] * 13
    assert shopper.purchase(one["purchaseId"])["refundedMinor"] == 1400
    assert shopper.wallet()["balanceMinor"] == 10_000 - 1499 + 1400


def test_the_same_refund_again_is_one_refund(shopper):
    one, key = bought(shopper, domain()), name("back")
    answers = at_once(10, lambda _: refunded(shopper, one["purchaseId"], amountMinor=100, idempotencyKey=key))
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len({answer.content for answer in answers if answer.status_code == 201}) == 1
    again = refunded(shopper, one["purchaseId"], amountMinor=100, idempotencyKey=key)
    assert again.status_code == 201 and again.headers["Idempotent-Replayed"] == "true"
    refusal(refunded(shopper, one["purchaseId"], amountMinor=200, idempotencyKey=key), 422, "idempotency_conflict")
    assert shopper.purchase(one["purchaseId"])["refundedMinor"] == 100


def test_what_was_not_completed_is_not_given_back(household):
    household.policy({"approvalRules": [{"categories": ["storage"]}], "blockedCategories": ["compute"]})
    shopper = household.shopper()
    waiting = shopper.buy(storage())["id"]
    assert shopper.order(server()).status_code == 403
    [denied] = asked(shopper, "/purchases", status="denied")["purchases"]
    for id in (waiting, denied["id"]):
        refusal(refunded(shopper, id), 409)
    assert shopper.wallet()["balanceMinor"] == 10_000


def test_a_refund_says_why_and_is_found_by_its_account_alone(household, shopper):
    one = bought(shopper, domain())
    for wrong in ({"reasonCode": None}, {"reasonCode": "Not needed"}, {"reasonCode": ""}, {"reasonCode": 7}):
        refusal(refunded(shopper, one["purchaseId"], **wrong), 400)
    refusal(shopper.post(f"/purchases/{one['purchaseId']}/refunds", {"reasonCode": "x"}), 400,
            "idempotency_key_required")
    refund = refunded(shopper, one["purchaseId"], amountMinor=1).json()["refund"]["id"]
    other = Household(household.server).shopper()
    refusal(other.get(f"/refunds/{refund}"), 404, "not_found")
    refusal(refunded(other, one["purchaseId"]), 404, "not_found")
    refusal(refunded(shopper, UNKNOWN), 404, "not_found")


def test_credits_that_were_spent_are_not_given_back(servers):
    shopper = Household(servers(ROUTER)).shopper()
    router = Router(shopper, dollars=5)
    purchase = service(shopper, router.service)["purchaseId"]
    assert router.chat("claude-sonnet-4").status_code == 200
    refusal(refunded(shopper, purchase), 409)
    assert refunded(shopper, purchase, amountMinor=499).status_code == 201
    assert shopper.wallet()["balanceMinor"] == 10_000 - 500 + 499


def test_a_refund_frees_no_budget_twice_and_ends_what_it_pays_for(household):
    shopper = household.shopper()
    one = bought(shopper, phone())
    assert refunded(shopper, one["purchaseId"]).status_code == 201
    until(lambda: service(shopper, one["id"])["status"] == "terminated", what="the end of the service")
    refusal(refunded(shopper, one["purchaseId"]), 409)
    assert household.server.run("ledger", "verify", "--account", household.account)["ok"] is True


# Receipts


@pytest.fixture
def receipt(shopper):
    one = bought(shopper, domain())
    told = asked(shopper, f"/purchases/{one['purchaseId']}/receipt")
    return one, told["receipt"], told["claims"]


def published(server):
    return requests.get(f"{server.base}/.well-known/jwks.json", timeout=10).json()


def test_a_receipt_is_verified_with_the_published_keys_by_two_libraries(household, receipt):
    one, text, claims = receipt
    keys = published(household.server)
    signed = jws.deserialize_compact(text, KeySet.import_key_set(keys), algorithms=["RS256"])
    assert json.loads(signed.payload) == claims and signed.headers()["kid"]
    key = jwt.PyJWKSet.from_dict(keys)[jwt.get_unverified_header(text)["kid"]]
    assert jwt.decode(text, key, algorithms=["RS256"], issuer=claims["iss"]) == claims
    discovered = requests.get(f"{household.server.base}/.well-known/agent-store.json", timeout=10).json()
    assert requests.get(discovered["receipts"]["jwks"], timeout=10).json() == keys


def test_a_receipt_says_what_was_bought_and_where_it_stands_in_the_books(household, shopper, receipt):
    one, _, claims = receipt
    purchase = shopper.purchase(one["purchaseId"])
    facts = claims["receipt"]
    assert claims["iss"] and claims["account"] == household.account
    for word in ("quoteId", "catalogItemId", "totalPriceMinor", "currency", "serviceId", "reality"):
        assert facts[word] == purchase[word], word
    assert facts["configuration"] == purchase["configuration"] and facts["purchaseId"] == purchase["id"]
    assert facts["reality"] == "simulated"
    assert facts["quoteHash"] == asked(shopper, f"/quotes/{purchase['quoteId']}")["quote"]["quoteHash"]
    books = household.owner().get("/ledger/export").text.splitlines()
    [line] = [line for line in map(json.loads, books) if line.get("hash") == facts["ledgerHash"]]
    assert line["sequence"] == facts["ledgerSeq"] and line["subject"] == purchase["id"]


def test_a_receipt_is_always_the_same_also_when_money_was_given_back(shopper, receipt):
    one, text, _ = receipt
    assert refunded(shopper, one["purchaseId"], amountMinor=100).status_code == 201
    assert asked(shopper, f"/purchases/{one['purchaseId']}/receipt")["receipt"] == text


def test_a_receipt_that_was_changed_is_found_out(household, receipt):
    _, text, _ = receipt
    head, body, signature = text.split(".")
    keys = KeySet.import_key_set(published(household.server))
    for forged in (f"{head}.{body[:-2]}{'AA' if body[-2:] != 'AA' else 'BB'}.{signature}",
                   f"{head}.{body}.{signature[:-8]}AAAAAAAA"):
        with pytest.raises((BadSignatureError, ValueError)):
            jws.deserialize_compact(forged, keys, algorithms=["RS256"])


def test_a_receipt_is_no_token(household, shopper, receipt):
    _, text, _ = receipt
    for path in ("/v1/agent/wallet", "/v1/account/wallet", "/openai/v1/models", "/api/v1/models"):
        response = requests.get(
            f"{household.server.base}{path}", headers={"Authorization": f"Bearer {text}"}, timeout=10)
        assert response.status_code == 401, path


def test_there_is_no_receipt_before_it_is_paid(household):
    household.policy({"approvalRules": [{}]})
    shopper = household.shopper()
    waiting = shopper.buy(credits(1))
    refusal(shopper.get(f"/purchases/{waiting['id']}/receipt"), 409)
    refusal(shopper.get(f"/purchases/{UNKNOWN}/receipt"), 404, "not_found")
    refusal(Household(household.server).shopper().get(f"/purchases/{waiting['id']}/receipt"), 404, "not_found")


def test_a_renewal_that_is_paid_back_is_over_and_the_service_goes_on(shopper):
    one = bought(shopper, server())
    more = paid(shopper, f"/services/{one['id']}/renew", periods=2)
    assert moment(service(shopper, one["id"])["paidUntil"]) > moment(one["paidUntil"])
    assert refunded(shopper, more["id"]).status_code == 201
    now = service(shopper, one["id"])
    assert (now["status"], now["autoRenew"]) == ("active", False) and now["paidUntil"] == one["paidUntil"]
    assert "service.reduced" in story(shopper, one["id"])


def test_a_top_up_that_is_paid_back_leaves_the_number(shopper):
    one = bought(shopper, phone())
    more = paid(shopper, f"/services/{one['id']}/phone/topup", amountUsd=5)
    assert refunded(shopper, more["id"]).status_code == 201
    assert service(shopper, one["id"])["status"] == "active"


def test_what_was_made_larger_is_not_paid_back(shopper):
    one = bought(shopper, volume(100))
    more = paid(shopper, f"/services/{one['id']}/storage/expand", capacityGb=200)
    refusal(refunded(shopper, more["id"], amountMinor=1), 409)
    refusal(refunded(shopper, more["id"]), 409)
    assert service(shopper, one["id"])["status"] == "active"
