"""Requests that wait behind others in their room: in which order they are answered, followed, canceled and removed."""

import pytest

from caller import Stream
from rooms_client import OVER, RoomsClient, output, values
from test_async import FIELDS
from waiting import until


@pytest.fixture(scope="module")
def client(shared):
    return RoomsClient(shared, shared.agent("echo"), shared.agent("gated"))


@pytest.fixture
def begun(client, model):
    """A room, and a request in it that is being answered."""
    room, gate = client.room("gated"), model.gate()
    request = client.enqueue("gated", gate.name, chat_room_id=room)
    gate.wait_arrived()
    yield room, gate, request
    gate.finish()


def told(event):
    return event.json and event.json["results"]


def test_a_request_under_way_and_one_behind_it_have_the_same_fields(client, begun):
    room, gate, request = begun
    behind = client.enqueue("gated", "no gate", chat_room_id=room)
    gate.send("so ")
    shown = until(lambda: (now := client.status("gated", request))["results"] and now)
    waiting = client.status("gated", behind)
    assert list(shown) == list(waiting) == FIELDS
    assert shown["status"] == "PROCESSING" and shown["results"] == {"output": "so "}
    assert waiting["status"] == "PENDING" and waiting["results"] is None and waiting["chat_room_id"] == room
    assert list(waiting["result_metadata_json"]) == ["queue_position", "estimated_wait_seconds"]


# In a room

def test_the_questions_of_a_room_are_answered_in_order_although_others_are_not_held_up(client, model, begun):
    room, first, request = begun
    gates = [model.gate().send(f"answer {number}") for number in (2, 3)]
    for gate in gates:
        gate.finish()
    behind = [client.enqueue("gated", gate.name, chat_room_id=room) for gate in gates]
    other = client.enqueue("echo", "elsewhere")
    assert client.ended("echo", other)["status"] == "COMPLETED"
    assert [client.status("gated", each)["status"] for each in behind] == ["PENDING", "PENDING"]
    assert [gate.arrivals for gate in gates] == [0, 0]
    first.send("answer 1").finish()
    for number, each in enumerate([request, *behind], 1):
        assert client.ended("gated", each)["results"] == {"output": f"answer {number}"}
    last = next(call for call in model.asked("gated") if call.question == gates[1].name)
    assert [message["content"] for message in last.messages if message["role"] != "system"] == [
        first.name, "answer 1", gates[0].name, "answer 2", gates[1].name]


def test_a_room_goes_with_what_waits_and_what_is_answered_in_it(client, model, begun):
    room, gate, request = begun
    behind = client.enqueue("gated", model.gate().name, chat_room_id=room)
    readers = [client.call("GET", f"/gated/{each}/sse", stream=True) for each in (request, behind)]
    assert client.call("DELETE", f"/gated/rooms/{room}").json() is True
    gate.wait_left()
    for reader in readers:
        assert values(reader)[-1]["results"]["error"]["reason"] == "canceled"
    for each in (request, behind):
        assert client.call("GET", f"/gated/{each}/status").status_code == 404


def test_the_model_never_hears_of_what_waits_in_a_room_that_goes(client, model, begun):
    room, gate, _ = begun
    waiting = [model.gate() for _ in range(5)]
    for each in waiting:
        client.enqueue("gated", each.name, chat_room_id=room)
    assert client.call("DELETE", f"/gated/rooms/{room}").json() is True
    gate.wait_left()
    assert [each.arrivals for each in waiting] == [0] * 5


# Following

def test_a_request_that_waits_is_followed_and_streams_once_it_begins(client, model, begun):
    room, first, _ = begun
    gate = model.gate()
    request = client.enqueue("gated", gate.name, chat_room_id=room)
    stream = Stream(client.call("GET", f"/gated/{request}/sse", stream=True))
    assert stream.run == request and stream.conversation == room
    assert client.status("gated", request)["status"] == "PENDING"
    first.finish()
    gate.send("one ")
    stream.until(lambda event: told(event) == {"output": "one "})
    gate.send("two ", "three")
    stream.until(lambda event: told(event) == {"output": "two "})
    cursor = stream.ids[-1]
    rest = Stream(client.call("GET", f"/gated/{request}/sse", headers={"Last-Event-ID": cursor}, stream=True))
    gate.finish()
    whole, rest = stream.read_all().told, rest.read_all().told
    assert whole[0].json == {"ability_node_id": 1, "ability_node_name": "LLM Node", "results": None}
    assert output([event.json for event in whole]) == "one two three"
    assert [event.json["results"] for event in rest] == [
        {"output": "three"}, {"output": "one two three", "final": True}]
    assert rest[0].id not in stream.ids[:-2] and [event.id for event in whole][-2:] == [event.id for event in rest]
    assert client.status("gated", request)["status"] in OVER


def test_whoever_follows_a_request_that_is_canceled_while_it_waits_is_told(client, begun):
    room, _, _ = begun
    request = client.enqueue("gated", "never asked", chat_room_id=room)
    stream = client.call("GET", f"/gated/{request}/sse", stream=True)
    assert client.call("POST", f"/gated/{request}/cancel").json() is True
    assert values(stream)[-1]["results"]["error"]["reason"] == "canceled"
