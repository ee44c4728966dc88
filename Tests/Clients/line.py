"""A bare connection, for clients that no library would make."""

import json
import socket
import time


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


def chat_request(caller, agent, question, length=None, **more):
    """The head and the body of a chat request as bytes."""
    body = json.dumps(caller.body(agent, question, **more)).encode()
    return head(caller, len(body) if length is None else length), body


def head(caller, length, path="/v1/chat/completions"):
    """The head of a POST with a token."""
    return (f"POST {path} HTTP/1.1\r\nHost: rialto\r\nAuthorization: Bearer {caller.token}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n").encode()
