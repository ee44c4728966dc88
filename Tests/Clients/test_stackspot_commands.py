"""Quick commands: an execution is made, waits for its turn, and is asked about until it is over."""

import json
import uuid
from datetime import datetime

import pytest
import requests

from caller import PATIENCE
from rooms_client import RoomsClient
from test_files import PIXEL
from test_idempotency import key, runs_of
from test_stackspot import ULID, UNKNOWN, UNRATED, check_refusal, program, stranger, ulid_of, uuid_of
from test_stackspot_tokens import person
from waiting import at_once, until

BAD = (400, "BadRequestError", "INFERENCE_4000_BAD_REQUEST")
NOT_FOUND = (404, "NotFound", "INFERENCE_4040_NOT_FOUND")
SHOWN = ["execution_id", "quick_command_slug", "conversation_id", "progress", "steps", "result"]
PROGRESS = ["start", "end", "duration", "execution_percentage", "status"]


@pytest.fixture(scope="module")
def server(servers):
    return servers(UNRATED)


@pytest.fixture(scope="module")
def spot(server):
    for name in ("echo", "history", "gated", "error-mid", "unicode", "length", "count-5-1ms"):
        server.agent(name)
    return program(server)


@pytest.fixture
def slug(server):
    """Makes an agent of the test's own, so that its runs can be counted."""
    return lambda model: server.agent(model, code=f"once-{uuid.uuid4().hex[:12]}")


def made(spot, slug, given, **more):
    """The id of a new execution."""
    response = spot.execute(slug, given, **more)
    assert response.status_code == 200, response.text
    return response.json()


def moment(text):
    assert text.endswith("Z")
    return datetime.fromisoformat(text)


def test_what_is_answered_is_a_bare_json_string(spot):
    response = spot.execute("echo", "hello")
    assert response.headers["Content-Type"].startswith("application/json")
    assert response.text == f'"{response.json()}"' and ULID.fullmatch(response.json())


def test_an_execution_that_is_over_has_its_answer_in_its_only_step_and_its_result(spot):
    execution = made(spot, "echo", "What is a run?")
    shown = spot.ended(execution)
    assert list(shown)[:6] == SHOWN and set(shown) <= {*SHOWN, "execution_tag"}
    assert shown["execution_id"] == execution and shown["quick_command_slug"] == "echo"
    assert shown["conversation_id"] is None and shown["result"] == "What is a run?"
    [step] = shown["steps"]
    assert list(step) == ["step_name", "execution_order", "type", "step_result"]
    assert step["step_name"] and step["execution_order"] in (0, 1) and step["type"] == "LLM"
    assert step["step_result"] == {"answer": "What is a run?", "sources": []}
    progress = shown["progress"]
    assert list(progress) == PROGRESS
    assert progress["status"] == "COMPLETED" and progress["execution_percentage"] == 1
    took = (moment(progress["end"]) - moment(progress["start"])).total_seconds()
    assert 0 <= took < 10 and progress["duration"] == pytest.approx(took, abs=1)


def test_an_execution_is_created_then_running_then_completed(servers, model):
    server = servers(UNRATED | {"queue": {"workers": 1}})
    server.agent("gated")
    spot, gates = program(server), [model.gate(), model.gate()]
    first, second = (made(spot, "gated", gate.name) for gate in gates)
    gates[0].wait_arrived()
    shown = spot.execution(first)
    assert shown["progress"]["status"] == "RUNNING" and shown["progress"]["end"] is None
    assert 0 < shown["progress"]["execution_percentage"] < 1 and shown["result"] is None
    waiting = spot.execution(second)
    assert waiting["progress"]["status"] == "CREATED" and waiting["progress"]["execution_percentage"] == 0
    assert waiting["steps"] == [] and waiting["result"] is None and list(waiting)[:6] == SHOWN
    for gate in gates:
        gate.send("done")
        gate.finish()
    assert [spot.ended(one)["result"] for one in (first, second)] == ["done", "done"]


def test_an_execution_that_failed_says_so_and_why(spot):
    shown = spot.ended(made(spot, "error-mid", "go on"))
    assert shown["progress"]["status"] == "FAILURE" and shown["progress"]["end"] and shown["result"] is None
    assert set(shown["error"]) == {"type", "code", "details"}


