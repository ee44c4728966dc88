"""What files become passages, how they are cut, and why one is not."""

import json

import pytest

from knowledge import CONFIG, Shelf, pdf, program

MARKDOWN = "# Harbour\n\nBefore all.\n\n## Berths\n\n" + "Berth seven is the pilot's. " * 40 + "\n\n## Fees\n\n" + (
    "A day costs nine ducats. " * 40)
HTML = (
    "<!doctype html><html><head><title>Harbour</title><style>.hidden{}</style><script>var zanzibar = 1</script></head>"
    "<body><h1>Harbour</h1><p>The pilot&rsquo;s berth &amp; buoy</p><ul><li>Grüße</li></ul></body></html>")
OPENAPI = """openapi: 3.0.3
info: {title: Harbour, version: '1'}
paths:
  /ships:
    get: {summary: Lists the ships in port, responses: {'200': {description: ships}}}
    post: {summary: Announces a ship, responses: {'201': {description: taken}}}
  /ships/{name}:
    delete: {summary: Strikes a ship off, responses: {'204': {description: gone}}}
"""
CODE = "def moor(ship):\n    return ship.rope\n\n\nclass Harbour:\n    max_open_berths = 7\n"
TEN = "".join(f"line {number}\n" for number in range(1, 11))
WORDS = " ".join(f"word{number}" for number in range(300))
JAPANESE = "".join(f"{number}番の桟橋は嵐の日に閉じる" for number in range(60))
API = {"openapi": "3.0.3", "info": {"title": "Harbour", "version": "1"}, "paths": {
    "/ships": {"get": {"summary": "Lists the ships in port"}, "post": {"summary": "Announces a ship"}},
    "/ships/{name}": {"delete": {"summary": "Strikes a ship off"}}}}
UNCUT = [
    ("plain.txt", "The mole is closed in storms.", "mole", "The mole is closed"),
    ("no-ending", "The mole is closed in storms.", "mole", "The mole is closed"),
    ("page.html", HTML, "pilot buoy", "The pilot’s berth & buoy"),
    ("tree.json", '{"berths": {"seven": "pilot"}}', "seven", "pilot"),
    ("tree.yaml", "berths:\n  seven: pilot\n", "seven", "pilot"),
    ("fees.csv", "berth,fee\nseven,9 ducats\neight,12 ducats\n", "eight", "12 ducats"),
    ("fees.tsv", "berth\tfee\nseven\t9 ducats\n", "seven", "9 ducats"),
    ("harbour.py", CODE, "max_open_berths", "max_open_berths = 7"),
    ("Harbour.swift", "struct Harbour {\n    let mooring = 7\n}\n", "mooring", "let mooring"),
    ("windows.txt", "\ufeffone\r\ntwo berths\r\n", "berths", "one\ntwo berths"),
    ("harbour.pdf", pdf("The mole is closed", "High water is at nine"), "high water", "High water is at nine"),
]
FAILING = [
    ("locked.pdf", pdf("secret", encrypted=True), "encrypted"),
    ("broken.pdf", b"%PDF-1.4\nnope", "broken"),
    ("scan.pdf", pdf("", ""), "no text"),
    ("other.pdf", b"nothing of the kind", "no PDF"),
    ("empty.txt", b"", "no text"),
    ("blank.md", b" \n\t\n", "no text"),
    ("nul.txt", b"a\0b", "NUL"),
    ("latin.txt", "Grüße".encode("latin-1"), "UTF-8"),
    ("letter.docx", b"PK\x03\x04word", "Office"),
    ("picture.png", b"\x89PNG\r\n\x1a\n\xff", "text"),
]


@pytest.fixture(scope="module")
def server(servers):
    return servers(CONFIG)


@pytest.fixture(scope="module")
def app(server):
    return program(server, "files-app")


@pytest.fixture
def shelf(server, tmp_path):
    return Shelf(server, tmp_path)


@pytest.fixture
def slug(request):
    """A source of the test's own."""
    return f"s{abs(hash(request.node.name)):x}"


@pytest.fixture
def cut(shelf, app, slug):
    """The passages that a file is cut into."""
    def passages(name, content, *options):
        [row] = shelf.add(slug, shelf.write(name, content), options=options)
        assert row["status"] == "indexed", row
        listed = app.objects(slug)
        assert listed["total"] == row["passages"]
        return listed["items"]

    return passages


@pytest.mark.parametrize("name, content, question, text", UNCUT)
def test_a_file_of_this_kind_is_read_and_found(cut, shelf, slug, name, content, question, text):
    [passage] = cut(name, content)
    assert text in passage["content"] and passage["file_name"] == name and passage["line"] == 1
    assert text in shelf.first(slug, question)


def test_what_html_hides_is_not_read(cut, shelf, slug):
    [passage] = cut("page.html", HTML)
    assert "zanzibar" not in passage["content"] and "<" not in passage["content"] and "Grüße" in passage["content"]
    assert shelf.search(slug, "zanzibar") == []


@pytest.mark.parametrize("name, content, word", FAILING)
def test_a_file_that_cannot_be_read_has_failed_and_says_why(shelf, slug, name, content, word):
    [row] = shelf.fail(slug, shelf.write(name, content))
    assert row["status"] == "failed" and row["passages"] == 0 and word in row["error"], row
    assert shelf.files(slug)[name] | {"unchanged": False} == row
    table = shelf.command("show", slug).out
    assert "failed" in table and row["error"][:40] in table


