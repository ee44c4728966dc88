"""Callbacks as the operator sees them, those that lost their key or room, and those whose server died."""

import signal
import time
import uuid

import pytest

from receiver import LOOPBACK, QUICK, Answer, Hang, Receiver, shown, until_state
from rooms_client import RoomsClient
from waiting import at_once, free_port, until

# An attempt whose server died is taken again so long after it began.
LOST = QUICK["answer_seconds"] + 10


@pytest.fixture(scope="module")
def post(servers):
    """A server with a quick schedule."""
    return servers({"outbound": LOOPBACK, "callbacks": QUICK})


@pytest.fixture(scope="module")
def client(post):
    return RoomsClient(post, post.agent("echo"), post.agent("gated"))


@pytest.fixture
def receiver():
    with Receiver() as made:
        yield made


@pytest.fixture
def fleet_config():
    return {"outbound": LOOPBACK, "callbacks": QUICK | {"schedule_seconds": [0, 1, 1, 1, 1, 1], "failures": 1000}}


def refused(server, *words):
    """The one line that a command says which cannot do what it is told."""
    outcome = server.command("deliveries", *words)
    assert outcome.code == 1 and outcome.out == "", outcome
    [line] = outcome.err.strip().splitlines()
    return line


# The command line


@pytest.mark.parametrize("command", ["", "list", "show", "retry"])
def test_every_command_has_help(post, command):
    outcome = post.command("deliveries", *command.split(), "--help", data=False)
    assert outcome.code == 0 and "USAGE" in outcome.out.upper()


def test_what_failed_for_good_is_listed_and_arrives_once_the_operator_sends_it_again(post, client, receiver):
    request = client.enqueue("echo", "thrice", callback_url=receiver.answer("/", 500, 503, Answer(404)))
    seen = until_state(post, request, "failed")
    assert seen["attempts"] == 3 and seen["next_at"] is None
    assert [one["status"] for one in seen["deliveries"]] == [500, 503, 404]
    [row] = [row for row in post.run("deliveries", "list", "--state", "failed") if row["request"] == request]
    assert row["url"] == receiver.url and row["attempts"] == 3 and row["key"] == client.made["id"]
    assert request not in {row["request"] for row in post.run("deliveries", "list", "--state", "delivered")}
    begun = time.monotonic()
    assert post.run("deliveries", "retry", request)["state"] == "due"
    again = receiver.wait_for(4)[3]
    assert again.at - begun < 3 and again.id == receiver.told()[0].id
    seen = until_state(post, request, "delivered")
    assert seen["attempts"] == 4 and seen["deliveries"][3]["status"] == 200
    assert seen["endpoint_failures"] == 0 and seen["endpoint_paused_until"] is None


def test_what_was_delivered_can_be_sent_again_and_fails_for_good_only_by_its_own_attempts(post, client, receiver):
    request = client.enqueue("echo", "encore", callback_url=receiver.answer("/", 200, 410))
    until_state(post, request, "delivered")
    post.run("deliveries", "retry", request)
    assert until_state(post, request, "gone")["attempts"] == 2
    outcome = post.command("deliveries", "retry", request)
    assert outcome.code == 0 and request in outcome.out
    until_state(post, request, "delivered")
    assert len({heard.id for heard in receiver.told()}) == 1 and len(receiver.told()) == 3


def test_the_newest_callbacks_are_listed_first(post, client, receiver):
    requests = [client.enqueue("echo", "row", callback_url=receiver.url) for _ in range(3)]
    for request in requests:
        until_state(post, request, "delivered")
    listed = post.run("deliveries", "list", "--limit", "2")
    assert [row["request"] for row in listed] == [requests[2], requests[1]]
    assert {row["state"] for row in listed} == {"delivered"}
    human = post.command("deliveries", "list").out
    assert all(request in human for request in requests) and not human.startswith("[")
    assert requests[0] in post.command("deliveries", "show", requests[0]).out


