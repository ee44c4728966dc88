"""Files in two steps: the form, the file with it, and the question that names the file."""

import base64
import contextlib
import json
import sqlite3
import uuid
from datetime import datetime, timedelta, timezone

import pytest
import requests

from caller import PATIENCE
from test_files import PIXEL
from test_stackspot import ULID, UNKNOWN, UNRATED, check_refusal, program, send, stranger, uuid_of
from waiting import at_once

TIDES = "High water at the Rialto is at nine.\n"
KILOBYTE = 1024


@pytest.fixture(scope="module")
def server(servers):
    small = {"limits": UNRATED["limits"] | {"file_bytes": 64 * KILOBYTE, "body_bytes": 64 * KILOBYTE}}
    return servers(UNRATED | small)


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
    assert all(isinstance(value, str) and value for value in form["form"].values())
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


# What is refused


def test_a_form_is_good_for_one_file(spot):
    form = spot.form("tides.txt")
    assert send(form, TIDES).status_code == 204
    check_refusal(send(form, "Low water"), 410, "Gone", "INFERENCE_4100_GONE")
    assert TIDES.strip() in json.dumps(seen(spot, "Read.", [form["id"]])["content"])


def test_of_many_files_at_once_with_one_form_one_is_taken(spot):
    form = spot.form("tides.txt")
    answers = at_once(12, lambda place: send(form, f"the file of sender {place}"))
    assert sorted(answer.status_code for answer in answers) == [204] + [410] * 11
    [place] = [place for place, answer in enumerate(answers) if answer.status_code == 204]
    assert f"the file of sender {place}" in json.dumps(seen(spot, "Read.", [form["id"]])["content"])


def test_a_form_that_has_expired_is_gone_and_its_upload_unknown_to_questions(spot, server):
    key = {"Idempotency-Key": uuid.uuid4().hex}
    body = {"file_name": "tides.txt", "target_type": "CONTEXT", "expiration": 1}
    made = spot.call("POST", "/v2/file-upload/form", headers=key, json=body).json()
    # The shortest time is a minute, so that the store is told that it has passed; repeated, the form says so too.
    with contextlib.closing(sqlite3.connect(server.data / "rialto.sqlite", timeout=10)) as store, store:
        expired = store.execute(
            "UPDATE upload_tickets SET expires_at = created_at WHERE id = ?",
            (uuid.UUID(uuid_of(made["id"])).bytes,))
        assert expired.rowcount == 1
    again = spot.call("POST", "/v2/file-upload/form", headers=key, json=body).json()
    assert again["id"] == made["id"] and policy_of(again)["expiration"] < policy_of(made)["expiration"]
    check_refusal(send(again, TIDES), 410, "Gone", "INFERENCE_4100_GONE")
    assert send(made, TIDES).status_code in (403, 410)
    assert spot.get(f"/v1/file-upload/{made['id']}").json()["status"] == "FAILED"
    check_refusal(spot.chat("history", "Read.", upload_ids=[made["id"]]), 404, "NotFound", "INFERENCE_4040_NOT_FOUND")


def test_the_policy_says_until_when_the_form_is_good(spot):
    before = datetime.now(timezone.utc)
    until_when = datetime.fromisoformat(policy_of(spot.form("tides.txt", expiration=5))["expiration"])
    assert timedelta(minutes=4, seconds=50) < until_when - before < timedelta(minutes=5, seconds=20)


def test_60_minutes_may_be_asked_for_whatever_the_config_says(servers):
    server = servers(UNRATED | {"uploads": {"form_seconds": 60}})
    assert program(server).form("tides.txt", expiration=60)["id"]


def test_a_form_is_made_once_for_one_idempotency_key(spot):
    key = {"Idempotency-Key": uuid.uuid4().hex}
    body = {"file_name": "tides.txt", "target_type": "CONTEXT", "expiration": 10}
    forms = at_once(10, lambda _: spot.call("POST", "/v2/file-upload/form", headers=key, json=body))
    assert len({form.text for form in forms}) == 1
    turned = dict(reversed(body.items()))
    assert spot.call("POST", "/v2/file-upload/form", headers=key, json=turned).text == forms[0].text
    other = spot.call("POST", "/v2/file-upload/form", headers=key, json=body | {"file_name": "ebb.txt"})
    check_refusal(other, 422, "UnprocessableEntity", "INFERENCE_4220_UNPROCESSABLE_ENTITY")


