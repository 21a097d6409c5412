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
}
