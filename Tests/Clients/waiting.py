"""Waiting for something to become true, and doing things at the same time."""

import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor

PATIENCE = 15


def until(condition, seconds=PATIENCE, what="it"):
    """The first truthy answer of `condition`; fails when there is none in time."""
    deadline = time.monotonic() + seconds
    while True:
        answer = condition()
        if answer:
            return answer
        assert time.monotonic() < deadline, f"{what} did not come true within {seconds} s; last answer: {answer!r}"
        time.sleep(0.02)


def at_once(number, work, seconds=60):
    """The answers of `work(0)` … `work(number - 1)`, all begun at the same moment."""
    start = threading.Barrier(number)

    def one(place):
        start.wait(seconds)
        return work(place)

    with ThreadPoolExecutor(number) as crowd:
        return list(crowd.map(one, range(number), timeout=seconds))


def beside(work):
    """Begins `work` on a thread of its own; `.result(timeout)` of what is returned waits for it."""
    crowd = ThreadPoolExecutor(1)
    future = crowd.submit(work)
    crowd.shutdown(wait=False)
    return future


def free_port():
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
