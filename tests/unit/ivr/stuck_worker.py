"""A worker that never ends; it writes its process id to the file that is its last argument."""

import os
import signal
import sys
from pathlib import Path

Path(sys.argv[-1]).write_text(str(os.getpid()))
signal.pause()
