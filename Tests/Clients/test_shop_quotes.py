"""Prices that hold for a while."""

from datetime import UTC, datetime

import pytest

from goods import BUCKET, CREDITS, MICRO, PHONE, asked, bought, credits, moment, phone, refusal, server, wish
from shop import DOMAIN, Household, domain, name, storage
from waiting import until

SEEN = ["id", "catalogItemId", "totalPriceMinor", "currency", "displayName", "configuration", "managementCapabilities"]


@pytest.fixture(scope="module")
def household(shared):
    return Household(shared)


@pytest.fixture(scope="module")
def shopper(household):
    return household.shopper()


def quoted(shopper, order, **more):
    response = shopper.post("/quotes", order, **more)
    assert response.status_code == 201, response.text
    assert list(response.json()) == ["quote"]
    return response.json()["quote"]


@pytest.mark.parametrize("order", [domain(), credits(), server(), phone(), storage()])
def test_a_quote_says_what_is_bought_for_how_much_and_for_how_long(shopper, order):
    quote = quoted(shopper, order)
    assert set(SEEN) <= set(quote)
    assert quote["catalogItemId"] == order["catalogItemId"] and quote["currency"] == "usd"
    assert order["configuration"].items() <= quote["configuration"].items()
    assert isinstance(quote["totalPriceMinor"], int)
    assert sum(line["amountMinor"] for line in quote["lines"]) == quote["totalPriceMinor"]
    assert len(quote["quoteHash"]) == 64 and int(quote["quoteHash"], 16)
    assert moment(quote["expiresAt"]) > datetime.now(UTC)
    assert quote["policyPreview"]["decision"] == "allow" and isinstance(quote["policyPreview"]["trace"], list)
    assert quote["reality"] == ("real" if order["catalogItemId"] == CREDITS else "simulated")
    assert ("recurring" in quote) == (order["catalogItemId"] != CREDITS)


def test_what_comes_again_is_told_with_its_period(shopper):
    quote = quoted(shopper, domain(periodYears=3))
    assert quote["totalPriceMinor"] == 3 * 1499
    assert quote["recurring"] == {"amountMinor": 1499, "currency": "usd", "periodMonths": 12}


def test_a_quote_is_found_again_by_its_own_account_alone(household, shopper):
    quote = quoted(shopper, storage(), headers={})
    shown = asked(shopper, f"/quotes/{quote['id']}")["quote"]
    assert {word: shown[word] for word in SEEN} == {word: quote[word] for word in SEEN}
    assert shown["quoteHash"] == quote["quoteHash"] and "purchaseId" not in shown
    other = Household(household.server).shopper()
    refusal(other.get(f"/quotes/{quote['id']}"), 404, "not_found")
    refusal(other.order({"quoteId": quote["id"]}), 404, "not_found")
    assert bought(shopper, {"quoteId": quote["id"]})
    assert asked(shopper, f"/quotes/{quote['id']}")["quote"]["purchaseId"]


def test_the_hash_is_of_what_is_bought(shopper):
    hashes = {quoted(shopper, order)["quoteHash"] for order in (storage(1), storage(2), domain(), domain())}
    assert len(hashes) == 4


def test_a_reference_of_the_clients_own_is_told_back(shopper):
    assert quoted(shopper, storage() | {"clientReference": "order 7"})["clientReference"] == "order 7"


def test_a_quote_holds_nothing_and_shows_what_policies_would_say(household):
    house = Household(household.server)
    house.policy({"blockedCategories": ["storage"], "approvalRules": [{"categories": ["domains"]}]})
    shopper = house.shopper()
    for order, decision in ((storage(), "deny"), (domain(), "require_approval"), (credits(), "allow")):
        preview = quoted(shopper, order)["policyPreview"]
        assert preview["decision"] == decision
        assert decision == "allow" or decision in {line["outcome"] for line in preview["trace"]}
    assert shopper.wallet()["heldMinor"] == 0 and asked(shopper, "/purchases")["purchases"] == []


def test_more_than_the_wallet_has_gets_a_price_all_the_same(household):
    assert quoted(Household(household.server, dollars=0).shopper(), credits(500))["totalPriceMinor"] == 50_000


# Repeating


def test_a_quote_needs_no_key_and_honours_one(shopper):
    order = storage()
    assert quoted(shopper, order)["id"] != quoted(shopper, order)["id"]
    key = name("key")
    first = shopper.post("/quotes", order | {"idempotencyKey": key})
    again = shopper.post("/quotes", order, headers={"Idempotency-Key": key})
    assert again.json()["quote"]["id"] == first.json()["quote"]["id"]
    assert again.headers["Idempotent-Replayed"] == "true" and "Idempotent-Replayed" not in first.headers
    assert again.content == first.content
    refusal(shopper.post("/quotes", storage(11) | {"idempotencyKey": key}), 422, "idempotency_conflict")


# What cannot be quoted


