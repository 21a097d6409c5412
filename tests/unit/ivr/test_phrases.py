"""Numbers, times and dates, as each language says them."""

from __future__ import annotations

from datetime import date, time
from typing import get_args

import pytest

from firmware.config.schema import Language
from firmware.ivr.fragments import GRAMMARS
from firmware.ivr.phrases import Phrases
from firmware.ivr.texts import PROMPTS, SPOKEN

LANGUAGES: tuple[Language, ...] = get_args(Language)


def heard(prompts: tuple[str, ...]) -> str:
    """What the prompts say, one after the other."""
    return " ".join(SPOKEN[name][language] for language, _, name in (prompt.partition("/") for prompt in prompts))


@pytest.mark.parametrize(
    ("language", "at", "said"),
    [
        ("en", time(7, 30), "seven thirty a.m."),
        ("en", time(7, 5), "seven oh five a.m."),
        ("en", time(7), "seven o'clock a.m."),
        ("en", time(0), "twelve midnight"),
        ("en", time(0, 1), "twelve oh one a.m."),
        ("en", time(12), "twelve noon"),
        ("en", time(12, 15), "twelve fifteen p.m."),
        ("en", time(23, 59), "eleven fifty-nine p.m."),
        ("vi", time(7, 30), "bảy giờ ba mươi phút sáng"),
        ("vi", time(6, 21), "sáu giờ hai mươi mốt phút sáng"),
        ("vi", time(5, 5), "năm giờ năm phút sáng"),
        ("vi", time(6, 15), "sáu giờ mười lăm phút sáng"),
        ("vi", time(6, 14), "sáu giờ mười bốn phút sáng"),
        ("vi", time(6, 24), "sáu giờ hai mươi tư phút sáng"),
        ("vi", time(12, 45), "mười hai giờ bốn mươi lăm phút trưa"),
        ("vi", time(15), "ba giờ chiều"),
        ("vi", time(19), "bảy giờ tối"),
        ("vi", time(0, 10), "mười hai giờ mười phút đêm"),
        ("ru", time(7, 30), "семь часов тридцать минут"),
        ("ru", time(1, 1), "один час одна минута"),
        ("ru", time(2, 2), "два часа две минуты"),
        ("ru", time(5, 11), "пять часов одиннадцать минут"),
        ("ru", time(12, 14), "двенадцать часов четырнадцать минут"),
        ("ru", time(21, 21), "двадцать один час двадцать одна минута"),
        ("ru", time(22, 52), "двадцать два часа пятьдесят две минуты"),
        ("ru", time(0, 40), "ноль часов сорок минут"),
        ("ru", time(4), "четыре часа ровно"),
        ("pl", time(7, 30), "godzina siódma trzydzieści"),
        ("pl", time(7, 5), "godzina siódma zero pięć"),
        ("pl", time(7), "godzina siódma"),
        ("pl", time(2, 12), "godzina druga dwanaście"),
        ("pl", time(3, 1), "godzina trzecia zero jeden"),
        ("pl", time(23, 45), "godzina dwudziesta trzecia czterdzieści pięć"),
        ("pl", time(20, 22), "godzina dwudziesta dwadzieścia dwa"),
        ("pl", time(0), "północ"),
        ("pl", time(0, 30), "godzina zero trzydzieści"),
        ("zh", time(7, 30), "上午七点 三十分"),
        ("zh", time(7, 5), "上午七点 零五分"),
        ("zh", time(2), "凌晨两点整"),
        ("zh", time(12, 10), "中午十二点 十分"),
        ("zh", time(14, 59), "下午两点 五十九分"),
        ("zh", time(22), "晚上十点整"),
        ("zh", time(0, 1), "凌晨零点 零一分"),
    ],
)
def test_a_time_is_said_as_people_say_it(language: Language, at: time, said: str) -> None:
    assert heard(Phrases(language).time(at)) == said


