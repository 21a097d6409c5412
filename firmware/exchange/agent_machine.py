"""What the call agent does of the exchange's own accord: wake-ups, menus, and calls to people who must be told."""

from __future__ import annotations

from firmware.exchange.agent_base import AgentBase
from firmware.exchange.core import Core
from firmware.exchange.decisions import Decision, PersonReport, Send, WakeupReport
from firmware.exchange.dialogue import Answered, Opening
from firmware.exchange.features import menu, summons, wakeups
from firmware.exchange.numbering import Instant
from firmware.gateway.messages import AuditReport, ForgetJournal, LodgeWakeups, StopWake, Wakeup


class MachineRequests(AgentBase):
    """See `CallAgent`."""

    # ------------------------------------------------------------------------------------------------------- wake-ups

    def wake(self, wakeup: Wakeup, attempt: int, now: Instant) -> list[Decision]:
        """Begin an attempt of a wake-up (`attempt` counts from 1); `WakeupReport` follows in any case.

        Where no telephone of it is on-hook and free, that is told at once ("busy", or "failed" where none is in
        service), and those who talk hear that something waits. An attempt that stands is not begun again. Without a
        gateway it is "stopped", which means: not made.
        """
        if self._core is None:
            at_ns = now.utc_ns_at(now.monotonic_ns)
            return [WakeupReport(wakeup.id, "stopped", at_ns, at_ns)]
        wakeups.begin(self._enter(now), wakeup, attempt)
        return self._finish()

    def stop_wakeup(self, wakeup: str, now: Instant) -> list[Decision]:
        """End an attempt; `WakeupReport` "stopped" follows, or what was faster. One that does not stand: nothing."""
        if self._core is None:
            return []
        self._enter(now).send(StopWake(id=wakeup))
        return self._finish()

    def standing_wakeups(self) -> frozenset[str]:
        """The wake-ups that ring, or are being spoken, now."""
        return frozenset() if self._core is None else frozenset(self._core.attempts)

    def wakeup_noted(self, entries: tuple[str, ...], now: Instant) -> list[Decision]:
        """Reports with these entries are on disk: the gateway may forget them, now or when it is back."""
        self._noted |= set(entries)
        if self._core is None or not entries:
            return []
        self._enter(now).send(ForgetJournal(entries=entries))
        return self._finish()

    def lodge_wakeups(self, revision: str, lodged: tuple[Wakeup, ...], now: Instant) -> list[Decision]:
        """The wake-ups of the next hours, for the gateway to keep; again when it comes back without them."""
        self._wakeups = (revision, lodged)
        if self._core is None:
            return []
        core = self._enter(now)
        wakeups.learn(core, lodged)
        core.send(LodgeWakeups(revision=revision, wakeups=lodged))
        return self._finish()

    # ---------------------------------------------------------------------------------------------------------- menus

    def answer_dialogue(self, dialogue: str, answered: Answered, now: Instant) -> list[Decision]:
        """What has become of a `DialogueActs`. Too late: no matter."""
        if self._core is None:
            return []
        menu.answer(self._enter(now), dialogue, answered)
        return self._finish()

    # --------------------------------------------------------------------------------------------------------- people

    def call_person(self, call: str, number: str, opening: Opening, ring_s: float, now: Instant) -> list[Decision]:
        """Call an extension, reception (all its free telephones) or a number outside, as reception would dial it.

        Who answers within `ring_s` talks with the opening's menu; `PersonReport` follows in any case. The telephone
        shows the opening's value `caller`. Do-not-disturb, classes and credit do not count.
        """
        if self._core is None:
            return [PersonReport(call, "failed")]
        summons.call(self._enter(now), call, number, opening, ring_s)
        return self._finish()

    def stop_person(self, call: str, now: Instant) -> list[Decision]:
        """He need not be told any more, if he has not answered yet; `PersonReport` follows in any case."""
        if self._core is None:
            return []
        summons.stop(self._enter(now), call)
        return self._finish()

    # ------------------------------------------------------------------------------------------- from core to core

    def _leave(self, former: Core | None, audit: AuditReport, now: Instant) -> list[Decision]:
        """The gateway was lost for a while: menus are over, and attempts of which neither audit nor journal knows."""
        if former is None:
            return []
        former.now, former.at_ns = now, now.monotonic_ns
        former.finish()
        told = {state.wakeup for state in audit.endpoints} | {entry.wakeup for entry in audit.journal}
        return [
            *self._abandon(former),
            *wakeups.never_told(former, [wakeup for wakeup in former.attempts if wakeup not in told]),
        ]

    def _abandon(self, core: Core) -> list[Decision]:
        reports = summons.abandoned(core)
        menu.abandon(core)
        return [*reports, *(decision for decision in core.finish() if not isinstance(decision, Send))]

    def _take_journal(self, core: Core, audit: AuditReport) -> None:
        """What the journal tells of wake-ups is told once, and forgotten there when it is on disk."""
        entries = {entry.entry for entry in audit.journal if entry.kind == "wakeup"}
        self._wakeups_told &= entries
        self._noted &= entries
        wakeups.take_journal(core, audit)
        if self._noted:
            core.send(ForgetJournal(entries=tuple(sorted(self._noted))))
