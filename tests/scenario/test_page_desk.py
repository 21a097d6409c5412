"""The desk's page, as a night porter uses it: rooms, guests, wake-ups, alarms, the bill; two browsers at once."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.browser import Session, browser
from tests.clients import Api, Bench, Json
from tests.harness import Product, wait_for
from tests.hotel import Hotel, PmsLink
from tests.page import PASSWORD, Page
from tests.scenario.front_office import OUTSIDE, change, dial_outside, empty_house, guests, room, wait_guests, wait_room
from tests.scenario.talking import answered_outside, line_with
from tests.scenario.waking import ZONE

TARIFFS = (
    "prefix,name,days,from,to,connection,interval_s,price,free_s,minimum,surcharge_percent,tax_percent\n"
    "22,Warsaw,1-7,00:00,24:00,10,60,30,0,0,10,0\n"
)
SEEN_MS = 1000
"""Five times what is aimed at, from what one browser does to what the other shows."""
MARKUP = "<img src=x onerror=document.title='owned'>"


@pytest.fixture(scope="module")
def hotel() -> Hotel:
    return Hotel.demonstration(pms=(PmsLink(link={"lr_pace_ms": 0}),))


@pytest.fixture(scope="module", autouse=True)
def users(window: Session, product: Product) -> None:
    Page(window, product).add_user("anna", "desk")
    assert product.api.raw("PUT", "/api/v1/tariffs", TARIFFS.encode(), "text/csv").status == 200


@pytest.fixture
def desk(page: Page, api: Api, bench: Bench) -> Iterator[Page]:
    """The desk in a house in which nobody lives and nobody is to be woken, with anna logged in."""
    empty_house(api, bench.pms())
    for due in api.get("/wakeups?due=true")["items"]:
        api.call("DELETE", f"/api/v1/wakeups/{due['id']}")
    for alarm in api.alarms():
        api.call("POST", f"/api/v1/alarms/{alarm['id']}/acknowledge", {})
    if page.count("nav .nav-link") == 0:
        page.log_in("anna")
    page.go("desk")
    page.find(".tile")
    page.complaints()  # those of the log-in: that nobody was logged in
    yield page
    assert page.complaints() == []


def check_in(api: Api, number: str, **guest: Json) -> str:
    """By a program; the guest's id."""
    return str(api.call("POST", f"/api/v1/rooms/{number}/check-in", guest)["guests"][-1]["id"])


def wall_time(api: Api, minutes: int) -> datetime:
    """The hotel's, so many minutes from now, also where an hour is left out or comes twice meanwhile."""
    at = datetime.fromisoformat(api.health()["now"]) + timedelta(minutes=minutes)
    return at.astimezone(ZONE).replace(tzinfo=None)


def quiet_hour(api: Api) -> int:
    """Of a time to be woken at that is not reached before the test is over."""
    return 9 if wall_time(api, 0).hour == 7 else 7


def order(api: Api, number: str, at: datetime) -> None:
    api.call("POST", "/api/v1/wakeups", {"room": number, "at": at.isoformat(timespec="seconds")})


def orders(api: Api, number: str) -> list[str]:
    return [found["at"][11:16] for found in api.get(f"/wakeups?room={number}&due=true")["items"]]


def tile(number: str) -> str:
    return f'.tile[data-room="{number}"]'


def test_a_guest_is_found_checked_in_and_gets_a_wakeup_by_keys_alone(desk: Page, api: Api) -> None:
    desk.keys("/", *"202", "Enter")
    desk.wait_text(".panel h2", "202")
    desk.find("[data-focus=do-i]:not([disabled])")
    desk.keys("i")
    desk.find("dialog [name=name]:focus")
    desk.keys(*"Holm", "Tab", *"Anna", "Enter")
    desk.wait_text(".panel .guest", "Holm, Anna")
    desk.wait_gone("dialog")
    assert guests(api, "202") == ["Holm"]
    desk.keys("w")
    desk.find("#wakeup-time:focus")
    hour = quiet_hour(api)
    desk.keys(*f"{hour}15", "Enter")
    desk.wait_text(".part-wakeups .row", f"0{hour}:15")
    assert orders(api, "202") == [f"0{hour}:15"]
    desk.wait_text(".toasts", f"0{hour}:15")  # and the focus is in the field again
    desk.keys("Escape")
    desk.wait_gone(".panel")
    desk.find(f"{tile('202')}:focus")
    desk.keys("ArrowLeft", "Enter")
    desk.wait_text(".panel h2", "201")
    desk.keys("Escape")
    desk.wait_gone(".panel")
    desk.keys("/", *"hol")
    desk.wait_text(".search-found", "Holm, Anna")
    desk.keys("Escape", "Escape")


