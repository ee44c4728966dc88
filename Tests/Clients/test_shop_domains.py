"""Every tool of domains, at its door."""

import pytest

from goods import asked, bought, managed, refusal
from shop import Household, domain, name

WEB = {"type": "A", "name": "www", "values": ["192.0.2.1", "192.0.2.2"], "ttl": 300}


@pytest.fixture(scope="module")
def household(shared):
    return Household(shared, dollars=1000)


@pytest.fixture(scope="module")
def shopper(household):
    return household.shopper()


@pytest.fixture
def owned(shopper):
    return bought(shopper, domain())


@pytest.fixture
def door(owned):
    return f"/services/{owned['id']}/domain"


def records(shopper, door, **query):
    return {row["recordId"]: row for row in asked(shopper, f"{door}/dns/records", **query)["records"]}


def serial(shopper, door):
    return asked(shopper, f"{door}/dns/records")["soaSerial"]


def test_a_domain_shows_what_was_bought(shopper, owned, door):
    shown = asked(shopper, door)
    assert shown["domainName"] == owned["configuration"]["domainName"]
    assert shown["nameservers"] and shown["privacyProtection"] is True and shown["locked"] is True
    assert owned["outputs"]["domainName"] == shown["domainName"]


def test_names_are_looked_up_before_they_are_bought(shopper, owned):
    free = f"{name('free')}.com"
    taken = owned["configuration"]["domainName"]
    response = shopper.post("/domains/check", {"domainNames": [free, taken, "harbour.shop"]})
    assert response.status_code == 200, response.text
    first, second, third = response.json()["domains"]
    assert (first["domainName"], first["available"], first["priceMinor"]) == (free, True, 1499)
    assert (second["domainName"], second["available"]) == (taken, False)
    assert third["available"] is False
    wrongs = ["a.com", [], [7], ["a"] * 51]
    for wrong in ({}, *({"domainNames": names} for names in wrongs)):
        refusal(shopper.post("/domains/check", wrong), 400)


def test_nameservers_are_set(shopper, door):
    names = ["ns1.example.net", "ns2.example.net"]
    assert managed(shopper, "PUT", f"{door}/nameservers", {"nameservers": names})["nameservers"] == names
    assert asked(shopper, door)["nameservers"] == names
    for wrong in ({"nameservers": []}, {"nameservers": ["a b"]}, {"nameservers": [names[0]] * 2}, {}):
        refusal(shopper.call("PUT", f"{door}/nameservers", json=wrong), 400)
    assert asked(shopper, door)["nameservers"] == names


def test_an_upsert_replaces_one_set_of_records_and_nothing_else(shopper, door):
    other = {"type": "TXT", "name": "@", "values": ["v=spf1 -all"], "ttl": 3600}
    made = managed(shopper, "PUT", f"{door}/dns/records", {"record": other})
    first = managed(shopper, "PUT", f"{door}/dns/records", {"record": WEB})
    assert first["soaSerial"] > made["soaSerial"]
    second = managed(shopper, "PUT", f"{door}/dns/records", {"record": WEB | {"values": ["192.0.2.9"]}})
    assert second["recordId"] == first["recordId"] and second["soaSerial"] > first["soaSerial"]
    kept = records(shopper, door)
    assert kept[first["recordId"]]["values"] == ["192.0.2.9"] and kept[made["recordId"]]["values"] == other["values"]
    assert set(records(shopper, door, type="A")) == {first["recordId"]} == set(records(shopper, door, name="www"))


@pytest.mark.parametrize("kind, value, more", [
    ("A", "192.0.2.1", {}), ("AAAA", "2001:db8::1", {}), ("CNAME", "other.example.com", {}),
    ("MX", "mail.example.com", {"priority": 10}), ("TXT", "with \"quotes\" and \\", {}),
    ("SRV", "5 5060 sip.example.com", {"priority": 10}), ("CAA", '0 issue "letsencrypt.org"', {}),
    ("NS", "ns.example.org", {})])
def test_each_type_of_record_is_kept_exported_and_read_again(shopper, door, kind, value, more):
    record = {"type": kind, "name": "sub", "values": [value], "ttl": 600} | more
    managed(shopper, "PUT", f"{door}/dns/records", {"record": record})
    kept = records(shopper, door)
    zone = asked(shopper, f"{door}/dns/zone")["zoneText"]
    assert "SOA" in zone and kind in zone
    told = managed(shopper, "POST", f"{door}/dns/zone", {"zoneText": zone, "mode": "replace"})
    assert told["added"] == told["changed"] == told["removed"] == []
    assert records(shopper, door) == kept


@pytest.mark.parametrize("record", [
    {"type": "A", "name": "www", "values": ["not an address"], "ttl": 300}, WEB | {"values": []}, WEB | {"ttl": 1},
    WEB | {"type": "WKS"}, WEB | {"name": "www.example.org."}, WEB | {"values": "192.0.2.1"}, WEB | {"ttl": "long"},
    {"type": "A"}, {}, "www"])
