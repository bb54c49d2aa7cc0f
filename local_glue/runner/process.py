"""Runs each job script in a separate process."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

from local_glue.access import Access
from local_glue.config import Config, load_config
from local_glue.job import gateway
from local_glue.runner import debug
from local_glue.runner.bootstrap import DEBUG_VARIABLE, RESULT_VARIABLE, SHELL_VARIABLE
from local_glue.runner.groups import end_group, start_group
from local_glue.runner.libraries import LaunchError, fetch, stage_libraries
from local_glue.runner.logs import ERROR, OUTPUT, RunLogs
from local_glue.runner.nursery import BOOTSTRAP, Process
from local_glue.runner.request import Outcome, RunRequest
from local_glue.runner.spare import SparePython, variables_of_jobs
from local_glue.runner.warm import WarmJvm, jvm_environment
from local_glue.versions import GlueVersionError, find_version, interpreter, running


class ProcessExecutor:
    """Runs each script in a separate process group, which ends with this process.

    Args:
        access: Where the stack is.
        cold: Give each run a JVM of its own, instead of one that runs use one after another.
        has_much: Whether the next runs will be long.
    """

    def __init__(self, access: Access, *, cold: bool = False, has_much: Callable[[], bool]) -> None:
        self.access = access
        variables = jvm_environment(os.environ, access.environment())
        self.warm = WarmJvm(access.home.runs / "jvm", variables, cold=cold, has_much=has_much)
        self.spare = SparePython(cold=cold)
        self._processes: dict[str, Process] = {}
        self._stopped: set[str] = set()
        self._lock = threading.Lock()

    def run(self, request: RunRequest) -> Outcome:
        """Downloads script and libraries, runs the script and waits for its end or its timeout."""
        folder = self.access.home.runs / request.run_id
        folder.mkdir(parents=True, exist_ok=True)
        logs = RunLogs(self.access, request.run_id)
        try:
            return self._run(request, folder, logs)
        finally:
            logs.close()

    def _run(self, request: RunRequest, folder: Path, logs: RunLogs) -> Outcome:
        log = self.access.home.log_of(request.run_id)
        log.parent.mkdir(parents=True, exist_ok=True)
        access = self.access.signed_with(request.access_key)
        try:
            python = self._python(request)
            client = access.client("s3")
            script = fetch(client, request.script, folder)
            paths = stage_libraries(client, request.libraries, folder)
            if request.debug_port:
                config = self._config()
                script = debug.script_of_project(config, request.script, script)
                paths = debug.libraries_of_project(config, request.libraries.get("--extra-py-files", ""), paths)
        except (LaunchError, GlueVersionError) as error:
            log.write_text(f"{error}\n", encoding="utf-8")
            logs.write(ERROR, f"{error}\n".encode())
            return Outcome("FAILED", str(error))
        if not request.on_running():
            return Outcome("STOPPED")
        with log.open("ab", buffering=0) as out:
            return self._execute(request, [python, script], paths, folder, Output(out, logs))

    def close(self) -> None:
        """Ends what is kept for later runs."""
        self.warm.close()
        self.spare.close()

    def stop(self, run_id: str) -> None:
        """Ends the process group of the run, by SIGTERM and then by SIGKILL."""
        with self._lock:
            self._stopped.add(run_id)
            process = self._processes.get(run_id)
        if process:
            threading.Thread(target=end_group, args=(process,), daemon=True).start()

    def _python(self, request: RunRequest) -> Path:
        """The interpreter for the version of Glue that the job asks for."""
        version = find_version(request.glue_version) if request.glue_version else running()
        if version is None or version == running():
            return Path(sys.executable)
        return interpreter(version, self._config().locks())

    def _config(self) -> Config:
        return load_config(Path(self.access.home.read_state()["project"]))

    def _execute(
        self, request: RunRequest, program: list[Path], paths: list[Path], folder: Path, output: "Output"
    ) -> Outcome:
        python, script = map(str, program)
        result = folder / "result.json"
        variables = self._environment(self.access.signed_with(request.access_key), paths, result)
        if request.python_shell:
            variables[SHELL_VARIABLE] = request.python_shell
        if request.debug_port:
            variables[DEBUG_VARIABLE] = str(request.debug_port)
        variables |= {"PYSPARK_PYTHON": python, "PYSPARK_DRIVER_PYTHON": python}
        jvm = self.warm.lend(Path(python)) if _suits_a_warm_jvm(request) else None
        if jvm:
            variables[gateway.VARIABLE] = str(jvm.file)
            jvm.write_to(output.take)
        argv = [script, *request.argv]
        process: Process | None = None
        if not request.python_shell:
            process = self.spare.take(Path(python), argv, variables, paths=paths, folder=folder)
            self.spare.prepare(Path(python))
        process = process or start_group([python, str(BOOTSTRAP), *argv], variables, folder)
        output.follow(process)
        with self._lock:
            self._processes[request.run_id] = process
            stopped = request.run_id in self._stopped
        if stopped:
            end_group(process)
        code: int | None = None
        try:
            code = process.wait(request.timeout_s)
        except subprocess.TimeoutExpired:
            end_group(process, grace_s=0)
            return Outcome("TIMEOUT", f"Job run exceeded its timeout of {request.timeout_s:g} s.")
        finally:
            end_group(process, grace_s=0)
            if jvm:
                self.warm.give_back(jvm, in_order=code == 0)
            output.join()
            if process.stdin:
                process.stdin.close()
            with self._lock:
                self._processes.pop(request.run_id, None)
        return _outcome(code, result)

    def _environment(self, access: Access, paths: list[Path], result: Path) -> dict[str, str]:
        return {
            **variables_of_jobs(paths),
            **access.environment(),
            RESULT_VARIABLE: str(result),
        }


class Output:
    """Copies what a process writes to the log file and to CloudWatch Logs, while it runs."""

    def __init__(self, file: BinaryIO, logs: RunLogs) -> None:
        self._file, self._logs = file, logs
        self._threads: list[threading.Thread] = []

    def follow(self, process: Process) -> None:
        """Begins to read both streams of the process."""
        for name in ("stdout", "stderr"):
            thread = threading.Thread(target=self._copy, args=(getattr(process, name), name), daemon=True)
            self._threads.append(thread)
            thread.start()

    def join(self, timeout_s: float = 5.0) -> None:
        """Waits until both streams end; a process that left the group could hold them open for ever."""
        for thread in self._threads:
            thread.join(timeout_s)

    def take(self, stream: str, data: bytes) -> None:
        """Takes what another process writes for the run."""
        self._file.write(data)
        self._logs.write(OUTPUT if stream == "stdout" else ERROR, data)

    def _copy(self, stream: Any, name: str) -> None:
        with stream, suppress(ValueError):  # the file is closed if a stream was held open for too long
            while data := stream.read1(1 << 16):
                self.take(name, data)


def _suits_a_warm_jvm(request: RunRequest) -> bool:
    """Not if there is no Spark, or if Spark's workers are to find files beside them, which only their JVM can give."""
    return not request.python_shell and not request.libraries.get("--extra-files")


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