@pytest.mark.parametrize("order, field", [
    (wish(CREDITS), "creditAmountUsd"), (credits(0), "creditAmountUsd"), (credits(-5), "creditAmountUsd"),
    (credits(25.555), "creditAmountUsd"), (credits("25.555"), "creditAmountUsd"), (credits("many"), "creditAmountUsd"),
    (credits([25]), "creditAmountUsd"), (credits(1e300), "creditAmountUsd"), (credits(None), "creditAmountUsd"),
    (domain(domainName="harbour.shop"), "domainName"), (domain(domainName="-.com"), "domainName"),
    (domain(domainName="a..com"), "domainName"), (domain(domainName=""), "domainName"),
    (domain(domainName=7), "domainName"), (domain(periodYears=0), "periodYears"),
    (domain(periodYears=11), "periodYears"), (domain(periodYears=1.5), "periodYears"),
    (domain(periodYears="1"), "periodYears"), (domain(autoRenew="yes"), "autoRenew"),
    (domain(registrantEmail="nobody"), "registrantEmail"), (domain(registrantCountry="Venice"), "registrantCountry"),
    (server(image="windows"), "image"), (server(region="moon"), "region"), (server(hostname="a b"), "hostname"),
    (server(MICRO, image="nvidia-ai-ubuntu"), "image"), (server(billingTermMonths=0), "billingTermMonths"),
    (phone("VA"), "countryCode"), (phone(numberType="satellite"), "numberType"),
    (phone(capabilities=[]), "capabilities"), (phone(capabilities="sms"), "capabilities"),
    (phone(capabilities=["fax"]), "capabilities"),
    (phone(initialBalanceUsd=-1), "initialBalanceUsd"), (storage(0), "capacityGb"), (storage(10**12), "capacityGb"),
    (wish(BUCKET, region="us-east", storageClass="block", capacityGb=1), "storageClass"),
    (domain(colour="red"), "colour"), (storage() | {"configuration": []}, "configuration"),
    (storage() | {"configuration": "none"}, "configuration")])
def test_a_configuration_that_cannot_be_is_refused_with_its_place(shopper, order, field):
    for response in (shopper.post("/quotes", order), shopper.order(order), shopper.post("/policies/check", order)):
        error = refusal(response, 422, "configuration_invalid")
        assert error["param"].startswith("$.") and field in error["param"], error
        assert error["resolution"] == "recoverable" and error["retryable"] is False


@pytest.mark.parametrize("missing", ["countryCode", "numberType", "capabilities"])
def test_each_field_that_is_needed_is_asked_for(shopper, missing):
    order = phone()
    del order["configuration"][missing]
    assert missing in refusal(shopper.post("/quotes", order), 422, "configuration_invalid")["message"]


@pytest.mark.parametrize("dollars, minor", [
    (25, 2500), (25.5, 2550), ("25.5", 2550), ("25.50", 2550), (0.01 + 0.06, 7), ("1000", 100_000), (10.10, 1010),
    (19.99, 1999), (4.35, 435), (1.15, 115)])
def test_dollars_are_read_by_their_digits(shopper, dollars, minor):
    response = shopper.post("/quotes", credits(dollars))
    if response.status_code == 422:
        # What a float made of it has more digits than there are cents, or it is less than may be bought.
        assert len(str(dollars).partition(".")[2]) > 2 or float(dollars) < 1
    else:
        assert response.json()["quote"]["totalPriceMinor"] == minor


@pytest.mark.parametrize("quantity", [0, -1, 101, 1.5, "1", None, 10**30])
def test_a_quantity_is_a_number_that_can_be(shopper, quantity):
    for response in (shopper.post("/quotes", storage() | {"quantity": quantity}),
                     shopper.order(storage() | {"quantity": quantity})):
        assert "quantity" in refusal(response, 400)["param"]


def test_what_is_configured_by_itself_is_bought_one_at_a_time(shopper):
    refusal(shopper.post("/quotes", domain() | {"quantity": 2}), 422, "configuration_invalid")


def test_a_name_that_is_taken_cannot_be_had(shopper):
    order = domain()
    owned = bought(shopper, order)
    assert owned["configuration"]["domainName"] == order["configuration"]["domainName"]
    for response in (shopper.post("/quotes", order), shopper.order(order)):
        refusal(response, 409, "item_unavailable")
    upper = order | {"configuration": order["configuration"] | {
        "domainName": order["configuration"]["domainName"].upper().replace(".COM", ".com")}}
    refusal(shopper.post("/quotes", upper), 409, "item_unavailable")


@pytest.mark.parametrize("body", [
    {"quantity": 1, "configuration": {}}, {"catalogItemId": 7, "quantity": 1}, {"catalogItemId": DOMAIN},
    {"catalogItemId": [], "quantity": 1, "configuration": {}}])
def test_an_order_that_cannot_be_read_is_refused(shopper, body):
    assert refusal(shopper.post("/quotes", body), 400)["type"] == "invalid_request"


def test_an_item_that_is_not_there_gets_no_price(shopper):
    refusal(shopper.post("/quotes", wish("cat_nothing")), 404, "not_found")
    refusal(shopper.get("/quotes/0190f5c2-0000-7000-8000-000000000000"), 404, "not_found")
    refusal(shopper.get("/quotes/nonsense"), 404, "not_found")


def test_a_quote_that_has_expired_is_not_bought(servers):
    house = Household(servers({"shop": {"quote_seconds": 1}}))
    shopper = house.shopper()
    quote = quoted(shopper, phone())
    until(lambda: datetime.now(UTC) > moment(quote["expiresAt"]), 5, "the end of the quote")
    refusal(shopper.order({"quoteId": quote["id"]}), 409, "quote_expired")
    assert shopper.wallet()["heldMinor"] == 0
    assert bought(shopper, phone())["catalogItemId"] == PHONE
