"""A bare connection, for clients that no library would make."""

import json
import socket
import time
from dataclasses import dataclass


class Line:
    """One TCP connection to a server, bytes in and bytes out."""

    def __init__(self, port, seconds=20, receive_bytes=None):
        self.socket = socket.socket()
        if receive_bytes:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
        self.socket.settimeout(seconds)
        self.socket.connect(("127.0.0.1", port))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        """Sends, whether or not anybody still listens."""
        try:
            self.socket.sendall(data)
        except OSError:
            pass
        return self

    def finish_sending(self):
        """Closes the one direction, and goes on listening."""
        self.socket.shutdown(socket.SHUT_WR)
        return self

    def read(self, until=b"\r\n\r\n"):
        """What arrives up to and with these bytes, or to the end."""
        data = b""
        while until not in data:
            piece = self.receive()
            if not piece:
                break
            data += piece
        return data

    def receive(self):
        """The next bytes; none when the other side has gone."""
        try:
            return self.socket.recv(65536)
        except ConnectionError:
            return b""

    def read_to_end(self):
        """Everything that arrives before the other side closes, and the seconds that took."""
        begun, data = time.monotonic(), b""
        while piece := self.receive():
            data += piece
        return data, time.monotonic() - begun


@dataclass
class Answer:
    """One answer as it stood in the bytes of a connection; interim ones too."""

    version: str
    status: int
    headers: dict
    body: bytes

    @property
    def error(self):
        return json.loads(self.body)["error"]


def answers(data):
    """All the answers in what arrived up to the end of a connection, one after the other and nothing between."""
    found = []
    while data:
        top, _, data = data.partition(b"\r\n\r\n")
        line, *fields = top.decode().split("\r\n")
        version, status, *_ = line.split(" ")
        headers = {name.lower(): value.strip() for name, _, value in (field.partition(":") for field in fields)}
        if int(status) < 200:
            body = b""
        elif "content-length" in headers:
            length = int(headers["content-length"])
            body, data = data[:length], data[length:]
            assert len(body) == length, f"{length - len(body)} bytes are missing"
        elif headers.get("transfer-encoding") == "chunked":
            body, data = unchunk(data)
        else:
            body, data = data, b""
        found.append(Answer(version, int(status), headers, body))
    return found


def unchunk(data):
    """The body that these chunks are, and what follows them."""
    body = b""
    while True:
        size, found, data = data.partition(b"\r\n")
        assert found, f"the body ends within its chunks: {size[:80]!r}"
        size = int(size, 16)
        body += data[:size]
        assert data[size:size + 2] == b"\r\n", f"a chunk is not {size} bytes long: {data[:size + 2]!r}"
        data = data[size + 2:]
        if size == 0:
            return body, data


def chat_request(caller, agent, question, length=None, **more):
    """The head and the body of a chat request as bytes."""
    body = json.dumps(caller.body(agent, question, **more)).encode()
    return head(caller, len(body) if length is None else length), body


def head(caller, length, path="/v1/chat/completions"):
    """The head of a POST with a token."""
    return (f"POST {path} HTTP/1.1\r\nHost: rialto\r\nAuthorization: Bearer {caller.token}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n").encode()
