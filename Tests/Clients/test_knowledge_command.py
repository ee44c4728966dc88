"""`rialto knowledge`: files that go in, change, are found and come out again."""

import contextlib

import pytest

from knowledge import CONFIG, Shelf
from rialto import Rialto
from shared_store import database
from waiting import at_once

RULES = "# Rules\n\nThe mole is closed in storms.\n"


@pytest.fixture(scope="module", params=["SQLite", "PostgreSQL"])
def server(request, model, tmp_path_factory):
    """A running one on either store."""
    with contextlib.ExitStack() as stack:
        store = stack.enter_context(database()) if request.param == "PostgreSQL" else None
        limits = {"knowledge": {"document_bytes": 10_000}}
        yield stack.enter_context(Rialto(tmp_path_factory.mktemp("rialto"), CONFIG | limits, model=model, store=store))


# What does not depend on the store is tried on one.
sqlite = pytest.mark.parametrize("server", ["SQLite"], indirect=True)


@pytest.fixture
def shelf(server, tmp_path):
    """Nothing is left in the account afterwards."""
    shelf = Shelf(server, tmp_path / "files")
    yield shelf
    for source in shelf.run("list"):
        shelf.run("remove", source["slug"])


def test_a_source_comes_into_being_with_its_first_file_and_goes_with_all(shelf):
    assert shelf.run("list") == [] and "no knowledge sources" in shelf.command("list").out
    options = ("--name", "Harbour rules", "--description", "All of them", "--type", "api")
    [row] = shelf.add("harbour", rules_md=RULES, options=options)
    assert row["name"] == "rules.md" and row["status"] == "indexed" and row["passages"] == 1 and row["progress"] == 1
    assert row["type"] == "text/markdown" and row["bytes"] == len(RULES) and row["unchanged"] is False
    [source] = shelf.run("list")
    assert source["slug"] == "harbour" and source["name"] == "Harbour rules" and source["type"] == "api"
    assert source["description"] == "All of them" and source["visibility"] == "account"
    shown = shelf.run("show", "harbour")
    assert shown.pop("files") == [{key: value for key, value in row.items() if key != "unchanged"}]
    assert shown == source
    assert shelf.run("remove", "harbour") == {"removed": "harbour"} and shelf.run("list") == []
    for verb in (("show", "harbour"), ("search", "harbour", "storms"), ("remove", "harbour")):
        assert shelf.refused(*verb) == "rialto: There is no knowledge source “harbour”."


@sqlite
def test_people_are_told_the_same_in_tables(shelf):
    outcome = shelf.command("add", "harbour", shelf.write("rules.md", RULES))
    assert outcome.code == 0 and "rules.md" in outcome.out and "indexed" in outcome.out and "{" not in outcome.out
    assert "harbour" in shelf.command("list").out
    shown = shelf.command("show", "harbour").out
    assert "rules.md" in shown and "indexed" in shown and "harbour" in shown
    found = shelf.command("search", "harbour", "closed in storms").out
    assert "rules.md" in found and "The mole is closed" in found
    assert "Nothing fits" in shelf.command("search", "harbour", "zanzibar").out
    assert "rules.md" in shelf.command("remove", "harbour", "--file", "rules.md").out
    assert "no files" in shelf.command("show", "harbour").out


def test_a_search_tells_where_each_passage_stands(shelf):
    fees, tides = "berth,fee\nseven,9 ducats\n", "High water is at nine.\n"
    shelf.add("harbour", rules_md=RULES, fees_csv=fees, tides_txt=tides)
    [found] = shelf.search("harbour", "Is the mole closed during storms?")
    assert found["score"] > 0 and "mole is closed" in found["text"]
    assert found["file"] == "rules.md" and found["line"] == 1
    assert shelf.search("harbour", "zanzibar") == []
    assert len(shelf.search("harbour", "mole ducats water")) == 3
    assert len(shelf.search("harbour", "mole ducats water", "--limit", 2)) == 2
    for method in ("words", "both"):
        assert shelf.first("harbour", "the fee of berth seven", "--method", method).endswith("9 ducats")
    assert "embedding model" in shelf.refused("search", "harbour", "storms", "--method", "meaning")