def longer(policy):
    said = json.loads(base64.b64decode(policy))
    return base64.b64encode(json.dumps(said | {"expiration": "2099-01-01T00:00:00Z"}).encode()).decode()


@pytest.mark.parametrize("change", [
    {"x-amz-signature": "0" * 64}, {"x-amz-signature": ""}, {"policy": longer}, {"policy": ""}, {"policy": "!!!"},
    {"key": str(uuid.uuid4())}, {"key": ""}, {"x-amz-signature": lambda text: text.swapcase() + "0"},
    {"policy": lambda text: text + "="}, {"key": "é"}, {"key": "../../etc/passwd"}])
def test_a_form_that_was_changed_is_forbidden_and_the_true_one_still_good(spot, change):
    form = spot.form("tides.txt")
    fields = {name: value(form["form"][name]) if callable(value) else value for name, value in change.items()}
    check_refusal(send(form, TIDES, **fields), 403, "Forbidden", "INFERENCE_4030_FORBIDDEN")
    assert send(form, TIDES).status_code == 204


def test_the_policy_of_one_form_does_not_open_another(spot):
    one, other = spot.form("one.txt"), spot.form("other.txt")
    for fields in ({"policy": other["form"]["policy"]}, {"key": other["form"]["key"]}, other["form"]):
        assert send(one, TIDES, **fields).status_code == 403
    assert send(one | {"url": other["url"]}, TIDES).status_code == 403
    assert send(one, TIDES).status_code == send(other, TIDES).status_code == 204


@pytest.mark.parametrize("missing", ["key", "policy", "x-amz-signature"])
def test_a_field_that_is_missing_is_named(spot, missing):
    form = spot.form("tides.txt")
    fields = {name: value for name, value in form["form"].items() if name != missing}
    response = requests.post(form["url"], data=fields, files={"file": ("f", TIDES)}, timeout=PATIENCE)
    assert missing in check_refusal(response, 400, "BadRequestError", "INFERENCE_4000_BAD_REQUEST")


def test_the_file_comes_once_and_after_the_fields(spot):
    form = spot.form("tides.txt")
    fields = [(name, (None, value)) for name, value in form["form"].items()]
    file = ("file", ("tides.txt", TIDES))
    for parts in ([file, *fields], fields, [*fields, file, file], [*fields[1:], file, *fields[:1]]):
        response = requests.post(form["url"], files=parts, timeout=PATIENCE)
        check_refusal(response, 400, "BadRequestError", "INFERENCE_4000_BAD_REQUEST")
    assert send(form, TIDES).status_code == 204, "what came was nothing"


def test_a_file_that_is_too_large_is_refused_and_a_smaller_one_may_come(spot):
    form = spot.form("tides.txt")
    check_refusal(send(form, b"x" * (64 * KILOBYTE + 1)), 413, "PayloadTooLarge", "INFERENCE_4130_PAYLOAD_TOO_LARGE")
    assert send(form, b"x" * 64 * KILOBYTE).status_code == 204


def test_a_file_that_is_much_too_large_does_not_have_to_be_sent_to_its_end(spot):
    form = spot.form("tides.txt")
    try:
        response = send(form, b"x" * (32 << 20))
        assert response.status_code == 413
    except requests.ConnectionError:
        pass
    assert send(form, TIDES).status_code == 204


@pytest.mark.parametrize("name", ["a.zip", "a.exe", "a.mp3", "a.docx"])
def test_a_type_that_no_model_can_read_is_refused_when_its_form_is_asked_for(spot, name):
    response = spot.call("POST", "/v2/file-upload/form", json={"file_name": name, "target_type": "CONTEXT"})
    check_refusal(response, 400, "BadRequestError", "INFERENCE_4000_BAD_REQUEST")


