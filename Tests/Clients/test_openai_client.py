"""The OpenAI Python client, unchanged, on both base paths."""

import asyncio
import json

import openai
import pytest

ASKED = [{"role": "user", "content": "Hath not a merchant ships?"}]


@pytest.fixture(scope="module")
def program(shared):
    """A program whose first agent echoes."""
    for name in ("history", "gated", "error-mid", "cut", "count-5-1ms", "tools", "length", "wait-2.5s"):
        shared.agent(name)
    shared.agent("echo")
    agents = ["echo", "history", "gated", "error-mid", "cut", "count-5-1ms", "tools", "length"]
    shared.client("openai-program", *[word for agent in agents for word in ("--agent", agent)])
    return shared.caller("openai-program")


@pytest.fixture(params=["/api/v1", "/v1"])
def base(request, shared):
    return shared.base + request.param


@pytest.fixture
def client(base, program):
    return openai.OpenAI(api_key=program.token, base_url=base, max_retries=0, timeout=30)


def test_it_gets_an_answer(client):
    answer = client.chat.completions.create(model="AGENTIC STAR", messages=ASKED)
    assert answer.choices[0].message.content == ASKED[0]["content"]
    assert answer.choices[0].message.role == "assistant"
    assert answer.choices[0].finish_reason == "stop"
    assert answer.object == "chat.completion" and answer.model == "AGENTIC STAR" and answer.id and answer.created
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens > 0
    assert answer._request_id


def test_it_reads_a_stream(client):
    chunks = list(client.chat.completions.create(model="AGENTIC STAR", messages=ASKED, stream=True))
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == ASKED[0]["content"]
    assert chunks[0].choices[0].delta.role == "assistant"
    assert chunks[-1].choices[0].finish_reason == "stop"
    assert {chunk.object for chunk in chunks} == {"chat.completion.chunk"}
    assert len({chunk.id for chunk in chunks}) == 1
    assert {chunk.model for chunk in chunks} == {"AGENTIC STAR"}
    assert all(isinstance(chunk.created, int) for chunk in chunks)


def test_it_gets_usage_at_the_end_of_a_stream_where_it_asks_for_it(client):
    chunks = list(client.chat.completions.create(
        model="m", messages=ASKED, stream=True, stream_options={"include_usage": True},
        extra_body={"agentId": "count-5-1ms"}))
    assert chunks[-1].choices == [] and chunks[-1].usage.completion_tokens == 5
    assert not any(chunk.usage for chunk in chunks[:-1])


def test_it_gets_no_usage_chunk_without_asking(client):
    chunks = list(client.chat.completions.create(model="m", messages=ASKED, stream=True))
    assert all(chunk.choices for chunk in chunks) and not any(chunk.usage for chunk in chunks)


def test_its_stream_helper_collects_the_whole_answer(client):
    with client.chat.completions.stream(model="AGENTIC STAR", messages=ASKED) as stream:
        deltas = [event.delta for event in stream if event.type == "content.delta"]
    answer = stream.get_final_completion()
    assert "".join(deltas) == answer.choices[0].message.content == ASKED[0]["content"]
    assert answer.choices[0].finish_reason == "stop"


def test_its_asynchronous_sister_reads_many_streams_at_once(base, program):
    async def one(client, number):
        stream = await client.chat.completions.create(
            model="m", messages=[{"role": "user", "content": f"ship {number}"}], stream=True)
        return "".join([chunk.choices[0].delta.content or "" async for chunk in stream])

    async def fleet():
        async with openai.AsyncOpenAI(api_key=program.token, base_url=base, max_retries=0) as client:
            return await asyncio.gather(*[one(client, number) for number in range(20)])

    assert asyncio.run(fleet()) == [f"ship {number}" for number in range(20)]


def test_it_lists_the_agents_that_the_client_may_use(client):
    models = client.models.list().data
    names = {model.id for model in models}
    assert {"echo", "history", "gated"} <= names
    assert "wait-2-5s" not in names and "guide" not in names, "these belong to other clients"
    assert all(model.object == "model" and model.owned_by and isinstance(model.created, int) for model in models)


def test_it_goes_on_with_a_conversation(client):
    talk = {"agentId": "history", "conversationId": f"talk-{client.base_url.path.strip('/').replace('/', '-')}"}
    client.chat.completions.create(model="m", messages=[{"role": "user", "content": "I am Portia"}], extra_body=talk)
    answer = client.chat.completions.create(
        model="m", messages=[{"role": "user", "content": "Who am I?"}], extra_body=talk)
    seen = json.loads(answer.choices[0].message.content)
    assert [message["role"] for message in seen] == ["user", "assistant", "user"]
    assert seen[0]["content"] == "I am Portia"


