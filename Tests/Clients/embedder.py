"""A real embedding server: all-MiniLM-L6-v2 behind OpenAI's `/v1/embeddings`. Run it as `embedder.py [PORT]`."""

import base64
import json
import math
import sys
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from minilm import MiniLM
from waiting import until

MODEL = "all-MiniLM-L6-v2"
MOST_TEXTS = 2048
TYPES = {401: "authentication_error", 429: "rate_limit_error"}

# One for a process: it has no state but its weights.
model = cache(MiniLM)


@dataclass
class Asked:
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
    def texts(self):
        """What vectors were asked for."""
        asked = self.json["input"]
        return [asked] if isinstance(asked, str) else asked


class Refusal(Exception):
    """A request that is answered with an error."""

    def __init__(self, status, message, code=None, retry_after=None):
        super().__init__(message)
        self.status, self.code, self.retry_after = status, code, retry_after


class Embedder:
    """The server on threads of its own, with what it was asked."""

    def __init__(self, port=0, key=None, remembers=True):
        self.key = key
        self.requests = deque(maxlen=None if remembers else 0)
        # Before anything is said.
        self.wait_seconds = 0
        self.stopping = threading.Event()
        self.served = self.texts = self.tokens = 0
        self.connections = set()
        self._refusal, self._refusals = None, 0
        self._lock = threading.Lock()
        self.model = model()
        self._server = make_server(self, port)
        self.port = self._server.server_address[1]

    @property
    def base(self):
        return f"http://127.0.0.1:{self.port}"

    @property
    def url(self):
        """What clients take as the base URL."""
        return self.base + "/v1"

    @property
    def embedded(self):
        """Every text that was asked for, in order."""
        return [text for asked in list(self.requests) if asked.path == "/v1/embeddings" for text in asked.texts]

    def refuse(self, status, times=math.inf, retry_after=None):
        """The next requests for vectors, or all until `accept`, are answered with an error."""
        with self._lock:
            self._refusal = Refusal(status, f"refused with {status} as the test wishes", "refused", retry_after)
            self._refusals = times

    def accept(self):
        self._refusals = 0

    def wait_for(self, number, seconds=10):
        """The requests, once there are so many."""
        until(lambda: len(self.requests) >= number, seconds, f"request {number} of the embedder")
        return list(self.requests)

    def answer(self, asked):
        """The value that answers a request."""
        if asked.path == "/stats":
            return {"requests": self.served, "texts": self.texts, "tokens": self.tokens}
        self.requests.append(asked)
        if self.key and asked.headers.get("authorization") != f"Bearer {self.key}":
            raise Refusal(401, "Incorrect API key provided", "invalid_api_key")
        if asked.method == "GET" and asked.path == "/v1/models":
            return {"object": "list", "data": [{"id": MODEL, "object": "model", "created": 0, "owned_by": "tests"}]}
        if asked.method != "POST" or asked.path != "/v1/embeddings":
            raise Refusal(404, f"{asked.method} {asked.path} is not here")
        return self.embed(asked)

    def embed(self, asked):
        self.stopping.wait(self.wait_seconds)
        with self._lock:
            if self._refusals > 0:
                self._refusals -= 1
                raise self._refusal
        texts, encoded = checked(asked)
        vectors, tokens = self.model.embed(texts)
        with self._lock:
            self.served, self.texts, self.tokens = self.served + 1, self.texts + len(texts), self.tokens + tokens
        data = [
            {"object": "embedding", "index": index, "embedding": encode(vector) if encoded else vector.tolist()}
            for index, vector in enumerate(vectors)
        ]
        return {
            "object": "list", "data": data, "model": MODEL, "usage": {"prompt_tokens": tokens, "total_tokens": tokens},
        }

    def start(self):
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def stop(self):
        """Nobody listens any more, and open connections are cut."""
        self.stopping.set()
        self._server.shutdown()
        self._server.server_close()
        for connection in list(self.connections):
            self._server.shutdown_request(connection)

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()


def checked(asked):
    """The texts of a request and whether their vectors are wished in base64; refuses what the real one would."""
    try:
        body = asked.json
        name, wished = body["model"], body["input"]
    except (ValueError, TypeError, KeyError) as error:
        raise Refusal(400, "a JSON object with model and input is needed") from error
    if name != MODEL:
        raise Refusal(404, f"The model {name!r} does not exist", "model_not_found")
    if body.get("dimensions") is not None:
        raise Refusal(400, "This model does not support specifying dimensions.")
    if body.get("encoding_format", "float") not in ("float", "base64"):
        raise Refusal(400, "encoding_format is float or base64")
    texts = [wished] if isinstance(wished, str) else wished
    if not isinstance(texts, list) or not all(isinstance(text, str) and text for text in texts):
        raise Refusal(400, "input is a text or a list of texts, none of them empty")
    if not 0 < len(texts) <= MOST_TEXTS:
        raise Refusal(400, f"input has between 1 and {MOST_TEXTS} texts")
    return texts, body.get("encoding_format") == "base64"


def encode(vector):
    """Numbers of four bytes, the lowest first."""
    return base64.b64encode(vector.astype("<f4").tobytes()).decode()


def make_server(embedder, port):
    class Server(ThreadingHTTPServer):
        """Knows its connections, so that it can cut them."""

        daemon_threads, block_on_close, request_queue_size = True, False, 128

        def process_request_thread(self, request, client_address):
            embedder.connections.add(request)
            try:
                super().process_request_thread(request, client_address)
            finally:
                embedder.connections.discard(request)

        def handle_error(self, request, client_address):
            """Whoever asked has left, or was cut off."""
            if not isinstance(sys.exc_info()[1], OSError | ValueError):
                super().handle_error(request, client_address)

    return Server(("127.0.0.1", port), lambda *words: Conversation(embedder, *words))


class Conversation(BaseHTTPRequestHandler):
    """One connection's requests."""

    protocol_version = "HTTP/1.1"
    wbufsize, disable_nagle_algorithm = -1, True

    def __init__(self, embedder, *words):
        self.embedder = embedder
        super().__init__(*words)

    def log_message(self, *_):
        """Nothing: the embedder remembers."""

    def answer(self):
        try:
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = self.read_body(headers)
            path = self.path.split("?")[0]
            self.say(200, self.embedder.answer(Asked(self.command, path, headers, body)))
        except Refusal as refusal:
            kind = TYPES.get(refusal.status, "invalid_request_error" if refusal.status < 500 else "server_error")
            error = {"message": str(refusal), "type": kind, "param": None, "code": refusal.code}
            self.say(refusal.status, {"error": error}, refusal.retry_after)

    do_GET = do_POST = answer

    def read_body(self, headers):
        if "transfer-encoding" in headers:
            self.close_connection = True
            raise Refusal(411, "a body needs a Content-Length")
        return self.rfile.read(int(headers.get("content-length", 0)))

    def say(self, status, value, retry_after=None):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", len(body))
        if retry_after is not None:
            self.send_header("Retry-After", retry_after)
        self.end_headers()
        self.wfile.write(body)


def main():
    server = Embedder(int(sys.argv[1]) if len(sys.argv) > 1 else 0, remembers=False).start()
    print(f"{MODEL} on {server.url}", flush=True)
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        server.stop()


if __name__ == "__main__":
    main()
