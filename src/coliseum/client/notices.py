"""Warnings that tell of trouble without becoming the trouble: at most one a minute of each kind."""

import logging
import threading
import time
from collections import Counter

NOTICE_INTERVAL_S = 60.0
_log = logging.getLogger("coliseum.client")


class Notices:
    """Counts occurrences of each kind and logs them summed up. Safe for concurrent use."""

    def __init__(self, interval_s: float = NOTICE_INTERVAL_S) -> None:
        self._interval_s = interval_s
        self._lock = threading.RLock()
        self._unsaid: Counter[str] = Counter()
        self._latest: dict[str, str] = {}
        self._said_at_s: dict[str, float] = {}

    def note(self, kind: str, detail: str, count: int = 1) -> None:
        """Log now if this kind was quiet for the interval, else with the next one that is due."""
        with self._lock:
            self._unsaid[kind] += count
            self._latest[kind] = detail
            now_s = time.monotonic()
            if now_s - self._said_at_s.get(kind, float("-inf")) >= self._interval_s:
                self._said_at_s[kind] = now_s
                self._say(kind)

    def say_rest(self) -> None:
        """Log whatever was held back."""
        with self._lock:
            for kind in [kind for kind, count in self._unsaid.items() if count]:
                self._say(kind)

    def _say(self, kind: str) -> None:
        _log.warning("%s: %d events (%s)", kind, self._unsaid[kind], self._latest[kind])
        self._unsaid[kind] = 0
