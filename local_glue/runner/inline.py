"""Runs job scripts inside this process, one at a time, so that tests run whole workflows with one SparkSession."""

import logging
import runpy
import sys
import tempfile
import threading
import traceback
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any, TextIO

from local_glue.access import Access
from local_glue.environment import AWS, POSTGRES, variables
from local_glue.job import STANDIN
from local_glue.runner.bootstrap import error_line, succeeded
from local_glue.runner.libraries import LaunchError, fetch
from local_glue.runner.logs import ERROR, OUTPUT, RunLogs
from local_glue.runner.request import Outcome, RunRequest

_one_at_a_time = threading.Lock()
_standin_modules: dict[str, ModuleType] = {}


class InlineExecutor:
    """Runs a script with runpy in the current process.

    Libraries come from the import path of this process, --extra-py-files are not downloaded. A run fails with any
    exception, also a BaseException. Timeouts are not enforced; a stop takes effect when the script ends.
    """

    def __init__(self, access: Access) -> None:
        self.access = access

    def run(self, request: RunRequest) -> Outcome:
        """Waits until no other script runs, then runs this one and restores the state of the process."""
        log = self.access.home.log_of(request.run_id)
        log.parent.mkdir(parents=True, exist_ok=True)
        with _one_at_a_time:
            if not request.on_running():
                return Outcome("STOPPED")
            logs = RunLogs(self.access, request.run_id)
            try:
                with log.open("a", encoding="utf-8") as out:
                    return self._run(request, _LogFile(out, logs, OUTPUT), _LogFile(out, logs, ERROR))
            finally:
                logs.close()

    def stop(self, run_id: str) -> None:
        """Does nothing: a script in this process cannot be interrupted, its run becomes STOPPED when it ends."""

    def close(self) -> None:
        """Does nothing: this process keeps its Spark."""

    def _run(self, request: RunRequest, out: "_LogFile", errors: "_LogFile") -> Outcome:
        with tempfile.TemporaryDirectory(prefix="local-glue-") as folder:
            try:
                script = fetch(self.access.client("s3"), request.script, Path(folder))
            except LaunchError as error:
                errors.write(f"{error}\n")
                return Outcome("FAILED", str(error))
            error = self._caught(script, request.argv, out, errors)
        if error is None:
            return Outcome("SUCCEEDED")
        errors.write("".join(traceback.format_exception(error)))
        return Outcome("FAILED", error_line(error))

    def _caught(self, script: Path, argv: list[str], out: "_LogFile", errors: "_LogFile") -> BaseException | None:
        try:
            with ExitStack() as stack:
                stack.enter_context(_arguments([str(script), *argv]))
                # What concerns Spark is the business of whoever starts the JVM of this process.
                stack.enter_context(variables(self.access.environment(), dropped=(*AWS, *POSTGRES)))
                stack.enter_context(_import_path())
                stack.enter_context(_output(out, errors))
                runpy.run_path(str(script), run_name="__main__")
        except SystemExit as stop:
            return None if succeeded(stop) else stop
        except BaseException as error:  # tests simulate kills with one, and the process must survive it
            return error
        return None


@contextmanager
def _arguments(argv: list[str]) -> Iterator[None]:
    before, sys.argv = sys.argv, argv
    try:
        yield
    finally:
        sys.argv = before


@contextmanager
def _import_path() -> Iterator[None]:
    """Puts the stand-in first on the path; afterwards restores another loaded `awsglue`, such as the official wheel."""
    path, main = list(sys.path), sys.modules.get("__main__")
    foreign = {name: module for name, module in _awsglue_modules().items() if not _is_standin(module)}
    for name in foreign:
        del sys.modules[name]
    if foreign or not _awsglue_modules():
        sys.modules.update(_standin_modules)
    sys.path.insert(0, str(STANDIN))
    try:
        yield
    finally:
        sys.path[:] = path
        if main is not None:
            sys.modules["__main__"] = main
        loaded = {name: module for name, module in _awsglue_modules().items() if _is_standin(module)}
        _standin_modules.update(loaded)
        if foreign:
            for name in loaded:
                del sys.modules[name]
            sys.modules.update(foreign)


def _awsglue_modules() -> dict[str, ModuleType]:
    return {n: m for n, m in list(sys.modules.items()) if n == "awsglue" or n.startswith("awsglue.")}


def _is_standin(module: ModuleType) -> bool:
    return str(getattr(module, "__file__", None) or "").startswith(str(STANDIN))


class _LogFile:
    """A run's log file, and the log group for what is written here."""

    def __init__(self, file: TextIO, logs: RunLogs, group: str) -> None:
        self._file, self._logs, self._group = file, logs, group

    @property
    def closed(self) -> bool:
        """Whether the run is over."""
        return self._file.closed

    def write(self, text: str) -> None:
        """Writes to the file and to CloudWatch Logs."""
        self._file.write(text)
        self._logs.write(self._group, text.encode("utf-8", "replace"))

    def flush(self) -> None:
        """Flushes the file."""
        self._file.flush()


class _LogStream:
    """A stream that writes to the run's log while that is open, afterwards to the stream it replaces."""

    def __init__(self, original: TextIO, log: _LogFile) -> None:
        self._original, self._log = original, log

    def write(self, text: str) -> int:
        """Writes to the log, or to the original stream once the log is closed."""
        (self._original if self._log.closed else self._log).write(text)
        return len(text)

    def flush(self) -> None:
        """Flushes the log while it is open."""
        if not self._log.closed:
            self._log.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._original, name)


@contextmanager
def _output(out: _LogFile, errors: _LogFile) -> Iterator[None]:
    """Sends standard output and errors of the script to its log; afterwards restores the root logger."""
    root = logging.getLogger()
    before = sys.stdout, sys.stderr, root.handlers[:], root.level
    sys.stdout, sys.stderr = _LogStream(sys.stdout, out), _LogStream(sys.stderr, errors)  # type: ignore[assignment]
    root.handlers[:] = [h for h in before[2] if type(h).__module__.startswith("_pytest")]
    try:
        yield
    finally:
        sys.stdout, sys.stderr, root.handlers[:] = before[0], before[1], before[2]
        root.setLevel(before[3])
