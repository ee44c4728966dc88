"""The books at the command line: shown, exported, verified, and put right where nobody knows what happened."""

import json

import pytest

from rialto import Rialto
from shared_store import database
from shop import TERMINAL, Household, domain, storage
from test_cli import refused
from waiting import at_once, until


@pytest.fixture
def household(shared):
    """One that has bought a domain and a bucket."""
    household = Household(shared)
    household.policy({"spendLimits": [{"interval": "monthly", "amountMinor": 9000}]})
    shopper = household.shopper()
    for wish in (domain(), storage()):
        assert shopper.ended(shopper.buy(wish)["id"])["status"] == "completed"
    return household


def exported(household, tmp_path):
    file = tmp_path / "books.jsonl"
    written = household.server.run("ledger", "export", file, "--account", household.account)
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert written["transfers"] == sum(line["kind"] == "transfer" for line in lines)
    assert written["balances"] == sum(line["kind"] == "balance" for line in lines) == len(lines) - written["transfers"]
    return file


def test_the_books_of_an_account_are_shown_newest_first(household):
    books = household.server.run("ledger", "show", household.account)
    numbers = [transfer["number"] for transfer in books["newest"]]
    assert numbers == sorted(numbers, reverse=True) and len(books["hash"]) == 64
    assert {"fund", "purchase", "capture"} <= {transfer["code"] for transfer in books["newest"]}
    [wallet] = [row for row in books["balances"] if row["name"].startswith("wallet/")]
    assert wallet["available"] == household.row["available"]
    assert not [row for row in books["balances"] if row["name"].startswith("budget/")]
    whole = household.server.run("ledger", "show", household.account, "--all")
    assert [row for row in whole["balances"] if row["name"].startswith("budget/")]
    assert whole["newest"][0]["number"] == whole["transfers"]
    assert len(household.server.run("ledger", "show", household.account, "--limit", 1)["newest"]) == 1
    text = household.server.command("ledger", "show", household.account).out
    assert "wallet/" in text and "capture" in text


def test_books_are_exported_and_verified_without_a_store(household, tmp_path):
    file = exported(household, tmp_path)
    assert file.stat().st_mode & 0o777 == 0o600
    outcome = household.server.command("ledger", "verify", file, "--data", tmp_path / "nowhere", data=False)
    assert outcome.code == 0 and "agree" in outcome.out, outcome.err
    found = household.server.run("ledger", "verify", file)
    assert found["ok"] is True and found["accounts"] == 1 and found["faults"] == []
    assert household.server.run("ledger", "verify", "--account", household.account)["transfers"] == found["transfers"]
    assert household.server.run("ledger", "verify")["ok"] is True


def test_books_are_written_to_standard_output_too(household, tmp_path):
    file = exported(household, tmp_path)
    outcome = household.server.command("ledger", "export", "-", "--account", household.account)
    assert outcome.code == 0 and outcome.out == file.read_text()