def test_a_choice_by_arrows_is_saved_once_by_enter_and_not_at_each_step(desk: Page, api: Api) -> None:
    desk.go("desk/203")
    desk.run(
        "window.sent = []; const real = fetch;"
        "window.fetch = (url, how) => { if (how?.method === 'PATCH') sent.push(how.body); return real(url, how); };"
    )
    desk.keys("h")
    desk.find("#room-housekeeping:focus")
    before = str(desk.run("return document.activeElement.value"))
    desk.keys("ArrowDown", "ArrowDown", "Escape")
    assert (desk.run("return document.activeElement.value"), desk.count(".panel")) == (before, 1)
    desk.keys("ArrowDown", "ArrowUp", "ArrowDown", "ArrowDown")
    chosen = str(desk.run("return document.activeElement.value"))
    desk.keys("Enter")
    wait_room(api, "203", housekeeping=chosen)
    desk.find(f"#room-housekeeping:focus[data-value='{chosen}']")
    desk.keys("Escape")
    desk.wait_gone(".panel")
    assert desk.run("return sent") == [f'{{"housekeeping":"{chosen}"}}']


def test_escape_leaves_a_message_that_is_half_written(desk: Page, api: Api) -> None:
    check_in(api, "103", name="Bauer")
    desk.go("desk/103")
    desk.find("[data-focus=do-m]:not([disabled])")
    desk.keys("m")
    desk.find("#message-text:focus")
    desk.keys(*"Taxi", "Escape")
    desk.find(".panel:focus")
    assert desk.run("return document.getElementById('message-text').value") == "Taxi"
    desk.keys("Escape")
    desk.wait_gone(".panel")


def test_who_orders_for_a_room_in_which_nobody_lives_is_told_so(desk: Page, api: Api) -> None:
    desk.go("desk/203")
    hour = quiet_hour(api)
    desk.type("#wakeup-time", f"{hour}:30")
    desk.keys("Enter")
    desk.wait_text(".part-wakeups .row", f"0{hour}:30")
    desk.wait_text(".toasts", "Nobody is checked in: 203")
    assert orders(api, "203") == [f"0{hour}:30"]


def test_a_window_goes_on_when_another_one_has_begun_another_session(desk: Page, api: Api) -> None:
    """The windows of a browser share the cookie; this one still has the token that goes with the one before."""
    desk.go("desk/201")
    body = json.dumps({"name": "anna", "password": PASSWORD})
    how = {"method": "POST", "headers": {"Content-Type": "application/json"}, "body": body}
    assert desk.run("return fetch('/api/v1/session', arguments[0]).then((answer) => answer.status)", how) in (200, 201)
    desk.click("[data-focus=dnd]")
    wait_room(api, "201", dnd=True)
    assert all("403" in said for said in desk.complaints()), "with the old token first"
    desk.click("[data-focus=dnd][aria-pressed=true]:not([aria-busy])")
    wait_room(api, "201", dnd=False)
    desk.open()  # the feed of the session before ends within seconds, and for a moment nothing can be pressed then
    desk.find(".tile")


def test_what_is_no_time_is_told_at_the_field_and_nothing_is_ordered(desk: Page, api: Api) -> None:
    desk.go("desk/203")
    desk.type("#wakeup-time", "25:00")
    desk.keys("Enter")
    desk.wait_text(".part-wakeups .field-fault", "7:30")
    assert desk.find("#wakeup-time").attribute("aria-invalid") == "true"
    assert orders(api, "203") == []


def test_another_time_keeps_the_day(desk: Page, api: Api) -> None:
    day = f"{wall_time(api, 3 * 24 * 60):%Y-%m-%d}"
    api.call("POST", "/api/v1/wakeups", {"room": "203", "at": f"{day}T07:00"})
    desk.go("desk/203")
    desk.click(".part-wakeups [data-focus^=change]")
    desk.type("dialog [name=at]", "730")
    desk.click("dialog .form .button-primary")
    desk.wait_gone("dialog")
    assert [found["at"][:16] for found in api.get("/wakeups?room=203&due=true")["items"]] == [f"{day}T07:30"]


