"""Ends processes with all that they have started."""

import os
import signal
import subprocess
import time
from contextlib import suppress

GRACE_S = 1.0


def end_group(process: "subprocess.Popen[bytes]", *, grace_s: float = GRACE_S) -> None:
    """Ends a process and its group: SIGTERM, then SIGKILL after the grace time."""
    deadline = time.monotonic() + grace_s
    if grace_s and process.poll() is None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGTERM)
        while process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.02)
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    with suppress(subprocess.TimeoutExpired):
        process.wait(5)
