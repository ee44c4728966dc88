"""The queue under a crowd, and of several servers on one database: each question is asked once, whoever dies."""

import copy
import uuid
from collections import Counter

import pytest

from rooms_client import RoomsClient
from waiting import at_once, until

ROOMS = 1000
THREADS = 50
TOGETHER = 200
# A killed server's lease of five seconds, and what the others need to notice.
TAKEN_OVER = 15


def each(numbers, work):
    """The answers of `work` for every number, from many threads."""
    rows = at_once(THREADS, lambda row: [(number, work(number)) for number in numbers[row::THREADS]])
    return dict(answer for row in rows for answer in row)


def check_asked_once(model, word, number):
    seen = Counter(call.question for call in list(model.calls) if call.question.startswith(word))
    assert len(seen) == number and set(seen.values()) == {1}, seen.most_common(3)


@pytest.fixture
def pair(fleet):
    """The same program on two servers that answer eight at a time."""
    fleet.config = {"queue": {"workers": 8}}
    return on_each(fleet.start(2))


def on_each(servers):
    """The same program on each of the servers."""
    first = RoomsClient(servers[0], servers[0].agent("echo"), servers[0].agent("gated"))
    programs = [on(server, first) for server in servers]
    for program in programs:
        until(lambda: program.call("GET", "/gated/rooms").status_code == 200, what="the key on every server")
    return programs


def on(server, program):
    other = copy.copy(program)
    other.base = f"{server.base}/api/agent"
    return other


def test_a_thousand_rooms_are_all_answered_and_no_question_is_asked_twice(servers, model):
    server = servers()
    client = RoomsClient(server, server.agent("echo"))
    word = uuid.uuid4().hex
    numbers = list(range(ROOMS))
    requests = each(numbers, lambda number: client.enqueue("echo", f"{word} {number}"))
    assert len(set(requests.values())) == ROOMS
    shown = each(numbers, lambda number: client.ended("echo", requests[number]))
    for number in numbers:
        assert shown[number]["status"] == "COMPLETED", shown[number]
        assert shown[number]["results"] == {"output": f"{word} {number}"}
    assert len({answer["chat_room_id"] for answer in shown.values()}) == ROOMS
    check_asked_once(model, word, ROOMS)


def test_two_servers_answer_each_request_exactly_once(pair, model, fleet):
    word, numbers = uuid.uuid4().hex, list(range(TOGETHER))
    requests = each(numbers, lambda number: pair[number % 2].enqueue("echo", f"{word} {number}"))
    assert len(set(requests.values())) == TOGETHER
    shown = each(numbers, lambda number: pair[1 - number % 2].ended("echo", requests[number]))
    assert {answer["status"] for answer in shown.values()} == {"COMPLETED"}
    assert all(shown[number]["results"] == {"output": f"{word} {number}"} for number in numbers)
    check_asked_once(model, word, TOGETHER)
    clashes = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
    assert fleet.psql(clashes) == ["0"], "each deadlock holds everybody up for a second"


def test_the_questions_of_a_room_are_answered_in_order_whichever_server_takes_them(pair, model):
    room, word = pair[0].room("echo"), uuid.uuid4().hex
    requests = [pair[number % 2].enqueue("echo", f"{word} {number}", chat_room_id=room) for number in range(20)]
    assert [pair[0].ended("echo", request)["status"] for request in requests] == ["COMPLETED"] * 20
    calls = [call for call in list(model.calls) if call.question.startswith(word)]
    assert [call.question for call in calls] == [f"{word} {number}" for number in range(20)]
    asked = [message["content"] for message in calls[-1].messages if message["role"] == "user"]
    assert asked == [f"{word} {number}" for number in range(20)], "each saw what was said before it"


def test_a_key_is_one_request_on_both_servers(pair, model):
    key, question = {"Idempotency-Key": "both"}, uuid.uuid4().hex
    requests = at_once(30, lambda place: pair[place % 2].enqueue("echo", question, headers=key))
    assert len(set(requests)) == 1
    assert pair[0].ended("echo", requests[0])["status"] == "COMPLETED"
    check_asked_once(model, question, 1)


def test_an_accounts_limit_holds_on_both_servers_together(fleet, model):
    fleet.config = {"queue": {"workers": 1, "account_length": 5}}
    pair = on_each(fleet.start(2))
    gates = [model.gate() for _ in pair]
    requests = [pair[0].enqueue("gated", gate.name) for gate in gates]
    for gate in gates:
        gate.wait_arrived()
    form = {"params_json": '{"input_message": "me too"}'}
    answers = at_once(30, lambda place: pair[place % 2].call("POST", "/echo/async", data=form))
    assert sorted(answer.status_code for answer in answers) == [200] * 5 + [429] * 25
    for gate in gates:
        gate.finish()
    requests = [answer.json() for answer in answers if answer.status_code == 200]
    assert [pair[0].ended("echo", request)["status"] for request in requests] == ["COMPLETED"] * 5


def test_a_request_is_followed_and_canceled_through_the_server_that_does_not_answer_it(fleet, model):
    fleet.config = {"queue": {"workers": 1}}
    pair = on_each(fleet.start(2))
    gates = [model.gate() for _ in range(4)]
    requests = [pair[0].enqueue("gated", gate.name) for gate in gates]
    until(lambda: sum(gate.arrivals for gate in gates) == 2, what="a turn on each server")
    assert [gate.arrivals for gate in gates] == [1, 1, 0, 0]
    for client, request in zip(pair, requests[2:]):
        assert client.call("POST", f"/gated/{request}/cancel").json() is True
    for client in pair:
        for request in requests[:2]:
            assert client.status("gated", request)["status"] == "PROCESSING"
        assert [client.status("gated", request)["status"] for request in requests[2:]] == ["CANCELED"] * 2
    # Whoever answers which: each is canceled through the second server.
    for request, gate in zip(requests[:2], gates):
        assert pair[1].call("POST", f"/gated/{request}/cancel").json() is True
        gate.wait_left()
        assert pair[0].ended("gated", request)["status"] == "CANCELED"
    assert [gate.arrivals for gate in gates] == [1, 1, 0, 0]


def test_what_a_killed_server_was_answering_is_answered_by_another(fleet, model):
    fleet.config = {"queue": {"workers": 4}}
    first = fleet.make().start()
    client = RoomsClient(first, first.agent("gated"))
    gates = [model.gate() for _ in range(4)]
    requests = [client.enqueue("gated", gate.name) for gate in gates]
    for gate in gates:
        gate.send("first ").wait_arrived()
    client = on(fleet.make().start(), client)
    first.kill()
    again = [model.gate(gate.name).send("second") for gate in gates]
    for gate in again:
        gate.finish()
    for request in requests:
        shown = client.ended("gated", request, TAKEN_OVER)
        assert shown["status"] == "COMPLETED" and shown["results"] == {"output": "second"}
    assert [gate.arrivals for gate in gates + again] == [1] * 8
