"""Money of an account: what came in, what is held, what went out, and play money beside it."""

import pytest

from goods import asked, at_once, balances, bought, credits, pages, refusal, server
from shop import Household, domain, name, storage

FIELDS = {"balanceMinor", "heldMinor", "availableMinor", "spendableMinor", "bindingConstraint", "currency", "asOfSeq"}


@pytest.fixture
def household(shared):
    return Household(shared)


def moved(shopper, **query):
    return pages(shopper, "/wallet/transactions", "transactions", 50, **query)


def test_the_wallet_shows_what_there_is_and_what_may_be_spent(shopper):
    wallet = shopper.wallet()
    assert FIELDS <= set(wallet)
    assert {wallet[word] for word in ("balanceMinor", "availableMinor", "spendableMinor")} == {10_000}
    assert (wallet["heldMinor"], wallet["currency"], wallet["bindingConstraint"]) == (0, "usd", "wallet")
    assert wallet["testMode"] is False and wallet["frozen"] is False


def test_money_is_held_before_it_is_spent(household, shopper, owner):
    household.policy({"approvalRules": [{}]})
    purchase = shopper.buy(domain())
    wallet = shopper.wallet()
    assert [wallet[word] for word in ("balanceMinor", "heldMinor", "availableMinor")] == [10_000, 1499, 8501]
    [hold] = pages(shopper, "/wallet/holds", "holds", 50, state="open")
    assert (hold["state"], hold["amountMinor"], hold["subjectId"]) == ("open", 1499, purchase["id"])
    assert owner.post(f"/approvals/{purchase['approvalId']}/approve", {}).status_code == 200
    shopper.ended(purchase["id"])
    wallet = shopper.wallet()
    assert [wallet[word] for word in ("balanceMinor", "heldMinor", "availableMinor")] == [8501, 0, 8501]
    assert pages(shopper, "/wallet/holds", "holds", 50, state="open") == []
    assert {hold["state"] for hold in pages(shopper, "/wallet/holds", "holds", 1)} == {"ended"}


def test_each_movement_is_told_with_what_it_was_for(shopper):
    purchases = [shopper.ended(shopper.buy(order)["id"]) for order in (storage(), credits(5), storage(20))]
    assert len(balances(shopper, 10_000)) == 3
    whole = moved(shopper)
    numbers = [entry["seq"] for entry in whole]
    assert numbers == sorted(numbers, reverse=True) and len(set(numbers)) == len(numbers)
    assert {"fund", "capture"} <= {entry["type"] for entry in whole}
    assert sum(entry["amountMinor"] for entry in moved(shopper, type="capture")) == 20 + 500 + 40
    [fund] = moved(shopper, type="fund")
    assert fund["amountMinor"] == 10_000 and fund["kind"] == "single" and fund["actor"].startswith("owner:")
    mine = moved(shopper, purchaseId=purchases[0]["id"])
    assert {entry["subjectId"] for entry in mine} == {purchases[0]["id"]}
    assert sorted(entry["kind"] for entry in mine) == ["pending", "post"]
    assert [entry["seq"] for entry in pages(shopper, "/wallet/transactions", "transactions", 2)] == numbers


def test_an_owner_puts_money_in_once_for_each_key(shopper, owner):
    body = {"amountMinor": 5000, "reason": "the budget of March", "idempotencyKey": name("key")}
    first = owner.post("/funding", body)
    assert first.status_code == 200 and first.json()["balanceMinor"] == 15_000
    again = owner.post("/funding", body)
    assert again.json()["balanceMinor"] == 15_000 and again.headers["Idempotent-Replayed"] == "true"
    refusal(owner.post("/funding", body | {"amountMinor": 6000}), 422, "idempotency_conflict")
    assert shopper.wallet()["balanceMinor"] == 15_000


@pytest.mark.parametrize("amount", [0, -100, 1.5, "100", None, 10**12, 10**30, True])
def test_an_amount_that_cannot_be_is_refused(shopper, owner, amount):
    for path in ("/funding", "/wallet/adjustments") if amount not in (-100,) else ("/funding",):
        error = refusal(owner.post(path, {"amountMinor": amount, "reason": "x"}), 400)
        assert "amount" in error.get("param", "") + error["message"]
    assert shopper.wallet()["balanceMinor"] == 10_000


@pytest.mark.parametrize("reason", [None, "", 7, "x" * 1001])
def test_money_needs_a_reason(owner, reason):
    refusal(owner.post("/funding", {"amountMinor": 100, "reason": reason}), 400)
    refusal(owner.post("/wallet/adjustments", {"amountMinor": 100, "reason": reason}), 400)