@sqlite
@pytest.mark.parametrize("words", [
    ("search", "harbour"), ("search", "harbour", "x", "--limit", 0), ("search", "harbour", "x", "--limit", 1001),
    ("search", "harbour", "x", "--method", "magic"), ("add",), ("add", "Bad Slug"), ("add", "-x"), ("add", "a" * 65),
    ("add", "harbour", "nowhere.md"), ("show",), ("remove", "harbour", "--file", "nothing.md")])
def test_what_cannot_be_is_refused_in_one_line(shelf, words):
    outcome = shelf.command(*words)
    assert outcome.code in (1, 64) and outcome.out == ""
    [line] = outcome.err.strip().splitlines()
    assert line.startswith("rialto: ") and shelf.run("list") == []


def test_the_score_of_a_passage_is_never_nothing(shelf):
    """Also where a source has one passage only, whose words stand in all of them."""
    shelf.add("harbour", rules_md=RULES)
    [found] = shelf.search("harbour", "storms")
    assert found["score"] > 0


# The same files again


def test_a_file_that_has_not_changed_stays_as_it_is(shelf):
    [first] = shelf.add("harbour", rules_md=RULES)
    [second] = shelf.add("harbour", rules_md=RULES)
    assert second == first | {"unchanged": True}
    [third] = shelf.add("harbour", rules_md=RULES, options=["--again"])
    assert third["unchanged"] is False and third["id"] != first["id"] and third["status"] == "indexed"
    assert list(shelf.files("harbour")) == ["rules.md"]
    assert len(shelf.search("harbour", "storms")) == 1


@sqlite
def test_a_file_that_is_cut_otherwise_has_changed(shelf):
    shelf.add("harbour", rules_md=RULES)
    [cut] = shelf.add("harbour", rules_md=RULES, options=["--split", "LINES_QUANTITY", "--quantity", 1])
    assert cut["unchanged"] is False and cut["split"] == "LINES_QUANTITY"
    assert list(shelf.files("harbour")) == ["rules.md"]
    [found] = shelf.search("harbour", "storms")
    assert found["line"] == 3


def test_a_changed_file_takes_the_place_of_the_old_one_of_its_name(shelf):
    shelf.add("harbour", rules_md=RULES, other_md="Nothing else.")
    [row] = shelf.add("harbour", rules_md="The mole is open in every weather, says Zanzibar.")
    assert row["unchanged"] is False
    assert set(shelf.files("harbour")) == {"rules.md", "other.md"}
    assert shelf.search("harbour", "storms") == [] and "open" in shelf.first("harbour", "mole")
    [back] = shelf.add("harbour", rules_md=RULES)
    assert back["unchanged"] is False and shelf.first("harbour", "storms")
    assert shelf.search("harbour", "zanzibar") == []


@sqlite
def test_a_changed_file_that_cannot_be_read_leaves_the_old_one_where_it_was(shelf):
    shelf.add("harbour", rules_md=RULES)
    shelf.fail("harbour", shelf.write("rules.md", b"a\0b"))
    assert shelf.first("harbour", "storms"), "better the old rules than none"
    shelf.add("harbour", rules_md="The mole is open.")
    assert list(shelf.files("harbour")) == ["rules.md"] and shelf.files("harbour")["rules.md"]["status"] == "indexed"


@sqlite
def test_the_same_file_stands_in_two_sources(shelf):
    shelf.add("one", rules_md=RULES)
    [row] = shelf.add("two", rules_md=RULES)
    assert row["unchanged"] is False
    shelf.run("remove", "one")
    assert shelf.first("two", "storms")


# Folders


