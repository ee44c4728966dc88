"""Embeddings for credits: held for before they are asked for, paid by their input."""

import math

import openai
import pytest

from embedder import MODEL, Embedder
from goods import at_once
from router_client import INPUT, ROUTER, Router, cost, sold, told_of
from shop import Household
from waiting import until

SOLD = "text-embedding-3-small"
TEXTS = ["a ship that comes home", "a vessel returns to harbour", "the price of salt"]


@pytest.fixture(scope="module")
def embedder():
    with Embedder() as made:
        yield made


@pytest.fixture(scope="module")
def household(servers, embedder):
    models = ROUTER["router"]["models"] + [
        sold(SOLD, MODEL, upstream="embedder"), sold("claude-only", "claude", upstream="messages")]
    server = servers(ROUTER | {"router": {"models": models}})
    server.run("upstream", "add", "embedder", "--kind", "openai", "--url", embedder.url)
    server.run("upstream", "add", "messages", "--kind", "anthropic", "--url", embedder.url)
    return Household(server, dollars=500)


@pytest.fixture
def router(household):
    return Router(household.shopper(), dollars=5)


def settled(router):
    return until(lambda: (usage := router.usage())["heldMicros"] == 0 and usage, what="the end of what is held")


def near(one, other):
    return sum(a * b for a, b in zip(one, other)) / math.hypot(*one) / math.hypot(*other)


def embed(router, **body):
    return router.call("POST", "/embeddings", json={"model": SOLD, "input": TEXTS[0]} | body)


def test_the_openai_client_gets_vectors_that_are_paid_by_their_tokens(router, embedder):
    answer = router.client().embeddings.create(model=SOLD, input=TEXTS)
    vectors = [row.embedding for row in answer.data]
    assert [row.index for row in answer.data] == [0, 1, 2] and answer.model == SOLD
    assert near(vectors[0], vectors[1]) > near(vectors[0], vectors[2])
    assert answer.usage.prompt_tokens == answer.usage.total_tokens > 3
    assert embedder.requests[-1].json["model"] == MODEL and embedder.requests[-1].texts == TEXTS
    assert settled(router)["costMicros"] == cost(answer.usage.prompt_tokens, 0)
    assert router.left == 5_000_000 - cost(answer.usage.prompt_tokens, 0)


def test_an_answer_has_its_record(router):
    response = embed(router, encoding_format="float")
    assert response.status_code == 200, response.text
    told = response.json()
    assert (told["object"], told["data"][0]["object"], len(told["data"][0]["embedding"])) == ("list", "embedding", 384)
    until(lambda: router.generation(response)["status"] == "settled")
    record = router.generation(response)
    assert record["inputTokens"] == told["usage"]["prompt_tokens"] and record["outputTokens"] == 0
    assert record["costMicros"] == record["inputTokens"] * INPUT


def test_the_same_key_asks_once(router, embedder):
    before = len(embedder.requests)
    answers = at_once(8, lambda _: router.call(
        "POST", "/embeddings", {"Idempotency-Key": "once"}, json={"model": SOLD, "input": "once"}))
    assert {answer.status_code for answer in answers} <= {200, 409}, "409 while the first is under way"
    answers = [answer for answer in answers if answer.status_code == 200]
    answers.append(router.call(
        "POST", "/embeddings", {"Idempotency-Key": "once"}, json={"model": SOLD, "input": "once"}))
    assert answers[-1].headers["Idempotent-Replayed"] == "true"
    assert len({answer.text for answer in answers}) == 1 and len(embedder.requests) == before + 1
    assert settled(router)["costMicros"] == cost(answers[0].json()["usage"]["prompt_tokens"], 0)
    other = router.call("POST", "/embeddings", {"Idempotency-Key": "once"}, json={"model": SOLD, "input": "twice"})
    assert other.status_code == 422


def test_what_cannot_be_paid_is_not_asked_for(household, embedder):
    poor = Router(household.shopper(), dollars=5, limitUsd="0.01")
    before = len(embedder.requests)
    error = told_of(embed(poor, input=["long " * 2000]))
    assert error["code"] == "router_credit_exhausted" and len(embedder.requests) == before
    answers = at_once(12, lambda _: embed(poor, input="x " * 400))
    assert {answer.status_code for answer in answers} <= {200, 402}
    settled(poor)
    assert poor.usage()["costMicros"] <= 10_000


def test_a_failure_costs_nothing(router, embedder):
    embedder.refuse(400, times=1)
    response = embed(router)
    assert response.status_code == 400 and "as the test wishes" in told_of(response)["message"]
    assert settled(router)["costMicros"] == 0 and router.left == 5_000_000


@pytest.mark.parametrize("sold_as", ["claude-only", "claude-sonnet-4"])
def test_a_model_without_embeddings_says_so(router, sold_as):
    response = embed(router, model=sold_as)
    assert response.status_code in (400, 404, 502, 503), response.text
    told_of(response)
    assert settled(router)["costMicros"] == 0


@pytest.mark.parametrize("wrong", [
    {"input": ""}, {"input": []}, {"input": [""]}, {"input": 4}, {"input": None}, {"input": [["a"]]},
    {"input": ["a", 1]}, {"input": ["a"] * 2049}, {"encoding_format": "hex"}, {"dimensions": 0},
    {"dimensions": "many"}, {"model": ""}, {"model": None}, {"speed": "fast"}])
def test_what_is_wrong_is_said(router, wrong):
    response = embed(router, **wrong)
    assert response.status_code == 400, response.text
    assert told_of(response)["param"].split("[")[0] == next(iter(wrong))


def test_a_model_that_is_not_there_is_not_found(router):
    with pytest.raises(openai.NotFoundError):
        router.client().embeddings.create(model="nobody", input="x")


def test_play_money_gets_vectors_of_words(servers):
    shopper = Household(servers(), dollars=100).shopper()
    client = Router(shopper).client()
    vectors = [row.embedding for row in client.embeddings.create(model="sim/echo", input=[
        "salt and pepper", "pepper and salt", "a ship"]).data]
    assert len(vectors[0]) == 64 and near(vectors[0], vectors[1]) > 0.99 > near(vectors[0], vectors[2])
    plain = client.embeddings.create(model="sim/echo", input="salt and pepper", encoding_format="float", dimensions=8)
    assert len(plain.data[0].embedding) == 8
