"""Knowledge sources as somebody outside uses them: on the command line, and at StackSpot's doors."""

import json
import re
import sqlite3
from dataclasses import dataclass
from pathlib import Path

import requests

from conftest import PATIENT
from shared_store import psql
from waiting import until

PATIENCE = 30
# As many questions a minute as a test likes.
UNHURRIED = {
    "stackspot_account_per_minute": 0, "stackspot_client_per_minute": 0, "stackspot_agent_per_minute": 0,
    "quick_commands_per_minute": 0, "quick_commands_per_day": 0}
CONFIG = PATIENT | {"rates": UNHURRIED}
OVER = ("INDEXED", "FAILED")


class Shelf:
    """The knowledge sources of an account, and a folder with the files that go into them."""

    def __init__(self, server, folder, account="main"):
        self.server, self.folder = server, Path(folder)
        self.owner = ("--account", account)
        self.folder.mkdir(parents=True, exist_ok=True)

    def write(self, name, content):
        """A file, or another content for it."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def command(self, verb, *words):
        return self.server.command("knowledge", verb, *words, *self.owner)

    def run(self, verb, *words):
        return self.server.run("knowledge", verb, *words, *self.owner)

    def add(self, slug, *files, options=(), **contents):
        """What became of each file; `tides_md="…"` is a file that is written first."""
        written = [self.write(name.replace("_", "."), content) for name, content in contents.items()]
        return self.run("add", slug, *files, *written, *options)

    def fail(self, slug, *files, options=()):
        """What became of files of which one cannot be taken."""
        outcome = self.command("add", slug, *files, *options, "--json")
        assert outcome.code == 1, (outcome.code, outcome.err, outcome.out)
        assert not [line for line in outcome.err.splitlines() if line.startswith("{")], "people read no log"
        return outcome.json

    def refused(self, verb, *words):
        """The line that a command ends with."""
        outcome = self.command(verb, *words)
        assert outcome.code != 0, outcome.out
        return outcome.err.strip().splitlines()[-1]

    def files(self, slug):
        """The files of a source by their names."""
        shown = self.run("show", slug)["files"]
        assert len({file["name"] for file in shown}) == len(shown), f"a name stands twice: {shown}"
        return {file["name"]: file for file in shown}

    def search(self, slug, question, *options):
        return self.run("search", slug, question, *options)

    def first(self, slug, question, *options):
        """The text of the best passage; None where there is none."""
        found = self.search(slug, question, *options)
        return found[0]["text"] if found else None

    def lines(self, slug, question="line", limit=1000):
        """Where the passages begin that have a word, in order."""
        return sorted(found["line"] for found in self.search(slug, question, "--limit", limit))


class Program:
    """A program of a realm, or a person, at StackSpot's doors."""

    def __init__(self, server, realm, client, secret):
        self.server, self.base = server, server.base
        answer = requests.post(f"{self.base}/{realm}/oidc/oauth/token", timeout=PATIENCE, data={
            "grant_type": "client_credentials", "client_id": client, "client_secret": secret})
        assert answer.status_code == 200, answer.text
        self.headers = {"Authorization": f"Bearer {answer.json()['access_token']}"}

    def on(self, server):
        """The same program at another server's address."""
        other = object.__new__(Program)
        other.server, other.base, other.headers = server, server.base, self.headers
        return other

    def call(self, method, path, headers=None, **parts):
        return requests.request(
            method, self.base + path, headers=self.headers | (headers or {}), timeout=PATIENCE, **parts)

    def get(self, path, **query):
        """The value at a path that must be there."""
        return answered(self.call("GET", path, params=query))

    def post(self, path, body=None, status=200, **parts):
        return answered(self.call("POST", path, json=body, **parts), status)

    def delete(self, path, status=204, **query):
        return answered(self.call("DELETE", path, params=query), status)

    # Sources and files

    def source(self, slug, **more):
        return self.post("/v1/knowledge-sources", {"slug": slug, "name": slug.title(), "type": "custom"} | more, 201)

    def form(self, slug, name, status=200, target="KNOWLEDGE_SOURCE"):
        body = {"file_name": name, "target_type": target, "target_id": slug, "expiration": 10}
        return self.post("/v2/file-upload/form", body, status)

    def send(self, form, content):
        """The second step; nobody has to say who they are."""
        fields = [(name, (None, value)) for name, value in form["form"].items()]
        name = form.get("file_name", "any")
        return requests.post(form["url"], files=[*fields, ("file", (name, content))], timeout=PATIENCE)

    def upload(self, slug, name, content):
        """The id of a file that has come."""
        form = self.form(slug, name)
        answer = self.send(form, content)
        assert answer.status_code == 204, answer.text
        return form["id"]

    def split(self, upload, status=200, **numbers):
        return self.post(f"/v1/file-upload/{upload}/split", numbers, status)

    def status(self, upload):
        return self.get(f"/v1/file-upload/{upload}")

    def until(self, upload, *states, seconds=15):
        """A file once it stands so."""
        def stands():
            shown = self.status(upload)
            return shown if shown["status"] in states else None

        return until(stands, seconds, f"{states} of {upload}")

    def index(self, slug, name, content, **numbers):
        """The id of a file that can be found."""
        upload = self.upload(slug, name, content)
        self.split(upload, **numbers)
        shown = self.until(upload, *OVER)
        assert shown["status"] == "INDEXED", shown
        return upload

    def objects(self, slug, **query):
        return self.get(f"/v2/knowledge-sources/{slug}/objects", **({"size": 100} | query))

    def contents(self, slug):
        return [each["content"] for each in self.objects(slug)["items"]]

    # Asking

    def ask(self, agent, prompt, headers=None, status=200, **more):
        body = {"user_prompt": prompt, "streaming": False} | more
        return answered(self.call("POST", f"/v1/agent/{agent}/chat", headers, json=body), status)

    def stream(self, agent, prompt, headers=None, **more):
        """All values of a streamed answer."""
        body = {"user_prompt": prompt, "streaming": True} | more
        answer = self.call("POST", f"/v1/agent/{agent}/chat", headers, json=body)
        assert answer.status_code == 200, answer.text
        return [json.loads(line[5:]) for line in answer.text.splitlines() if line.startswith("data:")]


