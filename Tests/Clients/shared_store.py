"""A PostgreSQL database of a test's own, and servers that stand on it together."""

import os
import subprocess
import uuid
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit

import pytest

from rialto import Rialto
from waiting import until

VARIABLE = "RIALTO_TEST_POSTGRES"


def psql(url, *statements):
    """What PostgreSQL answers, one line a row."""
    words = ["psql", url, "-qAtX", "-v", "ON_ERROR_STOP=1"]
    for statement in statements:
        words += ["-c", statement]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@contextmanager
def database(server=None):
    """The URL of an empty database, dropped afterwards."""
    server = server or os.environ.get(VARIABLE)
    if not server:
        pytest.fail(f"{VARIABLE} names no PostgreSQL server: bin/test starts one")
    name = f"rialto_{uuid.uuid4().hex[:12]}"
    psql(server, f"CREATE DATABASE {name}")
    try:
        parts = urlsplit(server)
        yield urlunsplit(parts._replace(path=f"/{name}"))
    finally:
        psql(server, f"DROP DATABASE {name} WITH (FORCE)")


class Fleet:
    """Servers on one database; the first one makes it, all share clients and agents."""

    def __init__(self, folder, url, model, config=None):
        self.folder, self.url, self.model, self.config = folder, url, model, config
        self.servers, self.agents, self.secrets = [], {}, {}

    def make(self, url=None):
        """One more, not yet started; it may reach the database by another address."""
        folder = self.folder / f"server{len(self.servers)}"
        server = Rialto(folder, config=self.config, model=self.model, store=url or self.url)
        server.agents, server.secrets = self.agents, self.secrets
        self.servers.append(server)
        return server

    def start(self, number):
        """So many started servers."""
        return [self.make().start() for _ in range(number)]

    def psql(self, *statements):
        return psql(self.url, *statements)

    def runs(self):
        """Every run: id, status, and how many terminal events its log has."""
        rows = self.psql(
            "SELECT r.id, r.status, count(e.sequence) FILTER (WHERE e.kind IN (4, 5, 6)) FROM runs r "
            "LEFT JOIN run_events e ON e.run = r.id GROUP BY r.id, r.status")
        return [tuple(row.split("|")) for row in rows]

    def until_all_ended(self, seconds):
        """Until no run is under way; then every run has one end and no number stands twice."""
        until(lambda: all(status != "running" for _, status, _ in self.runs()), seconds, "the end of every run")
        assert {ends for _, _, ends in self.runs()} <= {"1"}, self.runs()

    def stop(self):
        for server in self.servers:
            server.__exit__()
