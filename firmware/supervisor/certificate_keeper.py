"""Which certificate the pages have: the site's where one is installed, else our own, made anew before it ends."""

from __future__ import annotations

import asyncio
import os
import ssl
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Protocol

from firmware import certificates, host
from firmware.certificates import Described
from firmware.clock import Clock
from firmware.errors import RefusedError, UnavailableError
from firmware.log import Log
from firmware.processes import RunDirectory

LOOK_EVERY_S = 60.0
RENEW_BEFORE = timedelta(days=30)
WARN_BEFORE = timedelta(days=21)
CERTIFICATE = "certificate"
OWN, SITE = "own.pem", "site.pem"
"""In DATA/tls: key and chain in one file each, so that they are never half replaced."""

log = Log("web")


class Alarms(Protocol):
    async def raise_alarm(self, kind: str, subject: str, text: str) -> None: ...

    async def clear(self, kind: str, subject: str) -> None: ...


class CertificateKeeper:
    """`context` is what the next connection is served with: a new certificate needs no restart.

    `listens`: the host that the pages listen on; `trusted`: whether the clock is.
    """

    def __init__(
        self, directory: RunDirectory, listens: str, clock: Clock, trusted: Callable[[], bool], alarms: Alarms
    ) -> None:
        self._directory = directory
        self._folder = directory.data / "tls"
        self._listens = listens
        self._clock = clock
        self._trusted = trusted
        self._alarms = alarms
        self._context: ssl.SSLContext | None = None
        self._loaded: bytes = b""

    def context(self) -> ssl.SSLContext:
        """Raises UnavailableError if there is no place for a certificate."""
        if self._context is None:
            self._refresh()
        assert self._context is not None
        return self._context

    def described(self) -> Described | None:
        """The certificate that is in use; None: the pages are not served over HTTPS."""
        return certificates.describe(self._loaded) if self._loaded else None

    @property
    def has_site(self) -> bool:
        return (self._folder / SITE).exists()

    async def install(self, chain: bytes, key: bytes) -> Described:
        """Take the site's. Raises RefusedError (bad-certificate) and UnavailableError."""
        # A long RSA key is looked at for seconds; calls go on meanwhile.
        pem = await asyncio.to_thread(certificates.checked, chain, key, self._clock.utc())
        try:
            await asyncio.to_thread(_write, self._folder / SITE, pem)
        except OSError as error:
            raise UnavailableError(f"the certificate cannot be kept: {error.strerror}") from error
        await self._look()
        return certificates.describe(pem)

    async def remove(self) -> None:
        """Back to our own. Raises RefusedError (no-certificate)."""
        try:
            await asyncio.to_thread((self._folder / SITE).unlink)
        except FileNotFoundError:
            raise RefusedError("no-certificate", "no certificate of the site is installed") from None
        await self._look()

    async def run(self) -> None:
        """Until cancelled: see that it is good tomorrow, too."""
        while True:
            await self._look()
            await asyncio.sleep(LOOK_EVERY_S)

    async def _look(self) -> None:
        """Nothing is done while the pages are served without HTTPS."""
        if self._context is None:
            return
        try:
            self._refresh()
        except UnavailableError as error:
            log.error("no-certificate", error=error)
        found = self.described()
        if found is not None and self._trusted() and found.ends - self._clock.utc() < WARN_BEFORE:
            text = f"the certificate of the pages ends on {found.ends:%Y-%m-%d}: install a new one"
            await self._alarms.raise_alarm(CERTIFICATE, "pages", text)
        else:
            await self._alarms.clear(CERTIFICATE, "pages")

    def _refresh(self) -> None:
        """Load what is to be used now, if that is another than before."""
        pem, path = self._chosen()
        if pem != self._loaded:
            self._context, self._loaded = _context(path), pem
            log.info("certificate", file=path.name, ends=certificates.describe(pem).ends.date().isoformat())

    def _chosen(self) -> tuple[bytes, Path]:
        """The site's if it can be read; else our own, which is made if it must be."""
        site = self._folder / SITE
        if (pem := _readable(site)) is not None:
            return pem, site
        own = self._folder / OWN
        pem = _readable(own)
        return self._make() if pem is None or self._is_due(certificates.describe(pem)) else (pem, own)

    def _is_due(self, own: Described) -> bool:
        """One that was made by a wrong clock is made again by the right one, and each before it ends."""
        return self._trusted() and (own.provisional or own.ends - self._clock.utc() < RENEW_BEFORE)

    def _make(self) -> tuple[bytes, Path]:
        """Beside the sockets, which are in memory then, if the disk takes nothing."""
        named = [host.name(), f"{host.name()}.local", "localhost", "127.0.0.1", *host.addresses()]
        hosts = list(dict.fromkeys(named if self._listens in ("0.0.0.0", "::") else [*named, self._listens]))
        pem = certificates.make(host.name(), hosts, self._clock.utc(), self._trusted())
        for path in (self._folder / OWN, self._directory.path / OWN):
            try:
                _write(path, pem)
            except OSError as error:
                log.error("not-kept", file=path, error=error.strerror)
            else:
                return pem, path
        raise UnavailableError("no certificate can be kept for HTTPS")


def _readable(path: Path) -> bytes | None:
    """A file that is damaged is as good as none."""
    try:
        pem = path.read_bytes()
        certificates.describe(pem)
        _context(path)
    except FileNotFoundError:
        return None
    except (OSError, RefusedError) as error:
        log.error("not-readable", file=path.name, error=error)
        return None
    return pem


def _context(path: Path) -> ssl.SSLContext:
    """A new one: of one that is in use a certificate of another kind of key would go on being served beside."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(path)
    return context


def _write(path: Path, pem: bytes) -> None:
    """All of it or nothing, for nobody else to read."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    new = path.with_suffix(".new")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600), "wb") as file:
        file.write(pem)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
