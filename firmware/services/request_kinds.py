"""What guests may ask for where the site has not said otherwise."""

from __future__ import annotations

from firmware.services.model import RequestKind

REQUEST_KINDS: tuple[RequestKind, ...] = (
    RequestKind(
        id="towels",
        names={
            "en": "towels",
            "vi": "khăn tắm",
            "ru": "полотенца",
            "pl": "ręczniki",
            "zh": "毛巾",
        },
    ),
    RequestKind(
        id="taxi",
        names={"en": "a taxi", "vi": "gọi taxi", "ru": "такси", "pl": "taksówka", "zh": "出租车"},
    ),
    RequestKind(
        id="cleaning",
        names={
            "en": "cleaning of the room",
            "vi": "dọn phòng",
            "ru": "уборка номера",
            "pl": "sprzątanie pokoju",
            "zh": "打扫房间",
        },
    ),
    RequestKind(
        id="luggage",
        names={
            "en": "help with luggage",
            "vi": "giúp mang hành lý",
            "ru": "помощь с багажом",
            "pl": "pomoc z bagażem",
            "zh": "搬运行李",
        },
    ),
    RequestKind(
        id="repair",
        names={
            "en": "something to be repaired",
            "vi": "sửa chữa trong phòng",
            "ru": "ремонт в номере",
            "pl": "naprawa w pokoju",
            "zh": "房间维修",
        },
    ),
)
