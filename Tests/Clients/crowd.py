"""Many clients at once that lose their servers and come back, and keep everything that they were shown."""

import asyncio
import json
import threading
import time
import uuid
from dataclasses import dataclass, field
from itertools import count

import aiohttp

from caller import SSE, Caller
from waiting import until

# Longer than a server that is frozen for a while is silent, and than the heartbeat of one that lives.
SILENCE_SECONDS = 25
PAUSE_SECONDS = 0.3
# What says: not now, or not here.
PASSING = {409, 429, 502, 503, 504}
ENDED_BY_ANOTHER = "The server stopped while it was answering."


class Refused(Exception):
    """An answer that says to come back."""


@dataclass
class Reader:
    """One question, asked until it is known to have begun, and its answer, resumed until its end."""

    crowd: "Crowd"
    agent: str
    question: str
    bases: list
    key: str | None = None
    run: str | None = None
    streams: bool = True
    place: int = 0
    # Whose run is followed, for one who asks nothing.
    asker: "Reader | None" = None
    # What was shown: the pieces of the answer by their numbers, and the number of the end.
    pieces: dict = field(default_factory=dict)
    last: int = -1
    end: int | None = None
    reason: str | None = None
    error: dict | None = None
    text: str | None = None
    # How each connection ended, and what was against the rules.
    endings: list = field(default_factory=list)
    wrongs: list = field(default_factory=list)
    # When the newest piece came, and the longest wait for one.
    heard: float | None = None
    longest: float = 0.0

    @property
    def is_done(self):
        return self.end is not None or self.text is not None or (not self.streams and self.error is not None)

    @property
    def base(self):
        return self.bases[self.place % len(self.bases)]

    async def read(self):
        """Comes back as often as it takes."""
        while self.asker and self.run is None:
            await asyncio.sleep(PAUSE_SECONDS)
            self.run = self.asker.run
        while not self.is_done:
            ending = await self.attempt()
            self.endings.append(ending)
            if not self.is_done:
                self.place += 1
                await asyncio.sleep(PAUSE_SECONDS)

    async def attempt(self):
        try:
            async with self.request() as response:
                if response.status in PASSING:
                    return await self.pass_by(response)
                if response.status != 200:
                    self.wrongs.append(f"{response.status}: {await response.text()}")
                    raise AssertionError(self.wrongs[-1])
                self.run = response.headers["X-Run-Id"]
                return await (self.read_stream(response) if self.streams else self.read_whole(response))
        except (aiohttp.ClientError, asyncio.TimeoutError, OSError) as error:
            return f"broken: {type(error).__name__}"
        finally:
            if self.run is None and self.key is None:
                # Whether the question arrived is not known, and it has no key: another question is asked.
                self.question += " again"

    def request(self):
        headers = {"Authorization": f"Bearer {self.crowd.token}", "Accept": SSE}
        if self.run and self.streams:
            if self.last >= 0:
                headers["Last-Event-ID"] = f"{self.run}:{self.last}"
            return self.crowd.session.get(f"{self.base}/v1/chat/completions/{self.run}", headers=headers)
        if self.key:
            headers["Idempotency-Key"] = self.key
        body = Caller.body(self.agent, self.question, stream=self.streams)
        return self.crowd.session.post(f"{self.base}/v1/chat/completions", headers=headers, json=body)

    async def pass_by(self, response):
        text = await response.text()
        if not self.streams and ENDED_BY_ANOTHER in text:
            self.error = json.loads(text)["error"]
        return f"refused: {response.status}"

    async def read_whole(self, response):
        self.text = (await response.json())["choices"][0]["message"]["content"]
        return "done"

    async def read_stream(self, response):
        rest = b""
        async for piece in response.content.iter_any():
            *blocks, rest = (rest + piece).split(b"\n\n")
            for block in blocks:
                ending = self.hear(block)
                if ending:
                    return ending
        self.wrongs.append(f"the stream ended without a word, {len(rest)} bytes after its last event")
        return "silent"

    def hear(self, block):
        """Takes in one event; says how the stream ends if it is the last."""
        if block.startswith(b":"):
            return None
        top, _, data = block.rpartition(b"data: ")
        sequence = int(top.rpartition(b":")[2]) if top else None
        if data == b"[DONE]":
            self.end = sequence
            if sequence < self.last:
                self.wrongs.append(f"the end has the number {sequence}, after {self.last}")
            return "done"
        told = json.loads(data)
        if "error" in told:
            return self.hear_error(told["error"], sequence)
        choice = told["choices"][0]
        self.reason = choice["finish_reason"] or self.reason
        if sequence is not None:
            self.hear_piece(sequence, choice["delta"])
        return None

    def hear_error(self, error, sequence):
        if error["code"] != "handover":
            self.error = error
            return None
        # Not every event of a run is shown: the place may lie after the last that was.
        if sequence is not None and sequence < self.last:
            self.wrongs.append(f"handed over at {sequence}, after {self.last}")
        self.last = self.last if sequence is None else sequence
        return "handover"

    def hear_piece(self, sequence, delta):
        content = delta.get("content")
        # The beginning of a step has a number of its own, and is not shown.
        unseen = 1 if "tasks" in delta else 0
        if not self.last + 1 <= sequence <= self.last + 1 + unseen:
            self.wrongs.append(f"{sequence} follows {self.last}")
        now = time.monotonic()
        self.longest = max(self.longest, now - (self.heard or now))
        self.last, self.heard = sequence, now
        if content is not None:
            self.pieces[sequence] = content


class Crowd:
    """Readers on an event loop of their own."""

    def __init__(self, token):
        self.token, self.readers = token, []
        self.name, self._numbers = uuid.uuid4().hex[:8], count()
        self._loop = asyncio.new_event_loop()
        self._tasks = []
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.session = self._do(self._open()).result(10)

    async def _open(self):
        limits = aiohttp.ClientTimeout(total=None, sock_connect=10, sock_read=SILENCE_SECONDS)
        return aiohttp.ClientSession(timeout=limits, connector=aiohttp.TCPConnector(limit=0))

    def _do(self, work):
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def reader(self, agent, bases, **more):
        """One more, with a question that nobody else asks."""
        number = next(self._numbers)
        reader = Reader(self, agent, f"question {number} of {self.name}", bases, **{"place": number, **more})
        self.readers.append(reader)
        return reader

    def send(self, *readers):
        """They begin."""
        self._tasks += [self._do(reader.read()) for reader in readers]

    def until(self, condition, seconds, what):
        """Until something is true of every reader."""
        def is_so():
            self.check()
            return all(condition(reader) for reader in self.readers)

        until(is_so, seconds, what)

    def keep_asking(self, agent, bases, is_over):
        """Somebody who asks one question after the other, each with a key, until an event is set."""
        async def ask():
            while not is_over.is_set():
                reader = self.reader(agent, bases)
                reader.key = reader.question
                await reader.read()

        self._tasks.append(self._do(ask()))

    def check(self):
        """Fails as soon as a reader has."""
        for task in self._tasks:
            if task.done():
                task.result()

    def finish(self, seconds):
        """Waits until everyone has come to an end."""
        for task in self._tasks:
            task.result(seconds)

    def close(self):
        for task in self._tasks:
            task.cancel()
        self._do(self.session.close()).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
