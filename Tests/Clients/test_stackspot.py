"""The program that the tests of StackSpot's API talk as; and its lists of agents and models."""

import re
from dataclasses import dataclass
from urllib.parse import urlencode

import pytest
import requests

from caller import PATIENCE, SSE, Stream
from waiting import until

# A crowd of tests asks more than a hundred questions a minute; tests of the rates have servers of their own.
UNRATED = {
    "limits": {"token_failures_per_minute": 100000},
    "rates": {
        "stackspot_account_per_minute": 0, "stackspot_client_per_minute": 0, "stackspot_agent_per_minute": 0,
        "quick_commands_per_day": 0, "quick_commands_per_minute": 0,
    },
}
ULID = re.compile(r"[0-7][0-9A-HJKMNP-TV-Z]{25}")
EMPTY = {"upload_ids": {}, "knowledge_source_id": [], "source": [], "cross_account_source": [], "tools_id": []}
SHOWN = ["message", "stop_reason", "tokens", *EMPTY, "conversation_id"]
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
UNKNOWN = "01K9T3D5752EMVMDJTSEW536AP"


def ulid_of(uuid):
    """The same sixteen bytes in the letters of a ULID."""
    number = int(uuid.replace("-", ""), 16)
    return "".join(LETTERS[number >> 5 * place & 31] for place in reversed(range(26)))


def uuid_of(ulid):
    """The same sixteen bytes in the letters of a UUID."""
    number = 0
    for letter in ulid:
        number = number << 5 | LETTERS.index(letter)
    text = f"{number:032x}"
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


class SpotStream(Stream):
    """An answer in StackSpot's events."""

    def read_deltas(self, number):
        for _ in range(number):
            event = self.until(lambda event: event.data and event.json["message"])
        return event

    @property
    def text(self):
        return "".join(event.json["message"] for event in self.told)

    @property
    def last(self):
        return self.told[-1].json

    @property
    def is_done(self):
        return bool(self.told) and "stop_reason" in self.last


@dataclass
class Spot:
    """A program of a realm, or a person with a token of their own; a token of its own is asked for when needed."""

    base: str
    realm: str
    client: str
    secret: str
    bearer: str | None = None

    def ask_token(self, headers=None, realm=None, **more):
        form = {"client_id": self.client, "client_secret": self.secret, "grant_type": "client_credentials"} | more
        return requests.post(
            f"{self.base}/{realm or self.realm}/oidc/oauth/token", timeout=PATIENCE, data=urlencode(form),
            headers={"Content-Type": "application/x-www-form-urlencoded"} | (headers or {}))

    @property
    def token(self):
        if self.bearer is None:
            response = self.ask_token()
            assert response.status_code == 200, response.text
            self.bearer = response.json()["access_token"]
        return self.bearer

    def call(self, method, path, headers=None, **parts):
        headers = {"Authorization": f"Bearer {self.token}"} | (headers or {})
        return requests.request(method, self.base + path, headers=headers, timeout=PATIENCE, **parts)

    def get(self, path, **parts):
        return self.call("GET", path, **parts)

    # Chat

    def chat(self, agent, prompt, headers=None, stream=False, **more):
        body = {"streaming": stream, "user_prompt": prompt, "stackspot_knowledge": True,
                "return_ks_in_response": False} | more
        return self.call("POST", f"/v1/agent/{agent}/chat", headers=headers, json=body, stream=stream)

    def answer(self, agent, prompt, **more):
        """An answer that came whole."""
        response = self.chat(agent, prompt, **more)
        assert response.status_code == 200, response.text
        return response.json()

    def open(self, agent, prompt, headers=None, **more):
        """A streamed answer, or whatever came instead."""
        return SpotStream(self.chat(agent, prompt, headers, stream=True, **more))

    def stream(self, agent, prompt, headers=None, **more):
        """A streamed answer that has begun."""
        stream = self.open(agent, prompt, headers, **more)
        assert stream.response.status_code == 200, stream.response.text
        return stream

    def follow(self, agent, run, after=None, **parts):
        headers = {"Accept": SSE} | ({"Last-Event-ID": after} if after is not None else {})
        return SpotStream(self.get(f"/v1/agent/{agent}/chat/{run}", headers=headers, stream=True, **parts))

    def cancel(self, agent, run):
        return self.call("POST", f"/v1/agent/{agent}/chat/{run}/cancel")

    # Files

    def form(self, name, target="CONTEXT", **more):
        response = self.call(
            "POST", "/v2/file-upload/form", json={"file_name": name, "target_type": target} | more)
        assert response.status_code == 200, response.text
        return response.json()

    def upload(self, name, content, **more):
        """The id of a file, sent in the two steps of the contract."""
        form = self.form(name, **more)
        response = send(form, content)
        assert response.status_code in (200, 201, 204), response.text
        return form["id"]

    # Quick commands

    def execute(self, slug, given, headers=None, query="", **more):
        return self.call(
            "POST", f"/v1/quick-commands/create-execution/{slug}{query}", headers=headers,
            json={"input_data": given} | more)

    def execution(self, made):
        response = self.get(f"/v1/quick-commands/callback/{made}")
        assert response.status_code == 200, response.text
        return response.json()

    def ended(self, made):
        """An execution once it is over, however it ended."""
        def over():
            shown = self.execution(made)
            return shown if shown["progress"]["status"] in ("COMPLETED", "FAILURE") else None

        return until(over, PATIENCE, f"the end of execution {made}")


