"""The published examples of the Agents API, played against a server, and the ways of its published clients."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from caller import PATIENCE
from model_script import UNICODE
from test_seed_examples import events_of, fits
from test_stackspot import ULID, UNRATED, program, ulid_of
from waiting import until

TRANSCRIPTS = Path(__file__).parent / "transcripts/stackspot"
PRINTED_TALK = "01K9T3D5752EMVMDJTSEW536AP"


@pytest.fixture(scope="module")
def server(servers):
    return servers(UNRATED)


@pytest.fixture(scope="module")
def spot(server):
    for name in ("echo", "history", "unicode", "count-5-1ms", "error-mid"):
        server.agent(name)
    return program(server)


def example(name, spot, agent="echo"):
    """An example with its hosts, ids and secrets filled in, and nothing else."""
    text = (TRANSCRIPTS / name).read_text()
    for place in ("https://idm.stackspot.com", "https://genai-inference-app.stackspot.com", "{{agent-app-url}}"):
        text = text.replace(place, spot.base)
    words = {"agentId": agent, "Agent-ID": agent, "your_account_realm": spot.realm, "client_id": spot.client,
             "client_secret": spot.secret}
    if "oidc" not in text:
        words["your_token"] = spot.token
        text = text.replace("<YOUR_TOKEN>", spot.token)
    return re.sub(r"\{\{([\w-]+)\}\}", lambda place: words[place[1]], text)


def mended(text):
    """With the comma that is missing where it was printed."""
    return re.sub(r"(false)\n(\"use_conversation\")", r"\1,\n\2", text)


def whole(text):
    return text.replace('"streaming": true', '"streaming": false')


def sample(name):
    return json.loads((TRANSCRIPTS / f"{name}.response.json").read_text())


def curl(command):
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def python(source, folder):
    (folder / "example.py").write_text(source)
    done = subprocess.run(
        [sys.executable, "example.py"], cwd=folder, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def check_answer(answer, name, message):
    """All that the printed answer shows, in its order and of its kinds."""
    printed = sample(name)
    assert list(answer)[:len(printed)] == list(printed) and list(answer["tokens"])[:3] == list(printed["tokens"])
    assert fits(printed, answer | {"message": "text"}), answer
    assert answer["message"] == message and answer["stop_reason"] == "stop"


# The examples


def test_curl_gets_the_answer_that_the_document_shows(spot):
    check_answer(json.loads(curl(whole(example("chat.sh", spot)))), "chat", "What is an API?")


def test_curl_gets_it_as_a_stream_as_the_request_was_printed(spot):
    *deltas, last = [json.loads(event) for event in events_of(curl(example("chat.sh", spot)))]
    assert "".join(delta["message"] for delta in deltas) == "What is an API?"
    check_answer(last, "chat", "")


@pytest.mark.parametrize("name", ["conversation.sh", "follow-up.sh"])
def test_the_requests_without_their_comma_are_refused_with_the_place_where_it_is_missing(spot, name):
    source = example(name, spot)
    body = source[source.index("-d '") + 4:source.rindex("'")]
    with pytest.raises(json.JSONDecodeError) as fault:
        json.loads(body)
    refusal = json.loads(curl(source))
    assert list(refusal) == ["type", "code", "details"] and refusal["type"] == "BadRequestError"
    assert str(fault.value.pos) in refusal["details"] or f"line {fault.value.lineno}" in refusal["details"], refusal


def test_with_their_comma_they_are_a_conversation(spot):
    first = json.loads(curl(whole(mended(example("conversation.sh", spot, "history")))))
    check_answer(first, "conversation", first["message"])
    assert ULID.fullmatch(first["conversation_id"])
    source = whole(mended(example("follow-up.sh", spot, "history")))
    second = json.loads(curl(source.replace(PRINTED_TALK, first["conversation_id"])))
    check_answer(second, "follow-up", second["message"])
    assert second["conversation_id"] == first["conversation_id"]
    asked = [turn["content"] for turn in json.loads(second["message"]) if turn["role"] == "user"]
    assert asked == ["What is an API?", "And what are the types?"]


def test_the_follow_up_with_the_printed_id_begins_a_conversation_of_that_name(spot):
    last = json.loads(events_of(curl(mended(example("follow-up.sh", spot))))[-1])
    assert last["conversation_id"] == PRINTED_TALK == sample("follow-up")["conversation_id"]


def test_the_authentication_service_prints_a_token(spot, tmp_path):
    answer = json.loads(python(example("stackspot_auth.py", spot), tmp_path))
    assert answer["token_type"] == "Bearer" and answer["expires_in"] == 1200
    headers = {"Authorization": f"Bearer {answer['access_token']}"}
    assert requests.get(f"{spot.base}/v4/agents", headers=headers, timeout=PATIENCE).status_code == 200


def test_the_message_service_prints_the_events_of_an_answer(spot, tmp_path):
    *deltas, last = [json.loads(event) for event in events_of(python(example("stackspot_agent.py", spot), tmp_path))]
    assert "".join(delta["message"] for delta in deltas) == "how do I create an app using stk cli?"
    check_answer(last, "chat", "")


def test_every_example_file_is_played():
    text = Path(__file__).read_text()
    played = set(re.findall(r'"([\w.-]+\.(?:sh|py))"', text))
    played |= {f"{name}.response.json" for name in ("chat", "conversation", "follow-up") if f'"{name}"' in text}
    assert {path.name for path in TRANSCRIPTS.iterdir()} - {"README.md"} <= played


# The ways of published clients


def lines_of(response):
    """As they read a stream: text, by the lines that Python sees in it."""
    for line in response.iter_lines(decode_unicode=True):
        if line.startswith("data:"):
            yield line.removeprefix("data:").strip()


def read(response):
    """What such a client makes of a stream: the words, and what the last of its events said."""
    words, told = [], {}
    for line in lines_of(response):
        event = json.loads(line)
        assert not told, "the first event that has one of these is taken for the last"
        words.append(event["message"])
        told |= {name: event[name] for name in ("stop_reason", "tokens", "conversation_id") if name in event}
    return "".join(words), told


def test_a_client_that_reads_lines_takes_the_last_event_for_the_end(spot):
    words, told = read(spot.chat("count-5-1ms", "count", stream=True, use_conversation=True))
    assert words == "0 1 2 3 4 " and told["stop_reason"] == "stop" and told["tokens"]["output"] == 5
    assert ULID.fullmatch(told["conversation_id"])
    words, told = read(spot.chat("error-mid", "go on", stream=True))
    assert words == "0 1 2 " and told["stop_reason"] == "error"


@pytest.mark.parametrize("text", [
    UNICODE, "Grüße", "one\u2028two\u2029three", "one\u0085two", "one\x0btwo\x0cthree", "one\x1ctwo\x1dthree\x1efour"])
def test_a_client_that_reads_lines_as_text_gets_every_letter(spot, text):
    """Python's `str.splitlines` ends lines at more than a newline, and so do these clients."""
    words, told = read(spot.chat("echo", text, stream=True))
    assert words == text and told["stop_reason"] == "stop"


