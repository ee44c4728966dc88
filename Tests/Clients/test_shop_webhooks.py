"""An owner is told of what happens in the shop: in order, signed, and again where it did not arrive."""

import json

import pytest

from goods import asked, bought, managed, phone, refusal
from receiver import LOOPBACK, QUICK, Receiver
from shop import Household, Shopper, storage
from waiting import until


@pytest.fixture(scope="module")
def post(each_store, servers):
    """A server with a quick schedule."""
    return servers({"outbound": LOOPBACK, "callbacks": QUICK}, **each_store)


@pytest.fixture
def household(post):
    return Household(post)


@pytest.fixture
def receiver():
    with Receiver() as made:
        yield made


def webhook(owner, url, **more):
    response = owner.post("/webhooks", {"url": url} | more)
    assert response.status_code == 201, response.text
    made = response.json()["webhook"]
    assert made["secret"].startswith("whsec_") and made["url"] == url and made["createdAt"]
    return made


def listed(owner, made):
    return next(row for row in asked(owner, "/webhooks")["webhooks"] if row["id"] == made["id"])


def test_an_owner_is_told_of_a_purchase_in_order_and_signed(household, owner, receiver):
    made = webhook(owner, receiver.url)
    shopper = household.shopper()
    purchase = shopper.ended(shopper.buy(storage())["id"])
    events = asked(owner, "/events", after=made["lastDeliveredSequence"])["events"]
    heard = receiver.wait_for(len(events))
    told = [each.verified(made["secret"]) for each in heard]
    assert [one["sequence"] for one in told] == [row["seq"] for row in events]
    assert [one["type"] for one in told] == [row["type"] for row in events]
    assert "purchase.completed" in {one["type"] for one in told if one["subject"] == purchase["id"]}
    account = household.row["id"].replace("-", "")
    for each, one, row in zip(heard, told, events):
        assert each.method == "POST" and each.headers["content-type"] == "application/json"
        assert each.id == one["id"] == f"evt_{account}_{one['sequence']}"
        assert set(one) == {"id", "type", "sequence", "subject", "actor", "at", "details"}
        assert (one["actor"], one["at"]) == (row["actor"], row["at"])
    until(lambda: listed(owner, made)["lastDeliveredSequence"] == events[-1]["seq"], what="the note of it")
    row = listed(owner, made)
    assert row["failures"] == 0 and "secret" not in row and "disabledAt" not in row and "lastProblem" not in row


def test_only_the_types_that_were_asked_for_are_told(household, owner, receiver):
    made = webhook(owner, receiver.url, eventTypes=["wallet.funded"])
    shopper = household.shopper()
    shopper.ended(shopper.buy(storage())["id"])
    household.fund(5)
    [heard] = receiver.wait_for(1)
    assert heard.verified(made["secret"])["type"] == "wallet.funded" and listed(owner, made)["eventTypes"]


def test_what_failed_is_sent_again_under_the_same_id_before_what_comes_next(household, owner, receiver):
    made = webhook(owner, receiver.answer("/", 500))
    household.fund(5)
    household.fund(6)
    first, again, later = receiver.wait_for(3)
    assert first.id == again.id != later.id and first.body == again.body
    assert [each.verified(made["secret"])["sequence"] for each in (again, later)] == [
        made["lastDeliveredSequence"] + number for number in (1, 2)]


def test_gone_ends_it(household, owner, receiver):
    made = webhook(owner, receiver.answer("/gone", 410))
    household.fund(5)
    receiver.wait_for(1, "/gone")
    until(lambda: "disabledAt" in listed(owner, made), what="the end of the webhook")
    assert listed(owner, made)["lastProblem"] == "The receiver answered 410."
    # When another is told, this one would be too.
    webhook(owner, receiver.base + "/other")
    household.fund(6)
    receiver.wait_for(1, "/other")
    assert len(receiver.told("/gone")) == 1


def test_after_the_last_attempt_it_is_disabled(household, owner, receiver):
    made = webhook(owner, receiver.answer("/", 500, 500, 500))
    household.fund(5)
    until(lambda: listed(owner, made).get("disabledAt"), 15, "the end of the webhook")
    row = listed(owner, made)
    assert row["failures"] == 3 and row["lastProblem"] == "The receiver answered 500."
    assert row["lastDeliveredSequence"] == made["lastDeliveredSequence"] and len(receiver.told()) == 3


def test_one_that_was_deleted_hears_no_more(household, owner, receiver):
    made = webhook(owner, receiver.base + "/deleted")
    assert owner.call("DELETE", f"/webhooks/{made['id']}").status_code == 200
    assert asked(owner, "/webhooks")["webhooks"] == []
    refusal(owner.call("DELETE", f"/webhooks/{made['id']}"), 404, "not_found")
    webhook(owner, receiver.base + "/other")
    household.fund(5)
    receiver.wait_for(1, "/other")
    assert receiver.told("/deleted") == []


def test_what_cannot_be_is_refused(household, owner, receiver):
    for url in ("nonsense", "ftp://127.0.0.1/", "http://user:word@example.org/", ""):
        assert "url" in refusal(owner.post("/webhooks", {"url": url}), 400)["message"]
    refusal(owner.post("/webhooks", {"url": receiver.url, "eventTypes": []}), 400)
    refusal(owner.post("/webhooks", {"url": receiver.url, "eventTypes": ["what?"]}), 400)
    for _ in range(20):
        made = webhook(owner, receiver.url)
    refusal(owner.post("/webhooks", {"url": receiver.url}), 409)
    other = Household(household.server, dollars=0).owner()
    refusal(other.call("DELETE", f"/webhooks/{made['id']}"), 404, "not_found")
    agent = Shopper(household.server, household.shopper().key, "/v1/account")
    refusal(agent.post("/webhooks", {"url": receiver.url}), 403)


