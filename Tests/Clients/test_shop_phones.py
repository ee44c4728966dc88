"""Every tool of phone numbers, at its door: two numbers of this store reach each other."""

import pytest

from goods import asked, at_once, bought, managed, paid, pages, phone, refusal
from shop import Household, name

DOLLAR = 1_000_000


@pytest.fixture(scope="module")
def household(shared):
    return Household(shared, dollars=1000)


@pytest.fixture(scope="module")
def shopper(household):
    return household.shopper()


@pytest.fixture(scope="module")
def stranger(household):
    return Household(household.server).shopper()


def number_of(one):
    return one["outputs"]["phoneNumber"]


def sent(shopper, one, to, body="The deploy is done.", **parts):
    path = f"/services/{one['id']}/phone/messages"
    return shopper.post(path, {"to": to, "body": body, "idempotencyKey": name("text")}, **parts)


def texts(shopper, one, **query):
    return asked(shopper, f"/services/{one['id']}/phone/messages", **query)["messages"]


def test_two_agents_of_two_accounts_text_each_other(shopper, stranger):
    mine, theirs = bought(shopper, phone(initialBalanceUsd=1)), bought(stranger, phone("GB", initialBalanceUsd=1))
    assert number_of(mine) != number_of(theirs) and number_of(theirs).startswith("+44")
    talk = ((shopper, mine, theirs, "Is my ship come in? 🚢"), (stranger, theirs, mine, "Not yet."))
    for buyer, one, to, body in talk:
        assert sent(buyer, one, number_of(to), body).status_code == 200
    for buyer, one, other in ((shopper, mine, theirs), (stranger, theirs, mine)):
        newest, oldest = texts(buyer, one)
        assert (oldest["body"], newest["body"]) == ("Is my ship come in? 🚢", "Not yet."), "newest first"
        incoming = next(text for text in (newest, oldest) if text["direction"] == "inbound")
        assert (incoming["from"], incoming["to"]) == (number_of(other), number_of(one))
        path = f"/services/{one['id']}/phone/messages/{incoming['messageId']}"
        assert asked(buyer, path) == incoming
        other_buyer = stranger if buyer is shopper else shopper
        refusal(other_buyer.get(path), 404, "not_found")


def test_a_number_is_rented_with_what_was_asked_for(shopper):
    one = bought(shopper, phone(locality="new-york", capabilities=["sms"]))
    shown = asked(shopper, f"/services/{one['id']}/phone")
    assert shown["phoneNumber"] == number_of(one) and shown["phoneNumber"].startswith("+1")
    assert (shown["countryCode"], shown["numberType"], shown["capabilities"]) == ("US", "local", ["sms"])
    assert len({number_of(bought(shopper, phone())) for _ in range(5)}) == 5


def test_numbers_are_looked_for(shopper):
    query = {"countryCode": "US", "numberType": "local", "capabilities": "sms,voice"}
    found = asked(shopper, "/phone/numbers/available", **query)["numbers"]
    assert found and all(row["phoneNumber"].startswith("+1") for row in found)
    listed = asked(shopper, "/phone/numbers/available", **query | {"capabilities": ["sms", "voice"]})["numbers"]
    assert listed == found
    found = asked(shopper, "/phone/numbers/available", **query, contains="212")["numbers"]
    assert found and all("212" in row["phoneNumber"] for row in found)
    for wrong in ({"countryCode": "VA"}, {"countryCode": "usa"}, {"capabilities": "fax"}, {"contains": "abc"}):
        refusal(shopper.get("/phone/numbers/available", params=query | wrong), 400)
    refusal(shopper.get("/phone/numbers/available"), 400)


def test_messages_are_paid_from_the_numbers_balance(shopper):
    mine, theirs = bought(shopper, phone()), bought(shopper, phone())
    assert refusal(sent(shopper, mine, number_of(theirs)), 402, "insufficient_funds")["details"]["bindingConstraint"]
    assert texts(shopper, theirs) == []
    assert paid(shopper, f"/services/{mine['id']}/phone/topup", amountUsd=1)["totalPriceMinor"] == 100
    answers = at_once(20, lambda place: sent(shopper, mine, number_of(theirs), f"{place} " + "x" * 1500))
    taken = [answer for answer in answers if answer.status_code == 200]
    # Ten segments each, at three quarters of a cent.
    assert len(taken) == 13 and {answer.status_code for answer in answers} == {200, 402}
    assert len(pages(shopper, f"/services/{theirs['id']}/phone/messages", "messages", 5)) == 13
    again = paid(shopper, f"/services/{mine['id']}/phone/topup", amountUsd="10.50")
    assert again["totalPriceMinor"] == 1050 and sent(shopper, mine, number_of(theirs)).status_code == 200


