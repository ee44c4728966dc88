"""What every test stands on: the scripted model, a server shared by many, and servers of one's own."""

import os

import pytest

from model_server import ModelServer
from rialto import Rialto, binary
from shared_store import Fleet, database

# A crowd of tests fails on purpose from one address; one test of its own tries the limit.
PATIENT = {"limits": {"token_failures_per_minute": 100000}}


def pytest_sessionstart(session):
    if not os.access(binary(), os.X_OK) and not session.config.option.collectonly:
        pytest.exit(f"{binary()} is not there: build it, or name another with RIALTO_BIN", returncode=3)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.failed:
        for server in list(Rialto.alive):
            tail = "\n".join(server.err.splitlines()[-25:])
            report.sections.append((f"log of {server.base} in {server.folder}", tail))
    return report


def pytest_make_parametrize_id(val):
    """Long texts and bytes would make unreadable names."""
    if isinstance(val, (str, bytes)):
        text = val if isinstance(val, str) else val.decode("latin1")
        return ascii(text[:30])[1:-1] + ("…" if len(text) > 30 else "")
    return None


@pytest.fixture(scope="session")
def model():
    """The scripted model server."""
    with ModelServer() as server:
        yield server


@pytest.fixture(scope="session")
def shared(model, tmp_path_factory):
    """A server that many tests use; none of them may stop it."""
    with Rialto(tmp_path_factory.mktemp("shared"), config=PATIENT, model=model) as server:
        yield server


@pytest.fixture(scope="session")
def caller(shared):
    """A Marketplace program with a token of the shared server."""
    return shared.caller()


@pytest.fixture(params=["/api/v1", "/v1"])
def either(request, caller):
    """The same program on each of the two base paths."""
    return caller.on(request.param)


@pytest.fixture
def rialto(model, tmp_path):
    """A server of the test's own, made but not started."""
    server = Rialto(tmp_path / "rialto", config=PATIENT, model=model)
    yield server
    server.__exit__()


@pytest.fixture(scope="module")
def servers(model, tmp_path_factory):
    """Makes started servers with a config, for the tests of one file."""
    made = []

    def start(config=None, **more):
        made.append(Rialto(tmp_path_factory.mktemp("rialto"), config=config, model=model, **more))
        return made[-1].start()

    yield start
    for server in made:
        server.__exit__()


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def each_store(request):
    """What a server is made with to keep its data in a file, and then in a database."""
    if request.param == "sqlite":
        yield {}
        return
    with database() as url:
        yield {"store": url}


@pytest.fixture
def shopper(household):
    """An agent of the account that a file's tests share."""
    return household.shopper()


@pytest.fixture
def owner(household):
    return household.owner()


@pytest.fixture
def store():
    """The URL of an empty PostgreSQL database."""
    with database() as url:
        yield url


@pytest.fixture
def fleet_config():
    """What the servers of a fleet are configured with."""
    return None


@pytest.fixture
def fleet(store, model, tmp_path, fleet_config):
    """Servers on one database, none of them made yet."""
    made = Fleet(tmp_path, store, model, fleet_config)
    yield made
    made.stop()
