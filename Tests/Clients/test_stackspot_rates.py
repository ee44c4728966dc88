"""Rates: so many requests and never one more, on one server and on several together."""

import uuid
from collections import Counter

import pytest
import requests

from caller import PATIENCE
from rooms_client import RoomsClient
from test_stackspot import UNRATED, check_refusal, program
from test_stackspot_tokens import person
from waiting import at_once, until

TOO_MANY = (429, "TooManyRequests", "INFERENCE_3008_CHAT_RATE_LIMIT_EXCEEDED")
CROWD = 30


def rated(**rates):
    return UNRATED | {"rates": UNRATED["rates"] | rates}


def started(servers, **rates):
    server = servers(rated(**rates))
    for name in ("echo", "history"):
        server.agent(name)
    return server


def crowd(number, ask):
    """The statuses of `ask(0)` … `ask(number - 1)`, from many connections at once."""
    rows = at_once(CROWD, lambda row: [ask(place).status_code for place in range(row, number, CROWD)])
    return Counter(status for row in rows for status in row)


def standing(response):
    return int(response.headers["RateLimit-Limit"]), int(response.headers["RateLimit-Remaining"])


def test_a_hundred_questions_a_minute_are_answered_and_not_one_more(servers):
    server = servers({"limits": UNRATED["limits"]})
    server.agent("echo")
    spot = program(server)
    first = spot.chat("echo", "hello")
    assert standing(first) == (100, 99) and 1 <= int(first.headers["RateLimit-Reset"]) <= 62
    assert crowd(149, lambda _: spot.chat("echo", "hello")) == {200: 99, 429: 50}
    refused = spot.chat("echo", "hello")
    assert check_refusal(refused, *TOO_MANY) == "Maximum number of requests reached."
    assert standing(refused) == (100, 0)
    assert 1 <= int(refused.headers["Retry-After"]) <= 60, "the published SDK believes a minute at most"
    assert refused.headers["Retry-After"] == refused.headers["RateLimit-Reset"]


def test_a_stream_is_held_to_the_rate_before_it_begins(servers, model):
    spot = program(started(servers, stackspot_client_per_minute=2))
    question = uuid.uuid4().hex
    for left in (1, 0):
        stream = spot.stream("echo", question).read_all()
        assert stream.is_done and standing(stream.response) == (2, left)
    check_refusal(spot.chat("echo", question, stream=True), *TOO_MANY)
    assert len([call for call in model.asked("echo") if call.question == question]) == 2


def test_what_was_refused_is_not_counted(servers):
    spot = program(started(servers, stackspot_client_per_minute=2))
    for _ in range(5):
        assert spot.chat("nobody", "hello").status_code == 404
        assert spot.chat("echo", "").status_code == 400
        assert spot.chat("echo", "hello", selected_model="none").status_code == 400
        assert spot.chat("echo", "hello", upload_ids=["nonsense"]).status_code == 400
        assert requests.post(f"{spot.base}/v1/agent/echo/chat", timeout=PATIENCE).status_code == 401
    assert [spot.chat("echo", "hello").status_code for _ in range(4)] == [200, 200, 429, 429]


