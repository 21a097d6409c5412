"""Signal processing: G.711, tones and detectors, DTMF, caller id, conferences, and the per-tick work for all ports.

Everything is 8 kHz law bytes; a block is 80 samples. Levels are dBm0: a sine of peak 32767 is +3.14 dBm0 (A-law) or
+3.17 dBm0 (u-law). The C sources stand in `src/`; `build.py` makes the extension `_dsp`. One call of
`PortBank.receive` per 10 ms does everything that works on samples, without the interpreter's lock.
"""

from boardsupport.bus import IDLE, Law
from boardsupport.dsp.bank import CallerIdFormat, PortBank
from boardsupport.dsp.caller_id import Absence, caller_id_dtmf, caller_id_fsk, vmwi_fsk
from boardsupport.dsp.caller_id_parse import CallTime, ReceivedCallerId
from boardsupport.dsp.events import (
    BankEvent,
    CallerIdReceived,
    DtmfBegan,
    DtmfEnded,
    DtmfEvent,
    ToneBegan,
    ToneCycle,
    ToneEnded,
    ToneEvent,
)
from boardsupport.dsp.law import FULL_SCALE_DBM0, decode, encode, mix, overlay
from boardsupport.dsp.progress import CallProgressTone, DetectorSet, Element, call_progress_tone
from boardsupport.dsp.resampling import to_8_khz
from boardsupport.dsp.tones import dtmf, loop_samples, tone

__all__ = [
    "FULL_SCALE_DBM0",
    "IDLE",
    "Absence",
    "BankEvent",
    "CallProgressTone",
    "CallTime",
    "CallerIdFormat",
    "CallerIdReceived",
    "DetectorSet",
    "DtmfBegan",
    "DtmfEnded",
    "DtmfEvent",
    "Element",
    "Law",
    "PortBank",
    "ReceivedCallerId",
    "ToneBegan",
    "ToneCycle",
    "ToneEnded",
    "ToneEvent",
    "call_progress_tone",
    "caller_id_dtmf",
    "caller_id_fsk",
    "decode",
    "dtmf",
    "encode",
    "loop_samples",
    "mix",
    "overlay",
    "to_8_khz",
    "tone",
    "vmwi_fsk",
]