@sqlite
def test_a_folder_gives_all_its_files_but_hidden_ones(shelf):
    for name in ("a.md", "sub/b.md", "sub/deep/a.md", ".hidden.md", ".git/config.md", "sub/.env"):
        shelf.write(f"handbook/{name}", f"The file {name} says zanzibar.")
    rows = shelf.add("harbour", shelf.folder / "handbook", shelf.write("c.md", "cassio"))
    assert [row["name"] for row in rows] == ["a.md", "sub/b.md", "sub/deep/a.md", "c.md"]
    assert {found["file"] for found in shelf.search("harbour", "zanzibar")} == {"a.md", "sub/b.md", "sub/deep/a.md"}
    again = shelf.add("harbour", shelf.folder / "handbook")
    assert [row["unchanged"] for row in again] == [True] * 3
    shelf.write("handbook/sub/b.md", "Now it says something else.")
    again = shelf.add("harbour", shelf.folder / "handbook")
    assert [row["name"] for row in again if not row["unchanged"]] == ["sub/b.md"]
    assert shelf.run("remove", "harbour", "--file", "sub/deep/a.md") == {"removed": "sub/deep/a.md"}
    assert set(shelf.files("harbour")) == {"a.md", "sub/b.md", "c.md"}


@sqlite
def test_an_empty_folder_makes_a_source_without_files(shelf):
    (shelf.folder / "empty").mkdir()
    assert shelf.add("harbour", shelf.folder / "empty") == []
    assert shelf.files("harbour") == {} and shelf.search("harbour", "storms") == []


# Limits and owners


@sqlite
def test_a_file_that_is_too_large_is_refused_by_name_and_the_next_is_not(shelf):
    large, right = shelf.write("large.txt", "x" * 10_001), shelf.write("right.txt", "mole " * 2000)
    refused, indexed = shelf.fail("harbour", large, right)
    assert refused["status"] == "refused" and "large.txt" in refused["error"] and "10000" in refused["error"]
    assert indexed["status"] == "indexed" and indexed["bytes"] == 10_000
    assert list(shelf.files("harbour")) == ["right.txt"]


def test_each_account_has_sources_of_its_own(shelf, server):
    if "belmont" not in {account["name"] for account in server.run("account", "list")}:
        server.run("account", "add", "belmont")
    other = Shelf(server, shelf.folder / "belmont", "belmont")
    shelf.add("harbour", rules_md=RULES)
    other.add("harbour", rules_md="Portia lives here.")
    assert shelf.search("harbour", "portia") == [] and other.search("harbour", "storms") == []
    other.run("remove", "harbour")
    assert shelf.first("harbour", "storms") and other.run("list") == []
    assert "tyre" in Shelf(server, shelf.folder, "tyre").refused("list")


def test_two_adds_at_once_both_come_to_their_end(shelf):
    shelf.write("a/one.md", "one says zanzibar"), shelf.write("b/two.md", "two says zanzibar")
    rows = at_once(2, lambda place: shelf.add("harbour", shelf.folder / "ab"[place]))
    assert [row["status"] for [row] in rows] == ["indexed"] * 2
    assert {found["file"] for found in shelf.search("harbour", "zanzibar")} == {"one.md", "two.md"}


def test_two_adds_of_the_same_file_at_once_leave_one(shelf):
    path = shelf.write("rules.md", RULES)
    shelf.add("harbour")
    at_once(2, lambda _: shelf.add("harbour", path))
    assert list(shelf.files("harbour")) == ["rules.md"]
    assert len(shelf.search("harbour", "storms")) == 1


def test_without_a_server_all_goes_as_well(server, tmp_path):
    shelf = Shelf(server, tmp_path)
    server.stop()
    try:
        [row] = shelf.add("alone", rules_md=RULES)
        assert row["status"] == "indexed" and shelf.first("alone", "storms")
        [row] = shelf.add("alone", rules_md=RULES)
        assert row["unchanged"] is True
        shelf.add("alone", rules_md="The mole is open.")
        assert list(shelf.files("alone")) == ["rules.md"] and shelf.search("alone", "storms") == []
        shelf.run("remove", "alone")
    finally:
        server.start()
    assert shelf.run("list") == []