def test_what_is_not_there_cannot_be_shown_or_sent(post, client):
    unknown, silent = str(uuid.uuid4()), client.enqueue("echo", "nobody to tell")
    for word in ("show", "retry"):
        for request in (unknown, silent):
            assert f"The request {request} has no callback." in refused(post, word, request)
        assert "“nonsense” is no request's id" in refused(post, word, "nonsense")
    for wrong in (("--state", "lost"), ("--limit", "0"), ("--limit", "10001")):
        outcome = post.command("deliveries", "list", *wrong)
        assert outcome.code not in (0, 1) and wrong[0] in outcome.err, outcome


def test_before_its_end_a_request_has_nothing_to_tell(post, client, receiver, model):
    gate = model.gate()
    request = client.enqueue("gated", gate.name, callback_url=receiver.url)
    gate.wait_arrived()
    assert f"The request {request} has not ended" in refused(post, "retry", request)
    assert shown(post, request)["state"] == "waiting" and receiver.connections == 0
    gate.finish()
    until_state(post, request, "delivered")


# Without key or room


@pytest.fixture(scope="module")
def orphan(post, client, model):
    """The callback of a request whose key was removed before its end; and who was to be told."""
    other, gate = RoomsClient(post, "gated"), model.gate()
    with Receiver() as receiver:
        request = other.enqueue("gated", gate.name, callback_url=receiver.url)
        gate.wait_arrived()
        post.run("key", "remove", other.made["id"])
        gate.finish()
        return until_state(post, request, "failed"), receiver


def test_without_its_key_nothing_can_be_signed_and_nothing_is_sent(orphan):
    seen, receiver = orphan
    assert seen["attempts"] == 1 and receiver.connections == 0
    assert all("key was removed" in one["problem"] and one["status"] is None for one in seen["deliveries"])


def test_a_removed_key_is_not_held_against_who_was_never_asked(orphan):
    seen, _ = orphan
    assert seen["endpoint_failures"] == 0 and seen["endpoint_paused_until"] is None


def test_the_callbacks_of_a_room_go_with_it(post, client, receiver, model):
    room, running, waiting = client.room("gated"), model.gate(), model.gate()
    requests = [client.enqueue("gated", gate.name, chat_room_id=room, callback_url=receiver.url)
                for gate in (running, waiting)]
    running.wait_arrived()
    assert client.call("DELETE", f"/gated/rooms/{room}").json() is True
    for request in requests:
        assert f"The request {request} has no callback." in refused(post, "show", request)
    fence = client.enqueue("echo", "fence", callback_url=f"{receiver.base}/fence")
    until_state(post, fence, "delivered")
    assert {heard.json["status"] for heard in receiver.told()} <= {"CANCELED"}, "at most its end is told"
    assert waiting.arrivals == 0, "what waited for its turn in the room is not begun while the room is removed"


def test_what_a_room_still_had_to_tell_is_never_told(post, client, receiver):
    room = client.room("echo")
    request = client.enqueue("echo", "late", chat_room_id=room, callback_url=receiver.answer("/late", 500))
    receiver.wait_for(1, "/late")
    assert client.call("DELETE", f"/echo/rooms/{room}").json() is True
    assert post.command("deliveries", "show", request).code == 1
    client.enqueue("echo", "fence", callback_url=receiver.answer("/fence", 500))
    receiver.wait_for(2, "/fence")
    assert len(receiver.told("/late")) == 1


def test_a_key_with_new_letters_signs_with_its_new_secret(post, client, receiver, model):
    other, gate = RoomsClient(post, "gated"), model.gate()
    request = other.enqueue("gated", gate.name, callback_url=receiver.url)
    gate.wait_arrived()
    rotated = post.run("key", "rotate", other.made["id"])
    gate.finish()
    assert receiver.wait_for(1)[0].verified(rotated["webhook_secret"])["request_id"] == request
    assert rotated["webhook_secret"] != other.made["webhook_secret"]


# Servers that die


