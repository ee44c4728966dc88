"""A scripted model server: the model's name says how it behaves. Run it as `model_server.py [PORT]`."""

import asyncio
import contextlib
import json
import sys
import threading
import uuid

from model_gate import Gate
from model_script import Call, Cut, Fault, Finish, Open, Refuse, Script, Text, Tool
from model_wire import WIRES

MODELS = ["echo", "history", "request", "unicode", "tools"]
LARGEST_HEADER = 65536


class Connection(asyncio.Protocol):
    """One connection: requests in, one after another, answers out."""

    def __init__(self, server):
        self.server = server
        self.buffer = bytearray()
        self.task = None
        self.flowing = asyncio.Event()
        self.flowing.set()

    def connection_made(self, transport):
        self.transport = transport
        self.server.connections.add(self)

    def connection_lost(self, error):
        self.server.connections.discard(self)
        self.flowing.set()
        if self.task:
            self.task.cancel()

    def pause_writing(self):
        self.flowing.clear()

    def resume_writing(self):
        self.flowing.set()

    def data_received(self, data):
        self.buffer += data
        if self.task is None:
            self.next_request()

    def next_request(self):
        request = parse(self.buffer)
        if request:
            self.task = asyncio.get_running_loop().create_task(self.answer(*request))

    async def answer(self, method, path, headers, body):
        try:
            await self.server.answer(self, method, path, headers, body)
        finally:
            self.task = None
        if not self.transport.is_closing():
            self.next_request()

    async def write(self, data):
        self.transport.write(data)
        await self.flowing.wait()

    async def respond(self, status, value, headers=()):
        """A whole answer in JSON."""
        body = json.dumps(value, ensure_ascii=False).encode()
        lines = [f"HTTP/1.1 {status} {'OK' if status < 400 else 'Refused'}", "Content-Type: application/json"]
        lines += [f"{name}: {text}" for name, text in headers] + [f"Content-Length: {len(body)}", "", ""]
        await self.write("\r\n".join(lines).encode() + body)

    async def begin_stream(self):
        await self.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-cache\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n")

    async def chunk(self, data):
        if data:
            await self.write(b"%x\r\n%b\r\n" % (len(data), data))

    async def end_stream(self):
        await self.write(b"0\r\n\r\n")


def parse(buffer):
    """The first whole request in the buffer, taken out of it; None while it is not there yet."""
    end = buffer.find(b"\r\n\r\n")
    if end < 0:
        return None
    lines = buffer[:end].decode("latin1").split("\r\n")
    method, path, _ = lines[0].split(" ", 2)
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
    if "chunked" in headers.get("transfer-encoding", ""):
        body, length = unchunk(buffer, end + 4)
        if body is None:
            return None
    else:
        length = end + 4 + int(headers.get("content-length", 0))
        if len(buffer) < length:
            return None
        body = bytes(buffer[end + 4:length])
    del buffer[:length]
    return method, path.split("?")[0], headers, body


def unchunk(buffer, start):
    """A chunked body and where it ends; None while the last chunk has not arrived."""
    body = bytearray()
    while True:
        end = buffer.find(b"\r\n", start)
        if end < 0:
            return None, 0
        size = int(bytes(buffer[start:end]).split(b";")[0], 16)
        if len(buffer) < end + 4 + size:
            return None, 0
        body += buffer[end + 2:end + 2 + size]
        start = end + 4 + size
        if size == 0:
            return bytes(body), start


