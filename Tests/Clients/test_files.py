"""Uploads, and what becomes of them in a question."""

import base64
import json
import uuid

import pytest

from caller import Caller

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
BOND = "Let the forfeit be nominated for an equal pound.\n"


@pytest.fixture(scope="module")
def history(shared):
    return shared.agent("history")


@pytest.fixture(scope="module")
def belmont(shared):
    """A program of another account."""
    shared.run("account", "add", "belmont-files")
    shared.agent("history", "--account", "belmont-files", code="belmont-history")
    shared.client("belmont-files-app", "--account", "belmont-files")
    return shared.caller("belmont-files-app")


def uploaded(caller, name="bond.txt", content=BOND, kind="text/plain"):
    response = caller.upload(name, content, kind)
    assert response.status_code in (200, 201), response.text
    return response.json()


def last_message(caller, agent, question, **more):
    """The question as the model saw it."""
    return json.loads(caller.answer(agent, question, **more))[-1]


def send_multipart(caller, body, boundary="edge", kind=None):
    kind = kind or f"multipart/form-data; boundary={boundary}"
    return caller.post("/files", data=body, headers={"Content-Type": kind})


def part(name='name="file"; filename="a.txt"', content=b"hello", more=b""):
    head = f"Content-Disposition: form-data; {name}\r\n".encode() if name is not None else b""
    return b"--edge\r\n" + head + more + b"\r\n" + content + b"\r\n"


def test_an_upload_is_answered_with_what_it_is(either):
    file = uploaded(either)
    assert file["filename"] == "bond.txt" and file["bytes"] == len(BOND) and file["mimeType"].startswith("text/plain")
    assert file["id"] and file["createdAt"].endswith("Z")


def test_two_uploads_of_the_same_bytes_are_two_files(either):
    assert uploaded(either)["id"] != uploaded(either)["id"]


def test_a_text_file_becomes_part_of_the_question(either, history):
    message = last_message(either, history, "Read this.", files=[uploaded(either)["id"]])
    assert message["role"] == "user"
    text = json.dumps(message["content"], ensure_ascii=False)
    assert "Read this." in text and BOND.strip() in text and "bond.txt" in text


@pytest.mark.parametrize("name, kind", [
    ("a.json", "application/json"), ("a.xml", "application/xml"), ("a.yaml", "application/yaml"),
    ("a.csv", "text/csv"), ("a.md", "text/markdown"), ("a.txt", "text/plain; charset=utf-8")])
def test_every_kind_of_text_can_be_read(either, history, name, kind):
    file = uploaded(either, name, "content-of-it", kind)
    assert "content-of-it" in json.dumps(last_message(either, history, "Read.", files=[file["id"]])["content"])


def test_several_files_come_in_their_order(either, history):
    names = ["first.txt", "second.txt", "third.txt"]
    ids = [uploaded(either, name, f"This is {name}")["id"] for name in names]
    text = json.dumps(last_message(either, history, "Compare.", files=ids)["content"])
    places = [text.index(f"This is {name}") for name in names]
    assert places == sorted(places)


def test_a_picture_goes_to_the_model_as_a_picture(either, history):
    file = uploaded(either, "pixel.png", PIXEL, "image/png")
    message = last_message(either, history, "What is it?", files=[file["id"]])
    [image] = [piece for piece in message["content"] if piece["type"] == "image_url"]
    assert image["image_url"]["url"] == "data:image/png;base64," + base64.b64encode(PIXEL).decode()


def test_a_file_stays_with_its_conversation(either, history):
    file = uploaded(either)
    stream = either.stream(history, "Read this.", files=[file["id"]]).read_all()
    seen = json.loads(either.answer(history, "What did it say?", conversationId=stream.conversation))
    assert BOND.strip() in json.dumps(seen[0]["content"])


def test_a_file_that_no_model_can_read_is_refused(either, history):
    for name, content, kind in (
            ("a.zip", b"PK\3\4", "application/zip"), ("a.bin", b"\0\1\2", "application/octet-stream")):
        response = either.upload(name, content, kind)
        if response.status_code in (200, 201):
            response = either.ask(history, "Read.", files=[response.json()["id"]])
        assert response.status_code in (400, 415), response.text
        assert response.json()["error"]["message"]


@pytest.mark.parametrize("name, kind", [
    ("a.txt", "text/plain"), ("a.txt", "text/plain; charset=latin-1"), ("a.csv", "text/csv"),
    ("a.json", "application/json"), ("a.md", "application/octet-stream"), ("a", "application/vnd.api+json")])
@pytest.mark.parametrize("content", [
    "Grüße".encode("latin-1"), "Grüße".encode("utf-16"), "Grüße".encode()[:3], b"x" * 5_000_000 + b"\xed\xa0\x80"])
def test_text_that_is_not_utf_8_is_refused_when_it_is_uploaded(either, name, kind, content):
    headers = {"Idempotency-Key": uuid.uuid4().hex}
    response = either.upload(name, content, kind, headers=headers)
    assert response.status_code == 400, response.text[:200]
    error = response.json()["error"]
    assert error["param"] == "file" and name in error["message"] and "UTF-8" in error["message"]
    assert either.upload(name, "Grüße", kind, headers=headers).status_code == 201, "the key is free again"


