"""The cable between one server and its database, which a test can cut: packets are lost, and nobody is told."""

import shutil
import socket
import subprocess
import threading
import uuid
from urllib.parse import urlsplit, urlunsplit

from postgres_server import OTHER_HOST


def cable(url):
    """One to the database of a URL: made by the packet filter where that is allowed, else by a relay."""
    name = f"rialto_{uuid.uuid4().hex[:8]}"
    return PacketFilter(name, url) if PacketFilter.may_be_used(name) else Relay(url)


def moved(url, host, port):
    """The same database by another address."""
    parts = urlsplit(url)
    account = parts.netloc.rpartition("@")[0]
    return urlunsplit(parts._replace(netloc=f"{account}@{host}:{port}"))


class PacketFilter:
    """A cable that the kernel cuts: what arrives at either end is dropped, as on a line that is cut."""

    def __init__(self, table, url):
        self.table = table
        self.port = urlsplit(url).port
        self.url = moved(url, OTHER_HOST, self.port)

    @staticmethod
    def nft(*words):
        program = shutil.which("nft", path="/usr/sbin:/sbin:/usr/bin")
        return program and subprocess.run(
            [program, *words], capture_output=True, timeout=20, check=False).returncode == 0

    @classmethod
    def may_be_used(cls, table):
        return cls.nft("add", "table", "ip", table) and cls.nft("delete", "table", "ip", table)

    def cut(self):
        rules = (f"add table ip {self.table}",
                 f"add chain ip {self.table} input {{ type filter hook input priority 0; }}",
                 f"add rule ip {self.table} input ip saddr {OTHER_HOST} tcp sport {self.port} drop",
                 f"add rule ip {self.table} input ip daddr {OTHER_HOST} tcp dport {self.port} drop")
        assert self.nft("; ".join(rules))

    def mend(self):
        self.nft("delete", "table", "ip", self.table)

    def close(self):
        self.mend()


class Relay:
    """A cable that is cut by passing nothing on, where packets may not be filtered: less than the real thing, because
    what is sent is still taken."""

    def __init__(self, url):
        parts = urlsplit(url)
        self.place = (parts.hostname, parts.port)
        self.whole = threading.Event()
        self.whole.set()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = moved(url, *self.listener.getsockname())
        threading.Thread(target=self.take, daemon=True).start()

    def take(self):
        while True:
            try:
                near = self.listener.accept()[0]
                far = socket.create_connection(self.place)
            except OSError:
                return
            for pair in ((near, far), (far, near)):
                threading.Thread(target=self.pass_on, args=pair, daemon=True).start()

    def pass_on(self, source, target):
        try:
            while data := source.recv(65536):
                self.whole.wait()
                target.sendall(data)
        except OSError:
            pass
        finally:
            self.whole.wait()
            for end in (source, target):
                end.close()

    def cut(self):
        self.whole.clear()

    def mend(self):
        self.whole.set()

    def close(self):
        self.mend()
        self.listener.close()
