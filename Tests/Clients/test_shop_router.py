"""Answers of models for credits: held for before the first word, paid by what they came to."""

import json

import openai
import pytest
import requests

from goods import asked, bought, credits
from router_client import INPUT, OUTPUT, ROUTER, Router, cost, generations, micros, told_of
from shop import Household
from waiting import until

ASKED = [{"role": "system", "content": "Be concise."}, {"role": "user", "content": "Hath not a merchant ships?"}]
WORDS = 5
PIXEL = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5Erk"
    "Jggg==")
TOOL = {"type": "function", "function": {
    "name": "weather", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}}}


@pytest.fixture(scope="module")
def household(servers):
    return Household(servers(ROUTER), dollars=500)


@pytest.fixture(scope="module")
def shopper(household):
    return household.shopper()


@pytest.fixture
def router(shopper):
    return Router(shopper, dollars=5)


def settled(router):
    """What a service has come to once nothing of it is held."""
    return until(lambda: (usage := router.usage())["heldMicros"] == 0 and usage, what="the end of what is held")


# The client


def test_the_openai_client_gets_an_answer_that_is_paid_by_its_tokens(router):
    answer = router.client().chat.completions.create(model="claude-sonnet-4", messages=ASKED)
    assert answer.choices[0].message.content == ASKED[1]["content"] and answer.model == "claude-sonnet-4"
    assert (answer.usage.prompt_tokens, answer.usage.completion_tokens) == (2, WORDS)
    assert answer.choices[0].finish_reason == "stop" and answer.object == "chat.completion"
    assert settled(router)["costMicros"] == cost(2, WORDS)
    assert router.left == 5_000_000 - cost(2, WORDS)


def test_the_openai_client_reads_a_stream(router):
    chunks = list(router.client().chat.completions.create(
        model="claude-sonnet-4", messages=ASKED, stream=True, stream_options={"include_usage": True}))
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert text == ASKED[1]["content"]
    assert chunks[-1].choices == [] and chunks[-1].usage.completion_tokens == WORDS
    assert {chunk.model for chunk in chunks} == {"claude-sonnet-4"} and len({chunk.id for chunk in chunks}) == 1
    assert settled(router)["costMicros"] == cost(2, WORDS)
    plain = list(router.client().chat.completions.create(model="claude-sonnet-4", messages=ASKED, stream=True))
    assert all(chunk.choices and not chunk.usage for chunk in plain)


def test_the_models_are_those_of_the_config_with_their_prices(router, shopper):
    names = [model.id for model in router.client().models.list()]
    assert "claude-sonnet-4" in names and set(names) == {model["id"] for model in asked(
        shopper, "/router/models")["models"]}
    assert router.client().models.retrieve("claude-sonnet-4").id == "claude-sonnet-4"
    model = next(model for model in asked(shopper, "/router/models")["models"] if model["id"] == "claude-sonnet-4")
    assert model["inputMicrosPerMillionTokens"] == INPUT * 1_000_000
    assert model["outputMicrosPerMillionTokens"] == OUTPUT * 1_000_000
    with pytest.raises(openai.NotFoundError):
        router.client().models.retrieve("gpt-nothing")


# What goes through


def test_tools_and_their_calls_go_through(router):
    answer = router.client().chat.completions.create(model="tools", messages=ASKED, tools=[TOOL])
    [call] = answer.choices[0].message.tool_calls
    assert (call.function.name, json.loads(call.function.arguments)) == ("weather", {"city": "Venezia"})
    assert answer.choices[0].finish_reason == "tool_calls"
    chunks = list(router.client().chat.completions.create(model="tools", messages=ASKED, tools=[TOOL], stream=True))
    deltas = [call for chunk in chunks for call in chunk.choices[0].delta.tool_calls or []]
    assert deltas[0].function.name == "weather"
    assert json.loads("".join(delta.function.arguments or "" for delta in deltas)) == {"city": "Venezia"}


def seen(router, model="seen", **more):
    """The request as the model's server got it."""
    response = router.chat(model, **more)
    assert response.status_code == 200, response.text
    return json.loads(response.json()["choices"][0]["message"]["content"])


