"""Runs a program as a user with a name, where this one's id has no entry in the list of accounts.

initdb refuses to run without a name. In a user namespace of Linux the same user has the id of an account that has one;
the files that the program makes still belong to the user outside. Started as a process of its own, because a process
with threads cannot enter a namespace: `python named.py UID GID PROGRAM …`.
"""

import ctypes
import os
import sys
from collections.abc import Sequence
from pathlib import Path

NEW_USER_NAMESPACE = 0x10000000
REFUSED = 97
"""The exit code where the machine allows no user namespaces, as in most containers."""


def enter_namespace(uid: int, gid: int) -> None:
    """Gives this process these ids in a namespace of its own.

    Raises:
        OSError: the machine does not allow it.
    """
    outside = os.geteuid(), os.getegid()
    library = ctypes.CDLL(None, use_errno=True)
    if not hasattr(library, "unshare"):
        raise OSError("user namespaces are a feature of Linux")
    if library.unshare(NEW_USER_NAMESPACE):
        raise OSError(ctypes.get_errno(), "no user namespace")
    own = Path("/proc/self")
    (own / "setgroups").write_text("deny", encoding="ascii")  # or else the kernel refuses the map of groups
    (own / "uid_map").write_text(f"{uid} {outside[0]} 1", encoding="ascii")
    (own / "gid_map").write_text(f"{gid} {outside[1]} 1", encoding="ascii")


def main(argv: Sequence[str]) -> int:
    """Becomes the program, or returns REFUSED."""
    try:
        enter_namespace(int(argv[0]), int(argv[1]))
    except OSError as error:
        print(error, file=sys.stderr)  # noqa: T201 (goes to the log)
        return REFUSED
    os.execv(argv[2], argv[2:])  # noqa: S606 (a command built in cluster.py)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
