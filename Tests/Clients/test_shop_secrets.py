"""A secret is in one answer, and in no log line, event, list, record or book."""

import subprocess

import pytest

from goods import asked, bought, credits, managed, pages
from rialto import Rialto
from router_client import ROUTER, Router
from shared_store import database
from shop import Household, Shopper, storage


@pytest.fixture(scope="module", params=["SQLite", "PostgreSQL"])
def told(request, model, tmp_path_factory):
    """A server that has told every kind of secret, and those secrets."""
    folder, config = tmp_path_factory.mktemp("rialto"), ROUTER | {"log": {"level": "trace"}}
    if request.param == "SQLite":
        with Rialto(folder, config, model=model) as rialto:
            yield rialto, *secrets(rialto), None
    else:
        with database() as url, Rialto(folder, config, model=model, store=url) as rialto:
            yield rialto, *secrets(rialto), url


def secrets(rialto):
    house = Household(rialto)
    shopper, owner = house.shopper(), house.owner()
    found = {"an agent's key": shopper.key, "an owner's key": owner.key}
    made = owner.post("/webhooks", {"url": "http://127.0.0.1:9/"}).json()["webhook"]
    found["a webhook's secret"] = made["secret"].removeprefix("whsec_")
    made = owner.post("/agents/second/keys", {}).json()
    found["a key made at a door"] = made["key"]
    found["a rotated key"] = owner.post(f"/agents/second/keys/{made['id']}/rotate", {}).json()["key"]
    found["a test key"] = house.shopper("--test").key
    router = Router(shopper, service=bought(shopper, credits(5))["id"])
    found["a router's key"] = router.key
    assert router.chat("claude-sonnet-4", "Hello").status_code == 200
    for path in ("/chat/completions", "/nothing"):
        router.call("POST", path, data=b"{")
    found["a rotated router's key"] = shopper.post(f"{router.path}/keys/{router.id}/rotate", {}).json()["key"]
    bucket = bought(shopper, storage())
    credential = managed(shopper, "POST", f"/services/{bucket['id']}/storage/credentials")
    found["a bucket's key"] = credential["secrets"]["secretAccessKey"]
    # Wrong ones, which are as secret as right ones: a letter may be missing.
    found["a mistyped key"] = shopper.key[:-1] + ("A" if shopper.key[-1] != "A" else "B")
    Shopper(rialto, found["a mistyped key"]).get("/wallet")
    Shopper(rialto, shopper.key).get("/wallet", params={"limit": "x"})
    Shopper(rialto, shopper.key, "/v1/account").get("/wallet")
    return {kind: text.rpartition(".")[2] or text for kind, text in found.items()}, shopper, owner


def nowhere(secrets, text, what):
    for kind, secret in secrets.items():
        assert len(secret) >= 20 and secret not in text, f"{kind} stands in {what}"


def test_no_secret_is_in_the_log(told):
    rialto, secrets, shopper, owner, _ = told
    assert len(rialto.logs) > 20
    nowhere(secrets, rialto.err, "the log")


def test_no_secret_is_in_anything_that_is_shown_afterwards(told):
    rialto, secrets, shopper, owner, _ = told
    for buyer, paths in (
            (shopper, ("/events?limit=50", "/services", "/purchases", "/wallet/transactions", "/quotes",
                       "/policies/effective")),
            (owner, ("/agents", "/policies", "/events?limit=50", "/ledger/export", "/purchases", "/services",
                     "/webhooks"))):
        for path in paths:
            nowhere(secrets, buyer.get(path).text, path)
    for service in pages(shopper, "/services", "services", 50):
        nowhere(secrets, str(service), "a service")
        for operation in asked(shopper, f"/services/{service['id']}/operations")["operations"]:
            nowhere(secrets, str(operation), "an operation")
            nowhere(secrets, shopper.get(f"/operations/{operation['id']}").text, "an operation")
        for path in ("storage/credentials", "router/keys"):
            nowhere(secrets, shopper.get(f"/services/{service['id']}/{path}").text, path)


def test_no_secret_is_on_the_command_line(told, tmp_path):
    rialto, secrets, *_ = told
    for command in ("agent-key list", "owner-key list", "account list", "purchases list", "approvals list",
                    "reconcile list", "ledger export -", "policy show main"):
        for json in ([], ["--json"]):
            outcome = rialto.command(*command.split(), *json)
            assert outcome.code == 0, outcome.err
            nowhere(secrets, outcome.out + outcome.err, command)


def test_no_secret_is_kept_in_the_store(told):
    rialto, secrets, _, _, url = told
    if url:
        kept = subprocess.run(["pg_dump", url], capture_output=True, timeout=60, check=True).stdout
    else:
        rialto.stop()
        kept = b"".join(path.read_bytes() for path in rialto.data.glob("rialto.sqlite*"))
    assert b"purchase" in kept
    for kind, secret in secrets.items():
        assert secret.encode() not in kept, f"{kind} is kept"


def test_no_secret_was_told_twice(told):
    """Whoever asks again with the same key learns which key it was, and not its letters."""
    rialto, _, shopper, owner, _ = told
    if rialto.process.poll() is not None:
        rialto.start()
    bucket = next(one for one in asked(shopper, "/services")["services"] if one["type"] == "storage_service")
    router = next(one for one in asked(shopper, "/services")["services"] if one["type"] == "llm_router")
    for path, body, secret in (
            (f"/services/{bucket['id']}/storage/credentials", {}, lambda told: told["secrets"]["secretAccessKey"]),
            (f"/services/{router['id']}/router/keys", {"label": "x"}, lambda told: told["key"])):
        first, again = (shopper.post(path, body | {"idempotencyKey": "once"}) for _ in range(2))
        assert again.headers["Idempotent-Replayed"] == "true"
        assert secret(first.json()) in first.text and secret(first.json()) not in again.text
