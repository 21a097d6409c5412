"""The page from the first start on: the first manager, log-in, a lost connection, the end of a session."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

import pytest

from tests.browser import Session
from tests.clients import Api, Bench
from tests.harness import Product, wait_for
from tests.page import PASSWORD, Page
from tests.scenario import talking

LINK = re.compile(r"https?://[^/\s]+/(first-manager/\S+)")
SEEN_WITHIN_S = 1.0
"""Five times what is aimed at: a change by somebody else is on the page within 200 ms."""


@pytest.fixture(scope="module")
def manager(window: Session, product: Product) -> str:
    """The first one, as the first start of the product makes him: the name that he logs in with."""
    page = Page(window, product)
    found = wait_for(lambda: LINK.search(product.log.read_text(encoding="utf-8")), 10, "the first start shows a link")
    page.open(found[1])
    page.type("[name=name]", "anna")
    page.type("[name=password]", PASSWORD)
    page.type("[name=again]", "something else")
    page.click("form button")
    page.find("[role=alert]")
    assert "something else" not in page.text("main")
    page.type("[name=password]", PASSWORD)
    page.type("[name=again]", PASSWORD)
    page.click("form button")
    page.click("a[href='/']")
    page.find("dialog.login")
    page.open(found[1])
    assert page.count("form") == 0, "the link works once"
    return "anna"


@pytest.fixture
def desk(page: Page, manager: str) -> Iterator[Page]:
    """The manager at the desk."""
    page.be(manager)
    page.go("desk")
    page.find(".tile[data-room='101']")
    yield page
    assert page.complaints() == []


def test_the_first_manager_sets_a_password_and_comes_to_the_desk(desk: Page) -> None:
    assert desk.text("nav [aria-current=page]") == "Desk"
    assert desk.wait_text(".brand-house", "Test").strip() == "Test"
    wait_for(lambda: re.fullmatch(r"\d\d:\d\d", desk.text(".clock-time")), 20, "the hotel's time is shown")


def test_who_says_a_wrong_password_stays_outside(page: Page, manager: str) -> None:
    page.window.chrome("Network.clearBrowserCookies", {})
    page.open()
    page.type("[name=name]", manager)
    page.type("[name=password]", "not the password")
    page.click("dialog.login form button")
    page.wait_text("dialog.login [role=alert]", "Name or password is wrong.")
    page.keys("Escape", "Escape")
    page.find("dialog.login:modal")
    assert page.count("nav") == 0 and page.call("/rooms") == 401


def test_a_change_by_somebody_else_is_on_the_page_at_once(desk: Page, api: Api) -> None:
    desk.run("""
        const tile = document.querySelector(".tile[data-room='102']");
        new MutationObserver(() => { window.seen ??= Date.now(); }).observe(tile, {childList: true, subtree: true});
    """)
    began = time.time()
    api.call("PATCH", "/api/v1/rooms/102", {"dnd": True})
    seen = wait_for(lambda: desk.run("return window.seen"), 10, "the tile of 102 looks different")
    api.call("PATCH", "/api/v1/rooms/102", {"dnd": False})
    assert seen / 1000 - began < SEEN_WITHIN_S


def test_a_page_that_lost_the_exchange_says_so_and_shows_what_has_changed_when_it_is_back(
    desk: Page, bench: Bench, product: Product
) -> None:
    product.kill("supervisor")
    desk.wait_text(".banner-fault", "Connection lost, trying again")
    talking.call(bench, 1, "102", 2)
    desk.wait_gone(".banner-fault", 60)
    desk.wait_text("[data-call]", "102")
    bench.on_hook(1)
    bench.on_hook(2)
    desk.wait_gone("[data-call]")


def test_when_the_session_ends_nothing_is_lost_that_was_typed(desk: Page, api: Api) -> None:
    desk.type("main input", "10")
    for session in api.call("GET", "/api/v1/sessions")["items"]:
        api.call("DELETE", f"/api/v1/sessions/{session['id']}")
    desk.find("dialog.login", 75)  # when the feed says that it is alive, at the latest
    desk.type("dialog.login [name=password]", PASSWORD)
    desk.click("dialog.login form button")
    desk.wait_gone("dialog.login")
    assert desk.run("return document.querySelector('main input').value") == "10"
    desk.wait_gone(".banner-fault")


def test_the_page_speaks_what_one_chooses_and_remembers_it(desk: Page) -> None:
    desk.click(".account summary")
    desk.choose("#language", "pl")
    desk.wait_text("nav", "Budzenia")
    desk.log_in("anna")
    desk.wait_text("nav", "Budzenia")
    desk.click(".account summary")
    desk.choose("#language", "en")
    desk.wait_text("nav", "Wake-ups")


def test_who_logs_out_leaves_nothing_behind(desk: Page) -> None:
    desk.click(".account summary")
    desk.click_text("Log out")
    desk.wait_gone(".tile")
    desk.find("dialog.login")
    assert desk.call("/rooms") == 401


def test_at_a_telephones_width_the_menu_leads_everywhere(desk: Page) -> None:
    desk.size(390, 844)
    desk.click(".menu-button")
    desk.click("nav [data-page=wakeups]")
    desk.find("main.page-wakeups:not([aria-busy]) h1")
    assert not desk.is_wider_than_seen()


def test_who_leaves_the_page_and_comes_back_often_still_gets_it(desk: Page, api: Api) -> None:
    for _ in range(8):  # a browser has six connections for one address
        desk.open("first-manager/none")
        desk.open()
        desk.find(".tile[data-room='101']")
    desk.run("document.body.id = 'left'; history.go(-2)")
    desk.find("body:not(#left) .tile[data-room='101']")
    api.call("PATCH", "/api/v1/rooms/101", {"dnd": True})
    desk.find(".tile[data-room='101'] [data-sign=dnd]")
    api.call("PATCH", "/api/v1/rooms/101", {"dnd": False})
