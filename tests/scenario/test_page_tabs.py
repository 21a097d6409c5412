"""Many tabs of one browser, which opens six connections to a host: all work, and alarms are heard if none is seen."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.browser import Session
from tests.clients import Api, Bench
from tests.harness import Product, wait_for
from tests.page import Page
from tests.scenario.front_office import change

TABS = 8
NO_FEED = "static/icon.svg"
"""What follows nothing."""
SEEN_S = 5.0
"""Of a tab that comes to the front: five times what is aimed at."""
QUIET_MS = 5000
"""More than twice the time after which a sound comes again, also in a tab that is not seen."""
NOTES_WHAT_HAPPENS = """
window.heard = 0;
window.heardAt = 0;
window.lost = 0;
const real = AudioContext.prototype.createOscillator;
AudioContext.prototype.createOscillator = function () {
  heard += 1;
  heardAt = performance.now();
  return real.call(this);
};
new MutationObserver(() => { lost += document.body.classList.contains("stale"); })
  .observe(document.body, { attributes: true, attributeFilter: ["class"] });
"""
NOTES_WHAT_IS_SHOWN = """
sessionStorage.shown = "";
new MutationObserver(() => { if (!document.body.classList.contains("resting")) sessionStorage.shown = "all"; })
  .observe(document.body, { attributes: true, attributeFilter: ["class"] });
"""
"""Whether what was covered is uncovered, also for who asks after the page was loaded anew."""


class Tabs:
    """The desk in each of them, the last one seen. Without a screen all tabs of a window are seen: each has its own."""

    def __init__(self, page: Page, count: int) -> None:
        self.page, self.window = page, page.window
        self.first = self.window.window
        self.names: list[str] = []
        for _ in range(count):
            self._open()

    def _open(self) -> None:
        tab = self.window.new_window()
        self.names.append(tab)
        self.see(tab)
        self.page.size(1280)
        self.page.open()
        self.page.find("main.page-desk:not([aria-busy]) .tile")
        self.page.click(".desk-head")
        self.page.find(".sound[data-state=on]")
        self.page.run(NOTES_WHAT_HAPPENS)

    def open_behind(self) -> str:
        """One that nobody has seen yet; its name."""
        tab = self.window.new_window()
        self.names.append(tab)
        self.see(None)
        self.window.turn_to(tab)
        self.page.open()
        self.page.find(".account-name")
        return tab

    def see(self, tab: str | None) -> None:
        """That one alone, or none."""
        for name in self.names:
            self.window.turn_to(name)
            if name == tab:
                self.window.show()
            else:
                self.window.hide()
        hidden = [name != tab for name in self.names]
        wait_for(lambda: self.all("document.hidden") == hidden, 10, "one is seen, or none")
        self.window.turn_to(tab or self.first)

    def show_also(self, tab: str) -> None:
        """With those that are seen."""
        self.window.turn_to(tab)
        self.window.show()

    def log_in(self, name: str) -> None:
        """In another one, so that all have this session."""
        self.window.turn_to(self.first)
        self.page.log_in(name)
        self.page.open(NO_FEED)

    def all(self, expression: str) -> list[object]:
        """Its value in each of them."""
        values: list[object] = []
        for tab in self.names:
            self.window.turn_to(tab)
            values.append(self.page.run(f"return {expression}"))
        return values

    def that_sound(self) -> list[str]:
        """Those that have sounded since they were last asked."""
        heard = self.all("[heard, heard = 0][0]")
        return [tab for tab, times in zip(self.names, heard, strict=True) if times]

    def wait_all(self, expression: str, *values: object) -> None:
        """Until it has these values in them."""
        wait_for(lambda: self.all(expression) == list(values), 30, f"{expression} is {values}")

    def wait_quiet(self) -> None:
        self.wait_all(f"performance.now() - heardAt > {QUIET_MS}", *[True] * len(self.names))

    def wait_rest(self, *others: str) -> None:
        """All but those."""
        self.wait_all("document.body.classList.contains('resting')", *[name not in others for name in self.names])

    def wait_counted(self, *by: str) -> None:
        """Alarms, by the titles of those alone."""
        self.wait_all("document.title.startsWith('(')", *[name in by for name in self.names])

    def close(self, tab: str) -> None:
        self.window.turn_to(tab)
        self.window.close_window()
        self.names.remove(tab)
        self.window.turn_to(self.first)


@pytest.fixture(scope="module", autouse=True)
def anna(window: Session, product: Product) -> None:
    """Logged in, in a hotel whose clock is vouched for: nothing else is to raise an alarm while alarms are counted."""
    product.api.call("POST", "/api/v1/clock/vouch")
    page = Page(window, product)
    for name in ("anna", "boris"):
        page.add_user(name, "desk")
    page.log_in("anna")
    page.open(NO_FEED)


@pytest.fixture
def tabs(page: Page) -> Iterator[Tabs]:
    yield from opened(page, TABS)


@pytest.fixture
def two_tabs(page: Page) -> Iterator[Tabs]:
    """Anna's: the first one follows, the other one rests unless it is seen."""
    page.log_in("anna")
    page.open(NO_FEED)
    yield from opened(page, 2)


def opened(page: Page, count: int) -> Iterator[Tabs]:
    """Until the test has ended. Those that rest are closed first: one that takes over may be loaded anew meanwhile."""
    page.run("localStorage.removeItem('nightporter-muted')")
    tabs = Tabs(page, count)
    yield tabs
    for tab in tabs.names[::-1]:
        tabs.close(tab)


def tile(number: str) -> str:
    return f'.tile[data-room="{number}"]'


def call_for_help(bench: Bench, phone: int) -> None:
    bench.off_hook(phone)
    bench.wait_signal(phone, "dial", "stutter")
    bench.dial(phone, "112")


