"""Every tool of servers, at its door."""

import base64

import pytest

from goods import MICRO, SMALL, asked, bought, managed, paid, refusal, server, service
from shop import Household, name

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ1u2m3n4o5p6q7r8s9t0u1v2w3x4y5z6A7B8C9D0E1F portia"


@pytest.fixture(scope="module")
def shopper(shared):
    return Household(shared, dollars=5000).shopper()


@pytest.fixture
def owned(shopper):
    return bought(shopper, server())


@pytest.fixture
def door(owned):
    return f"/services/{owned['id']}/server"


def acted(shopper, door, kind, **more):
    return managed(shopper, "POST", f"{door}/actions", {"type": kind} | more)


def ran(shopper, door, *command, **more):
    return managed(shopper, "POST", f"{door}/exec", {"command": list(command), "timeoutSeconds": 10} | more)


def test_a_server_shows_what_was_bought_and_runs(shopper, owned, door):
    shown = asked(shopper, door)
    assert shown["hostname"] == owned["configuration"]["hostname"] and shown["state"] == "running"
    assert (shown["image"], shown["region"]) == ("debian-12", "eu-central") and shown["ipv4"]
    assert owned["outputs"]["ipv4"] == shown["ipv4"]


def test_it_is_stopped_started_and_restarted(shopper, door):
    for kind, more, state in (("stop", {}, "stopped"), ("stop", {"force": True}, "stopped"), ("start", {}, "running"),
                              ("start", {}, "running"), ("restart", {}, "running")):
        assert acted(shopper, door, kind, **more)["state"] == state == asked(shopper, door)["state"]
    acted(shopper, door, "stop")
    assert refusal(shopper.post(f"{door}/exec", {"command": ["true"], "timeoutSeconds": 5}), 409)["type"] == "conflict"


@pytest.mark.parametrize("body", [{}, {"type": "explode"}, {"type": 7}, {"type": "reinstall"}, {"type": "rename"},
                                  {"type": "stop", "force": "yes"}, {"type": "publish-port", "containerPort": 80}])
def test_an_action_that_is_none_is_refused(shopper, door, body):
    refusal(shopper.post(f"{door}/actions", body), 400)


def test_commands_are_answered_and_say_that_nothing_is_run(shopper, owned, door):
    told = ran(shopper, door, "echo", "hello", "harbour")
    assert (told["exitCode"], told["stdout"], told["stderr"]) == (0, "hello harbour\n", "")
    assert told["simulated"] is True
    assert ran(shopper, door, "hostname")["stdout"].strip() == owned["configuration"]["hostname"]
    assert ran(shopper, door, "cat", stdin="given")["stdout"] == "given"
    assert ran(shopper, door, "false")["exitCode"] == 1
    assert ran(shopper, door, "rm", "-rf", "/")["exitCode"] == 127
    for wrong in ({"command": [], "timeoutSeconds": 5}, {"command": "ls", "timeoutSeconds": 5}, {"command": ["ls"]},
                  {"command": ["ls"], "timeoutSeconds": 0}):
        refusal(shopper.post(f"{door}/exec", wrong), 400)


def test_files_are_written_and_read(shopper, door):
    path = "/srv/app/config.json"
    told = managed(shopper, "PUT", f"{door}/files", {"path": path, "content": "{\"a\": 1}\n", "mode": "0600"})
    assert (told["path"], told["sizeBytes"], told["mode"]) == (path, 9, "0600")
    shown = asked(shopper, f"{door}/files", path=path)
    assert (shown["content"], shown["mode"]) == ("{\"a\": 1}\n", "0600")
    assert ran(shopper, door, "cat", path)["stdout"] == "{\"a\": 1}\n"
    raw = bytes(range(256))
    managed(shopper, "PUT", f"{door}/files", {
        "path": "/srv/raw", "content": base64.b64encode(raw).decode(), "encoding": "base64"})
    shown = asked(shopper, f"{door}/files", path="/srv/raw")
    assert shown["encoding"] == "base64" and base64.b64decode(shown["content"]) == raw
    in_query = shopper.call("PUT", f"{door}/files", params={"path": "/srv/words"}, json={"content": "Grüße"})
    assert in_query.status_code == 200 and asked(shopper, f"{door}/files", path="/srv/words")["content"] == "Grüße"
    refusal(shopper.get(f"{door}/files", params={"path": "/nothing"}), 404, "not_found")
    refusal(shopper.get(f"{door}/files"), 400)
    for wrong in ("../etc/passwd", "relative", ""):
        refusal(shopper.call("PUT", f"{door}/files", json={"path": wrong, "content": "x"}), 400)


def test_it_is_reinstalled_and_everything_on_its_disk_is_lost(shopper, owned, door):
    managed(shopper, "PUT", f"{door}/files", {"path": "/srv/x", "content": "x"})
    assert acted(shopper, door, "reinstall", image="ubuntu-24.04")["image"] == "ubuntu-24.04"
    refusal(shopper.get(f"{door}/files", params={"path": "/srv/x"}), 404)
    assert "Ubuntu" in ran(shopper, door, "cat", "/etc/os-release")["stdout"]
    assert asked(shopper, door)["ipv4"] == owned["outputs"]["ipv4"]
    refusal(shopper.post(f"{door}/actions", {"type": "reinstall", "image": "windows"}), 400)


