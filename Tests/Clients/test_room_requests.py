"""Requests of the rooms API: streams of nodes, their forms, how they stand and how they end."""

import contextlib
import json
import sqlite3
import uuid

import pytest

from caller import Stream
from rooms_client import RoomsClient, output, values
from waiting import at_once


@pytest.fixture(scope="module")
def client(shared):
    return RoomsClient(shared, shared.agent("echo"), shared.agent("gated"))


def test_a_stream_tells_what_the_node_says_and_then_all_of_it(shared, client):
    request, seen = client.ask(shared.agent("echo"), "So shines a good deed in a naughty world.")
    assert seen[0] == {"ability_node_id": 1, "ability_node_name": "LLM Node", "results": None}
    assert {value["ability_node_id"] for value in seen} == {1}
    assert output(seen) == "So shines a good deed in a naughty world."
    assert seen[-1]["results"] == {"output": output(seen), "final": True}
    status = client.status(shared.agent("echo"), request)
    assert status == client.status(shared.agent("echo"), request, "result")
    assert status["status"] == "COMPLETED" and status["results"] == {"output": output(seen)}
    room = client.call("GET", f"/{shared.agent('echo')}/rooms/{status['chat_room_id']}").json()
    assert room["creator_id"] == 0 and list(room["participants_json"]["users"]) == ["0"]


def test_debug_adds_input_and_timings(shared, client):
    _, seen = client.ask(shared.agent("echo"), "How far?", debug="true")
    last = seen[-1]["results"]
    assert last["input"] == "How far?" and last["duration_ms"] >= 0 and last["usage"]["output_tokens"] >= 0
    assert last["started_time"] <= last["ended_time"]


def test_what_is_looked_up_on_the_way_is_a_node_of_its_own(shared):
    client = RoomsClient(shared, "guide")
    _, seen = client.ask("guide", "How do I rotate the signing keys?", debug="true")
    looking = [value for value in seen if value["ability_node_name"] == "Retrieval Node: Handbook"]
    assert [value["ability_node_id"] for value in looking] == [2, 2] and looking[0]["results"] is None
    found = looking[1]["results"]
    assert found["final"] is True and "Signing keys and their rotation (docs/operating.md)" in found["output"]
    assert found["input"] == "How do I rotate the signing keys?" and found["duration_ms"] >= 0
    assert seen[-1]["ability_node_name"] == "LLM Node" and seen[-1]["results"]["final"] is True


def test_a_stream_is_resumed_and_its_last_event_still_tells_all(shared, client, model):
    gate, agent = model.gate(), shared.agent("gated")
    response = client.open(agent, gate.name)
    request = response.headers["X-Run-Id"]
    gate.send("so ", "far ")
    stream = Stream(response)
    stream.until(lambda event: event.data and "far " in event.data)
    stream.close()
    ids = stream.ids
    gate.send("so good")
    gate.finish()
    again = client.call("GET", f"/{agent}/{request}/sse", headers={"Last-Event-ID": ids[1]}, stream=True)
    seen = values(again)
    assert output(seen) == "far so good"
    assert seen[-1]["results"] == {"output": "so far so good", "final": True}
    past = client.call("GET", f"/{agent}/{request}/sse", headers={"Last-Event-ID": f"{request}:999"}, stream=True)
    assert [value["results"] for value in values(past)] == [seen[-1]["results"]], "past the end is the end again"
    for cursor, status in (("garbage", 400), (f"{uuid.uuid4()}:1", 400)):
        answer = client.call("GET", f"/{agent}/{request}/sse", headers={"Last-Event-ID": cursor})
        assert answer.status_code == status


def test_raw_framing_is_one_value_in_each_write(shared, client, model):
    gate, agent = model.gate(), shared.agent("gated")
    response = client.open(agent, gate.name, query="?framing=raw")
    gate.send("a", "b", "c")
    gate.finish()
    pieces = [piece for piece in response.raw.read_chunked()]
    seen = [json.loads(piece) for piece in pieces]
    assert output(seen) == "abc" and seen[-1]["results"]["final"] is True
    request = response.headers["X-Run-Id"]
    again = client.call("GET", f"/{agent}/{request}/sse?framing=raw", stream=True)
    told = [json.loads(piece) for piece in again.raw.read_chunked()]
    assert output(told) == "abc" and told[-1] == seen[-1], "text that is there already is one value"
    assert client.call("GET", f"/{agent}/{request}/sse?framing=xml").status_code == 400


