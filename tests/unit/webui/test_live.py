"""The live feed: rising ids, resumption, bounded queues."""

from __future__ import annotations

import asyncio

from webui.live import KEPT_EVENTS, QUEUED_EVENTS, RESET, Hub, Listener

TOPICS = frozenset({"line", "call"})


async def taken(listener: Listener, count: int) -> list[bytes]:
    found: list[bytes] = []
    async for message in listener.messages():
        found.append(message)
        if len(found) == count:
            break
    return found


def ids(messages: list[bytes]) -> list[int]:
    return [int(message.partition(b"\n")[0].removeprefix(b"id: ")) for message in messages]


async def test_a_listener_gets_what_is_published_from_then_on() -> None:
    hub = Hub(first_id=1)
    hub.publish("line", b"{}")
    with hub.listen(None, TOPICS) as listener:
        hub.publish("call", b'{"id":"c1"}')
        assert await taken(listener, 1) == [b'id: 2\nevent: call\ndata: {"id":"c1"}\n\n']
        assert hub.listeners == 1
    assert hub.listeners == 0


async def test_the_last_id_resumes_without_gap_or_repetition() -> None:
    hub = Hub(first_id=10)
    for _ in range(5):
        hub.publish("line", b"{}")
    with hub.listen(12, TOPICS) as listener:
        hub.publish("line", b"{}")
        assert ids(await taken(listener, 3)) == [13, 14, 15]


async def test_of_other_topics_nothing_is_heard_neither_now_nor_afterwards() -> None:
    hub = Hub(first_id=10)
    for topic in ("line", "call", "line"):
        hub.publish(topic, b"{}")
    with hub.listen(10, {"line"}) as listener:
        for topic in ("call", "line"):
            hub.publish(topic, b"{}")
        assert ids(await taken(listener, 2)) == [12, 14]


async def test_the_newest_id_resumes_with_nothing() -> None:
    hub = Hub(first_id=10)
    hub.publish("line", b"{}")
    with hub.listen(10, TOPICS) as listener:
        hub.publish("line", b"{}")
        assert ids(await taken(listener, 1)) == [11]


async def test_an_id_that_is_too_old_or_from_the_future_is_answered_by_reset() -> None:
    hub = Hub(first_id=1)
    for _ in range(KEPT_EVENTS + 50):
        hub.publish("line", b"{}")
    for last in (1, 10_000_000):
        with hub.listen(last, TOPICS) as listener:
            assert await taken(listener, 1) == [RESET]


async def test_ids_go_on_rising_over_a_restart() -> None:
    before = Hub()
    last = before.publish("line", b"{}")
    await asyncio.sleep(0.002)
    assert Hub().publish("line", b"{}") > last


async def test_a_slow_listener_keeps_a_bounded_queue_and_is_told_of_the_loss() -> None:
    hub = Hub(first_id=1)
    with hub.listen(None, TOPICS) as listener:
        for _ in range(QUEUED_EVENTS + 3):
            hub.publish("line", b"{}")
        messages = await taken(listener, 4)
    assert messages[0] == RESET
    assert ids(messages[1:])[-1] == QUEUED_EVENTS + 3
