"""Many at the same moment: what there is money for is bought, once, and no limit is passed."""

import asyncio
import contextlib

import aiohttp
import pytest

from goods import asked, at, balances, credits, orders, pages
from rialto import Rialto
from router_client import ROUTER, Router, cost, micros
from shared_store import Fleet, database
from shop import Household, domain, name, storage
from waiting import at_once, until

CROWD = 1000
AFFORDED = 10
AT_ONCE = 250


@contextlib.contextmanager
def sqlite_server(model, folder, config):
    with Rialto(folder, config, model=model) as server:
        yield [server]


@contextlib.contextmanager
def postgres_servers(model, folder, config):
    with database() as url:
        fleet = Fleet(folder, url, model, config)
        try:
            yield fleet.start(2)
        finally:
            fleet.stop()


@pytest.fixture(scope="module", params=["one on SQLite", "two on PostgreSQL"])
def crowd(request, model, tmp_path_factory):
    """Servers on one store."""
    make = sqlite_server if request.param == "one on SQLite" else postgres_servers
    with make(model, tmp_path_factory.mktemp("crowd"), ROUTER) as servers:
        yield servers


def posts(requests):
    """The status and the body of each of many requests, sent at once: url, key, body."""
    async def one(session, url, key, body):
        async with session.post(url, json=body, headers={"Authorization": f"Bearer {key}"}) as response:
            return response.status, await response.json()

    async def all_of_them():
        connector = aiohttp.TCPConnector(limit=AT_ONCE)
        async with aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(100)) as session:
            return await asyncio.gather(*[one(session, *request) for request in requests])

    return asyncio.run(all_of_them())


def known_everywhere(crowd, *shoppers):
    """A key that was just made is known to each server within a second."""
    for server in crowd:
        for shopper in shoppers:
            until(lambda: at(server, shopper).get("/wallet").status_code == 200, 5, "the key everywhere")


@pytest.mark.timeout(180)
def test_a_thousand_want_what_there_is_money_for_ten_times(crowd):
    house = Household(crowd[0], dollars=AFFORDED)
    shopper = house.shopper()
    known_everywhere(crowd, shopper)
    answers = posts([
        (f"{crowd[place % len(crowd)].base}/v1/agent/purchases", shopper.key,
         {"idempotencyKey": f"crowd-{place}"} | credits(1)) for place in range(CROWD)])
    statuses = [status for status, _ in answers]
    assert statuses.count(201) == AFFORDED and statuses.count(402) == CROWD - AFFORDED, set(statuses)
    assert all(body["error"]["code"] == "insufficient_funds" for status, body in answers if status == 402)
    assert len(balances(shopper, AFFORDED * 100)) == AFFORDED
    assert shopper.wallet()["balanceMinor"] == 0
    assert len(pages(shopper, "/services", "services", 50)) == AFFORDED
    assert crowd[0].run("ledger", "verify", "--account", house.account)["ok"] is True


def test_fifty_connections_with_one_key_buy_one_thing(crowd):
    shopper = Household(crowd[0]).shopper()
    known_everywhere(crowd, shopper)
    for order in (credits(5), storage(), domain()):
        key = name("once")
        answers = orders([at(server, shopper) for server in crowd], lambda _: order, 50, idempotencyKey=key)
        statuses = {answer.status_code for answer in answers}
        assert statuses <= {201, 409} and 201 in statuses
        taken = [answer for answer in answers if answer.status_code == 201]
        assert len({answer.content for answer in taken}) == 1
        for answer in answers:
            assert answer.status_code == 201 or answer.json()["error"]["code"] == "idempotency_in_flight"
        assert sum("Idempotent-Replayed" not in answer.headers for answer in taken) == 1
    assert len(balances(shopper, 10_000)) == 3 == len(asked(shopper, "/services")["services"])


def test_one_quote_from_fifty_connections_is_bought_once(crowd):
    shopper = Household(crowd[0]).shopper()
    known_everywhere(crowd, shopper)
    quote = {"quoteId": shopper.post("/quotes", storage()).json()["quote"]["id"]}
    answers = orders([at(server, shopper) for server in crowd], lambda _: quote, 50)
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 49
    assert {answer.json()["error"]["details"]["purchaseId"] for answer in answers if answer.status_code == 409} == {
        purchase["id"] for purchase in balances(shopper, 10_000)}