def test_a_failed_run_ends_with_the_error_node(shared):
    agent = shared.agent("error-500")
    client = RoomsClient(shared, agent)
    request, seen = client.ask(agent, "Hello")
    assert seen[-1]["ability_node_name"] == "error"
    assert set(seen[-1]["results"]["error"]) == {"reason", "message"}
    status = client.status(agent, request)
    assert status["status"] == "FAILED" and status["failure_reason"] == seen[-1]["results"]["error"]["message"]


def test_a_request_is_canceled_once(shared, client, model):
    gate, agent = model.gate(), shared.agent("gated")
    response = client.open(agent, gate.name)
    request = response.headers["X-Run-Id"]
    gate.send("so ")
    assert client.status(agent, request)["status"] == "PROCESSING"
    assert client.call("POST", f"/{agent}/{request}/cancel").json() is True
    assert client.call("POST", f"/{agent}/{request}/cancel").json() is False
    assert values(response)[-1]["results"]["error"]["reason"] == "canceled"
    assert client.status(agent, request)["status"] == "CANCELED"


def test_a_room_remembers_and_ends_with_what_is_asked_in_it(shared, model):
    agent = shared.agent("history")
    gated = shared.agent("gated")
    client = RoomsClient(shared, agent, gated)
    room = client.room(agent)
    client.ask(agent, "first", chat_room_id=room)
    _, seen = client.ask(agent, "second", chat_room_id=room)
    assert "first" in output(seen)
    room, gate = client.room(gated), model.gate()
    response = client.open(gated, gate.name, chat_room_id=room)
    gate.send("so ")
    assert client.call("DELETE", f"/{gated}/rooms/{room}").json() is True
    assert values(response)[-1]["results"]["error"]["reason"] == "canceled"
    assert client.call("GET", f"/{gated}/{response.headers['X-Run-Id']}/status").status_code == 404


def test_a_run_of_another_dialect_is_read_by_a_key_of_its_account(shared, client):
    stream = shared.caller().stream("echo", "Fair Portia").read_all()
    status = client.status(shared.agent("echo"), stream.run)
    assert status["status"] == "COMPLETED" and status["results"] == {"output": "Fair Portia"}
    seen = values(client.call("GET", f"/{shared.agent('echo')}/{stream.run}/sse", stream=True))
    assert output(seen) == "Fair Portia"
    assert client.call("GET", f"/{shared.agent('gated')}/{stream.run}/status").status_code == 404
    request, _ = client.ask(shared.agent("echo"), "the other way round")
    assert shared.caller().follow(request).read_all().text == "the other way round"


@pytest.mark.parametrize("request_id", [str(uuid.uuid4()), "nonsense"])
def test_an_unknown_request_is_404(shared, client, request_id):
    for door in ("status", "result", "sse"):
        answer = client.call("GET", f"/{shared.agent('echo')}/{request_id}/{door}")
        assert answer.status_code == 404 and list(answer.json()) == ["detail"]


def test_a_question_is_asked_once_for_one_idempotency_key(shared, client):
    agent, key = shared.agent("echo"), {"Idempotency-Key": uuid.uuid4().hex}
    files = [("note.txt", b"the quality of mercy", "text/plain")]
    seen = at_once(10, lambda _: client.ask(agent, "once", headers=key, files=files))
    assert len({request for request, _ in seen}) == 1
    assert len({json.dumps(told) for _, told in seen}) == 1
    assert client.open(agent, "twice", headers=key, files=files).status_code == 422


def test_files_go_to_the_model_and_are_named_in_the_request(shared):
    agent = shared.agent("request", code="sees-all")
    client = RoomsClient(shared, agent)
    files = [("mercy.txt", "The quality of mercy ⚓️".encode(), "text/plain"), ("dot.png", b"\x89PNG", "image/png")]
    request, seen = client.ask(agent, "Read this", files=files)
    assert "The quality of mercy ⚓️" in output(seen) and "data:image/png;base64,iVBORw==" in output(seen)
    parameters = json.loads(client.status(agent, request)["request_params_json"])
    assert parameters["method"] == "POST" and parameters["client"] == "127.0.0.1"
    assert parameters["params"] == [
        {"type": "text", "text": "Read this"}, {"type": "file", "name": "mercy.txt", "url": None},
        {"type": "file", "name": "dot.png", "url": None}]


def test_a_urlencoded_form_is_taken_too(shared, client):
    response = client.call(
        "POST", f"/{shared.agent('echo')}/sse", data={"params_json": '{"input_message": "plain & simple"}'},
        stream=True)
    assert output(values(response)) == "plain & simple"


