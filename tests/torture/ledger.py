"""The client's ledger: what was sent, and what was answered, kept outside the system under test.

One line an attempt, on the disk before the send and again after the answer. ``unknown`` (no answer, or one that says
that nobody knows) may be in the log or not; ``accepted`` and ``duplicate`` must be, at the place that was told.
"""

import json
import os
import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

Status = Literal["sent", "accepted", "duplicate", "refused", "unknown"]
Key = tuple[str, str, str]
"""Tenant, event id, digest of what was sent."""


@dataclass(frozen=True)
class Attempt:
    """One sending of one event, and what was said to it. ``place`` is (partition, offset)."""

    status: Status
    place: tuple[int, int] | None = None
    code: str | None = None


@dataclass
class Story:
    """Everything that is known of one event's sendings."""

    tenant: str
    id: str
    payload: Any
    """What was sent, decoded; bytes when it is no JSON."""
    attempts: list[Attempt] = field(default_factory=list)

    @property
    def acked(self) -> bool:
        return any(attempt.place is not None for attempt in self.attempts)

    @property
    def must_not_be_stored(self) -> bool:
        """Every attempt was refused."""
        return bool(self.attempts) and all(attempt.status == "refused" for attempt in self.attempts)


class Ledger:
    """Safe for many threads. ``pending`` stories have been sent and not been answered for certain."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("ab")
        self._lock = threading.Lock()
        self.stories: dict[Key, Story] = {}
        self.counts: dict[Status, int] = dict.fromkeys(("sent", "accepted", "duplicate", "refused", "unknown"), 0)

    def send(self, tenant: str, payloads: Sequence[Any]) -> list[Key]:
        """Write down that these are about to be sent; returns when that is on the disk."""
        keys = [(tenant, id_of(payload), digest(payload)) for payload in payloads]
        with self._lock:
            for key, payload in zip(keys, payloads, strict=True):
                self.stories.setdefault(key, Story(tenant, key[1], payload))
            self._write(
                {"s": "sent", "tenant": tenant, "id": key[1], "hash": key[2], "payload": _readable(payload)}
                for key, payload in zip(keys, payloads, strict=True)
            )
            self.counts["sent"] += len(keys)
        return keys

    def answered(self, keys: Sequence[Key], attempts: Sequence[Attempt]) -> None:
        """Write down what was answered to a send; returns when that is on the disk."""
        with self._lock:
            for key, attempt in zip(keys, attempts, strict=True):
                self.stories[key].attempts.append(attempt)
                self.counts[attempt.status] += 1
            self._write(
                {
                    "s": attempt.status,
                    "tenant": key[0],
                    "id": key[1],
                    "hash": key[2],
                    "at": attempt.place,
                    "code": attempt.code,
                }
                for key, attempt in zip(keys, attempts, strict=True)
            )

    def acked_before(self) -> frozenset[Key]:
        """The stories that are acknowledged now."""
        with self._lock:
            return frozenset(key for key, story in self.stories.items() if story.acked)

    def close(self) -> None:
        self._file.close()

    def _write(self, lines: Iterable[dict[str, Any]]) -> None:
        now = round(time.time(), 6)
        self._file.write(b"".join(json.dumps({"t": now, **line}).encode() + b"\n" for line in lines))
        self._file.flush()
        os.fsync(self._file.fileno())


def id_of(payload: Any) -> str:
    """The event's id, or for what has none a name by its content."""
    if isinstance(payload, dict) and isinstance(payload.get("id"), str):
        return str(payload["id"])
    return f"no id {digest(payload)}"


def digest(payload: Any) -> str:
    return sha256(raw_of(payload)).hexdigest()[:24]


def raw_of(payload: Any) -> bytes:
    """What goes over the wire for one event."""
    return payload if isinstance(payload, bytes) else json.dumps(payload).encode()


def _readable(payload: Any) -> Any:
    return payload.decode("utf-8", "backslashreplace")[:500] if isinstance(payload, bytes) else payload