def test_a_refused_checkin_says_why_and_changes_nothing(desk: Page, api: Api) -> None:
    desk.go("desk/203")
    desk.find("[data-focus=do-i]:not([disabled])")
    desk.keys("i")
    desk.type("dialog [name=name]", "Holm")
    check_in(api, "203", name="Bauer")  # meanwhile, by somebody else
    desk.click("dialog .form .button-primary")
    desk.wait_text("dialog .notice-fault", "occupied")
    assert guests(api, "203") == ["Bauer"]
    desk.keys("Escape")
    desk.wait_gone("dialog")
    assert desk.find("#panel-title")


def test_an_emergency_call_stands_on_top_until_it_is_acknowledged(desk: Page, bench: Bench, api: Api) -> None:
    check_in(api, "101", name="Nowak", first_name="Jan")
    desk.run(
        "window.heard = 0; const real = AudioContext.prototype.createOscillator;"
        "AudioContext.prototype.createOscillator = function () { heard += 1; return real.call(this); };"
    )
    if desk.find(".sound:not([data-state=blocked])").attribute("data-state") == "on":
        desk.click(".sound")
    desk.find(".sound[data-state=muted]")
    bench.off_hook(1)
    bench.wait_signal(1, "dial", "stutter")
    bench.dial(1, "112")
    desk.wait_text(".alarm-emergency", "Emergency call to 112: Room 101")
    wait_for(lambda: desk.run("return heard"), 20, "an emergency is heard, whatever was muted")
    desk.wait_text(".alarm-emergency", "Nowak, Jan")
    desk.find(f"{tile('101')}.is-person")
    bench.on_hook(1)
    desk.click_text("I take care of it", within="*[contains(@class, 'alarm-emergency')]")
    desk.wait_gone(".alarm-emergency")
    known = [found for found in api.get("/alarms?all=true")["items"] if found["kind"] == "emergency-call"]
    alarm = max(known, key=lambda one: str(one["raised"]))
    assert alarm["acknowledged"]["by"] == "anna"
    desk.click(".sound")
    desk.find(".sound[data-state=on]")


def test_a_guest_who_is_woken_by_a_person_is_asked_for_and_ticked_off(desk: Page, api: Api) -> None:
    check_in(api, "102", name="Still", needs_person=True)
    due = wall_time(api, 0) + timedelta(seconds=3)
    order(api, "102", due)
    desk.wait_text(".alarm-wakeup", f"Wake in person, now ({due:%H:%M})")
    desk.click_text("Awake")
    desk.wait_gone(".alarm-wakeup")
    desk.wait_gone(f"{tile('102')}.is-person")
    past = max(api.get("/wakeups/history?room=102")["items"], key=lambda one: str(one["at"]))
    assert past["outcome"] == "answered"


def test_guests_are_moved_swapped_and_checked_out_with_what_is_theirs(desk: Page, api: Api) -> None:
    check_in(api, "101", name="Nowak")
    check_in(api, "203", name="Holm")
    order(api, "101", wall_time(api, 300))
    api.call("POST", "/api/v1/rooms/101/messages", {"text": "Your taxi is at eight."})
    desk.go("desk/101")
    desk.find("[data-focus=do-v]:not([disabled])")
    desk.keys("v")
    desk.choose("dialog [name=to]", "202")
    desk.click("dialog .form .button-primary")
    desk.wait_text(".panel h2", "202")
    desk.wait_text(".panel .guest", "Nowak")
    desk.wait_gone("dialog")
    assert (guests(api, "101"), guests(api, "202")) == ([], ["Nowak"])
    desk.keys("s")
    desk.choose("dialog [name=with]", "203")
    desk.click("dialog .form .button-primary")
    desk.wait_text(".panel .guest", "Holm")
    desk.wait_gone("dialog")
    assert (guests(api, "203"), guests(api, "202")) == (["Nowak"], ["Holm"])
    desk.go("desk/203")
    desk.find("[data-focus=do-o]:not([disabled])")
    desk.keys("o")
    desk.wait_text("dialog .cleared", "1 message")
    desk.click("dialog .dialog-foot .button-primary")
    desk.wait_text("dialog h2", "checked out")
    said = desk.wait_text("dialog .cleared", "wake-up")
    assert "1 message" in said and "message lamp" in said
    desk.keys("Escape")
    desk.wait_gone("dialog")
    assert (guests(api, "203"), room(api, "203")["housekeeping"], orders(api, "203")) == ([], "dirty", [])