BAD_FORMS = {
    "nothing": [],
    "no JSON": [("params_json", (None, "{"))],
    "no object": [("params_json", (None, "[]"))],
    "a wrong message": [("params_json", (None, '{"input_message": 7}'))],
    "a wrong room": [("params_json", (None, '{"input_message": "x", "chat_room_id": 7}'))],
    "wrong files": [("params_json", (None, '{"input_message": "x", "input_files": "y"}'))],
    "files elsewhere": [("params_json", (None, '{"input_message": "x", "input_files": ["ftp://example.org/x"]}'))],
    "twice": [("params_json", (None, '{"input_message": "x"}'))] * 2,
    "no UTF-8": [("params_json", (None, b'{"input_message": "\xff"}'))],
    "a wrong debug": [("params_json", (None, '{"input_message": "x"}')), ("debug", (None, "perhaps"))],
    "a program": [("params_json", (None, '{"input_message": "x"}')),
                  ("files", ("run.exe", b"MZ", "application/x-msdownload"))],
    "text that is none": [("params_json", (None, '{"input_message": "x"}')),
                          ("files", ("x.txt", b"\xff\xfe", "text/plain"))],
}


@pytest.mark.parametrize("name", BAD_FORMS)
def test_a_form_that_cannot_be_answered_is_400_and_leaves_no_file(shared, client, name):
    form = BAD_FORMS[name] or [("other", (None, "x"))]
    before = files_kept(shared)
    note = ("files", ("note.txt", b"the quality of mercy", "text/plain"))
    answer = client.call("POST", f"/{shared.agent('echo')}/sse", files=[note] + form)
    assert answer.status_code == 400 and list(answer.json()) == ["detail"], answer.text
    assert files_kept(shared) == before


@pytest.mark.parametrize("parameters", ["{}", '{"input_message": ""}', '{"input_message": null}'])
def test_neither_a_message_nor_a_file_is_nothing_to_answer(shared, client, parameters):
    answer = client.call("POST", f"/{shared.agent('echo')}/sse", files=[("params_json", (None, parameters))])
    assert answer.status_code == 400 and "nothing to answer" in answer.json()["detail"]


def files_kept(server):
    with contextlib.closing(sqlite3.connect(f"file:{server.data / 'rialto.sqlite'}?mode=ro", uri=True)) as store:
        return [store.execute(f"SELECT count(*) FROM {table}").fetchone() for table in ("files", "file_chunks")]


def test_files_of_what_is_refused_or_repeated_are_not_kept(shared, client):
    agent, key = shared.agent("echo"), {"Idempotency-Key": uuid.uuid4().hex}
    files = [("note.txt", b"the quality of mercy", "text/plain")]
    client.ask(agent, "once", headers=key, files=files)
    before = files_kept(shared)
    client.ask(agent, "once", headers=key, files=files)
    assert client.open(agent, "twice", headers=key, files=files).status_code == 422
    assert client.open(agent, "x", files=files, chat_room_id=str(uuid.uuid4())).status_code == 403
    assert client.open("nobody", "x", files=files).status_code == 403
    assert files_kept(shared) == before


def test_fields_are_limited_together(shared, client):
    part = ("params_json", ("q.json", b'{"input_message": "' + b"x" * (5 << 20) + b'"}', "application/json"))
    answer = client.call("POST", f"/{shared.agent('echo')}/sse", files=[part, part])
    assert answer.status_code == 413 and list(answer.json()) == ["detail"]


@pytest.mark.parametrize("headers, body", [
    ({"Content-Type": "multipart/form-data"}, b"x"), ({"Content-Type": "multipart/form-data; boundary=b"}, b"--b\r\n"),
    ({"Content-Type": "application/json"}, b"{}"), ({}, b""),
    ({"Content-Type": "application/x-www-form-urlencoded"}, b"params_json=%zz"),
    ({"Content-Type": "application/x-www-form-urlencoded"}, b"params_json=\xff")])
def test_a_body_that_is_no_form_is_400(shared, client, headers, body):
    answer = client.call("POST", f"/{shared.agent('echo')}/sse", headers=headers, data=body)
    assert answer.status_code == 400 and list(answer.json()) == ["detail"], answer.text


def test_wrong_methods_and_paths_answer_in_the_dialects_shape(shared, client):
    answer = client.call("PUT", f"/{shared.agent('echo')}/rooms")
    assert answer.status_code == 405 and list(answer.json()) == ["detail"] and "GET" in answer.headers["Allow"]
    assert list(client.call("GET", "/nowhere/at/all/there").json()) == ["detail"]