@pytest.mark.parametrize(
    ("language", "day", "said"),
    [
        ("en", date(2026, 11, 27), "Friday the twenty-seventh of November"),
        ("en", date(2027, 2, 1), "Monday the first of February"),
        ("en", date(2026, 8, 30), "Sunday the thirtieth of August"),
        ("en", date(2026, 6, 12), "Friday the twelfth of June"),
        ("vi", date(2026, 11, 27), "thứ sáu ngày hai mươi bảy tháng mười một"),
        ("vi", date(2026, 4, 5), "chủ nhật ngày năm tháng tư"),
        ("ru", date(2026, 11, 27), "пятница двадцать седьмое ноября"),
        ("ru", date(2026, 5, 3), "воскресенье третье мая"),
        ("ru", date(2026, 3, 30), "понедельник тридцатое марта"),
        ("pl", date(2026, 11, 27), "piątek dwudziesty siódmy listopada"),
        ("pl", date(2026, 12, 31), "czwartek trzydziesty pierwszy grudnia"),
        ("zh", date(2026, 11, 27), "十一月 二十七日 星期五"),
        ("zh", date(2026, 1, 4), "一月 四日 星期日"),
    ],
)
def test_a_date_has_weekday_day_and_the_month_s_name(language: Language, day: date, said: str) -> None:
    assert heard(Phrases(language).date(day)) == said


@pytest.mark.parametrize(
    ("language", "value", "said"),
    [
        ("en", 0, "zero"),
        ("en", 203, "two hundred and three"),
        ("en", 999, "nine hundred and ninety-nine"),
        ("en", 40, "forty"),
        ("vi", 101, "một trăm linh một"),
        ("vi", 215, "hai trăm mười lăm"),
        ("vi", 555, "năm trăm năm mươi lăm"),
        ("ru", 300, "триста"),
        ("ru", 112, "сто двенадцать"),
        ("pl", 214, "dwieście czternaście"),
        ("pl", 601, "sześćset jeden"),
        ("zh", 10, "十"),
        ("zh", 115, "一百 一 十五"),
        ("zh", 203, "二百 零 三"),
        ("zh", 320, "三百 二十"),
    ],
)
def test_a_number_is_said_as_people_say_it(language: Language, value: int, said: str) -> None:
    assert heard(Phrases(language).number(value)) == said


@pytest.mark.parametrize("value", [-1, 1000])
def test_there_are_numbers_that_are_not_said(value: int) -> None:
    with pytest.raises(ValueError, match=str(value)):
        Phrases("en").number(value)


def test_a_room_is_read_digit_by_digit() -> None:
    assert heard(Phrases("en").digits("203")) == "two zero three"
    assert heard(Phrases("pl").digits("12A")) == "jeden dwa a"
    assert heard(Phrases("zh").digits("110")) == "幺 幺 零"
    assert heard(Phrases("ru").digits("4-B ٣²")) == "четыре бэ", "what has no prompt is not said"


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_that_can_be_said_has_its_prompts(language: Language) -> None:
    phrases = Phrases(language)
    minutes = [time(hour, minute) for hour in range(24) for minute in range(60)]
    days = [date.fromordinal(day) for day in range(date(2028, 1, 1).toordinal(), date(2029, 1, 1).toordinal())]
    used = {
        *(prompt for at in minutes for prompt in phrases.time(at)),
        *(prompt for day in days for prompt in phrases.date(day)),
        *(prompt for value in range(1000) for prompt in phrases.number(value)),
        *phrases.digits("0123456789abcdefghijklmnopqrstuvwxyz"),
    }
    assert used == {f"{language}/{name}" for name in GRAMMARS[language].fragments}, "and none that is never said"


@pytest.mark.parametrize("language", LANGUAGES)
def test_different_times_days_and_numbers_sound_different(language: Language) -> None:
    phrases = Phrases(language)
    times = [heard(phrases.time(time(hour, minute))) for hour in range(24) for minute in range(60)]
    numbers = [heard(phrases.number(value)) for value in range(1000)]
    assert len(set(times)) == 1440 and len(set(numbers)) == 1000
    days = [heard(phrases.date(date.fromordinal(date(2028, 1, 1).toordinal() + day))) for day in range(366)]
    assert len(set(days)) == 366


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (time(2, 59), "Hello."),
        (time(3), "Good morning."),
        (time(11, 59), "Good morning."),
        (time(12), "Good afternoon."),
        (time(18), "Good evening."),
        (time(22), "Hello."),
    ],
)
def test_people_are_greeted_by_the_time_of_the_day(at: time, said: str) -> None:
    assert PROMPTS[Phrases("en").greeting(at).removeprefix("en/")]["en"].startswith(said)
