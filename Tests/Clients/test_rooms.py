"""API keys, and the rooms that programs make with them."""

import json
import re
import uuid

import pytest
import requests

from rooms_client import PATIENCE, RoomsClient
from waiting import at_once, until


@pytest.fixture(scope="module")
def client(shared):
    return RoomsClient(shared, shared.agent("echo"), shared.agent("gated"))


def test_a_key_is_listed_rotated_and_removed_and_shown_only_once(shared):
    client = RoomsClient(shared, shared.agent("echo"), options=("--label", "Portia's"))
    secret = client.made["webhook_secret"]
    assert re.fullmatch(r"[\w-]{60,80}", client.made["key"]) and re.fullmatch(r"whsec_[A-Za-z0-9]{32}", secret)
    [listed] = [key for key in shared.run("key", "list") if key["id"] == client.made["id"]]
    assert listed["label"] == "Portia's" and listed["agents"] == [shared.agent("echo")]
    assert client.made["key"] not in json.dumps(listed) and secret not in json.dumps(listed)
    old = client.headers
    client.room(shared.agent("echo"))
    new = shared.run("key", "rotate", client.made["id"])
    assert new["id"] == client.made["id"] and new["key"] != client.made["key"]
    client.headers = {"X-API-KEY": new["key"]}
    client.room(shared.agent("echo"))
    rooms = f"/{shared.agent('echo')}/rooms"
    until_refused(lambda: requests.get(client.base + rooms, headers=old, timeout=PATIENCE))
    shared.run("key", "remove", client.made["id"])
    until_refused(lambda: client.call("GET", rooms))
    assert shared.command("key", "remove", client.made["id"]).code == 1
    assert client.made["key"] not in shared.err and new["key"] not in shared.err


def until_refused(call):
    """A change of the command line is noticed within a second."""
    until(lambda: call().status_code == 403, 10, "the end of the old key")


def test_a_key_needs_agents_of_its_account(shared):
    assert shared.command("key", "add").code == 1
    assert "nobody" in shared.command("key", "add", "--agent", "nobody").err


@pytest.mark.parametrize("key", [None, "", "nonsense", "A" * 65, "é" * 40, "x" * 5000])
def test_who_has_no_key_is_refused_without_a_word_about_the_agent(shared, client, key):
    headers = {} if key is None else {"X-API-KEY": key.encode().decode("latin1")}
    answers = [requests.get(f"{client.base}/{agent}/rooms", headers=headers, timeout=PATIENCE)
               for agent in (shared.agent("echo"), "nobody")]
    assert [answer.status_code for answer in answers] == [403, 403]
    assert answers[0].json() == answers[1].json() == {
        "detail": "The API key is invalid, or has no access to the agent."}


def test_a_key_reaches_its_agents_only_and_a_removed_one_is_not_found(shared):
    shared.agent("echo", code="short-lived")
    client = RoomsClient(shared, "short-lived")
    for agent in (shared.agent("echo"), "nobody"):
        assert client.call("GET", f"/{agent}/rooms").status_code == 403
    shared.run("agent", "remove", "short-lived")
    until(lambda: client.call("GET", "/short-lived/rooms").status_code != 200, 10, "the end of the agent")
    answer = client.call("GET", "/short-lived/rooms")
    assert answer.status_code == 404 and "removed" in answer.json()["detail"]


@pytest.mark.parametrize("body", [
    b"", b"{", b"[]", b"{}", b'{"user_ids": null}', b'{"user_ids": []}', b'{"user_ids": 1}', b'{"user_ids": ["1"]}',
    b'{"user_ids": [1.5]}', b'{"user_ids": [true]}', b'{"user_ids": [99999999999999999999]}', b"\xff\xfe",
    json.dumps({"user_ids": list(range(1001))}).encode()])
def test_a_room_needs_a_list_of_integers(shared, client, body):
    answer = client.call("POST", f"/{shared.agent('echo')}/rooms", data=body)
    assert answer.status_code == 400 and list(answer.json()) == ["detail"], answer.text


def test_a_room_has_its_people_and_the_first_made_it(shared, client):
    room = client.room(shared.agent("echo"), [7, 3, 7, 9])
    shown = client.call("GET", f"/{shared.agent('echo')}/rooms/{room.upper()}").json()
    assert shown["id"] == room and shown["creator_id"] == 7
    assert list(shown["participants_json"]["users"]) == ["7", "3", "9"]


def test_rooms_are_listed_newest_first_page_by_page(shared):
    agent = shared.agent("echo", code="busy-one")
    client, other = RoomsClient(shared, agent), RoomsClient(shared, agent)
    made = [client.room(agent) for _ in range(5)]
    other.room(agent)
    first = client.call("GET", f"/{agent}/rooms?size=3").json()
    assert [room["id"] for room in first["items"]] == made[:1:-1]
    assert {name: first[name] for name in ("page", "size", "total")} == {"page": 1, "size": 3, "total": 5}
    second = client.call("GET", f"/{agent}/rooms?size=3&page=2").json()
    assert [room["id"] for room in second["items"]] == made[1::-1]
    assert client.call("GET", f"/{agent}/rooms?page=9").json()["items"] == []
    for query in ("page=0", "page=x", "size=101", "size=-1"):
        assert client.call("GET", f"/{agent}/rooms?{query}").status_code == 400


@pytest.mark.parametrize("room", [str(uuid.uuid4()), "nonsense", "%00", "x" * 300])
def test_a_room_that_is_not_there_is_403_and_deleting_it_false(shared, client, room):
    path = f"/{shared.agent('echo')}/rooms/{room}"
    assert client.call("GET", path).status_code == 403
    assert client.call("DELETE", path).json() is False


def test_a_room_of_another_agent_or_account_does_not_exist(shared, client):
    room = client.room(shared.agent("echo"))
    assert client.call("GET", f"/{shared.agent('gated')}/rooms/{room}").status_code == 403
    name = f"venice-{uuid.uuid4().hex[:8]}"
    shared.run("account", "add", name)
    shared.run("agent", "add", f"{name}-echo", "--account", name)
    stranger = RoomsClient(shared, f"{name}-echo", options=("--account", name))
    assert stranger.call("GET", f"/{name}-echo/rooms/{room}").status_code == 403
    assert stranger.call("DELETE", f"/{name}-echo/rooms/{room}").json() is False
    assert stranger.open(f"{name}-echo", "Hello", chat_room_id=room).status_code == 403


def test_a_room_is_made_once_for_one_idempotency_key(shared, client):
    path, key = f"/{shared.agent('echo')}/rooms", {"Idempotency-Key": uuid.uuid4().hex}
    answers = at_once(20, lambda _: client.call("POST", path, headers=key, json={"user_ids": [1]}))
    assert len({answer.json() for answer in answers}) == 1
    assert sum("Idempotent-Replayed" in answer.headers for answer in answers) == 19
    assert client.call("POST", path, headers=key, json={"user_ids": [2]}).status_code == 422
    assert client.call("DELETE", f"{path}/{answers[0].json()}").json() is True
    assert client.call("POST", path, headers=key, json={"user_ids": [1]}).status_code == 410