def test_one_guest_goes_out_and_the_next_comes_in_at_once(desk: Page, api: Api) -> None:
    check_in(api, "103", name="Bauer")
    desk.go("desk/103")
    desk.find("[data-focus=do-n]:not([disabled])")
    desk.keys("n")
    desk.type("dialog [name=name]", "Adler")
    desk.click("dialog .form .button-primary")
    desk.wait_text("dialog h2", "checked out")
    desk.keys("Escape")
    desk.wait_gone("dialog")
    desk.wait_text(".panel .guest", "Adler")
    assert guests(api, "103") == ["Adler"]


def test_the_bill_is_in_the_guests_language_and_goes_on_one_page(desk: Page, bench: Bench, api: Api) -> None:
    check_in(api, "101", name="Nowak", first_name="Jan", language="pl")
    wait_room(api, "101", effective_class="national")
    dial_outside(bench, 1)
    answered_outside(bench, api, line_with(bench, OUTSIDE))
    bench.wait_audio(1500)
    bench.on_hook(1)
    desk.go("desk/101")
    desk.wait_text(".part-charges", OUTSIDE)
    desk.keys("b")
    desk.wait_text(".bill", "Jan Nowak")
    desk.wait_text(".bill-sums", "0,44")
    desk.choose("#bill-language", "vi")
    desk.wait_text(".bill", "Tổng cộng")
    desk.window.chrome("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        seen = "return [...document.body.children].filter((one) => one.checkVisibility()).map((one) => one.className)"
        assert desk.run(seen) == ["dialog dialog-wide bill-dialog"]
    finally:
        desk.window.chrome("Emulation.setEmulatedMedia", {"media": ""})
    desk.keys("Escape")
    desk.wait_gone("dialog")


def test_a_name_that_is_markup_is_only_text(desk: Page, bench: Bench, api: Api) -> None:
    bench.pms().wait_alive()
    bench.pms().check_in("102", name=MARKUP)
    wait_guests(api, "102", MARKUP)
    desk.wait_text(tile("102"), "<img")
    desk.go("desk/102")
    desk.wait_text(".panel .guest", MARKUP)
    desk.keys("/", *"onerror")
    desk.wait_text(".search-found", MARKUP)
    desk.keys("Escape", "Escape")
    assert desk.count("main img") == 0
    assert desk.run("return document.title").endswith("Desk – Night Porter")


def test_while_the_exchange_is_away_nothing_can_be_pressed(desk: Page, product: Product) -> None:
    desk.go("desk/201")
    desk.find(".panel-acts [data-act]:not([disabled])")
    product.kill("supervisor")
    dead = (
        "return document.querySelector('.panel').innerText.includes('No connection to the exchange')"
        " && !document.querySelector('[data-act]:not([disabled])')"
    )
    wait_for(lambda: desk.run(dead), 20, "the panel says so, and all its buttons are dead")
    desk.find(".panel-acts [data-act]:not([disabled])", 60)
    product.wait_ready()
    check_in(product.api, "201", name="Later")
    desk.wait_text(".panel .guest", "Later")


def test_another_browser_sees_each_change_soon(desk: Page, product: Product, api: Api) -> None:
    """Both clocks are the computer's. The other one notes when its tiles change."""
    change(api, "201", dnd=False, message_lamp=False)
    with browser(Path(tempfile.mkdtemp(dir=product.directory))) as window:
        other = Page(window, product)
        other.log_in("anna")
        other.find(".tile")
        other.run(
            "window.seen = []; new MutationObserver(() => seen.push(performance.timeOrigin + performance.now()))"
            ".observe(document.querySelector('.floors'), { subtree: true, childList: true, attributes: true })"
        )
        desk.go("desk/201")
        other.wait_gone(f"{tile('201')}:is(.is-dnd, .is-lamp)")
        for switch, mark, pressed in (
            ("dnd", ".is-dnd", False),
            ("lamp", ".is-lamp", False),
            ("dnd", ":not(.is-dnd)", True),
        ):
            button = f"[data-focus={switch}][aria-pressed={str(pressed).lower()}]:not([aria-busy])"
            desk.find(button)
            other.run("window.seen = []")
            began = float(desk.run(
                "const now = performance.timeOrigin + performance.now();"
                "document.querySelector(arguments[0]).click(); return now",
                button,
            ))  # fmt: skip
            other.find(f"{tile('201')}{mark}")
            assert other.run("return seen[0]") - began < SEEN_MS
        wait_room(api, "201", dnd=False, lamp=True)
