"""Whoever wanted to be told of the end of a request is told: once, signed, and again where it did not arrive."""

import email.utils
import json
import time
import uuid

import pytest
from standardwebhooks import WebhookVerificationError

from receiver import LOOPBACK, QUICK, TOLERANCE, Answer, Close, Flood, Hang, Receiver, shown, until_state
from rooms_client import RoomsClient
from waiting import at_once, until

PAUSE = QUICK["pause_seconds"]


@pytest.fixture(scope="module")
def post(servers):
    """A server with a quick schedule."""
    return servers({"outbound": LOOPBACK, "callbacks": QUICK})


@pytest.fixture(scope="module")
def client(post):
    return RoomsClient(post, *[post.agent(name) for name in ("echo", "gated", "error-500", "count-1000-0ms")])


@pytest.fixture
def receiver():
    with Receiver() as made:
        yield made


def told_once(post, client, receiver, request):
    """The only callback of a request, proven to be from the owner of the key."""
    delivered = until_state(post, request, "delivered")
    [heard] = receiver.told()
    assert delivered["attempts"] == 1 and delivered["next_at"] is None
    assert heard.method == "POST" and heard.headers["content-type"] == "application/json"
    assert heard.id.startswith("msg_") and heard.headers["webhook-signature"].startswith("v1,")
    assert abs(int(heard.headers["webhook-timestamp"]) - time.time()) < 30
    return heard.verified(client.made["webhook_secret"])


def test_the_end_is_told_once_with_what_result_says(post, client, receiver):
    request = client.enqueue("echo", "What news on the Rialto? ⚓️", callback_url=receiver.url)
    told = told_once(post, client, receiver, request)
    assert told == client.status("echo", request, "result")
    assert told["request_id"] == request and told["status"] == "COMPLETED"
    assert told["results"] == {"output": "What news on the Rialto? ⚓️"}


def test_a_failure_is_told(post, client, receiver):
    request = client.enqueue("error-500", "Hello", callback_url=receiver.url)
    told = told_once(post, client, receiver, request)
    assert told == client.status("error-500", request, "result")
    assert told["status"] == "FAILED" and told["failure_reason"] and told["results"] is None


def test_a_cancellation_is_told(post, client, receiver, model):
    gate = model.gate()
    request = client.enqueue("gated", gate.name, callback_url=receiver.url)
    gate.wait_arrived()
    assert receiver.connections == 0 and shown(post, request)["state"] == "waiting"
    assert client.call("POST", f"/gated/{request}/cancel").json() is True
    told = told_once(post, client, receiver, request)
    assert told == client.status("gated", request, "result") and told["status"] == "CANCELED"


def test_each_key_signs_with_its_own_secret(post, client, receiver):
    others = [RoomsClient(post, "echo") for _ in range(4)]
    for other in others:
        other.enqueue("echo", "sealed", callback_url=receiver.url)
    secrets = [other.made["webhook_secret"] for other in others]
    fits = [[signs(heard, secret) for secret in secrets] for heard in receiver.wait_for(4)]
    assert sorted(fits) == [[place == own for place in range(4)] for own in (3, 2, 1, 0)]
    assert not any(signs(heard, client.made["webhook_secret"]) for heard in receiver.told())


def signs(heard, secret):
    try:
        return bool(heard.verified(secret))
    except WebhookVerificationError:
        return False


def test_what_is_asked_once_is_told_once(post, client, receiver):
    key = {"Idempotency-Key": uuid.uuid4().hex}
    asked = at_once(5, lambda _: client.enqueue("echo", "once", headers=key, callback_url=receiver.url))
    assert len(set(asked)) == 1
    told_once(post, client, receiver, asked[0])


def test_every_2xx_is_success_whatever_else_is_answered(post, client, receiver):
    answers = {201: Answer(201), 202: Answer(202, body=b"{}"), 204: Answer(204), 299: Answer(299), 200: Flood()}
    for status, answer in answers.items():
        request = client.enqueue("echo", "received", callback_url=receiver.answer(f"/{status}", answer))
        [attempt] = until_state(post, request, "delivered")["deliveries"]
        assert attempt["status"] == status and attempt["problem"] is None and attempt["milliseconds"] < 1000


@pytest.mark.parametrize("url", [
    "nonsense", "ftp://127.0.0.1/", "http://", "http://user:word@example.org/", "http://example.org:99999/",
    "http://exa mple.org/", "http://example.org/" + "x" * 5000])
def test_an_address_that_is_none_is_refused_at_once(client, url):
    answer = client.enqueue("echo", "to nowhere", callback_url=url, status=400)
    assert answer.json()["detail"].startswith("callback_url: ")


# Again


def test_what_failed_is_sent_again_under_the_same_id_and_signed_anew(post, client, receiver):
    request = client.enqueue("echo", "twice", callback_url=receiver.answer("/", 500))
    first, second = receiver.wait_for(2)
    assert second.id == first.id and second.body == first.body and second.at - first.at > 1 - TOLERANCE
    assert int(second.headers["webhook-timestamp"]) > int(first.headers["webhook-timestamp"])
    for heard in (first, second):
        assert heard.verified(client.made["webhook_secret"])["request_id"] == request
    seen = until_state(post, request, "delivered")
    assert [(one["number"], one["status"], one["problem"]) for one in seen["deliveries"]] == [
        (1, 500, None), (2, 200, None)]
    assert seen["attempts"] == 2 and len(receiver.told()) == 2


