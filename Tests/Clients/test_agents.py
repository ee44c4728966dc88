"""Which agent answers, with which model, and what it is asked with."""

import json

import pytest


@pytest.fixture(scope="module")
def shylock(shared):
    """An agent with instructions, a temperature and two models."""
    return shared.agent(
        "request", "--instructions", "You are Shylock.", "--temperature", "0.5", "--max-output-tokens", "99",
        "--high-performance-model", "name-bond", code="shylock")


@pytest.fixture(scope="module")
def two_models(shared):
    return shared.agent("name-ducat", "--high-performance-model", "name-pound-of-flesh", code="moneylender")


@pytest.fixture(scope="module")
def history(shared):
    return shared.agent("history")


def sent(caller, agent, question, **more):
    """The request that reached the model."""
    return json.loads(caller.answer(agent, question, **more))


def error_of(response, status):
    assert response.status_code == status, response.text
    error = response.json()["error"]
    assert {"message", "type", "param", "code"} <= set(error) and error["message"]
    return error


# Which agent


def test_without_a_name_the_clients_first_agent_answers(shared):
    shared.agent("name-first")
    shared.client("has-a-first", "--agent", "name-first", "--agent", "guide")
    for path in ("/api/v1", "/v1"):
        assert shared.caller("has-a-first", path).answer(None, "who?") == "name-first"


def test_without_a_name_or_a_list_the_guide_answers(either):
    stream = either.stream(None, "What is Rialto?").read_all()
    assert stream.is_done and stream.finish_reason == "stop" and "Rialto" in stream.text


@pytest.mark.parametrize("question", ["How do I stop the server?", "How do I bake rye bread?", "パンの焼き方は?"])
def test_the_guide_gives_the_same_question_the_same_answer(either, question):
    answers = {either.answer("guide", question) for _ in range(3)}
    assert len(answers) == 1 and answers.pop()


def test_an_unknown_agent_is_not_found(either):
    for stream in (True, False):
        error = error_of(either.ask("antonio", "where?", stream=stream), 404)
        assert error["type"] == "not_found_error" and "antonio" in error["message"] and error["param"] == "agentId"


def test_an_agent_that_the_client_may_not_use_is_forbidden(shared):
    shared.agent("echo")
    shared.client("only-guide", "--agent", "guide")
    for path in ("/api/v1", "/v1"):
        error = error_of(shared.caller("only-guide", path).ask("echo", "hello"), 403)
        assert error["type"] == "permission_error"


def test_an_agent_of_another_account_does_not_exist(shared):
    shared.run("account", "add", "belmont")
    shared.agent("echo", "--account", "belmont", code="nerissa")
    shared.client("belmont-app", "--account", "belmont")
    assert shared.caller("belmont-app").answer("nerissa", "hello") == "hello"
    caller = shared.caller()
    error = error_of(caller.ask("nerissa", "hello"), 404)
    unknown = error_of(caller.ask("nobody", "hello"), 404)
    assert error["message"].replace("nerissa", "nobody") == unknown["message"]
    assert "nerissa" not in [model["id"] for model in caller.get("/models").json()["data"]]


def test_the_models_list_shows_each_agent_once(either, shylock):
    body = either.get("/models").json()
    names = [model["id"] for model in body["data"]]
    assert body["object"] == "list" and {"guide", shylock} <= set(names) and len(names) == len(set(names))


# With which model


def test_the_level_chooses_the_model(either, two_models):
    assert either.answer(two_models, "price?") == "name-ducat"
    assert either.answer(two_models, "price?", agentLevel="default") == "name-ducat"
    assert either.answer(two_models, "price?", agentLevel="high_performance") == "name-pound-of-flesh"


def test_an_agent_without_a_stronger_model_answers_with_the_one_it_has(either, shared):
    assert either.answer(shared.agent("name-only"), "price?", agentLevel="high_performance") == "name-only"


def test_an_unknown_level_is_refused_by_name(either, two_models):
    error = error_of(either.ask(two_models, "price?", agentLevel="highest"), 400)
    assert error["param"] == "agentLevel" and "high_performance" in error["message"]


# What it is asked with


