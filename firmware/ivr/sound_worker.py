"""One piece of work on sound, in a process of its own: `python -m firmware.ivr.sound_worker JOB [VOICE | SECONDS]`.

What is worked on comes on standard input, the outcome goes to standard output. Exit status 3: the file was refused, 4:
it can't be done at present; standard error has the reason, for 3 as a packed error.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping

from firmware.errors import RefusedError, UnavailableError
from firmware.ivr import sound
from firmware.worker_process import packed

REFUSED, UNAVAILABLE = 3, 4

LONGEST_S = "120"

JOBS: Mapping[str, Callable[..., bytes]] = {
    "from-wav": lambda wav, longest_s=LONGEST_S: sound.from_wav(wav, float(longest_s)),
    "to-wav": sound.to_wav,
    "say": lambda text, voice: sound.spoken(text.decode(), voice),
}


def main(job: str, *arguments: str) -> int:
    os.nice(10)
    try:
        outcome = JOBS[job](sys.stdin.buffer.read(), *arguments)
    except RefusedError as refusal:
        sys.stderr.write(packed(refusal).decode())
        return REFUSED
    except UnavailableError as failure:
        sys.stderr.write(str(failure))
        return UNAVAILABLE
    sys.stdout.buffer.write(outcome)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
