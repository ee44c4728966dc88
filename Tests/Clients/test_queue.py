"""The queue of requests that nobody waits for: turns, places, fairness and limits, on a file and on PostgreSQL."""

import uuid
from collections import Counter

import pytest

from conftest import PATIENT
from rialto import Rialto
from rooms_client import RoomsClient
from waiting import at_once, until

CROWD = 200


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def place(request):
    """Where a server keeps what it has: nothing said, or the URL of a database."""
    return request.getfixturevalue("store") if request.param == "PostgreSQL" else None


@pytest.fixture
def start(place, model, tmp_path):
    """Starts the test's server, with a queue as it says."""
    made = []

    def started(**queue):
        made.append(Rialto(tmp_path / "rialto", config=PATIENT | {"queue": queue}, model=model, store=place))
        return made[-1].start()

    yield started
    for server in made:
        server.__exit__()


def program(server, *agents):
    return RoomsClient(server, *[server.agent(agent) for agent in agents])


def program_of_antonio(server):
    """Another account with an agent of its own; their client, and the agent."""
    server.run("account", "add", "antonio")
    agent = server.agent("echo", "--account", "antonio", code="antonios")
    return RoomsClient(server, agent, options=("--account", "antonio")), agent


def occupy(client, model):
    """A request that has the only worker until its gate is finished."""
    gate = model.gate()
    request = client.enqueue("gated", gate.name)
    gate.wait_arrived()
    return gate, request


def standing(client, *requests, agent="gated"):
    """Each one's status, and its place while it waits."""
    shown = [client.status(agent, request) for request in requests]
    return [(each["status"], (each["result_metadata_json"] or {}).get("queue_position")) for each in shown]


def asked_for(model, *words):
    """The questions that the model saw with one of these words in them, in its order."""
    return [call.question for call in list(model.calls) if any(word in call.question for word in words)]


# Turns

def test_requests_have_their_turns_one_after_the_other_and_know_their_places(start, model):
    client = program(start(workers=1), "gated")
    first, current = occupy(client, model)
    gates = [model.gate() for _ in range(3)]
    requests = [client.enqueue("gated", gate.name) for gate in gates]
    assert client.status("gated", requests[0])["result_metadata_json"] == {
        "queue_position": 1, "estimated_wait_seconds": None}, "nobody knows how long a turn takes here"
    assert standing(client, current, *requests) == [
        ("PROCESSING", None), ("PENDING", 1), ("PENDING", 2), ("PENDING", 3)]
    first.finish()
    gates[0].wait_arrived()
    assert standing(client, current, *requests) == [
        ("COMPLETED", None), ("PROCESSING", None), ("PENDING", 1), ("PENDING", 2)]
    estimate = client.status("gated", requests[2])["result_metadata_json"]["estimated_wait_seconds"]
    assert isinstance(estimate, int) and 0 <= estimate < 60
    gates[0].finish()
    gates[1].wait_arrived()
    assert standing(client, *requests) == [("COMPLETED", None), ("PROCESSING", None), ("PENDING", 1)]
    gates[1].finish(), gates[2].finish()
    assert [client.ended("gated", request)["status"] for request in requests] == ["COMPLETED"] * 3
    assert [gate.arrivals for gate in (first, *gates)] == [1] * 4


def test_a_request_that_is_canceled_while_it_waits_is_never_asked_and_the_next_moves_up(start, model):
    client = program(start(workers=1), "gated")
    first, _ = occupy(client, model)
    gates = [model.gate() for _ in range(2)]
    canceled, following = [client.enqueue("gated", gate.name) for gate in gates]
    assert standing(client, canceled, following) == [("PENDING", 1), ("PENDING", 2)]
    assert client.call("POST", f"/gated/{canceled}/cancel").json() is True
    shown = client.status("gated", canceled)
    assert shown["status"] == "CANCELED" and shown["result_metadata_json"] is None and shown["results"] is None
    assert client.call("POST", f"/gated/{canceled}/cancel").json() is False
    assert standing(client, following) == [("PENDING", 1)]
    gates[1].finish(), first.finish()
    assert client.ended("gated", following)["status"] == "COMPLETED"
    assert gates[0].arrivals == 0 and client.status("gated", canceled) == shown


def test_a_request_that_is_canceled_while_it_is_answered_gives_its_turn_to_the_next(start, model):
    client = program(start(workers=1), "gated", "echo")
    gate, request = occupy(client, model)
    following = client.enqueue("echo", "next")
    assert client.call("POST", f"/gated/{request}/cancel").json() is True
    gate.wait_left()
    assert client.ended("echo", following)["status"] == "COMPLETED"
    assert client.status("gated", request)["status"] == "CANCELED"


def test_no_more_are_answered_at_once_than_there_are_workers(start, model):
    client = program(start(workers=3), "gated")
    gates = [model.gate() for _ in range(5)]
    requests = [client.enqueue("gated", gate.name) for gate in gates]
    for gate in gates[:3]:
        gate.wait_arrived()
    assert standing(client, *requests[3:]) == [("PENDING", 1), ("PENDING", 2)]
    gates[1].finish()
    gates[3].wait_arrived()
    assert standing(client, *requests) == [
        ("PROCESSING", None), ("COMPLETED", None), ("PROCESSING", None), ("PROCESSING", None), ("PENDING", 1)]
    assert gates[4].arrivals == 0
    for gate in gates:
        gate.finish()
    assert {client.ended("gated", request)["status"] for request in requests} == {"COMPLETED"}


