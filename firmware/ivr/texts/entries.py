"""What is asked for again where a code that was dialled had it wrong."""

from __future__ import annotations

from firmware.ivr.prompt_texts import Texts

TEXTS: Texts = {
    "wakeup-gone": {
        "en": "This wake-up call is not there any more.",
        "vi": "Cuộc gọi báo thức này không còn nữa.",
        "ru": "Этого звонка-будильника больше нет.",
        "pl": "Tego budzenia już nie ma.",
        "zh": "该叫醒电话已不存在。",
    },
    "status-enter": {
        "en": "Enter the digit of the room's state.",
        "vi": "Xin bấm chữ số chỉ tình trạng phòng.",
        "ru": "Введите цифру состояния номера.",
        "pl": "Proszę wybrać cyfrę stanu pokoju.",
        "zh": "请输入房态代码。",
    },
    "maid-enter": {
        "en": "Enter your staff code, then press the hash key.",
        "vi": "Xin nhập mã nhân viên, rồi bấm phím thăng.",
        "ru": "Введите свой служебный код и нажмите решётку.",
        "pl": "Proszę wybrać swój kod służbowy i nacisnąć krzyżyk.",
        "zh": "请输入您的员工代码，然后按井号键。",
    },
    "minibar-item-enter": {
        "en": "Enter the number of the item, then press the hash key.",
        "vi": "Xin nhập số của món hàng, rồi bấm phím thăng.",
        "ru": "Введите номер товара и нажмите решётку.",
        "pl": "Proszę wybrać numer artykułu i nacisnąć krzyżyk.",
        "zh": "请输入商品编号，然后按井号键。",
    },
    "minibar-quantity-enter": {
        "en": "Enter how many, then press the hash key.",
        "vi": "Xin nhập số lượng, rồi bấm phím thăng.",
        "ru": "Введите количество и нажмите решётку.",
        "pl": "Proszę wybrać liczbę sztuk i nacisnąć krzyżyk.",
        "zh": "请输入数量，然后按井号键。",
    },
}
