"""What StackSpot's chat says of the passages that its model was given, and how many those are."""

import json
import math
import uuid

import pytest
import requests

from knowledge import CONFIG, PATIENCE, Shelf, given, program
from model_script import SCENES, Raw, Text
from waiting import until

BUDGET = 500
# Forty passages about the same, each of about a hundred tokens.
BALLADS = "".join(f"Ballad {number}: {'the mole sings in storms ' * 16}\n" for number in range(1, 41))
ENDING = b'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'


async def uncounted(script, call):
    """A model that tells what it was asked, and counts no tokens."""
    yield Text(json.dumps(call.messages))
    yield Raw(ENDING)


@pytest.fixture(scope="module", autouse=True)
def scene():
    SCENES.append((r"uncounted", uncounted))
    yield
    SCENES.remove((r"uncounted", uncounted))


@pytest.fixture(scope="module")
def server(servers, tmp_path_factory):
    server = servers(CONFIG | {"knowledge": {"prompt_tokens": BUDGET}})
    shelf = Shelf(server, tmp_path_factory.mktemp("files"))
    shelf.add("ballads", ballads_txt=BALLADS, options=("--split", "LINES_QUANTITY", "--quantity", 1))
    shelf.add("fees", fees_csv="berth,fee\nseven,9 ducats\n")
    shelf.add("gates", gates_md="The city gate is closed at night.")
    server.agent("uncounted", "--knowledge", "fees", code="knows")
    server.agent("uncounted", code="knows-nothing")
    server.agent("history", "--knowledge", "fees", code="counted")
    return server


@pytest.fixture(scope="module")
def app(server):
    return program(server, "app")


def sources(answer):
    return {each["slug"] for each in answer["source"]}


def passages(answer):
    """What the model was given, by its own word."""
    return given(json.loads(answer["message"]))


def tokens(text):
    return math.ceil(len(text.encode()) / 4)


# Which sources


def test_a_request_names_sources_besides_the_agents(app):
    gates = app.get("/v1/knowledge-sources/gates")
    question = "What costs berth seven, and when is the gate closed?"
    assert {each.source for each in passages(app.ask("knows", question))} == {"fees"}
    for more in (
            {"knowledge_sources": ["gates"]}, {"knowledge_source_ids": [gates["id"]]},
            {"knowledge_source_ids": ["gates"]}, {"knowledge_sources": [gates["id"]]},
            {"knowledge_sources": ["gates"], "knowledge_source_ids": [gates["id"]]}):
        assert {each.source for each in passages(app.ask("knows", question, **more))} == {"fees", "gates"}
        assert {each.source for each in passages(app.ask("knows-nothing", question, **more))} == {"gates"}
    for more in ({"knowledge_sources": []}, {"knowledge_sources": None}, {"knowledge_source_ids": None}):
        assert {each.source for each in passages(app.ask("knows", question, **more))} == {"fees"}


@pytest.mark.parametrize("field", ["knowledge_sources", "knowledge_source_ids"])
def test_a_source_that_is_none_is_refused_with_its_place(app, field):
    error = app.ask("knows", "hello", status=404, **{field: ["gates", "nowhere"]})
    assert f"{field}[1]" in error["details"] or "nowhere" in error["details"]
    for wrong in ("gates", {"a": 1}, [1], [None]):
        assert field in app.ask("knows", "hello", status=400, **{field: wrong})["details"]


def test_the_guide_takes_no_sources_but_its_own(app):
    answer = app.ask("guide", "What is Rialto?", return_ks_in_response=True)
    assert answer["message"] and answer["source"] == []
    named = app.call("POST", "/v1/agent/guide/chat", json={"user_prompt": "gate?", "knowledge_sources": ["gates"]})
    assert named.status_code in (200, 400), named.text


# What is said of them


@pytest.mark.parametrize("asked", [{"return_ks_in_response": True}, {"return_ks_in_response": "true"}])
def test_the_passages_of_the_prompt_are_named_and_no_others(app, asked):
    known = {item["id"]: item for item in app.objects("ballads")["items"]}
    source = app.get("/v1/knowledge-sources/ballads")
    whole = app.ask("knows-nothing", "Which ballad sings of storms?", knowledge_sources=["ballads"], **asked)
    *_, end = app.stream("knows-nothing", "Which ballad sings of storms?", knowledge_sources=["ballads"], **asked)
    for answer in (whole, end):
        told = [known[each["id"]]["content"] for each in answer["source"]]
        assert told == [each.text for each in passages(whole)] and len(told) > 1
        assert answer["knowledge_source_id"] == [source["id"]] and answer["cross_account_source"] == []
        for each in answer["source"]:
            assert each["slug"] == "ballads" and each["name"] == "ballads" and each["type"] == "custom"
            assert each["document_type"] == "text/plain" and each["document_id"] == known[each["id"]]["document_id"]
            assert each["document_score"] > 0
        scores = [each["document_score"] for each in answer["source"]]
        assert scores == sorted(scores, reverse=True)


def test_they_are_not_named_to_who_does_not_ask(app):
    for more in ({}, {"return_ks_in_response": False}, {"return_ks_in_response": "false"}):
        for answer in (app.ask("knows", "berth seven?", **more), app.stream("knows", "berth seven?", **more)[-1]):
            assert answer["source"] == [] and answer["knowledge_source_id"] == []
    answer = app.ask("knows", "zanzibar?", return_ks_in_response=True)
    assert answer["source"] == [] and answer["knowledge_source_id"] == [] and answer["tokens"]["enrichment"] == 0