# Fairness

def statuses(server):
    return Counter(run["status"] for run in server.run("runs", "list", "--limit", "1000"))


@pytest.mark.parametrize("whose", ["of an account", "of an agent"])
def test_a_crowd_does_not_keep_others_from_their_turn(start, model, whose):
    server = start(workers=1)
    client = program(server, "gated", "echo", "history")
    other, agent = program_of_antonio(server) if whose == "of an account" else (client, "history")
    first, _ = occupy(client, model)
    crowd, single = uuid.uuid4().hex, uuid.uuid4().hex
    at_once(20, lambda row: [client.enqueue("echo", f"{crowd} {row} {column}") for column in range(CROWD // 20)])
    few = [other.enqueue(agent, f"{single} {place}") for place in range(3)]
    assert [place for _, place in standing(other, few[0], agent=agent)][0] <= 3
    first.finish()
    until(lambda: statuses(server) == {"finished": CROWD + 4}, 60, "the end of them all")
    seen = asked_for(model, crowd, single)
    assert len(seen) == len(set(seen)) == CROWD + 3, Counter(seen).most_common(3)
    turns = [turn for turn, question in enumerate(seen) if single in question]
    assert [seen[turn] for turn in turns] == [f"{single} {place}" for place in range(3)]
    assert turns[0] <= 1 and turns[1] <= 3 and turns[2] <= 5, "every other turn is theirs"


def test_an_account_has_no_more_turns_for_having_more_agents(start, model):
    server = start(workers=1)
    client = program(server, "gated", "echo", "history", "request")
    other, agent = program_of_antonio(server)
    first, _ = occupy(client, model)
    crowd, single = uuid.uuid4().hex, uuid.uuid4().hex
    for place in range(10):
        for code in ("echo", "history", "request"):
            client.enqueue(code, f"{crowd} {place}")
        last = other.enqueue(agent, f"{single} {place}")
    first.finish()
    other.ended(agent, last)
    seen = asked_for(model, crowd, single)[:20]
    assert sum(single in question for question in seen) in (9, 10), seen


# Limits

def refusals(answers):
    return [answer for answer in answers if answer.status_code == 429]


@pytest.mark.parametrize("limit", ["account_length", "length"])
def test_no_more_wait_than_may_and_nothing_is_kept_of_what_is_refused(start, model, limit):
    server = start(workers=1, **{limit: 3})
    client = program(server, "gated", "echo")
    other, agent = program_of_antonio(server)
    first, _ = occupy(client, model)
    gate = model.gate()
    waiting = [client.enqueue("gated", gate.name)]
    form = {"params_json": '{"input_message": "me too"}'}
    answers = at_once(20, lambda _: client.call("POST", "/echo/async", data=form))
    waiting += [answer.json() for answer in answers if answer.status_code == 200]
    assert len(waiting) == 3 and len(refusals(answers)) == 18
    for answer in refusals(answers):
        assert list(answer.json()) == ["detail"] and int(answer.headers["Retry-After"]) > 0
    assert len(server.run("runs", "list", "--limit", "1000")) == 4
    assert client.call("GET", "/echo/rooms").json()["total"] == 2, "no room is made for what is refused"
    # The limit of one account is nothing to another.
    other.enqueue(agent, "and we?", status=429 if limit == "length" else 200)
    first.finish()
    gate.wait_arrived()
    again = client.call("POST", "/echo/async", data=form)
    gate.finish()
    assert client.ended("echo", again.json())["status"] == "COMPLETED"


def test_a_key_of_what_was_refused_for_the_limit_is_free(start, model):
    client = program(start(workers=1, account_length=1), "gated", "echo")
    gate, _ = occupy(client, model)
    key, question = {"Idempotency-Key": "once"}, uuid.uuid4().hex
    waiting = client.enqueue("echo", "waiting")
    client.enqueue("echo", question, headers=key, status=429)
    gate.finish()
    client.ended("echo", waiting)
    request = client.enqueue("echo", question, headers=key)
    assert client.ended("echo", request)["results"] == {"output": question}
    assert client.enqueue("echo", question, headers=key) == request
    assert model.script.asked[("echo", question)] == 1


# Once only, whatever happens

def test_a_key_holds_after_a_kill(start, model):
    server = start(workers=1)
    client = program(server, "gated", "echo")
    gate, _ = occupy(client, model)
    key, question = {"Idempotency-Key": "held"}, uuid.uuid4().hex
    request = client.enqueue("echo", question, headers=key)
    server.kill()
    server.start()
    answer = client.call(
        "POST", "/echo/async", headers=key, data={"params_json": f'{{"input_message": "{question}"}}'})
    assert answer.json() == request and answer.headers["Idempotent-Replayed"] == "true"
    client.enqueue("echo", "something else", headers=key, status=422)
    gate.finish()
    assert client.ended("echo", request)["results"] == {"output": question}
    assert model.script.asked[("echo", question)] == 1
