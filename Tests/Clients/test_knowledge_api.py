"""Knowledge sources of programs: StackSpot's doors to sources, files and objects."""

import functools
import uuid

import pytest

from knowledge import CONFIG, Program, Shelf, answered, program

RULES = "# Rules\n\nThe mole is closed in storms.\n"
LINES = {"split_strategy": "LINES_QUANTITY", "split_quantity": 1}
ULID = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
NOBODY = "01ARZ3NDEKTSV4RRFFQ69G5FAV"


@pytest.fixture(scope="module")
def server(servers):
    server = servers(CONFIG | {"knowledge": {"document_bytes": 20_000}})
    server.agent("history")
    server.run("account", "add", "belmont")
    return server


@pytest.fixture(scope="module")
def app(server):
    return program(server, "app")


@pytest.fixture(scope="module")
def other(server):
    """Another program of the same account."""
    return program(server, "other-app")


@pytest.fixture(scope="module")
def stranger(server):
    """A program of another account."""
    return program(server, "stranger", "belmont")


@pytest.fixture
def slug(request, app):
    """A source of the test's own."""
    slug = f"s{abs(hash(request.node.name)):x}"
    app.source(slug)
    return slug


@pytest.fixture
def shelf(server, tmp_path):
    return Shelf(server, tmp_path)


def refused(app, status, method, path, word="", **parts):
    """The error in StackSpot's shape."""
    error = answered(app.call(method, path, **parts), status)
    assert set(error) == {"type", "code", "details"} and word in error["details"], error
    return error


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


# Objects


def test_objects_are_pages_of_passages(app, slug):
    upload = app.index(slug, "ten.txt", "".join(f"line {number} ⚓\n" for number in range(1, 11)), **LINES)
    page = app.objects(slug, page=2, size=4)
    assert page["total"] == 10 and page["page"] == 2 and page["size"] == 4
    assert [item["line"] for item in page["items"]] == [5, 6, 7, 8]
    [item] = app.objects(slug, page=10, size=1)["items"]
    assert item["content"] == "line 10 ⚓" and item["file_name"] == "ten.txt" and item["document_id"] == upload
    assert item["id"] == f"{upload}-9"
    assert app.objects(slug, page=4, size=4)["items"] == []
    assert [each["content"] for each in app.objects(slug, content_limit=6, size=3)["items"]] == [
        "line 1", "line 2", "line 3"]
    for query in ("page=0", "size=101", "content_limit=x"):
        refused(app, 400, "GET", f"/v2/knowledge-sources/{slug}/objects?{query}", query.split("=")[0])


def test_an_object_that_was_removed_is_found_no_more(app, slug, shelf):
    app.index(slug, "two.txt", "antonio says zanzibar\ncassio says zanzibar\n", **LINES)
    first, second = app.objects(slug)["items"]
    app.delete(f"/v1/knowledge-sources/{slug}/objects/{first['id']}")
    assert app.contents(slug) == [second["content"]] and app.objects(slug)["total"] == 1
    assert [found["text"] for found in shelf.search(slug, "zanzibar")] == [second["content"]]
    answer = app.ask("history", "Who says zanzibar?", knowledge_sources=[slug])
    assert "cassio" in answer["message"] and "antonio" not in answer["message"]
    for name in (first["id"], f"{NOBODY}-0", "nonsense", f"{first['document_id']}-99"):
        refused(app, 404, "DELETE", f"/v1/knowledge-sources/{slug}/objects/{name}")


def test_whole_files_and_parts_are_removed_apart(app, slug):
    app.index(slug, "one.txt", "alone")
    app.index(slug, "two.txt", "first\nsecond\n", **LINES)
    app.delete(f"/v1/knowledge-sources/{slug}/objects", standalone="true")
    assert app.contents(slug) == ["first", "second"]
    app.index(slug, "three.txt", "alone again")
    app.delete(f"/v1/knowledge-sources/{slug}/objects", standalone="false")
    assert app.contents(slug) == ["alone again"]
    app.delete(f"/v1/knowledge-sources/{slug}/objects")
    assert app.objects(slug)["total"] == 0 and app.get(f"/v1/knowledge-sources/{slug}")
    refused(app, 400, "DELETE", f"/v1/knowledge-sources/{slug}/objects?standalone=maybe", "standalone")


def test_what_was_removed_is_gone_from_every_list(app, slug, shelf):
    upload = app.index(slug, "rules.md", RULES)
    app.delete(f"/v1/knowledge-sources/{slug}")
    refused(app, 404, "GET", f"/v1/file-upload/{upload}")
    refused(app, 404, "GET", f"/v2/knowledge-sources/{slug}/objects")
    assert slug not in {source["slug"] for source in shelf.run("list")}
    app.source(slug)
    assert app.objects(slug)["total"] == 0


# Others


def doors(slug, upload, item):
    return [
        ("GET", f"/v1/knowledge-sources/{slug}"), ("DELETE", f"/v1/knowledge-sources/{slug}"),
        ("GET", f"/v2/knowledge-sources/{slug}/objects"), ("DELETE", f"/v1/knowledge-sources/{slug}/objects"),
        ("DELETE", f"/v1/knowledge-sources/{slug}/objects/{item}"), ("GET", f"/v1/file-upload/{upload}"),
        ("POST", f"/v1/file-upload/{upload}/split"), ("POST", f"/v1/file-upload/{upload}/knowledge-objects")]


def test_what_is_another_accounts_or_somebody_elses_own_does_not_exist(app, other, stranger):
    for slug, visibility, seekers in (("ours", "account", [stranger]), ("mine", "personal", [stranger, other])):
        source = app.source(slug, visibility=visibility)
        upload = app.index(slug, "rules.md", RULES)
        form = app.form(slug, "later.md")
        [item] = app.objects(slug)["items"]
        for seeker in seekers:
            for name in (slug, source["id"]):
                for method, path in doors(name, upload, item["id"]):
                    refused(seeker, 404, method, path, json={} if method == "POST" else None)
            refused(seeker, 404, "GET", f"/v1/file-upload/{form['id']}")
            seeker.form(slug, "foreign.md", status=404)
            assert slug not in [each["slug"] for each in seeker.get("/v2/knowledge-sources", size=100)["items"]]
        assert app.contents(slug) == [RULES.strip()]
    assert stranger.source("ours")["slug"] == "ours", "slugs are each account's own"
    assert other.get("/v1/knowledge-sources/ours")["slug"] == "ours", "the account's is everybody's of it"


def test_a_personal_source_takes_its_slug_from_the_others_without_telling_of_itself(app, other):
    app.source("diary", visibility="personal")
    error = refused(other, 409, "POST", "/v1/knowledge-sources", json={"slug": "diary", "name": "x", "type": "custom"})
    assert "personal" not in error["details"]


def test_nobody_comes_in_without_a_token(app, slug):
    nobody = object.__new__(Program)
    nobody.server, nobody.base, nobody.headers = app.server, app.base, {}
    for method, path in doors(slug, NOBODY, f"{NOBODY}-0") + [("GET", "/v2/knowledge-sources")]:
        refused(nobody, 401, method, path)
