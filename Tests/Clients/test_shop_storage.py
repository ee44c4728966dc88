"""Every tool of storage, at its door."""

import pytest

from goods import asked, bought, managed, paid, refusal, server, service, volume
from shop import Household, name, storage


@pytest.fixture(scope="module")
def shopper(shared):
    return Household(shared, dollars=2000).shopper()


@pytest.fixture
def bucket(shopper):
    return bought(shopper, storage())


@pytest.fixture
def disk(shopper):
    return bought(shopper, volume())


def door(one):
    return f"/services/{one['id']}/storage"


def test_storage_shows_what_was_bought(shopper, bucket, disk):
    shown = asked(shopper, door(bucket))
    assert (shown["storageClass"], shown["capacityGb"], shown["region"]) == ("object", 10, "eu-central")
    assert shown["bucket"] == bucket["outputs"]["bucket"] and shown["endpoint"]
    shown = asked(shopper, door(disk))
    assert (shown["storageClass"], shown["capacityGb"], shown["attachedTo"]) == ("block", 100, None)


def test_keys_of_a_bucket_are_made_listed_and_revoked(shopper, bucket):
    path = f"{door(bucket)}/credentials"
    made = managed(shopper, "POST", path, {"label": "backup", "permission": "read"})
    assert made["secrets"]["secretAccessKey"] and made["accessKeyId"] and made["permission"] == "read"
    usual = managed(shopper, "POST", path)
    assert usual["permission"] == "readwrite" and usual["secrets"] != made["secrets"]
    listed = {row["credentialId"]: row for row in asked(shopper, path)["credentials"]}
    assert set(listed) == {made["credentialId"], usual["credentialId"]}
    assert listed[made["credentialId"]]["label"] == "backup" and listed[made["credentialId"]]["status"] == "active"
    managed(shopper, "DELETE", f"{path}/{made['credentialId']}")
    listed = {row["credentialId"]: row for row in asked(shopper, path)["credentials"]}
    assert listed[made["credentialId"]]["status"] == "revoked"
    assert listed[usual["credentialId"]]["status"] == "active"
    refusal(shopper.call("DELETE", f"{path}/nonsense"), 404, "not_found")
    for wrong in ({"permission": "everything"}, {"expiresAt": "tomorrow"}, {"expiresAt": "2020-01-01T00:00:00Z"},
                  {"label": 7}):
        refusal(shopper.post(path, wrong), 400)


def test_a_secret_of_a_bucket_is_told_once(shopper, bucket):
    path, key = f"{door(bucket)}/credentials", name("key")
    first = shopper.post(path, {"idempotencyKey": key})
    secret = first.json()["secrets"]["secretAccessKey"]
    again = shopper.post(path, {"idempotencyKey": key})
    assert again.status_code == 200 and again.headers["Idempotent-Replayed"] == "true"
    assert again.json()["operationId"] == first.json()["operationId"] and secret not in again.text
    assert len(asked(shopper, path)["credentials"]) == 1
    for path in (path, f"/operations/{first.json()['operationId']}", f"/services/{bucket['id']}", "/events"):
        assert secret not in shopper.get(path).text


def test_an_address_is_signed_for_one_object(shopper, bucket):
    wanted = {"key": "backups/monday.tar", "method": "GET", "expiresSeconds": 3600}
    response = shopper.post(f"{door(bucket)}/presign", wanted)
    assert response.status_code == 200, response.text
    assert "backups/monday.tar" in response.text and bucket["outputs"]["bucket"] in response.text
    for wrong in ({}, wanted | {"method": "PATCH"}, wanted | {"expiresSeconds": 0},
                  wanted | {"expiresSeconds": 10**7}, wanted | {"key": ""}):
        refusal(shopper.post(f"{door(bucket)}/presign", wrong), 400)


def test_a_volume_is_attached_to_one_server_at_a_time(shopper, disk):
    first, second = bought(shopper, server()), bought(shopper, server())
    managed(shopper, "POST", f"{door(disk)}/attach", {"serverServiceId": first["id"]})
    assert asked(shopper, door(disk))["attachedTo"] == first["id"]
    assert refusal(shopper.post(f"{door(disk)}/attach", {"serverServiceId": second["id"]}), 409)["message"]
    managed(shopper, "POST", f"{door(disk)}/detach")
    assert asked(shopper, door(disk))["attachedTo"] is None
    managed(shopper, "POST", f"{door(disk)}/attach", {"serverServiceId": second["id"]})
    assert asked(shopper, door(disk))["attachedTo"] == second["id"]
    for wrong, status in (({}, 400), ({"serverServiceId": disk["id"]}, 404), ({"serverServiceId": "nonsense"}, 404)):
        refusal(shopper.post(f"{door(disk)}/attach", wrong), status)


def test_somebody_elses_server_is_not_there(shopper, disk):
    other = bought(Household(shopper.server).shopper(), server())
    refusal(shopper.post(f"{door(disk)}/attach", {"serverServiceId": other["id"]}), 404, "not_found")


@pytest.mark.parametrize("order, larger, minor", [(storage(10), 60, 100), (volume(100), 150, 500)])
def test_storage_grows_for_money_and_never_shrinks(shopper, order, larger, minor):
    one = bought(shopper, order)
    assert paid(shopper, f"{door(one)}/expand", capacityGb=larger)["totalPriceMinor"] == minor
    assert asked(shopper, door(one))["capacityGb"] == larger
    assert service(shopper, one["id"])["configuration"]["capacityGb"] == larger
    before = shopper.wallet()["balanceMinor"]
    for wrong in (larger, larger - 1, 10**9, "more", None):
        refusal(shopper.post(f"{door(one)}/expand", {"capacityGb": wrong, "idempotencyKey": name("x")}), 400)
    refusal(shopper.post(f"{door(one)}/expand", {"capacityGb": larger + 1}), 400, "idempotency_key_required")
    assert shopper.wallet()["balanceMinor"] == before


@pytest.mark.parametrize("order", [storage(10), volume(100)])
def test_snapshots_are_made_listed_put_back_and_removed(shopper, order):
    one = bought(shopper, order)
    path = f"{door(one)}/snapshots"
    made = managed(shopper, "POST", path, {"label": "before"})
    [listed] = asked(shopper, path)["snapshots"]
    assert (listed["snapshotId"], listed["label"]) == (made["snapshotId"], "before")
    managed(shopper, "POST", f"{path}/{made['snapshotId']}/restore")
    assert asked(shopper, door(one))["restoredFrom"] == made["snapshotId"]
    managed(shopper, "DELETE", f"{path}/{made['snapshotId']}")
    assert asked(shopper, path)["snapshots"] == []
    for method, more in (("POST", "/restore"), ("DELETE", "")):
        refusal(shopper.call(method, f"{path}/{made['snapshotId']}{more}"), 404, "not_found")


def test_what_a_bucket_cannot_do_a_volume_can_and_the_other_way_round(shopper, bucket, disk):
    refusal(shopper.post(f"{door(bucket)}/detach", {}), 400, "capability_unsupported")
    refusal(shopper.post(f"{door(disk)}/credentials", {}), 400, "capability_unsupported")
    refusal(shopper.post(f"{door(disk)}/presign", {
        "key": "x", "method": "GET", "expiresSeconds": 60}), 400, "capability_unsupported")