def test_an_object_is_given_to_the_model_as_json(spot):
    for given in ({"name": "Ü", "list": [1, 2.5, None, True]}, ["a", {"b": "c"}], {"z": 1, "a": 2}, 7, True):
        shown = spot.ended(made(spot, "echo", given))
        assert json.loads(shown["result"]) == given
        assert list(json.loads(shown["result"])) == list(given) if isinstance(given, dict) else True


def test_letters_of_every_script_survive(spot):
    text = "Grüße 東京 👩‍👩‍👧 \"quoted\" back\\slash \ttab\nline"
    assert spot.ended(made(spot, "echo", text))["result"] == text


@pytest.mark.parametrize("body", [
    {}, {"input_data": None}, {"input_data": ""}, {"input": "hello"}, {"input_data": "a", "upload_ids": "x"},
    {"input_data": "a", "execution_tag": 7}, [], "hello"])
def test_an_execution_needs_something_to_do(spot, body):
    check_refusal(spot.call("POST", "/v1/quick-commands/create-execution/echo", json=body), *BAD)


def test_files_are_given_to_the_model(spot):
    text, picture = spot.upload("tides.txt", "High water at nine."), spot.upload("pixel.png", PIXEL)
    shown = spot.ended(made(spot, "history", "Read.", upload_ids=[text, picture]))
    content = json.loads(shown["result"])[-1]["content"]
    assert "High water at nine." in json.dumps(content) and "Read." in json.dumps(content)
    assert [piece["type"] for piece in content].count("image_url") == 1


def test_a_conversation_is_begun_and_gone_on_with(spot, server):
    talk = ulid_of(str(uuid.uuid4()))
    first = spot.ended(made(spot, "history", "One", query=f"?conversationId={talk}"))
    assert first["conversation_id"] == talk
    second = spot.ended(made(spot, "history", "Two", query=f"?conversationId={uuid_of(talk)}"))
    assert [turn["content"] for turn in json.loads(second["result"]) if turn["role"] == "user"] == ["One", "Two"]
    chat = spot.answer("history", "Three", use_conversation=True, conversation_id=talk)
    assert [turn["content"] for turn in json.loads(chat["message"]) if turn["role"] == "user"] == [
        "One", "Two", "Three"]


def test_a_conversation_of_chat_is_gone_on_with(spot):
    talk = spot.answer("history", "One", use_conversation=True)["conversation_id"]
    shown = spot.ended(made(spot, "history", "Two", query=f"?conversationId={talk}"))
    assert [turn["content"] for turn in json.loads(shown["result"])][0] == "One" and shown["conversation_id"] == talk


def test_an_empty_conversation_is_none(spot):
    assert spot.ended(made(spot, "echo", "One", query="?conversationId="))["conversation_id"] is None


def test_a_tag_comes_back(spot):
    assert spot.ended(made(spot, "echo", "One", execution_tag="tide-7"))["execution_tag"] == "tide-7"


def test_an_execution_is_asked_about_as_the_published_sdks_ask(spot):
    execution = made(spot, "echo", "hello")
    for path in (f"{execution}?nocache={uuid.uuid4()}", uuid_of(execution), execution.lower()):
        response = spot.get(f"/v1/quick-commands/callback/{path}", headers={"Cache-Control": "no-cache, no-store"})
        assert response.status_code == 200 and response.json()["execution_id"] == execution


def test_an_execution_outlives_whoever_asked_and_a_kill_right_after_its_id(rialto, model):
    rialto.configure(UNRATED)
    rialto.start()
    rialto.agent("echo"), rialto.agent("gated")
    spot, gate = program(rialto), model.gate()
    words = [f"word {number}" for number in range(5)]
    held = made(spot, "gated", gate.name)
    executions = at_once(5, lambda place: made(spot, "echo", words[place]))
    rialto.kill()
    again = model.gate(gate.name)
    again.send("done")
    again.finish()
    rialto.start()
    for execution, word in zip(executions, words):
        shown = spot.ended(execution)
        assert (shown["progress"]["status"], shown["result"]) == ("COMPLETED", word)
    assert spot.ended(held)["result"] == "done"
    assert len(runs_of(rialto, "echo")) == 5


