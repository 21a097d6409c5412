"""Ringing generator formulas against the data sheet's values, and what the model makes of them."""

from __future__ import annotations

import pytest

from boardsupport.si3210 import ringer
from boardsupport.si3210.countries import LINE_COUNTRIES, line_settings


@pytest.mark.parametrize(
    ("hz", "vpk", "coefficient", "amplitude"),
    [
        (50 / 3, 70, 0x7F4C, 0x0139),
        (20, 70, 0x7EFE, 0x0178),
        (25, 60, 0x7E6D, 0x0193),
        (25, 70, 0x7E6D, 0x01D6),
        (50, 70, 0x79BC, 0x03B2),
    ],
)
def test_coefficients(hz: float, vpk: float, coefficient: int, amplitude: int) -> None:
    assert ringer.ring_coefficient(hz) == coefficient
    assert ringer.ring_amplitude(hz, vpk) == amplitude


@pytest.mark.parametrize(("hz", "vpk"), [(10, 65), (80, 65), (25, 48), (25, 95)])
def test_what_the_chip_cannot_ring_is_refused(hz: float, vpk: float) -> None:
    with pytest.raises(ValueError, match="ringing"):
        ringer.bell(hz, vpk)


@pytest.mark.parametrize("country", sorted(LINE_COUNTRIES))
def test_every_country_can_be_rung(country: str) -> None:
    settings = line_settings(country)
    assert ringer.bell(settings.ring_hz, settings.ring_vpk).battery * 1.5 >= settings.ring_vpk + 4
    assert 0 <= settings.impedance <= 7


def test_values_without_a_document_are_named() -> None:
    assert "ringing voltage" in LINE_COUNTRIES["us"].unsourced()
    assert LINE_COUNTRIES["vn"].unsourced() == ["impedance", "ringing frequency", "ringing voltage"]
