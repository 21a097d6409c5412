"""What the spoken prompts say, in five languages. espeak-ng's voice is beside each language."""

from __future__ import annotations

from collections.abc import Mapping

VOICES: Mapping[str, str] = {"en": "en-gb", "vi": "vi", "ru": "ru", "pl": "pl", "zh": "cmn"}

TEXTS: Mapping[str, Mapping[str, str]] = {
    "survival-warning": {
        "en": "Attention, reception. The telephone system works in emergency mode. "
        "Telephones reach you, each other, and the emergency numbers. Please call the technician.",
        "vi": "Lễ tân chú ý. Tổng đài đang chạy ở chế độ khẩn cấp. "
        "Các máy vẫn gọi được lễ tân, gọi nhau và gọi số khẩn cấp. Xin hãy gọi kỹ thuật viên.",
        "ru": "Внимание, ресепшен. Телефонная станция работает в аварийном режиме. "
        "Телефоны звонят вам, друг другу и в экстренные службы. Вызовите техника.",
        "pl": "Uwaga, recepcja. Centrala telefoniczna pracuje w trybie awaryjnym. "
        "Telefony łączą z recepcją, ze sobą i z numerami alarmowymi. Proszę wezwać technika.",
        "zh": "前台请注意。电话系统正在应急模式下运行。话机可以呼叫前台、互相通话和拨打紧急号码。请联系技术人员。",
    },
    "dnd-on": {
        "en": "Do not disturb is on. Your telephone will not ring.",
        "vi": "Chế độ không làm phiền đã bật. Điện thoại sẽ không đổ chuông.",
        "ru": "Режим «не беспокоить» включён. Телефон не будет звонить.",
        "pl": "Tryb nie przeszkadzać jest włączony. Telefon nie będzie dzwonił.",
        "zh": "免打扰已开启。您的电话将不会响铃。",
    },
    "dnd-off": {
        "en": "Do not disturb is off.",
        "vi": "Chế độ không làm phiền đã tắt.",
        "ru": "Режим «не беспокоить» выключен.",
        "pl": "Tryb nie przeszkadzać jest wyłączony.",
        "zh": "免打扰已关闭。",
    },
    "emergency-call": {
        "en": "Emergency. A telephone of the house has dialled the emergency number.",
        "vi": "Khẩn cấp. Một máy trong khách sạn vừa gọi số khẩn cấp.",
        "ru": "Экстренный вызов. С телефона отеля набран номер экстренной службы.",
        "pl": "Alarm. Z telefonu w hotelu wybrano numer alarmowy.",
        "zh": "紧急情况。酒店内有话机拨打了紧急号码。",
    },
    "emergency-reception": {
        "en": "You have dialled the emergency number. You are being connected to reception. Please hold.",
        "vi": "Quý khách đã gọi số khẩn cấp. Chúng tôi đang nối máy tới lễ tân. Xin giữ máy.",
        "ru": "Вы набрали номер экстренной службы. Вас соединяют с ресепшен. Не кладите трубку.",
        "pl": "Wybrano numer alarmowy. Łączymy z recepcją. Proszę nie odkładać słuchawki.",
        "zh": "您拨打了紧急号码。正在为您接通前台，请不要挂断。",
    },
    "number-unobtainable": {
        "en": "The number you have dialled does not exist. Please dial again, or call reception.",
        "vi": "Số quý khách vừa gọi không tồn tại. Xin gọi lại hoặc gọi lễ tân.",
        "ru": "Набранный номер не существует. Наберите ещё раз или позвоните на ресепшен.",
        "pl": "Wybrany numer nie istnieje. Proszę wybrać ponownie lub zadzwonić do recepcji.",
        "zh": "您拨打的号码不存在。请重拨或致电前台。",
    },
    "call-barred": {
        "en": "This call is not possible from this telephone. Please call reception.",
        "vi": "Máy này không gọi được số đó. Xin gọi lễ tân.",
        "ru": "Этот вызов с вашего телефона невозможен. Позвоните на ресепшен.",
        "pl": "To połączenie nie jest możliwe z tego telefonu. Proszę zadzwonić do recepcji.",
        "zh": "此话机不能拨打该号码。请致电前台。",
    },
}
