"""Somebody who is told of the ends of requests, and gives out files: a web server that answers as a test says."""

import json
import socket
import threading
import time
from collections import defaultdict, deque
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from standardwebhooks import Webhook

from waiting import until

# What a server needs to call a receiver at all, and not to be patient with it.
LOOPBACK = {"allow": ["127.0.0.0/8"]}
QUICK = {"schedule_seconds": [0, 1, 0], "answer_seconds": 1, "body_bytes": 2000, "failures": 3, "pause_seconds": 2}
# Clocks tell whole milliseconds, and the two ends of a wait are read in two processes.
TOLERANCE = 0.05
PIECE = b"x" * 65536


@dataclass
class Answer:
    """What a request is answered with."""

    status: int = 200
    headers: dict = field(default_factory=dict)
    body: bytes = b""
    # Before anything is said.
    wait_seconds: float = 0


class Hang:
    """Nothing is said, until the receiver is stopped."""


class Close:
    """The connection is closed without a word."""


class Flood:
    """The body of a good answer never ends."""


@dataclass
class Heard:
    """A request as it came."""

    method: str
    path: str
    headers: dict
    body: bytes
    at: float = field(default_factory=time.monotonic)

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def id(self):
        return self.headers["webhook-id"]

    def verified(self, secret):
        """The body's value; fails where the signature is not one of this secret."""
        return Webhook(secret).verify(self.body, self.headers)


class Receiver:
    """The web server on threads of its own. An address counts: every receiver is an endpoint for itself."""

    def __init__(self, *answers, otherwise=None, address="127.0.0.1", port=0):
        self.heard, self.connections, self.open, self.most_open = [], 0, 0, 0
        self.otherwise = otherwise or Answer()
        self.answers = defaultdict(deque)
        self.always = {}
        self.stopping = threading.Event()
        self._lock = threading.Lock()
        self._server = make_server(self, address, port)
        self.port = self._server.server_address[1]
        host = f"[{address}]" if ":" in address else address
        self.base = f"http://{host}:{self.port}"
        self.answer("/", *answers)

    def answer(self, path, *answers):
        """The next requests for a path are answered with these, statuses or answers; the URL of the path."""
        self.answers[path].extend(Answer(each) if isinstance(each, int) else each for each in answers)
        return self.base + path

    def give(self, path, content, kind="text/plain", **headers):
        """Every request for a path is given a file; the URL of it."""
        self.always[path] = Answer(headers={"Content-Type": kind} | headers, body=content)
        return self.base + path

    @property
    def url(self):
        return self.base + "/"

    def next_answer(self, path):
        with self._lock:
            waiting = self.answers[path]
            return waiting.popleft() if waiting else self.always.get(path, self.otherwise)

    def note(self, heard):
        with self._lock:
            self.heard.append(heard)

    def note_connection(self, change):
        with self._lock:
            self.connections += change > 0
            self.open += change
            self.most_open = max(self.open, self.most_open)

    def told(self, path="/"):
        """The requests for a path, in order."""
        return [heard for heard in list(self.heard) if heard.path == path]

    def wait_for(self, number, path="/", seconds=10):
        """The requests for a path, once there are so many."""
        until(lambda: len(self.told(path)) >= number, seconds, f"request {number} for {path}")
        return self.told(path)

    def start(self):
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def stop(self):
        self.stopping.set()
        self._server.shutdown()
        self._server.server_close()

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()


def make_server(receiver, address, port):
    class Server(ThreadingHTTPServer):
        """Counts connections, whatever comes over them."""

        address_family = socket.AF_INET6 if ":" in address else socket.AF_INET
        daemon_threads, block_on_close, request_queue_size = True, False, 128

        def process_request_thread(self, request, client_address):
            receiver.note_connection(1)
            try:
                super().process_request_thread(request, client_address)
            finally:
                receiver.note_connection(-1)

        def handle_error(self, request, client_address):
            """Whoever asked has left."""

    return Server((address, port), lambda *words: Conversation(receiver, *words))


class Conversation(BaseHTTPRequestHandler):
    """One connection's requests."""

    protocol_version = "HTTP/1.1"

    def __init__(self, receiver, *words):
        self.receiver = receiver
        super().__init__(*words)

    def log_message(self, *_):
        """Nothing: the receiver remembers."""

    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.receiver.note(Heard(self.command, self.path, headers, body))
        self.say(self.receiver.next_answer(self.path))

    do_GET = do_POST = do_PUT = answer

    def say(self, answer):
        self.close_connection = not isinstance(answer, Answer)
        if isinstance(answer, Hang):
            self.receiver.stopping.wait()
        elif isinstance(answer, Flood):
            self.send_response(200)
            self.end_headers()
            while not self.receiver.stopping.is_set():
                self.wfile.write(PIECE)
        elif isinstance(answer, Answer):
            self.receiver.stopping.wait(answer.wait_seconds)
            self.send_response(answer.status)
            for name, value in ({"Content-Length": len(answer.body)} | answer.headers).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer.body)


def shown(server, request):
    """A callback with its attempts, as the command line shows it."""
    return server.run("deliveries", "show", request)


def until_state(server, request, state, seconds=15):
    """A callback, once its state is this."""
    def there():
        now = shown(server, request)
        return now if now["state"] == state else None

    return until(there, seconds, f"the state {state} of the callback of {request}")