def test_a_correction_is_a_movement_of_its_own_and_never_takes_what_is_not_there(shopper, owner):
    done = owner.post("/wallet/adjustments", {"amountMinor": -2500, "reason": "paid twice"})
    assert done.status_code == 200 and done.json()["balanceMinor"] == 7500
    adjusted = owner.post("/wallet/adjustments", {"amountMinor": 500, "reason": "not quite"})
    assert adjusted.json()["balanceMinor"] == 8000
    refusal(owner.post("/wallet/adjustments", {"amountMinor": -8001, "reason": "all"}), 402, "insufficient_funds")
    assert len(moved(shopper, type="correction")) == 2 and len(moved(shopper, type="fund")) == 1
    assert shopper.wallet()["balanceMinor"] == 8000


def test_an_agent_asks_for_money_and_moves_none(shopper, owner):
    body = {"amountMinor": 7000, "reason": "a domain", "idempotencyKey": name("ask")}
    first = shopper.post("/wallet/funding-requests", body)
    assert first.status_code == 201
    assert first.json()["fundingRequest"]["status"] == "open" and shopper.wallet()["balanceMinor"] == 10_000
    again = shopper.post("/wallet/funding-requests", body)
    assert again.content == first.content and again.headers["Idempotent-Replayed"] == "true"
    [seen] = asked(owner, "/funding-requests")["fundingRequests"]
    wanted = (first.json()["fundingRequest"]["id"], 7000, "a domain")
    assert (seen["id"], seen["amountMinor"], seen["reason"]) == wanted
    keyless = shopper.post("/wallet/funding-requests", {"amountMinor": 1, "reason": "x"})
    refusal(keyless, 400, "idempotency_key_required")


def test_money_of_another_account_is_not_seen(household, shopper):
    other = Household(household.server, dollars=7)
    bought(other.shopper(), storage())
    assert len(moved(shopper)) == 1 and shopper.wallet()["balanceMinor"] == 10_000
    assert other.shopper().wallet()["balanceMinor"] == 680


def test_what_is_spent_at_once_is_never_more_than_there_is(shopper):
    answers = at_once(20, lambda _: shopper.order(domain()))
    assert sorted(answer.status_code for answer in answers) == [201] * 6 + [402] * 14
    assert len(balances(shopper, 10_000)) == 6 and shopper.wallet()["balanceMinor"] == 10_000 - 6 * 1499


# Play


def test_play_money_is_a_wallet_of_its_own(household, shopper, owner):
    player = household.shopper("--test")
    assert player.key.startswith("ask_test_") and shopper.key.startswith("ask_live_")
    assert player.wallet()["balanceMinor"] == 0 and player.wallet()["testMode"] is True
    refusal(player.order(storage()), 402, "insufficient_funds")
    household.fund(50, "--test")
    owned = bought(player, server())
    assert owned["testMode"] is True and owned["reality"] == "simulated"
    assert (player.wallet()["balanceMinor"], shopper.wallet()["balanceMinor"]) == (2600, 10_000)
    assert asked(owner, "/wallet", test="true")["balanceMinor"] == 2600
    assert asked(owner, "/wallet")["balanceMinor"] == 10_000


def test_play_and_earnest_do_not_see_each_other(household, shopper):
    player = household.shopper("--test")
    household.fund(50, "--test")
    real, play = bought(shopper, storage()), bought(player, storage())
    for buyer, other in ((shopper, play), (player, real)):
        refusal(buyer.get(f"/services/{other['id']}"), 404, "not_found")
        refusal(buyer.get(f"/purchases/{other['purchaseId']}"), 404, "not_found")
        assert other["id"] not in {one["id"] for one in asked(buyer, "/services")["services"]}
        assert other["purchaseId"] not in {one["id"] for one in asked(buyer, "/purchases")["purchases"]}
    quote = player.post("/quotes", storage()).json()["quote"]["id"]
    refusal(shopper.order({"quoteId": quote}), 404, "not_found")


def test_policies_hold_for_play_with_budgets_of_its_own(household, shopper):
    household.policy({"spendLimits": [{"interval": "monthly", "amountMinor": 30}]})
    player = household.shopper("--test")
    household.fund(50, "--test")
    for buyer in (player, shopper):
        assert buyer.ended(buyer.buy(storage())["id"])["status"] == "completed"
        refusal(buyer.order(storage()), 403, "policy_denied")
