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
from tests.hotel import Hotel, PmsLink
from tests.scenario.front_office import OUTSIDE, dial_outside
from tests.scenario.person import Person
from tests.scenario.talking import answered_outside, call, hang_up, lift_and_dial, line_with

ZONE = ZoneInfo("Europe/Warsaw")
DEADLINE_S = 60
COMMANDS_S = 20.0
"""Of those that back up and restore, on a machine that has little else to do."""
SPOKEN_BYTES = 32_000
BY_THE_WAY = {"late-blocks"}
"""An alarm of a machine that has much to do."""
TARIFFS = (
    "prefix,name,days,from,to,connection,interval_s,price,free_s,minimum,surcharge_percent,tax_percent\n"
    "22,Warsaw,1-7,00:00,24:00,10,60,30,0,0,10,0\n"
)
CHANGED = (
    ("charging", "hidden_digits", 3),
    ("voice-mail", "cases", ["dnd", "busy"]),
    ("minibar", "articles", {"1": {"en": "Water"}, "2": {"en": "Beer", "pl": "Piwo"}}),
)


@pytest.fixture
def box() -> Iterator[Product]:
    with Product(Hotel.demonstration(pms=(PmsLink(link={"lr_pace_ms": 0, "answer_s": 1}),)), start=False) as product:
        yield product


@pytest.fixture
def new_box(box: Product) -> Iterator[Product]:
    """Another one, of the same hotel, which has never been started; with its own addresses."""
    with Product(box.hotel, start=False) as product:
        yield product


def woken_in(api: Api, seconds: float) -> datetime:
    """Two rooms are to be woken then, when everything has been compared."""
    due = (datetime.now(ZONE) + timedelta(seconds=seconds)).replace(microsecond=0)
    api.call("POST", "/api/v1/wakeups", {"rooms": ["101", "102"], "at": f"{due:%Y-%m-%dT%H:%M:%S}"})
    return due


def filled(product: Product) -> None:
    """Something of each kind."""
    api = product.api
    answer = api.raw("PUT", "/api/v1/tariffs", TARIFFS.encode(), "text/csv")
    assert answer.status == 200, answer
    guests(api)
    people(product)
    settings(api)
    calls(product)
    charges(product)


def guests(api: Api) -> None:
    api.call("POST", "/api/v1/rooms/101/check-in", {"name": "Nguyễn Thị", "language": "vi", "vip": True})
    api.call("POST", "/api/v1/rooms/102/check-in", {"name": "Holm", "reservation": "R-7", "class": "national"})
    api.call("POST", "/api/v1/rooms/103/check-in", {"name": "Cichy"})
    api.call("PATCH", "/api/v1/rooms/201", {"housekeeping": "dirty"})
    api.call("POST", "/api/v1/rooms/101/messages", {"text": "Call home: жду"})
    later = datetime.now(ZONE) + timedelta(days=2)
    for room, order in (("102", {"repeat": "daily"}), ("101", {"vip": True}), ("103", {"language": "pl"})):
        api.call("POST", "/api/v1/wakeups", {"room": room, "at": f"{later:%Y-%m-%d}T06:30", **order})


def people(product: Product) -> None:
    """A manager with a second factor, somebody of the desk, a program, and a PIN."""
    api = product.api
    api.call("POST", "/api/v1/users", {"name": "anna", "password": "correct horse", "role": "manager"})
    api.call("POST", "/api/v1/users", {"name": "jan", "password": "battery staple", "role": "desk"})
    Person(product, "anna", "correct horse").second_factor()
    Person(product, "jan", "battery staple").call("PUT", "/api/v1/session/preferences", {"language": "pl"})
    api.call("POST", "/api/v1/tokens", {"name": "lamps", "role": "desk"})
    api.call("POST", "/api/v1/pins", {"name": "Maria", "pin": "4711", "rights": ["stays"]})


