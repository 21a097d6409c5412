"""The tables as they stand in docs/restriction.md, for the technician."""

from __future__ import annotations

from firmware.restriction.model import NumberingTable, Row, rank
from firmware.restriction.patterns import set_of
from firmware.restriction.tables import TABLES

BEGIN, END = "<!-- tables: begin -->", "<!-- tables: end -->"
_NAMES = {
    "us": "United States",
    "uk": "United Kingdom",
    "de": "Germany",
    "cn": "China",
    "ru": "Russia",
    "pl": "Poland",
    "vn": "Viet Nam",
}
_MOST_SHOWN = 12


def renewed(page: str) -> str:
    """The page with the tables between its marks as they are now."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{tables()}{END}{after}"


def tables() -> str:
    """Every country's table."""
    return "\n".join(_section(table) for table in TABLES.values())


def _section(table: NumberingTable) -> str:
    rows = sorted((*table.rows, *([table.local] if table.local else [])), key=lambda row: rank(row.level))
    sources = list(dict.fromkeys(row.source for row in rows if row.source is not None))
    lines = [f"### {_NAMES[table.country]} (`{table.country}`)", _head(table), ""]
    lines += ["| class | begins with | digits | what | source |", "|---|---|---|---|---|"]
    lines += [_line(row, sources) for row in rows]
    lines += ["", *(f"{number}. {source}" for number, source in enumerate(sources, 1)), ""]
    return "\n".join(lines)


def _head(table: NumberingTable) -> str:
    trunk = f"national prefix {table.trunk_prefix}" if table.trunk_prefix else "no national prefix"
    alike = f"; the same without {table.trunk_prefix}" if table.area_without_trunk else ""
    return f"Country code {table.country_code}, {trunk}{alike}, international prefix {table.international_prefix}."


def _line(row: Row, sources: list[str]) -> str:
    what = f"{row.kind}: {row.note}" if row.note else row.kind
    source = "none found" if row.source is None else str(sources.index(row.source) + 1)
    return f"| {row.level} | {_prefixes(row.prefixes)} | {row.lengths} | {what} | {source} |"


def _prefixes(prefixes: tuple[str, ...]) -> str:
    """Prefixes that differ in their last digit only are one entry; of many the first."""
    alike: dict[str, str] = {}
    for prefix in prefixes:
        alike[prefix[:-1]] = alike.get(prefix[:-1], "") + prefix[-1]
    shown = [beginning + set_of("".join(sorted(ends))) for beginning, ends in alike.items()]
    if len(shown) > _MOST_SHOWN:
        return f"{', '.join(shown[:3])}, ... ({len(prefixes)} in all)"
    return ", ".join(shown)