def test_who_does_not_answer_is_asked_again_and_the_attempts_say_why(post, client, receiver):
    request = client.enqueue("echo", "hello?", callback_url=receiver.answer("/", Close(), Hang()))
    seen = until_state(post, request, "delivered")
    broken, late, good = seen["deliveries"]
    assert broken["status"] is None and "the connection broke" in broken["problem"]
    assert late["status"] is None and "did not answer within 1 s" in late["problem"] and late["milliseconds"] >= 1000
    assert good["status"] == 200 and good["problem"] is None
    assert len({heard.id for heard in receiver.told()}) == 1


def test_a_redirect_is_a_failure_and_nobody_follows_it(post, client, receiver):
    with Receiver() as target:
        moved = [Answer(status, {"Location": target.url}) for status in (301, 302, 307)]
        request = client.enqueue("echo", "elsewhere", callback_url=receiver.answer("/", *moved))
        seen = until_state(post, request, "failed")
        assert [one["status"] for one in seen["deliveries"]] == [301, 302, 307]
        assert len(receiver.told()) == 3 and target.connections == 0


def test_gone_ends_it_at_once(post, client, receiver):
    gone = client.enqueue("echo", "away", callback_url=receiver.answer("/gone", 410))
    seen = until_state(post, gone, "gone")
    assert seen["attempts"] == 1 and seen["next_at"] is None
    # When another's second attempt is here, this one's would be too.
    client.enqueue("echo", "later", callback_url=receiver.answer("/later", 500))
    receiver.wait_for(2, "/later")
    assert len(receiver.told("/gone")) == 1 and shown(post, gone)["state"] == "gone"


def date(seconds):
    return email.utils.formatdate(time.time() + seconds, usegmt=True)


def test_who_asks_for_rest_is_left_alone_by_every_request_of_the_account(post, client):
    # A date has whole seconds: nearly one of them may be lost.
    cases = [(status, tell, least) for status in (429, 502, 504) for tell, least in ((str, PAUSE), (date, PAUSE - 1))]

    def waited(place):
        status, tell, _ = cases[place]
        with Receiver() as receiver:
            receiver.answer("/tired", Answer(status, {"Retry-After": tell(PAUSE)}))
            client.enqueue("echo", "first", callback_url=f"{receiver.base}/tired")
            [first] = receiver.wait_for(1, "/tired")
            client.enqueue("echo", "other", callback_url=f"{receiver.base}/other?of=the+same")
            again, other = receiver.wait_for(2, "/tired")[1], receiver.wait_for(1, "/other?of=the+same")[0]
            return again.at - first.at, other.at - first.at

    for (*case, least), seconds in zip(cases, at_once(len(cases), waited)):
        assert all(least - TOLERANCE < each < least + 5 for each in seconds), (case, seconds)


def test_a_longer_wait_is_honoured_whatever_the_status(post, client, receiver):
    request = client.enqueue("echo", "later", callback_url=receiver.answer("/", Answer(503, {"Retry-After": "3"})))
    first, second = receiver.wait_for(2)
    assert second.at - first.at > 3 - TOLERANCE
    until_state(post, request, "delivered")


def test_an_endpoint_that_fails_and_fails_has_a_pause_and_is_then_asked_again(post, client, receiver):
    requests = []
    for number in range(3):
        requests.append(client.enqueue("echo", "ill", callback_url=receiver.answer(f"/{number}", 500)))
        until(lambda: shown(post, requests[-1])["deliveries"][-1:][0]["status"], what="the attempt's end")
    last = receiver.told("/2")[0].at
    seen = shown(post, requests[0])
    assert seen["endpoint_failures"] == 3 and seen["endpoint_paused_until"] > seen["deliveries"][0]["at"]
    requests.append(client.enqueue("echo", "patient", callback_url=f"{receiver.base}/3"))
    for request in requests:
        until_state(post, request, "delivered")
    told = sorted(receiver.heard, key=lambda heard: heard.at)
    assert [heard.path for heard in told[:3]] == ["/0", "/1", "/2"] and len(told) == 7
    assert told[3].at - last > PAUSE - TOLERANCE, "nothing is sent in the pause"
    seen = shown(post, requests[0])
    assert seen["endpoint_failures"] == 0 and seen["endpoint_paused_until"] is None


# What is told


def test_a_result_that_is_too_large_is_left_where_it_is(post, client, receiver):
    request = client.enqueue("count-1000-0ms", "How many?", callback_url=receiver.url)
    told = told_once(post, client, receiver, request)
    whole = client.status("count-1000-0ms", request, "result")
    assert len(whole["results"]["output"]) > QUICK["body_bytes"] >= len(receiver.told()[0].body)
    assert told["results"] is None and told["status"] == "COMPLETED" and told["request_id"] == request
    assert told["result_url"].endswith(f"/api/agent/count-1000-0ms/{request}/result")
    assert client.call("GET", told["result_url"].removeprefix(client.base)).json() == whole


# One for another


def test_an_endpoint_that_hangs_does_not_delay_another(servers):
    callbacks = {"at_once": 4, "at_once_per_endpoint": 2, "answer_seconds": 30}
    post = servers({"outbound": LOOPBACK, "callbacks": callbacks})
    client = RoomsClient(post, post.agent("echo"))
    with Receiver(otherwise=Hang()) as slow, Receiver() as quick:
        requests = at_once(30, lambda place: client.enqueue("echo", f"{place}", callback_url=slow.url))
        for request in requests:
            client.ended("echo", request)
        slow.wait_for(2)
        asked = time.monotonic()
        client.enqueue("echo", "quick", callback_url=quick.url)
        [heard] = quick.wait_for(1)
        assert heard.at - asked < 2
        assert slow.most_open == 2 and json.loads(heard.body)["results"] == {"output": "quick"}
