"""The bench's HTTP API for its PMS (docs/bench.md): each by name or number, the first where none is named."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

from microdot import Microdot, Request

from boardsupport.bench.answers import Answer, Handler, answering
from boardsupport.bench.pms import asked
from boardsupport.bench.pms.office import Office
from boardsupport.bench.pms.pms import Pms
from boardsupport.bench.pms.wires import WireState
from boardsupport.bench.requests import ApiError, body_of, fields_of, one_of, truth, whole

LINK_STATES: Final = ("cut", "refuse", "open", "silent", "end")
WIRE_STATES: Final[dict[str, WireState]] = {"refuse": "refuse", "open": "open", "silent": "silent"}
MOST_FRAMES: Final = 20_000
LONGEST_FRAME: Final = 5000
MOST_POSTINGS: Final = 10**9
Verb: TypeAlias = Callable[[Pms, bytes], tuple[str, ...]]
"""Does what a body asks for; the rooms that it was about."""


def mount(app: Microdot, office: Office) -> None:
    """Add the routes of every PMS."""
    api = _PmsApi(office)
    for path in ("/bench/pms", "/bench/pms/<name>"):
        app.route(path)(answering(api.view))
    app.route("/bench/pms/<name>/postings")(answering(api.postings))
    handlers = {verb: api.doing(action) for verb, action in VERBS.items()} | {"link": api.link}
    for verb, handler in handlers.items():
        for path in (f"/bench/pms/{verb}", f"/bench/pms/<name>/{verb}"):
            app.route(path, methods=["POST"])(answering(handler))


class _PmsApi:
    def __init__(self, office: Office) -> None:
        self._office = office

    async def view(self, request: Request, name: str | None = None) -> Answer:
        return self._find(name).view()

    async def postings(self, request: Request, name: str) -> Answer:
        after = request.args.get("after", "0")
        if not (after.isascii() and after.isdigit() and int(after) <= MOST_POSTINGS):
            raise ApiError(422, f"after: {after!r}; allowed: a whole number")
        return {"items": self._find(name).book.page(int(after))}

    def doing(self, verb: Verb) -> Handler:
        """The handler of a verb: it answers with the link, what has been sent, and the rooms that it was about."""

        async def handle(request: Request, name: str | None = None) -> Answer:
            pms = self._find(name)
            body = await body_of(request)
            pms.journal.take_sent()
            rooms = verb(pms, body)
            return _done(pms, rooms)

        return handle

    async def link(self, request: Request, name: str | None = None) -> Answer:
        pms = self._find(name)
        state = one_of(fields_of(await body_of(request), state=...), "state", LINK_STATES)
        pms.journal.take_sent()
        if state == "cut":
            pms.wire.cut()
        elif state == "end":
            pms.end()
        elif state == pms.wire.state == "open":
            pms.start()
        else:
            await pms.wire.put(WIRE_STATES[state])
        return _done(pms, ())

    def _find(self, name: str | None) -> Pms:
        pms = self._office.find(name)
        if pms is None:
            raise ApiError(404, f"this bench has no PMS {name}" if name else "this bench has no PMS")
        return pms


def _done(pms: Pms, rooms: tuple[str, ...]) -> Answer:
    pms.journal.touch()
    views = {room: pms.house.room(room).view() for room in rooms}
    return {**pms.view_link(), "rooms": views, "sent": pms.journal.take_sent()}


def _check_in(pms: Pms, body: bytes) -> tuple[str, ...]:
    fields = fields_of(body, room=..., key=None, shared=None, **asked.NAMED)
    room = asked.room(fields)
    pms.check_in(room, asked.guest(fields, pms.house), asked.maybe(fields, "shared"))
    return (room,)


def _share(pms: Pms, body: bytes) -> tuple[str, ...]:
    fields = fields_of(body, room=..., key=None, **asked.NAMED)
    room = asked.room(fields)
    pms.check_in(room, asked.guest(fields, pms.house), True)
    return (room,)


def _check_out(pms: Pms, body: bytes) -> tuple[str, ...]:
    fields = fields_of(body, room=..., key=None, shared=None, with_sf=False)
    room, shared = asked.room(fields), asked.maybe(fields, "shared")
    pms.check_out(room, asked.key(fields), shared, truth(fields, "with_sf"))
    return (room,)


def _change(pms: Pms, body: bytes) -> tuple[str, ...]:
    fields = fields_of(body, room=..., key=None, **asked.NAMED)
    room = asked.room(fields)
    pms.change(room, asked.key(fields), asked.details(fields))
    return (room,)


def _move(pms: Pms, body: bytes) -> tuple[str, ...]:
    fields = fields_of(body, **{"from": ..., "to": ..., "key": None, "how": None})
    source, target = asked.room(fields, "from"), asked.room(fields, "to")
    if source == target:
        raise ApiError(422, "to: the room is the old one")
    pms.move(source, target, asked.key(fields), asked.how(fields))
    return source, target


def _swap(pms: Pms, body: bytes) -> tuple[str, ...]:
    fields = fields_of(body, room=..., other=..., how=None)
    one, other = asked.room(fields), asked.room(fields, "other")
    if one == other:
        raise ApiError(422, "other: the room is the same")
    pms.swap(one, other, asked.how(fields))
    return one, other


def _equipment(pms: Pms, body: bytes) -> tuple[str, ...]:
    fields = fields_of(body, **{"room": ..., "class": None, "dnd": None, "lamp": None})
    room = asked.room(fields)
    pms.equip(room, asked.class_(fields), asked.maybe(fields, "dnd"), asked.maybe(fields, "lamp"))
    return (room,)


def _wake_up(pms: Pms, body: bytes) -> tuple[str, ...]:
    fields = fields_of(body, room=..., date=None, time=...)
    room, time = asked.room(fields), asked.time(fields, "time")
    date = pms.next_date(time) if fields["date"] is None else asked.date(fields, "date")
    pms.wake_up(room, date, time)
    return (room,)


def _wake_up_clear(pms: Pms, body: bytes) -> tuple[str, ...]:
    fields = fields_of(body, room=..., date=None, time=None)
    if (fields["date"] is None) != (fields["time"] is None):
        raise ApiError(422, "date and time: both, or neither for all of the room's")
    room = asked.room(fields)
    date = fields["date"] and asked.date(fields, "date")
    time = fields["time"] and asked.time(fields, "time")
    pms.clear_wake_up(room, date, time)
    return (room,)


def _message(pms: Pms, body: bytes) -> tuple[str, ...]:
    fields = fields_of(body, room=..., key=None, text=...)
    text = asked.words(fields, "text", asked.LONGEST_TEXT)
    if text is None:
        raise ApiError(422, "text: null; allowed: a text")
    room = asked.room(fields)
    pms.message(room, asked.key(fields), text)
    return (room,)


def _message_delete(pms: Pms, body: bytes) -> tuple[str, ...]:
    fields = fields_of(body, room=..., number=...)
    room = asked.room(fields)
    pms.delete_message(room, asked.words(fields, "number", 8) or "")
    return (room,)


def _night_audit(pms: Pms, body: bytes) -> tuple[str, ...]:
    pms.night_audit(one_of(fields_of(body, state=...), "state", ("begin", "end")) == "begin")
    return ()


def _resync(pms: Pms, body: bytes) -> tuple[str, ...]:
    fields = fields_of(body, rooms=None, pace_ms=0, cut_before_end=False, no_end=False, when="now")
    when = one_of(fields, "when", ("now", "asked", "never"))
    how = asked.resync(fields)
    if when == "now":
        pms.resync(how)
    else:
        pms.asked_resync = how if when == "asked" else None
    return ()


def _answers(pms: Pms, body: bytes) -> tuple[str, ...]:
    pms.set_answers(asked.answers(fields_of(body, next=[], line=[], delay_ms=2000, pad=0, echo=False)))
    return ()


def _send(pms: Pms, body: bytes) -> tuple[str, ...]:
    fields = fields_of(body, raw_hex=None, record=None, garbage=None, frames=1, seed=0)
    if sum(fields[key] is not None for key in ("raw_hex", "record", "garbage")) != 1:
        raise ApiError(422, "one of raw_hex, record, garbage is needed")
    raw = asked.raw(fields)
    frames, seed = whole(fields, "frames", 1, MOST_FRAMES), whole(fields, "seed", 0, 2**31)
    if raw is not None:
        pms.send_raw(raw)
    elif fields["record"] is not None:
        if not isinstance(fields["record"], str) or not fields["record"]:
            raise ApiError(422, f"record: {fields['record']!r}; allowed: a text")
        pms.say_text(fields["record"])
    else:
        pms.garbage(seed, frames, whole(fields, "garbage", 1, LONGEST_FRAME))
    return ()


def _reset_counts(pms: Pms, body: bytes) -> tuple[str, ...]:
    fields_of(body)
    pms.reset_counts()
    return ()


VERBS: Final[dict[str, Verb]] = {
    "check-in": _check_in,
    "share": _share,
    "check-out": _check_out,
    "change": _change,
    "move": _move,
    "swap": _swap,
    "equipment": _equipment,
    "wake-up": _wake_up,
    "wake-up-clear": _wake_up_clear,
    "message": _message,
    "message-delete": _message_delete,
    "night-audit": _night_audit,
    "resync": _resync,
    "answers": _answers,
    "send": _send,
    "reset-counts": _reset_counts,
}
"""What can be posted, and what it does."""
