"""What can be wrong with the simulated property management systems of the bench."""

from __future__ import annotations

from collections.abc import Iterator

from firmware.config.decode import Fault
from firmware.config.lines import KeyPath
from firmware.config.schema import BenchPms, Config


def faults(config: Config) -> Iterator[Fault]:
    """Each needs one place, a name of its own, and a character set that exists."""
    used: set[str | None] = {None}
    for index, pms in enumerate(config.bench.pms if config.bench else ()):
        path: KeyPath = ("bench", "pms", index)
        yield from _place(path, pms)
        for key, text in (("name", pms.name), ("pty", pms.pty)):
            if text is not None and text in used:
                yield Fault((*path, key), f'"{text}" is used twice', f"a {key} of its own")
        used |= {pms.name, pms.pty}
        try:
            "".encode(pms.encoding)
        except (LookupError, ValueError):
            yield Fault((*path, "encoding"), f'"{pms.encoding}" is no encoding', "utf-8, cp1250, iso8859-2, ...")


def _place(path: KeyPath, pms: BenchPms) -> Iterator[Fault]:
    if sum(place is not None for place in (pms.listen, pms.connect, pms.pty)) != 1:
        yield Fault(path, "needs exactly one place", 'listen or connect = "HOST:PORT", or pty = "NAME"')
    elif pms.connect is not None and pms.protocol == "fias":
        yield Fault((*path, "connect"), "is not for FIAS, whose PMS listens", 'listen = "HOST:PORT"')