def test_a_record_that_cannot_be_is_refused_and_changes_nothing(shopper, door, record):
    before = serial(shopper, door)
    refusal(shopper.call("PUT", f"{door}/dns/records", json={"record": record}), 400)
    assert serial(shopper, door) == before


def test_a_zone_that_has_changed_meanwhile_is_not_written(shopper, door):
    before = serial(shopper, door)
    managed(shopper, "PUT", f"{door}/dns/records", {"record": WEB, "ifSerial": before})
    error = refusal(shopper.call("PUT", f"{door}/dns/records", json={"record": WEB, "ifSerial": before}), 409)
    assert error["type"] == "conflict"
    refusal(shopper.call("DELETE", f"{door}/dns/records", json={"type": "A", "name": "www", "ifSerial": before}), 409)
    assert records(shopper, door, type="A")


def test_records_are_removed_by_id_or_by_name_all_or_one_value(shopper, door):
    made = managed(shopper, "PUT", f"{door}/dns/records", {"record": WEB})["recordId"]
    managed(shopper, "DELETE", f"{door}/dns/records", {"type": "A", "name": "www", "value": "192.0.2.1"})
    assert records(shopper, door)[made]["values"] == ["192.0.2.2"]
    managed(shopper, "DELETE", f"{door}/dns/records/{made}")
    assert made not in records(shopper, door)
    managed(shopper, "PUT", f"{door}/dns/records", {"record": WEB})
    managed(shopper, "DELETE", f"{door}/dns/records", {"type": "A", "name": "www"})
    assert made not in records(shopper, door)
    refusal(shopper.call("DELETE", f"{door}/dns/records/{made}"), 404, "not_found")
    refusal(shopper.call("DELETE", f"{door}/dns/records", json={}), 400)


def test_a_zone_is_imported_beside_what_there_is_or_in_its_place(shopper, door):
    managed(shopper, "PUT", f"{door}/dns/records", {"record": WEB})
    text = "mail 300 IN A 192.0.2.7\n@ 300 IN MX 10 mail\n"
    dry = managed(shopper, "POST", f"{door}/dns/zone", {"zoneText": text, "mode": "replace", "dryRun": True})
    assert dry["removed"] == ["A_www"] and sorted(dry["added"]) == ["A_mail", "MX_@"]
    assert set(records(shopper, door)) == {"A_www"}, "nothing came of it"
    merged = managed(shopper, "POST", f"{door}/dns/zone", {"zoneText": text, "mode": "merge"})
    assert merged["removed"] == [] and set(records(shopper, door)) == {"A_www", "A_mail", "MX_@"}
    managed(shopper, "POST", f"{door}/dns/zone", {"zoneText": text, "mode": "replace"})
    assert set(records(shopper, door)) == {"A_mail", "MX_@"}
    refusal(shopper.post(f"{door}/dns/zone", {"zoneText": "", "mode": "replace"}), 400)
    refusal(shopper.post(f"{door}/dns/zone", {"zoneText": "www IN A nonsense\n", "mode": "merge"}), 400)
    refusal(shopper.post(f"{door}/dns/zone", {"zoneText": text, "mode": "perhaps"}), 400)
    managed(shopper, "POST", f"{door}/dns/zone", {"zoneText": "", "mode": "replace", "allowEmpty": True})
    assert records(shopper, door) == {}


def test_contact_privacy_and_lock_are_set(shopper, door):
    contact = {"name": "Portia", "email": "portia@belmont.example", "country": "IT"}
    assert managed(shopper, "PUT", f"{door}/contact", {"contact": contact})["contact"] == contact
    for wanted in (False, True):
        managed(shopper, "PUT", f"{door}/privacy", {"enabled": wanted})
        managed(shopper, "PUT", f"{door}/lock", {"locked": wanted})
        shown = asked(shopper, door)
        assert (shown["privacyProtection"], shown["locked"], shown["contact"]) == (wanted, wanted, contact)
    refusal(shopper.call("PUT", f"{door}/contact", json={"contact": {"name": "Portia"}}), 400)
    refusal(shopper.call("PUT", f"{door}/privacy", json={"enabled": "yes"}), 400)
    refusal(shopper.call("PUT", f"{door}/lock", json={}), 400)


def test_a_domain_that_was_given_back_can_be_had_by_somebody_else(household, shopper, owned, door):
    managed(shopper, "PUT", f"{door}/dns/records", {"record": WEB})
    order = domain(domainName=owned["configuration"]["domainName"])
    other = Household(household.server).shopper()
    refusal(other.order(order), 409, "item_unavailable")
    assert shopper.post(f"/services/{owned['id']}/cancel", {"when": "now", "idempotencyKey": name("end")}).ok
    asked(shopper, f"/services/{owned['id']}")
    taken = bought(other, order)
    assert records(other, f"/services/{taken['id']}/domain") == {}, "nothing of the one before is left"