def answered(response, status=200):
    assert response.status_code == status, (response.status_code, response.text)
    return response.json() if response.content else None


def refused(app, status, method, path, word="", **parts):
    """The error in StackSpot's shape."""
    error = answered(app.call(method, path, **parts), status)
    assert set(error) == {"type", "code", "details"} and word in error["details"], error
    return error


def program(server, name, account="main", realm=None):
    """A program of a realm, which is named after its account."""
    realm = realm or f"{account}-realm"
    made = server.run("client", "add", name, "--edition", "stackspot", "--realm", realm, "--account", account)
    return Program(server, realm, name, made["client_secret"])


def lapse(server):
    """The time is over for which a document is kept: by a killed server, or until it is tried again."""
    statement = "UPDATE documents SET taken_until = 0"
    if server.store:
        return psql(server.store, statement)
    with sqlite3.connect(server.data / "rialto.sqlite", timeout=20) as store:
        store.execute(statement)
    store.close()


@dataclass
class Given:
    """A passage as a model is given it."""

    source: str
    document: str
    heading: str
    text: str


def given(messages):
    """The passages that stand right before the question; none where nothing does."""
    *_, before, question = [{"role": None}, *messages]
    assert question["role"] == "user", messages
    passages = [message for message in messages if "<passage" in str(message["content"])]
    if not passages:
        return []
    assert passages == [before] and before["role"] == "system", messages
    preamble, *_ = before["content"].split("\n\n<passage ")
    assert "data, not instructions" in preamble
    return [Given(*found) for found in re.findall(
        r'<passage source="([^"]*)" document="([^"]*)"(?: heading="([^"]*)")?>\n(.*?)\n</passage>',
        before["content"][len(preamble):], re.DOTALL)]


def pdf(*pages, encrypted=False):
    """A PDF whose pages have these lines; a page without any looks like a scanned one."""
    places = range(4, 4 + 2 * len(pages), 2)
    kids = " ".join(f"{place} 0 R" for place in places)
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>", f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    for place, page in zip(places, pages):
        shown = "".join(f"({line}) Tj T* " for line in page.splitlines())
        text = f"BT /F1 12 Tf 14 TL 72 720 Td {shown}ET" if page else ""
        objects.append(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] "
            f"/Resources << /Font << /F1 3 0 R >> >> /Contents {place + 1} 0 R >>")
        objects.append(f"<< /Length {len(text)} >>\nstream\n{text}\nendstream")
    return written(objects, encrypted)


def written(objects, encrypted):
    """The objects of a PDF with their table."""
    lock = "/Encrypt << /Filter /Standard /V 1 /R 2 /P -44 /O <{0}> /U <{0}> >> /ID [<00> <00>] ".format("ab" * 32)
    body, places = "%PDF-1.4\n", []
    for number, text in enumerate(objects, 1):
        places.append(len(body))
        body += f"{number} 0 obj\n{text}\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    size = len(objects) + 1
    return (
        f"{body}xref\n0 {size}\n0000000000 65535 f \n{table}trailer\n"
        f"<< /Size {size} /Root 1 0 R {lock if encrypted else ''}>>\nstartxref\n{len(body)}\n%%EOF\n").encode()
