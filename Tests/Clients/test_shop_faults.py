"""A provider that fails in every way: what it brought is paid once, and what it did not bring is not paid."""

from collections import Counter

import pytest

from goods import asked, balances, events, phone, server, service, settled, volume
from rialto import Rialto
from shared_store import database
from shop import Household, domain, storage

ORDERS = 48
CONFIG = {
    "simulation": {"fault_percent": 85, "fault_seed": 7},
    "shop": {"lookup_seconds": 1, "longest_lookup_seconds": 1}}
EDGES = {
    None: {"purchase.authorized"}, "purchase.authorized": {"purchase.provisioning"},
    "purchase.provisioning": {
        "purchase.completed", "purchase.failed", "purchase.action_required", "purchase.reconciling"},
    "purchase.action_required": {"purchase.provisioning", "purchase.failed"},
    "purchase.reconciling": {"purchase.completed", "purchase.provisioning", "purchase.failed"},
    "purchase.completed": {"end"}, "purchase.failed": {"end"},
}


@pytest.fixture(scope="module", params=["SQLite", "PostgreSQL"])
def tried(request, model, tmp_path_factory):
    """An account that has bought everything there is from a provider that fails."""
    folder = tmp_path_factory.mktemp("rialto")
    if request.param == "SQLite":
        with Rialto(folder, CONFIG, model=model) as rialto:
            yield shopping(rialto)
    else:
        with database() as url, Rialto(folder, CONFIG, model=model, store=url) as rialto:
            yield shopping(rialto)


def shopping(rialto):
    shopper = Household(rialto, dollars=5000).shopper()
    makers = [domain, server, phone, storage, volume]
    for place in range(ORDERS):
        shopper.buy(makers[place % len(makers)]())
    settled(shopper)
    return shopper


def test_each_purchase_ends_and_the_wallet_has_paid_what_was_brought(tried):
    purchases = settled(tried)
    assert len(purchases) == ORDERS
    completed = balances(tried, 500_000)
    assert {purchase["status"] for purchase in purchases} == {"completed", "failed"}
    services = asked(tried, "/services", limit=50)["services"]
    assert {one["purchaseId"] for one in services} == {purchase["id"] for purchase in completed}
    assert len(services) == len(completed)
    assert tried.server.run("ledger", "verify")["ok"] is True


def test_each_step_of_a_purchase_is_one_that_there_is_and_all_of_them_were_taken(tried):
    taken, told = Counter(), {}
    for event in events(tried):
        told.setdefault(event.get("subjectId"), []).append(event["type"])
    for purchase in settled(tried):
        steps = [None, *told[purchase["id"]], "end"]
        for step in zip(steps, steps[1:]):
            assert step[1] in EDGES[step[0]], steps
            taken[step] += 1
        assert steps[-2] == f"purchase.{purchase['status']}"
    for before, all_after in EDGES.items():
        assert any(taken[(before, after)] for after in all_after), f"nothing came after {before}"


def test_what_failed_has_a_reason_and_no_service(tried):
    failed = asked(tried, "/purchases", status="failed", limit=50)["purchases"]
    assert failed
    for purchase in failed:
        assert purchase["statusReason"] and "serviceId" not in purchase


def test_what_was_completed_works(tried):
    for purchase in asked(tried, "/purchases", status="completed", limit=50)["purchases"]:
        owned = service(tried, purchase["serviceId"])
        door = {"phone_number": "phone", "storage_service": "storage"}.get(owned["type"], owned["type"])
        assert asked(tried, f"/services/{owned['id']}/{door}")
