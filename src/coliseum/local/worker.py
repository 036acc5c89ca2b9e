"""What granian runs in each of its workers: the application, in a process that does not outlive the one it belongs to.

A worker has the port open itself. One that is left alone, because its parent was killed or died, would keep the port
and go on answering, beside the server that is started next or in its place.
"""

import multiprocessing
import os
import signal
import threading
import time
from typing import Final

from litestar import Litestar

from coliseum import wiring
from coliseum.local.webserver import WORKER_PATIENCE_S
from coliseum.telemetry import Log

LOOK_INTERVAL_S: Final = 0.2


def create_app() -> Litestar:
    """The application of one worker."""
    parent = multiprocessing.parent_process()
    if parent is not None and parent.pid is not None:
        end_with(parent.pid)
    return wiring.create_app()


def end_with(parent: int) -> None:
    """From now on, stop this process when it is no longer a child of ``parent``: as if asked to, and then by force.

    A thread looks, because the kernel's signal of a parent's death exists on Linux only, and says nothing of one that
    has died before it was asked for.
    """
    threading.Thread(target=_watch, args=(parent,), name="parent-watch", daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(LOOK_INTERVAL_S)
    Log().warning("web_orphaned", parent=parent)
    os.kill(os.getpid(), signal.SIGTERM)  # no new request is taken, and those under way are answered
    time.sleep(WORKER_PATIENCE_S)
    os.kill(os.getpid(), signal.SIGKILL)