def settings(api: Api) -> None:
    """Each is other than at first; a menu, and a prompt of the site's."""
    api.call("PUT", "/api/v1/settings/night-service", {"mode": "on"})
    for place, member, value in CHANGED:
        api.call("PUT", f"/api/v1/settings/{place}", {**api.get(f"/settings/{place}"), member: value})
    menu = api.raw("GET", "/api/v1/menus/own-number").body
    assert api.raw("PUT", "/api/v1/menus/own-number", menu + b"\n", "text/plain").status == 200
    goodbye = made(api, "en/goodbye")
    assert api.raw("PUT", "/api/v1/prompts/en/goodbye", goodbye, "audio/wav").status == 200


def calls(product: Product) -> None:
    """One inside, one outside which costs something, and a message for a guest who does not want to be disturbed."""
    api, bench = product.api, product.bench
    call(bench, 1, "102", 2)
    hang_up(bench, 1, 2)
    dial_outside(bench, 2)
    line = line_with(bench, OUTSIDE)
    answered_outside(bench, api, line)
    bench.wait_audio(1500)
    hang_up(bench, 2)
    api.call("PUT", "/api/v1/settings/extensions/103", {"dnd": True, "forward": []})
    lift_and_dial(bench, 1, "103")
    bench.play_tone(1, 700, -10, 60_000)
    recordings = product.data / "recordings"
    wait_for(lambda: said(recordings) > SPOKEN_BYTES, DEADLINE_S, "what is said is recorded")
    hang_up(bench, 1)
    wait_for(lambda: api.get("/rooms/103/voice-mail")["items"], DEADLINE_S, "a message is kept")
    wait_for(lambda: api.records("&room=102")[0]["charge"], DEADLINE_S, "the call has its price")


def said(recordings: Path) -> int:
    """Bytes of the message that is being left."""
    return sum(file.stat().st_size for file in recordings.glob("*.wav"))


def charges(product: Product) -> None:
    """A minibar's is posted, one that nobody has answered is doubtful."""
    api, pms = product.api, product.bench.pms()
    wait_for(lambda: not api.get("/charges?state=pending")["items"], DEADLINE_S, "what the call costs is with the PMS")
    api.call("POST", "/api/v1/charges", {"room": "102", "items": [{"article": 1}]})
    wait_for(lambda: not api.get("/charges?state=pending")["items"], DEADLINE_S, "the minibar is with the PMS")
    pms.answers("lose", "lose")
    api.call("POST", "/api/v1/charges", {"room": "102", "items": [{"article": 2, "count": 3}]})
    wait_for(lambda: api.get("/charges?state=doubtful")["items"], DEADLINE_S, "nobody has answered")


def made(api: Api, prompt: str) -> bytes | None:
    answer = api.raw("GET", f"/api/v1/prompts/{prompt}")
    return answer.body if answer.status == 200 else None


@pytest.mark.timeout(400)
def test_a_hotel_is_the_same_on_a_new_box_and_its_guests_are_woken_there(box: Product, new_box: Product) -> None:
    began = time.monotonic()
    box.start()
    starting_s = time.monotonic() - began
    wait_for(lambda: made(box.api, "en/goodbye"), DEADLINE_S, "a prompt is made", every_s=0.2)
    filled(box)
    box.data.joinpath("restored-hotel.toml").unlink(missing_ok=True)
    key = nightporter("backup-key", "--data", str(box.data)).stdout.strip()
    until = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    began = time.monotonic()
    everything(box.api, until)
    asking_s = time.monotonic() - began
    due = woken_in(box.api, 3 * asking_s + 2 * starting_s + COMMANDS_S)
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
        new_box.bench.wait_ringing(phone, max(0.0, (due - datetime.now(ZONE)).total_seconds()) + DEADLINE_S)
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
    then, now = ([item for item in told[path] if item.get("kind") not in BY_THE_WAY] for told in (before, after))
    more = len(now) - len(then)
    assert now[more:] == then, differences(before, after)[path]
    return sorted(item[member] for item in now[:more])


def files(data: Path) -> list[str]:
    return [path.relative_to(data).as_posix() for path in data.rglob("*") if path.is_file() or path.is_socket()]
