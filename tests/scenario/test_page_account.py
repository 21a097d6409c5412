"""People and one's own account on the page: somebody is added, sets up his second factor, and needs it from then on."""

from __future__ import annotations

from datetime import datetime, timedelta

import pyotp
import pytest

from tests.clients import Api
from tests.harness import wait_for
from tests.page import PASSWORD, Page

SAVE = "dialog form .button-primary"


@pytest.fixture
def boss(page: Page, api: Api) -> Page:
    """Who has logged in; the clock is trusted."""
    api.call("POST", "/api/v1/clock/vouch")
    if "boss" not in {user["name"] for user in api.call("GET", "/api/v1/users")["items"]}:
        page.add_user("boss", "manager")
    page.log_in("boss")
    return page


def log_in_by_code(page: Page, name: str, code: str) -> None:
    page.window.chrome("Network.clearBrowserCookies", {})
    page.window.open("about:blank")  # a change of the fragment alone would not load the page anew
    page.open()
    page.type("dialog.login [name=name]", name)
    page.type("dialog.login [name=password]", PASSWORD)
    page.click("dialog.login form button")
    page.type("dialog.login [name=code]", code)
    page.click("dialog.login form button")
    page.find("nav .nav-link")


def test_a_technician_is_added_and_lets_himself_in_by_two_factors(boss: Page, api: Api) -> None:
    name = f"tina{len(api.call('GET', '/api/v1/users')['items'])}"
    boss.go("users")
    boss.click("#people-title ~ button")
    boss.type("dialog [name=name]", name)
    boss.choose("dialog [name=role]", "technician")
    boss.type("dialog [name=password]", PASSWORD)
    boss.click(SAVE)
    boss.wait_text("main", name)

    boss.log_in(name)
    boss.go("users")
    assert boss.count("#people-title") == 0, "others are no business of his"
    boss.click(".account-row .button-primary")
    boss.type("dialog [name=password]", PASSWORD)
    boss.click(SAVE)
    boss.find(".factor-qr")
    secret = str(boss.run("return document.querySelector('.factor-secret').textContent")).replace(" ", "")
    boss.type("dialog [name=code]", pyotp.TOTP(secret).now())
    boss.click(SAVE)
    codes = boss.text(".recovery-codes").split()
    assert len(codes) == 10
    assert boss.count(".print-me .button-primary:disabled") == 1, "they are shown this once"
    boss.click(".print-me [name=kept]")
    boss.click(".print-me .button-primary")
    boss.wait_gone(".print-me")

    log_in_by_code(boss, name, codes[0])
    assert boss.run("return fetch('/api/v1/session').then((answer) => answer.json())")["second_factor"]
    actions = [entry["action"] for entry in api.call("GET", f"/api/v1/audit?who={name}")["items"]]
    assert {"second-factor-on", "recovery-code-used"} <= set(actions)


def test_the_audit_shows_whatever_a_check_out_cleared_and_whatever_a_guest_is_called(boss: Page, api: Api) -> None:
    api.call("POST", "/api/v1/rooms/102/check-in", {"name": "2026-99-99T99:99"})
    tomorrow = datetime.fromisoformat(api.health()["now"]) + timedelta(days=1)
    api.call("POST", "/api/v1/wakeups", {"room": "102", "at": f"{tomorrow:%Y-%m-%d}T07:30"})
    api.call("POST", "/api/v1/rooms/102/check-out", {})
    boss.go("audit")
    shown = boss.wait_text("main tbody", "2026-99-99T99:99")
    month = f"{tomorrow:%b}".replace("Sep", "Sept")  # as the English write it
    assert f"{tomorrow:%a} {tomorrow.day} {month}, 07:30" in shown
    script = (
        "return Promise.all([import('/static/js/audit_words.js'), import('/static/js/api.js')])"
        ".then(async ([words, api]) => words.auditCsv(await api.all('/audit')))"
    )
    assert "07:30" in str(boss.run(script))


def test_the_audit_is_in_words_and_shows_who_looked_at_a_guest_s_calls(boss: Page) -> None:
    assert boss.call("/call-records", room="102") == 200
    boss.go("audit")
    boss.wait_text("main", "Guests' calls looked at")
    boss.choose("#audit-action", "calls-read")
    boss.type("#audit-who", "boss")
    boss.click(".audit-filter .button-primary")
    wait_for(lambda: "Logged in" not in (shown := boss.text("main tbody")) and "102" in shown, 20, "the rest is gone")
    for width in (1280, 390):
        boss.size(width)
        assert not boss.is_wider_than_seen()
