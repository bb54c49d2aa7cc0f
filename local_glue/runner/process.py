"""Runs each job script in a separate process."""
# ruff: noqa: S603 (all commands are built here, without input from outside)

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from local_glue import environment
from local_glue.access import Access
from local_glue.job import STANDIN
from local_glue.runner.bootstrap import PACKAGE_VARIABLE, RESULT_VARIABLE
from local_glue.runner.libraries import LaunchError, fetch, stage_libraries
from local_glue.runner.request import Outcome, RunRequest, send_log

GRACE_S = 1.0


class ProcessExecutor:
    """Runs each script in a separate process group, which ends with this process."""

    def __init__(self, access: Access) -> None:
        self.access = access
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._stopped: set[str] = set()
        self._lock = threading.Lock()

    def run(self, request: RunRequest) -> Outcome:
        """Downloads script and libraries, runs the script and waits for its end or its timeout."""
        folder = self.access.home.runs / request.run_id
        folder.mkdir(parents=True, exist_ok=True)
        log = self.access.home.log_of(request.run_id)
        log.parent.mkdir(parents=True, exist_ok=True)
        try:
            client = self.access.client("s3")
            script = fetch(client, request.script, folder)
            paths = stage_libraries(client, request.libraries, folder)
        except LaunchError as error:
            log.write_text(f"{error}\n", encoding="utf-8")
            return Outcome("FAILED", str(error))
        if not request.on_running():
            return Outcome("STOPPED")
        outcome = self._execute(request, script, paths, folder, log)
        send_log(self.access, request.run_id, log)
        return outcome

    def stop(self, run_id: str) -> None:
        """Ends the process group of the run, by SIGTERM and then by SIGKILL."""
        with self._lock:
            self._stopped.add(run_id)
            process = self._processes.get(run_id)
        if process:
            threading.Thread(target=end_group, args=(process,), daemon=True).start()

    def _execute(self, request: RunRequest, script: Path, paths: list[Path], folder: Path, log: Path) -> Outcome:
        result = folder / "result.json"
        variables = self._environment(paths, result)
        command = [sys.executable, str(Path(__file__).parent / "bootstrap.py"), str(script), *request.argv]
        with log.open("ab") as out:
            process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=out, stderr=subprocess.STDOUT, cwd=folder, env=variables,
                start_new_session=True,
            )  # fmt: skip
        with self._lock:
            self._processes[request.run_id] = process
            stopped = request.run_id in self._stopped
        if stopped:
            end_group(process)
        try:
            code = process.wait(request.timeout_s)
        except subprocess.TimeoutExpired:
            end_group(process, grace_s=0)
            return Outcome("TIMEOUT", f"Job run exceeded its timeout of {request.timeout_s:g} s.")
        finally:
            end_group(process, grace_s=0)
            if process.stdin:
                process.stdin.close()
            with self._lock:
                self._processes.pop(request.run_id, None)
        return _outcome(code, result)

    def _environment(self, paths: list[Path], result: Path) -> dict[str, str]:
        return {
            **environment.of_process(os.environ),
            **self.access.environment(),
            "PYTHONPATH": os.pathsep.join([str(STANDIN), *map(str, paths)]),
            "PYTHONUNBUFFERED": "1",
            PACKAGE_VARIABLE: str(Path(__file__).parents[1]),
            RESULT_VARIABLE: str(result),
        }


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


def _outcome(code: int, result: Path) -> Outcome:
    """The outcome by exit code and result file; a process that was killed has not written a result."""
    said: Mapping[str, Any] = {}
    with suppress(OSError, json.JSONDecodeError):
        said = json.loads(result.read_text(encoding="utf-8"))
    if code == 0:
        return Outcome("SUCCEEDED")
    if said.get("error"):
        return Outcome("FAILED", said["error"])
    if code < 0:
        return Outcome("FAILED", f"Command failed: the job's process was killed by {signal.Signals(-code).name}.")
    return Outcome("FAILED", f"Command failed with exit code {code}.")
