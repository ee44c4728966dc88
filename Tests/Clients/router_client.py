"""A program that asks models through the router, with a key of its own, and pays from credits of its own."""

import json

import openai
import requests

from caller import PATIENCE, Stream
from conftest import PATIENT
from goods import asked, bought, credits
from shop import name

# Dollars for a million tokens, so that they are also millionths of a dollar for one.
INPUT, OUTPUT = 3, 15
SOLD = {
    "claude-sonnet-4": "echo", "seen": "request", "count": "count-5-1ms", "gated": "gated", "drip": "drip",
    "tools": "tools", "broken": "error-mid", "refusing": "error-400", "failing": "error-500",
    "torn": "cut", "wait": "wait-0.5s",
    "short": "length",
}


def sold(name, model, **more):
    """A model in the config."""
    return {
        "name": name, "upstream": "model", "model": model, "input_usd_per_million": INPUT,
        "output_usd_per_million": OUTPUT, "max_output_tokens": 1000} | more


ROUTER = PATIENT | {"router": {"models": [
    *[sold(*names) for names in SOLD.items()], sold("seeing", "request", image_tokens=1000)]}}


def cost(read, written):
    """What so many tokens cost, in millionths of a dollar."""
    return read * INPUT + written * OUTPUT


class Router:
    """A key of the router, with the agent that made it."""

    def __init__(self, shopper, dollars=25, service=None, **more):
        self.shopper, self.server = shopper, shopper.server
        self.service = service or bought(shopper, credits(dollars))["id"]
        response = shopper.post(f"/services/{self.service}/router/keys", {"label": "test"} | more)
        assert response.status_code == 201, response.text
        self.made = response.json()
        self.key, self.id = self.made["key"], self.made["routerKeyId"]

    @property
    def path(self):
        return f"/services/{self.service}/router"

    def client(self):
        """The OpenAI client, unchanged."""
        return openai.OpenAI(
            api_key=self.key, base_url=f"{self.server.base}/openai/v1", max_retries=0, timeout=PATIENCE)

    def call(self, method, path, headers=None, **parts):
        headers = {"Authorization": f"Bearer {self.key}"} | (headers or {})
        return requests.request(
            method, f"{self.server.base}/openai/v1{path}", headers=headers, timeout=PATIENCE, **parts)

    def chat(self, model, words="Hello", headers=None, stream=False, **more):
        """An answer, whatever came of it."""
        body = {"model": model, "messages": [{"role": "user", "content": words}], "stream": stream} | more
        return self.call("POST", "/chat/completions", headers, json=body, stream=stream)

    def stream(self, model, words="Hello", headers=None, **more):
        response = self.chat(model, words, headers, stream=True, **more)
        assert response.status_code == 200, response.text
        return Stream(response)

    def standing(self):
        response = self.call("GET", "/key")
        assert response.status_code == 200, response.text
        return response.json()

    @property
    def left(self):
        """Credits of the service that nobody has spent or holds, in millionths of a dollar."""
        return micros(self.standing()["credits_usd"])

    def usage(self, **query):
        return asked(self.shopper, f"{self.path}/usage", **query)

    def generation(self, response):
        """The record of an answer."""
        return asked(self.shopper, f"/router/generations/{response.headers['X-Generation-Id']}")["generation"]


def micros(dollars):
    """Decimal digits as millionths, without a float."""
    whole, _, rest = str(dollars).partition(".")
    assert len(rest) <= 6, dollars
    return int(whole) * 1_000_000 + int((rest + "000000")[:6])


def router_key(shopper):
    """The letters of a new key with credits for it."""
    return Router(shopper).key


def told_of(error):
    """The error of an OpenAI answer that had to be a no."""
    assert list(error.json()) == ["error"], error.text
    error = error.json()["error"]
    assert {"message", "type", "param", "code"} <= set(error), error
    return error


def generations(shopper, router):
    """What the books say of each generation of a service: the amounts that were posted, by generation."""
    owner = shopper
    lines = [json.loads(line) for line in owner.get("/ledger/export").text.splitlines()]
    posted = {}
    for line in lines:
        if line["kind"] == "transfer" and line["code"] == "generation" and router.service in line["debit"]:
            if line["transfer"] == "post":
                posted[line["subject"]] = posted.get(line["subject"], 0) + line["amount"]
    return posted


def unique(words):
    return f"{words} {name('word')}"
