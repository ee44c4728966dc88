"""What becomes of requests in the queue when their server is killed over them, and when it is stopped in peace."""

import contextlib
import signal

import pytest
import requests

from caller import Stream
from conftest import PATIENT
from rialto import Rialto
from rooms_client import RoomsClient, output, values
from shared_store import database
from waiting import at_once, until

# A killed server's lease has to end before another may take what it had.
AFTER_A_KILL = 15
AT_ONCE = {"streams_seconds": 0, "runs_seconds": 0}


@pytest.fixture(scope="module", params=["SQLite", "PostgreSQL"])
def make(request, model, tmp_path_factory):
    """Makes started servers on stores of their own."""
    with contextlib.ExitStack() as stack:
        def made(workers, drain=AT_ONCE):
            config = PATIENT | {"queue": {"workers": workers}, "drain": drain}
            store = stack.enter_context(database()) if request.param == "PostgreSQL" else None
            server = Rialto(tmp_path_factory.mktemp("rialto"), config, model=model, store=store)
            stack.callback(server.__exit__)
            return server.start()

        yield made


class Story:
    """A request whose model says something else each time it is asked."""

    def __init__(self, client, model, **more):
        self.client, self.model, self.gates = client, model, [model.gate()]
        self.id = client.enqueue("gated", self.gate.name, **more)

    @property
    def gate(self):
        """Of the newest attempt."""
        return self.gates[-1]

    @property
    def asked(self):
        return len([call for call in self.model.asked("gated") if call.question == self.gate.name])

    def next(self):
        """The gate of the next attempt."""
        self.gates.append(self.model.gate(self.gate.name))
        return self.gate

    def status(self):
        return self.client.status("gated", self.id)

    def ended(self):
        return self.client.ended("gated", self.id, AFTER_A_KILL)

    def follow(self, after=None, query=""):
        headers = {"Last-Event-ID": after} if after else {}
        return self.client.call("GET", f"/gated/{self.id}/sse{query}", headers=headers, stream=True)

    def says(self, server, text):
        """The model says it, and the store has it."""
        self.gate.wait_arrived(AFTER_A_KILL)
        self.gate.send(text)
        until(lambda: server.shown_run(self.id)["answer"] == text, what="the text in the store")
        return self


class Crash:
    """Requests of all kinds, two kills and two new starts."""

    def __init__(self, make, model):
        self.server = server = make(workers=16)
        self.client = client = RoomsClient(server, server.agent("gated"), server.agent("echo"))

        def tell(**more):
            return Story(client, model, **more)

        self.room = client.room("gated")
        self.again, self.silent, self.tool = tell().says(server, "first try "), tell(), tell()
        self.twice = tell(chat_room_id=self.room).says(server, "first try ")
        self.behind = tell(chat_room_id=self.room)
        self.canceled = tell(chat_room_id=self.room)
        assert client.call("POST", f"/gated/{self.canceled.id}/cancel").json() is True
        self.silent.gate.wait_arrived()
        self.call_a_tool()
        self.before = Stream(self.again.follow())
        self.before.until(lambda event: event.json and event.json["results"] == {"output": "first try "})
        self.kept = at_once(20, lambda place: client.enqueue("echo", f"kept {place}"))
        server.kill()
        self.second_time()
        server.kill()
        self.third_time()

    def call_a_tool(self):
        self.tool.gate.wait_arrived()
        self.tool.gate.call("weather", '{"city": "Venezia"}')
        stream = Stream(self.tool.follow())
        stream.until(lambda event: event.json and "tool_call" in (event.json["results"] or {}))
        stream.close()

    def second_time(self):
        self.again.next().send("second answer").finish()
        self.silent.next().send("at last").finish()
        self.tool.next().finish()
        self.twice.next()
        self.server.start()
        self.twice.says(self.server, "second try ")
        for story in (self.again, self.silent, self.tool):
            story.ended()
        for request in self.kept:
            self.client.ended("echo", request, AFTER_A_KILL)

    def third_time(self):
        self.twice.next().send("third answer").finish()
        self.behind.gate.send("my turn").finish()
        self.server.start()
        self.behind.ended()


@pytest.fixture(scope="module")
def crash(make, model):
    return Crash(make, model)


def test_what_was_answered_with_an_id_is_done(crash):
    for place, request in enumerate(crash.kept):
        shown = crash.client.ended("echo", request)
        assert shown["status"] == "COMPLETED" and shown["results"] == {"output": f"kept {place}"}


def test_a_request_that_was_being_answered_is_asked_once_more_and_only_the_second_answer_counts(crash):
    shown = crash.again.ended()
    assert shown["status"] == "COMPLETED" and shown["failure_reason"] is None
    assert shown["results"] == {"output": "second answer"}
    assert crash.again.asked == 2
    silent = crash.silent.ended()
    assert silent["status"] == "COMPLETED" and silent["results"] == {"output": "at last"} and crash.silent.asked == 2