def test_text_with_a_mark_at_its_start_and_letters_of_every_length_is_text(either, history):
    text = "\ufeff" + "aé契😀" * 8_000
    file = uploaded(either, "long.txt", text.encode())
    assert file["bytes"] == len(text.encode())
    message = last_message(either, history, "Read.", files=[file["id"]])
    assert text in message["content"] if isinstance(message["content"], str) else any(
        text in piece.get("text", "") for piece in message["content"])


@pytest.mark.parametrize("name, kind", [
    ("a.png", "image/png"), ("a.zip", "application/zip"), ("a.bin", "application/octet-stream"),
    ("a.txt", "image/gif")])
def test_what_is_no_text_may_be_any_bytes(either, name, kind):
    assert either.upload(name, b"\xff\xfe\xc3", kind).status_code == 201


@pytest.mark.parametrize("name", ["00000000-0000-7000-8000-000000000000", "not-an-id", ""])
def test_an_unknown_file_is_refused_by_its_place(either, history, name):
    response = either.ask(history, "Read.", files=[name])
    assert response.status_code in (400, 404) and response.json()["error"]["param"].startswith("files")


def test_a_file_of_another_account_does_not_exist(caller, belmont):
    file = uploaded(caller)
    theirs = belmont.ask("belmont-history", "Read.", files=[file["id"]])
    unknown = belmont.ask("belmont-history", "Read.", files=["00000000-0000-7000-8000-000000000000"])
    assert theirs.status_code == unknown.status_code in (400, 404)
    assert BOND.strip() not in theirs.text


def test_a_path_in_a_file_name_is_taken_off(either):
    for name in ("../../etc/passwd", "C:\\\\Users\\\\a\\\\passwd", "/etc/passwd"):
        body = part(f'name="file"; filename="{name}"') + b"--edge--\r\n"
        response = send_multipart(either, body)
        assert response.status_code in (200, 201), response.text
        assert response.json()["filename"] == "passwd"


def test_letters_of_every_script_stand_in_a_file_name(either):
    body = part('name="file"; filename="契約書.txt"') + b"--edge--\r\n"
    assert send_multipart(either, body).json()["filename"] == "契約書.txt"


def test_other_parts_a_preamble_and_an_epilogue_are_passed_over(either):
    body = (b"preamble\r\n" + part('name="purpose"', b"assistants") + part(content=b"a\r\n--edg\r\nb")
            + b"--edge--\r\nepilogue")
    response = send_multipart(either, body)
    assert response.status_code in (200, 201) and response.json()["bytes"] == len(b"a\r\n--edg\r\nb")


def test_an_empty_file_is_a_file_or_refused_but_never_a_fault(either):
    assert send_multipart(either, part(content=b"") + b"--edge--\r\n").status_code in (200, 201, 400)


@pytest.mark.parametrize("fault, body", [
    ("nothing", b""),
    ("no terminator", part()),
    ("half a part", part()[:-4]),
    ("no parts", b"--edge--\r\n"),
    ("another boundary", part().replace(b"edge", b"brink") + b"--brink--\r\n"),
    ("no name", part("") + b"--edge--\r\n"),
    ("no disposition", part(None) + b"--edge--\r\n"),
    ("no file part", part('name="purpose"', b"x") + b"--edge--\r\n"),
    ("a header without a colon", part(more=b"nonsense\r\n") + b"--edge--\r\n"),
    ("a header without a name", part(more=b": x\r\n") + b"--edge--\r\n"),
    ("a bare line feed in a header", part(more=b"X-A: a\nX-B: b\r\n") + b"--edge--\r\n"),
    ("too many parts", part('name="purpose"', b"x") * 101 + part() + b"--edge--\r\n"),
    ("a huge header", part(more=b"X-Long: " + b"x" * 20000 + b"\r\n") + b"--edge--\r\n"),
])
def test_a_faulty_form_is_refused(either, fault, body):
    response = send_multipart(either, body)
    assert response.status_code in (400, 413), (fault, response.status_code, response.text)
    assert response.json()["error"]["message"]


@pytest.mark.parametrize("kind", [
    "multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=" + "x" * 71,
    "multipart/form-data; boundary=\"a\tb\"", "application/json", "text/plain"])
def test_a_faulty_content_type_is_refused(either, kind):
    response = send_multipart(either, part() + b"--edge--\r\n", kind=kind)
    assert response.status_code in (400, 415), response.text


def test_a_file_over_the_limit_is_refused(servers):
    server = servers({"limits": {"file_bytes": 100_000}})
    caller = server.caller()
    assert caller.upload("fits.txt", "x" * 100_000).status_code in (200, 201)
    response = caller.upload("large.txt", "x" * 100_001)
    assert response.status_code == 413 and response.json()["error"]["message"]


def test_a_file_outlives_the_server(rialto):
    rialto.start()
    agent = rialto.agent("history")
    file = uploaded(rialto.caller(), "long.txt", "0123456789" * 100_000)
    rialto.kill()
    rialto.start()
    message = last_message(rialto.caller(), agent, "Read.", files=[file["id"]])
    assert "0123456789" * 100_000 in json.dumps(message["content"])


def test_an_upload_needs_a_token(shared):
    assert Caller(shared.base, None).upload("a.txt", "x").status_code == 401
