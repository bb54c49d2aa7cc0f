"""The state folder ("home") of a stack: its addresses, logs, runs and bookmarks."""

import json
import os
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local_glue.errors import NotRunningError


@dataclass(frozen=True)
class Home:
    """Paths inside the state folder."""

    path: Path

    @property
    def state_file(self) -> Path:
        return self.path / "state.json"

    @property
    def marker(self) -> Path:
        """The file that marks the folder as one that local_glue may clean."""
        return self.path / ".local-glue-home"

    @property
    def server_log(self) -> Path:
        return self.path / "server.log"

    @property
    def logs(self) -> Path:
        return self.path / "logs"

    @property
    def runs(self) -> Path:
        return self.path / "runs"

    @property
    def bookmarks(self) -> Path:
        return self.path / "bookmarks"

    @property
    def kept(self) -> Path:
        """The file in which the endpoint keeps its state."""
        return self.path / "kept" / "state.db"

    @property
    def changed(self) -> Path:
        """A file that is there while the endpoint's state has changed since it was kept; its time says when."""
        return self.kept.with_name("changed")

    def log_of(self, run_id: str) -> Path:
        """The log file of a job run."""
        return self.logs / f"{run_id}.log"

    def read_state(self) -> dict[str, Any]:
        """The content of state.json.

        Raises:
            NotRunningError: the file is missing or damaged.
        """
        try:
            return json.loads(self.state_file.read_text(encoding="utf-8"))
        except (FileNotFoundError, NotADirectoryError):
            raise NotRunningError(f"no stack is up in {self.path}: run 'local-glue up' first") from None
        except json.JSONDecodeError:
            raise NotRunningError(f"{self.state_file} is damaged: run 'local-glue up' again") from None

    def write_state(self, state: dict[str, Any]) -> None:
        """Replaces state.json atomically; it holds passwords, so only its owner may read it."""
        write_private(self.state_file, json.dumps(state, indent=2))


def write_private(file: Path, text: str) -> None:
    """Writes a file atomically with mode 0600."""
    temporary = file.with_name(f".{file.name}.{os.getpid()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    temporary.replace(file)


def process_alive(pid: int | None) -> bool:
    """Whether a process with this id is running; a zombie does not count."""
    if not pid:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        return stat.rpartition(")")[2].split()[0] != "Z"
    except (OSError, IndexError):
        return True


def command_line(pid: int | None) -> str:
    """The command that a process was started with; empty if there is no such process."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    done = subprocess.run(["ps", "-p", str(pid), "-o", "command="], capture_output=True)  # noqa: S603, S607
    return done.stdout.decode(errors="replace")
