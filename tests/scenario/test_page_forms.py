"""What is filled in wrongly is said at its field, in the user's language alone; and small things of every page."""

from __future__ import annotations

import pytest

from tests.browser import Session
from tests.clients import Api
from tests.harness import Product, wait_for
from tests.hotel import Hotel
from tests.page import Page
from tests.scenario.front_office import empty_house

SAVE = "dialog form .button-primary"
FILLED = "document.querySelector(arguments[0]).value = arguments[1]"
"""As a keeper of passwords does it: nothing is typed."""


@pytest.fixture(scope="module")
def hotel() -> Hotel:
    return Hotel.demonstration()


@pytest.fixture(scope="module", autouse=True)
def logged_in(window: Session, product: Product) -> None:
    page = Page(window, product)
    page.add_user("boss", "manager")
    page.log_in("boss")


@pytest.fixture
def boss(page: Page, api: Api) -> Page:
    """Who has logged in, in a house in which nobody lives."""
    empty_house(api)
    return page


def test_a_password_that_is_too_short_is_told_so_in_words(boss: Page) -> None:
    boss.go("users")
    boss.click("#people-title ~ button")
    boss.type("dialog [name=name]", "tom")
    boss.run(FILLED, "dialog [name=password]", "short")
    boss.click(SAVE)
    assert boss.wait_text("dialog .field-fault", "At least 8 characters.").strip() == "At least 8 characters."
    boss.click("dialog .dialog-close")


def test_a_check_in_that_cannot_be_is_told_at_its_field(boss: Page) -> None:
    boss.go("desk/203")
    boss.click("[data-focus=do-i]")
    boss.type("dialog [name=name]", "  ")
    boss.type("dialog [name=deposit]", "-5")
    boss.click(SAVE)
    shown = boss.wait_text("dialog .field-fault", "At least 0.")
    assert [text for text in shown.split("\n") if text] == ["This is needed.", "At least 0."]
    boss.type("dialog [name=name]", " Holm ")
    boss.type("dialog [name=deposit]", "5")
    boss.run(FILLED, "dialog [name=departure]", "2020-01-01")
    boss.click(SAVE)
    boss.wait_text("dialog .field-fault", "This time is past.")
    assert "departure 2020" not in boss.text("dialog")
    boss.run(FILLED, "dialog [name=departure]", "")
    boss.click(SAVE)
    boss.wait_gone("dialog")
    boss.wait_text('[href="#/desk/203"] .tile-name', "Holm")


def test_what_is_wrong_with_a_pattern_stands_below_the_sentence_in_the_language_of_who_reads_it(boss: Page) -> None:
    said = boss.run(
        "const { fault, speak } = await import('/static/js/text.js'); const { h } = await import('/static/js/dom.js');"
        "const details = [{ code: 'pattern-short', text: 'Expected x', facts: { value: '0', least: 3 } }];"
        "const refusals = [{ code: 'pattern', details }, { code: 'bad-value' }, { code: 'unknown-parameter' }];"
        "await speak('pl');"
        "const said = refusals.map((one) => h('p', {},"
        " fault({ message: 'Expected x', ...one }, { atField: true })).innerHTML);"
        "await speak('en'); return said"
    )
    assert [text.count("Expected x") for text in said] == [0, 0, 0]
    small = '<small class="fault-detail">„0”: numery dozwolone mają co najmniej 3 miejsca.</small>'
    assert str(said[0]).endswith(small)


def test_what_is_taken_is_said_instead_of_what_was_wrong(boss: Page) -> None:
    said = boss.run(
        "const { fault, limitWords, speak } = await import('/static/js/text.js');"
        "const { h } = await import('/static/js/dom.js');"
        "const all = [{ kind: 'number', least: 1, most: 60 }, { kind: 'whole-number' },"
        " { kind: 'digits', least: 4, most: 8 },"
        " { kind: 'characters', least: null, most: 30 }, { kind: 'choice', one_of: ['on', 'off'] }, { kind: 'new' }];"
        "const words = all.map((limit) => limitWords(limit, [['on', 'On']]));"
        "const refusal = { code: 'bad-value', message: 'Expected x', limit: all[0] };"
        "words.push(h('p', {}, fault(refusal, { atField: true })).innerHTML);"
        "words.push(h('p', {}, fault({ ...refusal, limit: all[5] }, { atField: true })).innerHTML);"
        "words.push(h('p', {}, fault({ ...refusal, code: 'seconds' })).innerHTML);"
        "await speak('pl'); words.push(limitWords(all[2])); await speak('en'); return words"
    )
    assert said == [
        "From 1 to 60.", "A whole number is needed.", "Digits only. From 4 to 8 characters.", "At most 30 characters.",
        "One of: On, off.", "", "From 1 to 60.", "This is not right.",
        "So many seconds are not possible. From 1 to 60.", "Tylko cyfry. Znaków: od 4 do 8.",
    ]  # fmt: skip


def test_what_a_field_takes_is_said_before_anything_is_sent(boss: Page) -> None:
    said = boss.run(
        "const { field } = await import('/static/js/dialog.js');"
        "return [{ type: 'number', value: 1.5 }, { type: 'number', value: 0.005, step: 0.01 },"
        " { value: '8', pattern: '[1-7]', limit: { kind: 'days' } }, { value: 'x', minlength: 4 }].map((wanted) => {"
        " const made = field({ name: 'x', label: 'x', ...wanted }); made.check();"
        " return made.element.querySelector('.field-fault').textContent; })"
    )
    assert said == [
        "A whole number is needed.", "In steps of 0.01.", "Days of the week such as 1-5 or 6,7; 1 is Monday.",
        "At least 4 characters.",
    ]  # fmt: skip


def test_who_lives_there_with_others_keeps_the_number_of_them_in_sight(boss: Page, api: Api) -> None:
    for name in ("Featherstonehaugh-Cholmondeley", "Bauer"):
        api.call("POST", "/api/v1/rooms/101/check-in", {"name": name, "share": name == "Bauer"})
    boss.go("desk")
    boss.wait_text('[href="#/desk/101"] .tile-name', "+1")
    edges = (
        "const tile = document.querySelector('[href=\"#/desk/101\"]').getBoundingClientRect();"
        "const others = document.querySelector('[href=\"#/desk/101\"] .tile-others').getBoundingClientRect();"
        "return others.width > 0 && others.right <= tile.right"
    )
    assert boss.run(edges)


def test_ones_own_account_is_gone_to_from_anywhere(boss: Page) -> None:
    boss.size(1280, 400)
    boss.go("users/account")
    top = "return document.querySelector('.account-card').getBoundingClientRect().top"
    wait_for(lambda: 0 < int(boss.run(top)) < 400, 20, "one's own account is in sight")


def test_no_notice_lies_on_the_panel(boss: Page) -> None:
    boss.go("desk/203")
    boss.run("import('/static/js/dialog.js').then(({ say }) => say('Saved'))")
    boss.find("#toasts .toast")
    gap = (
        "return document.querySelector('.panel').getBoundingClientRect().left -"
        " document.querySelector('#toasts').getBoundingClientRect().right"
    )
    assert int(boss.run(gap)) >= 0
