"""The published examples of the rooms API, played against a server."""

import json
import re
import shutil
import subprocess
import uuid
from pathlib import Path

import pytest

from caller import parse_block
from receiver import LOOPBACK, Receiver
from rooms_client import RoomsClient, output

TRANSCRIPTS = Path(__file__).parent / "transcripts/rooms"


@pytest.fixture(scope="module")
def seed(shared):
    shared.agent("echo", "--name", "My Agent", code="my-agent")
    return RoomsClient(shared, "my-agent")


@pytest.fixture(scope="module")
def reaching(servers):
    """A server that may call back to this machine, and a program with its key."""
    server = servers({"outbound": LOOPBACK})
    server.agent("echo", "--name", "My Agent", code="my-agent")
    return server, RoomsClient(server, "my-agent")


def play(name, shared, seed, **values):
    words = {"host": shared.base, "api_key": seed.made["key"]} | values
    return re.sub(r"\{\{(\w+)\}\}", lambda place: words[place[1]], (TRANSCRIPTS / name).read_text())


def printed(name, shared, seed, **values):
    done = subprocess.run(
        ["bash", "-c", play(name, shared, seed, **values)], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def shape(value):
    """The same for two values with the same names and kinds."""
    if isinstance(value, dict):
        return {name if not name.isdigit() else "N": shape(inner) for name, inner in value.items()}
    if isinstance(value, str):
        return re.sub(r"[0-9a-f]", "x", value) if re.fullmatch(r"[0-9a-fT:-]{19,36}", value) else "text"
    return type(value).__name__


def test_the_published_curl_commands_work_one_after_the_other(shared, seed):
    room = json.loads(printed("make-room.sh", shared, seed))
    assert str(uuid.UUID(room)) == room
    shown = json.loads(printed("show-room.sh", shared, seed, room=room))
    sample = json.loads((TRANSCRIPTS / "show-room.response.json").read_text())
    assert list(shown) == list(sample) and shape(shown) == shape(sample)
    assert shown["participants_json"]["users"] == {
        "1": {"id": 1, "type": "USER", "joined_time": shown["created_time"], "name": None}}
    [agent] = shown["participants_json"]["agents"].values()
    assert agent["name"] == "My Agent" and agent["type"] == "AGENT"
    stream = printed("sse.sh", shared, seed, room=room)
    blocks = [parse_block(block) for block in stream.strip().split("\n\n")]
    events = [block for block in blocks if block.data]
    sample = json.loads((TRANSCRIPTS / "sse.response.json").read_text())
    assert all(list(event.json) == list(sample) for event in events)
    assert output([event.json for event in events]) == "Hello"
    assert events[-1].json["results"] == {"output": "Hello", "final": True}
    request = events[-1].id.partition(":")[0]
    status = json.loads(printed("status.sh", shared, seed, request=request))
    sample = json.loads((TRANSCRIPTS / "status.response.json").read_text())
    assert list(status) == list(sample)
    assert status | {"requested_time": 0, "updated_time": 0} == sample | {
        "request_id": request, "chat_room_id": room, "results": {"output": "Hello"}, "requested_time": 0,
        "updated_time": 0}
    assert json.loads(printed("remove-room.sh", shared, seed, room=room)) is True
    assert json.loads(printed("remove-room.sh", shared, seed, room=room)) is False


def test_the_published_javascript_works_with_a_key_of_raw_framing(shared, seed, tmp_path):
    raw = RoomsClient(shared, "my-agent", options=("--framing", "raw"))
    room = raw.room("my-agent")
    node = shutil.which("node") or shutil.which("nodejs")
    assert node, "Node is not installed; bin/test installs it"
    (tmp_path / "sse.mjs").write_text(play("sse.js", shared, raw, room=room))
    done = subprocess.run([node, "sse.mjs"], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.strip().split("\n")
    assert lines[0] == "Node: LLM Node Result: null"
    assert lines[-1] == "Node: LLM Node Result: { output: 'Hello', final: true }"


def test_flow_1_asynchronous_with_polling(shared, seed):
    room = json.loads(printed("make-room.sh", shared, seed))
    for _ in range(2):
        request = json.loads(printed("async-text.sh", shared, seed, room=room))
        assert str(uuid.UUID(request)) == request
        seed.ended("my-agent", request)
        status = json.loads(printed("status.sh", shared, seed, request=request))
        sample = json.loads((TRANSCRIPTS / "status.response.json").read_text())
        assert list(status) == list(sample)
        assert status["status"] == "COMPLETED" and status["results"] == {"output": "Hello"}
        assert status["chat_room_id"] == room and status["request_params_json"] == sample["request_params_json"]


def test_flow_2_asynchronous_with_a_callback(reaching, tmp_path):
    server, program = reaching
    image = tmp_path / "image.png"
    image.write_bytes(bytes.fromhex("89504e470d0a1a0a"))
    room = json.loads(printed("make-room.sh", server, program))
    with Receiver() as receiver:
        request = json.loads(printed(
            "async-files.sh", server, program, room=room, callback=receiver.base, image=str(image)))
        [told] = receiver.wait_for(1, "/webhook")
        assert told.method == "POST" and told.verified(program.made["webhook_secret"])["request_id"] == request
        assert told.json == program.status("my-agent", request) and told.json["status"] == "COMPLETED"
        [text, file] = json.loads(told.json["request_params_json"])["params"]
        assert text["text"] == "Analyze this image" and file["name"] == "image.png"


def test_flow_3_streaming_in_real_time(shared, seed):
    room = json.loads(printed("make-room.sh", shared, seed))
    for _ in range(2):
        blocks = [parse_block(block) for block in printed("sse.sh", shared, seed, room=room).strip().split("\n\n")]
        assert output([block.json for block in blocks if block.data]) == "Hello"


def test_every_example_file_is_played():
    played = set(re.findall(r'"([\w.-]+\.(?:sh|js|json))"', Path(__file__).read_text()))
    assert {path.name for path in TRANSCRIPTS.iterdir()} - {"README.md"} <= played
