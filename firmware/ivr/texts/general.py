"""What any menu says."""

from __future__ import annotations

from firmware.ivr.prompt_texts import Texts

TEXTS: Texts = {
    "try-again": {
        "en": "Please try again.",
        "vi": "Xin thử lại.",
        "ru": "Попробуйте ещё раз.",
        "pl": "Proszę spróbować ponownie.",
        "zh": "请再试一次。",
    },
    "not-understood": {
        "en": "Sorry, this key has no meaning here.",
        "vi": "Xin lỗi, phím này không dùng được ở đây.",
        "ru": "Извините, эта клавиша здесь ничего не значит.",
        "pl": "Przepraszamy, ten klawisz nie ma tu znaczenia.",
        "zh": "抱歉，此处该按键无效。",
    },
    "nothing-heard": {
        "en": "No key was pressed.",
        "vi": "Chưa có phím nào được bấm.",
        "ru": "Вы ничего не нажали.",
        "pl": "Nie naciśnięto żadnego klawisza.",
        "zh": "没有收到按键。",
    },
    "goes-to-reception": {
        "en": "You are being connected with reception, where somebody will help you.",
        "vi": "Đang nối máy với lễ tân, nhân viên sẽ giúp quý khách.",
        "ru": "Соединяем вас с ресепшеном, там вам помогут.",
        "pl": "Łączymy z recepcją, gdzie ktoś Państwu pomoże.",
        "zh": "正在为您转接前台，工作人员将协助您。",
    },
    "not-possible": {
        "en": "This is not possible at the moment. Reception can help you.",
        "vi": "Hiện không thể thực hiện việc này. Lễ tân có thể giúp quý khách.",
        "ru": "Сейчас это невозможно. Вам поможет ресепшен.",
        "pl": "W tej chwili nie jest to możliwe. Pomoże Państwu recepcja.",
        "zh": "目前无法办理。前台可以为您提供帮助。",
    },
    "not-allowed": {
        "en": "This is not allowed from this telephone.",
        "vi": "Không được phép làm việc này từ máy này.",
        "ru": "С этого телефона это не разрешено.",
        "pl": "Z tego telefonu nie jest to dozwolone.",
        "zh": "此话机无权办理。",
    },
    "code-wrong": {
        "en": "This code is not complete, or it is not right.",
        "vi": "Mã này chưa đủ hoặc không đúng.",
        "ru": "Этот код неполный или неверный.",
        "pl": "Ten kod jest niepełny albo niepoprawny.",
        "zh": "该代码不完整或不正确。",
    },
    "code-not-here": {
        "en": "This code can't be used from this telephone.",
        "vi": "Không thể dùng mã này từ máy này.",
        "ru": "С этого телефона этот код использовать нельзя.",
        "pl": "Tego kodu nie można użyć z tego telefonu.",
        "zh": "此话机不能使用该代码。",
    },
    "done": {
        "en": "Done.",
        "vi": "Đã xong.",
        "ru": "Готово.",
        "pl": "Gotowe.",
        "zh": "已完成。",
    },
    "nothing-changed": {
        "en": "Nothing has been changed.",
        "vi": "Không có gì thay đổi.",
        "ru": "Ничего не изменено.",
        "pl": "Niczego nie zmieniono.",
        "zh": "未作任何更改。",
    },
    "thank-you": {
        "en": "Thank you.",
        "vi": "Xin cảm ơn.",
        "ru": "Спасибо.",
        "pl": "Dziękujemy.",
        "zh": "谢谢。",
    },
    "goodbye": {
        "en": "Goodbye.",
        "vi": "Xin chào tạm biệt.",
        "ru": "До свидания.",
        "pl": "Do widzenia.",
        "zh": "再见。",
    },
    "one-moment": {
        "en": "One moment, please.",
        "vi": "Xin chờ một chút.",
        "ru": "Одну минуту, пожалуйста.",
        "pl": "Proszę chwileczkę poczekać.",
        "zh": "请稍候。",
    },
    "confirm-ask": {
        "en": "To confirm, press 1. To leave it, press 2.",
        "vi": "Để xác nhận, bấm phím 1. Để bỏ qua, bấm phím 2.",
        "ru": "Для подтверждения нажмите 1. Для отказа нажмите 2.",
        "pl": "Aby potwierdzić, proszę nacisnąć 1. Aby zrezygnować, proszę nacisnąć 2.",
        "zh": "确认请按1。放弃请按2。",
    },
    "menu-back": {
        "en": "To go back, press the star key.",
        "vi": "Để quay lại, bấm phím sao.",
        "ru": "Чтобы вернуться, нажмите звёздочку.",
        "pl": "Aby wrócić, proszę nacisnąć gwiazdkę.",
        "zh": "返回请按星号键。",
    },
    "menu-reception": {
        "en": "For reception, press 0.",
        "vi": "Để gặp lễ tân, bấm phím 0.",
        "ru": "Для связи с ресепшеном нажмите 0.",
        "pl": "Recepcja: 0.",
        "zh": "联系前台，请按0。",
    },
    **{
        f"press-{key}": {
            "en": f"press {key}.",
            "vi": f"bấm phím {key}.",
            "ru": f"нажмите {key}.",
            "pl": f"proszę nacisnąć {key}.",
            "zh": f"请按{key}。",
        }
        for key in range(10)
    },
    "service-ended": {
        "en": "You may hang up now.",
        "vi": "Quý khách có thể gác máy.",
        "ru": "Можете положить трубку.",
        "pl": "Można odłożyć słuchawkę.",
        "zh": "您可以挂机了。",
    },
}
"""After what can be chosen comes `press-1`: "Towels: press 1." """
