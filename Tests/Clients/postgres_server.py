"""A PostgreSQL server of a test's own, which it may stop, restart and crowd."""

import os
import re
import signal
import socket
import struct
import subprocess
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from rialto import REPOSITORY
from shared_store import psql

SECONDS = 90
# The same server that bin/test makes; it says where it is.
START = """
set -euo pipefail
. bin/.prepare
. bin/.postgres
start_postgres
printf '%s\\n' "$postgres_folder" "$(postgres_programs)" "$RIALTO_TEST_POSTGRES"
"""
# Another address of this machine, so that the way to the database can be cut for one server only.
OTHER_HOST = "127.77.0.1"


def children(process):
    """The processes that one has begun."""
    return [int(number) for task in Path(f"/proc/{process}/task").iterdir()
            for number in (task / "children").read_text().split()]


class PostgresServer:
    """One server with few connections, reached at two addresses."""

    connections = 60

    def __init__(self):
        done = subprocess.run(
            ["bash", "-c", START, "test_faults"], cwd=REPOSITORY, stdin=subprocess.DEVNULL, capture_output=True,
            text=True, timeout=SECONDS, check=False)
        assert done.returncode == 0, done.stderr
        folder, programs, self.url = done.stdout.split()
        self.folder, self.control = Path(folder), Path(programs) / "pg_ctl"
        self.port = urlsplit(self.url).port
        psql(self.url, f"ALTER SYSTEM SET max_connections = {self.connections}",
             f"ALTER SYSTEM SET listen_addresses = '127.0.0.1, {OTHER_HOST}'")
        self.restart()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.pg_ctl("stop", "-m", "immediate")
        subprocess.run(["rm", "-rf", str(self.folder)], check=False, timeout=SECONDS)

    def pg_ctl(self, verb, *options):
        """As its owner, because PostgreSQL refuses to be run by root."""
        owner = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.getuid() == 0 else {}
        words = [str(self.control), verb, "-D", str(self.folder / "data"), "-w", "-t", str(SECONDS), *options]
        return subprocess.run(
            words, cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            timeout=SECONDS * 2, check=False, **owner).returncode

    def encrypt(self, certificate):
        """Takes encrypted connections only, with the certificate and the key of that folder."""
        data = self.folder / "data"
        owner = data.stat()
        for name, source in (("server.crt", "certificate.pem"), ("server.key", "key.pem")):
            (data / name).write_bytes((certificate / source).read_bytes())
            (data / name).chmod(0o600)
            os.chown(data / name, owner.st_uid, owner.st_gid)
        rules = data / "pg_hba.conf"
        rules.write_text(re.sub(r"^host\b", "hostssl", rules.read_text(), flags=re.MULTILINE))
        self.psql("ALTER SYSTEM SET ssl = on")
        self.restart()

    @property
    def runs(self):
        return self.pg_ctl("status") == 0

    def stop(self, mode="fast"):
        assert self.pg_ctl("stop", "-m", mode) == 0

    def start(self):
        if not self.runs:
            words = ["-l", str(self.folder / "log"), "-o", f"-p {self.port}"]
            assert self.pg_ctl("start", *words) == 0, (self.folder / "log").read_text()[-2000:]

    def restart(self, mode="fast"):
        self.stop(mode)
        self.start()

    def freeze(self):
        """Every process of it, as a storage that hangs would; connections are still taken, by the kernel."""
        self.signal(signal.SIGSTOP)

    def thaw(self):
        if self.runs:
            self.signal(signal.SIGCONT)

    def signal(self, number):
        first = int((self.folder / "data/postmaster.pid").read_text().split()[0])
        os.kill(first, number)
        for process in children(first):
            os.kill(process, number)

    def psql(self, *statements):
        return psql(self.url, *statements)

    def role(self, database):
        """The address of a database for a role that is no superuser, and so leaves the last connections alone."""
        parts = urlsplit(database)
        name = f"user_of{parts.path.replace('/', '_')}"
        self.psql(f"CREATE ROLE {name} LOGIN PASSWORD '{parts.password}'",
                  f"ALTER DATABASE {parts.path[1:]} OWNER TO {name}")
        place = f"{name}:{parts.password}@{parts.hostname}:{parts.port}"
        return urlunsplit(parts._replace(netloc=place))

    def end_sessions(self, database, which="true"):
        """Ends sessions of a database; how many there were."""
        name = urlsplit(database).path[1:]
        return len(self.psql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            f"WHERE datname = '{name}' AND backend_type = 'client backend' AND {which}"))

    def crowd(self, database):
        """Takes every connection that may be had; those who have one keep it."""
        parts = urlsplit(database)
        taken = []
        while connection := self.connect(parts.username, parts.path[1:]):
            taken.append(connection)
        return taken

    def connect(self, user, database):
        """A connection that does nothing; None if there is no room for it."""
        words = b"".join(word.encode() + b"\0" for word in ("user", user, "database", database)) + b"\0"
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(SECONDS)
        connection.connect(str(self.folder / f".s.PGSQL.{self.port}"))
        connection.sendall(struct.pack("!II", len(words) + 8, 196608) + words)
        answers = connection.makefile("rb")
        while (kind := answers.read(1)) not in (b"Z", b"E"):
            answers.read(struct.unpack("!I", answers.read(4))[0] - 4)
        if kind == b"Z":
            return connection
        connection.close()
        return None
