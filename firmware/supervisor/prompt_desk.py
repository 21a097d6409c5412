"""The desk's prompts: heard, and replaced by the site's own recordings."""

from __future__ import annotations

from collections.abc import Callable

from firmware.ivr.site_prompts import Prompt, SitePrompts
from firmware.supervisor.audit_trail import AuditTrail
from webui.api import prompts as api
from webui.services import Identity


class PromptDesk:
    """See `webui.api.prompts.Prompts`."""

    def __init__(self, prompts: SitePrompts, trail: AuditTrail) -> None:
        self._prompts = prompts
        self._trail = trail
        self.on_changed: Callable[[api.Prompt], None] = lambda prompt: None

    async def prompts(self, language: str | None) -> list[api.Prompt]:
        return [_view(prompt) for prompt in await self._prompts.list() if language in (None, prompt.language)]

    async def audio(self, language: str, name: str) -> bytes:
        return await self._prompts.wav(language, name)

    async def replace(self, language: str, name: str, wav: bytes, who: Identity) -> api.Prompt:
        prompt = await self._prompts.put(language, name, wav)
        await self._trail.note(who, "prompt-replaced", f"{language}/{name}", {"seconds": prompt.seconds})
        self.on_changed(_view(prompt))
        return _view(prompt)

    async def restore(self, language: str, name: str, who: Identity) -> None:
        prompt = await self._prompts.remove(language, name)
        await self._trail.note(who, "prompt-restored", f"{language}/{name}")
        self.on_changed(_view(prompt))


def _view(prompt: Prompt) -> api.Prompt:
    return api.Prompt(
        language=prompt.language, name=prompt.name, text=prompt.text,
        source="product" if prompt.replaced is None else "site", seconds=prompt.seconds,
    )  # fmt: skip