def test_every_byte_that_is_changed_is_found(household, tmp_path):
    file = exported(household, tmp_path)
    sound = file.read_bytes()
    # Each kind of line, and bytes of each field in it.
    lines = sound.splitlines(keepends=True)
    places = [place for place in range(0, len(sound) - 1, max(1, len(sound) // 60))]
    places += [sound.index(lines[-1]) + place for place in range(0, len(lines[-1]) - 1, 7)]
    for place in places:
        changed = bytearray(sound)
        changed[place] ^= 0x20 if chr(changed[place]).isalpha() else 0x01
        file.write_bytes(changed)
        outcome = household.server.command("ledger", "verify", file, "--json")
        assert outcome.code == 1, (place, sound[max(0, place - 40):place + 10])
        assert outcome.err or (outcome.json["ok"] is False and outcome.json["faults"]), place


def test_what_is_missing_or_out_of_order_is_found(household, tmp_path):
    file = exported(household, tmp_path)
    lines = file.read_text().splitlines(keepends=True)
    for changed in (lines[1:], lines[:-1], lines[:2] + lines[3:], [lines[1], lines[0], *lines[2:]]):
        file.write_text("".join(changed))
        outcome = household.server.command("ledger", "verify", file)
        assert outcome.code == 1 and "do not agree" in outcome.out, changed[:2]
        assert len(outcome.out.splitlines()) > 1 and outcome.err == ""


def test_an_export_takes_nobodys_place(household, tmp_path):
    file = exported(household, tmp_path)
    assert "--force" in refused(household.server, "ledger", "export", file)
    assert household.server.command("ledger", "export", file, "--force").code == 0
    for own in ("rialto.sqlite", "master.key"):
        assert "running data" in refused(household.server, "ledger", "export", household.server.data / own, "--force")
    assert "cannot" in refused(household.server, "ledger", "export", tmp_path / "no" / "folder").replace(
        "could not", "cannot")
    assert "cannot be read" in refused(household.server, "ledger", "verify", tmp_path / "nothing")
    assert "whole" in refused(household.server, "ledger", "verify", file, "--account", household.account, code=64)


def test_books_are_whole_while_others_buy(shared, tmp_path):
    household = Household(shared)
    shopper = household.shopper()

    def work(place):
        if place % 3:
            return shopper.buy(storage(1))
        file = tmp_path / f"books.{place}"
        shared.run("ledger", "export", file)
        return shared.run("ledger", "verify", file)["ok"]

    done = at_once(12, work)
    assert all(done)
    assert shared.run("ledger", "verify")["ok"] is True


# Purchases of which nobody knows the effect


@pytest.fixture(scope="module", params=["SQLite", "PostgreSQL"])
def doubtful(request, model, tmp_path_factory):
    """A server whose simulation fails in every way, and that does not look again for long."""
    config = {"simulation": {"fault_percent": 100}, "shop": {"lookup_seconds": 3000, "longest_lookup_seconds": 3000}}
    folder = tmp_path_factory.mktemp("rialto")
    if request.param == "PostgreSQL":
        with database() as url, Rialto(folder, config, model=model, store=url) as server:
            yield server
    else:
        with Rialto(folder, config, model=model) as server:
            yield server


def in_doubt(household, shopper):
    """Buys until nobody knows what came of a purchase."""
    for _ in range(60):
        purchase = shopper.buy(storage(1))

        def settled(id=purchase["id"]):
            status = shopper.purchase(id)["status"]
            return status if status in TERMINAL | {"reconciling", "action_required"} else None

        try:
            if until(settled, 3) == "reconciling":
                return purchase["id"]
        except AssertionError:
            # One that is slow stays so.
            pass
    raise AssertionError("every purchase was clear")


def test_an_owner_says_what_became_of_a_purchase(doubtful):
    household = Household(doubtful)
    shopper = household.shopper()
    there, gone = in_doubt(household, shopper), in_doubt(household, shopper)
    listed = doubtful.run("reconcile", "list", "--account", household.account)
    assert [row["id"] for row in listed if row["id"] in (there, gone)] == [there, gone], "the oldest first"
    assert listed[0]["provider"] == "simulated" and listed[0]["total_minor"] == 2
    assert there in doubtful.command("reconcile", "list").out
    held = household.row["held_minor"]
    found = doubtful.run("reconcile", "resolve", there, "--found", "bucket-7", "--reason", "I saw it")
    assert found["status"] == "completed"
    assert doubtful.run("reconcile", "resolve", gone, "--absent", "--reason", "I looked")["status"] == "failed"
    assert household.row["held_minor"] == held - 4
    assert shopper.purchase(there)["serviceId"]
    for id in (there, gone):
        line = refused(doubtful, "reconcile", "resolve", id, "--absent", "--reason", "x")
        assert "nothing is to be resolved" in line
    assert doubtful.run("ledger", "verify")["ok"] is True


@pytest.mark.parametrize("words", [
    ["--reason", "x"], ["--found", "a", "--absent", "--reason", "x"], ["--absent"]])
def test_a_resolution_says_one_thing_and_why(shared, words):
    refused(shared, "reconcile", "resolve", "0190f5c2-0000-7000-8000-000000000000", *words, code=64)


def test_resolutions_of_what_is_not_there_are_refused(shared):
    unknown = "0190f5c2-0000-7000-8000-000000000000"
    assert unknown in refused(shared, "reconcile", "resolve", unknown, "--absent", "--reason", "x")
    assert "reconcile list" in refused(shared, "reconcile", "resolve", "nonsense", "--absent", "--reason", "x")
    assert "Nothing is in doubt" in shared.command("reconcile", "list").out