def test_text_that_is_not_utf_8_is_refused_when_it_comes(spot):
    form = spot.form("tides.txt")
    check_refusal(send(form, "Grüße".encode("latin-1")), 400, "BadRequestError", "INFERENCE_4000_BAD_REQUEST")
    assert send(form, "Grüße").status_code == 204


@pytest.mark.parametrize("body", [
    {}, {"file_name": "a.txt"}, {"target_type": "CONTEXT"}, {"file_name": "", "target_type": "CONTEXT"},
    {"file_name": "a.txt", "target_type": "NOWHERE"}, {"file_name": 7, "target_type": "CONTEXT"},
    {"file_name": "a.txt", "target_type": "KNOWLEDGE_SOURCE"}, {"file_name": "x" * 2000, "target_type": "CONTEXT"},
    {"file_name": "a.txt", "target_type": "CONTEXT", "expiration": 0},
    {"file_name": "a.txt", "target_type": "CONTEXT", "expiration": -1},
    {"file_name": "a.txt", "target_type": "CONTEXT", "expiration": "soon"},
    {"file_name": "a.txt", "target_type": "CONTEXT", "expiration": 1.5}])
def test_a_form_needs_a_name_a_target_and_a_time(spot, body):
    response = spot.call("POST", "/v2/file-upload/form", json=body)
    check_refusal(response, 400, "BadRequestError", "INFERENCE_4000_BAD_REQUEST")


def test_the_file_of_another_account_is_not_found_and_neither_is_one_that_never_was_or_has_not_come(spot, server):
    other = stranger(server)
    theirs = other.upload("secret.txt", "the treasury is empty")
    for upload in (theirs, uuid_of(theirs), UNKNOWN, spot.form("tides.txt")["id"]):
        for stream in (False, True):
            response = spot.chat("history", "Read.", upload_ids=[upload], stream=stream)
            assert "upload_ids" in check_refusal(response, 404, "NotFound", "INFERENCE_4040_NOT_FOUND")
        check_refusal(spot.execute("history", "Read.", upload_ids=[upload]), 404, "NotFound",
                      "INFERENCE_4040_NOT_FOUND")
    for upload in (theirs, UNKNOWN):
        response = spot.get(f"/v1/file-upload/{upload}")
        check_refusal(response, 404, "NotFound", "INFERENCE_4040_NOT_FOUND")


@pytest.mark.parametrize("uploads", ["tides.txt", {"id": "x"}, [7], [None], [""], ["nonsense"], [["x"]], 7, True])
def test_upload_ids_are_a_list_of_ids(spot, uploads):
    details = check_refusal(
        spot.chat("history", "Read.", upload_ids=uploads), 400, "BadRequestError", "INFERENCE_4000_BAD_REQUEST")
    assert "upload_ids" in details


def test_the_same_file_named_twice_is_read_once_or_refused(spot):
    upload = spot.upload("tides.txt", TIDES)
    response = spot.chat("history", "Read.", upload_ids=[upload, upload])
    assert response.status_code in (200, 400), response.text
    if response.status_code == 200:
        assert response.json()["upload_ids"] == {upload: "tides.txt"}


def test_a_form_needs_a_token_and_an_upload_place_that_is_none_is_refused(spot, server):
    response = requests.post(server.base + "/v2/file-upload/form", json={"file_name": "a.txt"}, timeout=PATIENCE)
    check_refusal(response, 401, "Unauthorized", "INFERENCE_4010_UNAUTHORIZED")
    form = spot.form("tides.txt")
    for place in ("nonsense", UNKNOWN, "x" * 300, "%00"):
        assert send(form | {"url": f"{server.base}/uploads/{place}"}, TIDES).status_code in (400, 403, 404)
    response = requests.post(form["url"], data=b"not a form", timeout=PATIENCE)
    check_refusal(response, 400, "BadRequestError", "INFERENCE_4000_BAD_REQUEST")


def test_a_form_survives_a_restart_of_the_server(rialto):
    rialto.start()
    rialto.agent("history")
    spot = program(rialto)
    form = spot.form("tides.txt")
    rialto.kill()
    rialto.start()
    assert send(form, TIDES).status_code == 204
    assert TIDES.strip() in json.dumps(seen(spot, "Read.", [form["id"]])["content"])
