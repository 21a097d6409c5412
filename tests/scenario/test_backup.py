"""A hotel that is backed up, lost, and put back on a new box is the same: all that the API tells of it is equal."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from firmware.backup.layout import place_of
from tests.clients import Api, Json
from tests.everything import differences, everything
from tests.harness import Product, nightporter, wait_for
from tests.scenario.talking import call, hang_up

ZONE = ZoneInfo("Europe/Warsaw")
RESTORED_WITHIN_S = 60
DEADLINE_S = 60


@pytest.fixture
def box() -> Iterator[Product]:
    with Product() as product:
        yield product


@pytest.fixture
def new_box(box: Product) -> Iterator[Product]:
    """Another one, of the same hotel, which has never been started; with its own addresses."""
    with Product(box.hotel, start=False) as product:
        yield product


def woken_in(api: Api, seconds: float) -> datetime:
    """Two rooms are to be woken then: when everything has been asked for twice more, and a new box has started."""
    due = datetime.now(ZONE).replace(microsecond=0) + timedelta(seconds=seconds)
    api.call("POST", "/api/v1/wakeups", {"rooms": ["101", "102"], "at": f"{due:%Y-%m-%dT%H:%M:%S}"})
    return due.replace(microsecond=0)


def filled(product: Product) -> None:
    """Something of each kind."""
    api, bench = product.api, product.bench
    api.call("POST", "/api/v1/rooms/101/check-in", {"name": "Nguyễn Thị", "language": "vi", "vip": True})
    api.call("POST", "/api/v1/rooms/102/check-in", {"name": "Holm", "reservation": "R-7"})
    api.call("PATCH", "/api/v1/rooms/103", {"housekeeping": "dirty"})
    api.call("POST", "/api/v1/rooms/101/messages", {"text": "Call home: жду"})
    later = datetime.now(ZONE) + timedelta(days=2)
    api.call("POST", "/api/v1/wakeups", {"rooms": ["102"], "at": f"{later:%Y-%m-%d}T06:30", "repeat": "daily"})
    api.call("POST", "/api/v1/users", {"name": "anna", "password": "correct horse", "role": "manager"})
    api.call("POST", "/api/v1/charges", {"room": "102", "items": [{"article": 1}]})
    api.call("PUT", "/api/v1/settings/night-service", {"mode": "on"})
    api.call("POST", "/api/v1/pins", {"name": "Maria", "pin": "4711", "rights": ["stays"]})
    menu = api.raw("GET", "/api/v1/menus/own-number").body
    assert api.raw("PUT", "/api/v1/menus/own-number", menu + b"\n", "text/plain").status == 200
    goodbye = made(api, "en/goodbye")
    assert api.raw("PUT", "/api/v1/prompts/en/goodbye", goodbye, "audio/wav").status == 200
    call(bench, 3, "102", 2)
    hang_up(bench, 3, 2)
    wait_for(lambda: api.records(), 10, "the call is in the records")


def made(api: Api, prompt: str) -> bytes | None:
    answer = api.raw("GET", f"/api/v1/prompts/{prompt}")
    return answer.body if answer.status == 200 else None


@pytest.mark.timeout(400)
def test_a_hotel_is_the_same_on_a_new_box_and_its_guests_are_woken_there(box: Product, new_box: Product) -> None:
    wait_for(lambda: made(box.api, "en/goodbye"), DEADLINE_S, "a prompt is made", every_s=0.2)
    filled(box)
    box.data.joinpath("restored-hotel.toml").unlink(missing_ok=True)
    key = nightporter("backup-key", "--data", str(box.data)).stdout.strip()
    until = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    began = time.monotonic()
    everything(box.api, until)
    due = woken_in(box.api, 4 * (time.monotonic() - began) + RESTORED_WITHIN_S)
    before = everything(box.api, until)
    box.stop()
    done = nightporter("backup", "--data", str(box.data), "--to", str(new_box.directory / "hotel.age"))
    assert done.returncode == 0, done.stderr
    unknown = [path for path in files(box.data) if place_of(path) is None]
    assert unknown == [], "everything in a data directory has its row in the table of backups"
    shutil.rmtree(box.data)

    restored = restore(new_box, key)
    assert restored.returncode == 0, restored.stderr
    assert (new_box.directory / "then.toml").read_bytes() == box.config.read_bytes()
    new_box._token = box.token("manager")
    new_box.start()
    after = everything(new_box.api, until)
    differing = {path: how for path, how in differences(before, after).items() if path not in ("/audit", "/alarms")}
    print(*(f"{path}: {how}" for path, how in differing.items()), sep="\n")
    assert list(differing) == []
    told = added(before, after, "/audit", "action")  # to read all this of guests is in it, too
    assert "restored" in told
    assert added(before, after, "/alarms", "kind") == ["restored"]
    for phone in (1, 2):
        new_box.bench.wait_ringing(phone, max(0.0, (due - datetime.now(ZONE)).total_seconds()) + 10)
    assert datetime.now(ZONE) >= due


def restore(product: Product, key: str) -> object:
    place = product.directory
    (place / "key").write_text(key)
    return nightporter(
        "restore", str(place / "hotel.age"), "--key", str(place / "key"), "--data", str(product.data),
        "--config-to", str(place / "then.toml"),
    )  # fmt: skip


def added(before: dict[str, Json], after: dict[str, Json], path: str, member: str) -> list[str]:
    """What a list has more than before, at its beginning; the rest is as it was."""
    more = len(after[path]) - len(before[path])
    assert after[path][more:] == before[path], differences(before, after)[path]
    return sorted(item[member] for item in after[path][:more])


def files(data: Path) -> list[str]:
    return [path.relative_to(data).as_posix() for path in data.rglob("*") if path.is_file() or path.is_socket()]
