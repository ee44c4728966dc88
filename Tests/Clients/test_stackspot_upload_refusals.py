"""Forms and files that are not taken, and uploads that are not found."""

import base64
import contextlib
import json
import sqlite3
import uuid

import pytest
import requests

from caller import PATIENCE
from line import Line
from test_stackspot import UNKNOWN, UNRATED, check_refusal, program, send, stranger, uuid_of
from test_stackspot_uploads import TIDES, policy_of, seen
from waiting import at_once, until

KILOBYTE = 1024


@pytest.fixture(scope="module")
def server(servers):
    small = {"limits": UNRATED["limits"] | {"file_bytes": 64 * KILOBYTE, "body_bytes": 64 * KILOBYTE}}
    return servers(UNRATED | small)


@pytest.fixture(scope="module")
def spot(server):
    server.agent("history")
    return program(server)


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


def test_a_sender_who_leaves_in_the_middle_may_send_again(spot, server):
    form = spot.form("tides.txt")
    whole = requests.Request("POST", form["url"], data=form["form"], files={"file": ("f", TIDES * 100)}).prepare()
    with Line(server.port) as line:
        path = form["url"].removeprefix(server.base)
        line.send(f"POST {path} HTTP/1.1\r\nHost: rialto\r\nContent-Type: {whole.headers['Content-Type']}\r\n"
                  f"Content-Length: {len(whole.body)}\r\n\r\n".encode() + whole.body[:-1000])
    until(lambda: send(form, TIDES).status_code == 204, what="a place for the file")
    content = json.dumps(seen(spot, "Read.", [form["id"]])["content"])
    assert content.count(TIDES.strip()) == 1


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