def test_what_was_under_way_or_due_when_the_server_died_is_told_by_the_next(rialto):
    rialto.configure({"outbound": LOOPBACK, "callbacks": QUICK | {"at_once_per_endpoint": 1}})
    client = RoomsClient(rialto.start(), rialto.agent("echo"))
    with Receiver(otherwise=Hang()) as first:
        hangs = client.enqueue("echo", "under way", callback_url=f"{first.base}/hangs")
        [lost] = first.wait_for(1, "/hangs")
        waits = client.enqueue("echo", "due", callback_url=f"{first.base}/waits")
        client.ended("echo", waits)
        rialto.kill()
        assert not first.told("/waits")
    with Receiver(port=first.port) as second:
        rialto.start()
        [heard] = second.wait_for(1, "/waits", seconds=5)
        assert heard.verified(client.made["webhook_secret"])["request_id"] == waits
        [again] = second.wait_for(1, "/hangs", seconds=LOST + 5)
        assert again.id == lost.id and again.body == lost.body
        assert again.verified(client.made["webhook_secret"])["results"] == {"output": "under way"}
        seen = until_state(rialto, hangs, "delivered")
        assert [one["status"] for one in seen["deliveries"]] == [None, 200]


def test_a_receiver_that_is_down_while_the_server_dies_is_told_when_both_are_back(rialto):
    rialto.configure({"outbound": LOOPBACK, "callbacks": QUICK})
    client, port = RoomsClient(rialto.start(), rialto.agent("echo")), free_port()
    request = client.enqueue("echo", "anybody?", callback_url=f"http://127.0.0.1:{port}/")
    refusal = until(lambda: [one["problem"] for one in shown(rialto, request)["deliveries"] if one["problem"]])
    rialto.kill()
    assert "the connection was refused" in refusal[0]
    with Receiver(port=port) as back:
        rialto.start()
        [heard] = back.wait_for(1, seconds=5)
        assert heard.verified(client.made["webhook_secret"])["results"] == {"output": "anybody?"}
        until_state(rialto, request, "delivered")


def test_a_stop_does_not_use_up_the_only_attempt(rialto):
    rialto.configure({"outbound": LOOPBACK, "callbacks": QUICK | {"schedule_seconds": [0]}})
    client = RoomsClient(rialto.start(), rialto.agent("echo"))
    with Receiver(otherwise=Hang()) as first:
        request = client.enqueue("echo", "the only chance", callback_url=first.url)
        first.wait_for(1)
        rialto.stop(signal.SIGTERM)
    with Receiver(port=first.port) as second:
        rialto.start()
        second.wait_for(1, seconds=LOST + 5)
        until_state(rialto, request, "delivered")


def test_servers_on_one_database_tell_each_end_once(fleet):
    servers = fleet.start(2)
    agent = servers[0].agent("echo")
    client, other = RoomsClient(servers[0], agent), RoomsClient(servers[1], agent)
    with Receiver() as receiver:
        asked = at_once(40, lambda place: (client, other)[place % 2].enqueue(
            agent, f"{place}", callback_url=receiver.answer(f"/{place}", *([500] if place % 4 == 0 else []))))
        for request in asked:
            client.ended(agent, request)
        told = until(lambda: len(receiver.heard) >= 50 and list(receiver.heard), 15, "every callback")
        until(lambda: len(servers[0].run("deliveries", "list", "--state", "delivered")) == 40, 15, "every end noted")
        assert len(receiver.heard) == 50 and len({heard.id for heard in told}) == 40
        for place, request in enumerate(asked):
            times = receiver.told(f"/{place}")
            assert len(times) == (2 if place % 4 == 0 else 1)
            assert times[-1].verified((client, other)[place % 2].made["webhook_secret"])["request_id"] == request
    assert fleet.psql("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()") == ["0"]


def test_another_server_tells_what_a_dead_one_had_begun_to(fleet):
    servers = fleet.start(2)
    client = RoomsClient(servers[0], servers[0].agent("echo"))
    with Receiver() as receiver:
        requests = [client.enqueue("echo", "tell", callback_url=receiver.answer(f"/{n}", Hang())) for n in range(6)]
        for number in range(6):
            receiver.wait_for(1, f"/{number}")
        servers[0].kill()
        lost = []
        for number, request in enumerate(requests):
            first, *_, last = receiver.wait_for(2, f"/{number}", seconds=LOST + 6)
            assert first.id == last.id and last.verified(client.made["webhook_secret"])["request_id"] == request
            seen = until_state(servers[1], request, "delivered")
            lost += [one for one in seen["deliveries"] if one["milliseconds"] is None]
        assert lost and all(one["status"] is None for one in lost), "the dead one had begun some"
