"""Models behind the agents: both kinds of service, and every way they fail."""

import json
import time

import pytest

from model_script import UNICODE
from waiting import at_once, free_port

KEY = "sk-portia-never-shown-0123456789"
KINDS = ["openai", "anthropic"]
WAYS = [f"{kind}-{way}" for kind in KINDS for way in ("stream", "whole")]


@pytest.fixture(scope="module")
def server(servers, model):
    """Each kind of upstream, streaming and not, with little patience, and one that is down."""
    quick = {"connect_seconds": 1, "first_event_seconds": 1, "idle_seconds": 1, "whole_seconds": 4,
             "key_env": "PORTIA_KEY"}
    urls = {"openai": model.openai_url, "anthropic": model.base}
    upstreams = {f"{kind}-{way}": quick | {"kind": kind, "url": urls[kind], "stream": way == "stream"}
                 for kind in KINDS for way in ("stream", "whole")}
    upstreams |= {f"patient-{name}": {key: value for key, value in settings.items() if not key.endswith("_seconds")}
                  for name, settings in upstreams.items()}
    upstreams["down"] = {"kind": "openai", "url": f"http://127.0.0.1:{free_port()}/v1", "retries": 0}
    return servers({"upstreams": upstreams}, environment={"PORTIA_KEY": KEY})


@pytest.fixture(params=WAYS)
def upstream(request):
    return request.param


@pytest.fixture(scope="module")
def make(server):
    """An agent of an upstream and a model."""
    def agent(upstream, behaviour, *options, code=None):
        code = code or f"{upstream}-{behaviour}".replace(".", "-")
        if code not in server.agents:
            server.agents[code] = server.run(
                "agent", "add", code, "--upstream", upstream, "--model", behaviour, *options)
        return code

    return agent


@pytest.fixture(scope="module")
def caller(server):
    return server.caller()


def told_error(caller, agent, question, stream):
    """The error of an answer, told by a status or within the stream; the text before it, and the status."""
    if not stream:
        response = caller.ask(agent, question)
        assert response.status_code >= 400, response.text
        return response.json()["error"], "", response.status_code
    opened = caller.open(agent, question)
    if opened.response.status_code >= 400:
        return opened.response.json()["error"], "", opened.response.status_code
    opened.read_all()
    assert opened.is_done and opened.error, opened.events
    return opened.error, opened.text, 200


# Both kinds


def test_an_upstream_answers(caller, make, upstream):
    agent = make(upstream, "echo")
    assert caller.answer(agent, "I am a tainted wether") == "I am a tainted wether"
    assert caller.stream(agent, "I am a tainted wether").read_all().text == "I am a tainted wether"


def test_letters_of_every_script_come_through(caller, make, upstream):
    assert caller.stream(make(upstream, "unicode"), "say").read_all().text == UNICODE


def test_usage_is_what_the_upstream_counted(caller, make, upstream):
    usage = caller.ask(make(upstream, "count-5-1ms"), "count").json()["usage"]
    assert usage == {"prompt_tokens": 1, "completion_tokens": 5, "total_tokens": 6}


@pytest.mark.parametrize("behaviour, reason", [
    ("echo", "stop"), ("length", "length"), ("tools", "tool_calls"), ("filter", "content_filter"), ("silent", "stop")])
def test_the_reason_of_the_end_is_what_the_upstream_said(caller, make, upstream, behaviour, reason):
    stream = caller.stream(make(upstream, behaviour), "and?").read_all()
    assert stream.finish_reason == reason and stream.is_done and stream.error is None


def test_an_upstream_is_asked_in_its_own_words(caller, make, model, upstream):
    agent = make(upstream, "request", "--instructions", "Be brief.", "--max-output-tokens", "50",
                 "--temperature", "0.5", code=f"{upstream}-brief")
    sent = json.loads(caller.answer(agent, "Speak", stop=["END"]))
    call = model.asked("request")[-1]
    assert bool(sent.get("stream")) == upstream.endswith("stream")
    assert sent["temperature"] == 0.5 and sent["messages"][-1]["role"] == "user"
    if upstream.startswith("openai"):
        assert call.headers["authorization"] == f"Bearer {KEY}" and call.path == "/v1/chat/completions"
        assert sent["messages"][0] == {"role": "system", "content": "Be brief."} and sent["stop"] == ["END"]
    else:
        assert call.headers["x-api-key"] == KEY and call.headers["anthropic-version"] and call.path == "/v1/messages"
        assert "Be brief." in json.dumps(sent["system"]) and sent["max_tokens"] == 50
        assert sent["stop_sequences"] == ["END"] and [message["role"] for message in sent["messages"]] == ["user"]


def test_a_conversation_reaches_the_upstream_whole(caller, make, upstream):
    agent = make(upstream, "history")
    first = caller.stream(agent, "One").read_all()
    seen = json.loads(caller.answer(agent, "Two", conversationId=first.conversation))
    assert [message["role"] for message in seen] == ["user", "assistant", "user"]


# Before the first token


def test_an_upstream_that_fails_twice_is_asked_a_third_time_with_a_pause_between(caller, make, model, upstream):
    question = f"patience with {upstream}"
    assert caller.answer(make(upstream, "flaky-2"), question) == "patience pays"
    times = [call.at for call in model.asked("flaky-2") if call.question == question]
    assert len(times) == 3 and times[1] - times[0] > 0.05 and times[2] - times[1] > times[1] - times[0]


