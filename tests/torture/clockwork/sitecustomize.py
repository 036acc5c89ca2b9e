"""Read by every Python process that has this folder in PYTHONPATH: its clock is off by what a file says, in seconds."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import coliseum.clock

OFFSET_FILE = Path(os.environ["TORTURE_CLOCK_FILE"])


def wrong_now() -> datetime:
    return datetime.now(UTC) + timedelta(seconds=float(OFFSET_FILE.read_text(encoding="ascii")))


coliseum.clock.utc_now = wrong_now
