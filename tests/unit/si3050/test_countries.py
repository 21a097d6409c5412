"""The rows of the country table: where they come from, and what they come to in the chip."""

from __future__ import annotations

import dataclasses

import pytest

from boardsupport.si3050 import regs
from boardsupport.si3050.chip import ChipSettings, gain_steps
from boardsupport.si3050.countries import COUNTRIES, LINE_CHOICES, fxo_settings
from boardsupport.si3210.countries import LINE_COUNTRIES

TABLE = {
    "us": (0x00, 0xC0, 0x00, 0x20),
    "uk": (0x00, 0xC2, 0x05, 0x28),
    "de": (0x00, 0xC2, 0x03, 0x28),
    "cn": (0x00, 0x30, 0x0F, 0x20),
    "ru": (0x00, 0x30, 0x00, 0x20),
    "pl": (0x03, 0xC0, 0x00, 0x20),
    "vn": (0x00, 0xC0, 0x00, 0x20),
    "default": (0x00, 0xC0, 0x00, 0x20),
    "fcc": (0x01, 0xC0, 0x00, 0x20),
    "tbr21": (0x00, 0xC2, 0x02, 0x20),
    "tbr21-3ms": (0x00, 0xC2, 0x02, 0x28),
    "cn-vendor": (0x00, 0xC0, 0x0A, 0x20),
}
"""Registers 16, 26, 30, and 31 without FULL and FILT (reference board.md 2.4)."""
NOT_THE_COUNTRYS = regs.FULL_SCALE.mask | regs.HIGH_PASS_200HZ.mask


@pytest.mark.parametrize("choice", sorted(TABLE))
def test_register_values(choice: str) -> None:
    country = choice if choice in COUNTRIES else "vn"
    line = fxo_settings(country, choice)
    control_5 = line.control_5 & ~NOT_THE_COUNTRYS
    assert (line.international_1, line.dc_termination, line.ac_termination, control_5) == TABLE[choice]


def test_every_choice_is_looked_at() -> None:
    assert set(TABLE) == set(LINE_CHOICES)
    assert set(COUNTRIES) == set(LINE_COUNTRIES), "company lines and telephones have the same countries"


@pytest.mark.parametrize("country", COUNTRIES)
def test_the_law_is_the_countrys_whatever_is_chosen(country: str) -> None:
    assert fxo_settings(country).law == fxo_settings(country, "cn-vendor").law == LINE_COUNTRIES[country].law


@pytest.mark.parametrize("choice", sorted(LINE_CHOICES))
def test_the_level_is_that_of_the_highway_either_way(choice: str) -> None:
    """Full scale of the converters, 0 or +3.2 dBm, and the digital gains come to 0 dB within a tenth."""
    line = fxo_settings("vn", choice)
    full_scale_dbm = 3.2 if regs.FULL_SCALE.of(line.control_5) else 0.0
    assert full_scale_dbm + line.transmit_db == pytest.approx(3.14, abs=0.1)
    assert line.receive_db - full_scale_dbm == pytest.approx(-3.14, abs=0.1)
    if regs.FULL_SCALE.of(line.control_5):
        assert regs.TIP_RING_VOLTAGE.of(line.dc_termination) == 3, "the data sheet wants DCV 3.5 V for it"


def test_only_viet_nam_is_a_guess() -> None:
    guessed = {choice for choice, row in LINE_CHOICES.items() if row.unsourced()}
    assert guessed == {"vn"}


def test_what_has_no_row_is_refused() -> None:
    with pytest.raises(KeyError):
        fxo_settings("default")
    with pytest.raises(KeyError):
        fxo_settings("vn", "cn-old")


@pytest.mark.parametrize(
    ("db", "steps"), [(0, (0, 0)), (3.2, (3, 2)), (-3.2, (0x13, 0x12)), (12, (12, 0)), (-14.9, (0x1E, 0x19))]
)
def test_gains_in_steps(db: float, steps: tuple[int, int]) -> None:
    assert gain_steps(db) == steps


def test_a_gain_beyond_the_chip_is_refused_when_ports_are_made() -> None:
    line = dataclasses.replace(fxo_settings("us"), receive_db=12.1)
    with pytest.raises(ValueError, match=r"12\.1 dB"):
        ChipSettings(line, 0)
