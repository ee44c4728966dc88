"""No callback and no file of a stranger brings the server to an address of its own house."""

import pytest

from receiver import Receiver, until_state
from rooms_client import RoomsClient
from waiting import at_once

NAMES = ["127.0.0.1", "localhost", "LOCALHOST", "127.1", "2130706433", "0x7f.0.0.1", "0.0.0.0", "127.255.0.9"]
ELSEWHERE = [
    "http://169.254.169.254/latest/meta-data/", "http://10.0.0.1/", "http://[::]/", "http://[fe80::1]/",
    "http://[::ffff:127.0.0.1]/", "http://[64:ff9b::7f00:1]/", "https://192.168.1.1:8443/", "http://[fd00::1]/"]


@pytest.fixture(scope="module")
def post(servers):
    """A server whose operator opened nothing; each callback has one attempt."""
    return servers({"callbacks": {"schedule_seconds": [0], "failures": 1000}})


@pytest.fixture(scope="module")
def client(post):
    return RoomsClient(post, post.agent("echo"))


@pytest.fixture(scope="module")
def everywhere():
    """Somebody at every address of the machine, also of IPv6 where there is any."""
    with Receiver(address="0.0.0.0") as four:
        try:
            six = Receiver(address="::1", port=four.port).start()
        except OSError:
            six = None
        yield [one for one in (four, six) if one]
        if six:
            six.stop()


def test_a_forbidden_address_is_never_called_back(post, client, everywhere):
    port = everywhere[0].port
    urls = [f"http://{name}:{port}/" for name in NAMES + ["[::1]"]] + ELSEWHERE
    requests = [client.enqueue("echo", "let me in", callback_url=url) for url in urls]
    for url, request in zip(urls, requests):
        [attempt] = until_state(post, request, "failed")["deliveries"]
        assert attempt["status"] is None and "is one that this server may not call." in attempt["problem"], url
        assert attempt["milliseconds"] < 5000
    assert [one.connections for one in everywhere] == [0] * len(everywhere)


def test_a_forbidden_address_gives_no_file(client, everywhere):
    port = everywhere[0].port
    urls = [f"http://{name}:{port}/note.txt" for name in NAMES + ["[::1]"]] + ELSEWHERE

    def ended(place):
        return client.ended("echo", client.enqueue("echo", "read", input_files=[urls[place]]))

    for url, status in zip(urls, at_once(len(urls), ended)):
        assert status["status"] == "FAILED" and url in status["failure_reason"], url
        assert "is one that this server may not call." in status["failure_reason"], url
    assert [one.connections for one in everywhere] == [0] * len(everywhere)


def test_an_open_range_opens_nothing_else(servers):
    server = servers({"outbound": {"allow": ["127.0.0.2/32"]}, "callbacks": {"schedule_seconds": [0]}})
    client = RoomsClient(server, server.agent("echo"))
    with Receiver(address="127.0.0.2") as opened, Receiver() as closed:
        told = client.enqueue("echo", "in", callback_url=opened.url)
        kept = client.enqueue("echo", "out", callback_url=closed.url)
        assert until_state(server, told, "delivered")["deliveries"][0]["status"] == 200
        assert "may not call" in until_state(server, kept, "failed")["deliveries"][0]["problem"]
        assert closed.connections == 0


@pytest.mark.parametrize("allow", ["10.1.2.3/8", "everything", "127.0.0.1/33"])
def test_a_range_that_is_none_is_named_at_the_start(rialto, allow):
    rialto.configure({"outbound": {"allow": [allow]}})
    assert rialto.launch().wait(20) != 0
    assert "outbound.allow" in rialto.err
