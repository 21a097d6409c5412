"""What the people who look after wake-ups hear. A room's number or a time follows where a text ends without a stop."""

from __future__ import annotations

from firmware.ivr.prompt_texts import Texts

TEXTS: Texts = {
    "wakeup-failed-room": {
        "en": "Attention. A wake-up call was not answered. Room",
        "vi": "Chú ý. Khách không trả lời cuộc gọi báo thức. Phòng",
        "ru": "Внимание. Гость не ответил на звонок-будильник. Номер",
        "pl": "Uwaga. Gość nie odebrał budzenia. Pokój",
        "zh": "请注意。有客人没有应答叫醒电话。房间",
    },
    "wakeup-missed-room": {
        "en": "Attention. A wake-up call could not be made in time. Room",
        "vi": "Chú ý. Cuộc gọi báo thức đã không được thực hiện đúng giờ. Phòng",
        "ru": "Внимание. Звонок-будильник не был сделан вовремя. Номер",
        "pl": "Uwaga. Budzenie nie odbyło się o czasie. Pokój",
        "zh": "请注意。有叫醒电话未能按时拨出。房间",
    },
    "wakeup-unreachable-room": {
        "en": "Attention. A wake-up call can't reach its telephone. Room",
        "vi": "Chú ý. Cuộc gọi báo thức không tới được máy của khách. Phòng",
        "ru": "Внимание. Телефон гостя недоступен для звонка-будильника. Номер",
        "pl": "Uwaga. Budzenie nie może dotrzeć do telefonu. Pokój",
        "zh": "请注意。叫醒电话无法接通话机。房间",
    },
    "wakeup-due-at": {
        "en": "It was due at",
        "vi": "Giờ đã đặt là",
        "ru": "Заказанное время:",
        "pl": "Zamówiona pora:",
        "zh": "预定时间是",
    },
    "wakeup-take-over": {
        "en": "To take this over and see to the guest, press 1.",
        "vi": "Để nhận việc này và đến gặp khách, bấm phím 1.",
        "ru": "Чтобы взять это на себя и проверить гостя, нажмите 1.",
        "pl": "Aby przejąć tę sprawę i zajrzeć do gościa, proszę nacisnąć 1.",
        "zh": "由您接手并去看望客人，请按1。",
    },
    "wakeup-taken-over": {
        "en": "Thank you. You have taken it over. Nobody else will be called.",
        "vi": "Cảm ơn. Anh chị đã nhận việc này. Sẽ không gọi thêm ai nữa.",
        "ru": "Спасибо. Вы взяли это на себя. Больше никому звонить не будем.",
        "pl": "Dziękujemy. Sprawa została przejęta. Nikt inny nie będzie powiadamiany.",
        "zh": "谢谢。您已接手，系统不再呼叫其他人。",
    },
    "wakeup-already-taken": {
        "en": "Somebody else has already taken this over. Thank you.",
        "vi": "Đã có người khác nhận việc này. Xin cảm ơn.",
        "ru": "Этим уже занимается другой сотрудник. Спасибо.",
        "pl": "Ktoś inny już się tym zajął. Dziękujemy.",
        "zh": "已有其他人接手。谢谢。",
    },
    "wakeup-not-taken": {
        "en": "It has not been taken over. Somebody else will be called.",
        "vi": "Việc này chưa có ai nhận. Hệ thống sẽ gọi người khác.",
        "ru": "Никто этого на себя не взял. Позвоним другому сотруднику.",
        "pl": "Sprawa nie została przejęta. Powiadomimy kogoś innego.",
        "zh": "尚无人接手，系统将呼叫其他人。",
    },
    "wakeup-vip-room": {
        "en": "Please wake a guest in person. Room",
        "vi": "Xin đích thân đánh thức khách. Phòng",
        "ru": "Пожалуйста, разбудите гостя лично. Номер",
        "pl": "Proszę obudzić gościa osobiście. Pokój",
        "zh": "请亲自叫醒客人。房间",
    },
    "wakeup-vip-call": {
        "en": "To call the room now, press 1. When the guest is awake, press 2. If the guest does not answer, press 3.",
        "vi": "Để gọi phòng ngay, bấm phím 1. Khi khách đã thức, bấm phím 2. Nếu khách không trả lời, bấm phím 3.",
        "ru": "Чтобы позвонить в номер сейчас, нажмите 1. Если гость проснулся, нажмите 2. Если гость не отвечает, "
        "нажмите 3.",
        "pl": "Aby zadzwonić teraz do pokoju, proszę nacisnąć 1. Jeśli gość wstał, 2. Jeśli gość nie odpowiada, 3.",
        "zh": "现在呼叫房间，请按1。客人已醒，请按2。客人没有应答，请按3。",
    },
    "wakeup-outcome-noted": {
        "en": "Thank you. This has been noted.",
        "vi": "Cảm ơn. Đã ghi nhận.",
        "ru": "Спасибо. Записано.",
        "pl": "Dziękujemy. Odnotowano.",
        "zh": "谢谢。已记录。",
    },
}