def test_a_request_goes_to_the_models_server_as_it_came(router):
    messages = ASKED + [
        {"role": "assistant", "content": None, "tool_calls": [
            {"id": "call_1", "type": "function",
             "function": {"name": "weather", "arguments": "{\"city\": \"Roma\"}"}}]},
        {"role": "tool", "tool_call_id": "call_1", "content": "{\"sky\": \"blue\"}"}]
    more = {"messages": messages, "tools": [TOOL], "temperature": 0.25, "top_p": 0.5, "stop": ["END"], "seed": 7,
            "response_format": {"type": "json_object"}, "tool_choice": "auto", "user": "portia"}
    request = seen(router, **more, max_tokens=50)
    for member, value in more.items():
        assert request[member] == value, member
    assert request["model"] == "request" and 50 in (request.get("max_tokens"), request.get("max_completion_tokens"))
    assert "Authorization" not in json.dumps(request) and router.key not in json.dumps(request)


def test_what_an_answer_may_have_at_most_is_always_said(router):
    request = seen(router)
    assert 1000 in (request.get("max_tokens"), request.get("max_completion_tokens"))
    request = seen(router, max_tokens=100_000)
    assert 1000 in (request.get("max_tokens"), request.get("max_completion_tokens"))


def test_images_go_to_models_whose_bound_is_known_and_to_no_other(router):
    content = [{"type": "text", "text": "What is this?"}, {"type": "image_url", "image_url": {"url": PIXEL}}]
    messages = [{"role": "user", "content": content}]
    assert seen(router, "seeing", messages=messages)["messages"] == messages
    error = told_of(router.chat("seen", messages=messages))
    assert error["type"] == "invalid_request_error" and "image" in error["message"]


# Keys


def test_a_key_of_another_kind_is_no_key_of_the_router(household, shopper, router):
    token = household.server.token()
    for key in (shopper.key, household.owner().key, token, router.key[:-1] + ("A" if router.key[-1] != "A" else "B"),
                "ark_nonsense", "x", ""):
        response = requests.get(
            f"{household.server.base}/openai/v1/models", headers={"Authorization": f"Bearer {key}"}, timeout=10)
        assert response.status_code == 401 and told_of(response)["code"], key
    assert requests.get(f"{household.server.base}/openai/v1/models", timeout=10).status_code == 401
    shopper_call = requests.get(
        f"{household.server.base}/v1/agent/wallet", headers={"Authorization": f"Bearer {router.key}"}, timeout=10)
    assert shopper_call.status_code == 401 and shopper_call.json()["error"]["type"] == "authentication"


def test_what_is_not_right_is_said_as_openai_says_it(router):
    client = router.client()
    with pytest.raises(openai.NotFoundError) as refused:
        client.chat.completions.create(model="gpt-nothing", messages=ASKED)
    assert refused.value.code and refused.value.param == "model"
    with pytest.raises(openai.BadRequestError):
        client.chat.completions.create(model="claude-sonnet-4", messages=[])
    with pytest.raises((openai.BadRequestError, openai.UnprocessableEntityError)):
        client.chat.completions.create(model="claude-sonnet-4", messages=ASKED, temperature="hot")
    for body in (b"", b"{", b"[]", b"null", b'{"model": "claude-sonnet-4"}'):
        response = router.call("POST", "/chat/completions", {"Content-Type": "application/json"}, data=body)
        assert response.status_code == 400, body
        assert told_of(response)["type"] == "invalid_request_error"
    assert settled(router)["requests"] == 0


# Not enough


def test_what_cannot_be_paid_says_how_much_could_be(shopper):
    router = Router(shopper, dollars=1)
    response = router.chat("claude-sonnet-4", "x" * 350_000, max_tokens=10_000)
    assert response.status_code == 402
    error = told_of(response)
    assert error["code"] == "router_credit_exhausted"
    assert error["details"]["affordableMaxTokens"] == 0, "not even the question can be paid"
    assert router.left == 1_000_000 and router.usage()["requests"] == 0


