"""Keys of the router: limits, rates, models, ends."""

import pytest

from goods import asked, at_once, bought, credits, pages, refusal
from router_client import ROUTER, Router, cost, micros, told_of
from shop import Household, name
from waiting import until

WORDS = 5
QUESTION = "Hath not a merchant ships?"


@pytest.fixture(scope="module")
def household(servers):
    return Household(servers(ROUTER), dollars=500)


@pytest.fixture(scope="module")
def shopper(household):
    return household.shopper()


@pytest.fixture(scope="module")
def credit(shopper):
    return bought(shopper, credits(50))["id"]


@pytest.fixture
def minted(shopper, credit):
    return lambda **more: Router(shopper, service=credit, **more)


def test_a_key_is_told_once_and_then_known_by_its_label(shopper, credit, minted):
    router = minted(label="production")
    shown = asked(shopper, f"{router.path}/keys", limit=50)["keys"]
    [row] = [row for row in shown if row["id"] == router.id]
    assert (row["label"], row["status"], row["serviceId"]) == ("production", "active", credit)
    assert router.key not in str(shown) and router.made["baseUrl"].endswith("/openai/v1")
    assert len(pages(shopper, f"{router.path}/keys", "keys", 1)) == len(shown)


def test_the_same_request_for_a_key_makes_one_and_does_not_tell_it_again(shopper, credit):
    body = {"label": "once", "idempotencyKey": name("key")}
    first, again = (shopper.post(f"/services/{credit}/router/keys", body) for _ in range(2))
    assert first.status_code == again.status_code == 201 and again.headers["Idempotent-Replayed"] == "true"
    assert again.json()["routerKeyId"] == first.json()["routerKeyId"]
    assert first.json()["key"] not in again.text and again.json()["secretNotRepeatable"] is True


@pytest.mark.parametrize("wrong", [
    {}, {"label": 7}, {"label": "x" * 201}, {"limitUsd": -1}, {"limitUsd": "ten"}, {"limitUsd": 0.001},
    {"limitReset": "hourly"}, {"expiresAt": "soon"}, {"expiresAt": "2020-01-01T00:00:00Z"}, {"allowedModels": "all"},
    {"allowedModels": [7]}, {"rpm": 0}, {"tpm": "many"}])
def test_a_key_that_cannot_be_is_refused(shopper, credit, wrong):
    body = wrong if wrong in ({}, {"label": 7}) else {"label": "x"} | wrong
    refusal(shopper.post(f"/services/{credit}/router/keys", body), 400)


def test_a_limit_is_never_passed_and_says_what_is_left(minted):
    router = minted(limitUsd="0.02")
    spent = 0
    while (response := router.chat("claude-sonnet-4", QUESTION, max_tokens=1000)).status_code == 200:
        spent += cost(1, WORDS)
    assert response.status_code == 402 and told_of(response)["details"]["affordableMaxTokens"] < 1000
    standing = router.standing()
    assert micros(standing["usage_usd"]) == spent <= 20_000
    assert micros(standing["remaining_usd"]) == 20_000 - spent and micros(standing["limit_usd"]) == 20_000
    clamped = router.chat("claude-sonnet-4", QUESTION, {"X-Store-Clamp": "true"})
    assert clamped.status_code == 200
    assert micros(router.standing()["usage_usd"]) == spent + cost(1, WORDS)


def test_a_limit_can_be_raised_and_comes_again_with_its_time(shopper, minted):
    router = minted(limitUsd="0.02", limitReset="daily")
    while router.chat("claude-sonnet-4", QUESTION).status_code == 200:
        pass
    standing = router.standing()
    assert standing["resets_at"] and standing["limit_reset"] == "daily"
    response = shopper.call("PATCH", f"{router.path}/keys/{router.id}", json={"limitUsd": 1})
    assert response.status_code == 200 and response.json()["routerKey"]["limitMinor"] == 100
    assert router.chat("claude-sonnet-4", QUESTION).status_code == 200


def test_a_key_asks_only_the_models_that_it_may(minted):
    router = minted(allowedModels=["count"])
    assert [model["id"] for model in router.call("GET", "/models").json()["data"]] == ["count"]
    assert router.chat("count").status_code == 200
    response = router.chat("claude-sonnet-4")
    assert response.status_code == 403 and told_of(response)["param"] == "model"


def test_a_key_has_so_many_requests_a_minute(minted):
    router = minted(rpm=3)
    answers = at_once(10, lambda _: router.chat("claude-sonnet-4"))
    assert sorted(answer.status_code for answer in answers) == [200] * 3 + [429] * 7
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert int(refused.headers["Retry-After"]) > 0 and told_of(refused)["type"] == "rate_limit_error"
    assert refused.headers["x-ratelimit-limit-requests"] == "3"


