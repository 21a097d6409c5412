"""The hotel's place in its country's numbering plan, which tells its local calls from others."""

from __future__ import annotations

from collections.abc import Iterator

from firmware.config.decode import Fault
from firmware.config.schema import Config
from firmware.errors import RefusedError
from firmware.restriction import TABLES, Restriction, Site

_KEYS = {"area_codes": "area_code"}
"""Where a key is called otherwise than the site's field."""


def site(config: Config) -> Site:
    """What the configuration says of the site's calls; the desk's own lists come on top of it."""
    return Site(area_codes=config.numbers.area_codes, local_digits=config.numbers.local_digits)


def faults(config: Config) -> Iterator[Fault]:
    """An area, or a length of local numbers, that the country does not have."""
    try:
        Restriction(TABLES[config.hotel.country], config.emergency_numbers, site(config))
    except RefusedError as error:
        field = error.field or "area_codes"
        yield Fault(("numbers", _KEYS.get(field, field)), str(error), "as the country's numbering plan has it")