@pytest.mark.parametrize("amount", [0, -1, 0.001, "ten", None, 10**9])
def test_a_topup_that_cannot_be_is_refused(shopper, amount):
    one = bought(shopper, phone())
    body = {"amountUsd": amount, "idempotencyKey": name("x")}
    refusal(shopper.post(f"/services/{one['id']}/phone/topup", body), 400)
    refusal(shopper.post(f"/services/{one['id']}/phone/topup", {"amountUsd": 1}), 400, "idempotency_key_required")


def test_the_same_message_again_is_one_message(shopper):
    mine, theirs = bought(shopper, phone(initialBalanceUsd=1)), bought(shopper, phone())
    body = {"to": number_of(theirs), "body": "once", "idempotencyKey": name("text")}
    answers = [shopper.post(f"/services/{mine['id']}/phone/messages", body) for _ in range(3)]
    assert {answer.status_code for answer in answers} == {200} and len(texts(shopper, theirs)) == 1
    assert [answer.headers.get("Idempotent-Replayed") for answer in answers] == [None, "true", "true"]


def test_a_message_to_nobody_costs_nothing(shopper):
    mine = bought(shopper, phone(initialBalanceUsd=1))
    error = refusal(sent(shopper, mine, "+12125550000"), 409)
    assert error["message"]
    for wrong in ("nobody", "12125550142", ""):
        refusal(sent(shopper, mine, wrong), 400)
    for wrong in ("", "x" * 1601, None):
        refusal(sent(shopper, mine, number_of(mine), wrong), 400)
    refusal(shopper.post(f"/services/{mine['id']}/phone/messages", {"to": number_of(mine), "body": "x"}), 400,
            "idempotency_key_required")
    assert texts(shopper, mine) == []


def test_messages_are_read_by_pages_and_from_a_moment(shopper):
    mine, theirs = bought(shopper, phone(initialBalanceUsd=1)), bought(shopper, phone())
    for place in range(5):
        assert sent(shopper, mine, number_of(theirs), f"number {place}").status_code == 200
    path = f"/services/{theirs['id']}/phone/messages"
    found, cursor = [], {}
    while True:
        page = asked(shopper, path, limit=2, **cursor)
        found += [text["body"] for text in page["messages"]]
        if not page.get("nextCursor"):
            break
        cursor = {"cursor": page["nextCursor"]}
    assert found == [f"number {place}" for place in reversed(range(5))]
    third = next(text for text in texts(shopper, theirs) if text["body"] == "number 2")
    assert len(texts(shopper, theirs, since=third["at"])) >= 3
    assert texts(shopper, theirs, since="2100-01-01T00:00:00Z") == []
    for wrong in ({"cursor": "garbage"}, {"limit": 0}, {"since": "yesterday"}):
        refusal(shopper.get(path, params=wrong), 400)


def test_calls_and_missed_calls_are_listed(shopper):
    one = bought(shopper, phone())
    for path, member in (("missed-calls", "calls"), ("calls", "calls")):
        assert asked(shopper, f"/services/{one['id']}/phone/{path}")[member] == []


def test_a_webhook_is_set(shopper):
    one = bought(shopper, phone())
    wanted = {"url": "https://example.com/phone", "events": ["message.received"]}
    managed(shopper, "PUT", f"/services/{one['id']}/phone/webhook", wanted)
    assert asked(shopper, f"/services/{one['id']}/phone")["webhook"] == wanted
    for wrong in ({"url": "http://"}, {"url": "ftp://example.com", "events": ["message.received"]},
                  wanted | {"events": ["weather"]}, wanted | {"events": []}):
        refusal(shopper.call("PUT", f"/services/{one['id']}/phone/webhook", json=wrong), 400)
