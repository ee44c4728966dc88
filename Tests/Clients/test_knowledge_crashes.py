"""Indexing that is killed in the middle of a big file goes on, and has every passage once."""

import contextlib
import subprocess

import pytest

from knowledge import CONFIG, Shelf, lapse, program
from rialto import Rialto, binary
from shared_store import database
from waiting import until

PASSAGES = 5000
KINDS = ("anchor", "bollard", "capstan", "dinghy", "ensign")
SPLIT = ("--split", "LINES_QUANTITY", "--quantity", 1)

def lines(number):
    """Each tells its number, and has one word that a fifth of them have."""
    return "".join(
        f"{KINDS[line % 5]} number{line} " + " ".join(f"w{(line * 7919 + word * 104729) % 5000}" for word in range(64))
        + "\n" for line in range(1, number + 1))


# Two megabytes.
BIG, LARGE = lines(PASSAGES), lines(1500)


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def server(request, model, tmp_path):
    """One with data, running."""
    with contextlib.ExitStack() as stack:
        store = stack.enter_context(database()) if request.param == "PostgreSQL" else None
        yield stack.enter_context(Rialto(tmp_path / "rialto", CONFIG, model=model, store=store))


@pytest.fixture
def shelf(server, tmp_path):
    return Shelf(server, tmp_path / "files")


# What does not depend on the store is tried on one.
sqlite = pytest.mark.parametrize("server", ["SQLite"], indirect=True)
postgres = pytest.mark.parametrize("server", ["PostgreSQL"], indirect=True)


class Adding:
    """`rialto knowledge add` under way."""

    def __init__(self, shelf, content=LARGE, slug="big"):
        words = [binary(), "knowledge", "add", slug, shelf.write("big.txt", content), *SPLIT]
        server = shelf.server
        self.process = subprocess.Popen(
            [*map(str, words), "--data", str(server.data)], env=server.environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.shelf, self.slug = shelf, slug

    def until_indexing(self):
        """Some of the passages can be found, and others cannot yet."""
        for line in self.process.stderr:
            if ": index " in line and not line.startswith("big.txt: index 0/"):
                return self
        raise AssertionError("it was over too soon")

    def kill(self):
        self.process.kill()
        self.process.communicate()

    def ended(self):
        out, _ = self.process.communicate(timeout=60)
        return out


def until_indexed(shelf, slug="big", name="big.txt"):
    def file():
        shown = shelf.files(slug)[name]
        assert shown["status"] != "failed", shown
        return shown if shown["status"] == "indexed" else None

    return until(file, 30, "all of it in the index")


def check(shelf, content=LARGE, slug="big"):
    """Every passage is there, and is found, once."""
    number = content.count("\n")
    assert until_indexed(shelf, slug)["passages"] == number
    found = sum((shelf.lines(slug, kind) for kind in KINDS), [])
    assert sorted(found) == list(range(1, number + 1))
    assert shelf.search(slug, f"number{number - 679}")[0]["line"] == number - 679


@postgres
def test_an_add_that_is_killed_is_finished_by_the_server(server, shelf):
    Adding(shelf).until_indexing().kill()
    lapse(server)
    check(shelf)


@sqlite
def test_an_add_that_is_killed_without_a_server_is_finished_by_the_next_one(server, shelf):
    server.stop()
    Adding(shelf).until_indexing().kill()
    part = shelf.files("big")["big.txt"]
    assert part["status"] == "splitted" and 0 < part["progress"] < 1
    assert shelf.search("big", KINDS[1]), "what is indexed can be found already"
    lapse(server)
    server.start()
    check(shelf)


@sqlite
def test_an_add_that_is_killed_without_a_server_is_finished_by_another_add(server, shelf):
    server.stop()
    Adding(shelf).until_indexing().kill()
    lapse(server)
    [row] = shelf.add("big", shelf.folder / "big.txt", options=SPLIT)
    assert row["status"] == "indexed", "an add waits until its files can be found"
    check(shelf)


@sqlite
def test_a_killed_server_goes_on_where_it_was(server, shelf):
    app = program(server, "big-app")
    app.source("big")
    upload = app.upload("big", "big.txt", BIG)
    app.split(upload, split_strategy="LINES_QUANTITY", split_quantity=1)
    server.kill()
    lapse(server)
    server.start()
    until(lambda: app.status(upload)["progress"] > 0, what="the beginning of indexing")
    server.kill()
    before = shelf.files("big")["big.txt"]["progress"]
    lapse(server)
    server.start()
    assert app.status(upload)["progress"] >= before
    check(shelf, BIG)
    assert app.objects("big", size=1)["total"] == PASSAGES


@sqlite
def test_a_changed_file_whose_add_was_killed_takes_the_place_of_the_old_one_all_the_same(server, shelf):
    shelf.add("big", shelf.write("big.txt", "The old file says zanzibar."), options=SPLIT)
    Adding(shelf).until_indexing().kill()
    lapse(server)

    def names():
        return [(file["name"], file["status"]) for file in shelf.run("show", "big")["files"]]

    until(lambda: ("big.txt", "indexed") in names() and ("big.txt", "splitted") not in names(), 30, "the new file")
    shelf.add("big", shelf.folder / "big.txt", options=SPLIT)
    assert names() == [("big.txt", "indexed")]
    assert shelf.search("big", "zanzibar") == []


# Removing what is being indexed


def test_a_source_may_be_removed_while_it_is_being_indexed(shelf):
    adding = Adding(shelf).until_indexing()
    shelf.run("remove", "big")
    adding.ended()
    assert shelf.run("list") == []
    [row] = shelf.add("big", shelf.write("small.txt", "anchor"))
    assert row["status"] == "indexed" and len(shelf.search("big", "anchor", "--limit", 1000)) == 1


def test_a_file_may_be_removed_while_it_is_being_indexed(shelf):
    adding = Adding(shelf).until_indexing()
    shelf.run("remove", "big", "--file", "big.txt")
    adding.ended()
    assert shelf.files("big") == {} and shelf.search("big", "anchor") == []


@sqlite
def test_a_removal_that_is_killed_may_be_repeated(server, shelf):
    shelf.add("big", shelf.write("big.txt", LARGE), options=SPLIT)
    words = [binary(), "knowledge", "remove", "big", "--data", server.data]
    removal = subprocess.Popen([str(word) for word in words], env=server.environment, stdout=subprocess.DEVNULL)
    until(lambda: removal.poll() is not None or "being removed" in shelf.command("show", "big").out, 10, "a beginning")
    removal.kill()
    removal.wait()
    outcome = shelf.command("remove", "big")
    assert outcome.code == 0 or "There is no knowledge source" in outcome.err
    assert shelf.run("list") == []


@sqlite
def test_other_requests_are_answered_while_a_big_file_is_indexed(server, shelf):
    server.agent("echo")
    adding = Adding(shelf).until_indexing()
    caller = server.caller()
    for place in range(5):
        assert caller.answer("echo", f"question {place}") == f"question {place}"
    assert adding.process.poll() is None, "it was over too soon"
    adding.ended()
    check(shelf)
