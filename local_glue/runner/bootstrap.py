"""Runs the script in a job's process and writes its uncaught exception to the result file.

Started as a file, so that neither the project's folder nor the endpoint's import path is on the job's path.
"""

import ctypes
import importlib.util
import json
import os
import runpy
import signal
import sys
import threading
import traceback
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

PACKAGE_VARIABLE = "LOCAL_GLUE_PACKAGE"
RESULT_VARIABLE = "LOCAL_GLUE_RESULT"
SHELL_VARIABLE = "LOCAL_GLUE_PYTHON_SHELL"
FAULTS_VARIABLE = "LOCAL_GLUE_FAULTS"
"""A Python file that runs before each script, in its process: tests let runs fail with it, see `local_glue.faults`."""

DEBUG_VARIABLE = "LOCAL_GLUE_DEBUG_PORT"
MESSAGE_LIMIT = 4000
WAIT = "--wait"
"""In place of a script: wait for a run that standard input describes."""

NURSERY = "--nursery"
"""In place of a script: fork such a process for each request on standard input, see `local_glue.runner.nursery`."""

ROOM = " " * 16_000
"""Argument of a process that waits: the run's arguments take its place."""


def error_line(error: BaseException) -> str:
    """`ClassName: message` on one line, as Glue shows it, without the frames of a Java trace."""
    java = getattr(error, "java_exception", None)
    text = str(error)
    if java is not None:
        text = text.partition("\n\tat ")[0]
    if isinstance(error, SystemExit) and not isinstance(error.code, str):
        text = str(error.code)
    message = " ".join(text.split())
    name = type(error).__name__
    return (f"{name}: {message}" if message else name)[:MESSAGE_LIMIT]


def succeeded(error: SystemExit) -> bool:
    """Whether the exit code means success."""
    return error.code in (None, 0)


def import_package(folder: str) -> None:
    """Makes `import local_glue` work in the job without adding its parent folder to the path."""
    if importlib.util.find_spec("local_glue") is not None:
        return
    spec = importlib.util.spec_from_file_location(
        "local_glue", Path(folder) / "__init__.py", submodule_search_locations=[folder]
    )
    if spec and spec.loader:
        module = importlib.util.module_from_spec(spec)
        sys.modules["local_glue"] = module
        spec.loader.exec_module(module)


def main(argv: Sequence[str]) -> int:
    """Runs the script `argv[0]` with the arguments after it; returns the exit code."""
    if sys.path and Path(sys.path[0]) == Path(__file__).parent:
        del sys.path[0]
    import_package(os.environ.pop(PACKAGE_VARIABLE, str(Path(__file__).parents[1])))
    if argv[0] in (WAIT, NURSERY):
        from local_glue.runner import preload

        preload.load()
        if argv[0] == NURSERY:
            preload.fork_on_request()
        argv = _wait()
    result = os.environ.pop(RESULT_VARIABLE, None)
    _die_with_parent()
    if version := os.environ.pop(SHELL_VARIABLE, None):
        _become_shell(version)
    if faults := os.environ.get(FAULTS_VARIABLE):
        runpy.run_path(faults)
    sys.argv = list(argv)
    port = os.environ.pop(DEBUG_VARIABLE, None)
    error: BaseException | None = None
    try:
        if port:
            _wait_for_debugger(int(port))
        runpy.run_path(argv[0], run_name="__main__")
    except SystemExit as stop:
        error = None if succeeded(stop) else stop
    except BaseException as raised:  # a KeyboardInterrupt in a job is a failure, too
        error = raised
    if error is None:
        return 0
    if not isinstance(error, SystemExit):
        traceback.print_exception(_without_our_frames(error))
    elif isinstance(error.code, str):
        print(error.code, file=sys.stderr)  # noqa: T201 (as the interpreter does)
    if result:
        Path(result).write_text(json.dumps({"error": error_line(error)}), encoding="utf-8")
    code = error.code if isinstance(error, SystemExit) else 1
    return code % 256 or 1 if isinstance(code, int) else 1


def _wait() -> list[str]:
    """Takes on the environment of a run that standard input describes; returns the script and its arguments."""
    line = b""
    while not line.endswith(b"\n"):
        if not (piece := os.read(0, 1 << 16)):  # the endpoint has ended, or needs no process any more
            os._exit(0)
        line += piece
    run = json.loads(line)
    os.environ.clear()
    os.environ.update(run["environment"])
    os.environ.pop(PACKAGE_VARIABLE, None)
    os.chdir(run["folder"])
    sys.path[1:1] = run["path"]  # behind the stand-in, as in PYTHONPATH
    with suppress(OSError, ValueError, IndexError):
        _show(run["argv"])
    return run["argv"]


def _wait_for_debugger(port: int) -> None:
    """Listens on this machine alone, until a debugger has set its breakpoints."""
    os.environ["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"  # no warning that the standard library is frozen
    try:
        import debugpy
    except ImportError:
        sys.exit(f"debugpy is not installed here: run '{sys.executable} -m pip install debugpy'")
    debugpy.configure(subProcess=False)
    debugpy.listen(("127.0.0.1", port))
    print(f"local_glue: waits for a debugger on 127.0.0.1:{port}", file=sys.stderr, flush=True)  # noqa: T201
    debugpy.wait_for_client()


def _show(argv: Sequence[str]) -> None:
    """Writes the run's script and arguments where lists of processes find them, as if it had been started with them.

    Linux keeps a process's command line in its own memory, and says where: fields 48 and 49 of proc(5)'s `stat`.
    """
    fields = Path("/proc/self/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    start, end = int(fields[45]), int(fields[46])
    size = end - start
    if not 0 < start < end or ctypes.string_at(start, size) != Path("/proc/self/cmdline").read_bytes():
        return
    text = b"\0".join(os.fsencode(part) for part in (sys.executable, __file__, *argv))
    ctypes.memmove(start, text[: size - 1].ljust(size, b"\0"), size)


def _become_shell(version: str) -> None:
    """Makes this a process without Spark, as Python shell jobs are, and says what Python it is."""
    for name in ("pyspark", "py4j"):
        sys.modules[name] = None  # type: ignore[assignment]
    here = f"{sys.version_info.major}.{sys.version_info.minor}"
    if version != here:
        print(f"local_glue: PythonVersion {version} runs on Python {here} here.", file=sys.stderr)  # noqa: T201


def _without_our_frames(error: BaseException) -> BaseException:
    """The error with a trace that begins in the script, without the frames of this file and of runpy."""
    frame = error.__traceback__
    while frame and frame.tb_frame.f_code.co_filename in (__file__, "<frozen runpy>"):
        frame = frame.tb_next
    return error.with_traceback(frame)


def _die_with_parent() -> None:
    """Ends this process group when the endpoint ends, which closes our standard input."""
    if os.getpgid(0) != os.getpid() or sys.stdin is None or sys.stdin.isatty():
        return
    watched = os.dup(0)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)

    def watch() -> None:
        while os.read(watched, 1):
            pass
        os.killpg(os.getpgid(0), signal.SIGKILL)

    threading.Thread(target=watch, daemon=True).start()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
