"""What is sent: seeded requests of good events, late ones, corrections, repetitions and nonsense."""

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from support.chance import Chance

Route = Literal["log", "batch", "webhook"]
LATE_DAYS_MAX = 700
"""23 months; events of 25 are refused."""
BATCH_EVENTS_MAX = 30
KEPT_MAX = 300
UNCONTRADICTED = {"coliseum.vote_voided"}
"""What stands in the log at another's place, so that two contents cannot be told apart there."""
POISON_CENTS = 2**53 - 2**40


@dataclass(frozen=True)
class Order:
    """One request to be sent; ``at_once`` says how many times at the same moment."""

    tenant: str
    route: Route
    payloads: Sequence[Any]
    at_once: int = 1


class Luck(Chance):
    """Events of one sender, around now and up to 23 months back; it takes back only what is known to be stored."""

    def __init__(self, rng: random.Random, name: str) -> None:
        super().__init__(rng, [])
        self._name = name
        self._count = 0

    def instant(self) -> datetime:
        reach = self.rng.choices(
            [timedelta(minutes=30), timedelta(days=33), timedelta(days=LATE_DAYS_MAX)], [60, 25, 15]
        )[0]
        return datetime.now(UTC) - timedelta(seconds=1) - reach * self.rng.random()

    def event(self) -> dict[str, Any]:
        made = super().event()
        self.votes = [known for known in self.votes if known != made["id"]]
        self.payments = [known for known in self.payments if known != made["id"]]
        return made

    def stored(self, event: dict[str, Any]) -> None:
        """What the log has acknowledged can be taken back."""
        if event.get("type") == "coliseum.vote_cast":
            self.votes = [*self.votes[-KEPT_MAX:], event["id"]]
        elif event.get("type") == "treasury.money_spent":
            self.payments = [*self.payments[-KEPT_MAX:], event["id"]]

    def _common(self, kind: str) -> dict[str, Any]:
        self._count += 1
        return {**super()._common(kind), "id": f"{self._name}-{self._count}"}


@dataclass
class Traffic:
    """The orders of one sender; owned by its thread."""

    rng: random.Random
    name: str
    tenants: Sequence[str]
    poisoned: str | None = None
    lucks: dict[str, Luck] = field(default_factory=dict)
    again: list[tuple[str, Any]] = field(default_factory=list)
    """What was not answered for certain, to be sent again."""
    kept: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    """Some of what is stored, to be repeated and to be contradicted."""

    def __post_init__(self) -> None:
        names = [*self.tenants, *([self.poisoned] if self.poisoned else [])]
        self.lucks = {tenant: Luck(self.rng, f"{self.name}-{tenant}") for tenant in names}

    def next(self) -> Order:
        """The next request."""
        if self.again and self.rng.random() < 0.4:
            return self.next_retry()
        tenant = self.rng.choice(list(self.lucks))
        route: Route = self.rng.choices(("log", "batch", "webhook"), (40, 50, 10))[0]
        count = 1 if route == "log" else self.rng.randint(1, BATCH_EVENTS_MAX)
        if route == "log" and self.rng.random() < 0.04:
            return Order(tenant, route, [self._event(tenant)], at_once=50)
        if route == "log" and self.rng.random() < 0.05:
            return Order(tenant, route, [self.rng.choice(NOT_JSON)(self._event(tenant))])
        return Order(tenant, route, [self._payload(tenant) for _ in range(count)])

    def next_retry(self) -> Order:
        """Something that was not answered, alone or with others of its tenant, by whatever route."""
        tenant = self.again[0][0]
        taken = [each for each in self.again if each[0] == tenant and not isinstance(each[1], bytes)]
        taken = taken[: self.rng.randint(1, BATCH_EVENTS_MAX)] or self.again[:1]
        self.again = [each for each in self.again if not any(each is one for one in taken)]
        route: Route = "log" if len(taken) == 1 else self.rng.choice(("batch", "webhook"))
        return Order(tenant, route, [payload for _, payload in taken])

    def heard(self, tenant: str, payload: Any, *, stored: bool) -> None:
        """What became of something sent: stored, or nobody knows."""
        if not stored:
            if self.rng.random() < 0.9:  # the others stay unknown for ever
                self.again.append((tenant, payload))
            return
        if isinstance(payload, dict):
            self.lucks[tenant].stored(payload)
            if self.rng.random() < 0.1:
                self.kept = [*self.kept[-KEPT_MAX:], (tenant, payload)]

    def _payload(self, tenant: str) -> Any:
        luck = self.rng.random()
        mine = [event for where, event in self.kept if where == tenant]
        if mine and luck < 0.04:
            return self.rng.choice(mine)  # a repetition
        contradicted = [event for event in mine if event["type"] not in UNCONTRADICTED]
        if contradicted and luck < 0.05:
            return self.rng.choice(contradicted) | {"at": datetime.now(UTC).isoformat(), "userId": "somebody else"}
        if luck < 0.08:
            return self.rng.choice(BAD)(self._event(tenant))
        return self._event(tenant)

    def _event(self, tenant: str) -> dict[str, Any]:
        luck = self.lucks[tenant]
        if tenant == self.poisoned and self.rng.random() < 0.02:
            money = {"type": "treasury.money_earned", "amountCents": POISON_CENTS, "currency": "eur"}
            return {**luck._common("treasury.money_earned"), **money, "role": "artist", "source": "too much"}
        if self.rng.random() < 0.05:
            return luck.catalog()
        return luck.event()


def _spoiled(**changes: Any) -> Callable[[dict[str, Any]], Any]:
    return lambda event: {**event, **changes}


def _days(days: int) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).isoformat()


BAD: tuple[Callable[[dict[str, Any]], Any], ...] = (
    _spoiled(type="coliseum.no_such_type"),
    _spoiled(at="not a time"),
    _spoiled(noSuchField=1),
    _spoiled(userId=""),
    _spoiled(id="x" * 1_000),
    lambda event: {**event, "at": _days(-900)},
    lambda event: {**event, "at": _days(3)},
    lambda event: {name: value for name, value in event.items() if name != "at"},
    lambda event: {"id": event["id"], "type": "coliseum.vote_voided", "at": event["at"], "reason": "",
                   "voteId": "no such vote", "userId": "ana"},
)  # fmt: skip
"""What the log must refuse although it is JSON."""


def _with_tail(tail: bytes) -> Callable[[dict[str, Any]], bytes]:
    return lambda event: json.dumps(event).encode()[:-1] + tail


NOT_JSON: tuple[Callable[[dict[str, Any]], bytes], ...] = (
    _with_tail(b""),
    _with_tail(b', "more": NaN}'),
    _with_tail(b', "reason": "\\ud800"}'),
    _with_tail(b', "reason": "\\u0000"}'),
    _with_tail(b', "more": 1' + b"0" * 400 + b"}"),
    _with_tail(b', "more": ' + b"[" * 9_000 + b"}"),
    _with_tail(b', "at": "2026-01-01T00:00:00Z"}'),
)
"""What is sent alone, because it would take a whole batch with it."""
