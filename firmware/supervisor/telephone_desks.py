"""The desks for what guests and staff do from a telephone, and for what is spoken to them."""

from __future__ import annotations

from dataclasses import dataclass

from firmware.supervisor.code_desk import CodeDesk
from firmware.supervisor.menu_desk import MenuDesk
from firmware.supervisor.prompt_desk import PromptDesk
from firmware.supervisor.request_desk import RequestDesk
from firmware.supervisor.voice_mail_desk import VoiceMailDesk
from firmware.supervisor.wakeup_desk import WakeupDesk


@dataclass(frozen=True, slots=True)
class TelephoneDesks:
    """Part of `webui.services.Services`."""

    wakeups: WakeupDesk
    codes: CodeDesk
    requests: RequestDesk
    voice_mail: VoiceMailDesk
    prompts: PromptDesk
    menus: MenuDesk