def test_it_sees_a_wrong_token_as_an_authentication_error(base):
    stranger = openai.OpenAI(api_key="not-a-token", base_url=base, max_retries=0)
    with pytest.raises(openai.AuthenticationError) as refusal:
        stranger.chat.completions.create(model="m", messages=ASKED)
    assert refusal.value.type == "authentication_error"
    with pytest.raises(openai.AuthenticationError):
        stranger.models.list()


@pytest.mark.parametrize("stream", [True, False])
def test_it_sees_a_token_without_the_scope_as_a_permission_error(base, shared, stream):
    if "tools-only" not in shared.secrets:
        shared.client("tools-only", "--scope", "mcp:all", edition="saas")
    narrow = openai.OpenAI(api_key=shared.saas_token("tools-only"), base_url=base, max_retries=0)
    with pytest.raises(openai.PermissionDeniedError) as refusal:
        narrow.chat.completions.create(model="m", messages=ASKED, stream=stream)
    assert refusal.value.type == "permission_error"


@pytest.mark.parametrize("stream", [True, False])
def test_it_sees_an_agent_that_the_client_may_not_use_as_a_permission_error(client, stream):
    with pytest.raises(openai.PermissionDeniedError) as refusal:
        client.chat.completions.create(model="m", messages=ASKED, stream=stream, extra_body={"agentId": "wait-2-5s"})
    assert refusal.value.type == "permission_error"


@pytest.mark.parametrize("stream", [True, False])
def test_it_sees_an_unknown_agent_as_not_found(client, stream):
    with pytest.raises(openai.NotFoundError) as refusal:
        client.chat.completions.create(model="m", messages=ASKED, stream=stream, extra_body={"agentId": "nobody"})
    assert refusal.value.type == "not_found_error" and "nobody" in refusal.value.message


def test_it_sees_a_wrong_field_as_a_bad_request_that_names_it(client):
    with pytest.raises(openai.BadRequestError) as refusal:
        client.chat.completions.create(model="m", messages=[{"role": "user", "content": 7}])
    assert refusal.value.type == "invalid_request_error" and refusal.value.param == "messages[0].content"


def test_it_sees_a_body_over_the_limit_as_413(client):
    with pytest.raises(openai.APIStatusError) as refusal:
        client.chat.completions.create(model="m", messages=[{"role": "user", "content": "x" * 9_000_000}])
    assert refusal.value.status_code == 413


@pytest.mark.parametrize("agent", ["error-mid", "cut"])
def test_it_raises_an_error_where_an_answer_breaks_off(client, agent):
    text = ""
    with pytest.raises(openai.APIError) as refusal:
        for chunk in client.chat.completions.create(
                model="m", messages=ASKED, stream=True, extra_body={"agentId": agent}):
            text += chunk.choices[0].delta.content or ""
    assert text == "0 1 2 "
    assert not isinstance(refusal.value, openai.APIConnectionError), "told in the stream, not by a broken connection"
    assert "model" in refusal.value.message


def test_it_is_told_where_the_answer_was_cut_for_length(client):
    answer = client.chat.completions.create(model="m", messages=ASKED, extra_body={"agentId": "length"})
    assert answer.choices[0].finish_reason == "length"


def test_it_passes_the_usual_parameters_on_to_the_model(client, model):
    client.chat.completions.create(
        model="m", messages=[{"role": "user", "content": "parameters"}], temperature=0.25, max_completion_tokens=77,
        stop=["END"], user="antonio", metadata={"ship": "Andrew"})
    sent = next(call.body for call in model.asked("echo") if call.question == "parameters")
    assert sent["temperature"] == 0.25 and sent["stop"] == ["END"]
    assert 77 in (sent.get("max_tokens"), sent.get("max_completion_tokens"))


def test_its_own_retries_reach_the_answer_when_it_comes_back_with_the_same_key(client):
    first = client.chat.completions.create(
        model="m", messages=ASKED, extra_headers={"Idempotency-Key": f"again-{client.base_url.path}"})
    again = client.chat.completions.create(
        model="m", messages=ASKED, extra_headers={"Idempotency-Key": f"again-{client.base_url.path}"})
    assert first.id == again.id and first.created == again.created