class ModelServer:
    """The server on its own thread, with what it saw."""

    def __init__(self, port=0, key=None, tls=None):
        self.port, self.key, self.tls = port, key, tls
        self.calls, self.connections, self.gates = [], set(), {}
        self.open = self.most_open = self.served = self.aborted = 0
        self.script = Script(self.gates)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._ready = threading.Event()

    @property
    def base(self):
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}"

    @property
    def openai_url(self):
        return f"{self.base}/v1"

    def start(self):
        self._thread.start()
        assert self._ready.wait(10), "the scripted model server did not start"
        return self

    def stop(self):
        self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join(10)

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    def _run(self):
        asyncio.run(self._serve())

    async def _serve(self):
        self._loop, self._stopping = asyncio.get_running_loop(), asyncio.Event()
        listener = await self._loop.create_server(
            lambda: Connection(self), "127.0.0.1", self.port, backlog=4096, ssl=self.tls)
        self.port = listener.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stopping.wait()
        listener.close()
        for connection in list(self.connections):
            connection.transport.abort()

    def gate(self, name=None):
        """A new gate; ask the model `gated` its name."""
        gate = Gate(name or f"gate-{uuid.uuid4().hex}", self._loop)
        self.gates[gate.name] = gate
        return gate

    def asked(self, model):
        """The calls to one model, in order."""
        return [call for call in list(self.calls) if call.model == model]

    def stats(self):
        return {
            "open": self.open, "most_open": self.most_open, "served": self.served, "aborted": self.aborted,
            "requests": len(self.calls),
        }

    async def answer(self, connection, method, path, headers, body):
        if path == "/stats":
            return await connection.respond(200, self.stats())
        wire = WIRES.get(path)
        if self.key and self.key not in (headers.get("authorization", "")[7:], headers.get("x-api-key")):
            error = (wire or WIRES["/v1/chat/completions"]).error(401, "Incorrect API key provided")
            return await connection.respond(401, error)
        if path == "/v1/models" and method == "GET":
            models = [{"id": name, "object": "model", "created": 0, "owned_by": "tests"} for name in MODELS]
            return await connection.respond(200, {"object": "list", "data": models, "has_more": False})
        if wire is None or method != "POST":
            return await connection.respond(404, WIRES["/v1/chat/completions"].error(404, f"{path} is not here"))
        body = json.loads(body)
        call = Call(body["model"], body["messages"], body, headers, path)
        self.calls.append(call)
        await self.play(connection, wire(call), call)

    async def play(self, connection, rendering, call):
        self.open += 1
        self.most_open = max(self.open, self.most_open)
        served = False
        try:
            async with contextlib.aclosing(self.script.steps(call)) as steps:
                if call.body.get("stream"):
                    await self.stream(connection, rendering, steps)
                else:
                    await self.whole(connection, rendering, steps)
            served = True
        finally:
            self.open -= 1
            self.served += served
            self.aborted += not served

    async def stream(self, connection, rendering, steps):
        begun = said = False
        async for step in steps:
            if isinstance(step, Refuse) and not begun:
                return await self.refuse(connection, rendering, step)
            if isinstance(step, Cut):
                return connection.transport.abort()
            if not begun:
                await connection.begin_stream()
                begun = True
            if not said and isinstance(step, (Text, Tool, Finish)):
                await connection.chunk(rendering.opening())
                said = True
            if not isinstance(step, Open):
                await connection.chunk(rendering.render(step))
            if isinstance(step, Fault):
                break
        await connection.end_stream()

    async def whole(self, connection, rendering, steps):
        told = []
        async for step in steps:
            if isinstance(step, Refuse):
                return await self.refuse(connection, rendering, step)
            if isinstance(step, Fault):
                return await connection.respond(500, rendering.error(500, step.message))
            if isinstance(step, Cut):
                return connection.transport.abort()
            told.append(step)
        await connection.respond(200, rendering.whole(told))

    async def refuse(self, connection, rendering, step):
        headers = [("Retry-After", step.retry_after)] if step.retry_after is not None else []
        await connection.respond(step.status, rendering.error(step.status, step.message), headers)


def main():
    server = ModelServer(int(sys.argv[1]) if len(sys.argv) > 1 else 0).start()
    print(f"scripted model on {server.openai_url}", flush=True)
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        server.stop()


if __name__ == "__main__":
    main()
