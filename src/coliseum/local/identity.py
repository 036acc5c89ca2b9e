"""Under which user PostgreSQL runs: it refuses to be root.

As root on Linux, setpriv starts it as the owner of its folder, or as ``nobody`` in a new one, without
making a user or changing the mode of any folder. The capability to pass closed folders goes with it,
because a checkout often lies below a home folder that only root may enter.
"""

import os
import pwd
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from msgspec import Struct

from coliseum.local.faults import CannotRunAsRoot

CAPABILITY = ["--securebits=+no_setuid_fixup", "--inh-caps=+dac_override", "--ambient-caps=+dac_override"]
TRIAL_TIMEOUT_S = 20


class Identity(Struct, frozen=True):
    """The user of a server (None: who runs this process); ``prefix`` starts a program as that user."""

    uid: int | None
    gid: int | None
    prefix: list[str]

    def give(self, path: Path) -> None:
        """Make this user the owner of `path` and of everything in it."""
        if self.uid is None or self.gid is None:
            return
        os.chown(path, self.uid, self.gid)
        for folder, folders, files in os.walk(path):
            for name in (*folders, *files):
                os.chown(Path(folder) / name, self.uid, self.gid, follow_symlinks=False)


def identity_for(folder: Path, trial: list[str], death_signal: signal.Signals) -> Identity:
    """Choose the user that runs the server of `folder`; `trial` is a harmless command that must work for it.

    Raises:
        CannotRunAsRoot: this process is root and cannot start a program as another user here.
    """
    if os.geteuid() != 0:
        return Identity(None, None, [])
    setpriv = shutil.which("setpriv")
    if sys.platform != "linux" or setpriv is None:
        raise CannotRunAsRoot
    owner = folder.stat() if folder.is_dir() else None
    if owner is not None and owner.st_uid != 0:
        uid, gid = owner.st_uid, owner.st_gid
    else:
        nobody = pwd.getpwnam("nobody")
        uid, gid = nobody.pw_uid, nobody.pw_gid
    change = [setpriv, f"--reuid={uid}", f"--regid={gid}", "--clear-groups"]
    for capability in (CAPABILITY, []):
        # Last, since a change of user would clear the parent-death signal that the launcher has set.
        prefix = [
            *change,
            *capability,
            "--pdeathsig",
            signal.Signals(death_signal).name.removeprefix("SIG"),
            "--",
        ]
        if _works([*prefix, *trial]):
            return Identity(uid, gid, prefix)
    raise CannotRunAsRoot


def _works(command: list[str]) -> bool:
    done = subprocess.run(command, capture_output=True, check=False, timeout=TRIAL_TIMEOUT_S)
    return done.returncode == 0
