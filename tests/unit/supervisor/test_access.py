"""People, sessions and tokens at the desk: who gets in, for how long, and what is told of it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from argon2 import PasswordHasher
from microdot.test_client import TestClient
from microdot.test_client import TestResponse as Answer

from firmware import passwords
from firmware.errors import RefusedError
from firmware.store import open_repositories
from firmware.store.model import Page, User
from firmware.supervisor.access_desk import MOST_SESSIONS
from firmware.supervisor.login_guard import ATTACK
from tests.unit.supervisor.house import GOOD, House, cheap_passwords
from webui.api.access import Login, NewToken, NewUser, Opened, PasswordChange, UserChange
from webui.app import create_app
from webui.services import Identity, Source

PC = Source("10.0.0.7", False, "", "")
ELSEWHERE = Source("10.0.0.66", False, "", "")
BOSS = Identity("boss", "manager", "desk")
WRONG = "wrong horse"
HOUR_S, DAY_S = 3600, 86400


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    cheap_passwords(monkeypatch)


@pytest.fixture
async def house() -> AsyncIterator[House]:
    made = House()
    await made.store.open()
    await made.add_people(boss="manager", anna="desk")
    yield made
    await made.store.close()


async def log_in(house: House, name: str = "anna", password: str = GOOD, source: Source = PC) -> Opened:
    return await house.desk.access.log_in(Login(name=name, password=password), source)


async def refused(work: Any) -> tuple[str, str | None, int | None]:
    with pytest.raises(RefusedError) as caught:
        await work
    return caught.value.code, caught.value.field, caught.value.retry_s


async def who(house: House, opened: Opened) -> Identity | None:
    return await house.desk.access.who_has(opened.session, use=True)


async def until_held(house: House, name: str = "anna", source: Source = ELSEWHERE) -> int:
    """Try a wrong password again and again, as soon as one may; after how many a try has to wait for minutes."""
    for tries in range(50):
        _, _, wait = await refused(log_in(house, name, WRONG, source))
        if wait is not None and wait >= 300:
            return tries
        house.clock.advance(wait or 0)
    raise AssertionError("never")


async def test_who_knows_the_password_is_known_by_the_session_until_he_logs_out(house: House) -> None:
    opened = await log_in(house, " anna ")
    assert await who(house, opened) == Identity("anna", "desk", "desk")
    await house.desk.access.log_out(opened.session, Identity("anna", "desk", "desk"))
    assert await who(house, opened) is None
    assert [(e.who, e.through, e.action) for e in reversed(await house.audit())] == [
        ("anna", "desk", "logged-in"), ("anna", "desk", "logged-out"),
    ]  # fmt: skip


async def test_a_wrong_password_and_an_unknown_name_are_refused_alike(house: House) -> None:
    assert await refused(log_in(house, "anna", WRONG)) == await refused(log_in(house, "nobody", GOOD))


async def test_an_unknown_name_costs_as_much_as_a_wrong_password(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    monkeypatch.setattr(passwords, "_hasher", type("H", (), {"verify": lambda self, kept, _: seen.append(kept)})())
    await refused(log_in(house, "nobody", GOOD))
    assert seen == [passwords.NOBODYS]


def test_nobody_s_hash_is_as_costly_as_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    assert not PasswordHasher.from_parameters(passwords.RFC_9106_LOW_MEMORY).check_needs_rehash(passwords.NOBODYS)


async def test_a_session_ends_when_nobody_has_used_it_for_half_a_day(house: House) -> None:
    opened = await log_in(house)
    for _ in range(3):
        house.clock.advance(11 * HOUR_S)
        assert await who(house, opened) is not None
    house.clock.advance(11 * HOUR_S)
    assert await house.desk.access.who_has(opened.session, use=False) is not None
    house.clock.advance(2 * HOUR_S)
    assert await who(house, opened) is None


async def test_a_session_ends_after_a_week_however_much_it_is_used(house: House) -> None:
    opened = await log_in(house)
    for _ in range(14):
        assert await who(house, opened) is not None
        house.clock.advance(DAY_S / 2 - 1)
    house.clock.advance(20)
    assert await who(house, opened) is None
    assert await house.desk.access.sessions() == []


async def test_use_is_written_once_a_minute(house: House) -> None:
    opened = await log_in(house)
    (before,) = await house.desk.access.sessions()
    house.clock.advance(59)
    await who(house, opened)
    assert await house.desk.access.sessions() == [before]
    house.clock.advance(1)
    await who(house, opened)
    assert (await house.desk.access.sessions())[0].used > before.used


async def test_sessions_outlive_the_supervisor(tmp_path: Path) -> None:
    house = House(make=lambda: open_repositories(tmp_path))
    await house.store.open()
    await house.add_people(anna="desk")
    opened = await log_in(house)
    await house.store.close()
    again = House(make=lambda: open_repositories(tmp_path))
    await again.store.open()
    assert await who(again, opened) == Identity("anna", "desk", "desk")
    await again.store.close()
    assert not any(secret.encode() in kept(tmp_path) for secret in (opened.session, opened.browser, GOOD))


def kept(data: Path) -> bytes:
    """Everything that is on the disk."""
    return b"".join(path.read_bytes() for path in data.glob("*.db*"))


async def test_one_person_has_so_many_sessions_and_no_more(house: House) -> None:
    opened = []
    for _ in range(MOST_SESSIONS + 1):
        opened.append(await log_in(house))
        house.clock.advance(1)
    assert [await who(house, one) is not None for one in opened] == [False] + [True] * MOST_SESSIONS


async def test_who_logs_in_again_in_the_same_browser_leaves_no_session_behind(house: House) -> None:
    first = await log_in(house)
    second = await log_in(house, "boss", source=Source("10.0.0.7", False, first.session, first.browser))
    assert (await who(house, first), second.browser) == (None, first.browser)


@pytest.mark.parametrize("change", [UserChange(password="other horse"), UserChange(role="manager")])
async def test_another_password_or_role_ends_the_sessions(house: House, change: UserChange) -> None:
    opened, other = await log_in(house), await log_in(house, "boss")
    await house.desk.access.change_user("anna", UserChange(role="desk"), BOSS)
    assert await who(house, opened) is not None, "nothing has changed"
    await house.desk.access.change_user("anna", change, BOSS)
    assert await who(house, opened) is None
    assert await who(house, other) is not None


async def test_who_is_removed_is_out_at_once(house: House) -> None:
    opened = await log_in(house)
    await house.desk.access.remove_user("anna", BOSS)
    assert await who(house, opened) is None
    assert (await refused(log_in(house)))[0] == "bad-login"


async def test_a_password_that_is_changed_while_it_is_looked_at_opens_no_session(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = passwords.matches

    def meanwhile(kept: str | None, password: str) -> bool:
        changed = User(name="anna", password="x", role="desk", created=house.clock.utc())
        house.store._kept.access.change_user(changed)  # type: ignore[union-attr]
        return real(kept, password)

    monkeypatch.setattr(passwords, "matches", meanwhile)
    assert (await refused(log_in(house)))[0] == "bad-login"
    assert await house.desk.access.sessions() == []


async def test_one_s_own_password_wants_the_old_one_and_ends_all_other_sessions(house: House) -> None:
    here, there = await log_in(house), await log_in(house, source=ELSEWHERE)
    anna, source = Identity("anna", "desk", "desk"), Source("10.0.0.7", False, here.session, here.browser)
    wrong = PasswordChange(old=WRONG, new="other horse")
    assert (await refused(house.desk.access.change_password(wrong, source, anna)))[:2] == ("wrong-password", "old")
    new = await house.desk.access.change_password(PasswordChange(old=GOOD, new="other horse"), source, anna)
    assert [await who(house, one) for one in (here, there, new)] == [None, None, anna]
    assert (await refused(log_in(house)))[0] == "bad-login"
    assert await log_in(house, password="other horse")


async def test_a_token_has_no_password_to_change_and_no_session_to_end(house: House) -> None:
    change = PasswordChange(old=GOOD, new="other horse")
    program = Identity("anna", "desk")
    assert (await refused(house.desk.access.change_password(change, PC, program)))[0] == "no-session"
    assert (await refused(house.desk.access.log_out("", program)))[0] == "no-session"


async def test_the_last_manager_is_neither_removed_nor_demoted(house: House) -> None:
    access = house.desk.access
    assert (await refused(access.remove_user("boss", BOSS)))[0] == "last-manager"
    assert (await refused(access.change_user("boss", UserChange(role="desk"), BOSS)))[0] == "last-manager"
    assert [(user.name, user.role) for user in await access.users()] == [("anna", "desk"), ("boss", "manager")]
    await access.change_user("boss", UserChange(password="other horse"), BOSS)
    await access.change_user("anna", UserChange(role="manager"), BOSS)
    await access.remove_user("boss", Identity("anna", "manager", "desk"))
    assert [user.name for user in await access.users()] == ["anna"]


async def test_what_is_not_there_is_said(house: House) -> None:
    access = house.desk.access
    assert (await refused(access.remove_user("cleo", BOSS)))[0] == "unknown-user"
    assert (await refused(access.change_user("cleo", UserChange(role="desk"), BOSS)))[0] == "unknown-user"
    assert (await refused(access.end_session("s1", BOSS)))[0] == "unknown-session"
    assert (await refused(access.revoke_token("till", BOSS)))[0] == "unknown-token"
    assert (await refused(access.add_user(NewUser(name="anna", password=GOOD, role="desk"), BOSS)))[0] == "exists"


async def test_a_manager_sees_who_is_logged_in_and_ends_a_session(house: House) -> None:
    opened = await log_in(house)
    (shown,) = await house.desk.access.sessions()
    assert (shown.user, shown.role, shown.address) == ("anna", "desk", "10.0.0.7")
    await house.desk.access.end_session(shown.id, BOSS)
    assert await who(house, opened) is None


async def test_tokens_are_made_used_and_revoked(house: House) -> None:
    made = await house.desk.access.add_token(NewToken(name="till", role="desk"), BOSS)
    assert await house.desk.identify(made.token) == Identity("till", "desk", "api")
    (shown,) = await house.desk.access.tokens()
    assert (shown.name, shown.role) == ("till", "desk") and shown.used is not None
    await house.desk.access.revoke_token("till", BOSS)
    assert await house.desk.identify(made.token) is None


async def test_each_change_is_in_the_audit_with_who_and_through_what_and_without_any_secret(house: House) -> None:
    access = house.desk.access
    await access.add_user(NewUser(name="cleo", password="a password", role="desk"), BOSS)
    await access.change_user("cleo", UserChange(password="b password", role="housekeeping"), BOSS)
    opened = await log_in(house, "cleo", "b password")
    source = Source("10.0.0.7", False, opened.session, opened.browser)
    cleo = Identity("cleo", "housekeeping", "desk")
    await access.change_password(PasswordChange(old="b password", new="c password"), source, cleo)
    await access.end_session((await access.sessions())[0].id, BOSS)
    await access.remove_user("cleo", BOSS)
    made = await access.add_token(NewToken(name="till", role="desk"), Identity("script", "manager"))
    await access.revoke_token("till", Identity("script", "manager"))
    entries = list(reversed(await house.audit()))
    assert [(e.who, e.through, e.action, e.subject) for e in entries] == [
        ("boss", "desk", "user-added", "cleo"), ("boss", "desk", "user-changed", "cleo"),
        ("cleo", "desk", "logged-in", "cleo"), ("cleo", "desk", "password-changed", "cleo"),
        ("boss", "desk", "session-ended", "cleo"), ("boss", "desk", "user-removed", "cleo"),
        ("script", "api", "token-created", "till"), ("script", "api", "token-revoked", "till"),
    ]  # fmt: skip
    assert not any(secret in repr(entries) for secret in (" password", made.token, opened.session, opened.browser))
    assert entries[1].detail == {"role": "housekeeping", "password": "changed"}


class TestGuessing:
    async def test_it_is_slowed_down_and_then_held_for_minutes_also_with_the_right_password(self, house: House) -> None:
        assert await until_held(house) == 13
        assert (await refused(log_in(house, source=ELSEWHERE)))[0] == "too-many-tries"
        house.clock.advance(300)
        assert await log_in(house, source=ELSEWHERE), "minutes, and not for ever"
        assert (await refused(log_in(house, "anna", WRONG, ELSEWHERE)))[0] == "bad-login", "and it begins anew"

    async def test_who_has_logged_in_by_a_browser_is_not_kept_out_by_what_others_try(self, house: House) -> None:
        desk = await log_in(house)
        known = Source(ELSEWHERE.address, False, "", desk.browser)
        await until_held(house)
        assert (await refused(log_in(house, source=PC)))[0] == "too-many-tries", "by an unknown browser"
        assert await log_in(house, source=known), "even from the address of who is guessing"

    async def test_a_known_browser_is_one_for_whom_it_has_logged_in_and_counts_for_itself(self, house: House) -> None:
        desk = await log_in(house)
        known = Source(PC.address, False, "", desk.browser)
        await until_held(house, "boss", known)
        assert await log_in(house, source=known), "by anna's name it is known, by the boss's it was not"
        await until_held(house, "anna", known)
        assert await log_in(house, source=ELSEWHERE), "nobody else pays for it"

    async def test_names_that_are_not_known_are_held_alike(self, house: House) -> None:
        known = await until_held(house)
        house.clock.advance(2 * HOUR_S)
        assert await until_held(house, "nobody") == known

    async def test_one_s_own_old_password_cannot_be_guessed_either(self, house: House) -> None:
        opened = await log_in(house)
        source, anna = Source("10.0.0.7", False, opened.session, ""), Identity("anna", "desk", "desk")
        wanted = PasswordChange(old=WRONG, new="other horse")
        codes = [(await refused(house.desk.access.change_password(wanted, source, anna)))[0] for _ in range(6)]
        assert codes == ["wrong-password"] * 5 + ["too-many-tries"]

    async def test_it_is_in_the_log_and_the_audit_but_not_what_was_typed_as_a_name(
        self, house: House, caplog: pytest.LogCaptureFixture
    ) -> None:
        for _ in range(6):
            await refused(log_in(house, "anna", WRONG, ELSEWHERE))
        house.clock.advance(60)
        await refused(log_in(house, "my secret password", WRONG, ELSEWHERE))
        entries = await house.audit()
        assert [(e.action, e.subject, e.detail) for e in entries] == [
            ("log-in-held", "(unknown)", {"address": "10.0.0.66", "wait_s": 5}),
            ("log-in-held", "anna", {"address": "10.0.0.66", "wait_s": 2}),
        ]  # fmt: skip
        lines = [record.message for record in caplog.records]
        assert lines[0] == "wrong-password user=anna address=10.0.0.66 wait_s=0"
        assert len(lines) == 6
        assert not any("secret" in line or WRONG in line for line in (*lines, repr(entries)))

    async def test_when_it_goes_on_the_desk_is_told_until_somebody_has_seen_it(self, house: House) -> None:
        for _ in range(ATTACK - 1):
            await refused(log_in(house, "anna", WRONG, ELSEWHERE))
        assert await house.alarms.standing() == []
        for _ in range(ATTACK + 1):
            await refused(log_in(house, "anna", WRONG, ELSEWHERE))
        (alarm,) = await house.alarms.standing()
        assert (alarm.kind, alarm.subject) == ("login-attack", "log-in")
        assert "anna" in alarm.text and "10.0.0.66" in alarm.text and alarm.facts == {"address": "10.0.0.66"}
        await house.alarms.acknowledge(alarm.id, "boss")
        assert await house.alarms.shown(False, Page()) == []
        for _ in range(ATTACK):
            await refused(log_in(house, "anna", WRONG, ELSEWHERE))
        assert len(await house.alarms.standing()) == 1


async def test_the_first_manager_logs_in_on_a_page_and_makes_the_others() -> None:
    house = House()
    await house.store.open()
    expires = house.clock.utc() + timedelta(hours=1)
    await house.store.do(lambda kept: kept.access.offer_enrolment(passwords.token_digest("once"), expires))
    client = TestClient(create_app(house.desk, house.clock.monotonic))
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    fields = urlencode({"name": "boss", "password": GOOD, "again": GOOD})
    assert (await client.post("/first-manager/once", headers=form, body=fields)).status_code == 201

    async def ask(method: str, path: str, body: Any = None, **headers: str) -> Answer:
        sent = {"Content-Type": "application/json", **headers}
        return await client.request(method, f"/api/v1{path}", headers=sent, body=json.dumps(body))

    opened = await ask("POST", "/session", {"name": "boss", "password": GOOD})
    assert (opened.status_code, opened.json["role"]) == (200, "manager")
    csrf = {"X-CSRF-Token": opened.json["csrf"]}
    made = await ask("POST", "/users", {"name": "anna", "password": GOOD, "role": "desk"}, **csrf)
    assert made.json["name"] == "anna" and made.json["created"] == "2026-11-22T03:00:00.000+01:00"
    assert (await ask("POST", "/users", {"name": "anna", "password": GOOD, "role": "desk"}, **csrf)).status_code == 409
    assert [entry["through"] for entry in (await ask("GET", "/audit")).json["items"]] == [
        "desk", "desk", "first-manager link",
    ]  # fmt: skip
    assert (await ask("DELETE", "/session", **csrf)).status_code == 204
    assert (await ask("GET", "/audit")).status_code == 401
    await house.store.close()
