"""What is found by its meaning, with a real embedding model; and what becomes of it all while the model is away."""

import subprocess
import threading

import pytest

from embedder import MODEL, Embedder
from knowledge import CONFIG, Shelf, given, lapse, program
from rialto import Rialto, binary
from waiting import free_port, until

LINES = """\
Employees get twenty days of paid leave every year.
Expired medicine must be brought back to a pharmacy.
The office is heated from October until April.
Cats and dogs stay outside of the kitchen.
"""
PARAPHRASES = [
    ("How much vacation does my staff have?", 0), ("What happens to old pills and drugs?", 1),
    ("Is it warm indoors during winter?", 2), ("May pets walk into the cooking area?", 3)]
ONE_EACH = ("--split", "LINES_QUANTITY", "--quantity", 1)


def config(embedder, model=MODEL, **more):
    """With a model that is asked under a key."""
    upstream = {"kind": "openai", "url": embedder.url, "key_env": "EMBEDDER_KEY", "first_event_seconds": 1}
    knowledge = {"embedding_upstream": "embedder", "embedding_model": model}
    return CONFIG | {"upstreams": {"embedder": upstream}, "knowledge": knowledge | more}


def make(folder, config, model, key="secret"):
    return Rialto(folder, config, {"EMBEDDER_KEY": key}, model)


@pytest.fixture(scope="module")
def embedder():
    with Embedder(key="secret") as server:
        yield server


@pytest.fixture(scope="module")
def server(embedder, model, tmp_path_factory):
    with make(tmp_path_factory.mktemp("rialto"), config(embedder), model) as server:
        Shelf(server, tmp_path_factory.mktemp("files")).add("house", house_txt=LINES, options=ONE_EACH)
        yield server


@pytest.fixture
def shelf(server, embedder, tmp_path):
    yield Shelf(server, tmp_path / "files")
    embedder.accept()
    embedder.wait_seconds = 0


@pytest.fixture
def own(embedder, model, tmp_path):
    """A server of the test's own, made but not started."""
    made = make(tmp_path / "own", config(embedder), model)
    yield made
    made.__exit__()
    embedder.accept()


@pytest.mark.parametrize("question, line", PARAPHRASES)
def test_a_question_without_a_word_of_the_passage_finds_it_by_its_meaning(shelf, question, line):
    passage = LINES.splitlines()[line]
    for method in ((), ("--method", "both"), ("--method", "meaning")):
        assert shelf.first("house", question, *method) == passage
    assert shelf.first("house", question, "--method", "words") != passage


def test_words_count_as_well(shelf):
    shelf.add("codes", codes_txt="Error E-4012: see page nine.\nError E-4021: see page ten.\n", options=ONE_EACH)
    assert shelf.first("codes", "E-4021").startswith("Error E-4021")
    assert all(0 < found["score"] <= 1 for found in shelf.search("codes", "E-4021"))


def test_a_model_is_given_what_fits_by_its_meaning(shelf, server, model):
    server.agent("history", "--knowledge", "house", code="by-meaning")
    question, line = PARAPHRASES[1]
    program(server, "meaning-app").ask("by-meaning", question)
    assert given(model.asked("history")[-1].messages)[0].text == LINES.splitlines()[line]


# What the embedder is asked


def test_every_passage_is_sent_once_and_the_question_once(shelf, embedder):
    before, lines = len(embedder.requests), [f"Passage {number} of many." for number in range(120)]
    shelf.add("many", many_txt="\n".join(lines), options=ONE_EACH)
    asked = list(embedder.requests)[before:]
    assert sorted(text for each in asked for text in each.texts) == sorted(lines)
    assert all(each.json["model"] == MODEL and each.headers["authorization"] == "Bearer secret" for each in asked)
    shelf.search("many", "Which passage?")
    assert list(embedder.requests)[-1].texts == ["Which passage?"]
    number = len(embedder.requests)
    shelf.search("many", "Which passage?", "--method", "words")
    assert len(embedder.requests) == number


def test_a_file_that_has_not_changed_costs_nothing(shelf, embedder):
    shelf.add("still", still_txt=LINES, options=ONE_EACH)
    number = len(embedder.requests)
    [row] = shelf.add("still", still_txt=LINES, options=ONE_EACH)
    assert row["unchanged"] is True and len(embedder.requests) == number
    shelf.add("still", still_txt=LINES + "A fifth line.\n", options=ONE_EACH)
    assert len(embedder.requests) > number


