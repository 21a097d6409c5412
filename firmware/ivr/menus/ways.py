"""Where a menu can go: blocks that nobody reaches, blocks that lead nowhere, and circles in which a caller is kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from firmware.ivr.menus.model import (
    BUILT_IN,
    Ask,
    Block,
    Call,
    Dial,
    Do,
    End,
    Go,
    If,
    Menu,
    Record,
    Return,
    Statement,
    Take,
)

_ENDS = (Go, Return, Dial, End)


def faults(menus: Mapping[str, Menu], menu: Menu) -> Iterator[tuple[int, str]]:
    """Line and text of each."""
    for block in menu.blocks.values():
        yield from _block(menu, block)
    yield from _unreached(menu)
    for block in _circles(menus, menu):
        yield block.line, f"{block.name} can come back to itself without anything that the caller does"


def targets(statement: Statement) -> Iterator[str]:
    """The blocks to which a statement can go."""
    match statement:
        case Ask():
            yield from statement.keys.values()
            yield statement.failed
        case Do():
            yield from statement.results.values()
        case If(block=block) | Take(block=block) | Go(block=block):
            yield block


def _is_end(statement: Statement) -> bool:
    return isinstance(statement, _ENDS) or (isinstance(statement, Ask) and not statement.patterns)


def _block(menu: Menu, block: Block) -> Iterator[tuple[int, str]]:
    for before, after in zip(block.statements, block.statements[1:], strict=False):
        if _is_end(before):
            yield after.line, "is never reached: the line before it goes elsewhere"
    if block.statements and not _is_end(block.statements[-1]):
        yield block.statements[-1].line, f"the block {block.name} has no end; allowed: go, return, dial, hang up"
    asks = [statement for statement in block.statements if isinstance(statement, Ask)]
    for second in asks[1:]:
        yield second.line, "a block asks one question; this one belongs into a block of its own"
    for statement in block.statements:
        if isinstance(statement, Go) and statement.again and _asks_nothing(menu, statement.block):
            yield statement.line, f"again: the block {statement.block} asks nothing"


def _question(block: Block) -> Ask | None:
    return next((statement for statement in block.statements if isinstance(statement, Ask)), None)


def _asks_nothing(menu: Menu, name: str) -> bool:
    return name in menu.blocks and _question(menu.blocks[name]) is None


def _unreached(menu: Menu) -> Iterator[tuple[int, str]]:
    reached: set[str] = set()
    coming = [menu.first, *BUILT_IN]
    while coming:
        if (name := coming.pop()) not in reached:
            reached.add(name)
            statements = menu.blocks[name].statements if name in menu.blocks else ()
            coming += [target for statement in statements for target in targets(statement)]
    for block in menu.blocks.values():
        if block.name not in reached:
            yield block.line, f"nothing leads to the block {block.name}"


def _circles(menus: Mapping[str, Menu], menu: Menu) -> Iterator[Block]:
    """Blocks that lead back to themselves while the caller does nothing; in each circle the first alone."""
    told: set[str] = set()
    for block in menu.blocks.values():
        onward = _onward(menus, menu, block.name)
        if block.name in onward and not told & onward:
            told.add(block.name)
            yield block


def _onward(menus: Mapping[str, Menu], menu: Menu, start: str) -> set[str]:
    found: set[str] = set()
    coming = [start]
    while coming:
        block = menu.blocks.get(coming.pop())
        for name in () if block is None else _alone(menus, menu, block):
            if name not in found:
                found.add(name)
                coming.append(name)
    return found


def _alone(menus: Mapping[str, Menu], menu: Menu, block: Block) -> Iterator[str]:
    """Where a block goes if the caller is silent. An item of a list is not followed: lists end."""
    for statement in block.statements:
        match statement:
            case Ask(failed=failed):
                yield failed
                return
            case Record():
                return
            case Call(menu=name) if name in menus and _listens(menus[name]):
                return
            case Take(place=""):
                pass
            case Go(again=True, block=name) if name in menu.blocks:
                ask = _question(menu.blocks[name])
                yield from () if ask is None else (ask.failed,)
            case _:
                yield from targets(statement)


def _listens(menu: Menu) -> bool:
    return any(isinstance(statement, Ask | Record) for block in menu.blocks.values() for statement in block.statements)