def upload(spot, name, content, expiration=60):
    """As they send a file: the form's fields as they came, and then the file."""
    form = spot.call("POST", "/v2/file-upload/form", json={
        "file_name": name, "target_type": "CONTEXT", "expiration": expiration}).json()
    response = requests.post(form["url"], data=form["form"], files={"file": (name, content)}, timeout=PATIENCE)
    response.raise_for_status()
    return form["id"]


def test_a_token_then_files_then_a_question_about_them_then_a_quick_command(spot):
    notes, tariff = upload(spot, "notes.md", "# Tides\nHigh water at nine."), upload(spot, "tariff.csv", "boat,ducats")
    answer = spot.call("POST", "/v1/agent/history/chat", json={
        "user_prompt": "Summarize both.", "streaming": False, "use_conversation": True,
        "stackspot_knowledge": "false", "return_ks_in_response": False, "upload_ids": [notes, tariff]}).json()
    assert answer["upload_ids"] == {notes: "notes.md", tariff: "tariff.csv"}
    assert "High water at nine." in answer["message"] and "boat,ducats" in answer["message"]
    response = spot.call(
        "POST", f"/v1/quick-commands/create-execution/history?conversationId={answer['conversation_id']}",
        json={"input_data": {"task": "translate"}, "upload_ids": [notes]}, headers={"User-Agent": "insomnia/11.0.1"})
    execution = response.text.replace('"', "")

    def over():
        shown = spot.get(f"/v1/quick-commands/callback/{execution}", headers={"Cache-Control": "no-cache"}).json()
        return shown if shown["progress"]["status"] == "COMPLETED" else None

    shown = until(over, what="the quick command")
    told = json.loads(shown["steps"][0]["step_result"]["answer"])
    assert shown["result"] == shown["steps"][0]["step_result"]["answer"]
    assert "Summarize both." in json.dumps(told[0])
    assert '{"task":"translate"}' in json.dumps(told[-1]).replace("\\", "")
    assert shown["conversation_id"] == answer["conversation_id"]


def test_a_conversation_is_kept_over_streams_and_whole_answers_by_an_id_of_the_clients_own(spot):
    talk = ulid_of("0199d03a-9545-7353-a1b6-9a6778549aca")
    for place, streams in enumerate([True, False, True]):
        more = {"use_conversation": True, "conversation_id": talk, "stackspot_knowledge": "true"}
        response = spot.chat("history", f"turn {place}", stream=streams, **more)
        words = read(response)[0] if streams else response.json()["message"]
        asked = [turn["content"] for turn in json.loads(words) if turn["role"] == "user"]
        assert asked == [f"turn {number}" for number in range(place + 1)]


def test_two_sdks_open_their_form_at_the_first_version_of_its_place(spot):
    response = spot.call("POST", "/v1/file-upload/form", json={
        "target_type": "CONTEXT", "target_id": None, "file_name": "notes.md", "expiration": 600})
    assert response.status_code == 200, response.text
    form = response.json()
    sent = requests.post(form["url"], files=dict(form["form"]) | {"file": "High water"}, timeout=PATIENCE)
    assert sent.status_code < 300, sent.text
    assert "High water" in spot.answer("history", "Read.", upload_ids=[form["id"]])["message"]


@pytest.mark.parametrize("kind", ["api", "API", "snippet", "SNIPPET", "custom", "CUSTOM"])
def test_a_knowledge_source_is_made_and_removed_as_they_spell_its_type(spot, kind):
    slug = f"source-{kind.lower()}-{kind.isupper()}".lower()
    response = spot.call("POST", "/v1/knowledge-sources", json={
        "slug": slug, "name": "Tides", "description": "Of the lagoon", "type": kind})
    assert response.status_code < 300, response.text
    assert slug in [source["slug"] for source in spot.get("/v2/knowledge-sources?page=1&size=100").json()["items"]]
    for query in ("", "?standalone=True", "?standalone=False"):
        assert spot.call("DELETE", f"/v1/knowledge-sources/{slug}/objects{query}").status_code < 300
    assert spot.call("DELETE", f"/v1/knowledge-sources/{slug}").status_code < 300
    assert spot.get(f"/v1/knowledge-sources/{slug}").status_code == 404