def test_deltas_say_nothing_of_sources(app):
    *deltas, end = app.stream("knows", "berth seven?", return_ks_in_response=True)
    assert deltas and all(each["source"] == [] and "tokens" not in each for each in deltas) and end["source"]


def test_a_repeat_and_a_restart_name_the_same_passages(server, app):
    answers = []
    for streaming in (False, True):
        key, more = {"Idempotency-Key": uuid.uuid4().hex}, {"return_ks_in_response": True}
        ask = app.stream if streaming else app.ask
        first, again = (ask("knows", "berth seven?", key, **more) for _ in range(2))
        assert again == first and (first[-1] if streaming else first)["source"]
        answers.append((ask, key, more, first))
    run = app.call("POST", "/v1/agent/knows/chat", json={"user_prompt": "berth seven?"}).headers["X-Run-Id"]

    def followed(**query):
        return app.get(f"/v1/agent/knows/chat/{run}", **query)["source"]

    told = followed(return_ks_in_response="true")
    assert {each["slug"] for each in told} == {"fees"} and followed() == []
    server.stop()
    server.start()
    for ask, key, more, first in answers:
        assert ask("knows", "berth seven?", key, **more) == first
    assert followed(return_ks_in_response="true") == told
    stream = requests.get(
        f"{app.base}/v1/agent/knows/chat/{run}?return_ks_in_response=true", timeout=PATIENCE,
        headers=app.headers | {"Accept": "text/event-stream"})
    *_, end = [json.loads(line[5:]) for line in stream.text.splitlines() if line.startswith("data:")]
    assert end["source"] == told


def test_a_repeat_names_what_the_model_was_given_then_though_it_has_been_removed(app):
    app.source("gone")
    app.index("gone", "gone.md", "Jessica says zanzibar.")
    key, more = {"Idempotency-Key": uuid.uuid4().hex}, {"return_ks_in_response": True, "knowledge_sources": ["gone"]}
    first = app.ask("knows", "zanzibar?", key, **more)
    assert sources(first) == {"gone"}
    app.delete("/v1/knowledge-sources/gone/objects")
    assert app.ask("knows", "zanzibar?", key, **more) == first


# How many


def test_the_tokens_of_knowledge_are_counted_apart_and_stay_within_the_budget(app):
    answer = app.ask("knows-nothing", "Which ballad sings of storms?", knowledge_sources=["ballads"])
    counted = answer["tokens"]
    message, = [each for each in json.loads(answer["message"]) if each["role"] == "system"]
    assert counted["enrichment"] == tokens(message["content"]) > 0
    assert counted["input"] == counted["user"] + counted["enrichment"] and counted["user"] > 0
    assert counted["enrichment"] <= BUDGET


def test_there_is_room_for_as_many_as_the_budget_says(app):
    few = app.ask("knows-nothing", "Which ballad sings of storms?", knowledge_sources=["ballads"])
    assert len(passages(few)) > 1
    largest = max(tokens(each.text) for each in passages(few)) + 20
    assert BUDGET - largest < few["tokens"]["enrichment"] <= BUDGET, "no other would have fitted in"


def test_a_deep_search_gives_more(app):
    question, more = "Which ballad sings of storms?", {"knowledge_sources": ["ballads"]}
    usual = passages(app.ask("knows-nothing", question, **more))
    for flag in (True, "true"):
        deep = passages(app.ask("knows-nothing", question, deep_search_ks=flag, **more))
        assert len(usual) < len(deep) <= 2 * len(usual) + 1
        assert sum(tokens(each.text) for each in deep) <= 2 * BUDGET
    assert passages(app.ask("knows-nothing", question, deep_search_ks=False, **more)) == usual


def test_a_passage_that_has_no_room_leaves_it_to_the_next(app):
    app.source("sizes")
    app.index("sizes", "long.txt", "zanzibar " * 400, split_strategy="NONE")
    app.index("sizes", "short.txt", "A short word on zanzibar.")
    found = passages(app.ask("knows-nothing", "zanzibar?", knowledge_sources=["sizes"]))
    assert [each.document for each in found] == ["short.txt"]


def test_where_the_model_counts_knowledge_is_part_of_what_it_counted(app):
    for answer in (app.ask("counted", "berth seven?"), app.stream("counted", "berth seven?")[-1]):
        counted = answer["tokens"]
        # The scripted model counts messages.
        assert counted["input"] == 2 == counted["user"] + counted["enrichment"] and counted["enrichment"] > 0


def test_all_of_it_is_the_same_in_a_stream(app):
    *deltas, end = app.stream("knows-nothing", "Which ballad sings of storms?", knowledge_sources=["ballads"])
    whole = app.ask("knows-nothing", "Which ballad sings of storms?", knowledge_sources=["ballads"])
    assert "".join(each["message"] for each in deltas) == whole["message"] and end["tokens"] == whole["tokens"]


def test_a_new_agent_knows_at_once_what_was_indexed_just_before(server, app):
    app.source("news")
    app.index("news", "news.md", "Lorenzo says zanzibar.")
    server.agent("uncounted", "--knowledge", "news", code="newsreader")
    assert until(lambda: passages(app.ask("newsreader", "Who says zanzibar?")), 2, "the news")
