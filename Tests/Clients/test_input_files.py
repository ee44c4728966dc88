"""Files that a question names by their addresses are fetched before the model is asked."""

import json
import time
import uuid

import boto3
import pytest
from moto.server import ThreadedMotoServer

from receiver import LOOPBACK, Answer, Close, Flood, Hang, Receiver
from rialto import REPOSITORY
from rooms_client import RoomsClient, output
from s3_vectors import vectors
from waiting import at_once

FILE_BYTES = 20000
BUCKET = "ca-doro.2024"
REGION = "eu-south-1"
ACCOUNT = {"aws_access_key_id": "AKIAANTONIO", "aws_secret_access_key": "three/thousand+ducats"}
PNG = b"\x89PNG\r\n\x1a\n\x00\x01"
TEXT = "The quality of mercy ⚓️ is not strain’d"


@pytest.fixture(scope="module")
def bucket():
    """A store with one bucket, and a client of it."""
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    url = "http://{}:{}".format(*server.get_host_and_port())
    store = boto3.client("s3", endpoint_url=url, region_name=REGION, **ACCOUNT)
    store.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    yield store
    server.stop()


@pytest.fixture(scope="module")
def reader(servers, bucket):
    """A server that may read files of this machine and of the store."""
    store = {"endpoint": bucket.meta.endpoint_url, "region": REGION, "access_key_id": ACCOUNT["aws_access_key_id"],
             "secret_key_env": "STORE_SECRET"}
    config = {"outbound": LOOPBACK | {"file_seconds": 1}, "limits": {"file_bytes": FILE_BYTES}, "s3": store}
    return servers(config, environment={"STORE_SECRET": ACCOUNT["aws_secret_access_key"]})


@pytest.fixture(scope="module")
def agent(reader):
    """The model answers with what it was asked."""
    return reader.agent("request")


@pytest.fixture(scope="module")
def client(reader, agent):
    return RoomsClient(reader, agent)


@pytest.fixture
def shelf():
    with Receiver(otherwise=Answer(404)) as made:
        yield made


def asked(client, agent, *urls, message="Read this"):
    """What the model was asked with such files, and the request's parameters."""
    status = client.ended(agent, client.enqueue(agent, message, input_files=list(urls)))
    assert status["status"] == "COMPLETED", status["failure_reason"]
    parameters = json.loads(status["request_params_json"])["params"]
    return json.loads(status["results"]["output"])["messages"][-1]["content"], parameters


def failure(client, agent, url):
    """Why a question with such a file could not be asked."""
    status = client.ended(agent, client.enqueue(agent, "Read this", input_files=[url]))
    assert status["status"] == "FAILED" and status["results"] is None, status
    return status["failure_reason"]


def spoken(content):
    return content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)


# Over HTTP


def test_a_text_becomes_a_part_of_what_the_model_is_asked(client, agent, shelf):
    url = shelf.give("/two%20words/mercy%20%E2%9A%93.txt?of=Portia", TEXT.encode()) + "#scene"
    content, parameters = asked(client, agent, url)
    assert TEXT in spoken(content) and "Read this" in spoken(content)
    assert parameters == [
        {"type": "text", "text": "Read this"}, {"type": "file", "name": "mercy ⚓.txt", "url": url}]
    [heard] = shelf.heard
    assert heard.method == "GET" and "x-api-key" not in heard.headers and "authorization" not in heard.headers


def test_an_image_and_a_text_reach_the_model_in_their_order(client, agent, shelf):
    urls = [shelf.give("/dot.png", PNG, "image/png"), shelf.give("/last", b"and last", "text/markdown; charset=utf-8")]
    content, parameters = asked(client, agent, *urls)
    told = spoken(content)
    assert "data:image/png;base64,iVBORw0KGgoAAQ==" in told and "and last" in told
    assert told.index("data:image/png") < told.index("and last")
    assert [part.get("name") for part in parameters] == [None, "dot.png", "last"]


def test_a_stream_waits_for_its_files_too(client, agent, shelf):
    url = shelf.give("/mercy.txt", TEXT.encode())
    request, seen = client.ask(agent, "Read this", input_files=[url])
    assert TEXT in output(seen)
    [_, part] = json.loads(client.status(agent, request)["request_params_json"])["params"]
    assert part == {"type": "file", "name": "mercy.txt", "url": url}


def test_files_of_the_form_and_of_the_net_come_together_without_a_message(client, agent, shelf):
    url = shelf.give("/net.txt", b"from the net")
    request = client.enqueue(agent, None, files=[("form.txt", b"from the form", "text/plain")], input_files=[url])
    status = client.ended(agent, request)
    assert status["status"] == "COMPLETED", status["failure_reason"]
    assert "from the net" in status["results"]["output"] and "from the form" in status["results"]["output"]
    names = [part["name"] for part in json.loads(status["request_params_json"])["params"]]
    assert names == ["form.txt", "net.txt"]


def test_a_room_remembers_the_files_of_what_was_asked_in_it(reader, client, agent, shelf):
    room, url = client.room(agent), shelf.give("/mercy.txt", TEXT.encode())
    client.ended(agent, client.enqueue(agent, "Read this", input_files=[url], chat_room_id=room))
    again = client.ended(agent, client.enqueue(agent, "And now?", chat_room_id=room))
    assert TEXT in again["results"]["output"] and len(shelf.heard) == 1, "it was kept, not fetched again"


# What cannot be had


