"""A server that is killed while many buy: when it is back, everything is bought once and paid once."""

import os
import random
import threading

import pytest
import requests

from goods import asked, at, credits, pages, phone, server, settled, volume
from rialto import Rialto
from router_client import ROUTER, Router
from shared_store import database
from shop import Household, domain, storage
from waiting import until

PURCHASES = 200
BUYERS = 8
KILLS = 4
FUNDED = 1_000_000
SEED = int(os.environ.get("RIALTO_TEST_SEED") or random.SystemRandom().randrange(10**9))
CONFIG = ROUTER | {
    "shop": {"dispatch_seconds": 2, "lookup_seconds": 1, "longest_lookup_seconds": 1},
    "simulation": {"fault_percent": 30, "fault_seed": SEED}}
GOODS = [credits, storage, domain, phone, server, volume]


class Buyer(threading.Thread):
    """Buys one thing after another; asks again with the same key whenever there was no answer."""

    def __init__(self, shopper, orders, back):
        super().__init__(daemon=True)
        self.shopper, self.orders, self.back, self.answers, self.fault = shopper, orders, back, {}, None

    def run(self):
        try:
            for key, order in self.orders:
                self.answers[key] = self.buy(key, order)
        except BaseException as fault:
            self.fault = fault

    def buy(self, key, order):
        while True:
            self.back.wait(60)
            try:
                response = self.shopper.order(order, idempotencyKey=key)
            except requests.RequestException:
                continue
            if response.status_code not in (409, 503):
                return response


@pytest.fixture
def on_sqlite(model, tmp_path):
    with Rialto(tmp_path / "rialto", CONFIG, model=model) as rialto:
        yield rialto


@pytest.fixture
def on_postgres(model, tmp_path):
    with database() as url, Rialto(tmp_path / "rialto", CONFIG, model=model, store=url) as rialto:
        yield rialto


