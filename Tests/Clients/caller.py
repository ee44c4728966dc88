"""A client of the chat dialects, seen from the wire up."""

import json
from dataclasses import dataclass, field

import requests

PATIENCE = 30
SSE = "text/event-stream"


@dataclass
class Event:
    """One block of an event stream."""

    id: str | None = None
    data: str | None = None
    comment: str | None = None

    @property
    def json(self):
        return json.loads(self.data) if self.data and self.data != "[DONE]" else None

    @property
    def delta(self):
        choices = (self.json or {}).get("choices") or [{}]
        return choices[0].get("delta") or {}

    @property
    def sequence(self):
        return int(self.id.rpartition(":")[2])


def parse_block(block):
    """An event from the lines between two empty lines."""
    event = Event()
    for line in block.split("\n"):
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "":
            event.comment = value
        elif name == "id":
            assert event.id is None, f"two ids in one event: {block!r}"
            event.id = value
        elif name == "data":
            event.data = value if event.data is None else f"{event.data}\n{value}"
        else:
            raise AssertionError(f"an unexpected line in the stream: {line!r}")
    return event


@dataclass
class Stream:
    """An answer that arrives as events; keeps all that was read."""

    response: requests.Response
    events: list = field(default_factory=list)
    writes: list = field(default_factory=list)

    def __post_init__(self):
        self._blocks = self._read()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _read(self):
        assert self.response.headers["Content-Type"].startswith(SSE), (self.response.status_code, self.response.text)
        rest = b""
        for piece in self.response.iter_content(None):
            self.writes.append(piece)
            *blocks, rest = (rest + piece).split(b"\n\n")
            for block in blocks:
                event = parse_block(block.decode())
                self.events.append(event)
                yield event
        assert rest == b"", f"the stream ended within an event: {rest!r}"

    def until(self, condition):
        """Reads on to the first event that fits and returns it; fails when the stream ends before."""
        for event in self._blocks:
            if condition(event):
                return event
        raise AssertionError(f"the stream ended first: {self.events[-3:]}")

    def read_deltas(self, number):
        """Reads on until so many more pieces of the answer have arrived; returns the last."""
        for _ in range(number):
            event = self.until(lambda event: event.delta.get("content"))
        return event

    def read_all(self):
        """Reads to the end."""
        for _ in self._blocks:
            pass
        return self

    def close(self):
        """Leaves, in the middle or not."""
        self.response.close()

    @property
    def run(self):
        return self.response.headers["X-Run-Id"]

    @property
    def conversation(self):
        return self.response.headers["X-Conversation-Id"]

    @property
    def told(self):
        """The events that are not comments."""
        return [event for event in self.events if event.data is not None]

    @property
    def lines(self):
        """Ids and data as they came, letter by letter."""
        return [(event.id, event.data) for event in self.told]

    @property
    def ids(self):
        return [event.id for event in self.told if event.id]

    @property
    def text(self):
        return "".join(event.delta.get("content") or "" for event in self.told)

    @property
    def is_done(self):
        return bool(self.told) and self.told[-1].data == "[DONE]"

    @property
    def finish_reason(self):
        choices = [choice for event in self.told for choice in (event.json or {}).get("choices", [])]
        return next((choice["finishReason"] for choice in choices if choice.get("finishReason")), None)

    @property
    def error(self):
        """The error told within the stream, if there is one."""
        return next((event.json["error"] for event in self.told if event.json and event.json.get("error")), None)


class Caller:
    """A program with a token."""

    def __init__(self, base, token, path="/api/v1", verify=None):
        self.base, self.token, self.path, self.verify = base, token, path, verify

    def on(self, path):
        """The same caller on the other base path."""
        return Caller(self.base, self.token, path, self.verify)

    @property
    def headers(self):
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}

    def call(self, method, path, headers=None, stream=False, **parts):
        """Any request below the base path."""
        return requests.request(
            method, f"{self.base}{self.path}{path}", headers={**self.headers, **(headers or {})}, stream=stream,
            timeout=PATIENCE, verify=self.verify, **parts)

    def get(self, path, **parts):
        return self.call("GET", path, **parts)

    def post(self, path, **parts):
        return self.call("POST", path, **parts)

    def delete(self, path):
        return self.call("DELETE", path)

    @staticmethod
    def body(agent, question, **more):
        """A chat request; a list as the question is taken as the messages."""
        messages = question if isinstance(question, list) else [{"role": "user", "content": question}]
        body = {"model": "AGENTIC STAR", "messages": messages, **more}
        return {"agentId": agent, **body} if agent else body

    def open(self, agent, question, headers=None, **more):
        """A streamed answer, or whatever came instead."""
        body = self.body(agent, question, stream=True, **more)
        return Stream(self.post("/chat/completions", json=body, headers=headers, stream=True))

    def stream(self, agent, question, headers=None, **more):
        """A streamed answer that has begun."""
        stream = self.open(agent, question, headers, **more)
        assert stream.response.status_code == 200, stream.response.text
        assert stream.response.headers["Content-Type"].startswith(SSE), stream.response.headers
        return stream

    def ask(self, agent, question, headers=None, **more):
        """An answer without a stream, whatever its status."""
        return self.post("/chat/completions", json=self.body(agent, question, **more), headers=headers)

    def answer(self, agent, question, **more):
        """The text of an answer without a stream."""
        response = self.ask(agent, question, **more)
        assert response.status_code == 200, response.text
        return response.json()["choices"][0]["message"]["content"]

    def follow(self, run, after=None):
        """A run's events again, after a cursor or from the start, or whatever came instead."""
        headers = {"Accept": SSE} | ({"Last-Event-ID": after} if after is not None else {})
        return Stream(self.get(f"/chat/completions/{run}", headers=headers, stream=True))

    def look(self, run):
        """A run as JSON."""
        return self.get(f"/chat/completions/{run}", headers={"Accept": "application/json"})

    def cancel(self, run):
        return self.post(f"/chat/completions/{run}/cancel")

    def upload(self, name, content, kind="text/plain", **parts):
        return self.post("/files", files={"file": (name, content, kind)}, **parts)
