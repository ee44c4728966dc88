"""Knowledge goes with the data: into PostgreSQL, into a copy, and past the housekeeper."""

import shutil
import sqlite3

import pytest

from embedder import MODEL, Embedder
from knowledge import CONFIG, Shelf, given, program
from rialto import Rialto
from shared_store import psql
from waiting import until

LINES = """\
Employees get twenty days of paid leave every year.
Expired medicine must be brought back to a pharmacy.
有給休暇は入社から半年後に十日間与えられます。
Error E-4012 means that the database refused the connection.
O cancelamento da inscrição é gratuito até três dias antes da excursão.
"""
QUESTIONS = ["paid leave", "old pills and drugs", "休暇", "e4012", "inscricoes"]
ONE_EACH = ("--split", "LINES_QUANTITY", "--quantity", 1)
LONG_AGO = 1_000_000


@pytest.fixture(scope="module")
def embedder():
    with Embedder() as server:
        yield server


@pytest.fixture
def config(embedder):
    return CONFIG | {
        "upstreams": {"embedder": {"kind": "openai", "url": embedder.url}},
        "knowledge": {"embedding_upstream": "embedder", "embedding_model": MODEL}}


@pytest.fixture
def old(model, tmp_path, config):
    """A server with knowledge of all kinds."""
    server = Rialto(tmp_path / "old", config, model=model).start()
    shelf = Shelf(server, tmp_path / "files")
    shelf.add("house", house_txt=LINES, options=ONE_EACH)
    shelf.fail("house", shelf.write("broken.pdf", b"%PDF-1.4\nnope"))
    shelf.add("empty")
    server.agent("history", "--knowledge", "house", code="knows")
    app = program(server, "app")
    app.source("diary", visibility="personal")
    app.index("diary", "diary.md", "My secret word is zanzibar.")
    yield server
    server.__exit__()


@pytest.fixture
def successor(old, model, tmp_path, config):
    """Starts a server at the old one's address, on a store that holds its data."""
    made = []

    def start(store=None):
        new = Rialto(tmp_path / "new", config, model=model, store=store)
        new.port, new.secrets, new.agents = old.port, old.secrets, old.agents
        new.environment["RIALTO_LISTEN_PORT"] = str(old.port)
        made.append(new)
        return new

    yield start
    for new in made:
        new.__exit__()


def rankings(shelf):
    """What every question finds by every method, in order."""
    return {
        (question, method): [found["text"] for found in shelf.search("house", question, "--method", method)]
        for question in QUESTIONS for method in ("words", "meaning")}


def check(before, old, new, model, tmp_path):
    """All is there, and goes on."""
    shelf = Shelf(new, tmp_path / "files")
    assert rankings(shelf) == before
    assert before["休暇", "words"] and before["old pills and drugs", "meaning"]
    states = {name: (file["status"], file["error"]) for name, file in shelf.files("house").items()}
    reason = "The PDF is broken and cannot be read."
    assert states == {"house.txt": ("indexed", None), "broken.pdf": ("failed", reason)}
    assert {(source["slug"], source["visibility"]) for source in shelf.run("list")} == {
        ("house", "account"), ("empty", "account"), ("diary", "personal")}
    new.caller().answer("knows", "How long is the paid leave?")
    assert given(model.asked("history")[-1].messages)[0].text == LINES.splitlines()[0]
    [row] = shelf.add("house", house_txt=LINES, options=ONE_EACH)
    assert row["unchanged"] is True
    [row] = shelf.add("house", house_txt=LINES + "A sixth line says zanzibar.\n", options=ONE_EACH)
    assert row["status"] == "indexed" and shelf.first("house", "zanzibar") and len(shelf.search("house", "leave")) >= 1
    shelf.run("remove", "house", "--file", "house.txt")
    assert shelf.search("house", "paid leave") == []


def test_a_migration_takes_it_into_postgresql(old, successor, store, model, tmp_path):
    before = rankings(Shelf(old, tmp_path / "files"))
    assert old.stop() == 0
    words = ("migrate", "--from", f"sqlite:{old.data}", "--to", store, "--json")
    moved = old.command(*words, data=False)
    assert moved.code == 0, moved.err
    rows = {table["table"]: table["rows"] for table in moved.json["tables"]}
    assert rows["sources"] == 3 and rows["documents"] == 3 and rows["passages"] == 6
    check(before, old, successor(store).start(), model, tmp_path)


def test_a_migration_in_the_middle_of_indexing_is_finished_by_the_new_server(
        old, successor, store, embedder, tmp_path):
    app = program(old, "late-app")
    app.source("late")
    upload = app.upload("late", "late.txt", LINES)
    split = app.upload("late", "split.txt", LINES)
    embedder.refuse(503)
    app.split(split, split_strategy="LINES_QUANTITY", split_quantity=1)
    until(lambda: app.status(split)["error"], what="a word on the trouble")
    assert old.stop() == 0
    embedder.accept()
    moved = old.command("migrate", "--from", f"sqlite:{old.data}", "--to", store, "--json", data=False)
    assert moved.code == 0, moved.err
    new = successor(store).start()
    psql(store, "UPDATE documents SET taken_until = 0")
    app = app.on(new)
    app.split(upload, split_strategy="LINES_QUANTITY", split_quantity=1)
    assert [app.until(each, "INDEXED")["objects"] for each in (upload, split)] == [5, 5]
    found = Shelf(new, tmp_path / "files").search("late", "paid leave", "--method", "words")
    assert sorted(each["file"] for each in found) == ["late.txt", "split.txt"]


def test_a_copy_of_a_running_server_holds_it(old, successor, model, tmp_path):
    before = rankings(Shelf(old, tmp_path / "files"))
    copy = tmp_path / "copy.sqlite"
    old.run("backup", copy)
    old.__exit__()
    new = successor()
    shutil.copy(copy, new.data / "rialto.sqlite")
    shutil.copy(old.data / "master.key", new.data / "master.key")
    check(before, old, new.start(), model, tmp_path)


def test_the_housekeeper_leaves_files_of_sources_where_they_are(old, config, tmp_path):
    """They are asked about, and split anew, long after uploads are forgotten."""
    app = program(old, "keeper")
    app.source("kept")
    upload = app.index("kept", "kept.txt", LINES)
    loose = old.caller().upload("loose.txt", LINES).json()["id"]
    assert old.caller().ask("knows", "Read.", files=[loose]).status_code == 200
    old.stop()
    with sqlite3.connect(old.data / "rialto.sqlite") as rows:
        for table in ("files", "documents", "upload_tickets"):
            rows.execute(f"UPDATE {table} SET created_at = ?", (LONG_AGO,))
    rows.close()
    old.configure(config | {"retention": {"files_days": 1}})
    old.start()
    caller = old.caller()
    until(lambda: caller.ask("knows", "Read.", files=[loose]).status_code != 200, 10, "the end of the loose file")
    assert app.status(upload)["status"] == "INDEXED"
    app.split(upload, split_strategy="LINES_QUANTITY", split_quantity=1)
    assert app.until(upload, "INDEXED", "FAILED") | {"error": None} == app.status(upload)
    assert app.status(upload)["status"] == "INDEXED" and app.status(upload)["objects"] == 5
    assert Shelf(old, tmp_path / "files").first("kept", "paid leave") == LINES.splitlines()[0]
