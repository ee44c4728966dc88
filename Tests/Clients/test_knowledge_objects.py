"""The passages of knowledge sources at StackSpot's doors: listed, removed, and hidden from those they are not for."""

import pytest

from knowledge import CONFIG, Program, Shelf, program, refused

RULES = "# Rules\n\nThe mole is closed in storms.\n"
LINES = {"split_strategy": "LINES_QUANTITY", "split_quantity": 1}
NOBODY = "01ARZ3NDEKTSV4RRFFQ69G5FAV"


@pytest.fixture(scope="module")
def server(servers):
    server = servers(CONFIG)
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