def test_a_heading_is_part_of_what_is_embedded(shelf, embedder):
    food, songs = "They eat krill. " * 80, "They sing. " * 90
    shelf.add("headed", headed_md=f"# Whales\n\n## Food\n\n{food}\n\n## Songs\n\n{songs}")
    assert any("Whales › Food" in text and "krill" in text for text in embedder.embedded)


def test_what_was_removed_is_not_found_by_its_meaning(shelf, server):
    shelf.add("brief", brief_txt=LINES, options=ONE_EACH)
    question, line = PARAPHRASES[0]
    app, passage = program(server, "remover"), LINES.splitlines()[line]
    server.agent("history", "--knowledge", "brief", code="brief-agent")
    app.ask("brief-agent", question)
    [item] = [item for item in app.objects("brief")["items"] if item["content"] == passage]
    app.delete(f"/v1/knowledge-sources/brief/objects/{item['id']}")
    assert passage not in [found["text"] for found in shelf.search("brief", question)]
    answer = app.ask("brief-agent", question, return_ks_in_response=True)
    assert item["id"] not in [each["id"] for each in answer["source"]] and answer["source"]


# When it is away


@pytest.mark.parametrize("trouble", [500, 401, 429, "slow"])
def test_questions_are_answered_by_words_while_the_model_is_in_trouble(shelf, server, embedder, model, trouble):
    if trouble == "slow":
        embedder.wait_seconds = 30
    else:
        embedder.refuse(trouble)
    words, passage = "days of paid leave", LINES.splitlines()[0]
    assert shelf.first("house", words) == passage
    server.agent("history", "--knowledge", "house", code="by-meaning")
    assert server.caller().answer("by-meaning", words)
    assert given(model.asked("history")[-1].messages)[0].text == passage


def test_a_search_by_meaning_alone_says_so_when_the_model_is_in_trouble(shelf, embedder):
    embedder.refuse(500)
    assert "embedder" in shelf.refused("search", "house", "paid leave", "--method", "meaning")