def test_the_other_api_shows_the_second_answer_only(crash):
    answer = crash.server.caller().look(crash.again.id)
    assert answer.status_code == 200, answer.text
    assert answer.json()["choices"][0]["message"]["content"] == "second answer"
    messages = crash.server.caller().get(f"/conversations/{crash.again.status()['chat_room_id']}/messages").json()
    assert [message["content"] for message in messages["data"]] == [crash.again.gate.name, "second answer"]


def test_a_request_whose_server_was_killed_twice_has_failed_and_is_not_asked_a_third_time(crash):
    shown = crash.twice.ended()
    assert shown["status"] == "FAILED" and "twice" in shown["failure_reason"]
    assert crash.twice.asked == 2


def test_a_request_that_had_called_a_tool_has_failed_and_is_not_asked_again(crash):
    shown = crash.tool.ended()
    assert shown["status"] == "FAILED" and "tool had been called" in shown["failure_reason"]
    assert crash.tool.asked == 1


def test_what_waited_behind_it_in_its_room_is_answered_then(crash):
    assert crash.behind.ended()["status"] == "COMPLETED" and crash.behind.ended()["results"] == {"output": "my turn"}
    assert crash.behind.asked == 1


def test_what_was_canceled_before_the_kill_stays_so(crash):
    assert crash.canceled.status()["status"] == "CANCELED" and crash.canceled.asked == 0


def test_a_reader_who_comes_after_the_repeat_sees_two_beginnings_and_the_second_answer_at_the_end(crash):
    seen = values(crash.again.follow())
    assert [value["results"] for value in seen].count(None) <= 2
    last_beginning = max(place for place, value in enumerate(seen) if value["results"] is None)
    assert output(seen[last_beginning:]) == "second answer"
    assert seen[-1]["results"] == {"output": "second answer", "final": True}


def test_raw_framing_ends_with_the_second_answer_too(crash):
    values_of_raw = [line for line in crash.again.follow(query="?framing=raw").text.splitlines() if line]
    assert '"output":"second answer","final":true' in values_of_raw[-1]


def test_a_reader_from_before_the_kill_goes_on_with_the_second_attempt(crash):
    rest = Stream(crash.again.follow(after=crash.before.ids[-1])).read_all()
    seen = [event.json for event in rest.told]
    assert seen[0]["results"] is None, "the second attempt begins"
    assert output(seen) == "second answer"
    before, after = ([event.sequence for event in stream.told] for stream in (crash.before, rest))
    assert min(after) > max(before), "no number is used twice"
    assert seen[-1]["results"] == {"output": "second answer", "final": True}


def test_readers_of_a_request_that_failed_are_told_so(crash):
    for story in (crash.twice, crash.tool):
        error = values(story.follow())[-1]
        assert error["ability_node_name"] == "error"
        assert error["results"]["error"]["message"] == story.ended()["failure_reason"]


# Stopping in peace

def test_stops_do_not_count_as_crashes(make, model):
    server = make(workers=1)
    client = RoomsClient(server, server.agent("gated"), server.agent("echo"))
    story = Story(client, model).says(server, "not yet ")
    waiting = [Story(client, model) for _ in range(3)]
    for _ in range(3):
        assert server.stop(signal.SIGTERM) == 0
        story.next()
        server.start()
        story.says(server, "not yet ")
    assert [(each.status()["status"], each.asked) for each in waiting] == [("PENDING", 0)] * 3
    story.gate.send("but now").finish()
    for each in waiting:
        each.gate.finish()
    assert story.ended()["results"] == {"output": "not yet but now"} and story.asked == 4
    assert [(each.ended()["status"], each.asked) for each in waiting] == [("COMPLETED", 1)] * 3


def test_a_stop_after_a_tool_was_called_ends_the_request(make, model):
    server = make(workers=1)
    client = RoomsClient(server, server.agent("gated"), server.agent("echo"))
    story = Story(client, model)
    story.gate.wait_arrived()
    story.gate.call("weather", '{"city": "Venezia"}')
    Stream(story.follow()).until(lambda event: event.json and "tool_call" in (event.json["results"] or {}))
    behind = client.enqueue("echo", "after you")
    assert server.stop(signal.SIGTERM) == 0
    server.start()
    assert client.ended("echo", behind)["status"] == "COMPLETED"
    shown = story.ended()
    assert shown["status"] == "FAILED" and shown["failure_reason"] and story.asked == 1


def test_a_stopping_server_lets_what_it_answers_come_to_its_end(make, model):
    server = make(workers=1, drain={"streams_seconds": 20})
    client = RoomsClient(server, server.agent("gated"), server.agent("echo"))
    story = Story(client, model).says(server, "nearly ")
    behind = client.enqueue("echo", "after you")
    server.process.send_signal(signal.SIGTERM)
    until(lambda: not takes_requests(server), what="its stopping")
    story.gate.send("done").finish()
    assert server.process.wait(20) == 0
    server.start()
    assert story.status()["results"] == {"output": "nearly done"} and story.asked == 1
    assert client.ended("echo", behind)["status"] == "COMPLETED"


def takes_requests(server):
    try:
        return requests.get(f"{server.base}/readyz", timeout=5).status_code == 200
    except requests.RequestException:
        return False
