"""The menu of wake-ups: hear, set, change, cancel one by one."""

from __future__ import annotations

from firmware.ivr.prompt_texts import Texts

TEXTS: Texts = {
    "wakeup-main-menu": {
        "en": "To hear your wake-up calls, press 1. To set one, press 2. To change one, press 3. To cancel one, "
        "press 4. For reception, press 0.",
        "vi": "Để nghe các cuộc gọi báo thức đã đặt, bấm phím 1. Để đặt mới, bấm phím 2. Để thay đổi, bấm phím 3. "
        "Để hủy, bấm phím 4. Để gặp lễ tân, bấm phím 0.",
        "ru": "Чтобы прослушать заказанные звонки, нажмите 1. Чтобы заказать звонок, нажмите 2. Чтобы изменить, "
        "нажмите 3. Чтобы отменить, нажмите 4. Для связи с ресепшеном нажмите 0.",
        "pl": "Aby wysłuchać zamówionych budzeń, proszę nacisnąć 1. Aby zamówić budzenie, 2. Aby je zmienić, 3. "
        "Aby je odwołać, 4. Recepcja: 0.",
        "zh": "收听已设的叫醒时间，请按1。设定叫醒，请按2。更改，请按3。取消，请按4。联系前台，请按0。",
    },
    "wakeup-enter-time": {
        "en": "Enter the time with four digits: two for the hour, from 0 to 23, and two for the minutes.",
        "vi": "Nhập giờ bằng bốn chữ số: hai số cho giờ, từ 0 đến 23, và hai số cho phút.",
        "ru": "Введите время четырьмя цифрами: две для часов, от 0 до 23, и две для минут.",
        "pl": "Proszę podać porę czterema cyframi: dwie to godzina, od 0 do 23, dwie to minuty.",
        "zh": "请输入四位数字的时间：前两位是小时，从0到23，后两位是分钟。",
    },
    "wakeup-set-ask": {
        "en": "To confirm, press 1. To enter another time, press 2.",
        "vi": "Để xác nhận, bấm phím 1. Để nhập giờ khác, bấm phím 2.",
        "ru": "Для подтверждения нажмите 1. Чтобы ввести другое время, нажмите 2.",
        "pl": "Aby potwierdzić, proszę nacisnąć 1. Aby podać inną porę, proszę nacisnąć 2.",
        "zh": "确认请按1。重新输入时间请按2。",
    },
    "wakeup-you-chose": {
        "en": "You have chosen:",
        "vi": "Quý khách đã chọn:",
        "ru": "Вы выбрали:",
        "pl": "Wybrano:",
        "zh": "您选择了：",
    },
    "wakeup-none": {
        "en": "No wake-up call is set.",
        "vi": "Chưa có cuộc gọi báo thức nào được đặt.",
        "ru": "Звонков-будильников не заказано.",
        "pl": "Nie zamówiono żadnego budzenia.",
        "zh": "目前没有设定叫醒。",
    },
    "wakeup-count": {
        "en": "Number of wake-up calls:",
        "vi": "Số cuộc gọi báo thức:",
        "ru": "Заказано звонков:",
        "pl": "Liczba zamówionych budzeń:",
        "zh": "叫醒次数：",
    },
    "wakeup-list-end": {
        "en": "There are no more wake-up calls.",
        "vi": "Không còn cuộc gọi báo thức nào khác.",
        "ru": "Других заказанных звонков нет.",
        "pl": "Nie ma więcej zamówionych budzeń.",
        "zh": "没有其他叫醒时间了。",
    },
    "wakeup-order-menu": {
        "en": "To change this one, press 1. To cancel it, press 2. For the next one, press 3.",
        "vi": "Để đổi cuộc gọi này, bấm phím 1. Để hủy, bấm phím 2. Để nghe cuộc gọi tiếp theo, bấm phím 3.",
        "ru": "Чтобы изменить этот звонок, нажмите 1. Чтобы отменить, нажмите 2. К следующему: нажмите 3.",
        "pl": "Aby zmienić to budzenie, proszę nacisnąć 1. Aby je odwołać, 2. Następne: 3.",
        "zh": "更改这个叫醒，请按1。取消，请按2。听下一个，请按3。",
    },
    "wakeup-change-menu": {
        "en": "To change this one, press 1. For the next one, press 2.",
        "vi": "Để đổi cuộc gọi này, bấm phím 1. Để nghe cuộc gọi tiếp theo, bấm phím 2.",
        "ru": "Чтобы изменить этот звонок, нажмите 1. К следующему: нажмите 2.",
        "pl": "Aby zmienić to budzenie, proszę nacisnąć 1. Następne: 2.",
        "zh": "更改这个叫醒，请按1。听下一个，请按2。",
    },
    "wakeup-cancel-menu": {
        "en": "To cancel this one, press 1. For the next one, press 2.",
        "vi": "Để hủy cuộc gọi này, bấm phím 1. Để nghe cuộc gọi tiếp theo, bấm phím 2.",
        "ru": "Чтобы отменить этот звонок, нажмите 1. К следующему: нажмите 2.",
        "pl": "Aby odwołać to budzenie, proszę nacisnąć 1. Następne: 2.",
        "zh": "取消这个叫醒，请按1。听下一个，请按2。",
    },
    "wakeup-cancel-ask": {
        "en": "To cancel this wake-up call, press 1. To keep it, press 2.",
        "vi": "Để hủy cuộc gọi báo thức này, bấm phím 1. Để giữ lại, bấm phím 2.",
        "ru": "Чтобы отменить этот звонок-будильник, нажмите 1. Чтобы оставить, нажмите 2.",
        "pl": "Aby odwołać to budzenie, proszę nacisnąć 1. Aby je zachować, proszę nacisnąć 2.",
        "zh": "取消这个叫醒，请按1。保留请按2。",
    },
    "wakeup-cancel-all-ask": {
        "en": "To cancel all your wake-up calls, press 1. To keep them, press 2.",
        "vi": "Để hủy tất cả cuộc gọi báo thức của quý khách, bấm phím 1. Để giữ lại, bấm phím 2.",
        "ru": "Чтобы отменить все ваши звонки-будильники, нажмите 1. Чтобы оставить их, нажмите 2.",
        "pl": "Aby odwołać wszystkie budzenia, proszę nacisnąć 1. Aby je zachować, proszę nacisnąć 2.",
        "zh": "取消您的所有叫醒，请按1。保留请按2。",
    },
    "wakeup-cancelled": {
        "en": "The wake-up call has been cancelled.",
        "vi": "Cuộc gọi báo thức đã được hủy.",
        "ru": "Звонок-будильник отменён.",
        "pl": "Budzenie zostało odwołane.",
        "zh": "叫醒已取消。",
    },
    "wakeup-all-cancelled": {
        "en": "All your wake-up calls have been cancelled.",
        "vi": "Tất cả cuộc gọi báo thức của quý khách đã được hủy.",
        "ru": "Все ваши звонки-будильники отменены.",
        "pl": "Wszystkie budzenia zostały odwołane.",
        "zh": "您的所有叫醒均已取消。",
    },
    "wakeup-kept": {
        "en": "Nothing has been changed. Your wake-up calls stay as they were.",
        "vi": "Không có gì thay đổi. Các cuộc gọi báo thức vẫn được giữ nguyên.",
        "ru": "Ничего не изменено. Звонки-будильники остаются в силе.",
        "pl": "Niczego nie zmieniono. Zamówione budzenia pozostają.",
        "zh": "未作更改。原有叫醒保持不变。",
    },
}
