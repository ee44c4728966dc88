"""Servers on one database know the same, at once."""

import pytest

from embedder import MODEL, Embedder
from knowledge import CONFIG, Shelf, given, lapse, program
from waiting import at_once, until

LINES = "Employees get twenty days of paid leave every year.\nCats and dogs stay outside of the kitchen.\n"
LEAVE, PETS = LINES.splitlines()
ONE_EACH = {"split_strategy": "LINES_QUANTITY", "split_quantity": 1}


@pytest.fixture(scope="module")
def embedder():
    with Embedder() as server:
        yield server


@pytest.fixture
def fleet_config(embedder):
    return CONFIG | {
        "upstreams": {"embedder": {"kind": "openai", "url": embedder.url}},
        "knowledge": {"embedding_upstream": "embedder", "embedding_model": MODEL}}


@pytest.fixture
def pair(fleet):
    first, second = fleet.start(2)
    first.agent("history", code="knows")
    app = program(first, "app")
    app.source("house")
    return first, second, app, app.on(second)


def passages(app, question, model, **more):
    """What the model is given with a question."""
    app.ask("knows", question, knowledge_sources=["house"], **more)
    return [each.text for each in given(model.asked("history")[-1].messages)]


def test_what_one_has_indexed_is_found_through_the_other_at_once_and_so_is_its_removal(pair, model):
    _, second, app, other = pair
    assert passages(other, "Any pets?", model) == []
    upload = app.index("house", "house.txt", LINES, **ONE_EACH)
    assert passages(other, "Do employees get leave?", model)[0] == LEAVE
    assert passages(other, "Any pets?", model)[0] == PETS, "by its meaning too"
    assert other.status(upload)["status"] == "INDEXED" and other.contents("house") == [LEAVE, PETS]
    # What the other keeps of vectors grows with what is added, and shrinks with what is removed.
    for number in range(3):
        more = other.index("house", f"{number}.txt", f"Parrots live in cage {number}.")
        assert any("cage" in text for text in passages(app, "Any birds?", model))
        [item] = [item for item in app.objects("house")["items"] if item["document_id"] == more]
        app.delete(f"/v1/knowledge-sources/house/objects/{item['id']}")
        for each in (app, other):
            assert not any("cage" in text for text in passages(each, "Any birds?", model))
    app.delete("/v1/knowledge-sources/house/objects")
    for each in (app, other):
        assert passages(each, "Any pets?", model) == passages(each, "paid leave", model) == []
    other.delete("/v1/knowledge-sources/house")
    assert app.ask("knows", "Any pets?", status=404, knowledge_sources=["house"])


def test_a_source_that_was_made_anew_has_nothing_of_the_old_one(pair, model):
    _, _, app, other = pair
    app.index("house", "house.txt", LINES, **ONE_EACH)
    assert passages(other, "Any pets?", model)[0] == PETS
    app.delete("/v1/knowledge-sources/house")
    app.source("house")
    app.index("house", "new.txt", "Whales eat krill.")
    assert passages(other, "Any pets?", model) in ([], ["Whales eat krill."])
    assert passages(other, "What do whales eat?", model) == ["Whales eat krill."]


def test_many_files_that_come_through_both_are_each_indexed_once(pair, embedder):
    _, _, app, other = pair
    before = len(embedder.embedded)

    def add(place):
        return (app, other)[place % 2].index("house", f"{place}.txt", f"File {place}\nsays zanzibar\n", **ONE_EACH)

    uploads = at_once(12, add)
    items = other.objects("house")["items"]
    names = [f"{upload}-{place}" for upload in uploads for place in (0, 1)]
    assert sorted(item["id"] for item in items) == sorted(names)
    assert len(embedder.embedded) - before == 24


def test_an_agent_that_is_given_a_source_through_one_knows_it_on_the_other(pair, model):
    first, _, app, other = pair
    app.index("house", "house.txt", LINES, **ONE_EACH)
    first.run("agent", "set", "knows", "--knowledge", "house")

    def knows():
        other.ask("knows", "Do employees get leave?")
        return [each.text for each in given(model.asked("history")[-1].messages)][:1] == [LEAVE]

    until(knows, 5, "the agent's knowledge")


def test_the_other_goes_on_where_a_killed_one_was(pair, embedder, tmp_path):
    first, second, app, other = pair
    upload = app.upload("house", "song.txt", "".join(f"Verse {number} of a song.\n" for number in range(1, 401)))
    embedder.wait_seconds = 0.1
    app.split(upload, **ONE_EACH)
    until(lambda: app.status(upload)["progress"] > 0, what="a beginning")
    first.kill()
    embedder.wait_seconds = 0
    lapse(second)
    assert other.until(upload, "INDEXED", "FAILED")["status"] == "INDEXED"
    shelf = Shelf(second, tmp_path / "files")
    assert shelf.lines("house", "verse") == list(range(1, 401))
    by_meaning = shelf.search("house", "poetry", "--method", "meaning", "--limit", 1000)
    assert sorted(found["line"] for found in by_meaning) == list(range(1, 401))
