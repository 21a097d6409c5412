"""What the person who starts the product is told."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from firmware import config as configuration
from firmware import host
from firmware.processes import RunDirectory
from firmware.product import greeting, local_time, status

ROOT = Path(__file__).parents[3]


def test_a_link_s_end_is_told_with_its_day_in_the_hotel_s_zone() -> None:
    settings = configuration.load(ROOT / "examples" / "hotel.toml")
    expires = datetime(2026, 11, 23, 2, 55, 30, tzinfo=UTC)
    said = {"first_manager_link": "http://x/y", "first_manager_link_expires": expires.isoformat()}
    (line,) = [line for line in greeting(settings, said) if "http://x/y" in line]
    assert f"once, until {local_time(expires, settings.hotel.time_zone)}" in line
    assert local_time(expires, "Europe/Warsaw") == "2026-11-23 03:55:30+01:00"


@pytest.mark.parametrize("every", ["0.0.0.0", "[::]"])
def test_a_box_that_listens_everywhere_is_said_to_be_where_others_reach_it(
    monkeypatch: pytest.MonkeyPatch, every: str
) -> None:
    text = (ROOT / "examples" / "hotel.toml").read_text(encoding="utf-8")
    settings = configuration.loads(text.replace('listen = "127.0.0.1:8080"', f'listen = "{every}:8443"'))
    monkeypatch.setattr(host, "addresses", lambda: ("192.0.2.7", "198.51.100.7"))
    desks = [line.split()[-1] for line in greeting(settings, {}) if "https://" in line]
    assert desks == ["https://192.0.2.7:8443/", "https://198.51.100.7:8443/"]
    monkeypatch.setattr(host, "addresses", tuple)
    assert host.reached_at(f"{every}:8443") == ("127.0.0.1:8443",)
    assert host.reached_at("[2001:db8::7]:8443") == ("[2001:db8::7]:8443",)


def test_what_to_try_has_a_call_outside_where_there_is_a_company_line() -> None:
    text = (ROOT / "examples" / "hotel.toml").read_text(encoding="utf-8")
    tried = "\n".join(greeting(configuration.loads(text), {}))
    assert "lift 100, dial 0 and a number: a company line" in tried
    assert "lift 101 and dial 112: a company line has it" in tried
    begin, end = text.index("[[trunk]]"), text.index("[[pms]]")
    tried = "\n".join(greeting(configuration.loads(text[:begin] + text[end:]), {}))
    assert "company line" not in tried and "lift 101 and dial 112: reception rings" in tried


def test_status_is_in_the_hotel_s_zone_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    directory = RunDirectory(tmp_path).make()
    directory.write_status({"pid": 1, "ready": True, "why": None, "alarms": [], "zone": "Asia/Ho_Chi_Minh"})
    directory.hold("launcher", "x")
    assert status(tmp_path) == 1
    (line,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith("launcher")]
    assert "+07:00, restarted 0 times" in line


@pytest.mark.parametrize("content", [b"", b"\x00" * 40, b'{"role": "\xff"}', b'{"pid"'])
def test_spoiled_files_of_a_process_or_of_the_status_count_as_absent(tmp_path: Path, content: bytes) -> None:
    directory = RunDirectory(tmp_path).make()
    for name in ("voice.pid", "status.json"):
        (directory.path / name).write_bytes(content)
    assert (directory.running("voice"), directory.status()) == (None, {})
