"""Strict decoding that finds every fault of a document, where msgspec alone stops at the first."""

from __future__ import annotations

import difflib
import re
import types
import typing
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

import msgspec
from msgspec.structs import FieldInfo, fields

from firmware.config.lines import KeyPath

S = TypeVar("S", bound=msgspec.Struct)
_MISSING = object()


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: where, what, and what would be allowed."""

    path: KeyPath
    text: str
    allowed: str = ""

    @property
    def key(self) -> str:
        """The key path as people write it: extension[2].port."""
        written = ""
        for part in self.path:
            written += f"[{part}]" if isinstance(part, int) else f".{part}" if written else part
        return written


def decode(kind: type[S], raw: object, faults: list[Fault], path: KeyPath = ()) -> S | None:
    """Build `kind` from decoded TOML; None if it is no table at all.

    Where there are faults, what could not be decoded is None: good for finding more faults, and for nothing else.
    """
    if not isinstance(raw, dict):
        faults.append(Fault(path, f"is {_describe(raw)}", "a table"))
        return None
    known = {field.encode_name: field for field in fields(kind)}
    tag_field = kind.__struct_config__.tag_field
    for name in raw:
        if name not in known and name != tag_field:
            faults.append(Fault((*path, name), "unknown key", _choices(name, known)))
    values: dict[str, Any] = {}
    for name, field in known.items():
        value = _field(field, raw.get(name, _MISSING), faults, (*path, name))
        if value is not _MISSING:
            values[field.name] = value
    return kind(**values)


def _field(field: FieldInfo, raw: object, faults: list[Fault], path: KeyPath) -> Any:
    if raw is _MISSING:
        if field.required:
            faults.append(Fault(path, "is missing", allowed_text(field.type)))
            return None
        return _MISSING
    return _convert(field.type, raw, faults, path)


def _convert(kind: Any, raw: object, faults: list[Fault], path: KeyPath) -> Any:
    structs = _structs_in(kind)
    element = _element_of(kind)
    if structs:
        chosen = _choose(structs, raw, faults, path)
        return decode(chosen, raw, faults, path) if chosen else None
    if element is not None and isinstance(raw, list) and raw:
        return tuple(_convert(element, item, faults, (*path, index)) for index, item in enumerate(raw))
    if typing.get_origin(kind) is dict and isinstance(raw, dict):
        name_kind, value_kind = typing.get_args(kind)
        return {
            _convert(name_kind, name, faults, (*path, name)): _convert(value_kind, value, faults, (*path, name))
            for name, value in raw.items()
        }
    try:
        return msgspec.convert(raw, kind)
    except msgspec.ValidationError as error:
        text = f"is {_describe(raw)}"
        if _plain(kind) is str and isinstance(raw, int | float):
            text += " without quotation marks"
        faults.append(Fault(path, text, allowed_text(kind) or _without_place(str(error))))
        return None


def _choose(
    structs: list[type[msgspec.Struct]], raw: object, faults: list[Fault], path: KeyPath
) -> type[msgspec.Struct] | None:
    """Of a tagged union, the one that the tag names (the first where the tag is left out and that is `analog`)."""
    if len(structs) == 1 or not isinstance(raw, dict):
        return structs[0]
    config = [struct.__struct_config__ for struct in structs]
    tag_field = str(config[0].tag_field)
    by_tag = {entry.tag: struct for entry, struct in zip(config, structs, strict=True)}
    tag = raw.get(tag_field, "analog" if "analog" in by_tag else None)
    if isinstance(tag, str) and tag in by_tag:
        return by_tag[tag]
    text = "is missing" if tag is None else f"is {_describe(tag)}"
    faults.append(Fault((*path, tag_field), text, _choices(str(tag), by_tag)))
    return None


def _structs_in(kind: Any) -> list[type[msgspec.Struct]]:
    members = typing.get_args(kind) if _is_union(kind) else (kind,)
    return [member for member in members if isinstance(member, type) and issubclass(member, msgspec.Struct)]


def _element_of(kind: Any) -> Any:
    """The element type of `tuple[X, ...]`, else None."""
    plain = _plain(kind)
    arguments = typing.get_args(plain)
    return arguments[0] if typing.get_origin(plain) is tuple and arguments[-1] is Ellipsis else None


def _plain(kind: Any) -> Any:
    return typing.get_args(kind)[0] if hasattr(kind, "__metadata__") else kind


def _is_union(kind: Any) -> bool:
    return typing.get_origin(kind) in (typing.Union, types.UnionType)


def allowed_text(kind: Any) -> str:
    """What a type allows, in words."""
    if _is_union(kind):
        return " or ".join(filter(None, (allowed_text(arm) for arm in typing.get_args(kind) if arm is not type(None))))
    for meta in getattr(kind, "__metadata__", ()):
        if meta.description:
            return str(meta.description)
    plain = _plain(kind)
    if typing.get_origin(plain) is Literal:
        return " | ".join(str(value) for value in typing.get_args(plain))
    if (element := _element_of(kind)) is not None:
        return "a list of tables" if _structs_in(element) else f"a list with at least one of: {allowed_text(element)}"
    if typing.get_origin(plain) is dict or _structs_in(plain):
        return "a table"
    return {bool: "true or false", int: "a whole number"}.get(plain, "")


def _choices(wrong: str, known: Iterable[object]) -> str:
    names = [str(name) for name in known]
    near = difflib.get_close_matches(wrong, names, 1, 0.6)
    listed = " | ".join(names)
    return f"{listed} (did you mean {near[0]}?)" if near else listed


def nearest(wrong: str, known: Iterable[str]) -> str | None:
    """The known word that is most like the wrong one, if any is."""
    match = difflib.get_close_matches(wrong, list(known), 1, 0.6)
    return match[0] if match else None


def _describe(raw: object) -> str:
    if isinstance(raw, str):
        shown = raw if raw.isprintable() else raw.encode("unicode_escape").decode()
        return f'"{shown}"' if raw else "an empty text"
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, list):
        return "a list" if raw else "an empty list"
    return "a table" if isinstance(raw, dict) else str(raw)


def _without_place(message: str) -> str:
    return re.sub(r" - at `[^`]*`$", "", message)
