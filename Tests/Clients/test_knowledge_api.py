"""Knowledge sources of programs: StackSpot's doors to sources, and to the files that go into them."""

import functools
import uuid

import pytest

from knowledge import CONFIG, Shelf, program, refused

RULES = "# Rules\n\nThe mole is closed in storms.\n"
LINES = {"split_strategy": "LINES_QUANTITY", "split_quantity": 1}
ULID = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@pytest.fixture(scope="module")
def server(servers):
    server = servers(CONFIG | {"knowledge": {"document_bytes": 20_000}})
    server.agent("history")
    return server


@pytest.fixture(scope="module")
def app(server):
    return program(server, "app")


@pytest.fixture(scope="module")
def other(server):
    """Another program of the same account."""
    return program(server, "other-app")


@pytest.fixture
def slug(request, app):
    """A source of the test's own."""
    slug = f"s{abs(hash(request.node.name)):x}"
    app.source(slug)
    return slug


@pytest.fixture
def shelf(server, tmp_path):
    return Shelf(server, tmp_path)


# Sources


def test_a_source_is_made_shown_and_removed(app):
    body = {"name": "Harbour rules", "description": "All of them", "type": "api", "visibility": "account"}
    made = app.source("harbour-rules", **body)
    assert {key: made[key] for key in body} == body and made["slug"] == "harbour-rules"
    for name in ("harbour-rules", made["id"]):
        assert app.get(f"/v1/knowledge-sources/{name}") == made
    assert refused(app, 409, "POST", "/v1/knowledge-sources", "harbour-rules", json={
        "slug": "harbour-rules", "name": "x", "type": "custom"})["type"] == "Conflict"
    app.delete("/v1/knowledge-sources/harbour-rules")
    refused(app, 404, "GET", "/v1/knowledge-sources/harbour-rules")
    refused(app, 404, "DELETE", "/v1/knowledge-sources/harbour-rules")


@pytest.mark.parametrize("kind", ["api", "snippet", "custom"])
def test_types(app, kind):
    assert app.source(f"of-{kind}", type=kind)["type"] == kind
    assert app.source(f"loud-{kind}", type=kind.upper())["type"] == kind


@pytest.mark.parametrize("body, word", [
    ({}, "slug"), ({"slug": ""}, "slug"), ({"slug": "Bad Slug"}, "Bad Slug"), ({"slug": 1}, "slug"),
    ({"slug": "a", "type": "magic"}, "type"), ({"slug": "a", "visibility": "shared"}, "visibility"),
    ({"slug": "a", "name": ""}, "name"), ({"slug": "a", "name": "x" * 201}, "name")])
def test_what_no_source_can_be_called(app, body, word):
    refused(app, 400, "POST", "/v1/knowledge-sources", word, json=body)


def test_lists_are_pages_and_choose_by_visibility(server):
    server.run("account", "add", "padua")
    app = program(server, "lister", "padua")
    for place in range(7):
        app.source(f"list-{place}", visibility="personal" if place < 2 else "account")
    page = app.get("/v2/knowledge-sources", page=2, size=3)
    assert [item["slug"] for item in page["items"]] == ["list-3", "list-4", "list-5"]
    assert page["page"] == 2 and page["size"] == 3 and page["total"] == 7
    assert len(app.get("/v2/knowledge-sources")["items"]) == 7
    assert app.get("/v2/knowledge-sources", page=9)["items"] == []
    for words, number in (("personal", 2), ("account", 5), ("personal,account", 7), (["personal", "account"], 7)):
        listed = app.get("/v2/knowledge-sources", visibility_list=words)
        assert listed["total"] == len(listed["items"]) == number, words
    for query in ("page=0", "size=0", "size=101", "page=x", "visibility_list=shared"):
        refused(app, 400, "GET", f"/v2/knowledge-sources?{query}", query.split("=")[0])


# Files


def test_a_file_goes_step_by_step_into_the_index(app, slug, shelf):
    form = app.form(slug, "rules.md")
    assert app.status(form["id"])["status"] == "PENDING"
    refused(app, 409, "POST", f"/v1/file-upload/{form['id']}/split", "not come", json=LINES)
    assert app.send(form, RULES).status_code == 204
    waiting = app.status(form["id"])
    assert waiting["status"] == "PENDING" and waiting["target_type"] == "KNOWLEDGE_SOURCE"
    assert waiting["file_name"] == "rules.md" and waiting["objects"] == 0 and waiting["error"] is None
    refused(app, 409, "POST", f"/v1/file-upload/{form['id']}/knowledge-objects", "split")
    app.split(form["id"], embed_after_split=False, **LINES)
    split = app.until(form["id"], "SPLITTED")
    assert split["objects"] == 2 and split["progress"] < 1 and shelf.search(slug, "storms") == []
    assert app.contents(slug) == ["# Rules", "The mole is closed in storms."]
    app.post(f"/v1/file-upload/{form['id']}/knowledge-objects")
    done = app.until(form["id"], "INDEXED")
    assert done["progress"] == 1 and done["objects"] == 2
    assert shelf.first(slug, "storms") == "The mole is closed in storms."


def test_split_indexes_at_once_if_nothing_else_is_said(app, slug, shelf):
    for place, more in enumerate([{}, {"embed_after_split": True}, {"embed_after_split": "true"}]):
        app.index(slug, f"{place}.md", f"{RULES}Number {place} says zanzibar.", **more)
    assert len(shelf.search(slug, "zanzibar")) == 3


def test_files_of_one_name_that_programs_send_stand_beside_each_other(app, slug):
    for text in ("antonio", "cassio"):
        app.index(slug, "same.txt", text)
    assert app.contents(slug) == ["antonio", "cassio"]


