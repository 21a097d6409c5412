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
SEEN_S = 5.0
"""Of a tab that comes to the front: five times what is aimed at."""
NOTES_WHAT_HAPPENS = """
window.heard = 0;
window.lost = 0;
const real = AudioContext.prototype.createOscillator;
AudioContext.prototype.createOscillator = function () { heard += 1; return real.call(this); };
new MutationObserver(() => { lost += document.body.classList.contains("stale"); })
  .observe(document.body, { attributes: true, attributeFilter: ["class"] });
"""


class Tabs:
    """The desk in each of them, the last one seen. Without a screen all tabs of a window are seen: each has its own."""

    def __init__(self, page: Page) -> None:
        self.page, self.window = page, page.window
        self.first = self.window.window
        self.names: list[str] = []
        for _ in range(TABS):
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

    def close(self, tab: str) -> None:
        self.window.turn_to(tab)
        self.window.close_window()
        self.names.remove(tab)
        self.window.turn_to(self.first)


@pytest.fixture(scope="module", autouse=True)
def anna(window: Session, product: Product) -> None:
    page = Page(window, product)
    page.add_user("anna", "desk")
    page.log_in("anna")
    page.open("static/icon.svg")  # no page that follows


@pytest.fixture
def tabs(page: Page) -> Iterator[Tabs]:
    tabs = Tabs(page)
    yield tabs
    for tab in tabs.names[:]:
        tabs.close(tab)


def tile(number: str) -> str:
    return f'.tile[data-room="{number}"]'


@pytest.mark.timeout(300)
def test_each_of_eight_tabs_shows_what_has_changed_once_it_is_seen(tabs: Tabs, api: Api) -> None:
    for tab in tabs.names:
        change(api, "101", dnd=True)
        tabs.see(tab)
        tabs.page.find(f"{tile('101')}.is-dnd", SEEN_S)
        change(api, "101", dnd=False)
        wait_for(lambda: tabs.page.count(f"{tile('101')}.is-dnd") == 0, SEEN_S, "what is seen is up to date")
        assert tabs.page.call("/rooms") == 200, "the browser has a connection left"
    assert tabs.all("lost") == [0] * TABS, "none says that it has lost the connection"


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
    bench.off_hook(2)
    bench.wait_signal(2, "dial", "stutter")
    bench.dial(2, "112")
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
    bench.off_hook(1)
    bench.wait_signal(1, "dial", "stutter")
    bench.dial(1, "112")
    (sounds,) = wait_for(tabs.that_sound, 20, "the alarm is heard")
    tabs.close(sounds)
    (next_one,) = wait_for(tabs.that_sound, 20, "it is heard although the tab is closed")
    bench.on_hook(1)
    quiet = next(tab for tab in tabs.names if tab != next_one)
    tabs.see(quiet)
    tabs.page.find(".alarm-emergency", SEEN_S)
    wait_for(lambda: quiet in tabs.that_sound(), 10, "what is seen is heard")
    tabs.window.turn_to(quiet)
    tabs.page.click_text("I take care of it", within="*[contains(@class, 'alarm-emergency')]")
    tabs.page.wait_gone(".alarm-emergency")
    assert tabs.all("lost") == [0] * len(tabs.names)
