"""What is spoken: the prompts, any of which the site may replace by its own, and the menus that speak them."""

from __future__ import annotations

from typing import Literal, Protocol, TypeAlias

from webui.route import PART, READERS, TECHNICAL, Ask, Many, Route, part_of
from webui.services import Identity
from webui.types import Answer

Origin: TypeAlias = Literal["product", "site"]
MOST_AUDIO_BYTES = 8 << 20
MOST_MENU_BYTES = 200_000


class Prompt(Answer, frozen=True, kw_only=True):
    """A prompt or fragment. `text` is what the product's own says; `seconds` null: it has not been made yet."""

    language: str
    name: str
    text: str
    source: Origin
    seconds: float | None


class Menu(Answer, frozen=True, kw_only=True):
    """A spoken menu."""

    name: str
    source: Origin


class Prompts(Protocol):
    """Raises RefusedError (unknown-prompt, not-a-recording, not-replaced) and UnavailableError."""

    async def prompts(self, language: str | None) -> list[Prompt]: ...

    async def audio(self, language: str, name: str) -> bytes:
        """As WAV."""
        ...

    async def replace(self, language: str, name: str, wav: bytes, who: Identity) -> Prompt: ...

    async def restore(self, language: str, name: str, who: Identity) -> None:
        """The product's own is spoken again."""
        ...


class Menus(Protocol):
    """Raises RefusedError (unknown-menu, menu, not-replaced) and UnavailableError; a call that is in a menu stays."""

    async def menus(self) -> list[Menu]: ...

    async def text(self, name: str) -> str: ...

    async def replace(self, name: str, text: bytes, who: Identity) -> Menu:
        """A fault is told with its line, and changes nothing."""
        ...

    async def restore(self, name: str, who: Identity) -> None:
        """The product's own holds again; one of the site alone is gone."""
        ...

    async def reload(self, who: Identity) -> list[Menu]:
        """What has been changed on disk holds."""
        ...


async def prompts(ask: Ask) -> Many:
    return part_of(await ask.services.prompts.prompts(ask.query.text("language")), ask.query.part())


async def prompt_audio(ask: Ask) -> bytes:
    return await ask.services.prompts.audio(ask.path["language"], ask.path["name"])


async def replace_prompt(ask: Ask) -> Prompt:
    return await ask.services.prompts.replace(ask.path["language"], ask.path["name"], ask.body, ask.who)


async def restore_prompt(ask: Ask) -> None:
    await ask.services.prompts.restore(ask.path["language"], ask.path["name"], ask.who)


async def menus(ask: Ask) -> Many:
    return part_of(await ask.services.menus.menus(), ask.query.part())


async def menu_text(ask: Ask) -> bytes:
    return (await ask.services.menus.text(ask.path["name"])).encode()


async def replace_menu(ask: Ask) -> Menu:
    return await ask.services.menus.replace(ask.path["name"], ask.body, ask.who)


async def restore_menu(ask: Ask) -> None:
    await ask.services.menus.restore(ask.path["name"], ask.who)


async def reload_menus(ask: Ask) -> Many:
    return Many(await ask.services.menus.reload(ask.who))


ROUTES: tuple[Route, ...] = (
    Route(
        "GET", "/prompts", prompts, "What is spoken, by language and name", READERS, Prompt, True,
        query={"language": "en, vi, ru, pl or zh", **PART},
    ),
    Route(
        "GET", "/prompts/{language}/{name}", prompt_audio, "A prompt as it is heard", READERS, gives="audio/wav",
        refusals=(404,),
    ),
    Route(
        "PUT", "/prompts/{language}/{name}", replace_prompt, "Speak this recording instead of the product's", TECHNICAL,
        Prompt, takes="audio/wav", most_bytes=MOST_AUDIO_BYTES, refusals=(404,),
    ),
    Route(
        "DELETE", "/prompts/{language}/{name}", restore_prompt, "Speak the product's own again", TECHNICAL, status=204,
        refusals=(404, 409),
    ),
    Route("GET", "/menus", menus, "The spoken menus", READERS, Menu, True, query=PART),
    Route("GET", "/menus/{name}", menu_text, "A menu's text", READERS, gives="text/plain", refusals=(404,)),
    Route(
        "PUT", "/menus/{name}", replace_menu, "Replace a menu, or add one; a fault names its line and changes nothing",
        TECHNICAL, Menu, takes="text/plain", most_bytes=MOST_MENU_BYTES, refusals=(404,),
    ),
    Route(
        "DELETE", "/menus/{name}", restore_menu, "The product's own menu again", TECHNICAL, status=204,
        refusals=(404, 409),
    ),
    Route(
        "POST", "/menus/reload", reload_menus, "What has been changed of the menus on disk holds", TECHNICAL,
        Menu, True, refusals=(404,),
    ),
)  # fmt: skip