def test_a_question_that_comes_again_with_its_key_counts_again(servers):
    spot = program(started(servers, stackspot_client_per_minute=2))
    same = {"Idempotency-Key": uuid.uuid4().hex}
    answers = [spot.chat("echo", "hello", headers=same) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[1].headers["Idempotent-Replayed"] == "true"


def test_what_one_rate_refuses_counts_for_no_other(servers):
    server = started(servers, stackspot_client_per_minute=2, stackspot_account_per_minute=4)
    one, other = program(server), program(server, "colleague")
    assert [one.chat("echo", "hello").status_code for _ in range(6)] == [200] * 2 + [429] * 4
    answers = [other.chat("echo", "hello") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert standing(answers[0])[1] == 1


def test_an_account_a_client_and_an_agent_are_counted_each_by_itself(servers):
    server = started(servers, stackspot_account_per_minute=5, stackspot_agent_per_minute=3)
    one, other = program(server), program(server, "colleague")
    assert [who.chat("echo", "hello").status_code for who in (one, other, one, other)] == [200, 200, 200, 429]
    assert [who.chat("history", "hello").status_code for who in (one, other, one)] == [200, 200, 429]
    server.run("account", "add", "lagoon")
    server.agent("echo", "--account", "lagoon", code="lagoon")
    stranger = program(server, "stranger", "lagoon", "--account", "lagoon")
    assert [stranger.chat("lagoon", "hello").status_code for _ in range(4)] == [200] * 3 + [429]


def test_lists_looks_and_uploads_are_not_held_to_the_rate_of_questions(servers):
    spot = program(started(servers, stackspot_client_per_minute=1))
    run = spot.chat("echo", "hello").headers["X-Run-Id"]
    assert spot.chat("echo", "hello").status_code == 429
    for _ in range(3):
        assert spot.get("/v4/agents").status_code == spot.get("/v1/llm/models").status_code == 200
        assert spot.get(f"/v1/agent/echo/chat/{run}").status_code == 200
        assert spot.upload("tides.txt", "High water")


def test_rates_hold_after_a_restart(rialto):
    rialto.configure(rated(stackspot_client_per_minute=3))
    rialto.start()
    rialto.agent("echo")
    spot = program(rialto)
    assert [spot.chat("echo", "hello").status_code for _ in range(2)] == [200, 200]
    rialto.kill()
    rialto.start()
    assert [spot.chat("echo", "hello").status_code for _ in range(2)] == [200, 429]


# Quick commands


def test_a_program_may_start_twenty_quick_commands_a_minute(servers):
    server = servers({"limits": UNRATED["limits"]})
    server.agent("echo")
    spot = program(server)
    assert crowd(CROWD, lambda _: spot.execute("echo", "hello")) == {200: 20, 429: 10}
    refused = spot.execute("echo", "hello")
    check_refusal(refused, *TOO_MANY)
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert program(server, "colleague").execute("echo", "hello").status_code == 200
    assert spot.chat("echo", "hello").status_code == 200


def test_a_person_may_start_so_many_quick_commands_a_day_whatever_token_they_have(servers):
    server = started(servers, quick_commands_per_day=3, quick_commands_per_minute=1)
    ana = person(server, "ana")
    first = [ana.execute("echo", "hello") for _ in range(2)]
    assert [answer.status_code for answer in first] == [200, 200] and standing(first[0]) == (3, 2)
    again = person(server, "ana")
    assert [again.execute("echo", "hello").status_code for _ in range(2)] == [200, 429]
    refused = again.execute("echo", "hello")
    check_refusal(refused, *TOO_MANY)
    assert 60 < int(refused.headers["Retry-After"]) <= 90_000
    assert person(server, "bruno").execute("echo", "hello").status_code == 200


def test_looking_at_an_execution_is_not_counted(servers):
    spot = program(started(servers, quick_commands_per_minute=1))
    made = spot.execute("echo", "hello").json()
    assert spot.ended(made)["result"] == "hello"
    assert [spot.execution(made)["result"] for _ in range(5)] == ["hello"] * 5


# Other dialects


def test_other_dialects_have_no_rate_until_the_config_says_so(servers):
    server = servers({"limits": UNRATED["limits"]})
    server.agent("echo")
    caller = server.caller()
    assert crowd(150, lambda _: caller.ask("echo", "hello")) == {200: 150}
    assert "RateLimit-Limit" not in caller.ask("echo", "hello").headers


def test_other_dialects_refuse_in_their_own_words(servers):
    server = started(servers, agentic_star_client_per_minute=2, rooms_client_per_minute=2)
    caller, rooms = server.caller(), RoomsClient(server, "echo")
    assert [caller.ask("echo", "hello").status_code for _ in range(2)] == [200, 200]
    for path in ("/api/v1", "/v1"):
        for refused in (caller.on(path).ask("echo", "hello"), caller.on(path).open("echo", "hello").response):
            assert refused.status_code == 429 and refused.json()["error"]["type"] == "rate_limit_error"
            assert int(refused.headers["Retry-After"]) >= 1 and standing(refused) == (2, 0)
    assert rooms.open("echo", "hello").status_code == 200
    assert rooms.enqueue("echo", "hello")
    for refused in (rooms.open("echo", "hello"), rooms.enqueue("echo", "hello", status=429)):
        assert refused.status_code == 429 and list(refused.json()) == ["detail"]
        assert int(refused.headers["Retry-After"]) >= 1 and standing(refused) == (2, 0)
    assert program(server).chat("echo", "hello").status_code == 200, "each dialect counts for itself"


@pytest.mark.parametrize("value", [-1, "many", 1.5, None])
def test_a_rate_that_is_none_is_refused_by_the_config(rialto, value):
    rialto.configure({"rates": {"stackspot_account_per_minute": value}})
    rialto.launch()
    assert rialto.process.wait(20) != 0 and "stackspot_account_per_minute" in rialto.err


# Several servers


@pytest.fixture
def pair(fleet):
    """Programs on two servers with one database, in turns: `ask(place)` says who asks where."""
    def make(**rates):
        fleet.config = rated(**rates)
        first, second = fleet.start(2)
        first.agent("echo")
        ours = [program(first), program(first, "colleague")]
        theirs = [program(second), program(second, "colleague")]
        for spot in ours + theirs:
            until(lambda: spot.chat("echo", "", stream=False).status_code == 400, what="the agent on every server")
        return ours, theirs

    return make


def test_two_servers_together_answer_exactly_as_many_as_there_may_be(pair, model):
    ours, theirs = pair(stackspot_client_per_minute=40)
    question = uuid.uuid4().hex
    asked = crowd(150, lambda place: (ours, theirs)[place % 2][0].chat("echo", question))
    assert asked == {200: 40, 429: 110}
    assert len([call for call in model.asked("echo") if call.question == question]) == 40
    for spot in (ours[1], theirs[1]):
        assert spot.chat("echo", question).status_code == 200


def test_an_account_and_an_agent_are_counted_on_two_servers_together(pair):
    ours, theirs = pair(
        stackspot_account_per_minute=30, stackspot_client_per_minute=25, stackspot_agent_per_minute=28)
    asked = crowd(120, lambda place: (ours, theirs)[place % 2][place // 2 % 2].chat("echo", "hello"))
    assert asked == {200: 28, 429: 92}


def test_quick_commands_are_counted_on_two_servers_together(pair):
    ours, theirs = pair(quick_commands_per_minute=10)
    assert crowd(60, lambda place: (ours, theirs)[place % 2][0].execute("echo", "hello")) == {200: 10, 429: 50}


def test_a_stopping_server_hands_its_streams_over_in_this_dialect_too(fleet, model):
    fleet.config = UNRATED | {"drain": {"streams_seconds": 1, "runs_seconds": 20}}
    first, second = fleet.start(2)
    first.agent("gated")
    spot, gate = program(first), model.gate()
    stream = spot.stream("gated", gate.name)
    gate.send("one ")
    stream.read_deltas(1)
    first.process.send_signal(15)
    last = stream.read_all().last
    assert not {"stop_reason", "tokens"} & set(last) and last["message"] == ""
    assert list(last["error"]) == ["type", "code", "details"] and "HANDOVER" in last["error"]["code"].upper()
    rest = program(second).follow("gated", stream.run, stream.ids[-1])
    gate.send("two")
    gate.finish()
    assert rest.read_all().text == "two" and rest.last["stop_reason"] == "stop"
    assert first.process.wait(20) == 0
