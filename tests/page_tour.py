"""A tour of the page: every place, as somebody of a role, in a language, and what is wrong with what is to be seen."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache

from tests.harness import ROOT, wait_for
from tests.page import Page

AXE = ROOT / "build" / "npm" / "node_modules" / "axe-core" / "axe.min.js"
TEXTS = ROOT / "webui" / "static" / "texts"
LANGUAGES = ("en", "vi", "ru", "pl", "zh")
DESK, TELEPHONE = (1280, 800), (390, 844)
SLOW_S = 60.0
SCRIPT_MS = 55_000
"""axe-core looks at everything on a page; on a machine that others use too, that takes its time."""
GRAVE = ("serious", "critical")
KEPT = ("heading-order",)
"""Rules that are kept although axe-core does not find them grave."""
PLACES: dict[str, tuple[str, ...]] = {
    "desk": ("desk", "desk/102", "desk/103", "desk/204", "desk/305"),
    "wakeups": ("wakeups", "wakeups/plan", "wakeups/history"),
    "calls": ("calls",),
    "housekeeping": ("housekeeping",),
    "reports": ("reports", "reports/lines", "reports/wakeups", "reports/charges", "reports/abandoned"),
    "extensions": ("extensions",),
    "trunks": ("trunks",),
    "tariffs": ("tariffs",),
    "pms": ("pms",),
    "audit": ("audit",),
    "users": ("users",),
    "system": ("system",),
}
"""Of each page of js/main.js, where one can be on it."""
DIALOGS = (("desk", "?"), ("desk/103", "i"), ("desk/102", "o"), ("wakeups", "n"))
"""A place, and the key that opens a dialog there."""
KEY = re.compile(r"[a-z]+(\.[a-z0-9]+(-[a-z0-9]+)*)+")
ENGLISH = re.compile(r"(?<![-\w])(the|and|is|are|of|with|has|was|were|from|not)(?![-\w])")
"""Words that no other language of the page has."""
SHOWN = """
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = new Set();
for (let node = walker.nextNode(); node; node = walker.nextNode()) {
  const text = node.textContent.trim(), element = node.parentElement;
  if (text && element.checkVisibility() && !element.closest("[data-verbatim], pre, code, textarea")) found.add(text);
}
for (const one of document.querySelectorAll("[aria-label], [title], [placeholder]")) {
  for (const name of ["aria-label", "title", "placeholder"]) found.add(one.getAttribute(name) ?? "");
}
return [...found];
"""
AUDITED = """
const found = axe.run(document, {resultTypes: ["violations"], iframes: false});
return found.then(({ violations }) => violations.flatMap((one) =>
  one.nodes.map((node) => [one.impact, one.id, node.target.join(" "), node.failureSummary ?? ""])));
"""
WIDE = """
const wide = document.documentElement.clientWidth;
return [...document.querySelectorAll("body *")].filter((one) => one.getBoundingClientRect().right > wide + 1)
  .slice(0, 3).map((one) => `${one.localName}.${one.className} to ${Math.round(one.getBoundingClientRect().right)}`);
"""
PAGES = "return import('/static/js/main.js').then(({ pages }) => pages.map(({ name, roles }) => [name, roles]))"


class Tour:
    """A page and the faults that were found on it, each with its place."""

    def __init__(self, page: Page, said: set[str]) -> None:
        """`said`: what people have written, in whatever language."""
        self.page, self._said = page, said
        page.window.post("/timeouts", script=SCRIPT_MS)
        self.faults: list[str] = []
        self.visited: list[str] = []
        self._who = ("", "")

    def log_in(self, name: str, language: str) -> None:
        """Whose page speaks this language from now on."""
        self.page.size(*DESK)
        self.page.log_in(name)
        if self.page.run("return document.documentElement.lang") != language:
            self.page.click(".account summary")
            self.page.choose("#language", language)
            self.page.find(f"html[lang={language}] nav .nav-link", SLOW_S)
        self.page.complaints()  # those of the log-in: that nobody was logged in
        self._who = (name, language)

    def places(self, role: str) -> Iterator[str]:
        """Of all pages that a role may see. AssertionError: a page is not in the table here."""
        pages = dict(self.page.run(PAGES))
        assert set(pages) == set(PLACES), "each page has its places"
        for name, roles in pages.items():
            yield from PLACES[name] if role in roles else ()

    def visit(self, *places: str) -> None:
        """By day at a desk, and by night on a telephone."""
        for place in places:
            self._light("light", DESK)
            self._arrive(place)
            self._look(place, "at a desk")
            self._light("dark", TELEPHONE)
            self._look(place, "on a telephone")

    def open_dialogs(self) -> None:
        for place, key in DIALOGS:
            self._light("light", DESK)
            self._arrive(place)
            self.page.keys(key)
            self.page.find("dialog[open]")
            self._look(f"{place} {key}", "at a desk")
            self._light("dark", TELEPHONE)
            self._look(f"{place} {key}", "on a telephone")
            self.page.keys("Escape")
            self.page.wait_gone("dialog[open]")

    def _light(self, scheme: str, size: tuple[int, int]) -> None:
        features = [
            {"name": "prefers-color-scheme", "value": scheme},
            {"name": "prefers-reduced-motion", "value": "reduce"},
        ]
        self.page.window.chrome("Emulation.setEmulatedMedia", {"features": features})
        self.page.size(*size)

    def _arrive(self, place: str) -> None:
        self.page.go(place, SLOW_S)
        wait_for(lambda: self.page.count("main [aria-busy=true]") == 0, SLOW_S, f"{place} is all there")
        self.visited.append(place)

    # -------------------------------------------------------------------------------------------------- what is wrong

    def _look(self, place: str, where: str) -> None:
        found = [f"text: {text}" for text in self._foreign()]
        if self.page.is_wider_than_seen():
            found.append(f"wider than seen: {self.page.run(WIDE)}")
        found += [f"the browser says: {said}" for said in self.page.complaints()]
        found += self._unusable()
        self.page.complaints()  # of axe-core's own styles, which the page's policy forbids
        self.faults += [f"{' '.join(self._who)}: {place} {where}: {what}" for what in found]

    def _foreign(self) -> list[str]:
        """Names of texts in place of texts; in another language also English ones."""
        shown = [text for text in self.page.run(SHOWN) if text not in self._said]
        areas, language = {path.stem for path in (TEXTS / "en").iterdir()}, self._who[1]
        raw = [text for text in shown if KEY.fullmatch(text) and text.partition(".")[0] in areas]
        if language == "en":
            return raw
        return raw + [text for text in shown if text in untranslated(language) or ENGLISH.search(text)]

    def _unusable(self) -> list[str]:
        """What axe-core finds grave, or against a rule that is kept."""
        if not self.page.run("return Boolean(window.axe)"):
            self.page.run(AXE.read_text(encoding="utf-8"))
        found = [one for one in self.page.run(AUDITED) if one[0] in GRAVE or one[1] in KEPT]
        return [f"{rule}: {target}: {why}" for _, rule, target, why in found]


@cache
def untranslated(language: str) -> frozenset[str]:
    """English texts that read otherwise in this language, and that no text of it reads like."""
    here, english = _texts(language), _texts("en")
    return frozenset(text for key, text in english.items() if here[key] != text) - frozenset(here.values())


def _texts(language: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for path in (TEXTS / language).iterdir():
        found |= json.loads(path.read_text(encoding="utf-8"))
    return found
