"""Become another program that is asked to stop when its parent dies.

Run by path, before the project can be imported: ``python -I -S launch.py <parent pid> <signal> <program> …``.
The kernel's parent-death signal exists on Linux only; elsewhere the next start stops what is left.
"""

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1


def main(parent: int, death_signal: int, command: list[str]) -> None:
    """Replace this process by `command`; does not return."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0)
    if os.getppid() != parent:  # it died before the line above: no signal will ever come
        raise SystemExit(1)
    os.execv(command[0], command)  # noqa: S606 - no shell is wanted


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])
