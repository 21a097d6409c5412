"""Which certificate the pages have: our own, made again by the right clock and before it ends; or the site's."""

from __future__ import annotations

import asyncio
import hashlib
import ssl
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from firmware import certificates
from firmware.clock import VirtualClock
from firmware.errors import RefusedError
from firmware.processes import RunDirectory
from firmware.supervisor.certificate_keeper import CERTIFICATE, CertificateKeeper
from tests.unit.supervisor.house import StandingAlarms

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
BEGIN_KEY = b"-----BEGIN PRIVATE KEY-----"


class Box:
    def __init__(self, data: Path) -> None:
        self.clock = VirtualClock(NOW)
        self.trusted = True
        self.alarms = StandingAlarms()
        directory = RunDirectory(data).make()
        self.keeper = CertificateKeeper(directory, "0.0.0.0", self.clock, lambda: self.trusted, self.alarms)

    @property
    def fingerprint(self) -> str:
        found = self.keeper.described()
        assert found is not None
        return found.fingerprint


@pytest.fixture
def box(tmp_path: Path) -> Box:
    return Box(tmp_path)


def halves(pem: bytes) -> tuple[bytes, bytes]:
    """The certificate, the key."""
    key, certificate = pem.split(b"-----BEGIN CERTIFICATE-----")
    return b"-----BEGIN CERTIFICATE-----" + certificate, key


def sites(name: str, now: datetime = NOW) -> tuple[bytes, bytes]:
    return halves(certificates.make(name, [name], now, trusted=True))


def test_our_own_names_the_box_and_lasts_a_year(box: Box, tmp_path: Path) -> None:
    box.keeper.context()
    found = box.keeper.described()
    assert found is not None and "127.0.0.1" in found.names and "localhost" in found.names
    assert not found.provisional
    assert timedelta(days=300) < found.ends - NOW < timedelta(days=398)
    assert (tmp_path / "tls" / "own.pem").stat().st_mode & 0o077 == 0


def test_it_is_the_same_after_a_restart(box: Box, tmp_path: Path) -> None:
    box.keeper.context()
    again = Box(tmp_path)
    again.keeper.context()
    assert again.fingerprint == box.fingerprint


async def test_made_by_a_wrong_clock_it_is_made_again_by_the_right_one(box: Box) -> None:
    box.trusted = False
    box.keeper.context()
    first = box.keeper.described()
    assert first is not None and first.provisional
    assert first.begins < datetime(2021, 1, 1, tzinfo=UTC) and first.ends > NOW + timedelta(days=3650)
    await box.keeper._look()
    assert box.fingerprint == first.fingerprint
    box.trusted = True
    await box.keeper._look()
    assert box.fingerprint != first.fingerprint
    second = box.keeper.described()
    assert second is not None and not second.provisional


async def test_it_is_made_again_before_it_ends(box: Box) -> None:
    box.keeper.context()
    first = box.fingerprint
    box.clock.advance(360 * 86400)
    await box.keeper._look()
    assert box.fingerprint == first
    box.clock.advance(10 * 86400)
    await box.keeper._look()
    assert box.fingerprint != first
    assert box.alarms.standing == set()


async def test_the_sites_is_used_until_it_is_removed(box: Box) -> None:
    box.keeper.context()
    own = box.fingerprint
    installed = await box.keeper.install(*sites("hotel.example"))
    assert installed.names == ("hotel.example",)
    assert box.fingerprint == installed.fingerprint
    await box.keeper.remove()
    assert box.fingerprint == own
    with pytest.raises(RefusedError, match="no certificate"):
        await box.keeper.remove()


async def test_calls_go_on_while_a_long_key_is_looked_at(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    went_on, seen = threading.Event(), list[bool]()
    checked = certificates.checked

    def slowly(chain: bytes, key: bytes, now: datetime) -> bytes:
        seen.append(went_on.wait(5))
        return checked(chain, key, now)

    box.keeper.context()
    monkeypatch.setattr(certificates, "checked", slowly)
    asyncio.get_running_loop().call_later(0.01, went_on.set)
    await box.keeper.install(*sites("hotel.example"))
    assert seen == [True]


async def test_people_are_told_before_the_sites_ends(box: Box) -> None:
    box.keeper.context()
    await box.keeper.install(*sites("hotel.example"))
    assert box.alarms.standing == set()
    box.clock.advance(380 * 86400)
    await box.keeper._look()
    assert box.alarms.standing == {CERTIFICATE}
    await box.keeper.install(*sites("hotel.example", box.clock.utc()))
    assert box.alarms.standing == set()


@pytest.mark.parametrize(
    ("chain", "key", "field"),
    [
        (b"nonsense", sites("a.example")[1], "certificate"),
        (sites("a.example")[0], b"nonsense", "key"),
        (sites("a.example")[0], sites("b.example")[1], "key"),
        (*sites("old.example", NOW - timedelta(days=500)), "certificate"),
    ],
    ids=["no certificate", "no key", "another's key", "ended"],
)
async def test_what_cannot_be_used_is_refused_and_changes_nothing(
    box: Box, chain: bytes, key: bytes, field: str
) -> None:
    box.keeper.context()
    before = box.fingerprint
    with pytest.raises(RefusedError) as refused:
        await box.keeper.install(chain, key)
    assert (refused.value.code, refused.value.field) == ("bad-certificate", field)
    assert box.fingerprint == before and not box.keeper.has_site


async def test_a_damaged_file_is_replaced(box: Box, tmp_path: Path) -> None:
    box.keeper.context()
    (tmp_path / "tls" / "own.pem").write_bytes(BEGIN_KEY)
    again = Box(tmp_path)
    again.keeper.context()
    assert again.fingerprint != box.fingerprint


def test_without_a_disk_it_is_kept_beside_the_sockets(box: Box, tmp_path: Path) -> None:
    (tmp_path / "tls").write_text("in the way")
    box.keeper.context()
    assert (tmp_path / "run" / "own.pem").exists()


def served(box: Box) -> str:
    """The fingerprint of what a browser is given by the next connection."""
    browser = ssl.create_default_context()
    browser.check_hostname, browser.verify_mode = False, ssl.CERT_NONE
    to_server, to_browser = ssl.MemoryBIO(), ssl.MemoryBIO()
    ours = box.keeper.context().wrap_bio(to_server, to_browser, server_side=True)
    theirs = browser.wrap_bio(to_browser, to_server)
    for side in (theirs, ours, theirs, ours):
        try:
            side.do_handshake()
        except ssl.SSLWantReadError:
            continue
    return hashlib.sha256(theirs.getpeercert(binary_form=True) or b"").digest().hex(":").upper()


async def test_a_new_certificate_is_served_at_once_whatever_its_kind_of_key(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert served(box) == box.fingerprint
    first = await box.keeper.install(*sites("first.example"))
    assert served(box) == first.fingerprint
    monkeypatch.setattr(ec, "generate_private_key", lambda curve: rsa.generate_private_key(65537, 2048))
    second = await box.keeper.install(*sites("second.example"))
    assert served(box) == second.fingerprint != first.fingerprint
    monkeypatch.undo()
    third = await box.keeper.install(*sites("third.example"))
    assert served(box) == third.fingerprint
    await box.keeper.remove()
    assert served(box) == box.fingerprint != third.fingerprint
