"""The way to PostgreSQL is encrypted as the connection string asks, in libpq's own words."""

import pytest

from certificate import make_certificate
from postgres_server import PostgresServer
from shared_store import database


@pytest.fixture(scope="module")
def trusted(tmp_path_factory):
    return make_certificate(tmp_path_factory.mktemp("trusted"))


@pytest.fixture(scope="module")
def postgres(trusted):
    with PostgresServer() as server:
        server.encrypt(trusted)
        yield server


@pytest.fixture
def store(postgres):
    with database(postgres.url) as url:
        yield url


def test_a_server_believes_the_certificate_that_it_is_told_to(fleet, store, trusted):
    server = fleet.make(f"{store}?sslmode=verify-full&sslrootcert={trusted / 'certificate.pem'}").start()
    assert server.caller().answer("guide", "What is Rialto?")
    sessions = fleet.psql(
        "SELECT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()")
    assert sessions and set(sessions) == {"t"}


def test_another_certificate_is_not_believed(fleet, store, tmp_path):
    other = make_certificate(tmp_path / "other")
    server = fleet.make(f"{store}?sslmode=verify-full&sslrootcert={other / 'certificate.pem'}")
    refused(server, "certificate verify failed")


def test_a_certificate_that_is_not_there_is_named(fleet, store):
    refused(fleet.make(f"{store}?sslmode=verify-full&sslrootcert=/nowhere/root.pem"), "/nowhere/root.pem")


def test_a_database_that_wants_tls_says_so(fleet, store):
    refused(fleet.make(f"{store}?sslmode=disable"), "no encryption")


def refused(server, words):
    outcome = server.command("serve", data=False)
    assert outcome.code == 1, outcome
    assert words in outcome.err and "Fatal" not in outcome.err, outcome.err
