"""Servers behind nginx are replaced one after the other, and nobody who asks or reads gets anything but the answer."""

import signal
import threading

import pytest

from balancer import Balancer
from crowd import Crowd
from run_log import RunLog
from waiting import until

CLIENTS = 200
PIECES = 50
AGENT = f"count-{PIECES}-200ms"
ANSWER = [f"{number} " for number in range(PIECES)]
PATIENCE = 120
CONFIG = {
    "drain": {"streams_seconds": 1, "runs_seconds": 90},
    "streams": {"heartbeat_seconds": 2, "grace_seconds": 90},
}


@pytest.fixture
def fleet_config():
    return CONFIG


@pytest.fixture
def balancer(fleet, tmp_path):
    with Balancer(tmp_path / "nginx", fleet.start(3)) as made:
        yield made


@pytest.fixture
def crowd(fleet, balancer):
    fleet.servers[0].agent(AGENT)
    made = Crowd(fleet.servers[0].token())
    yield made
    made.close()


def replace(server):
    """As a deployment does: ask it to stop, wait, start the next on its port."""
    until(lambda: server.metrics()["rialto_runs_live"] >= 10, PATIENCE, "a server that has something to do")
    server.process.send_signal(signal.SIGTERM)
    assert server.process.wait(PATIENCE) == 0, server.err[-2000:]
    server.start()


@pytest.mark.timeout(400)
def test_every_client_gets_every_piece_once_while_each_server_is_replaced(fleet, balancer, crowd, model):
    is_over = threading.Event()
    for _ in range(CLIENTS):
        crowd.keep_asking(AGENT, [balancer.base], is_over)
    until(lambda: len(crowd.readers) == CLIENTS, PATIENCE, "everybody")
    crowd.until(lambda reader: len(reader.pieces) >= 5, PATIENCE, "five pieces for everyone")
    for server in fleet.servers:
        replace(server)
        crowd.check()
    is_over.set()
    crowd.finish(PATIENCE)
    fleet.until_all_ended(PATIENCE)
    log = RunLog(fleet)
    log.check()
    assert set(log.status.values()) == {"finished"}
    assert len(log.status) == len(crowd.readers), "no question was asked twice"
    for reader in crowd.readers:
        log.check_reader(reader)
        assert list(reader.pieces.values()) == ANSWER and reader.reason == "stop", reader.endings
        assert model.script.asked[(AGENT, reader.question)] == 1
    assert any("handover" in reader.endings for reader in crowd.readers)
