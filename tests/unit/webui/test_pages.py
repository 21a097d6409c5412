"""The first manager's link, and the start page."""

from __future__ import annotations

import re
from urllib.parse import urlencode

import pytest
from microdot.test_client import TestClient
from microdot.test_client import TestResponse as Answer

from tests.unit.webui.fakes import House
from webui.app import create_app

GOOD = {"name": "anna", "password": "correct horse", "again": "correct horse"}


@pytest.fixture
def house() -> House:
    return House()


async def submit(house: House, fields: dict[str, str], secret: str = "once") -> Answer:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    return await TestClient(create_app(house)).post(f"/first-manager/{secret}", headers=headers, body=urlencode(fields))


async def test_the_start_page_says_what_this_is(house: House) -> None:
    answer = await TestClient(create_app(house)).get("/")
    assert answer.text.startswith("<!doctype html>") and answer.text.count("</html>") == 1
    assert "{{" not in answer.text
    assert '<script type="module" src="/static/js/main.js">' in answer.text
    assert answer.headers["Content-Type"].startswith("text/html")


async def test_the_link_sets_the_first_managers_password_once(house: House) -> None:
    client = TestClient(create_app(house))
    assert "<form" in (await client.get("/first-manager/once")).text
    assert (await submit(house, GOOD)).status_code == 201
    assert house.asked == [("enrol", "anna", "correct horse")]
    assert (await submit(house, GOOD)).status_code == 410
    assert (await client.get("/first-manager/once")).status_code == 410


@pytest.mark.parametrize(
    "change",
    [{"again": "other"}, {"password": "short", "again": "short"}, {"name": " "}, {"name": "x" * 65}, {"name": "a\nb"}],
)
async def test_what_is_no_good_is_said_and_the_link_stays_good(house: House, change: dict[str, str]) -> None:
    answer = await submit(house, GOOD | change)
    assert answer.status_code == 422
    assert re.search(r'role="alert">[^<]+<', answer.text) and "<form" in answer.text
    assert house.secret == "once"


async def test_the_first_manager_is_shown_the_key_of_the_backups_this_once(house: House) -> None:
    shown = (await submit(house, GOOD)).text
    assert "AGE-SECRET-KEY-1&lt;SHOWN&gt;" in shown
    house.secret = "once"
    assert "AGE-SECRET-KEY-1" not in (await submit(house, GOOD | {"name": "another"})).text


@pytest.mark.parametrize(
    ("browser", "language", "title"),
    [
        ("pl-PL,pl;q=0.9,en;q=0.8", "pl", "Pierwszy kierownik"),
        ("de,ru;q=0.5", "ru", "Первый управляющий"),
        ("de", "en", "The first manager"),
        ("", "en", "The first manager"),
    ],
)
async def test_the_page_speaks_the_browsers_language(house: House, browser: str, language: str, title: str) -> None:
    answer = await TestClient(create_app(house)).get("/first-manager/once", headers={"Accept-Language": browser})
    assert f'<html lang="{language}">' in answer.text and f"<h1>{title}</h1>" in answer.text
    assert "{{" not in answer.text


async def test_where_the_page_leads_to_is_not_told_the_link(house: House) -> None:
    answer = await TestClient(create_app(house)).get("/first-manager/once")
    assert answer.headers["Referrer-Policy"] == "no-referrer" and answer.headers["Cache-Control"] == "no-store"


async def test_after_the_password_is_set_the_page_leads_to_the_log_in(house: House) -> None:
    assert '<a class="button button-primary" href="/">' in (await submit(house, GOOD)).text


async def test_names_are_escaped(house: House) -> None:
    answer = await submit(house, GOOD | {"name": "<script>x</script>"})
    assert "<script>" not in answer.text and "&lt;script&gt;" in answer.text


async def test_the_link_s_secret_is_not_in_the_log_even_when_something_goes_wrong_inside(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(*_: str) -> None:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr(house, "enrol", broken)
    assert (await submit(house, GOOD, "s3cret")).status_code == 500
    assert "path=/first-manager/..." in caplog.text
    assert "s3cret" not in caplog.text and "correct horse" not in caplog.text
