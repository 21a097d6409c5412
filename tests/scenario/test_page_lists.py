"""The page's lists: wake-ups, calls, housekeeping, reports; what each role sees of them, and how they keep up."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.clients import Api, Bench
from tests.harness import wait_for
from tests.hotel import Hotel
from tests.page import Page
from tests.scenario.talking import call
from tests.scenario.waking import await_one_day, now, soon

PAGES = (
    "wakeups", "wakeups/plan", "wakeups/history", "calls", "housekeeping", "reports", "reports/lines",
    "reports/wakeups", "reports/charges", "reports/abandoned",
)  # fmt: skip
KEY = re.compile(r"\b(common|lists|wakeups|calls|housekeeping|reports)\.[a-z]+(-[a-z]+)*\b")
"""A text that has no words is shown as its name."""
ROLES = {"mia": "manager", "dora": "desk", "hana": "housekeeping"}


@pytest.fixture(scope="module")
def hotel() -> Hotel:
    return Hotel.demonstration(more="[wakeup.vip]\nby_person = true")


@pytest.fixture(scope="module")
def users(product: object, window: object) -> set[str]:
    """Those that are there already."""
    return set()


@pytest.fixture
def one_day() -> None:
    """Midnight does not come meanwhile: the test, or the page, speaks of today."""
    await_one_day()


@pytest.fixture
def manager(page: Page, users: set[str]) -> Iterator[Page]:
    yield from as_role(page, users, "mia")


@pytest.fixture
def maid(page: Page, users: set[str]) -> Iterator[Page]:
    yield from as_role(page, users, "hana")


@pytest.fixture
def desk(page: Page, users: set[str]) -> Iterator[Page]:
    yield from as_role(page, users, "dora")


def as_role(page: Page, users: set[str], name: str) -> Iterator[Page]:
    if name not in users:
        page.add_user(name, ROLES[name])
        users.add(name)
    page.be(name)
    page.complaints()
    yield page
    assert page.complaints() == []


@pytest.fixture
def no_wakeups(api: Api) -> Iterator[Api]:
    yield api
    for order in api.get("/wakeups?due=true&limit=1000")["items"]:
        api.call("DELETE", f"/api/v1/wakeups/{order['id']}")
    for alarm in api.alarms():  # or reception is called about them, again and again
        api.call("POST", f"/api/v1/alarms/{alarm['id']}/acknowledge")


def rooms_of(api: Api, at: str) -> set[str]:
    return {order["room"] for order in api.get("/wakeups?due=true&limit=1000")["items"] if order["at"][:16] == at}


# ------------------------------------------------------------------------------------------------------------ wake-ups


def test_a_house_in_which_nobody_has_ordered_anything_yet_says_so(manager: Page) -> None:
    manager.go("wakeups")
    manager.wait_text("main", "No wake-ups are set.")


@pytest.mark.usefixtures("one_day")
def test_several_rooms_are_woken_by_one_order_that_is_typed_and_pressed(manager: Page, no_wakeups: Api) -> None:
    tomorrow = f"{now() + timedelta(days=1):%Y-%m-%d}"
    manager.go("wakeups")
    manager.keys("n")
    manager.type("[name=rooms]", "101-102, 999")
    manager.run("document.querySelector('[name=time]').value = '07:00'")
    manager.run("document.querySelector('[name=date]').value = arguments[0]", tomorrow)
    manager.click("dialog .button-primary")
    manager.wait_text("dialog .field-fault", "999")
    manager.type("[name=rooms]", "101-998")
    manager.click("dialog .button-primary")
    manager.wait_text("dialog .field-fault", "no room 998")
    manager.type("[name=rooms]", "101-102")
    manager.click(".chooser summary")
    manager.click_text("203", "dialog")
    assert manager.run("return document.querySelector('[name=rooms]').value") == "101-102, 203"
    manager.click("dialog .button-primary")
    manager.wait_gone("dialog[open]")
    manager.wait_text(".toasts", "Nobody is checked in: 101, 102, 203")
    wait_for(lambda: rooms_of(no_wakeups, f"{tomorrow}T07:00") == {"101", "102", "203"}, 20, "three rooms are woken")
    manager.wait_text(".wakeups-tomorrow", "07:00")
    manager.go("wakeups/plan")
    manager.wait_text("main h2", "Plan for")
    manager.wait_text(".plan-rooms", "203")


@pytest.mark.usefixtures("one_day")
def test_what_others_order_and_cancel_is_seen_and_a_wake_up_is_changed_and_cancelled(
    manager: Page, no_wakeups: Api
) -> None:
    manager.go("wakeups")
    at = now().replace(hour=6, minute=30) + timedelta(days=1)
    (order,) = no_wakeups.call("POST", "/api/v1/wakeups", {"room": "201", "at": f"{at:%Y-%m-%dT%H:%M}"})["items"]
    manager.wait_text(".wakeups-tomorrow", "06:30")
    manager.click(f"[data-focus='change-{order['id']}']")
    manager.find("dialog [name=time]")
    manager.run("document.querySelector('dialog [name=time]').value = '06:45'")
    manager.click("dialog .button-primary")
    manager.wait_text(".wakeups-tomorrow", "06:45")
    manager.wait_gone("dialog[open]")
    manager.click(f"[data-focus='cancel-{order['id']}']")
    manager.click("dialog .dialog-foot .button-danger")
    manager.wait_gone(f"[data-focus='cancel-{order['id']}']")
    assert no_wakeups.get(f"/wakeups/{order['id']}")["state"] == "cancelled"
    assert "Cancelled" in manager.wait_text(".wakeups-over", "06:45")


def test_a_vip_whom_a_person_did_not_reach_stands_first(manager: Page, no_wakeups: Api) -> None:
    manager.go("wakeups")
    wanted = {"room": "103", "at": f"{soon():%Y-%m-%dT%H:%M:%S}", "vip": True}
    (order,) = no_wakeups.call("POST", "/api/v1/wakeups", wanted)["items"]
    manager.wait_text(".wakeups-ringing", "103")
    manager.click(f"[data-focus='not_answered-{order['id']}']")
    manager.wait_text(".wakeups-failed", "103")
    assert manager.text(".stack > section:first-child h2").startswith("Not woken")
    manager.go("wakeups/history")
    manager.wait_text("main table", "Not answered")
    assert "called by a person" in manager.text("main table")


# --------------------------------------------------------------------------------------------------------------- calls


def call_over(bench: Bench, api: Api) -> None:
    """A call from room 101 to room 102, which has a record by now; both telephones can be called."""
    before = len(api.records())
    call(bench, 1, "102", 2)
    bench.on_hook(1)
    bench.on_hook(2)
    wait_for(lambda: len(api.records()) > before, 20, "the call has a record")
    wait_for(lambda: {api.line(phone)["state"] for phone in (1, 2)} == {"idle"}, 20, "both telephones are idle")


def emergencies(api: Api) -> int:
    return sum(record["emergency"] for record in api.records())


@pytest.mark.usefixtures("one_day")
def test_a_call_is_found_as_soon_as_it_is_over_by_what_is_known_of_it(desk: Page, bench: Bench, api: Api) -> None:
    desk.open()  # whatever was listed before
    desk.go("calls")
    call_over(bench, api)
    desk.click_text("Show 1 new call")
    shown = desk.wait_text("main tbody tr:first-child", "In the house")
    assert shown.split()[-1] == "Answered"
    desk.type("[name=number]", "555")
    desk.click_text("Find")
    desk.wait_text("main table tbody", "No calls in this time.")
    desk.type("[name=number]", "102")
    desk.choose("[name=direction]", "internal")
    desk.wait_text("main table tbody", "Answered")
    desk.click("main details summary")
    desk.find("main .chart-picture rect")
    script = (
        "return import('/static/js/lists/download.js').then((one) => one.wholeTable('/call-records', {room: '101'}))"
    )
    head, *rows = str(desk.run(script)).split("\r\n")
    assert head.startswith("id,call,direction")
    assert rows[0].split(",")[2:5] == ["internal", "101", "102"]


@pytest.mark.usefixtures("one_day")
def test_a_number_in_the_list_is_called_from_the_desks_own_telephone(desk: Page, bench: Bench, api: Api) -> None:
    call_over(bench, api)
    desk.run("localStorage.setItem('nightporter-telephone', '101')")
    desk.open()  # whatever was looked for before
    desk.go("calls")
    desk.click_xpath("//tbody/tr[1]//button[normalize-space()='102']")
    bench.wait_ringing(1)
    (standing,) = api.calls()
    api.call("DELETE", f"/api/v1/calls/{standing['id']}")


@pytest.mark.usefixtures("one_day")
def test_no_emergency_call_is_made_by_a_slip(desk: Page, bench: Bench, api: Api) -> None:
    before = emergencies(api)
    bench.off_hook(2)
    bench.wait_signal(2, "dial", "stutter")
    bench.dial(2, "112")
    wait_for(lambda: [call for call in api.calls() if call["emergency"]], 20, "the emergency call stands")
    bench.on_hook(2)
    wait_for(lambda: emergencies(api) > before, 20, "it has ended")
    wait_for(lambda: not api.calls(), 20, "and none stands")
    desk.go("wakeups")
    desk.go("calls")
    desk.wait_text("tbody tr.emergency", "112")
    links = desk.count("tbody tr.emergency .number-link")
    assert links == desk.count("tbody tr.emergency"), "who called can be called, 112 can not"
    desk.run("localStorage.setItem('nightporter-telephone', '101')")
    for number in ("112", "0112"):
        desk.run("import('/static/js/dial.js').then((one) => one.dial(arguments[0]))", number)
        desk.wait_text("dialog", "This is a real emergency call")
        desk.click_text("Cancel", "dialog")
        desk.wait_gone("dialog")
        assert api.calls() == []


# -------------------------------------------------------------------------------------------------------- housekeeping


def test_a_maid_sees_rooms_without_guests_and_changes_their_status_by_one_touch(maid: Page, api: Api) -> None:
    api.call("POST", "/api/v1/rooms/203/check-in", {"name": "Kowalska"})
    try:
        maid.size(390, 844)
        maid.open()  # whatever was filtered before
        maid.go("housekeeping")
        maid.wait_text("[data-room='203']", "Occupied")
        assert maid.run("return [...document.querySelectorAll('.nav-link')].map((one) => one.dataset.page)") == [
            "housekeeping"
        ]
        assert "Kowalska" not in maid.text("body")
        maid.click("[data-focus='203-inspected']")
        wait_for(lambda: api.get("/rooms/203")["housekeeping"] == "inspected", 20, "the room is inspected")
        maid.find("[data-focus='203-inspected'][aria-pressed='true']")
        api.call("PATCH", "/api/v1/rooms/203", {"housekeeping": "make-up", "dnd": True})
        maid.find("[data-focus='203-make-up'][aria-pressed='true']")
        maid.wait_text("[data-room='203']", "Do not disturb")
        maid.run("scrollTo(0, 0)")  # what lies below the header cannot be touched
        maid.click("[data-focus='status-make-up']")
        assert maid.run("return [...document.querySelectorAll('[data-room]')].map((one) => one.dataset.room)") == [
            "203"
        ]
        assert not maid.is_wider_than_seen()
    finally:
        api.call("POST", "/api/v1/rooms/203/check-out", {})


def test_what_was_taken_from_the_minibar_is_charged(maid: Page, api: Api) -> None:
    guest = api.call("POST", "/api/v1/rooms/203/check-in", {"name": "Kowalska"})["guests"][-1]["id"]
    try:
        maid.open()  # whatever was filtered before
        maid.go("housekeeping")
        maid.click("[data-focus='minibar-203']")
        maid.type("[name='article-0']", "12")
        maid.click("dialog .button-primary")
        maid.wait_gone("dialog[open]")
        (charge,) = [found for found in api.get("/charges?room=203")["items"] if found["guest"] == guest]
        assert charge["items"] == [{"article": 12, "count": 1}]
    finally:
        api.call("POST", "/api/v1/rooms/203/check-out", {})


# ------------------------------------------------------------------------------------------------------------- reports


def test_the_manager_sees_all_reports_and_the_desk_those_of_its_work(page: Page, users: set[str]) -> None:
    for name, wanted in (("mia", 5), ("dora", 3)):
        for seen in as_role(page, users, name):
            seen.go("reports")
            assert seen.count("main .tab") == wanted
            seen.go("reports/lines")
            shown = seen.text("main .tab[aria-current]")
            assert shown == ("Company lines" if wanted == 5 else "Calls")


@pytest.mark.usefixtures("one_day")
def test_a_report_is_of_the_period_that_is_chosen(manager: Page, bench: Bench, api: Api) -> None:
    call_over(bench, api)
    manager.go("reports")
    manager.click_text("Today")
    manager.wait_text("main .figures", "In the house")
    manager.find("main .chart-picture rect")
    manager.click("[data-period=own]")
    manager.run(
        "for (const name of ['to', 'from']) {"  # the calendar's own way of writing a date is the browser's
        " const day = document.querySelector(`.period-own [name=${name}]`);"
        " day.value = '2020-02-01'; day.dispatchEvent(new Event('change')); }"
    )
    manager.wait_text("main .report", "Nothing happened in this time.")


@pytest.mark.parametrize("language", ["en", "ru"])
def test_all_fit_a_telephones_width_and_speak_the_language(manager: Page, language: str) -> None:
    manager.run("localStorage.setItem('nightporter-language', arguments[0])", language)
    try:
        manager.size(390, 844)
        manager.open()
        manager.find("nav")
        for place in PAGES:
            manager.go(place)
            manager.find("main h1")
            assert not manager.is_wider_than_seen(), place
            assert not KEY.search(manager.text("main")), place
    finally:
        manager.run("localStorage.setItem('nightporter-language', 'en')")
        manager.open()