def send(form, content, name="file", **fields):
    """The second step of an upload: every field of the form, and then the file."""
    return requests.post(
        form["url"], data=form["form"] | fields, files={"file": (name, content)}, timeout=PATIENCE)


def program(server, name="pipeline", realm="quay", *options):
    """A program with a service credential, made when it is not there yet."""
    if name not in server.secrets:
        server.client(name, "--realm", realm, *options, edition="stackspot")
    return Spot(server.base, realm, name, server.secrets[name])


def stranger(server, name="lagoon"):
    """A program of another account with an agent of its own, which is called as the account is."""
    if name not in server.secrets:
        server.run("account", "add", name)
        server.agent("history", "--account", name, code=name)
        server.client(name, "--realm", name, "--account", name, edition="stackspot")
    return Spot(server.base, name, name, server.secrets[name])


def check_refusal(response, status, kind, code):
    """Every refusal has the three names of the contract and nothing else."""
    assert response.status_code == status, (response.status_code, response.text)
    assert response.headers["Content-Type"].startswith("application/json")
    body = response.json()
    assert list(body) == ["type", "code", "details"], body
    assert (body["type"], body["code"]) == (kind, code) and body["details"], body
    return body["details"]


def counted(server):
    """`rialto_tokens_total` by direction and by whether it was reported."""
    text = requests.get(f"{server.base}/metrics", timeout=PATIENCE).text
    found = {}
    for labels, value in re.findall(r"^rialto_tokens_total\{(.*)\} (\S+)", text, re.MULTILINE):
        labels = dict(re.findall(r'(\w+)="([^"]*)"', labels))
        found[labels["direction"], labels["counted"]] = float(value)
    return found


@pytest.fixture(scope="module")
def server(servers):
    return servers(UNRATED)


@pytest.fixture(scope="module")
def spot(server):
    for name in ("echo", "history"):
        server.agent(name)
    return program(server)


def test_a_selected_model_is_asked_when_it_is_one_of_the_agents(server, spot):
    server.agent("name-one", "--high-performance-model", "name-two", "--fallback", "model=name-three", code="three")
    assert spot.answer("three", "who")["message"] == "name-one"
    for model in ("name-one", "name-two", "name-three"):
        assert spot.answer("three", "who", selected_model=model)["message"] == model
        assert spot.stream("three", "who", selected_model=model).read_all().text == model


@pytest.mark.parametrize("wanted", ["name-four", "", " ", "x" * 5000, 7, ["echo"]])
def test_a_model_that_the_agent_has_not_is_a_bad_request_of_the_model(spot, wanted):
    for stream in (False, True):
        response = spot.chat("echo", "who", selected_model=wanted, stream=stream)
        details = check_refusal(response, 400, "BadRequestError", "INFERENCE_6001_LLM_MODEL_BAD_REQUEST")
        assert "selected_model" in details


def test_agents_are_listed_page_by_page(server):
    server.run("account", "add", "listed")
    for code in ("alpha", "beta", "gamma"):
        server.agent("echo", "--account", "listed", "--name", code.title(), code=code)
    spot = program(server, "lister", "listed-realm", "--account", "listed")
    whole = spot.get("/v4/agents").json()
    codes = [agent["id"] for agent in whole["items"]]
    assert {"alpha", "beta", "gamma"} <= set(codes) and not {"echo", "guide"} & set(codes)
    assert {agent["name"] for agent in whole["items"]} >= {"Alpha", "Beta", "Gamma"}
    seen = []
    for page in (1, 2, 3):
        answer = spot.get(f"/v4/agents?page={page}&size=2").json()
        assert len(answer["items"]) <= 2
        seen += [agent["id"] for agent in answer["items"]]
    assert seen == codes
    for query in ("page=0", "page=x", "size=-1", "size=101", "size=", "page=99999999999999999999"):
        check_refusal(spot.get(f"/v4/agents?{query}"), 400, "BadRequestError", "INFERENCE_4000_BAD_REQUEST")


def test_a_program_with_some_agents_sees_only_those_and_reaches_only_those(server, spot):
    narrow = program(server, "narrow", "quay", "--agent", "echo")
    assert [agent["id"] for agent in narrow.get("/v4/agents").json()["items"]] == ["echo"]
    assert narrow.answer("echo", "hello")["message"] == "hello"
    assert narrow.chat("history", "hello").status_code in (403, 404)


def test_the_models_are_those_that_can_be_selected(server, spot):
    server.agent("name-one", "--high-performance-model", "name-two", "--fallback", "model=name-three", code="three")
    until(lambda: spot.chat("three", "hello").status_code == 200, what="the new agent")
    models = spot.get("/v1/llm/models").json()
    models = models["items"] if isinstance(models, dict) else models
    ids = [model["id"] for model in models]
    assert {"echo", "history", "name-one", "name-two", "name-three"} <= set(ids) and len(ids) == len(set(ids))


def test_the_first_lists_need_a_token(server):
    for path in ("/v4/agents", "/v1/llm/models"):
        for headers in ({}, {"Authorization": "Bearer nonsense"}, {"Authorization": "nonsense"}):
            response = requests.get(server.base + path, headers=headers, timeout=PATIENCE)
            check_refusal(response, 401, "Unauthorized", "INFERENCE_4010_UNAUTHORIZED")