def test_secrets_are_in_no_export_and_no_event(household, owner, receiver):
    made = webhook(owner, receiver.url)
    household.fund(5)
    receiver.wait_for(1)
    told = [owner.get("/ledger/export").text, json.dumps(asked(owner, "/events")), receiver.told()[0].body.decode()]
    assert all(made["secret"] not in text and "whsec_" not in text for text in told)


def test_an_address_of_the_own_house_is_not_asked(servers, receiver):
    household = Household(servers({"callbacks": QUICK}))
    owner = household.owner()
    made = webhook(owner, receiver.url)
    household.fund(5)
    until(lambda: listed(owner, made).get("lastProblem"), what="the refusal")
    assert receiver.connections == 0


def test_two_servers_tell_each_event_once_and_in_order(fleet, receiver):
    fleet.config = {"outbound": LOOPBACK, "callbacks": QUICK}
    first, second = fleet.start(2)
    owner = Household(first, dollars=0).owner()
    made = webhook(owner, receiver.url)
    for number in range(20):
        buyer = owner if number % 2 else Shopper(second, owner.key, owner.base)
        assert buyer.post("/funding", {"amountMinor": 100, "reason": "for the test"}).status_code == 200
    heard = receiver.wait_for(20)
    last = made["lastDeliveredSequence"] + 20
    until(lambda: listed(owner, made)["lastDeliveredSequence"] == last, what="the note of it")
    assert [each.verified(made["secret"])["sequence"] for each in heard] == list(range(last - 19, last + 1))
    assert len(receiver.told()) == 20


# Of one number


@pytest.fixture
def numbers(household):
    """Two, of two agents."""
    return [(shopper, bought(shopper, phone(initialBalanceUsd=10)))
            for shopper in (household.shopper(agent="ana"), household.shopper(agent="boris"))]


def hook(shopper, number, **wanted):
    return managed(shopper, "PUT", f"/services/{number['id']}/phone/webhook", wanted)


def test_a_number_is_told_of_what_comes_to_it_and_of_nothing_else(household, owner, receiver, numbers):
    (ana, sender), (boris, number) = numbers
    secret = hook(boris, number, url=receiver.url)["secrets"]["webhookSecret"]
    text = {"to": number["outputs"]["phoneNumber"], "body": "The deploy is done.", "idempotencyKey": "done"}
    sent = managed(ana, "POST", f"/services/{sender['id']}/phone/messages", text)
    [heard] = receiver.wait_for(1)
    told = heard.verified(secret)
    assert (told["type"], told["subject"]) == ("phone.message.received", number["id"])
    assert told["details"] == {
        "messageId": sent["messageId"], "from": sender["outputs"]["phoneNumber"],
        "to": number["outputs"]["phoneNumber"]}
    message = asked(boris, f"/services/{number['id']}/phone/messages/{told['details']['messageId']}")
    assert message["body"] == "The deploy is done."
    household.fund(5)
    managed(owner, "POST", f"/services/{sender['id']}/phone/inbound-calls", {"from": "+12125550199"})
    managed(owner, "POST", f"/services/{number['id']}/phone/inbound-calls", {"from": "+12125550199"})
    assert receiver.wait_for(2)[1].verified(secret)["type"] == "phone.call.missed"
    [call] = asked(boris, f"/services/{number['id']}/phone/missed-calls")["calls"]
    assert (call["from"], call["status"]) == ("+12125550199", "missed")


def test_a_number_is_told_of_what_it_asked_for_until_it_asks_for_nothing(owner, receiver, numbers):
    _, (boris, number) = numbers
    hook(boris, number, url=receiver.url, events=["call.missed"])
    inbound = f"/services/{number['id']}/phone/inbound"
    managed(owner, "POST", f"{inbound}-messages", {"from": "+12125550199", "body": "Your code is 4711."})
    managed(owner, "POST", f"{inbound}-calls", {"from": "+12125550199"})
    [heard] = receiver.wait_for(1)
    assert heard.json["type"] == "phone.call.missed"
    [row] = asked(owner, "/webhooks")["webhooks"]
    assert row["serviceId"] == number["id"] and row["eventTypes"] == ["phone.call.missed"]
    assert "secrets" not in hook(boris, number, url=receiver.url, events=["call.missed"]), "it is as it was"
    hook(boris, number)
    assert asked(owner, "/webhooks")["webhooks"] == []
    assert asked(boris, f"/services/{number['id']}/phone").get("webhook") is None
    managed(owner, "POST", f"{inbound}-calls", {"from": "+12125550199"})
    until(lambda: len(asked(boris, f"/services/{number['id']}/phone/missed-calls")["calls"]) == 2)
    assert len(receiver.wait_for(1)) == 1


def test_a_number_that_is_given_up_takes_its_webhook_with_it(owner, receiver, numbers):
    _, (boris, number) = numbers
    hook(boris, number, url=receiver.url)
    assert len(asked(owner, "/webhooks")["webhooks"]) == 1
    end = boris.post(f"/services/{number['id']}/cancel", {"when": "now", "idempotencyKey": "end"})
    assert end.status_code == 200, end.text
    until(lambda: asked(owner, "/webhooks")["webhooks"] == [])


def test_no_agent_lets_something_come_in_from_outside(owner, numbers):
    (ana, sender), _ = numbers
    for path in ("inbound-messages", "inbound-calls"):
        response = ana.post(f"/services/{sender['id']}/phone/{path}", {"from": "+12125550199", "body": "x"})
        assert response.status_code == 404
    refusal(owner.post(f"/services/{sender['id']}/phone/inbound-calls", {"from": "911"}), 400)
