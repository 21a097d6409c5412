"""The pages of what is wired to the box: extensions, company lines, tariffs, hotel system."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.browser import Session
from tests.clients import Api
from tests.harness import Product, wait_for
from tests.hotel import Hotel, PmsLink
from tests.page import Page

PAGES = ("extensions", "trunks", "tariffs", "pms")
HEAD = (
    "prefix,name,days,from,to,connection,interval_s,price,free_s,minimum,surcharge_percent,tax_percent\n"
    ",Others,1-7,00:00,24:00,10,60,{price},0,0,0,23\n"
)
TRACE = "main .trace"
SPEAK = "const { speak } = await import('/static/js/text.js'); await speak(arguments[0])"
UNFOLDED = """
const open = (one) => new Promise((done) => {
  one.addEventListener("toggle", () => done(null), { once: true });
  one.open = true;
});
return Promise.all([...document.querySelectorAll("main details:not([open])")].map(open));
"""
"""Everything, until each part has begun to fetch what is in it."""


@pytest.fixture(scope="module")
def hotel() -> Hotel:
    return Hotel.demonstration(pms=(PmsLink(),))


@pytest.fixture(scope="module")
def manager_window(window: Session, product: Product) -> Page:
    """The manager has logged in, once for all tests; the last one goes on as the desk."""
    page = Page(window, product)
    page.add_user("plant-manager", "manager")
    page.add_user("plant-desk", "desk")
    page.log_in("plant-manager")
    return page


@pytest.fixture
def manager(manager_window: Page) -> Iterator[Page]:
    manager_window.size(1280)
    yield manager_window
    assert manager_window.complaints() == []


def unfold(page: Page, title: str) -> None:
    page.click_xpath(f"//summary[normalize-space()='{title}']")


def test_a_line_is_tested_and_each_value_has_its_limits_in_words(manager: Page, api: Api) -> None:
    before = api.get("/lines/fxs/2/tests")["items"]
    manager.go("extensions")
    manager.type("main [name=search]", "fxs/2")
    manager.wait_text("main", "Shown: 1")
    manager.click('[data-focus="more-102"]')
    manager.click('dialog [data-focus="test-ring"]')
    manager.wait_text("dialog", "A person may hold the wires")
    manager.click_text("Cancel", "dialog")
    assert api.get("/lines/fxs/2/tests")["items"] == before, "nothing rings before somebody has said yes"
    manager.click('dialog [data-focus="test"]')
    manager.wait_text("dialog .test-result", "Leakage of the idle pair", 60)
    manager.wait_text("dialog .test-result", "at most 2.5 mA")
    (tested,) = [test for test in api.get("/lines/fxs/2/tests")["items"] if test not in before]
    assert tested["verdict"] == "good"
    manager.wait_text("dialog .test-history", "good")
    manager.click("dialog .dialog-close")
    manager.wait_text("main .table", "good")
    manager.wait_text("main [aria-labelledby=report-title]", "All lines that were tested are good.")


def test_what_is_set_of_an_extension_and_of_the_exchange_holds(manager: Page, api: Api) -> None:
    manager.go("extensions/103")
    manager.click("dialog [name=dnd]")
    manager.click("dialog form .button-primary")
    wait_for(lambda: api.get("/settings/extensions/103")["dnd"], 10, "the telephone is quiet")
    manager.click("dialog .dialog-close")
    manager.wait_text("main .table", "Do not disturb")
    unfold(manager, "Exchange")
    unfold(manager, "Timers, in seconds")
    manager.type('[name="timers.hold"]', "3")
    manager.click_xpath("//form[.//input[@name='timers.hold']]//button[normalize-space()='Save']")
    manager.wait_text(".field:has([name='timers.hold']) .field-fault", "From 10 to 1,800.")
    manager.type('[name="timers.hold"]', "90")
    manager.click_xpath("//form[.//input[@name='timers.hold']]//button[normalize-space()='Save']")
    wait_for(lambda: api.get("/settings/exchange")["timers"]["hold"] == 90, 10, "the timer is set")


def test_a_service_code_that_is_taken_is_refused_at_its_field(manager: Page, api: Api) -> None:
    manager.go("extensions")
    unfold(manager, "Service codes")
    manager.type('[name="digits.dnd-on"]', "*79")
    manager.click_xpath("//form[.//input[@name='digits.dnd-on']]//button[normalize-space()='Save']")
    manager.wait_text("form .field-fault", "*79")
    assert api.get("/settings/codes")["digits"]["dnd-on"] == "*78"


def test_company_lines_are_shown_tried_and_night_service_is_switched(manager: Page, api: Api) -> None:
    manager.go("trunks")
    manager.wait_text("main", "Taken now: 0 of 2")
    manager.click('[data-focus="dry-run"]')
    manager.wait_text("main .notice-good", "dial tone", 60)
    unfold(manager, "Night service")
    manager.choose("[name=mode]", "auto")
    manager.click(".blocks form .button-primary")
    manager.wait_text(".field:has([name=from]) .field-fault", "A time such as 07:30 is needed.")
    manager.choose("[name=mode]", "on")
    manager.choose("[name=target]", "110")
    manager.click(".blocks form .button-primary")
    wait_for(lambda: api.get("/settings/night-service")["mode"] == "on", 10, "night service is on")
    assert api.get("/settings/night-service")["target"] == "110"


def test_the_line_of_a_list_that_is_wrong_is_named(manager: Page, api: Api) -> None:
    manager.go("trunks")
    unfold(manager, "Numbers allowed and forbidden")
    before = api.get("/settings/restriction")
    for lines, said in (
        (["0700", "", "0" * 41], "Line 3: From 1 to 40 characters."),
        (["0700", "0701", "y"], "Line 3: This is no pattern of numbers."),
    ):
        manager.type("[name=forbidden]", "\n".join(lines))
        manager.click_xpath("//form[.//textarea[@name='forbidden']]//button[normalize-space()='Save']")
        manager.wait_text(".field:has([name=forbidden]) .field-fault", said)
    assert api.get("/settings/restriction") == before


def test_faults_of_a_table_of_tariffs_are_told_by_line_and_column(manager: Page, api: Api, product: Product) -> None:
    table = product.directory / "tariffs-of-the-page.csv"
    manager.go("tariffs")
    table.write_text(HEAD.format(price="cheap"), encoding="utf-8")
    upload(manager, str(table))
    manager.wait_text("dialog .table", "price")
    manager.wait_text("dialog .table", "“cheap”: a whole number is needed, from 0 to 100,000,000.")
    assert api.get("/tariffs")["items"] == []
    manager.click("dialog .dialog-close")
    manager.run(SPEAK, "pl")
    upload(manager, str(table))
    manager.wait_text("dialog .table", "„cheap”: potrzebna jest liczba całkowita")
    manager.click("dialog .dialog-close")
    manager.run(SPEAK, "en")
    table.write_text(HEAD.format(price="50"), encoding="utf-8")
    upload(manager, str(table))
    manager.wait_text("main .table", "0.50")
    manager.wait_text("main .table", "every day, 00:00–24:00")
    assert [row["price"] for row in api.get("/tariffs")["items"]] == [50]


def upload(page: Page, path: str) -> None:
    page.click('[data-focus="upload"]')
    page.type("dialog [name=file]", path)
    page.click("dialog form .button-primary")


def test_raw_traffic_follows_and_stands_still_when_asked(manager: Page) -> None:
    manager.go("pms")
    manager.wait_text("main .link-card", "connected")
    unfold(manager, "Raw traffic")
    manager.wait_text(TRACE, "LS|")
    manager.type("[name=filter]", "DR|")
    before = manager.text(TRACE).count("DR|")
    resync(manager)
    wait_for(lambda: manager.text(TRACE).count("DR|") > before, 10, "the page follows")
    assert "LS|" not in manager.text(TRACE)


def resync(page: Page) -> None:
    page.click_text("Ask for everything anew", "main")
    page.click("dialog .button-primary")
    page.wait_gone("dialog[open]")


def test_on_a_telephone_nobody_must_scroll_sideways(manager: Page) -> None:
    for page in PAGES:
        manager.go(page)
        manager.size(390)
        manager.run(UNFOLDED)
        manager.wait_gone("main [aria-busy=true]", 60)
        width = "const main = document.getElementById('main'); return main.scrollWidth <= main.clientWidth"
        assert manager.run(width), page


def test_the_desk_is_not_shown_what_it_may_not_do(manager: Page) -> None:
    manager.log_in("plant-desk")
    manager.go("extensions/101")
    manager.find('dialog [data-focus="return"]')
    assert manager.count('dialog [data-focus="test"]') == 0
    manager.click("dialog .dialog-close")
    unfold(manager, "Exchange")
    manager.wait_text(".block[open]", "A room telephone shows of another room")
    assert manager.count(".block[open] form") == 0, "it is read only"
    assert "Staff PINs" not in manager.text("main")
    manager.go("trunks")
    assert manager.count('[data-focus="dry-run"]') == 0
    manager.go("tariffs")
    assert manager.count('[data-focus="upload"]') == 0
    manager.go("pms")
    manager.wait_text("main", "Ask for everything anew")
    assert "Raw traffic" not in manager.text("main")
