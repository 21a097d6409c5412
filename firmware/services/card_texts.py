"""What the card beside the telephone says of each service code, by language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

Card: TypeAlias = Literal["guest", "staff"]
Words: TypeAlias = Mapping[str, str]
"""By language."""

PLACES: Mapping[str, Words] = {
    "time": {"en": "HHMM", "vi": "GGPP", "ru": "ЧЧММ", "pl": "GGMM", "zh": "时时分分"},
    "date": {"en": "MMDD", "vi": "TTNN", "ru": "ММДД", "pl": "MMDD", "zh": "月月日日"},
    "room": {"en": "ROOM", "vi": "PHÒNG", "ru": "НОМЕР", "pl": "POKÓJ", "zh": "房号"},
    "status": {"en": "STATUS", "vi": "TÌNH-TRẠNG", "ru": "СОСТОЯНИЕ", "pl": "STAN", "zh": "状态"},
    "maid": {"en": "MAID", "vi": "NHÂN-VIÊN", "ru": "ГОРНИЧНАЯ", "pl": "POKOJOWA", "zh": "服务员"},
    "item": {"en": "ITEM", "vi": "MÓN", "ru": "ТОВАР", "pl": "ARTYKUŁ", "zh": "品号"},
    "count": {"en": "COUNT", "vi": "SỐ-LƯỢNG", "ru": "ЧИСЛО", "pl": "ILE", "zh": "数量"},
}
"""What stands where somebody dials digits of his own."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a card.

    `form`: what follows the code's digits, with `{places}`; `#` ends what is of no certain length.
    """

    card: Card
    form: str
    does: Words


ENTRIES: Mapping[tuple[str, str], Entry] = {
    ("wakeup-set", "*xxxx"): Entry(
        "guest",
        "*{time}",
        {
            "en": "wake-up call at the next such time (0715 is a quarter past seven)",
            "vi": "gọi báo thức vào giờ đó sắp tới (0715 là bảy giờ mười lăm)",
            "ru": "разбудить в ближайшее такое время (0715 — семь часов пятнадцать минут)",
            "pl": "budzenie o najbliższej takiej godzinie (0715 to siódma piętnaście)",
            "zh": "在最近的这一时刻叫醒（0715 为七点十五分）",
        },
    ),
    ("wakeup-set", "*xxxxxxxx"): Entry(
        "guest",
        "*{date}{time}",
        {
            "en": "wake-up call on a date: month, day, hours, minutes",
            "vi": "gọi báo thức vào một ngày: tháng, ngày, giờ, phút",
            "ru": "разбудить в указанный день: месяц, число, часы, минуты",
            "pl": "budzenie w podanym dniu: miesiąc, dzień, godzina, minuty",
            "zh": "在指定日期叫醒：月、日、时、分",
        },
    ),
    ("wakeup-cancel", ""): Entry(
        "guest",
        "",
        {
            "en": "cancel all your wake-up calls",
            "vi": "hủy mọi cuộc gọi báo thức của quý khách",
            "ru": "отменить все ваши звонки-будильники",
            "pl": "odwołanie wszystkich budzeń",
            "zh": "取消您的全部叫醒",
        },
    ),
    ("wakeup-menu", ""): Entry(
        "guest",
        "",
        {
            "en": "hear, order, change or cancel wake-up calls",
            "vi": "nghe, đặt, đổi hoặc hủy cuộc gọi báo thức",
            "ru": "прослушать, заказать, изменить или отменить звонки-будильники",
            "pl": "odsłuchanie, zamówienie, zmiana lub odwołanie budzeń",
            "zh": "收听、预订、更改或取消叫醒",
        },
    ),
    ("own-number", ""): Entry(
        "guest",
        "",
        {
            "en": "hear the number of this telephone",
            "vi": "nghe số của máy điện thoại này",
            "ru": "услышать номер этого телефона",
            "pl": "odsłuchanie numeru tego telefonu",
            "zh": "收听本机号码",
        },
    ),
    ("redial", ""): Entry(
        "guest",
        "",
        {
            "en": "dial the last number again",
            "vi": "gọi lại số vừa gọi",
            "ru": "повторить последний набранный номер",
            "pl": "ponowne wybranie ostatniego numeru",
            "zh": "重拨上一个号码",
        },
    ),
    ("requests", ""): Entry(
        "guest",
        "",
        {
            "en": "ask for something, such as towels or a taxi",
            "vi": "yêu cầu phục vụ, như khăn tắm hoặc taxi",
            "ru": "попросить о чём-либо, например о полотенцах или такси",
            "pl": "prośba, na przykład o ręczniki lub taksówkę",
            "zh": "请求服务，如毛巾或出租车",
        },
    ),
    ("dnd-on", ""): Entry(
        "guest",
        "",
        {
            "en": "do not disturb: calls do not ring here; wake-up calls do",
            "vi": "không làm phiền: máy không đổ chuông, trừ gọi báo thức",
            "ru": "не беспокоить: телефон не звонит, кроме звонка-будильника",
            "pl": "nie przeszkadzać: telefon nie dzwoni, z wyjątkiem budzenia",
            "zh": "请勿打扰：来电不振铃，叫醒除外",
        },
    ),
    ("dnd-off", ""): Entry(
        "guest",
        "",
        {
            "en": "calls ring again",
            "vi": "máy đổ chuông trở lại",
            "ru": "телефон снова звонит",
            "pl": "telefon znów dzwoni",
            "zh": "恢复来电振铃",
        },
    ),
    ("blocking-on", ""): Entry(
        "guest",
        "",
        {
            "en": "refuse calls from other rooms",
            "vi": "không nhận cuộc gọi từ phòng khác",
            "ru": "не принимать звонки из других номеров",
            "pl": "odrzucanie połączeń z innych pokoi",
            "zh": "拒接其他客房来电",
        },
    ),
    ("blocking-off", ""): Entry(
        "guest",
        "",
        {
            "en": "allow calls from other rooms",
            "vi": "nhận cuộc gọi từ phòng khác",
            "ru": "принимать звонки из других номеров",
            "pl": "przyjmowanie połączeń z innych pokoi",
            "zh": "允许其他客房来电",
        },
    ),
    ("messages", ""): Entry(
        "guest",
        "",
        {
            "en": "hear your messages",
            "vi": "nghe tin nhắn của quý khách",
            "ru": "прослушать ваши сообщения",
            "pl": "odsłuchanie wiadomości",
            "zh": "收听您的留言",
        },
    ),
    ("status-heard", ""): Entry(
        "staff",
        "",
        {
            "en": "hear the status of this room",
            "vi": "nghe tình trạng của phòng này",
            "ru": "услышать состояние этого номера",
            "pl": "odsłuchanie stanu tego pokoju",
            "zh": "收听本房状态",
        },
    ),
    ("status-heard", "*x."): Entry(
        "staff",
        "*{room}#",
        {
            "en": "hear the status of a room, from a staff telephone",
            "vi": "nghe tình trạng của một phòng, từ máy của nhân viên",
            "ru": "услышать состояние номера, с телефона персонала",
            "pl": "odsłuchanie stanu pokoju, z telefonu personelu",
            "zh": "从员工电话收听某房状态",
        },
    ),
    ("room-status", "x"): Entry(
        "staff",
        "{status}",
        {
            "en": "status of this room: 1 dirty, 3 clean, 5 inspected, 9 to be made up",
            "vi": "tình trạng phòng này: 1 bẩn, 3 sạch, 5 đã kiểm tra, 9 cần dọn",
            "ru": "состояние этого номера: 1 грязный, 3 чистый, 5 проверен, 9 просят убрать",
            "pl": "stan tego pokoju: 1 brudny, 3 czysty, 5 sprawdzony, 9 do posprzątania",
            "zh": "本房状态：1 脏，3 干净，5 已检查，9 请即打扫",
        },
    ),
    ("room-status", "x*x."): Entry(
        "staff",
        "{status}*{maid}#",
        {
            "en": "the same, with the number of who has cleaned it",
            "vi": "như trên, kèm số của người dọn phòng",
            "ru": "то же с номером того, кто убирал",
            "pl": "to samo, z numerem osoby, która sprzątała",
            "zh": "同上，并输入打扫人员编号",
        },
    ),
    ("minibar", "*x.*x."): Entry(
        "staff",
        "*{item}*{count}#",
        {
            "en": "taken from this room's minibar",
            "vi": "đã dùng trong minibar của phòng này",
            "ru": "взято из мини-бара этого номера",
            "pl": "pobrane z minibaru tego pokoju",
            "zh": "本房迷你吧消费",
        },
    ),
    ("wakeup-room", "*x.*xxxx"): Entry(
        "staff",
        "*{room}*{time}",
        {
            "en": "wake-up call for a room, from reception",
            "vi": "đặt gọi báo thức cho một phòng, từ lễ tân",
            "ru": "разбудить номер, со стойки",
            "pl": "budzenie dla pokoju, z recepcji",
            "zh": "由前台为某房预订叫醒",
        },
    ),
    ("wakeup-room", "*x.*xxxxxxxx"): Entry(
        "staff",
        "*{room}*{date}{time}",
        {
            "en": "the same, on a date",
            "vi": "như trên, vào một ngày",
            "ru": "то же, в указанный день",
            "pl": "to samo, w podanym dniu",
            "zh": "同上，指定日期",
        },
    ),
    ("pick-up", ""): Entry(
        "staff",
        "",
        {
            "en": "answer a telephone that rings nearby",
            "vi": "nhận cuộc gọi đang đổ chuông ở máy bên cạnh",
            "ru": "ответить на звонок соседнего телефона",
            "pl": "odebranie telefonu, który dzwoni obok",
            "zh": "代接附近振铃的电话",
        },
    ),
    ("staff-menu", ""): Entry(
        "staff",
        "",
        {
            "en": "check-in, check-out, class, night service; it asks for your PIN",
            "vi": "nhận phòng, trả phòng, hạng gọi, chế độ đêm; hệ thống hỏi mã PIN",
            "ru": "заезд, выезд, класс, ночной режим; потребуется PIN-код",
            "pl": "zameldowanie, wymeldowanie, klasa, tryb nocny; po podaniu kodu PIN",
            "zh": "入住、退房、等级、夜间服务；需输入密码",
        },
    ),
}
"""By the code's name and the pattern of what follows its digits."""

TITLES: Mapping[Card, Words] = {
    "guest": {
        "en": "Telephone services",
        "vi": "Dịch vụ điện thoại",
        "ru": "Услуги по телефону",
        "pl": "Usługi telefoniczne",
        "zh": "电话服务",
    },
    "staff": {
        "en": "For staff",
        "vi": "Dành cho nhân viên",
        "ru": "Для персонала",
        "pl": "Dla personelu",
        "zh": "员工",
    },
}
DIAL: Words = {"en": "dial", "vi": "quay số", "ru": "наберите", "pl": "wybierz", "zh": "拨号"}
DOES: Words = {"en": "what it does", "vi": "dịch vụ", "ru": "что это даёт", "pl": "co to robi", "zh": "功能"}
LANGUAGE_NAMES: Words = {"en": "English", "vi": "Tiếng Việt", "ru": "Русский", "pl": "Polski", "zh": "中文"}
