"""What the default catalog sells, and how tests buy it, manage it, and are told no."""

import json
from datetime import datetime

from shop import TERMINAL, Shopper, name
from waiting import at_once, until

CREDITS = "cat_router_credit_001"
MICRO, SMALL, GPU = "cat_vps_micro", "cat_vps_small", "cat_vps_gpu_standard"
PHONE = "cat_phone_global_001"
BUCKET, VOLUME = "cat_storage_object_001", "cat_storage_block_001"

# What the contract says of every code: its status, and what it is about.
CODES = {
    "idempotency_key_required": (400, "invalid_request"), "idempotency_conflict": (422, "conflict"),
    "idempotency_in_flight": (409, "conflict"), "quote_expired": (409, "conflict"),
    "quote_already_purchased": (409, "conflict"), "possible_duplicate": (409, "conflict"),
    "price_changed": (409, "conflict"), "max_total_exceeded": (409, "conflict"),
    "configuration_invalid": (422, "invalid_request"), "item_unavailable": (409, "conflict"),
    "policy_denied": (403, "policy"), "insufficient_funds": (402, "funds"),
    "router_credit_exhausted": (402, "funds"), "wallet_frozen": (403, "policy"),
    "key_revoked": (401, "authentication"), "not_cancelable": (409, "conflict"),
    "provider_unavailable": (503, "provider"), "capability_unsupported": (400, "invalid_request"),
    "not_found": (404, "invalid_request"),
}
KINDS = {
    "invalid_request", "authentication", "permission", "policy", "funds", "conflict", "rate_limit", "provider",
    "internal"}
RESOLUTIONS = {"recoverable", "requires_buyer_input", "requires_buyer_review"}
ALWAYS = {"type", "code", "message", "resolution", "retryable", "requestId"}
SOMETIMES = {"param", "retryAfterMs", "details"}


def wish(item, quantity=1, **configuration):
    return {"catalogItemId": item, "quantity": quantity, "configuration": configuration}


def credits(dollars=25):
    return wish(CREDITS, creditAmountUsd=dollars)


def server(item=MICRO, **more):
    configuration = {"hostname": name("quay"), "region": "eu-central", "image": "debian-12", "billingTermMonths": 1}
    return wish(item, **configuration | more)


def phone(country="US", **more):
    configuration = {"countryCode": country, "numberType": "local", "capabilities": ["sms", "voice"]}
    return wish(PHONE, **configuration | more)


def volume(gigabytes=100):
    return wish(VOLUME, region="eu-central", storageClass="block", capacityGb=gigabytes)


# Being told no


def is_error(error):
    """Whether an error has all that each has, and nothing that none has."""
    assert ALWAYS <= set(error) <= ALWAYS | SOMETIMES, error
    assert error["type"] in KINDS and error["resolution"] in RESOLUTIONS, error
    assert isinstance(error["retryable"], bool)
    assert all(isinstance(error[word], str) and error[word] for word in ("code", "message", "requestId")), error
    assert isinstance(error.get("param", "$"), str) and isinstance(error.get("details", {}), dict), error
    assert error.get("retryAfterMs", 1) >= 0
    return True


def refusal(response, status, code=None):
    """The error of an answer that had to be a no."""
    assert response.status_code == status, (response.status_code, response.text[:1000])
    assert response.headers["Content-Type"].startswith("application/json"), response.headers
    body = response.json()
    assert list(body) == ["error"], body
    error = body["error"]
    assert is_error(error)
    if code:
        assert error["code"] == code, error
    if error["code"] in CODES:
        known, kind = CODES[error["code"]]
        assert (status, error["type"]) == (known, kind), error
    return error


# Buying and managing


def service(shopper, id):
    response = shopper.get(f"/services/{id}")
    assert response.status_code == 200, response.text
    return response.json()["service"]


def bought(shopper, wish, **more):
    """The service that came of a purchase."""
    purchase = shopper.buy(wish, **more)
    ended = shopper.ended(purchase["id"])
    assert ended["status"] == "completed", ended
    return service(shopper, ended["serviceId"])


def asked(shopper, door, **query):
    """What a look answers."""
    response = shopper.get(door, params=query)
    assert response.status_code == 200, response.text
    return response.json()


def managed(shopper, method, path, body=None, **parts):
    """What an operation came to, once it is over; with the secrets that it told."""
    response = shopper.call(method, path, json=body, **parts)
    assert response.status_code in (200, 201, 202), response.text
    told = response.json()
    operation = told["operation"]
    assert told["operationId"] == operation["id"] and operation["serviceId"]
    if response.status_code == 202:
        operation = asked(shopper, f"/operations/{operation['id']}", wait=10)["operation"]
    assert operation["status"] == "succeeded", operation
    return operation.get("outputs", {}) | ({"secrets": told["secrets"]} if "secrets" in told else {})


def paid(shopper, path, **body):
    """A service's extension once it is bought; the purchase."""
    response = shopper.post(path, {"idempotencyKey": name("more")} | body)
    assert response.status_code == 201, response.text
    purchase = shopper.ended(response.json()["purchase"]["id"])
    assert purchase["status"] == "completed", purchase
    return purchase


def pages(shopper, path, member, limit, **query):
    """All elements of a list, read by pages; none comes twice."""
    found, query = [], query | {"limit": limit}
    while True:
        page = asked(shopper, path, **query)
        assert len(page[member]) <= limit
        found += page[member]
        if not page.get("nextCursor"):
            break
        query["cursor"] = page["nextCursor"]
    names = [json.dumps(element) for element in found]
    assert len(set(names)) == len(names), "an element came twice"
    return found


def events(shopper, **query):
    """Everything that happened, in order and without a gap."""
    found, after = [], 0
    while True:
        page = asked(shopper, "/events", after=after, limit=50, **query)
        found += page["events"]
        if not page["events"]:
            break
        assert page["nextAfter"] == page["events"][-1]["seq"] > after
        after = page["nextAfter"]
    numbers = [event["seq"] for event in found]
    if not query:
        assert numbers == list(range(1, len(found) + 1)), "numbers are dense"
    return found


def story(shopper, purchase):
    """The words of the events of a purchase, in order."""
    return [event["type"] for event in events(shopper) if event.get("subjectId") == purchase]


def settled(shopper, seconds=60):
    """All purchases of an account once none is under way."""
    def all_over():
        found = pages(shopper, "/purchases", "purchases", 50)
        return [found] if all(purchase["status"] in TERMINAL for purchase in found) else None

    [purchases] = until(all_over, seconds, "the end of every purchase")
    return purchases


def balances(shopper, funded):
    """Checks that a settled wallet is what came in less what was bought; returns the completed purchases."""
    purchases = settled(shopper)
    completed = [purchase for purchase in purchases if purchase["status"] == "completed"]
    spent = sum(purchase["totalPriceMinor"] - purchase["refundedMinor"] for purchase in completed)
    wallet = shopper.wallet()
    assert wallet["balanceMinor"] == funded - spent and wallet["heldMinor"] == 0, wallet
    assert wallet["availableMinor"] == wallet["balanceMinor"]
    assert pages(shopper, "/wallet/holds", "holds", 50, state="open") == []
    return completed


def moment(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def orders(shoppers, wishes, number, **more):
    """The answers to so many purchases at the same moment, spread over servers or keys."""
    return at_once(number, lambda place: shoppers[place % len(shoppers)].order(wishes(place), **more), 120)


def at(server, shopper):
    """The same program at another server of the fleet."""
    return Shopper(server, shopper.key, shopper.base)
