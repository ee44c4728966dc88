"""What the scripted model says, chosen by the model's name; steps without any wire format."""

import asyncio
import json
import re
import time
from collections import Counter
from dataclasses import dataclass, field

UNICODE = "Grüße 東京 こんにちは 👩‍👩‍👧 \u2028 \"quoted\" back\\slash \ttab\nline"
FOREVER = 3600


@dataclass
class Text:
    """A piece of the answer."""

    text: str


@dataclass
class Tool:
    """A whole tool call, which the wire cuts into deltas."""

    name: str
    arguments: str


@dataclass
class Raw:
    """Bytes that stand in the stream as they are."""

    data: bytes


@dataclass
class Refuse:
    """An HTTP error instead of an answer; only as the first step."""

    status: int
    message: str
    retry_after: int | None = None


@dataclass
class Fault:
    """An error told within the stream."""

    message: str


@dataclass
class Finish:
    """The end of the answer, with its reason in chat-completions words."""

    reason: str = "stop"


class Cut:
    """The socket closes without a word."""


class Open:
    """The headers of a stream go out although nothing has been said yet."""


@dataclass
class Call:
    """One request as the model sees it, whatever the wire."""

    model: str
    messages: list
    body: dict
    headers: dict
    path: str
    at: float = field(default_factory=time.monotonic)

    @property
    def question(self) -> str:
        asked = [message for message in self.messages if message.get("role") == "user"]
        return plain(asked[-1].get("content")) if asked else ""


def plain(content) -> str:
    """A message's content as one text."""
    if isinstance(content, list):
        return "\n".join(part.get("text", "") for part in content if part.get("type") == "text")
    return content or ""


class Script:
    """Plays a model; remembers how often each question was asked."""

    def __init__(self, gates):
        self.gates = gates
        self.asked = Counter()
        self.together = {}

    def steps(self, call):
        """The steps of the answer, as an asynchronous iterator."""
        for pattern, play in SCENES:
            match = re.fullmatch(pattern, call.model)
            if match:
                self.asked[(call.model, call.question)] += 1
                return play(self, call, *match.groups())
        return refuse(self, call, "404", f"The model `{call.model}` does not exist")

    def times(self, call):
        return self.asked[(call.model, call.question)]


async def say(text):
    for piece in re.findall(r"\s*\S+\s*|\s+", text):
        yield Text(piece)
    yield Finish()


async def echo(script, call):
    async for step in say(call.question):
        yield step


async def count(script, call, deltas, pause):
    for number in range(int(deltas)):
        yield Text(f"{number} ")
        await asyncio.sleep(int(pause) / 1000)
    yield Finish()


async def wait(script, call, seconds):
    yield Open()
    await asyncio.sleep(float(seconds))
    yield Text("at last")
    yield Finish()


async def hang(script, call):
    yield Open()
    await asyncio.sleep(FOREVER)


async def mute(script, call):
    await asyncio.sleep(FOREVER)
    yield Finish()


async def broken(script, call, how):
    for number in range(3):
        yield Text(f"{number} ")
    if how == "stall":
        await asyncio.sleep(FOREVER)
    if how == "cut":
        yield Cut()
    if how == "error-mid":
        yield Fault("the model fell over")
    if how == "garbage":
        yield Raw(b"data: {\"choices\": [{]\n\ndata: \xff\xfe nonsense\n\n")
        yield Cut()


async def drip(script, call):
    while True:
        yield Text("drip ")
        await asyncio.sleep(0.1)


async def refuse(script, call, status, message="The model refuses"):
    yield Refuse(int(status), message, retry_after=1 if status == "429" else None)


async def leak(script, call):
    secret = call.headers.get("authorization") or call.headers.get("x-api-key")
    yield Refuse(400, f"Incorrect API key provided: {secret}")


async def flaky(script, call, failures):
    if script.times(call) <= int(failures):
        yield Refuse(500, "not yet")
        return
    async for step in say("patience pays"):
        yield step


async def busy(script, call, seconds):
    if script.times(call) == 1:
        yield Refuse(429, "too many questions", retry_after=int(seconds))
        return
    async for step in say("your turn"):
        yield step


async def tools(script, call):
    yield Tool("weather", '{"city": "Venezia"}')
    yield Finish("tool_calls")


async def shown(script, call, what):
    answer = {"history": call.messages, "request": call.body}[what]
    yield Text(json.dumps(answer, ensure_ascii=False))
    yield Finish()


async def named(script, call):
    yield Text(call.model)
    yield Finish()


async def huge(script, call, megabytes):
    for _ in range(int(megabytes) * 64):
        yield Text("x" * 16384)
    yield Finish()


async def flood(script, call):
    while True:
        yield Text("x" * 16384)
        await asyncio.sleep(0.005)


async def unicode(script, call):
    for character in UNICODE:
        yield Text(character)
    yield Finish()


async def ended(script, call, reason):
    yield Text("as far as it goes")
    yield Finish({"length": "length", "filter": "content_filter"}[reason])


async def silent(script, call):
    yield Finish()


async def together(script, call, number):
    """Nobody is answered before so many are waiting at the same time."""
    crowd = script.together.setdefault((call.model, call.question), [0, asyncio.Event()])
    crowd[0] += 1
    if crowd[0] >= int(number):
        crowd[1].set()
    yield Text("waiting ")
    await crowd[1].wait()
    yield Text("together")
    yield Finish()


async def gated(script, call):
    gate = script.gates.get(call.question)
    if gate is None:
        yield Refuse(404, f"no gate is called {call.question!r}")
        return
    yield Open()
    async for step in gate.steps():
        yield step


SCENES = [
    (r"echo", echo),
    (r"count-(\d+)-(\d+)ms", count),
    (r"wait-([\d.]+)s", wait),
    (r"hang", hang),
    (r"mute", mute),
    (r"(stall|cut|error-mid|garbage)", broken),
    (r"drip", drip),
    (r"error-(\d+)", refuse),
    (r"leak", leak),
    (r"flaky-(\d+)", flaky),
    (r"busy-(\d+)", busy),
    (r"tools", tools),
    (r"(history|request)", shown),
    (r"name-.+", named),
    (r"huge-(\d+)", huge),
    (r"flood", flood),
    (r"unicode", unicode),
    (r"(length|filter)", ended),
    (r"silent", silent),
    (r"together-(\d+)", together),
    (r"gated", gated),
]