def test_one_key_is_one_execution(server, spot, slug):
    code, same = slug("echo"), key()
    answers = at_once(20, lambda _: spot.execute(code, "hello", headers=same))
    assert {answer.status_code for answer in answers} == {200} and len({answer.text for answer in answers}) == 1
    assert sum("Idempotent-Replayed" in answer.headers for answer in answers) == 19
    spot.ended(answers[0].json())
    again = spot.execute(code, "hello", headers=same)
    assert again.text == answers[0].text and len(runs_of(server, code)) == 1
    for given, more in (("goodbye", {}), ("hello", {"query": f"?conversationId={UNKNOWN}"}),
                        ("hello", {"execution_tag": "x"}), ("hello", {"upload_ids": [spot.upload("a.txt", "a")]})):
        check_refusal(spot.execute(code, given, headers=same, **more),
                      422, "UnprocessableEntity", "INFERENCE_4220_UNPROCESSABLE_ENTITY")


def test_an_object_in_other_letters_is_the_same_body(spot, slug):
    code, same = slug("echo"), key()
    bodies = ['{"input_data": {"a": 1, "b": "ü"}}', '{"input_data":{"a":1,"b":"\\u00fc"}, "upload_ids": []}',
              '{ "tide": 1, "upload_ids": null, "input_data" : { "a" : 1 , "b" : "ü" } }']
    path = f"/v1/quick-commands/create-execution/{code}"
    answers = [spot.call("POST", path, headers=same, data=body.encode()) for body in bodies]
    assert len({answer.text for answer in answers}) == 1 and answers[0].status_code == 200, answers[-1].text


def test_an_execution_of_another_account_and_one_that_never_was_are_not_found(server, spot):
    execution = made(spot, "echo", "the treasury is empty")
    spot.ended(execution)
    other = stranger(server)
    for name in (execution, uuid_of(execution), UNKNOWN, "nonsense", "x" * 300, "%00"):
        response = other.get(f"/v1/quick-commands/callback/{name}")
        check_refusal(response, *NOT_FOUND)
        assert "treasury" not in response.text
    check_refusal(other.execute("echo", "hello"), *NOT_FOUND)


def test_a_colleague_sees_an_execution_if_the_agent_is_theirs_too(server, spot):
    execution = made(spot, "echo", "hello")
    assert program(server, "colleague").ended(execution)["result"] == "hello"
    assert person(server, "ana").ended(execution)["result"] == "hello"
    narrow = program(server, "narrow", "quay", "--agent", "history")
    assert narrow.get(f"/v1/quick-commands/callback/{execution}").status_code in (403, 404)


def test_an_execution_can_be_read_among_rooms_and_a_chat_run_as_an_execution(server, spot):
    rooms = RoomsClient(server, "echo")
    execution = made(spot, "echo", "hello")
    spot.ended(execution)
    assert rooms.status("echo", uuid_of(execution))["results"] == {"output": "hello"}
    run = spot.chat("echo", "hello").headers["X-Run-Id"]
    assert spot.execution(ulid_of(run))["result"] == "hello"


def test_an_execution_is_canceled_as_any_run(server, spot, model):
    gate = model.gate()
    execution = made(spot, "gated", gate.name)
    gate.wait_arrived()
    assert spot.cancel("gated", execution).status_code == 200
    gate.wait_left()
    shown = spot.ended(execution)
    assert shown["progress"]["status"] == "FAILURE" and shown["error"]["details"]


def test_the_places_of_quick_commands_need_a_token(server):
    for method, path in (("POST", "create-execution/echo"), ("GET", f"callback/{UNKNOWN}")):
        response = requests.request(
            method, f"{server.base}/v1/quick-commands/{path}", json={"input_data": "x"}, timeout=PATIENCE)
        check_refusal(response, 401, "Unauthorized", "INFERENCE_4010_UNAUTHORIZED")


def test_a_hundred_executions_at_once_are_all_done_once(server, spot, model):
    word = uuid.uuid4().hex
    executions = at_once(20, lambda row: [made(spot, "echo", f"{word} {row} {place}") for place in range(5)])
    until(lambda: len([call for call in list(model.calls) if call.question.startswith(word)]) >= 100, 20, "all asked")
    results = [spot.ended(execution)["result"] for row in executions for execution in row]
    assert sorted(results) == sorted(f"{word} {row} {place}" for row in range(20) for place in range(5))
    assert len([call for call in list(model.calls) if call.question.startswith(word)]) == 100
