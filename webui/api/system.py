"""The box itself: what it is, what its pages are served with, and what of it is started anew."""

from __future__ import annotations

from typing import Annotated, Protocol

from msgspec import Meta

from firmware.details import Detail
from webui.route import TECHNICAL, Ask, Route
from webui.services import Identity
from webui.types import Answer, Request, Stamp

MOST_PEM = 64 * 1024
MOST_BYTES = 4 * MOST_PEM
Pem = Annotated[str, Meta(max_length=MOST_PEM, description="PEM (RFC 7468)")]


class Certificate(Answer, frozen=True, kw_only=True):
    """What the pages are served with. `site`: it was installed; `provisional`: made before the clock was right."""

    subject: str
    issuer: str
    names: list[str]
    begins: Stamp
    ends: Stamp
    fingerprint: str
    site: bool
    provisional: bool


class NewCertificate(Request, frozen=True, kw_only=True):
    """The site's: the chain, the host's own certificate first, and its private key."""

    certificate: Pem
    key: Pem


class Versions(Answer, frozen=True, kw_only=True):
    """Of the product and of what it stands on; `zone_data` is the time zone database's (tzdata)."""

    nightporter: str
    python: str
    sqlite: str
    kernel: str
    zone_data: str


class Storage(Answer, frozen=True, kw_only=True):
    """Where the data lies, in bytes. `trouble`: what a person should know of the databases.

    `trouble_details`: the same for one who says it in another language.
    """

    total: int
    free: int
    databases: int
    trouble: str | None
    trouble_details: list[Detail]


class Memory(Answer, frozen=True, kw_only=True):
    """In bytes."""

    total: int
    available: int


class System(Answer, frozen=True, kw_only=True):
    """The box. `uptime_s`: since it was switched on; `certificate` null: the pages are served without HTTPS."""

    hotel: str
    host: str
    addresses: list[str]
    time: Stamp
    uptime_s: int
    temperature_c: float | None
    board: str
    versions: Versions
    storage: Storage
    memory: Memory
    certificate: Certificate | None


class Restart(Request, frozen=True, kw_only=True):
    """`what`: "voice" or "supervisor", or a service's name as /health shows it."""

    what: Annotated[str, Meta(min_length=1, max_length=40)]


class Box(Protocol):
    """The machine and the product's processes on it."""

    async def system(self) -> System: ...

    async def restart(self, what: str, who: Identity) -> None:
        """Begin it; who looks at /health sees it end. Raises RefusedError (unknown-service)."""
        ...

    def certificate(self) -> Certificate:
        """Raises RefusedError (no-https)."""
        ...

    async def install_certificate(self, wanted: NewCertificate, who: Identity) -> Certificate:
        """Raises RefusedError (bad-certificate, no-https)."""
        ...

    async def remove_certificate(self, who: Identity) -> Certificate:
        """Raises RefusedError (no-certificate, no-https)."""
        ...


async def system(ask: Ask) -> System:
    return await ask.services.box.system()


async def restart(ask: Ask) -> None:
    await ask.services.box.restart(ask.body.what, ask.who)


async def certificate(ask: Ask) -> Certificate:
    return ask.services.box.certificate()


async def install_certificate(ask: Ask) -> Certificate:
    return await ask.services.box.install_certificate(ask.body, ask.who)


async def remove_certificate(ask: Ask) -> Certificate:
    return await ask.services.box.remove_certificate(ask.who)


ROUTES: tuple[Route, ...] = (
    Route("GET", "/system", system, "The box: host, versions, storage, memory, certificate", TECHNICAL, System),
    Route(
        "POST", "/system/restart", restart,
        "Start a process or a service anew; calls are lost with voice alone", TECHNICAL, body=Restart, status=202,
        refusals=(404,),
    ),
    Route(
        "GET", "/system/certificate", certificate, "What the pages are served with", TECHNICAL, Certificate,
        refusals=(404,),
    ),
    Route(
        "PUT", "/system/certificate", install_certificate, "Install the site's certificate; in use at once", TECHNICAL,
        Certificate, body=NewCertificate, most_bytes=MOST_BYTES, refusals=(404,),
    ),
    Route(
        "DELETE", "/system/certificate", remove_certificate, "Back to the box's own certificate", TECHNICAL,
        Certificate, refusals=(404,),
    ),
)  # fmt: skip