@pytest.mark.timeout(240)
@pytest.mark.parametrize("store", ["on_sqlite", "on_postgres"])
def test_whatever_is_cut_off_is_bought_once_and_paid_once(request, store):
    world = request.getfixturevalue(store)
    print(f"RIALTO_TEST_SEED={SEED}")
    chance = random.Random(SEED)
    house = Household(world, dollars=FUNDED // 100)
    house.policy({"spendLimits": [{"interval": "monthly", "amountMinor": FUNDED}]})
    shopper, back = house.shopper(), threading.Event()
    back.set()
    wishes = [(f"key-{place}", chance.choice(GOODS)()) for place in range(PURCHASES)]
    buyers = [Buyer(shopper, wishes[place::BUYERS], back) for place in range(BUYERS)]
    for buyer in buyers:
        buyer.start()
    for kill in range(1, KILLS + 1):
        due = sum(len(buyer.answers) for buyer in buyers) + chance.randrange(10, PURCHASES // KILLS)
        until(lambda due=due: sum(len(buyer.answers) for buyer in buyers) >= min(due, PURCHASES - 1), 60, "purchases")
        back.clear()
        world.kill()
        world.start()
        back.set()
    for buyer in buyers:
        buyer.join(120)
        assert not buyer.is_alive() and buyer.fault is None, buyer.fault
    answers = {key: answer for buyer in buyers for key, answer in buyer.answers.items()}
    assert len(answers) == PURCHASES
    check(world, house, shopper, answers)


@pytest.mark.timeout(120)
def test_another_server_goes_on_with_what_a_killed_one_had_begun(fleet):
    fleet.config = CONFIG
    first, second = fleet.start(2)
    house = Household(first, dollars=FUNDED // 100)
    house.policy({"spendLimits": [{"interval": "monthly", "amountMinor": FUNDED}]})
    shopper, chance = house.shopper(), random.Random(SEED)
    heir = at(second, shopper)
    until(lambda: heir.get("/wallet").status_code == 200, 5, "the key everywhere")
    wishes = [(f"key-{place}", chance.choice(GOODS)()) for place in range(48)]
    buyers = [Buyer(shopper, wishes[place::BUYERS], threading.Event()) for place in range(BUYERS)]
    for buyer in buyers:
        buyer.back.set()
        buyer.start()
    until(lambda: sum(len(buyer.answers) for buyer in buyers) >= 24, 60, "purchases")
    first.kill()
    for buyer in buyers:
        # Whatever was not answered is asked again elsewhere, with the same key.
        buyer.shopper = heir
    for buyer in buyers:
        buyer.join(60)
        assert not buyer.is_alive() and buyer.fault is None, buyer.fault
    check(second, house, heir, {key: answer for buyer in buyers for key, answer in buyer.answers.items()})


def check(world, house, shopper, answers):
    """All that must hold, seen from outside."""
    purchases = settled(shopper)
    by_key = {purchase["idempotencyKey"]: purchase for purchase in purchases}
    assert len(by_key) == len(purchases), "a key has bought twice"
    refused = {key for key, answer in answers.items() if answer.status_code != 201}
    assert set(by_key) == set(answers) - refused, "a purchase was lost"
    assert all(answers[key].json()["error"]["code"] == "item_unavailable" for key in refused)
    for key, purchase in by_key.items():
        assert answers[key].json()["purchase"]["id"] == purchase["id"]
    assert {purchase["status"] for purchase in purchases} <= {"completed", "failed"}
    completed = {purchase["id"]: purchase for purchase in purchases if purchase["status"] == "completed"}
    check_money(world, house, shopper, completed)
    check_services(shopper, completed, purchases)
    again = asked(shopper, "/purchases", idempotencyKey=next(iter(by_key)))
    assert again["purchase"]["id"] in {purchase["id"] for purchase in purchases}


def check_money(world, house, shopper, completed):
    spent = sum(purchase["totalPriceMinor"] for purchase in completed.values())
    wallet = shopper.wallet()
    assert (wallet["balanceMinor"], wallet["heldMinor"]) == (FUNDED - spent, 0), wallet
    assert pages(shopper, "/wallet/holds", "holds", 50, state="open") == []
    [budget] = asked(shopper, "/policies/effective")["budgets"]
    assert (budget["usedMinor"], budget["heldMinor"]) == (spent, 0)
    captured = pages(shopper, "/wallet/transactions", "transactions", 50, type="capture")
    paid = {}
    for entry in captured:
        paid[entry["subjectId"]] = paid.get(entry["subjectId"], 0) + entry["amountMinor"]
    assert paid == {id: purchase["totalPriceMinor"] for id, purchase in completed.items()}
    verified = world.run("ledger", "verify", "--account", house.account)
    assert verified["ok"] is True and verified["faults"] == []


def check_services(shopper, completed, purchases):
    services = pages(shopper, "/services", "services", 50)
    assert sorted(one["purchaseId"] for one in services) == sorted(completed)
    assert len({one["id"] for one in services}) == len(services)
    for one in services:
        assert one["status"] == "active" and completed[one["purchaseId"]]["serviceId"] == one["id"]
    names = [one["configuration"]["domainName"] for one in services if one["type"] == "domain"]
    assert len(set(names)) == len(names)
    numbers = [one["outputs"]["phoneNumber"] for one in services if one["type"] == "phone_number"]
    assert len(set(numbers)) == len(numbers), "a number has two owners"
    events = {}
    after = 0
    while page := asked(shopper, "/events", after=after, limit=50)["events"]:
        assert [event["seq"] for event in page] == list(range(after + 1, after + 1 + len(page)))
        after = page[-1]["seq"]
        for event in page:
            events.setdefault(event.get("subjectId"), []).append(event["type"])
    for purchase in purchases:
        told = events[purchase["id"]]
        assert told[0] == "purchase.authorized" and told[-1] == f"purchase.{purchase['status']}"
        assert told.count("purchase.completed") + told.count("purchase.failed") == 1, told


# Answers of the router


def test_answers_that_a_kill_cut_off_are_paid_by_what_came(on_sqlite, model):
    """On a shared store this takes the time that another server could still need for them."""
    world = on_sqlite
    shopper = Household(world).shopper()
    router = Router(shopper, dollars=20)
    gate, silent = model.gate(), model.gate()
    stream = router.stream("gated", gate.name)
    gate.send(*["word "] * 40)
    stream.read_deltas(40)
    waiting = threading.Thread(target=lambda: contextless(router, silent.name), daemon=True)
    waiting.start()
    silent.wait_arrived()
    assert router.usage()["heldMicros"] > 0
    # By its end what the other was told has long been written down.
    done = router.chat("wait")
    assert done.status_code == 200
    world.kill()
    world.start()
    usage = until(lambda: (found := router.usage())["heldMicros"] == 0 and found, 40, "the end of what is held")
    generation = router.generation(stream.response)
    assert (generation["status"], generation["estimated"]) == ("settled", True)
    assert 0 < generation["costMicros"] <= generation["boundMicros"]
    assert usage["requests"] == 3 and router.left == 20_000_000 - usage["costMicros"]
    whole = router.generation(done)
    assert usage["costMicros"] == generation["costMicros"] + whole["costMicros"], "what never began costs nothing"
    assert world.run("ledger", "verify")["ok"] is True


def contextless(router, gate):
    """A call whose end nobody hears."""
    try:
        router.chat("gated", gate)
    except requests.RequestException:
        pass
