"""A client of the rooms API, seen from the wire up."""

import json

import requests

from caller import Stream
from waiting import until

PATIENCE = 30
OVER = ("COMPLETED", "FAILED", "CANCELED")


class RoomsClient:
    """A program with a key."""

    def __init__(self, server, *agents, options=()):
        words = [word for agent in agents for word in ("--agent", agent)]
        self.made = server.run("key", "add", *words, *options)
        self.base, self.headers = f"{server.base}/api/agent", {"X-API-KEY": self.made["key"]}

    def call(self, method, path, headers=None, **parts):
        return requests.request(
            method, self.base + path, headers=self.headers | (headers or {}), timeout=PATIENCE, **parts)

    def room(self, agent, users=(1, 2)):
        response = self.call("POST", f"/{agent}/rooms", json={"user_ids": list(users)})
        assert response.status_code == 200, response.text
        return response.json()

    def open(self, agent, message, headers=None, query="", files=None, debug=None, **parameters):
        parameters = {"input_message": message} | parameters
        form = [("params_json", (None, json.dumps(parameters)))] + [("files", file) for file in files or []]
        if debug is not None:
            form.append(("debug", (None, debug)))
        return self.call("POST", f"/{agent}/sse{query}", headers=headers, files=form, stream=True)

    def ask(self, agent, message, **more):
        """Its request id, and the values of its stream."""
        response = self.open(agent, message, **more)
        assert response.status_code == 200, response.text
        return response.headers["X-Run-Id"], values(response)

    def status(self, agent, request, door="status"):
        response = self.call("GET", f"/{agent}/{request}/{door}")
        assert response.status_code == 200, response.text
        return response.json()

    def enqueue(self, agent, message, headers=None, files=None, callback_url=None, status=200, **parameters):
        """The id of a request that waits for its turn; for another status than 200 the response."""
        parameters = ({} if message is None else {"input_message": message}) | parameters
        form = [("params_json", (None, json.dumps(parameters)))] + [("files", file) for file in files or []]
        if callback_url is not None:
            form.append(("callback_url", (None, callback_url)))
        response = self.call("POST", f"/{agent}/async", headers=headers, files=form)
        assert response.status_code == status, response.text
        return response.json() if status == 200 else response

    def ended(self, agent, request, patience=30):
        """A request once it is over, however it ended."""
        def over():
            shown = self.status(agent, request)
            return shown if shown["status"] in OVER else None

        return until(over, patience, f"the end of request {request}")


def values(response):
    return [event.json for event in Stream(response).read_all().told]


def output(seen):
    return "".join(value["results"]["output"] for value in seen
                   if value["results"] and "output" in value["results"] and "final" not in value["results"])
