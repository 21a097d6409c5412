"""What may be said for an argument: what Tab offers."""

from __future__ import annotations

from collections.abc import Sequence

from firmware.console.contract import Argument
from firmware.countries import COUNTRIES
from webui.services import Services

PROCESSES = ("voice", "supervisor")
TONES = tuple(sorted(next(iter(COUNTRIES.values())).tones))


def ports(services: Services) -> Sequence[str]:
    """Every line."""
    return [line.port for line in services.lines()]


def telephones(services: Services) -> Sequence[str]:
    return [port for port in ports(services) if port.startswith("fxs/")]


def links(services: Services) -> Sequence[str]:
    return [link.name for link in services.links.links()]


def services_of(services: Services) -> Sequence[str]:
    """The processes, and the services inside the supervisor."""
    return [*PROCESSES, *(service.name for service in services.health().services)]


PORT = Argument("port", ports, strict=True)
TELEPHONE = Argument("port", telephones, strict=True)
LINK = Argument("link", links, strict=True)
