"""The bench's property management systems in a configuration."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from firmware import config
from firmware.config.schema import Bench
from firmware.errors import ConfigError

TEXT = (Path(__file__).parents[3] / "examples" / "hotel.toml").read_text(encoding="utf-8")


def bench(systems: str) -> Bench:
    """The table [bench] with these systems."""
    text = re.sub(r"(?m)^(\[bench\]\nlisten = .*\n)pms = .*\n", rf"\g<1>pms = [{systems}]\n", TEXT)
    loaded = config.loads(text).bench
    assert loaded is not None and f"pms = [{systems}]" in text
    return loaded


def test_each_protocol_by_each_way() -> None:
    found = bench(
        '{ protocol = "fias", listen = "127.0.0.1:5010" }, { protocol = "mitel", pty = "pms-serial" },'
        '{ name = "back", protocol = "mitel", connect = "127.0.0.1:5001", extension_width = 7, pad = "right" },'
        '{ name = "old", protocol = "fias", pty = "fias-serial", seven_bit = true, encoding = "cp850" }'
    ).pms
    assert [(each.protocol, each.listen or each.connect or each.pty) for each in found] == [
        ("fias", "127.0.0.1:5010"), ("mitel", "pms-serial"), ("mitel", "127.0.0.1:5001"), ("fias", "fias-serial"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("systems", "said"),
    [
        ('{ protocol = "fias" }', "needs exactly one place"),
        ('{ protocol = "mitel", pty = "a", listen = "127.0.0.1:5010" }', "needs exactly one place"),
        ('{ protocol = "fias", connect = "127.0.0.1:5010" }', "is not for FIAS"),
        ('{ protocol = "mitel", pty = "a" }, { protocol = "fias", pty = "a" }', '"a" is used twice'),
        ('{ protocol = "mitel", pty = "a", encoding = "utf-9" }', '"utf-9" is no encoding'),
        ('{ protocol = "mitel", pty = "../a" }', "a file name"),
        ('{ protocol = "mitel", connect = "nowhere" }', "HOST:PORT"),
        ('{ protocol = "fias", listen = "127.0.0.1:8090" }', "is used twice"),
    ],
)
def test_what_cannot_be_is_said(systems: str, said: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(said)):
        bench(systems)