def test_a_file_may_be_split_anew(app, slug, shelf):
    upload = app.index(slug, "rules.md", RULES)
    assert len(app.contents(slug)) == 1
    app.split(upload, **LINES)
    app.until(upload, "INDEXED")
    assert app.contents(slug) == ["# Rules", "The mole is closed in storms."]
    [found] = shelf.search(slug, "storms")
    assert found["line"] == 3
    app.split(upload, **LINES)
    assert app.until(upload, "INDEXED")["objects"] == 2


def test_the_newest_word_on_how_to_split_counts(app, slug, shelf):
    upload = app.upload(slug, "long.txt", "".join(f"line {number}\n" for number in range(1, 1501)))
    for quantity in (1, 500, 2, 100):
        app.split(upload, split_strategy="LINES_QUANTITY", split_quantity=quantity)
    assert app.until(upload, "INDEXED")["objects"] == app.objects(slug)["total"] == 15
    assert shelf.lines(slug) == list(range(1, 1501, 100))


@pytest.mark.parametrize("numbers, word", [
    ({"split_strategy": "WORDS"}, "split_strategy"), ({"split_quantity": 0}, "split_quantity"),
    ({"split_quantity": -1}, "split_quantity"), ({"split_quantity": "many"}, "split_quantity"),
    ({"split_quantity": 1.5}, "split_quantity"), ({"split_quantity": 10**30}, "split_quantity"),
    ({"split_overlap": -1}, "split_overlap"), ({"split_quantity": 5, "split_overlap": 5}, "split_overlap"),
    ({"embed_after_split": "maybe"}, "embed_after_split")])
def test_wrong_numbers_are_refused_and_change_nothing(app, slug, numbers, word):
    upload = app.upload(slug, "rules.md", RULES)
    refused(app, 400, "POST", f"/v1/file-upload/{upload}/split", word, json=numbers)
    assert app.status(upload)["status"] == "PENDING"
    app.split(upload, split_strategy="lines_quantity", split_quantity=1)
    assert app.until(upload, "INDEXED")["objects"] == 2


@pytest.mark.parametrize("name, content, numbers, word", [
    ("broken.pdf", b"%PDF-1.4\nnope", {}, "broken"), ("empty.md", b"", {}, "no text"),
    ("plain.txt", b"words", {"split_strategy": "ENDPOINT"}, "OpenAPI"), ("nul.txt", b"a\0b", {}, "NUL")])
def test_a_file_that_fails_says_why(app, slug, name, content, numbers, word):
    upload = app.upload(slug, name, content)
    app.split(upload, **numbers)
    shown = app.until(upload, "FAILED", "INDEXED")
    assert shown["status"] == "FAILED" and word in shown["error"] and shown["objects"] == 0
    assert app.contents(slug) == []


def test_a_file_that_failed_for_its_strategy_may_be_split_by_another(app, slug):
    upload = app.upload(slug, "plain.txt", b"words")
    app.split(upload, split_strategy="ENDPOINT")
    app.until(upload, "FAILED")
    app.split(upload)
    shown = app.until(upload, "INDEXED")
    assert shown["error"] is None and app.contents(slug) == ["words"]


def test_forms_are_for_what_can_be_read_of_this_size(app, slug):
    refused(app, 400, "POST", "/v2/file-upload/form", "image/png", json={
        "file_name": "a.png", "target_type": "KNOWLEDGE_SOURCE", "target_id": slug})
    refused(app, 404, "POST", "/v2/file-upload/form", "nowhere", json={
        "file_name": "a.md", "target_type": "KNOWLEDGE_SOURCE", "target_id": "nowhere"})
    refused(app, 400, "POST", "/v2/file-upload/form", "target_id", json={
        "file_name": "a.md", "target_type": "KNOWLEDGE_SOURCE"})
    form = app.form(slug, "large.txt")
    answer = app.send(form, "x" * 20_001)
    assert answer.status_code == 413 and answer.json()["type"] == "PayloadTooLarge"
    assert app.send(form, "x" * 20_000).status_code == 204, "the form was used in vain, and may be used once more"
    assert app.send(form, "x").status_code == 410


def test_a_file_of_a_source_that_was_removed_meanwhile_is_refused(app):
    app.source("fleeting")
    form = app.form("fleeting", "rules.md")
    late = app.upload("fleeting", "late.md", RULES)
    app.delete("/v1/knowledge-sources/fleeting")
    assert app.send(form, RULES).status_code == 404
    for upload in (form["id"], late):
        refused(app, 404, "GET", f"/v1/file-upload/{upload}")
        refused(app, 404, "POST", f"/v1/file-upload/{upload}/split", json={})


def test_a_file_of_a_source_is_not_asked_about_as_an_upload(app, slug):
    upload = app.index(slug, "rules.md", RULES)
    error = app.ask("history", "hello", status=400, upload_ids=[upload])
    assert "upload_ids[0]" in error["details"]
    context = app.form(slug, "rules.md", target="CONTEXT")
    assert app.send(context, RULES).status_code == 204
    refused(app, 400, "POST", f"/v1/file-upload/{context['id']}/split", json={})


def test_the_file_of_a_source_is_no_upload_in_any_api(server, app, other, model):
    app.source("diary-file", visibility="personal")
    upload = app.index("diary-file", "diary.md", "My secret word is zanzibar.")
    name = str(uuid.UUID(int=functools.reduce(lambda number, letter: number * 32 + ULID.index(letter), upload, 0)))
    assert "upload_ids[0]" in other.ask("history", "Read.", status=400, upload_ids=[name])["details"]
    for path in ("/api/v1", "/v1"):
        answer = server.caller(path=path).ask("history", "Read.", files=[name])
        assert "zanzibar" not in answer.text and answer.status_code in (400, 404)
