"""The embedder that other tests use is the real model, and speaks as OpenAI's does."""

import operator
import time

import openai
import pytest

from embedder import MODEL, Embedder

# Made with sentence-transformers 6.2.0 and torch 2.13.0 from the same weights.
KNOWN = {
    ("That is a happy person", "That is a happy dog"): 0.69458,
    ("That is a happy person", "That is a very happy person"): 0.94292,
    ("That is a happy person", "Today is a sunny day"): 0.25688,
}


def likeness(one, other):
    return sum(map(operator.mul, one, other))


@pytest.fixture(scope="module")
def embedder():
    with Embedder(key="secret") as server:
        yield server


@pytest.fixture
def client(embedder):
    return openai.OpenAI(base_url=embedder.url, api_key="secret", max_retries=0)


@pytest.mark.parametrize("texts", KNOWN)
def test_the_vectors_are_those_of_the_real_model(client, texts):
    one, other = (each.embedding for each in client.embeddings.create(model=MODEL, input=list(texts)).data)
    assert len(one) == 384
    assert likeness(one, one) == pytest.approx(1, abs=1e-5)
    assert likeness(one, other) == pytest.approx(KNOWN[texts], abs=1e-4)


def test_many_texts_come_in_order_and_as_if_alone(client):
    texts = [f"{'word ' * (number * 37 % 300)}text {number}" for number in range(50)]
    answer = client.embeddings.create(model=MODEL, input=texts, encoding_format="float")
    assert [each.index for each in answer.data] == list(range(50))
    for text, each in list(zip(texts, answer.data))[::7]:
        alone = client.embeddings.create(model=MODEL, input=text)
        assert likeness(alone.data[0].embedding, each.embedding) == pytest.approx(1, abs=1e-5)
    assert answer.usage.prompt_tokens == answer.usage.total_tokens > 50 * 4


def test_models_and_what_was_asked(client, embedder):
    assert [each.id for each in client.models.list()] == [MODEL]
    client.embeddings.create(model=MODEL, input=["one", "two"])
    assert embedder.requests[-1].texts == ["one", "two"] == embedder.embedded[-2:]


def test_a_wrong_key_is_refused(embedder):
    with pytest.raises(openai.AuthenticationError):
        openai.OpenAI(base_url=embedder.url, api_key="other").embeddings.create(model=MODEL, input="text")


WRONG = [{"input": ""}, {"input": []}, {"input": [[1, 2]]}, {"input": "text", "dimensions": 9}]


@pytest.mark.parametrize("wished", WRONG)
def test_what_the_real_one_refuses(client, wished):
    with pytest.raises(openai.BadRequestError):
        client.embeddings.create(model=MODEL, **wished)
    with pytest.raises(openai.NotFoundError):
        client.embeddings.create(model="another", input="text")


def test_errors_on_demand(client, embedder):
    embedder.refuse(429, times=1, retry_after=0)
    with pytest.raises(openai.RateLimitError) as told:
        client.embeddings.create(model=MODEL, input="text")
    assert told.value.response.headers["retry-after"] == "0"
    client.embeddings.create(model=MODEL, input="text")
    embedder.refuse(503)
    for _ in range(3):
        with pytest.raises(openai.InternalServerError):
            client.embeddings.create(model=MODEL, input="text")
    embedder.accept()
    client.embeddings.create(model=MODEL, input="text")


def test_slow_on_demand_and_cut_off_at_the_end():
    with Embedder() as server:
        client = openai.OpenAI(base_url=server.url, api_key="any", max_retries=0)
        server.wait_seconds = 0.3
        start = time.monotonic()
        client.embeddings.create(model=MODEL, input="text")
        assert time.monotonic() - start >= 0.3
        server.wait_seconds = 60
        with pytest.raises(openai.APITimeoutError):
            client.embeddings.create(model=MODEL, input="text", timeout=0.3)
        server.wait_seconds = 0
        client.embeddings.create(model=MODEL, input="text")
    with pytest.raises(openai.APIConnectionError):
        client.embeddings.create(model=MODEL, input="text")
    with Embedder(port=server.port):
        client.embeddings.create(model=MODEL, input="text")
