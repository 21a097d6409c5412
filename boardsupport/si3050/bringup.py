"""How an Si3050 comes into service, step by step with its failure exits (the order of the Linux drivers).

Every wait is a coroutine's, so that all ports of a board come up side by side.
"""

from __future__ import annotations

from boardsupport.faults import ChipFaultError, NoClockError
from boardsupport.si3050 import regs
from boardsupport.si3050.chip import IN_SERVICE, NO_CLOCK, Si3050

RESET_S = 0.1
LINK_S = 2.0
LINK_STEP_S = 0.02
VOLTAGE_S = 0.1
"""From the start of the line side until its measurements are believed (unverified)."""


async def bring_up(chip: Si3050) -> None:
    """From any state to an on-hook line that is heard, with PCM on, and interrupts that the service unmasks.

    Raises ChipFaultError or NoClockError, at whatever step; or BusError.
    """
    chip.synchronise()
    await _reset(chip)
    chip.configure()
    await _link(chip)
    chip.check_configuration()
    chip.enter_service()
    await chip.sleep(VOLTAGE_S)


async def _reset(chip: Si3050) -> None:
    """Raises NoClockError where a chip stays as it was in service, ChipFaultError for a strange one."""
    chip.software_reset()
    await chip.sleep(RESET_S)
    after = chip.synchronise()
    if after == regs.CONTROL_2.reset:
        return
    if after == IN_SERVICE:
        raise NoClockError(NO_CLOCK)
    raise ChipFaultError("chip-absent", f"after a reset register 2 reads {after:#04x}: no Si3050")


async def _link(chip: Si3050) -> None:
    """Raises ChipFaultError isolation-link if the line side does not come within two seconds."""
    chip.start_line_side()
    waited = 0.0
    while not chip.linked():
        if waited >= LINK_S:
            raise ChipFaultError(
                "isolation-link", "the line side does not answer across the isolation barrier: change the line module"
            )
        await chip.sleep(LINK_STEP_S)
        waited += LINK_STEP_S
