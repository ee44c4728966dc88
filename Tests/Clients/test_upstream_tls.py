"""The way to a model's server is encrypted, and only who shows a certificate that is believed is asked."""

import ssl

import pytest

from certificate import make_certificate
from model_server import ModelServer

TEXT = "Two households, both alike in dignity"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    return make_certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture(scope="module")
def secure_model(certificate):
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate / "certificate.pem", certificate / "key.pem")
    with ModelServer(tls=tls) as server:
        yield server


@pytest.fixture
def ask(servers, secure_model):
    """Starts a server that believes the certificates of a file, or those of the system, and asks."""
    def answer(file, question=TEXT):
        upstream = {"kind": "openai", "url": secure_model.openai_url, "retries": 0}
        environment = {"SSL_CERT_FILE": str(file)} if file else {}
        server = servers({"upstreams": {"secure": upstream}}, environment=environment)
        server.run("agent", "add", "secret", "--upstream", "secure", "--model", "echo")
        return server.caller(), server.caller().ask("secret", question)

    return answer


def test_who_is_believed_is_asked_over_one_connection_after_the_other(ask, certificate, secure_model):
    caller, first = ask(certificate / "certificate.pem")
    assert first.json()["choices"][0]["message"]["content"] == TEXT
    for place in range(20):
        stream = caller.stream("secret", f"{TEXT} {place} " * 500).read_all()
        assert stream.text == f"{TEXT} {place} " * 500 and stream.is_done
    assert len(secure_model.connections) <= 2, "a connection is kept, on each of two loops at most"


@pytest.mark.parametrize("believed", [None, "other"])
def test_who_is_not_believed_is_told_nothing(ask, secure_model, tmp_path, believed):
    before = len(secure_model.calls)
    _, response = ask(make_certificate(tmp_path / "other") / "certificate.pem" if believed else None)
    assert response.status_code >= 500
    assert "TLS handshake failed" in response.text
    assert len(secure_model.calls) == before


def test_a_file_without_certificates_is_named_by_its_variable(ask, tmp_path):
    _, response = ask(tmp_path / "nothing.pem")
    assert response.status_code >= 500
    assert "SSL_CERT_FILE" in response.text
