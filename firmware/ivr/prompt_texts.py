"""What the spoken prompts say, in five languages. espeak-ng's voice is beside each language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

Texts: TypeAlias = Mapping[str, Mapping[str, str]]
"""Name of a prompt to what it says, by language."""

VOICES: Mapping[str, str] = {"en": "en-gb", "vi": "vi", "ru": "ru", "pl": "pl", "zh": "cmn-latn-pinyin"}
"""With the voice "cmn" of Debian's espeak-ng 1.51 most Chinese words come out as English letters and digits."""

TEXTS: Texts = {
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
    "call-barred": {
        "en": "This number cannot be called from this telephone. Reception can help you.",
        "vi": "Không thể gọi số này từ máy này. Lễ tân có thể giúp quý khách.",
        "ru": "С этого телефона нельзя позвонить по этому номеру. Вам поможет ресепшен.",
        "pl": "Z tego telefonu nie można połączyć się z tym numerem. Pomoże Państwu recepcja.",
        "zh": "此话机不能拨打该号码。前台可以为您提供帮助。",
    },
    "credit-used-up": {
        "en": "Your credit for outside calls is used up. Reception can help you.",
        "vi": "Hạn mức gọi ra ngoài của quý khách đã hết. Lễ tân có thể giúp quý khách.",
        "ru": "Ваш кредит на внешние звонки исчерпан. Вам поможет ресепшен.",
        "pl": "Limit na rozmowy zewnętrzne został wyczerpany. Pomoże Państwu recepcja.",
        "zh": "您的外线通话额度已用完。前台可以为您提供帮助。",
    },
    "all-lines-busy": {
        "en": "All outside lines are busy. Please try again later.",
        "vi": "Tất cả các đường dây gọi ra ngoài đều bận. Xin vui lòng gọi lại sau.",
        "ru": "Все внешние линии заняты. Пожалуйста, позвоните позже.",
        "pl": "Wszystkie linie miejskie są zajęte. Proszę spróbować później.",
        "zh": "所有外线均忙，请稍后再拨。",
    },
    "emergency-no-line": {
        "en": "No outside line works at the moment. Reception is being called. Stay on the line.",
        "vi": "Hiện không có đường dây nào gọi ra ngoài được. Đang gọi lễ tân. Xin giữ máy.",
        "ru": "Сейчас ни одна внешняя линия не работает. Вас соединяют с ресепшеном. Не вешайте трубку.",
        "pl": "W tej chwili nie działa żadna linia miejska. Trwa łączenie z recepcją. Proszę się nie rozłączać.",
        "zh": "目前没有可用的外线。正在呼叫前台，请不要挂机。",
    },
    "night-announcement": {
        "en": "The reception is not attended at the moment. Please call again in the morning.",
        "vi": "Hiện không có nhân viên ở quầy lễ tân. Xin vui lòng gọi lại vào buổi sáng.",
        "ru": "Сейчас на ресепшене никого нет. Пожалуйста, позвоните утром.",
        "pl": "W tej chwili recepcja jest nieczynna. Proszę zadzwonić rano.",
        "zh": "前台目前无人值守，请明早再来电。",
    },
}