def test_one_file_that_cannot_be_read_leaves_the_others_of_its_folder_alone(shelf, slug):
    for name, content in {"a.txt": "antonio", "b.txt": "Grüße".encode("latin-1"), "c.txt": "cassio"}.items():
        shelf.write(f"folder/{name}", content)
    shelf.fail(slug, shelf.folder / "folder")
    states = {name: file["status"] for name, file in shelf.files(slug).items()}
    assert states == {"a.txt": "indexed", "b.txt": "failed", "c.txt": "indexed"}


def test_people_are_told_in_a_table_why_a_file_failed(shelf, slug):
    outcome = shelf.command("add", slug, shelf.write("broken.pdf", b"%PDF-1.4\nnope"))
    assert outcome.code == 1 and "broken.pdf  failed" in outcome.out and "is broken" in outcome.out


# How they are cut


def test_markdown_is_cut_by_its_headings(cut):
    passages = cut("harbour.md", MARKDOWN)
    assert len(passages) > 1
    berths, fees = ([each for each in passages if word in each["content"]] for word in ("pilot", "ducats"))
    assert all(each["title"] == "Harbour › Berths" for each in berths)
    assert all(each["title"] == "Harbour › Fees" for each in fees) and not set(map(str, berths)) & set(map(str, fees))
    assert all(len(each["content"].encode()) <= 4 * 400 for each in passages)


@pytest.mark.parametrize("name, content", [("api.yaml", OPENAPI), ("api.json", json.dumps(API))])
def test_an_openapi_description_is_cut_into_its_operations(cut, shelf, slug, name, content):
    head, *passages = cut(name, content, "--split", "ENDPOINT")
    assert "Harbour" in head["content"] and "GET" not in head["content"], "what it is all about"
    places = ["GET /ships", "POST /ships", "DELETE /ships/{name}"]
    assert len(passages) == 3
    for passage, place, words in zip(passages, places, ("Lists", "Announces", "Strikes")):
        assert place in passage["title"] + passage["content"] and words in passage["content"]
    assert "Announces" in shelf.first(slug, "announce a ship")


@pytest.mark.parametrize("name, content", [
    ("plain.txt", "no operations"), ("tree.json", '{"a": 1}'), ("a.pdf", pdf("no operations"))])
def test_what_describes_no_operations_is_not_cut_into_them(shelf, slug, name, content):
    [row] = shelf.fail(slug, shelf.write(name, content), options=("--split", "ENDPOINT"))
    assert row["status"] == "failed" and "OpenAPI" in row["error"]


@pytest.mark.parametrize("numbers, begins, last", [
    ((), [1], TEN), (("--quantity", 4), [1, 5, 9], "line 9\nline 10"), (("--quantity", 1), range(1, 11), "line 10"),
    (("--quantity", 3, "--overlap", 1), [1, 3, 5, 7, 9], "line 9\nline 10"),
    (("--quantity", 4, "--overlap", 3), range(1, 8), "line 7\nline 8\nline 9\nline 10")])
def test_so_many_lines(cut, numbers, begins, last):
    passages = cut("ten.txt", TEN, "--split", "LINES_QUANTITY", *numbers)
    assert [each["line"] for each in passages] == list(begins)
    assert [each["content"].splitlines()[0] for each in passages] == [f"line {begin}" for begin in begins]
    assert passages[-1]["content"].strip() == last.strip()


@pytest.mark.parametrize("text", [WORDS, JAPANESE], ids=["words", "Japanese"])
@pytest.mark.parametrize("strategy", ["CHARACTERS_QUANTITY", "TOKENS_QUANTITY"])
@pytest.mark.parametrize("quantity, overlap", [(200, 0), (200, 50), (None, 0)])
def test_so_many_characters_or_tokens(cut, text, strategy, quantity, overlap):
    def size(text):
        return len(text) if strategy == "CHARACTERS_QUANTITY" else len(text.encode()) / 4

    numbers = ("--quantity", quantity, "--overlap", overlap) if quantity else ()
    passages = [each["content"] for each in cut("long.txt", text, "--split", strategy, *numbers)]
    most = quantity or {"CHARACTERS_QUANTITY": 2000, "TOKENS_QUANTITY": 400}[strategy]
    assert all(size(each) <= most for each in passages) and len(passages) >= size(text) / most
    places = [text.index(each) for each in passages]
    ends = [place + len(each) for place, each in zip(places, passages)]
    assert places[0] == 0 and ends[-1] == len(text)
    for place, end in zip(places[1:], ends):
        assert text[end:place].strip() == "", "nothing is left out"
        # Rather a little less than half a word, or half a letter.
        assert size(text[place:end]) == pytest.approx(overlap, abs=3)


def test_uncut(cut):
    [passage] = cut("whole.txt", WORDS, "--split", "NONE")
    assert passage["content"] == WORDS


def test_a_long_paragraph_is_cut_at_so_many_tokens(cut):
    parts = cut("parts.txt", WORDS, "--quantity", 50)
    assert len(parts) >= len(WORDS) / 200 and all(len(each["content"]) <= 200 for each in parts)


@pytest.mark.parametrize("numbers, word", [
    (("--quantity", 0), "not 0"), (("--quantity=-1",), "not -1"), (("--quantity", 1_000_001), "not 1000001"),
    (("--overlap", 400), "not 400"), (("--overlap=-1",), "not -1"), (("--quantity", 5, "--overlap", 5), "not 5"),
    (("--split", "LINES_QUANTITY", "--overlap", 60), "not 60"), (("--quantity", "ten"), "ten"),
    (("--split", "WORDS"), "SYNTACTIC")])
def test_numbers_that_cannot_be_are_refused_before_anything_is_made(shelf, slug, numbers, word):
    assert word in shelf.refused("add", slug, shelf.write("ten.txt", TEN), *numbers)
    assert slug not in {source["slug"] for source in shelf.run("list")}
