"""A reader that asks for boards all the time: during every fault, what it is told is kept and checked afterwards."""

import random
import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from torture.sender import BROKEN, Account, Line

ASKED = (
    ("votes", "artist", "all"), ("votes", "artist", "day"), ("votes", "event", "week"), ("voters", "artist", "all"),
    ("voters", "artist", "day"), ("plays", "track", "all"), ("plays", "artist", "month"), ("listeners", "track", "all"),
    ("money_spent", "artist", "all"), ("tickets", "event", "all"), ("follows", "artist", "all"),
)  # fmt: skip
"""Metric, entity and window; none depends on the catalogue, so that an answer's position decides what it must be."""
KEPT_MAX = 400


@dataclass(frozen=True)
class Seen:
    """A board as it was told: which one, where it stood, and who was on it."""

    tenant: str
    metric: str
    entity: str
    window: str
    at: datetime
    source: str
    position: tuple[int, ...]
    scores: dict[str, int]
    members: int


class Watcher(threading.Thread):
    """Reads until told to stop."""

    def __init__(self, rng: random.Random, accounts: Sequence[Account], ports: Sequence[int], pause_s: float) -> None:
        super().__init__(name="watcher", daemon=True)
        self.seen: list[Seen] = []
        self.statuses: Counter[int] = Counter()
        self.failure: BaseException | None = None
        self._rng = rng
        self._accounts = accounts
        self._pause_s = pause_s
        self._line = Line(ports, rng)
        self._stopping = threading.Event()

    def stop(self) -> None:
        self._stopping.set()

    def run(self) -> None:
        try:
            while not self._stopping.wait(self._pause_s):
                self._look()
        except BaseException as error:  # noqa: BLE001 - said by the run, in whose thread a test can fail
            self.failure = error
        finally:
            self._line.close()

    def _look(self) -> None:
        metric, entity, window = self._rng.choice(ASKED)
        account = self._rng.choice(self._accounts)
        at = datetime.now(UTC) - timedelta(days=self._rng.choice([0, 0, 0, 5, 300]))
        query = {"metric": metric, "entity": entity, "window": window, "at": at.isoformat(), "limit": 1_000}
        try:
            status, told = self._line.request(
                "GET", f"/api/leaderboards?{urlencode(query)}", None, {"Authorization": f"Bearer {account.key}"}
            )
        except BROKEN:
            return
        self.statuses[status] += 1
        if status == 200:
            self._keep(seen_of(account.slug, at, told))

    def _keep(self, seen: Seen) -> None:
        """Keep a fair sample of everything that was told (reservoir sampling, Vitter's algorithm R)."""
        if len(self.seen) < KEPT_MAX:
            self.seen.append(seen)
        elif (place := self._rng.randrange(self.statuses[200])) < KEPT_MAX:
            self.seen[place] = seen


def seen_of(tenant: str, at: datetime, told: Any) -> Seen:
    scores = {row["id"]: row["score"] for row in told["rows"]}
    return Seen(
        tenant, told["metric"], told["entity"], told["window"], at, told["source"], tuple(told["position"]), scores,
        told["members"],
    )  # fmt: skip
