"""The device-tree overlay of the HAT: it compiles, and its pins are those of the board table."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from boardsupport.tables import BOARDS

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "boardsupport" / "overlays" / "nightporter-hat-8.dts"
TABLE = BOARDS["hat-8"]
GPIO, SPI, SOUND = (f"/fragment@{number}/__overlay__" for number in (0, 1, 3))

pytestmark = pytest.mark.skipif(shutil.which("dtc") is None, reason="dtc (package device-tree-compiler) is not there")


@pytest.fixture(scope="module")
def overlay(tmp_path_factory: pytest.TempPathFactory) -> Path:
    compiled = tmp_path_factory.mktemp("overlay") / "nightporter-hat-8.dtbo"
    # A link of one card has a unit address without a bus around it, as the binding of simple-audio-card wants it.
    command = ["dtc", "-@", "-I", "dts", "-O", "dtb", "-o", str(compiled), str(SOURCE)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    assert done.returncode == 0, done.stderr
    assert "rror" not in done.stderr, done.stderr
    return compiled


def cells(overlay: Path, node: str, name: str) -> list[int]:
    """A property of 32-bit cells."""
    return [int(word) for word in _get(overlay, "u", node, name).split()]


def text(overlay: Path, node: str, name: str) -> str:
    return _get(overlay, "s", node, name).strip()


def _get(overlay: Path, kind: str, node: str, name: str) -> str:
    command = ["fdtget", "-t", kind, str(overlay), node, name]
    return subprocess.run(command, capture_output=True, text=True, timeout=20, check=True).stdout


def test_every_pin_of_the_table_is_set_up_and_no_pin_twice(overlay: Path) -> None:
    leds = {pin for led in TABLE.leds for pin in led.colors.values()}
    modules = {pin for bay in TABLE.bays for pin in (bay.interrupt_pin, bay.reset_pin)}
    lines = cells(overlay, f"{GPIO}/nightporter-lines", "brcm,pins")
    selects = cells(overlay, f"{GPIO}/nightporter-spi-cs", "brcm,pins")
    assert set(lines) == leds | modules | {TABLE.lifeline_pin, TABLE.button_pin}
    assert len({*lines, *selects, 9, 10, 11, 18, 19, 20, 21}) == len(lines) + len(selects) + 7


def test_until_the_driver_runs_chips_are_in_reset_and_the_lifeline_is_the_company_s(overlay: Path) -> None:
    node = f"{GPIO}/nightporter-lines"
    pulls = dict(zip(cells(overlay, node, "brcm,pins"), cells(overlay, node, "brcm,pull"), strict=True))
    down, up = 1, 2
    assert {pulls[bay.reset_pin] for bay in TABLE.bays} == {down}
    assert {pulls[bay.interrupt_pin] for bay in TABLE.bays} | {pulls[TABLE.button_pin]} == {up}
    assert {pulls[pin] for led in TABLE.leds for pin in led.colors.values()} == {down}
    assert pulls[TABLE.lifeline_pin] == down


def test_there_is_a_chip_select_and_a_device_for_each_bay(overlay: Path) -> None:
    words = cells(overlay, SPI, "cs-gpios")
    assert words[1::3] == cells(overlay, f"{GPIO}/nightporter-spi-cs", "brcm,pins")
    assert len(words) == 3 * len(TABLE.bays)
    for number in range(2, len(TABLE.bays)):
        assert TABLE.spi_devices[number] == f"/dev/spidev0.{number}"
        assert cells(overlay, f"{SPI}/spidev@{number}", "spi-max-frequency") == [TABLE.spi_hz]


@pytest.mark.parametrize("link", [0, 1])
def test_the_highway_has_the_slots_of_the_table_in_two_words(overlay: Path, link: int) -> None:
    card = f"{SOUND}/nightporter-sound"
    assert text(overlay, card, "simple-audio-card,name") == TABLE.alsa_card
    node = f"{card}/simple-audio-card,dai-link@{link}"
    assert text(overlay, node, "format") == "dsp_a" and TABLE.start_offset == 1
    _get(overlay, "x", node, "bitclock-inversion")
    words, width = (cells(overlay, f"{node}/cpu", f"dai-tdm-slot-{what}")[0] for what in ("num", "width"))
    assert words * width == TABLE.slots * 8