def test_a_budget_of_each_layer_is_never_passed(crowd):
    house = Household(crowd[0], dollars=1000)
    shopper, other = house.shopper(), house.shopper()
    limits = {"account": 2000, house.agent: 1500, house.made["id"]: 700}
    for subject, most in limits.items():
        house.policy({"spendLimits": [{"interval": "daily", "amountMinor": most}]},
                     house.account if subject == "account" else subject)
    third = house.shopper(agent=name("third"))
    known_everywhere(crowd, shopper, other, third)
    buyers = [at(server, buyer) for server in crowd for buyer in (shopper, other, third)]
    answers = orders(buyers, lambda _: credits(1), 90)
    assert {answer.status_code for answer in answers} == {201, 403}
    bought = {buyer.key: 0 for buyer in (shopper, other, third)}
    for place, answer in enumerate(answers):
        bought[buyers[place % len(buyers)].key] += answer.status_code == 201
    assert sum(bought.values()) == 20 and bought[other.key] <= 7 and bought[shopper.key] + bought[other.key] <= 15
    assert len(balances(shopper, 100_000)) == 20
    budgets = {row["layer"]: row for row in asked(other, "/policies/effective")["budgets"]}
    assert budgets["account"]["usedMinor"] == 2000 and budgets["account"]["heldMinor"] == 0


def test_one_name_is_registered_once_by_fifty_who_want_it(crowd):
    houses = [Household(crowd[0], dollars=1000) for _ in range(5)]
    shoppers = [house.shopper() for house in houses]
    known_everywhere(crowd, *shoppers)
    wanted = domain()
    buyers = [at(server, shopper) for server in crowd for shopper in shoppers]
    answers = orders(buyers, lambda _: wanted, 50)
    assert {answer.status_code for answer in answers} <= {201, 409}
    completed = [purchase for shopper in shoppers for purchase in balances(shopper, 100_000)]
    assert len(completed) == 1, "whoever came too late has paid nothing"


@pytest.mark.timeout(180)
def test_two_hundred_calls_at_once_never_pass_the_limit_of_a_key(crowd):
    shopper = Household(crowd[0]).shopper()
    router = Router(shopper, dollars=5, limitUsd="0.10")
    for server in crowd:
        router.server = server
        until(lambda: router.call("GET", "/key").status_code == 200, 5, "the key everywhere")
    body = {"model": "count", "max_tokens": 1000, "messages": [{"role": "user", "content": "count"}]}
    answers = posts([
        (f"{crowd[place % len(crowd)].base}/openai/v1/chat/completions", router.key, body) for place in range(200)])
    statuses = [status for status, _ in answers]
    assert set(statuses) == {200, 402} and statuses.count(200) >= 6
    for status, answer in answers:
        assert status == 200 or answer["error"]["code"] == "router_credit_exhausted"
    until(lambda: router.usage()["heldMicros"] == 0, what="the end of what is held")
    spent = statuses.count(200) * cost(1, 5)
    usage, standing = router.usage(), router.standing()
    assert usage["costMicros"] == spent == micros(standing["usage_usd"]) <= 100_000
    assert router.left == 5_000_000 - spent


def test_two_hundred_calls_at_once_never_pass_what_was_bought(crowd):
    router = Router(Household(crowd[0]).shopper(), dollars=1)
    for server in crowd:
        router.server = server
        until(lambda: router.call("GET", "/key").status_code == 200, 5, "the key everywhere")
    answers = at_once(40, lambda place: router.chat("drip" if place % 2 else "wait", stream=bool(place % 2),
                                                    max_tokens=1000))
    for answer in answers:
        assert answer.status_code in (200, 402)
        answer.close()
    until(lambda: router.usage()["heldMicros"] == 0, 40, "the end of what is held")
    assert 0 <= router.left == 1_000_000 - router.usage()["costMicros"]