def test_it_is_renamed(shopper, door):
    new = name("berth")
    assert acted(shopper, door, "rename", hostname=new)["hostname"] == new == asked(shopper, door)["hostname"]
    refusal(shopper.post(f"{door}/actions", {"type": "rename", "hostname": "a b"}), 400)


def test_it_becomes_a_larger_one_for_money(shopper, owned, door):
    body = {"type": "resize", "catalogItemId": SMALL}
    refusal(shopper.post(f"{door}/actions", body), 400, "idempotency_key_required")
    assert paid(shopper, f"{door}/actions", **body)["totalPriceMinor"] == 4800
    later = service(shopper, owned["id"])
    assert later["catalogItemId"] == SMALL and later["recurring"]["amountMinor"] == 4800
    assert asked(shopper, door)["catalogItemId"] == SMALL
    for wrong in (SMALL, "cat_domain_com"):
        refusal(shopper.post(f"{door}/actions", body | {"catalogItemId": wrong, "idempotencyKey": name("x")}), 400)
    refusal(shopper.post(f"{door}/actions", body | {"catalogItemId": "cat_none", "idempotencyKey": name("x")}), 404)


def test_ssh_keys_are_set(shopper, door):
    assert managed(shopper, "PUT", f"{door}/ssh-keys", {"publicKeys": [KEY]})["publicKeys"] == [KEY]
    assert asked(shopper, door)["publicKeys"] == [KEY]
    managed(shopper, "PUT", f"{door}/ssh-keys", {"publicKeys": []})
    assert asked(shopper, door)["publicKeys"] == []
    for wrong in (["not a key"], KEY, [7]):
        refusal(shopper.call("PUT", f"{door}/ssh-keys", json={"publicKeys": wrong}), 400)


def test_a_firewall_is_set_with_all_that_its_rules_say(shopper, door):
    rules = [{"protocol": "tcp", "port": 443, "source": "0.0.0.0/0"}, {"protocol": "udp", "port": 53},
             {"protocol": "icmp"}]
    managed(shopper, "PUT", f"{door}/firewall", {"rules": rules})
    shown = asked(shopper, door)["firewall"]
    assert [rule["protocol"] for rule in shown] == ["tcp", "udp", "icmp"]
    assert "443" in str(shown[0]) and "53" in str(shown[1]), "a rule that lets all ports in was not asked for"
    assert shown[0]["source"] == "0.0.0.0/0"
    for wrong in ([{"protocol": "pigeon"}], [{}], "all", [{"protocol": "tcp", "port": 70_000}]):
        refusal(shopper.call("PUT", f"{door}/firewall", json={"rules": wrong}), 400)


def test_a_port_is_published_once(shopper, owned, door):
    body = {"containerPort": 80, "protocol": "tcp"}
    first, again = (acted(shopper, door, "publish-port", **body) for _ in range(2))
    assert first == again and first["publicPort"] and first["address"] == owned["outputs"]["ipv4"]
    assert len(asked(shopper, door)["ports"]) == 1


def test_snapshots_are_made_listed_put_back_and_removed(shopper, door):
    managed(shopper, "PUT", f"{door}/files", {"path": "/srv/x", "content": "before"})
    made = managed(shopper, "POST", f"{door}/snapshots", {"label": "before"})
    managed(shopper, "PUT", f"{door}/files", {"path": "/srv/x", "content": "after"})
    [listed] = asked(shopper, f"{door}/snapshots")["snapshots"]
    assert (listed["snapshotId"], listed["label"]) == (made["snapshotId"], "before")
    managed(shopper, "POST", f"{door}/snapshots/{made['snapshotId']}/restore")
    assert asked(shopper, f"{door}/files", path="/srv/x")["content"] == "before"
    managed(shopper, "DELETE", f"{door}/snapshots/{made['snapshotId']}")
    assert asked(shopper, f"{door}/snapshots")["snapshots"] == []
    for method, path in (("POST", "/restore"), ("DELETE", "")):
        refusal(shopper.call(method, f"{door}/snapshots/{made['snapshotId']}{path}"), 404, "not_found")


def test_its_log_and_its_metrics_are_shown(shopper, door):
    acted(shopper, door, "restart")
    entries = asked(shopper, f"{door}/logs")["entries"]
    assert "restarted" in entries[-1]["message"] and entries[-1]["at"]
    assert len(asked(shopper, f"{door}/logs", limit=1)["entries"]) == 1
    assert asked(shopper, f"{door}/logs", since="2100-01-01T00:00:00Z")["entries"] == []
    for wrong in ({"limit": 0}, {"limit": "all"}, {"since": "yesterday"}):
        refusal(shopper.get(f"{door}/logs", params=wrong), 400)
    metrics = asked(shopper, f"{door}/metrics")
    assert metrics["state"] == "running" and metrics["simulated"] is True and 0 <= metrics["cpuPercent"] <= 100


def test_two_servers_are_two(shopper):
    first, second = (bought(shopper, server(MICRO)) for _ in range(2))
    managed(shopper, "PUT", f"/services/{first['id']}/server/files", {"path": "/srv/x", "content": "x"})
    refusal(shopper.get(f"/services/{second['id']}/server/files", params={"path": "/srv/x"}), 404)
    assert first["outputs"]["ipv4"] != second["outputs"]["ipv4"]
