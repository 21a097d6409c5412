"""What is said when somebody is woken, and when he orders it. Times and dates follow where a text ends in a colon."""

from __future__ import annotations

from firmware.ivr.prompt_texts import Texts

TEXTS: Texts = {
    # -------------------------------------------------------------------------------------------- somebody is woken
    "wakeup-greeting-morning": {
        "en": "Good morning. This is your wake-up call.",
        "vi": "Chào buổi sáng. Đây là cuộc gọi báo thức của quý khách.",
        "ru": "Доброе утро. Это ваш звонок-будильник.",
        "pl": "Dzień dobry. To Państwa telefoniczne budzenie.",
        "zh": "早上好。这是您的叫醒电话。",
    },
    "wakeup-greeting-afternoon": {
        "en": "Good afternoon. This is your wake-up call.",
        "vi": "Chào buổi chiều. Đây là cuộc gọi báo thức của quý khách.",
        "ru": "Добрый день. Это ваш звонок-будильник.",
        "pl": "Dzień dobry, jest już popołudnie. To Państwa telefoniczne budzenie.",
        "zh": "下午好。这是您的叫醒电话。",
    },
    "wakeup-greeting-evening": {
        "en": "Good evening. This is your wake-up call.",
        "vi": "Chào buổi tối. Đây là cuộc gọi báo thức của quý khách.",
        "ru": "Добрый вечер. Это ваш звонок-будильник.",
        "pl": "Dobry wieczór. To Państwa telefoniczne budzenie.",
        "zh": "晚上好。这是您的叫醒电话。",
    },
    "wakeup-greeting-night": {
        "en": "Hello. This is your wake-up call.",
        "vi": "Xin chào quý khách. Đây là cuộc gọi báo thức của quý khách.",
        "ru": "Здравствуйте. Это ваш звонок-будильник.",
        "pl": "Witamy. To Państwa telefoniczne budzenie.",
        "zh": "您好。这是您的叫醒电话。",
    },
    "wakeup-time-is": {
        "en": "It is",
        "vi": "Bây giờ là",
        "ru": "Сейчас",
        "pl": "Jest",
        "zh": "现在是",
    },
    "wakeup-keys": {
        "en": "To confirm that you are awake, press 1. To be called again in ten minutes, press 2. For reception, "
        "press 0.",
        "vi": "Để xác nhận quý khách đã thức, bấm phím 1. Để được gọi lại sau mười phút, bấm phím 2. Để gặp lễ tân, "
        "bấm phím 0.",
        "ru": "Чтобы подтвердить, что вы проснулись, нажмите 1. Чтобы вам позвонили снова через десять минут, "
        "нажмите 2. Для связи с ресепшеном нажмите 0.",
        "pl": "Aby potwierdzić, proszę nacisnąć 1. Aby otrzymać kolejny telefon za dziesięć minut, proszę nacisnąć 2. "
        "Recepcja: 0.",
        "zh": "确认已醒，请按1。十分钟后再次叫醒，请按2。联系前台，请按0。",
    },
    "wakeup-keys-later": {
        "en": "To confirm that you are awake, press 1. To be called again a little later, press 2. For reception, "
        "press 0.",
        "vi": "Để xác nhận quý khách đã thức, bấm phím 1. Để được gọi lại sau ít phút, bấm phím 2. Để gặp lễ tân, "
        "bấm phím 0.",
        "ru": "Чтобы подтвердить, что вы проснулись, нажмите 1. Чтобы вам позвонили снова немного позже, нажмите 2. "
        "Для связи с ресепшеном нажмите 0.",
        "pl": "Aby potwierdzić, proszę nacisnąć 1. Aby otrzymać kolejny telefon nieco później, proszę nacisnąć 2. "
        "Recepcja: 0.",
        "zh": "确认已醒，请按1。稍后再次叫醒，请按2。联系前台，请按0。",
    },
    "wakeup-keys-last": {
        "en": "To confirm that you are awake, press 1. For reception, press 0.",
        "vi": "Để xác nhận quý khách đã thức, bấm phím 1. Để gặp lễ tân, bấm phím 0.",
        "ru": "Чтобы подтвердить, что вы проснулись, нажмите 1. Для связи с ресепшеном нажмите 0.",
        "pl": "Aby potwierdzić, proszę nacisnąć 1. Recepcja: 0.",
        "zh": "确认已醒，请按1。联系前台，请按0。",
    },
    "wakeup-confirmed": {
        "en": "Thank you. Have a nice day.",
        "vi": "Cảm ơn quý khách. Chúc quý khách một ngày tốt lành.",
        "ru": "Спасибо. Хорошего дня.",
        "pl": "Dziękujemy. Życzymy miłego dnia.",
        "zh": "谢谢。祝您愉快。",
    },
    "wakeup-again-at": {
        "en": "You will be called again at",
        "vi": "Quý khách sẽ được gọi lại lúc",
        "ru": "Мы позвоним вам снова. Время звонка:",
        "pl": "Zadzwonimy ponownie. Pora następnego telefonu:",
        "zh": "我们会再次叫醒您，时间是",
    },
    "wakeup-reception": {
        "en": "You are being connected with reception.",
        "vi": "Đang nối máy cho quý khách với lễ tân.",
        "ru": "Соединяем вас с ресепшеном.",
        "pl": "Łączymy z recepcją.",
        "zh": "正在为您转接前台。",
    },
    # --------------------------------------------------------------------------------------------------- read back
    "wakeup-set-for": {
        "en": "Your wake-up call is set for",
        "vi": "Cuộc gọi báo thức của quý khách được đặt vào",
        "ru": "Ваш звонок-будильник заказан:",
        "pl": "Budzenie zostało zamówione:",
        "zh": "您的叫醒时间已设为",
    },
    "wakeup-for-room": {
        "en": "The wake-up call for room",
        "vi": "Cuộc gọi báo thức cho phòng",
        "ru": "Звонок-будильник для номера",
        "pl": "Budzenie dla pokoju",
        "zh": "叫醒电话，房间",
    },
    "wakeup-is-set-for": {
        "en": "is set for",
        "vi": "được đặt vào",
        "ru": "заказан:",
        "pl": "zostało zamówione:",
        "zh": "，已设为",
    },
    "wakeup-order": {
        "en": "Wake-up call:",
        "vi": "Cuộc gọi báo thức:",
        "ru": "Звонок-будильник:",
        "pl": "Budzenie:",
        "zh": "叫醒时间：",
    },
    "wakeup-daily": {
        "en": "Every day.",
        "vi": "Hằng ngày.",
        "ru": "Ежедневно.",
        "pl": "Codziennie.",
        "zh": "每天。",
    },
    "wakeup-weekdays": {
        "en": "Monday to Friday.",
        "vi": "Từ thứ hai đến thứ sáu.",
        "ru": "С понедельника по пятницу.",
        "pl": "Od poniedziałku do piątku.",
        "zh": "星期一至星期五。",
    },
    "wakeup-room-vacant": {
        "en": "Please note: nobody is checked in to this room.",
        "vi": "Xin lưu ý: phòng này hiện không có khách.",
        "ru": "Обратите внимание: в этом номере никто не проживает.",
        "pl": "Uwaga: w tym pokoju nikt nie jest zameldowany.",
        "zh": "请注意：该房间目前无人入住。",
    },
    "wakeup-already-set": {
        "en": "This wake-up call was already set.",
        "vi": "Cuộc gọi báo thức này đã được đặt từ trước.",
        "ru": "Этот звонок-будильник уже был заказан.",
        "pl": "To budzenie było już zamówione.",
        "zh": "该叫醒时间此前已经设定。",
    },
    "wakeup-changed": {
        "en": "Your wake-up call has been changed. The new time:",
        "vi": "Cuộc gọi báo thức của quý khách đã được đổi. Giờ mới:",
        "ru": "Звонок-будильник изменён. Новое время:",
        "pl": "Budzenie zostało zmienione. Nowa pora:",
        "zh": "您的叫醒时间已更改。新的时间：",
    },
    # -------------------------------------------------------------------------------------------------- it can't be
    "wakeup-past": {
        "en": "This time is already past. No wake-up call has been set.",
        "vi": "Giờ này đã qua. Cuộc gọi báo thức chưa được đặt.",
        "ru": "Это время уже прошло. Звонок-будильник не заказан.",
        "pl": "Ta pora już minęła. Budzenie nie zostało zamówione.",
        "zh": "该时间已过。叫醒未设定。",
    },
    "wakeup-wrong": {
        "en": "There is no such date or time. No wake-up call has been set.",
        "vi": "Ngày hoặc giờ không hợp lệ. Cuộc gọi báo thức chưa được đặt.",
        "ru": "Такой даты или такого времени нет. Звонок-будильник не заказан.",
        "pl": "Nie ma takiej daty lub godziny. Budzenie nie zostało zamówione.",
        "zh": "日期或时间无效。叫醒未设定。",
    },
    "wakeup-not-set": {
        "en": "Your wake-up call could not be set. Please ask reception.",
        "vi": "Không thể đặt cuộc gọi báo thức. Xin liên hệ lễ tân.",
        "ru": "Заказать звонок-будильник не удалось. Обратитесь на ресепшен.",
        "pl": "Nie udało się zamówić budzenia. Prosimy zwrócić się do recepcji.",
        "zh": "无法设定叫醒。请联系前台。",
    },
    "wakeup-too-many": {
        "en": "No more wake-up calls can be set for this room.",
        "vi": "Không thể đặt thêm cuộc gọi báo thức cho phòng này.",
        "ru": "Для этого номера больше нельзя заказать звонков.",
        "pl": "Dla tego pokoju nie można zamówić kolejnego budzenia.",
        "zh": "该房间不能再增加叫醒时间。",
    },
}