def test_an_agent_brings_its_instructions_and_settings(either, shylock):
    request = sent(either, shylock, "Is it so nominated in the bond?")
    assert request["messages"] == [
        {"role": "system", "content": "You are Shylock."},
        {"role": "user", "content": "Is it so nominated in the bond?"}]
    assert request["model"] == "request" and request["temperature"] == 0.5
    assert 99 in (request.get("max_tokens"), request.get("max_completion_tokens"))


def test_a_caller_may_set_what_openai_callers_may_set(either, shylock):
    request = sent(either, shylock, "x", temperature=1.5, max_tokens=7, stop=["a", "b"], user="tubal")
    assert request["temperature"] == 1.5 and request["stop"] == ["a", "b"]
    assert 7 in (request.get("max_tokens"), request.get("max_completion_tokens"))
    assert sent(either, shylock, "x", stop="END")["stop"] in ("END", ["END"])


def test_without_agent_mode_the_model_is_asked_directly(either, shylock):
    request = sent(either, shylock, "Plainly?", agentMode=False)
    assert request["messages"] == [{"role": "user", "content": "Plainly?"}]
    assert sent(either, shylock, "As yourself?", agentMode=True)["messages"][0]["role"] == "system"


def test_several_messages_reach_the_model_in_order(either, history):
    messages = [
        {"role": "system", "content": "Be brief."}, {"role": "user", "content": "One"},
        {"role": "assistant", "content": "Two"}, {"role": "user", "content": "Three"}]
    assert sent(either, history, messages) == messages


def test_a_conversation_goes_on_where_it_was(either, history, shared):
    name = f"bassanio{either.path.replace('/', '-')}"
    first = either.answer(history, "My name is Bassanio.", conversationId=name)
    seen = sent(either, history, "What is my name?", conversationId=name)
    assert seen == [
        {"role": "user", "content": "My name is Bassanio."}, {"role": "assistant", "content": first},
        {"role": "user", "content": "What is my name?"}]
    assert either.ask(history, "And now?", conversationId=name).headers["X-Conversation-Id"] == name


def test_a_conversation_that_was_streamed_goes_on_too(either, history):
    stream = either.stream(history, "First").read_all()
    seen = sent(either, history, "Second", conversationId=stream.conversation)
    assert [message["content"] for message in seen] == ["First", stream.text, "Second"]


def test_without_a_conversation_id_each_question_stands_alone(either, history):
    one, two = either.ask(history, "One"), either.ask(history, "Two")
    assert one.headers["X-Conversation-Id"] != two.headers["X-Conversation-Id"]
    assert len(json.loads(two.json()["choices"][0]["message"]["content"])) == 1


def test_a_conversation_of_another_account_is_another_conversation(shared, caller, history):
    shared.run("account", "add", "padua")
    shared.agent("history", "--account", "padua", code="padua-history")
    shared.client("padua-app", "--account", "padua")
    caller.answer(history, "A secret of main", conversationId="shared-name")
    seen = sent(shared.caller("padua-app"), "padua-history", "Hello", conversationId="shared-name")
    assert [message["content"] for message in seen] == ["Hello"]


def test_a_conversation_id_that_cannot_stand_in_a_path_is_refused(either, history):
    for name in ("a/b", "x" * 129, "with space", "é"):
        assert error_of(either.ask(history, "x", conversationId=name), 400)["param"] == "conversationId", name


def test_content_parts_are_one_message(either, history):
    parts = [{"type": "text", "text": "three"}, {"type": "text", "text": "ducats"}]
    [message] = sent(either, history, [{"role": "user", "content": parts}])
    content = message["content"]
    texts = [part["text"] for part in content] if isinstance(content, list) else content.split("\n")
    assert texts == ["three", "ducats"]


def test_an_image_part_reaches_the_model_as_an_image(either, history):
    url = "data:image/png;base64,iVBORw0KGgo="
    parts = [{"type": "text", "text": "What is this?"}, {"type": "image_url", "image_url": {"url": url}}]
    [message] = sent(either, history, [{"role": "user", "content": parts}])
    assert [part["image_url"]["url"] for part in message["content"] if part["type"] == "image_url"] == [url]
