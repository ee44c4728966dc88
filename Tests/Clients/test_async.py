"""Requests of the rooms API that nobody waits for: their forms, what is shown of them, refusals and keys."""

import json
import re
import uuid

import pytest

from rooms_client import RoomsClient
from test_room_requests import files_kept
from waiting import at_once, until

FIELDS = [
    "request_id", "chat_room_id", "status", "failure_reason", "results", "artifact_metadata_json",
    "request_params_json", "result_metadata_json", "requested_time", "updated_time"]
PLAIN_TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d"


@pytest.fixture(scope="module")
def client(shared):
    return RoomsClient(shared, shared.agent("echo"), shared.agent("gated"))


def post(client, form, agent="echo", **more):
    return client.call("POST", f"/{agent}/async", files=form, **more)


def test_the_id_is_a_bare_string_and_the_first_look_finds_the_request(client):
    answer = post(client, [("params_json", (None, '{"input_message": "Who chooseth me?"}'))])
    assert answer.status_code == 200 and answer.headers["Content-Type"].startswith("application/json")
    request = json.loads(answer.text)
    assert answer.text == f'"{uuid.UUID(request)}"' and answer.headers["X-Run-Id"] == request
    looked = client.status("echo", request)
    assert looked["status"] in ("PENDING", "PROCESSING", "COMPLETED") and looked["request_id"] == request
    assert client.ended("echo", request)["results"] == {"output": "Who chooseth me?"}


def test_every_one_of_many_is_found_by_the_first_look(client):
    def ask_and_look(place):
        request = client.enqueue("echo", f"casket {place}")
        return client.call("GET", f"/echo/{request}/status").status_code, client.ended("echo", request)

    for place, (code, shown) in enumerate(at_once(30, ask_and_look)):
        assert code == 200 and shown["results"] == {"output": f"casket {place}"}


def test_both_doors_show_the_fields_of_the_contract_and_no_others(client):
    request = client.enqueue("echo", "The quality of mercy")
    shown = client.ended("echo", request)
    assert shown == client.status("echo", request, "result")
    assert list(shown) == FIELDS
    assert shown["status"] == "COMPLETED" and shown["results"] == {"output": "The quality of mercy"}
    assert shown["failure_reason"] is None and shown["result_metadata_json"] is None
    assert json.loads(shown["request_params_json"]) == {
        "method": "POST", "client": "127.0.0.1", "params": [{"type": "text", "text": "The quality of mercy"}]}
    assert re.fullmatch(PLAIN_TIME, shown["requested_time"]) and re.fullmatch(PLAIN_TIME, shown["updated_time"])
    room = client.call("GET", f"/echo/rooms/{shown['chat_room_id']}").json()
    assert room["id"] == shown["chat_room_id"] and room["creator_id"] == 0


def test_a_request_that_cannot_be_answered_failed_with_a_reason(shared):
    agent = shared.agent("error-400")
    client = RoomsClient(shared, agent)
    shown = client.ended(agent, client.enqueue(agent, "Hello"))
    assert shown["status"] == "FAILED" and shown["failure_reason"] and list(shown) == FIELDS


def test_a_urlencoded_form_is_taken_too(client):
    answer = client.call("POST", "/echo/async", data={"params_json": '{"input_message": "plain & simple"}'})
    assert answer.status_code == 200
    assert client.ended("echo", answer.json())["results"] == {"output": "plain & simple"}


def test_files_of_the_form_reach_the_model_when_the_turn_comes(shared):
    agent = shared.agent("request", code="sees-all")
    client = RoomsClient(shared, agent)
    form = [("params_json", (None, '{"input_message": "Read"}')),
            ("files", ("mercy.txt", b"It droppeth as the gentle rain", "text/plain")),
            ("files[]", ("bond.txt", b"A pound of flesh", "text/plain"))]
    shown = client.ended(agent, post(client, form, agent).json())
    assert "the gentle rain" in shown["results"]["output"] and "A pound of flesh" in shown["results"]["output"]
    assert [part.get("name") for part in json.loads(shown["request_params_json"])["params"]] == [
        None, "mercy.txt", "bond.txt"]


def test_files_alone_are_a_request(shared):
    agent = shared.agent("request", code="sees-all")
    client = RoomsClient(shared, agent)
    request = client.enqueue(agent, None, files=[("mercy.txt", b"It is twice blest", "text/plain")])
    assert "It is twice blest" in client.ended(agent, request)["results"]["output"]


def test_a_request_can_be_read_through_the_other_api_and_the_other_way_round(shared, client):
    request = client.enqueue("echo", "Tell me where is fancy bred")
    client.ended("echo", request)
    assert shared.caller().follow(request).read_all().text == "Tell me where is fancy bred"
    run = shared.caller().stream("echo", "In the heart or in the head").read_all().run
    assert client.status("echo", run)["results"] == {"output": "In the heart or in the head"}


# Refusals

