"""Files in two steps: the form, the file with it, and the question that names the file."""

import base64
import json
import uuid
from datetime import datetime, timezone

import pytest
import requests

from caller import PATIENCE
from test_files import PIXEL
from test_stackspot import ULID, UNRATED, check_refusal, program, send, uuid_of
from waiting import at_once

TIDES = "High water at the Rialto is at nine.\n"


@pytest.fixture(scope="module")
def server(servers):
    return servers(UNRATED)


@pytest.fixture(scope="module")
def spot(server):
    server.agent("history")
    return program(server)


def seen(spot, question, uploads, agent="history", **more):
    """The question as the model saw it."""
    return json.loads(spot.answer(agent, question, upload_ids=uploads, **more)["message"])[-1]


def policy_of(form):
    return json.loads(base64.b64decode(form["form"]["policy"]))


def test_a_form_has_what_the_second_step_sends_along(spot, server):
    form = spot.form("tides.txt", expiration=60)
    assert list(form) == ["id", "url", "form"] and ULID.fullmatch(form["id"])
    assert form["url"].startswith(server.base)
    assert {"key", "policy", "x-amz-signature"} <= set(form["form"])
    assert all(isinstance(value, str) for value in form["form"].values())
    assert policy_of(form)["conditions"]


def test_a_text_file_becomes_part_of_the_question(spot):
    upload = spot.upload("tides.txt", TIDES)
    text = json.dumps(seen(spot, "When is high water?", [upload])["content"], ensure_ascii=False)
    assert "When is high water?" in text and TIDES.strip() in text and "tides.txt" in text


def test_a_picture_goes_to_the_model_as_a_picture(spot):
    upload = spot.upload("pixel.png", PIXEL)
    [image] = [piece for piece in seen(spot, "What is it?", [upload])["content"] if piece["type"] == "image_url"]
    assert image["image_url"]["url"] == "data:image/png;base64," + base64.b64encode(PIXEL).decode()


def test_an_answer_names_the_files_that_were_asked_about_whole_and_streamed(spot):
    uploads = [spot.upload("tides.txt", TIDES), spot.upload("pixel.png", PIXEL)]
    expected = {uploads[0]: "tides.txt", uploads[1]: "pixel.png"}
    assert spot.answer("history", "Read.", upload_ids=uploads)["upload_ids"] == expected
    stream = spot.stream("history", "Read.", upload_ids=uploads).read_all()
    assert stream.last["upload_ids"] == expected
    assert all(event.json["upload_ids"] == {} for event in stream.told[:-1])


def test_several_files_come_in_their_order(spot):
    uploads = [spot.upload(name, f"This is {name}") for name in ("first.txt", "second.txt", "third.txt")]
    text = json.dumps(seen(spot, "Compare.", uploads)["content"])
    places = [text.index(f"This is {name}") for name in ("first.txt", "second.txt", "third.txt")]
    assert places == sorted(places)


def test_a_file_stays_with_its_conversation(spot):
    upload = spot.upload("tides.txt", TIDES)
    first = spot.answer("history", "Read this.", upload_ids=[upload], use_conversation=True)
    again = spot.answer("history", "What did it say?", conversation_id=first["conversation_id"], use_conversation=True)
    assert TIDES.strip() in json.dumps(json.loads(again["message"])[0]["content"])
    assert again["upload_ids"] == {}


def test_a_file_may_be_asked_about_more_than_once_and_by_another_program_of_the_account(spot, server):
    upload = spot.upload("tides.txt", TIDES)
    for asker in (spot, spot, program(server, "colleague")):
        assert TIDES.strip() in json.dumps(seen(asker, "Read.", [upload])["content"])


def test_an_upload_may_be_spelled_as_a_uuid_and_found_by_the_other_dialects_file_lists(spot, server):
    upload = spot.upload("tides.txt", TIDES)
    assert TIDES.strip() in json.dumps(seen(spot, "Read.", [uuid_of(upload)])["content"])
    caller = server.caller()
    assert TIDES.strip() in caller.answer("history", "Read.", files=[uuid_of(upload)])


@pytest.mark.parametrize("way", ["names", "order", "types", "more fields"])
def test_the_second_step_may_be_written_as_other_clients_write_it(spot, way):
    form = spot.form("tides.txt")
    fields = list(form["form"].items())
    parts = {
        # Every part with a filename, as `requests` writes a dictionary of files.
        "names": [(name, (name, value)) for name, value in fields] + [("file", ("file", TIDES))],
        "order": [(name, (None, value)) for name, value in reversed(fields)] + [("file", ("other.txt", TIDES))],
        "types": [(name, (None, value, "text/plain")) for name, value in fields]
        + [("file", ("tides.txt", TIDES, "application/octet-stream"))],
        "more fields": [(name, (None, value)) for name, value in [*fields, ("Content-Type", "text/plain")]]
        + [("file", ("tides.txt", TIDES)), ("submit", (None, "Upload"))],
    }[way]
    response = requests.post(form["url"], files=parts, timeout=PATIENCE)
    assert response.status_code == 204, response.text
    text = json.dumps(seen(spot, "Read.", [form["id"]])["content"])
    assert TIDES.strip() in text and "tides.txt" in text and "other.txt" not in text


