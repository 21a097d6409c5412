"""One's own account: the second factor at the log-in, on the page and on the console; language; sessions."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pyotp
import pytest

from firmware.errors import RefusedError
from firmware.second_factor import RECOVERY_CODES, STEP_S
from firmware.supervisor.account_desk import OFFER_S
from tests.unit.supervisor.house import GOOD, House, cheap_passwords
from webui.api.access import Login, Opened
from webui.api.account import FactorCode, OwnPassword, Preferences
from webui.services import Identity, Source

PC = Source("10.0.0.7", False, "", "")
BOSS = Identity("boss", "manager", "desk")
TECH = Identity("tina", "technician", "desk")
WRONG = "wrong horse"


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    cheap_passwords(monkeypatch)


@pytest.fixture
async def house() -> AsyncIterator[House]:
    made = House()
    await made.store.open()
    await made.add_people(boss="manager", tina="technician", anna="desk")
    yield made
    await made.store.close()


async def log_in(house: House, code: str | None = None, password: str = GOOD, name: str = "tina") -> Opened:
    return await house.desk.access.log_in(Login(name=name, password=password, code=code), PC)


def at(opened: Opened) -> Source:
    return Source("10.0.0.7", False, opened.session, opened.browser)


async def refused(work: Any) -> str:
    with pytest.raises(RefusedError) as caught:
        await work
    return caught.value.code


class Authenticator:
    """The technician's telephone, which has read the secret; his clock is `off` seconds fast."""

    def __init__(self, house: House, secret: str, recovery: list[str]) -> None:
        self._house = house
        self._made = pyotp.TOTP(secret)
        self.recovery = recovery

    def code(self, off: float = 0) -> str:
        return self._made.at(self._house.clock.utc().timestamp() + off)  # type: ignore[arg-type]


async def switched_on(house: House) -> Authenticator:
    """Of the technician, who has used the code of now by that."""
    opened = await log_in(house)
    offer = await house.desk.accounts.offer_factor(OwnPassword(password=GOOD), at(opened), TECH)
    code = pyotp.TOTP(offer.secret).at(house.clock.utc())
    made = await house.desk.accounts.switch_on_factor(FactorCode(code=code), at(opened), TECH)
    return Authenticator(house, offer.secret, made.recovery_codes)


async def test_the_password_alone_lets_nobody_in_once_the_factor_is_on(house: House) -> None:
    phone = await switched_on(house)
    house.clock.advance(STEP_S)
    for nothing in (None, "", "  "):
        assert await refused(log_in(house, nothing)) == "code-needed"
    assert (await log_in(house, phone.code())).second_factor
    assert (await log_in(house, None, name="anna")).name == "anna", "others have none"


async def test_a_code_is_asked_for_only_after_the_right_password(house: House) -> None:
    phone = await switched_on(house)
    house.clock.advance(STEP_S)
    assert await refused(log_in(house, None, WRONG)) == "bad-login"
    assert await refused(log_in(house, phone.code(), WRONG)) == "bad-login"
    assert (await log_in(house, phone.code())).name == "tina", "a code that came with a wrong password is not used up"


async def test_a_code_lets_in_once_and_those_before_it_no_more(house: House) -> None:
    phone = await switched_on(house)
    assert await refused(log_in(house, phone.code())) == "bad-code", "it was used to switch the factor on"
    house.clock.advance(STEP_S)
    earlier, now = phone.code(-STEP_S), phone.code()
    await log_in(house, f" {now[:3]} {now[3:]} ")
    assert await refused(log_in(house, now)) == "bad-code"
    assert await refused(log_in(house, earlier)) == "bad-code"


