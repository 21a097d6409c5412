"""The timers of call control. T numbers are Q.931's where its timer has the same meaning, X numbers are ours.

X1 to X20 are call control's, X21 and above survival's: a number means one thing in the whole product.
"""

from __future__ import annotations

from firmware.timers import T302, TimerSpec

FIRST_DIGIT = TimerSpec("X1", 15, 5, 120, "off-hook until the first digit; then the telephone hears busy")
INTER_DIGIT = T302
NO_ANSWER = TimerSpec("T301", 60, 5, 600, "ringing until the call is given up, or forwarded to reception")
RELEASE_TONE = TimerSpec("X2", 30, 5, 300, "busy, congestion or unobtainable tone; then the howler")
HOWLER = TimerSpec("X3", 60, 5, 600, "howler; then the telephone is out of service until it is replaced")
HOLD = TimerSpec("X4", 60, 10, 1800, "on hold; then the holder is reminded, or has the held party back")
RECALL = TimerSpec("X5", 60, 10, 600, "ringing the holder back; then the held party is released")
CLICK = TimerSpec("X6", 30, 5, 120, "ringing the telephone that is to place a call for the desk; then it is given up")
CONFIRMATION = TimerSpec("X7", 10, 1, 30, "what a menu wants done in the hotel; then it hears that nobody has done it")
EMERGENCY_RETRY = TimerSpec("X8", 5, 1, 60, "no line would carry an emergency call; then all are tried again")
BRIDGED = TimerSpec("X9", 3600, 60, 3600, "two company lines joined by a transfer; then both are released")
ANNOUNCEMENT = TimerSpec("X10", 60, 5, 300, "an announcement, should its end never be reported; then it is over")
CREDIT_WARNING = TimerSpec("X11", 60, 10, 300, "the warning that a guest's credit runs out; then the call is released")
SPEECH = TimerSpec("X12", 660, 10, 900, "what a menu says, should its end never be reported; then it goes on")

CALL_TIMERS = (
    FIRST_DIGIT, INTER_DIGIT, NO_ANSWER, RELEASE_TONE, HOWLER, HOLD, RECALL, CLICK, CONFIRMATION,
)  # fmt: skip
"""Those that a site may set."""