def test_nobody_has_to_say_who_they_are_in_the_second_step(spot):
    form = spot.form("tides.txt")
    response = requests.post(
        form["url"], data=form["form"], files={"file": ("f", TIDES)}, timeout=PATIENCE,
        headers={"Authorization": "Bearer nonsense"})
    assert response.status_code == 204, response.text


@pytest.mark.parametrize("name", [
    "grüße 東京.txt", 'a "quoted" one.txt', "../../etc/passwd.txt", "a\\b;c=d.md", "x" * 900 + ".md"])
def test_a_file_may_have_any_name(spot, name):
    upload = spot.upload(name, TIDES)
    answer = spot.answer("history", "Read.", upload_ids=[upload])
    assert answer["upload_ids"] == {upload: name} and TIDES.strip() in answer["message"]


def test_an_empty_file_is_taken_or_refused_in_shape(spot):
    form = spot.form("tides.txt")
    response = send(form, b"")
    if response.status_code != 204:
        check_refusal(response, 400, "BadRequestError", "INFERENCE_4000_BAD_REQUEST")
        return
    assert spot.answer("history", "Read.", upload_ids=[form["id"]])["upload_ids"] == {form["id"]: "tides.txt"}


def test_the_form_names_the_address_that_clients_know_and_is_kept_no_longer_than_the_config_says(servers):
    server = servers(UNRATED | {"listen": {"public_url": "https://rialto.example/"}, "uploads": {"form_seconds": 60}})
    form = program(server).form("tides.txt", expiration=60)
    assert form["url"] == f"https://rialto.example/uploads/{form['id']}"
    assert minutes_of(form) < 2


def minutes_of(form):
    """How long the form is good from now on."""
    left = datetime.fromisoformat(policy_of(form)["expiration"]) - datetime.now(timezone.utc)
    return left.total_seconds() / 60


def test_how_an_upload_stands_can_be_asked(spot):
    form = spot.form("tides.txt")
    assert spot.get(f"/v1/file-upload/{form['id']}").json()["status"] == "PENDING"
    send(form, TIDES)
    assert spot.get(f"/v1/file-upload/{form['id']}").json()["status"] == "INDEXED"


@pytest.mark.parametrize("minutes", [1, 60, 600, 1440])
def test_an_expiration_that_published_clients_send_is_taken(spot, minutes):
    """The published SDKs ask for 60 and for 600; a form that is kept for less time than asked for serves them."""
    response = spot.call("POST", "/v2/file-upload/form", json={
        "file_name": "tides.txt", "target_type": "CONTEXT", "expiration": minutes})
    assert response.status_code == 200, response.text


def test_the_form_has_every_field_that_published_clients_send_by_name(spot):
    named = {"key", "x-amz-algorithm", "x-amz-credential", "x-amz-date", "x-amz-security-token", "policy",
             "x-amz-signature"}
    assert named <= set(spot.form("tides.txt")["form"])


def test_the_policy_says_until_when_the_form_is_good(spot):
    assert 4.8 < minutes_of(spot.form("tides.txt", expiration=5)) < 5.2


def test_a_form_is_made_once_for_one_idempotency_key(spot):
    key = {"Idempotency-Key": uuid.uuid4().hex}
    body = {"file_name": "tides.txt", "target_type": "CONTEXT", "expiration": 10}
    forms = at_once(10, lambda _: spot.call("POST", "/v2/file-upload/form", headers=key, json=body))
    assert len({form.text for form in forms}) == 1
    turned = dict(reversed(body.items()))
    assert spot.call("POST", "/v2/file-upload/form", headers=key, json=turned).text == forms[0].text
    other = spot.call("POST", "/v2/file-upload/form", headers=key, json=body | {"file_name": "ebb.txt"})
    check_refusal(other, 422, "UnprocessableEntity", "INFERENCE_4220_UNPROCESSABLE_ENTITY")


def test_a_form_survives_a_restart_of_the_server(rialto):
    rialto.start()
    rialto.agent("history")
    spot = program(rialto)
    form = spot.form("tides.txt")
    rialto.kill()
    rialto.start()
    assert send(form, TIDES).status_code == 204
    assert TIDES.strip() in json.dumps(seen(spot, "Read.", [form["id"]])["content"])