def test_a_file_that_no_model_takes_fails_with_its_type(client, agent, shelf, model):
    before = len(model.asked("request"))
    reason = failure(client, agent, shelf.give("/all.zip", b"PK\x03\x04", "application/zip"))
    assert "application/zip" in reason
    _, seen = client.ask(agent, "Read this", input_files=[f"{shelf.base}/all.zip"])
    assert seen[-1]["ability_node_name"] == "error"
    assert seen[-1]["results"]["error"] == {"reason": "unsupported", "message": reason}
    assert len(model.asked("request")) == before, "the model was not asked"


def test_text_that_is_none_is_named(client, agent, shelf):
    assert "“odd.txt”" in failure(client, agent, shelf.give("/odd.txt", b"\xff\xfe\x00"))


def test_what_the_server_of_a_file_does_wrong_is_said_with_the_url(client, agent, shelf):
    with Receiver() as target:
        words = {
            shelf.base + "/missing.txt": "its server answered 404",
            shelf.answer("/broken.txt", 500): "its server answered 500",
            shelf.answer("/moved.txt", Answer(302, {"Location": target.url})): "its server answered 302",
            shelf.answer("/hangs.txt", Hang()): "did not answer within 1 s",
            shelf.answer("/closes.txt", Close()): "the connection broke",
            shelf.answer("/endless.txt", Flood()): f"more than {FILE_BYTES} bytes",
            shelf.give("/large.txt", b"x" * (FILE_BYTES + 1)): f"more than {FILE_BYTES} bytes",
            "http://127.0.0.1:1/x.txt": "the connection was refused",
            "http://nowhere.invalid/x.txt": "its name was not found",
        }
        urls = list(words)
        begun = time.monotonic()
        for url, reason in zip(urls, at_once(len(urls), lambda place: failure(client, agent, urls[place]))):
            assert url in reason and words[url] in reason, reason
        assert target.connections == 0 and time.monotonic() - begun < 10


def test_the_largest_file_is_not_too_large(client, agent, shelf):
    content, _ = asked(client, agent, shelf.give("/full.txt", b"x" * FILE_BYTES))
    assert "x" * FILE_BYTES in spoken(content)


def test_a_request_is_canceled_while_its_file_is_fetched(servers, shelf):
    server = servers({"outbound": LOOPBACK | {"file_seconds": 60}})
    client = RoomsClient(server, server.agent("echo"))
    url = shelf.answer("/hangs.txt", Hang())
    request = client.enqueue("echo", "Read this", input_files=[url])
    shelf.wait_for(1, "/hangs.txt")
    assert client.call("POST", f"/echo/{request}/cancel").json() is True
    assert client.ended("echo", request, 5)["status"] == "CANCELED"


# What is refused at once


@pytest.mark.parametrize("door", ["async", "sse"])
@pytest.mark.parametrize("item, kind", [
    (7, "integer"), (None, "null"), ({"url": "http://example.org/"}, "object"), ("", ""), ("note.txt", ""),
    ("ftp://example.org/x", ""), ("file:///etc/passwd", ""), ("http://me:word@example.org/x", ""),
    ("s3://", ""), ("s3://Up/x", ""), ("s3://bucket", "")])
def test_an_item_that_is_no_address_is_named_by_its_place(client, agent, shelf, door, item, kind):
    urls = [shelf.give("/good.txt", b"good"), item]
    form = [("params_json", (None, json.dumps({"input_message": "x", "input_files": urls})))]
    answer = client.call("POST", f"/{agent}/{door}", files=form)
    assert answer.status_code == 400 and list(answer.json()) == ["detail"], answer.text
    assert "params_json.input_files[1]" in answer.json()["detail"] and kind in answer.json()["detail"]
    assert shelf.connections == 0


def test_without_a_store_an_object_is_refused_at_once(shared):
    client = RoomsClient(shared, shared.agent("echo"))
    answer = client.enqueue("echo", "Read this", input_files=["s3://ca-doro/x.txt"], status=400)
    assert answer.json()["detail"].startswith("params_json.input_files[0]: ") and "s3://" in answer.json()["detail"]


def test_too_many_files_are_refused_at_once(client, agent, shelf):
    client.enqueue(agent, "Read these", input_files=[shelf.url] * 200, status=413)
    assert shelf.connections == 0


# From the store


@pytest.mark.parametrize("key", [
    "ledger.txt", "two words/three more words.txt", "one+one=two&three.txt", "Città/ponte di Rialto/水 🛶.txt",
    "100%/%41%2F.txt", "100% sure.txt", "a//b.txt", "question?mark#hash.txt", "~(home)/'quoted'.txt"])
@pytest.mark.parametrize("kind", ["text/plain", None], ids=["told", "untold"])
def test_an_object_of_any_key_reaches_the_model(client, agent, bucket, key, kind):
    text = f"{TEXT} {uuid.uuid4()}"
    bucket.put_object(Bucket=BUCKET, Key=key, Body=text.encode(), **({"ContentType": kind} if kind else {}))
    content, parameters = asked(client, agent, f"s3://{BUCKET}/{key}")
    assert text in spoken(content)
    assert parameters[1] == {"type": "file", "name": key.rpartition("/")[2], "url": f"s3://{BUCKET}/{key}"}


def test_an_object_that_is_missing_is_named(client, agent):
    for url in (f"s3://{BUCKET}/missing.txt", "s3://no-such-bucket/missing.txt"):
        reason = failure(client, agent, url)
        assert url in reason and "404" in reason
        assert ACCOUNT["aws_access_key_id"] not in reason and "127.0.0.1" not in reason


def test_the_vectors_of_the_swift_tests_are_what_botocore_signs():
    kept = REPOSITORY / "Tests" / "OutboundTests" / "Vectors" / "s3_vectors.json"
    assert json.loads(kept.read_text()) == vectors()