@pytest.mark.parametrize("stream", [True, False])
def test_an_upstream_that_fails_for_good_is_asked_three_times_and_named(caller, make, model, upstream, stream):
    question = f"for good {upstream} {stream}"
    error, text, status = told_error(caller, make(upstream, "error-500"), question, stream)
    assert upstream in error["message"] and text == "" and status in (200, 503)
    assert error["code"] == "unavailable" and error["type"] == "server_error"
    assert len([call for call in model.asked("error-500") if call.question == question]) == 3


def test_a_wish_to_be_asked_later_is_honoured(caller, make, model, upstream):
    question = f"later {upstream}"
    assert caller.answer(make(upstream, "busy-2"), question) == "your turn"
    first, second = [call.at for call in model.asked("busy-2") if call.question == question]
    assert 1.9 < second - first < 30


def test_an_upstream_that_has_too_much_to_do_is_a_limit_or_unavailable(caller, make, upstream):
    error, _, status = told_error(caller, make(upstream, "error-429"), "again", False)
    assert status in (429, 503) and upstream in error["message"]


@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_an_upstream_that_refuses_is_asked_once(caller, make, model, upstream, status):
    question = f"refused {upstream}"
    error, _, answered = told_error(caller, make(upstream, f"error-{status}"), question, False)
    assert upstream in error["message"] and answered not in (401, 403, 404), "the caller did nothing wrong"
    assert len([call for call in model.asked(f"error-{status}") if call.question == question]) == 1


@pytest.mark.parametrize("stream", [True, False])
def test_no_error_shows_the_key(server, caller, make, upstream, stream):
    error, _, _ = told_error(caller, make(upstream, "leak"), "what is the key?", stream)
    assert KEY not in json.dumps(error) and upstream in error["message"]
    assert KEY not in server.err


@pytest.mark.parametrize("upstream, behaviour", [
    *[(way, "mute") for way in WAYS], *[(f"{kind}-stream", "hang") for kind in KINDS]])
def test_an_upstream_that_says_nothing_is_left(caller, make, model, upstream, behaviour):
    begun, aborted = time.monotonic(), model.stats()["aborted"]
    error, _, _ = told_error(caller, make(upstream, behaviour), "hello?", True)
    assert upstream in error["message"] and time.monotonic() - begun < 40
    assert model.stats()["aborted"] > aborted


def test_an_upstream_that_is_down_is_named(caller, make):
    error, _, _ = told_error(caller, make("down", "echo"), "hello?", False)
    assert "down" in error["message"] and error["code"] == "unavailable"


# Fallback


@pytest.mark.parametrize("first", ["down", "openai-stream", "anthropic-stream", "anthropic-whole"])
def test_the_next_in_line_answers_where_the_first_fails_before_a_token(caller, make, first):
    behaviour = "echo" if first == "down" else "error-500"
    agent = make(first, behaviour, "--fallback", "down=echo", "--fallback", "openai-stream=name-second",
                 code=f"{first}-with-another")
    assert caller.answer(agent, "who?") == "name-second"
    assert caller.stream(agent, "who?").read_all().text == "name-second"


def test_the_next_in_line_answers_where_the_first_says_nothing(caller, make):
    agent = make("openai-stream", "hang", "--fallback", "anthropic-stream=name-second", code="hang-with-another")
    assert caller.stream(agent, "who?").read_all().text == "name-second"


@pytest.mark.parametrize("behaviour", ["cut", "error-mid", "stall"])
def test_after_the_first_token_nobody_else_takes_over(caller, make, behaviour):
    agent = make("openai-stream", behaviour, "--fallback", "openai-stream=echo", code=f"{behaviour}-with-another")
    error, text, _ = told_error(caller, agent, "who?", True)
    assert text == "0 1 2 " and "openai-stream" in error["message"]


def test_where_all_fail_the_last_failure_is_told(caller, make):
    agent = make("openai-stream", "error-500", "--fallback", "down=echo", code="all-fail")
    error, _, status = told_error(caller, agent, "anybody?", False)
    assert status == 503 and ("down" in error["message"] or "openai-stream" in error["message"])


# After the first token


@pytest.mark.parametrize("behaviour", ["cut", "error-mid", "stall", "garbage"])
@pytest.mark.parametrize("kind", KINDS)
def test_an_answer_that_breaks_off_is_an_error_in_the_stream(caller, make, kind, behaviour):
    error, text, _ = told_error(caller, make(f"{kind}-stream", behaviour), "go on", True)
    assert text == "0 1 2 " and f"{kind}-stream" in error["message"]


@pytest.mark.parametrize("kind", KINDS)
def test_an_answer_that_takes_too_long_as_a_whole_is_ended(caller, make, kind):
    error, text, _ = told_error(caller, make(f"{kind}-stream", "drip"), "go on", True)
    assert text.startswith("drip drip ") and f"{kind}-stream" in error["message"]


# Many


def test_a_hundred_streams_to_one_upstream_are_open_at_the_same_time(caller, make, upstream):
    agent = make(f"patient-{upstream}", "together-100")
    streams = at_once(100, lambda _: caller.open(agent, upstream).read_all())
    assert {stream.text for stream in streams} == {"waiting together"}


def test_an_upstream_added_while_the_server_runs_is_used_at_once(server, caller, make, model):
    server.run("upstream", "add", "late", "--kind", "anthropic", "--url", f"{model.base}/v1", "--no-stream")
    assert caller.answer(make("late", "echo"), "soon") == "soon"
    assert not model.asked("echo")[-1].body.get("stream")
