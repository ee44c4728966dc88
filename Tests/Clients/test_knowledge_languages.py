"""Words are found in other forms of theirs, in three languages and in code, and alike on both stores."""

import contextlib

import pytest

from knowledge import CONFIG, Shelf, given, program
from rialto import Rialto
from shared_store import database

# One line is one passage.
LINES = """\
Returned goods are refunded within fourteen days after they were delivered.
Invoices are paid by bank transfer; a late payment costs a fee of nine ducats.
Ships berthing at night announce themselves to the harbour office by radio.
The pilot boards every vessel that is longer than forty metres.
Children under six travel free of charge when accompanied by their parents.
O cancelamento da inscrição é gratuito até três dias antes da excursão.
As devoluções são aceitas em até trinta dias após o recebimento da mercadoria.
Os funcionários recebem férias remuneradas de trinta dias por ano.
A senha expira a cada noventa dias e não pode ser reutilizada.
O café da manhã está incluído na diária do hotel.
返品は商品の到着から八日以内に受け付けます。
有給休暇は入社から半年後に十日間与えられます。
消費税は価格に含まれています。
駐車場は病院の地下にあり、最初の一時間は無料です。
パスワードは九十日ごとに変更してください。
Set max_open_streams to limit how many answers one server streams at once.
Error E-4012 means that the database refused the connection.
Call getUserById(id) to load an account, or deleteUser to remove one.
The header X-Request-Id is echoed; HTTP 429 means that the rate was exceeded.
Run kubectl rollout restart deployment/api after the config has changed.
"""
ALL = LINES.splitlines()
# What is asked, and the beginning of the passage that answers it.
QUESTIONS = [
    ("How long does a refund take after delivery?", 0), ("paying an invoice late", 1), ("berthed ship at nights", 2),
    ("Which vessels need pilots?", 3), ("Does a child travel freely?", 4), ("cancelar inscricao", 5),
    ("devolucao de mercadorias", 6), ("ferias do funcionario", 7), ("senhas reutilizadas", 8),
    ("cafe da manha", 9), ("返品", 10), ("有給休暇は何日もらえますか", 11), ("税", 12),
    ("駐車", 13), ("パスワードを変更したい", 14), ("max_open_streams", 15), ("E-4012", 16), ("getUserById", 17),
    ("X-Request-Id", 18), ("kubectl rollout restart", 19)]
FORMS = [
    ("休暇", 11), ("病院", 13), ("商品", 10), ("ｶﾞﾗｽ", None), ("パスワード", 14), ("ﾊﾟｽﾜｰﾄﾞ", 14),
    ("excursao", 5), ("EXCURSÕES", 5), ("inscrições", 5), ("devolução", 6), ("hotéis", 9), ("diarias", 9),
    ("funcionária", 7),
    ("refunds", 0), ("refunding", 0), ("REFUND", 0), ("childrens", 4), ("announcing", 2), ("parent's", 4),
    ("open streams", 15), ("maxOpenStreams", 15), ("MAX_OPEN_STREAMS", 15), ("get user", 17), ("getuserbyid", 17),
    ("4012", 16),
    ("e4012", 16), ("429", 18), ("x request id", 18), ("deployment/api", 19), ("DeleteUser", 17), ("zanzibar", None),
    ("", None), ("???", None), ("the", None)]


@pytest.fixture(scope="module")
def shelves(model, tmp_path_factory):
    """The same files on either store."""
    with contextlib.ExitStack() as stack:
        made = {}
        for name in ("SQLite", "PostgreSQL"):
            store = stack.enter_context(database()) if name == "PostgreSQL" else None
            server = Rialto(tmp_path_factory.mktemp(name), CONFIG, model=model, store=store)
            stack.enter_context(server)
            made[name] = Shelf(server, tmp_path_factory.mktemp("files"))
            made[name].add("words", words_txt=LINES, options=("--split", "LINES_QUANTITY", "--quantity", 1))
        yield made


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def shelf(shelves, request):
    return shelves[request.param]


@pytest.fixture(scope="module")
def rankings(shelves):
    """What every question finds on either store, by its places in the text."""
    return {
        (name, question): [found["line"] - 1 for found in shelf.search("words", question, "--limit", 20)]
        for name, shelf in shelves.items() for question, _ in QUESTIONS}


@pytest.mark.parametrize("question, place", QUESTIONS)
def test_a_question_finds_its_answer_first_on_both_stores_which_rank_alike(rankings, question, place):
    assert rankings["SQLite", question][0] == place
    assert rankings["PostgreSQL", question] == rankings["SQLite", question]


@pytest.mark.parametrize("question, place", FORMS)
def test_a_word_is_found_in_its_other_forms(shelf, question, place):
    assert shelf.first("words", question) == (None if place is None else ALL[place])


def test_both_stores_give_scores_of_one_measure(shelves):
    for question in ("refund after delivery", "inscricao", "返品"):
        one, other = (shelf.search("words", question)[0]["score"] for shelf in shelves.values())
        assert one == pytest.approx(other, rel=0.01) and one > 0


def test_what_a_question_may_hold(shelf):
    for question in (
            '"', "a OR b AND NOT c", "refund*", "NEAR(refund delivered)", "source_key:x", "{terms}: refund", "'; --",
            "-refund", "refund\x01", "^refund", "\u202e", "\ufffe", "🧾", "x" * 60_000, "refund " * 9000):
        words = ("--data", shelf.server.data, "words", "--", question)
        found = shelf.server.command("knowledge", "search", *words, data=False)
        assert found.code == 0, (question[:20], found.err)
    assert shelf.first("words", "refund* AND NOT delivered") == ALL[0]


def test_a_japanese_question_reaches_the_model_with_its_passage(shelves, model):
    for name, shelf in shelves.items():
        shelf.server.agent("history", "--knowledge", "words", code="hanako")
        app = program(shelf.server, f"{name.lower()}-app")
        app.ask("hanako", f"返品できますか {name}")
        assert given(model.asked("history")[-1].messages)[0].text == ALL[10]