@pytest.mark.parametrize(("off", "good"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
async def test_a_telephone_s_clock_may_be_one_step_off(house: House, off: int, good: bool) -> None:
    phone = await switched_on(house)
    house.clock.advance(10 * STEP_S)
    code = phone.code(off * STEP_S)
    if good:
        await log_in(house, code)
    else:
        assert await refused(log_in(house, code)) == "bad-code"


async def test_six_digits_cannot_be_guessed(house: House) -> None:
    phone = await switched_on(house)
    house.clock.advance(STEP_S)
    wrong = f"{(int(phone.code()) + 500_000) % 1_000_000:06}"
    tries = 0
    while await refused(log_in(house, wrong)) == "bad-code":
        tries += 1
    assert tries == 5
    assert await refused(log_in(house, phone.code())) == "too-many-tries"


async def test_the_right_password_without_a_code_counts_as_a_try(house: House) -> None:
    await switched_on(house)
    codes = [await refused(log_in(house)) for _ in range(6)]
    assert codes == ["code-needed"] * 5 + ["too-many-tries"]


async def test_a_recovery_code_lets_in_once_and_is_in_the_audit(house: House) -> None:
    phone = await switched_on(house)
    assert len(set(phone.recovery)) == RECOVERY_CODES
    code = phone.recovery[3].upper().replace("-", " ")
    await log_in(house, code)
    assert await refused(log_in(house, code)) == "bad-code"
    used = [entry for entry in await house.audit() if entry.action == "recovery-code-used"]
    assert [(entry.who, entry.detail) for entry in used] == [("tina", {"left": RECOVERY_CODES - 1})]


async def test_while_nobody_vouches_for_the_clock_only_recovery_codes_count(house: House) -> None:
    phone = await switched_on(house)
    house.clock.advance(STEP_S)
    house.trusted = False
    assert await refused(log_in(house, phone.code())) == "clock-untrusted"
    await log_in(house, phone.recovery[0])
    house.trusted = True
    await log_in(house, phone.code())


async def test_it_is_on_only_after_a_right_code_and_nothing_is_kept_before(house: House) -> None:
    opened, accounts = await log_in(house), house.desk.accounts
    assert await refused(accounts.switch_on_factor(FactorCode(code="123456"), at(opened), TECH)) == "no-offer"
    assert await refused(accounts.offer_factor(OwnPassword(password=WRONG), at(opened), TECH)) == "wrong-password"
    offer = await accounts.offer_factor(OwnPassword(password=GOOD), at(opened), TECH)
    assert offer.secret in offer.uri and offer.qr.startswith("<svg")
    assert await refused(accounts.switch_on_factor(FactorCode(code="nonsense"), at(opened), TECH)) == "bad-code"
    assert not (await log_in(house)).second_factor
    house.clock.advance(OFFER_S + 1)
    late = FactorCode(code=pyotp.TOTP(offer.secret).at(house.clock.utc()))
    assert await refused(accounts.switch_on_factor(late, at(opened), TECH)) == "no-offer"


async def test_switching_it_on_ends_the_sessions_that_a_password_alone_has_opened(house: House) -> None:
    elsewhere = await log_in(house)
    await switched_on(house)
    assert await house.desk.access.who_has(elsewhere.session, use=True) is None
    (here,) = await house.desk.access.sessions()
    assert here.user == "tina"


async def test_it_is_switched_off_by_the_password_or_by_a_manager(house: House) -> None:
    phone, accounts = await switched_on(house), house.desk.accounts
    house.clock.advance(STEP_S)
    opened = await log_in(house, phone.code())
    assert await refused(accounts.offer_factor(OwnPassword(password=GOOD), at(opened), TECH)) == "second-factor-on"
    assert await refused(accounts.switch_off_factor(OwnPassword(password=WRONG), at(opened), TECH)) == "wrong-password"
    await accounts.switch_off_factor(OwnPassword(password=GOOD), at(opened), TECH)
    assert not (await log_in(house)).second_factor
    await switched_on(house)
    await accounts.remove_factor("tina", BOSS)
    assert await house.desk.access.sessions() == []
    assert not (await log_in(house)).second_factor
    assert await refused(accounts.remove_factor("tina", BOSS)) == "no-second-factor"
    assert await refused(accounts.remove_factor("nobody", BOSS)) == "unknown-user"
    told = [(entry.who, entry.action) for entry in await house.audit() if "factor" in entry.action]
    assert told[::-1] == [
        ("tina", "second-factor-on"), ("tina", "second-factor-off"), ("tina", "second-factor-on"),
        ("boss", "second-factor-off"),
    ]  # fmt: skip


async def test_neither_secret_nor_codes_are_in_the_audit_or_in_clear(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    phone = await switched_on(house)
    await log_in(house, phone.recovery[0])
    told = f"{await house.audit()}{caplog.text}"
    assert not [code for code in phone.recovery if code in told]
    assert await house.store.do(lambda kept: kept.access.recovery_left("tina")) == RECOVERY_CODES - 1


# --------------------------------------------------------------------------------------------------------- console


async def console(
    house: House, code: str = "", name: str = "tina", password: str = GOOD, physical: bool = True
) -> Identity:
    return await house.desk.access.log_in_console(name, password, code, physical=physical)


async def test_the_console_asks_for_the_code_while_the_clock_is_trusted(house: House) -> None:
    phone = await switched_on(house)
    house.clock.advance(STEP_S)
    assert await refused(console(house)) == "code-needed"
    assert await console(house, phone.code()) == Identity("tina", "technician", "console")


async def test_on_the_serial_port_the_password_alone_counts_while_nobody_vouches_for_the_clock(house: House) -> None:
    phone = await switched_on(house)
    house.trusted = False
    assert await refused(console(house, physical=False)) == "code-needed"
    assert await refused(console(house, phone.code(), physical=False)) == "clock-untrusted"
    assert (await console(house)).name == "tina"
    assert (await house.audit())[0].detail == {"place": "serial port", "code": "clock untrusted"}


async def test_the_console_is_for_managers_and_technicians(house: House) -> None:
    assert await refused(console(house, name="anna")) == "not-allowed"
    assert (await console(house, name=" boss ")).role == "manager"


async def test_guesses_on_the_page_do_not_make_the_console_wait(house: House) -> None:
    while await refused(log_in(house, password=WRONG)) != "too-many-tries":
        pass
    assert (await console(house)).name == "tina"
    while await refused(console(house, password=WRONG)) != "too-many-tries":
        pass
    assert await refused(console(house)) == "too-many-tries"


# --------------------------------------------------------------------------------------- language, sessions, readings


async def test_the_language_is_kept_for_the_person(house: House) -> None:
    opened = await log_in(house)
    await house.desk.accounts.set_preferences(Preferences(language="vi"), at(opened), TECH)
    assert (await log_in(house)).language == "vi"
    assert (await house.desk.accounts.account(TECH)).language == "vi"
    assert await house.desk.access.who_has(opened.session, use=True) is not None, "and nobody is logged out by it"
    program = Identity("tina", "technician")
    assert (await house.desk.accounts.account(program)).language is None, "a token is not the person of the same name"


async def test_one_sees_and_ends_one_s_own_sessions_alone(house: House) -> None:
    here, there, annas = await log_in(house), await log_in(house), await log_in(house, name="anna")
    own = await house.desk.accounts.own_sessions(at(here), TECH)
    assert {session.user for session in own} == {"tina"}
    assert [session.current for session in own].count(True) == 1
    other = next(session.id for session in own if not session.current)
    await house.desk.accounts.end_own_session(other, at(here), TECH)
    assert await house.desk.access.who_has(there.session, use=True) is None
    of_anna = next(session.id for session in await house.desk.access.sessions() if session.user == "anna")
    assert await refused(house.desk.accounts.end_own_session(of_anna, at(here), TECH)) == "unknown-session"
    assert await house.desk.access.who_has(annas.session, use=True) is not None


async def test_a_token_has_no_account(house: House) -> None:
    accounts, program = house.desk.accounts, Identity("till", "manager")
    for work in (
        accounts.set_preferences(Preferences(language="pl"), PC, program), accounts.own_sessions(PC, program),
        accounts.offer_factor(OwnPassword(password=GOOD), PC, program),
        accounts.switch_on_factor(FactorCode(code="123456"), PC, program),
        accounts.switch_off_factor(OwnPassword(password=GOOD), PC, program),
        accounts.end_own_session("x", PC, program),
    ):  # fmt: skip
        assert await refused(work) == "no-session"


async def test_who_looked_at_a_room_s_calls_is_noted_once_in_a_quarter_of_an_hour(house: House) -> None:
    readings, anna, till = house.desk.readings, Identity("anna", "desk", "desk"), Identity("till", "desk")
    for who, room in (
        (anna, "203"),
        (anna, "203"),
        (BOSS, "203"),
        (anna, None),
        (anna, None),
        (till, None),
        (till, "101"),
    ):
        await readings.note(who, room)
    await readings.note(anna, None, number="102")
    house.clock.advance(901)
    await readings.note(anna, "203")
    told = [(entry.who, entry.subject, entry.room) for entry in await house.audit() if entry.action == "calls-read"]
    assert told[::-1] == [
        ("anna", "203", "203"), ("boss", "203", "203"), ("anna", "all rooms", None), ("till", "101", "101"),
        ("anna", "all rooms", "102"), ("anna", "203", "203"),
    ]  # fmt: skip