@pytest.mark.timeout(300)
def test_each_of_eight_tabs_shows_what_has_changed_once_it_is_seen(tabs: Tabs, api: Api) -> None:
    for tab in tabs.names:
        change(api, "101", dnd=True)
        tabs.see(tab)
        tabs.page.find(f"body:not(.resting) {tile('101')}.is-dnd", SEEN_S)
        assert tabs.page.run("return getComputedStyle(document.querySelector('main')).opacity") == "1"
        tabs.wait_rest(tab, tabs.names[0])
        tabs.window.turn_to(tab)
        change(api, "101", dnd=False)
        wait_for(lambda: tabs.page.count(f"{tile('101')}.is-dnd") == 0, SEEN_S, "what is seen is up to date")
        assert tabs.page.call("/rooms") == 200, "the browser has a connection left"
    assert tabs.all("lost") == [0] * TABS, "none says that it has lost the connection"


@pytest.mark.timeout(300)
def test_what_is_muted_in_one_tab_is_muted_in_all(tabs: Tabs) -> None:
    for state in ("muted", "on"):
        tabs.page.click(".sound")
        tabs.wait_all("document.querySelector('.sound').dataset.state", *[state] * TABS)
        tabs.window.turn_to(tabs.names[-1])


def test_a_tab_in_which_nobody_has_clicked_tells_by_its_title(page: Page, bench: Bench) -> None:
    window = page.window
    first, tab = window.window, window.new_window()
    window.turn_to(tab)
    window.show()
    page.open()
    page.find("main.page-desk:not([aria-busy]) .tile")
    window.hide()
    wait_for(lambda: page.run("return document.hidden"), 10, "nobody sees it")
    assert page.run("return document.querySelector('.sound').dataset.state") == "blocked"
    before = page.run("return document.title")
    call_for_help(bench, 2)
    wait_for(lambda: page.run("return document.title") == f"(1) {before}", SEEN_S, "the title counts the alarm")
    bench.on_hook(2)
    window.show()
    page.click_text("I take care of it", within="*[contains(@class, 'alarm-emergency')]")
    wait_for(lambda: page.run("return document.title") == before, SEEN_S, "nothing is left")
    window.close_window()
    window.turn_to(first)


@pytest.mark.timeout(300)
def test_an_alarm_is_heard_once_though_no_tab_is_seen(tabs: Tabs, bench: Bench, api: Api) -> None:
    tabs.see(None)
    call_for_help(bench, 1)
    (sounds,) = wait_for(tabs.that_sound, 20, "the alarm is heard")
    tabs.close(sounds)
    (next_one,) = wait_for(tabs.that_sound, 20, "it is heard although the tab is closed")
    bench.on_hook(1)
    quiet = next(tab for tab in tabs.names if tab != next_one)
    tabs.see(quiet)
    tabs.page.find(".alarm-emergency", SEEN_S)
    assert wait_for(tabs.that_sound, 20, "it is still heard") == [next_one], "not twice, whatever is seen"
    tabs.window.turn_to(quiet)
    tabs.page.click_text("I take care of it", within="*[contains(@class, 'alarm-emergency')]")
    tabs.page.wait_gone(".alarm-emergency")
    tabs.wait_quiet()
    assert tabs.all("lost") == [0] * len(tabs.names)


@pytest.mark.timeout(300)
def test_what_is_acknowledged_elsewhere_is_heard_from_no_tab_any_more(tabs: Tabs, bench: Bench, api: Api) -> None:
    seen = tabs.names[-1]
    call_for_help(bench, 1)
    (sounds,) = wait_for(tabs.that_sound, 20, "the alarm is heard, and once")
    tabs.wait_counted(sounds, seen)
    tabs.see(None)
    tabs.wait_counted(sounds)
    bench.on_hook(1)
    for alarm in api.alarms():
        api.call("POST", f"/api/v1/alarms/{alarm['id']}/acknowledge", {})
    tabs.wait_quiet()
    tabs.wait_counted()


@pytest.mark.timeout(300)
def test_a_tab_that_rests_shows_nothing_of_whoever_was_logged_in_before(two_tabs: Tabs) -> None:
    page, rests = two_tabs.page, two_tabs.names[1]
    page.go("desk/101")
    page.find("[data-act]:not([disabled])")
    two_tabs.open_behind()  # it follows: the first one in which nobody has clicked
    behind = two_tabs.open_behind()
    two_tabs.window.turn_to(rests)
    page.find("body.resting")
    page.run(NOTES_WHAT_IS_SHOWN)
    assert page.run("return getComputedStyle(document.querySelector('main')).opacity") == "0"
    assert page.count("[data-act]:not([disabled])") == 0
    two_tabs.log_in("boris")
    for tab in (rests, behind):
        two_tabs.show_also(tab)
        page.wait_text(".account-name", "boris")
    two_tabs.window.turn_to(rests)
    assert page.run("return sessionStorage.shown") == ""


@pytest.mark.timeout(300)
def test_who_logs_in_in_one_tab_is_not_asked_for_it_in_another(two_tabs: Tabs, api: Api) -> None:
    page = two_tabs.page
    two_tabs.see(None)
    page.open()
    page.click(".account summary")
    page.click_text("Log out")
    page.find("dialog.login")
    change(api, "101", dnd=True)  # whoever follows without a session is told so when there is something to tell
    two_tabs.wait_all("Boolean(document.querySelector('dialog.login'))", True, True)
    change(api, "101", dnd=False)
    two_tabs.log_in("boris")
    for tab in two_tabs.names:
        two_tabs.show_also(tab)
        page.wait_gone("dialog.login")
        page.wait_text(".account-name", "boris")
