"""Over TLS, only a server with a trusted certificate gets the key."""

from __future__ import annotations

import asyncio
import ssl
from datetime import UTC, datetime
from pathlib import Path

import pytest
import trustme

from cartesia_calls import AgentCallLogs, APIConnectionError, AsyncClient, Client
from engines import INSTALLED
from fake_server import KEY, Flavour
from http_bytes import http_response
from raw_server import RawServer, Send, Visit
from skipping_clock import SkippingClock

PAST = datetime(2020, 1, 1, tzinfo=UTC)
LATER_IN_THE_PAST = datetime(2021, 1, 1, tzinfo=UTC)

over_every_engine = pytest.mark.parametrize("engine", INSTALLED)
in_both_flavours = pytest.mark.parametrize("flavour", ["sync", "async"])


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def trusted(authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bundle = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(bundle))
    monkeypatch.setenv("SSL_CERT_FILE", str(bundle))


def _context(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    # Its signature also names a class of pyOpenSSL, which is not installed here.
    certificate.configure_cert(context)  # pyright: ignore[reportUnknownMemberType]
    return context


def _fetch(url: str, engine: str, flavour: Flavour) -> object:
    settings = {"base_url": url, "engine": engine, "clock": SkippingClock()}

    async def fetch_async() -> object:
        async with AsyncClient(KEY, **settings) as client:  # type: ignore[arg-type]  # mixed values
            return await client.calls.logs("ac_1")

    try:
        if flavour == "async":
            return asyncio.run(fetch_async())
        with Client(KEY, **settings) as client:  # type: ignore[arg-type]  # mixed values
            return client.calls.logs("ac_1")
    except APIConnectionError as error:
        return error


def _visit(certificate: trustme.LeafCert, engine: str, flavour: Flavour) -> tuple[object, Visit]:
    with RawServer(tls=_context(certificate)) as server:
        visit = server.begin([[Send(http_response())]])
        result = _fetch(f"https://localhost:{server.port}", engine, flavour)
        server.end()
    return result, visit


@in_both_flavours
@over_every_engine
@pytest.mark.usefixtures("trusted")
def test_an_authority_of_the_environment_is_trusted(
    authority: trustme.CA, engine: str, flavour: Flavour
) -> None:
    result, visit = _visit(authority.issue_cert("localhost"), engine, flavour)
    assert isinstance(result, AgentCallLogs), result
    assert len(visit.heard) == 1


@in_both_flavours
@over_every_engine
@pytest.mark.parametrize("problem", ["another host", "expired", "not yet valid"])
@pytest.mark.usefixtures("trusted")
def test_a_wrong_certificate_gets_no_key(
    authority: trustme.CA, problem: str, engine: str, flavour: Flavour
) -> None:
    certificate = {
        "another host": lambda: authority.issue_cert("other.example.com"),
        "expired": lambda: authority.issue_cert(
            "localhost", not_before=PAST, not_after=LATER_IN_THE_PAST
        ),
        "not yet valid": lambda: authority.issue_cert(
            "localhost",
            not_before=datetime(2090, 1, 1, tzinfo=UTC),
            not_after=datetime(2091, 1, 1, tzinfo=UTC),
        ),
    }[problem]()
    result, visit = _visit(certificate, engine, flavour)
    assert isinstance(result, APIConnectionError)
    assert "certificate" in str(result).lower()
    assert not result.may_have_arrived
    assert visit.heard == []


@in_both_flavours
@over_every_engine
def test_an_unknown_authority_is_not_trusted(
    authority: trustme.CA, engine: str, flavour: Flavour
) -> None:
    result, visit = _visit(authority.issue_cert("localhost"), engine, flavour)
    assert isinstance(result, APIConnectionError)
    assert "certificate" in str(result).lower()
    assert visit.heard == []


@in_both_flavours
@over_every_engine
def test_a_server_without_tls_gets_no_key(engine: str, flavour: Flavour) -> None:
    with RawServer() as server:
        visit = server.begin([[]], greeting=http_response("400 Bad Request", b""))
        result = _fetch(f"https://localhost:{server.port}", engine, flavour)
        server.end()
    assert isinstance(result, APIConnectionError)
    assert visit.heard == []