class Adding:
    """`rialto knowledge add` under way, with what it says."""

    def __init__(self, shelf, slug, path, *options):
        words = [binary(), "knowledge", "add", slug, path, *options, "--data", shelf.server.data]
        self.process = subprocess.Popen(
            [str(word) for word in words], env=shelf.server.environment, stdin=subprocess.DEVNULL, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.said = ""
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stderr:
            self.said += line

    def until_says(self, word):
        until(lambda: word in self.said, what=f"“{word}” on standard error")

    def kill(self):
        self.process.kill()
        self.process.wait()


def test_a_file_waits_for_the_model_visibly_and_is_indexed_then(shelf, server, embedder):
    embedder.refuse(503)
    adding = Adding(shelf, "patient", shelf.write("patient.txt", LINES), *ONE_EACH)
    adding.until_says("Trying again")
    waiting = shelf.files("patient")["patient.txt"]
    assert waiting["status"] == "splitted" and waiting["progress"] == 0 and "embedder" in waiting["error"]
    assert "embedder" in shelf.command("show", "patient").out
    assert adding.process.poll() is None, "it waits as well"
    embedder.accept()
    lapse(server)
    assert adding.process.wait(15) == 0
    done = shelf.files("patient")["patient.txt"]
    assert done["status"] == "indexed" and done["error"] is None
    assert shelf.first("patient", PARAPHRASES[0][0]) == LINES.splitlines()[0]


def test_a_model_that_goes_away_in_the_middle_makes_no_passage_twice(shelf, server, embedder):
    lines = "".join(f"Verse {number} of a song.\n" for number in range(1, 201))
    app = program(server, "middle")
    app.source("middle")
    upload, before = app.upload("middle", "song.txt", lines), len(embedder.requests)
    embedder.wait_seconds = 0.2
    app.split(upload, split_strategy="LINES_QUANTITY", split_quantity=1)
    embedder.wait_for(before + 3)
    embedder.refuse(500)
    until(lambda: app.status(upload)["error"], what="a word on the trouble")
    part = app.status(upload)
    assert part["status"] == "SPLITTED" and 0 < part["progress"] < 1
    assert shelf.search("middle", "Verse 7", "--method", "words"), "what is indexed can be found already"
    embedder.wait_seconds = 0
    embedder.accept()
    lapse(server)
    assert app.until(upload, "INDEXED")["objects"] == 200
    assert shelf.lines("middle", "verse") == list(range(1, 201))
    by_meaning = shelf.search("middle", "a poem", "--method", "meaning", "--limit", 1000)
    assert sorted(found["line"] for found in by_meaning) == list(range(1, 201))


def test_an_add_of_what_somebody_else_is_indexing_waits_for_it(shelf, server, embedder):
    embedder.refuse(503)
    path = shelf.write("shared.txt", LINES)
    first = Adding(shelf, "together", path)
    first.until_says("Trying again")
    second = Adding(shelf, "together", path)
    until(lambda: second.said or second.process.poll() is not None, what="a word of the second")
    assert "shared.txt" in second.said and second.process.poll() is None, second.said
    embedder.accept()
    lapse(server)
    assert first.process.wait(15) == second.process.wait(15) == 0
    assert list(shelf.files("together")) == ["shared.txt"]


# What the config says


def test_what_was_indexed_before_a_model_was_named_is_found_by_words_until_it_is_added_again(own, embedder, tmp_path):
    full = config(embedder)
    own.configure(CONFIG)
    own.start()
    shelf = Shelf(own, tmp_path / "files")
    shelf.add("house", house_txt=LINES, options=ONE_EACH)
    own.configure(full)
    question, line = PARAPHRASES[3]
    passage = LINES.splitlines()[line]
    assert shelf.search("house", question, "--method", "meaning") == []
    assert shelf.first("house", "cats and dogs") == passage
    assert shelf.add("house", house_txt=LINES, options=ONE_EACH)[0]["unchanged"] is True
    own.stop()
    own.start()
    assert shelf.add("house", house_txt=LINES, options=[*ONE_EACH, "--again"])[0]["unchanged"] is False
    assert shelf.first("house", question, "--method", "meaning") == passage
    # Vectors that have no room in memory are read anew for each question.
    own.configure(config(embedder, vector_bytes=0))
    assert shelf.first("house", question, "--method", "meaning") == passage
    own.configure(config(embedder, vector_bytes=3000))
    assert shelf.first("house", question, "--method", "meaning") == passage


@pytest.mark.parametrize("half, missing", [
    ({"embedding_upstream": "embedder"}, "embedding_model"), ({"embedding_model": MODEL}, "embedding_upstream")])
def test_half_of_what_is_needed_is_refused_by_name(own, embedder, tmp_path, half, missing):
    own.configure(config(embedder) | {"knowledge": half})
    outcome = own.command("serve", "--port", free_port())
    assert outcome.code == 1 and missing in outcome.err


@pytest.mark.parametrize("change, words", [
    ({"embedding_model": "another"}, "another"), ({"embedding_upstream": "nowhere"}, "nowhere")])
def test_a_model_or_upstream_that_is_not_there_is_named_in_what_waits(own, embedder, tmp_path, change, words):
    own.configure(config(embedder, **change))
    own.start()
    shelf = Shelf(own, tmp_path / "files")
    adding = Adding(shelf, "house", shelf.write("house.txt", LINES))
    try:
        adding.until_says("Trying again")
    finally:
        adding.kill()
    assert words in shelf.files("house")["house.txt"]["error"]
    assert words in adding.said


@pytest.mark.parametrize("key", ["wrong-key-of-ours", None])
def test_a_wrong_key_is_told_without_telling_it(embedder, model, tmp_path, key):
    server = make(tmp_path / "own", config(embedder), model, key)
    if key is None:
        del server.environment["EMBEDDER_KEY"]
    with server:
        shelf = Shelf(server, tmp_path / "files")
        adding = Adding(shelf, "house", shelf.write("house.txt", LINES))
        try:
            adding.until_says("Trying again")
        finally:
            adding.kill()
        error = shelf.files("house")["house.txt"]["error"]
        assert "embedder" in error and ("key" in error.lower() or "EMBEDDER_KEY" in error), error
        assert "wrong-key-of-ours" not in error + adding.said + server.err