def test_a_key_has_so_many_tokens_a_minute(minted):
    router = minted(tpm=500)
    assert router.chat("claude-sonnet-4", max_tokens=300).status_code == 200
    assert router.chat("claude-sonnet-4", max_tokens=300).status_code == 429
    assert router.chat("claude-sonnet-4", max_tokens=900).status_code == 400, "it could never be asked"


def test_a_key_that_is_disabled_revoked_or_over_is_refused(shopper, minted):
    router = minted()
    path = f"{router.path}/keys/{router.id}"
    for flag, status in ((True, 401), (False, 200)):
        assert shopper.call("PATCH", path, json={"disabled": flag}).status_code == 200
        until(lambda status=status: router.chat("claude-sonnet-4").status_code in
              ((status, 403) if status == 401 else (200,)), what="the change of the key")
    assert shopper.call("DELETE", path).json()["routerKey"]["status"] == "revoked"
    assert router.chat("claude-sonnet-4").status_code == 401
    other = minted()
    shopper.call("PATCH", f"{other.path}/keys/{other.id}", json={"label": "named again"})
    [row] = [row for row in asked(shopper, f"{other.path}/keys", limit=50)["keys"] if row["id"] == other.id]
    assert row["label"] == "named again" and row["status"] == "active"


def test_a_key_that_is_rotated_has_other_letters_and_the_same_limits(shopper, minted):
    router = minted(limitUsd=1)
    response = shopper.post(f"{router.path}/keys/{router.id}/rotate", {})
    assert response.status_code == 200, response.text
    old, router.key = router.key, response.json()["key"]
    assert router.key != old and response.json()["routerKeyId"] == router.id
    assert router.chat("claude-sonnet-4").status_code == 200
    assert micros(router.standing()["limit_usd"]) == 1_000_000
    router.key = old
    assert router.chat("claude-sonnet-4").status_code == 200, "for an hour"


def test_keys_of_others_are_not_there(household, shopper, minted):
    router = minted()
    stranger = Household(household.server).shopper()
    refusal(stranger.get(f"{router.path}/keys"), 404, "not_found")
    refusal(stranger.post(f"{router.path}/keys", {"label": "mine"}), 404, "not_found")
    refusal(stranger.get(f"{router.path}/usage"), 404, "not_found")
    for method, body in (("PATCH", {"disabled": True}), ("DELETE", None)):
        refusal(stranger.call(method, f"{router.path}/keys/{router.id}", json=body), 404, "not_found")
    own = Router(stranger, dollars=1)
    refusal(stranger.call("DELETE", f"{own.path}/keys/{router.id}"), 404, "not_found")
    response = router.chat("claude-sonnet-4")
    refusal(stranger.get(f"/router/generations/{response.headers['X-Generation-Id']}"), 404, "not_found")
    assert asked(shopper, f"/router/generations/{response.json()['id']}")["generation"]["costMicros"]


def test_policies_bound_what_keys_may_be(household):
    house = Household(household.server)
    shopper = house.shopper()
    id = bought(shopper, credits(5))["id"]
    house.policy({"router": {"allowedModels": ["count"], "maxKeyLimitUsd": 2, "rpm": 10}})
    for wrong in ({"limitUsd": 3}, {"allowedModels": ["claude-sonnet-4"], "limitUsd": 1},
                  {"limitUsd": 1, "allowedModels": ["count"], "rpm": 11}):
        refusal(shopper.post(f"/services/{id}/router/keys", {"label": "x"} | wrong), 403, "policy_denied")
    router = Router(shopper, service=id, limitUsd=1, allowedModels=["count"], rpm=10)
    assert router.chat("count").status_code == 200
    refusal(shopper.call("PATCH", f"{router.path}/keys/{router.id}", json={"limitUsd": 3}), 403, "policy_denied")


def test_play_keys_are_answered_by_the_echo_alone(household):
    house = Household(household.server)
    house.fund(20, "--test")
    router = Router(house.shopper("--test"), dollars=5)
    [model] = router.call("GET", "/models").json()["data"]
    response = router.chat(model["id"], "Say it again.")
    assert response.status_code == 200, response.text
    assert "Say it again." in response.json()["choices"][0]["message"]["content"]
    assert router.chat("claude-sonnet-4").status_code == 404
    assert 0 < router.usage()["costMicros"] == 5_000_000 - router.left


def test_credits_end_with_their_service(shopper):
    router = Router(shopper, dollars=1)
    assert router.chat("claude-sonnet-4").status_code == 200
    assert shopper.post(f"/services/{router.service}/cancel", {"when": "now", "idempotencyKey": name("end")}).ok
    until(lambda: router.chat("claude-sonnet-4").status_code in (401, 402, 403), what="the end of the credits")