def test_an_answer_is_made_shorter_where_the_client_wants_that(shopper):
    router = Router(shopper, dollars=1)
    words = "x" * 330_000
    clear = router.chat("seen", words, max_tokens=1000)
    assert clear.status_code == 402, clear.text
    most = told_of(clear)["details"]["affordableMaxTokens"]
    assert 0 < most < 1000
    response = router.chat("seen", words, {"X-Store-Clamp": "true"}, max_tokens=1000)
    assert response.status_code == 200, response.text
    request = json.loads(response.json()["choices"][0]["message"]["content"])
    assert most in (request.get("max_tokens"), request.get("max_completion_tokens"))
    tight = router.chat("seen", words, max_tokens=most + 1)
    assert tight.status_code == 402


# Ends


def test_a_client_that_leaves_pays_for_what_it_was_told(model, router):
    gate = model.gate()
    stream = router.stream("gated", gate.name)
    gate.send(*["word "] * 10)
    stream.read_deltas(10)
    assert 0 < router.usage()["heldMicros"]
    stream.close()
    gate.wait_left()
    generation = until(lambda: (found := router.generation(stream.response))["status"] != "open" and found)
    assert generation["status"] == "settled" and generation["estimated"] is True
    assert 0 < generation["costMicros"] <= generation["boundMicros"]
    assert router.left == 5_000_000 - generation["costMicros"]


def test_what_never_began_costs_nothing(router):
    for model_name, streams in (("failing", False), ("refusing", False), ("refusing", True)):
        response = router.chat(model_name, stream=streams)
        assert response.status_code >= 400 or '"error"' in response.text
    assert settled(router)["costMicros"] == 0 and router.left == 5_000_000


@pytest.mark.parametrize("model_name", ["broken", "torn"])
def test_what_broke_off_costs_what_came(router, model_name):
    stream = router.stream(model_name)
    stream.read_all()
    assert stream.error and stream.text == "0 1 2 "
    usage = settled(router)
    assert 0 < usage["costMicros"] and router.left == 5_000_000 - usage["costMicros"]


def test_usage_generations_and_the_books_agree_to_the_millionth(household, shopper):
    router = Router(shopper, dollars=5)
    other = Router(shopper, service=router.service)
    for place in range(6):
        one = (router, other)[place % 2]
        response = one.chat("count" if place % 3 else "claude-sonnet-4", f"question {place}")
        assert response.status_code == 200
        found = router.generation(response)
        assert found["costMicros"] == cost(found["inputTokens"], found["outputTokens"]) <= found["boundMicros"]
        assert (found["status"], found["estimated"], found["routerKeyId"]) == ("settled", False, one.id)
    usage = settled(router)
    posted = generations(household.owner(), router)
    assert usage["requests"] == len(posted) == 6 and usage["costMicros"] == sum(posted.values())
    for group in ("model", "key", "day"):
        groups = router.usage(groupBy=group)["groups"]
        assert sum(row["costMicros"] for row in groups) == usage["costMicros"], group
    assert router.usage(routerKeyId=router.id)["requests"] == 3
    assert router.usage(**{"from": "2100-01-01T00:00:00Z"})["requests"] == 0
    assert micros(router.standing()["credits_usd"]) == 5_000_000 - usage["costMicros"]
    assert household.server.run("ledger", "verify", "--account", household.account)["ok"] is True


def test_more_credits_are_bought_for_the_same_service(shopper, router):
    body = {"amountUsd": "2.50", "idempotencyKey": "more"}
    first = shopper.post(f"{router.path}/topup", body)
    assert first.status_code == 201 and first.json()["purchase"]["totalPriceMinor"] == 250
    again = shopper.post(f"{router.path}/topup", body)
    assert again.content == first.content and router.left == 7_500_000
    assert bought(shopper, credits(1))["id"] != router.service


def test_the_same_question_with_the_same_key_is_paid_once(router):
    same = {"Idempotency-Key": "once"}
    first, again = (router.chat("claude-sonnet-4", "Hello there", same) for _ in range(2))
    assert first.content == again.content and again.headers["Idempotent-Replayed"] == "true"
    assert router.chat("claude-sonnet-4", "Another", same).status_code == 422
    streams = [router.stream("count", "count", {"Idempotency-Key": "twice"}).read_all() for _ in range(2)]
    assert streams[0].lines == streams[1].lines
    usage = settled(router)
    assert (usage["requests"], usage["costMicros"]) == (2, cost(1, 2) + cost(1, 5))
