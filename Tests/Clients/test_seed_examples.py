"""Every example of the two quickstarts, played against a server."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

TRANSCRIPTS = Path(__file__).parent / "transcripts/agentic-star"
GREETING = "こんにちは"


@pytest.fixture(scope="module")
def world(shared):
    """What stands in the places of the examples' braces, per edition."""
    shared.agent("echo", code="agent-ai-bot")
    shared.client("seed-saas", "--agent", "agent-ai-bot", edition="saas")
    base = {"base_url": shared.base, "agent_id": "agent-ai-bot"}
    return {
        "marketplace": base | {"client_id": "mp-service-001", "client_secret": shared.secrets["mp-service-001"],
                               "access_token": shared.token()},
        "saas": base | {"client_id": "seed-saas", "client_secret": shared.secrets["seed-saas"],
                        "access_token": shared.saas_token("seed-saas")},
        "first-saas": base | {"client_id": "saas-app-001", "client_secret": shared.secrets["saas-app-001"],
                              "access_token": shared.saas_token()},
    }


def example(name, values):
    """An example with its braces filled."""
    return re.sub(r"\{\{(\w+)\}\}", lambda place: values[place[1]], (TRANSCRIPTS / name).read_text())


def play(command, folder, **files):
    """What a program prints that was written into these files."""
    for name, text in files.items():
        (folder / name.replace("_", ".")).write_text(text)
    environment = os.environ | {"GO111MODULE": "off", "GOFLAGS": "", "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=100, env=environment)
    assert done.returncode == 0, done.stderr
    return done.stdout


def is_token(text):
    return re.fullmatch(r"[\w-]+\.[\w-]+\.[\w-]+", text.strip())


def events_of(text):
    """The data of each event that curl printed."""
    return [line.removeprefix("data: ") for line in text.split("\n") if line.startswith("data: ")]


def fits(sample, answer):
    """Whether all that the sample shows is in the answer too: the same names, and values of the same kind."""
    if isinstance(sample, dict):
        return all(name in answer and fits(value, answer[name]) for name, value in sample.items())
    if isinstance(sample, list):
        return len(answer) >= len(sample) and all(fits(*pair) for pair in zip(sample, answer))
    return type(sample) is type(answer)


# curl


@pytest.mark.parametrize("edition", ["marketplace", "saas"])
def test_curl_gets_the_token_that_the_quickstart_shows(world, tmp_path, edition):
    source = example(f"{edition}-token.sh", world[edition])
    answer = json.loads(play(["bash", "example.sh"], tmp_path, example_sh=source))
    sample = json.loads((TRANSCRIPTS / f"{edition}-token.response.json").read_text())
    assert is_token(answer.pop("access_token")) and sample.pop("access_token")
    assert sample.items() <= answer.items()
    assert "refresh_token" not in answer


@pytest.mark.parametrize("edition, greeting", [("marketplace", "Hello"), ("saas", GREETING)])
def test_curl_gets_the_stream_that_the_quickstart_shows(world, tmp_path, edition, greeting):
    printed = play(["bash", "example.sh"], tmp_path, example_sh=example(f"{edition}-chat.sh", world[edition]))
    events = events_of(printed)
    assert events[-1] == "[DONE]"
    chunks = [json.loads(event) for event in events[:-1]]
    assert "".join(chunk["choices"][0]["delta"].get("content", "") for chunk in chunks) == greeting
    sample = json.loads(events_of((TRANSCRIPTS / "chat.response.txt").read_text())[0])
    assert fits(sample, next(chunk for chunk in chunks if "content" in chunk["choices"][0]["delta"]))


def test_curl_reaches_an_agent_without_naming_one(world, tmp_path):
    values = world["first-saas"]
    printed = play(["bash", "example.sh"], tmp_path, example_sh=example("saas-chat.sh", values))
    events = events_of(printed)
    assert events[-1] == "[DONE]"
    assert any(json.loads(event)["choices"][0]["delta"].get("content") for event in events[:-1])


# Python


def test_python_prints_a_token(world, tmp_path):
    assert is_token(play([sys.executable, "example.py"], tmp_path, example_py=example("saas-token.py", world["saas"])))


def test_python_prints_the_answer(world, tmp_path):
    values = world["saas"]
    whole = example("saas-token.py", values) + example("saas-chat.py", values)
    token, answer = play([sys.executable, "example.py"], tmp_path, example_py=whole).split("\n", 1)
    assert is_token(token) and answer == GREETING


# TypeScript on Node


def node():
    """Node with `fetch`, which it has from version 18."""
    found = shutil.which("node") or shutil.which("nodejs")
    assert found, "Node is not installed; bin/test installs it"
    return found


def test_typescript_prints_a_token(world, tmp_path):
    source = example("saas-token.ts", world["saas"])
    assert is_token(play([node(), "example.mjs"], tmp_path, example_mjs=source))


def test_typescript_prints_the_answer(world, tmp_path):
    values = world["saas"]
    glue = 'import { access_token as accessToken } from "./token.mjs";\n'
    token = example("saas-token.ts", values) + "export { access_token };\n"
    printed = play([node(), "chat.mjs"], tmp_path, token_mjs=token, chat_mjs=glue + example("saas-chat.ts", values))
    token, answer = printed.split("\n", 1)
    assert is_token(token) and answer == GREETING


# Go


def go(folder, **files):
    assert shutil.which("go"), "Go is not installed; bin/test installs golang-go"
    return play(["go", "run", *[name.replace("_", ".") for name in files]], folder, **files)


def test_go_prints_a_token(world, tmp_path):
    assert is_token(go(tmp_path, token_go=example("saas-token.go", world["saas"])))


def test_go_prints_the_choices(world, tmp_path):
    values = world["saas"]
    glue = f'package main\n\nvar token = "{values["access_token"]}"\n'
    printed = go(tmp_path, chat_go=example("saas-chat.go", values), glue_go=glue)
    assert f"content:{GREETING}" in printed, printed
    assert not re.search(r"(^|\])<nil>", printed), "every chunk has choices"


def test_every_example_file_is_played():
    played = set(re.findall(r'"([\w.-]+\.(?:sh|py|ts|go|json|txt))"', Path(__file__).read_text()))
    played |= {f"{edition}-{kind}" for edition in ("marketplace", "saas")
               for kind in ("token.sh", "chat.sh", "token.response.json")}
    assert {path.name for path in TRANSCRIPTS.iterdir()} - {"README.md"} <= played