def test_a_key_that_may_not_ask_the_agent_is_403(shared, client):
    shared.agent("history")
    stranger = {"X-API-KEY": "no-such-key"}
    answers = [client.enqueue("echo", "x", headers=stranger, status=403),
               client.enqueue("history", "x", status=403), client.enqueue("nobody", "x", status=403)]
    assert len({answer.text for answer in answers}) == 1 and list(answers[0].json()) == ["detail"]


def test_an_agent_that_was_removed_is_404(shared):
    agent = shared.agent("echo", code="leaving")
    client = RoomsClient(shared, agent)
    client.ended(agent, client.enqueue(agent, "Farewell"))
    shared.run("agent", "remove", agent)
    form = [("params_json", (None, '{"input_message": "x"}'))]
    until(lambda: post(client, form, agent).status_code != 200, what="the news of its leaving")
    answer = post(client, form, agent)
    assert answer.status_code == 404 and list(answer.json()) == ["detail"]


BAD_FORMS = {
    "no params_json": ([("other", (None, "x"))], "params_json"),
    "no JSON": ([("params_json", (None, "{"))], "params_json"),
    "no object": ([("params_json", (None, "[]"))], "params_json"),
    "neither a message nor a file": ([("params_json", (None, "{}"))], "nothing to answer"),
    "an empty message": ([("params_json", (None, '{"input_message": ""}'))], "nothing to answer"),
    "a wrong room": ([("params_json", (None, '{"input_message": "x", "chat_room_id": 7}'))], "chat_room_id"),
    "a wrong debug": ([("params_json", (None, '{"input_message": "x"}')), ("debug", (None, "perhaps"))], "debug"),
}


@pytest.mark.parametrize("name", BAD_FORMS)
def test_a_form_that_cannot_be_answered_is_400_and_leaves_nothing(shared, client, name):
    form, words = BAD_FORMS[name]
    before = kept(shared, client)
    answer = post(client, form)
    assert answer.status_code == 400 and list(answer.json()) == ["detail"], answer.text
    assert words in answer.json()["detail"]
    assert kept(shared, client) == before


@pytest.mark.parametrize("url", [
    "ftp://x", "http://user:pass@x/", "not a url", "//x/y", "http://", "http://x:99999/"])
def test_a_wrong_callback_url_is_named_and_leaves_nothing(shared, client, url):
    note = [("note.txt", b"the quality of mercy", "text/plain")]
    before = kept(shared, client)
    answer = client.enqueue("echo", "x", callback_url=url, files=note, status=400)
    assert list(answer.json()) == ["detail"] and "callback_url" in answer.json()["detail"]
    plain = client.call("POST", "/echo/async", data={"params_json": '{"input_message": "x"}', "callback_url": url})
    assert plain.status_code == 400 and "callback_url" in plain.json()["detail"]
    assert kept(shared, client) == before


def kept(server, client):
    return files_kept(server), client.call("GET", "/echo/rooms").json()["total"]


def test_a_room_that_is_not_the_accounts_own_is_403(shared, client):
    shared.run("account", "add", "antonio")
    agent = shared.agent("echo", "--account", "antonio", code="antonios")
    theirs = RoomsClient(shared, agent, options=("--account", "antonio")).room(agent)
    before = kept(shared, client)
    for room in (theirs, str(uuid.uuid4()), "nonsense", client.room("gated")):
        answer = client.enqueue("echo", "x", chat_room_id=room, status=403)
        assert list(answer.json()) == ["detail"]
    assert kept(shared, client) == before


@pytest.mark.parametrize("request_id", [str(uuid.uuid4()), "nonsense"])
def test_an_unknown_request_is_404(client, request_id):
    for method, door in (("GET", "status"), ("GET", "result"), ("GET", "sse"), ("POST", "cancel")):
        answer = client.call(method, f"/echo/{request_id}/{door}")
        assert answer.status_code == 404 and list(answer.json()) == ["detail"]


# Once only

def test_one_key_is_one_request_however_often_it_is_sent(client, model):
    key, question = {"Idempotency-Key": uuid.uuid4().hex}, uuid.uuid4().hex
    form = [("params_json", (None, json.dumps({"input_message": question})))]
    first = post(client, form, headers=key)
    assert "Idempotent-Replayed" not in first.headers
    for _ in ("at once", "after it ended"):
        again = post(client, form, headers=key)
        assert again.json() == first.json() and again.headers["Idempotent-Replayed"] == "true"
        assert client.ended("echo", first.json())["status"] == "COMPLETED"
    assert model.script.asked[("echo", question)] == 1
    client.enqueue("echo", "another", headers=key, status=422)
    client.enqueue("echo", question, headers=key, callback_url="https://example.org/x", status=422)


def test_one_key_from_fifty_connections_at_once_is_one_request(shared, client, model):
    key, question = {"Idempotency-Key": uuid.uuid4().hex}, uuid.uuid4().hex
    before = len(shared.run("runs", "list", "--limit", "1000"))
    requests = set(at_once(50, lambda _: client.enqueue("echo", question, headers=key)))
    assert len(requests) == 1
    assert client.ended("echo", requests.pop())["results"] == {"output": question}
    assert len(shared.run("runs", "list", "--limit", "1000")) == before + 1
    assert model.script.asked[("echo", question)] == 1
