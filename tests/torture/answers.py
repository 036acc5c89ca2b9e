"""What the API answers against the model: plain Python over what was sent and is in the log (I2, I4, I8).

Two kinds of answers are checked: those at rest, and those that were given while things broke, each at the position in
the log that it named.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from support.model import Fact, Model
from torture.ledger import Ledger
from torture.oracle import NOTHING, Row, Verdict, place
from torture.sender import Account, Line
from torture.watcher import ASKED, Seen, seen_of

GOES_BACK = {"coliseum.vote_voided", "treasury.money_refunded"}
SHOWN_MAX = 5


@dataclass
class Truth:
    """One tenant's log as it was sent, and each amount with the place from which it counts."""

    model: Model
    partitions: int
    facts: dict[str, list[tuple[tuple[int, int], Fact]]] = field(default_factory=dict)

    def board(self, seen: Seen, position: tuple[int, ...] | None) -> dict[str, int]:
        """What a board must say; ``position``: only what stands before it."""
        counted = {"voters": "votes", "listeners": "plays", "money_spent": "money_spent:eur"}
        metric = counted.get(seen.metric, seen.metric)
        facts = [
            fact
            for (partition, offset), fact in self.facts.get(metric, [])
            if position is None or offset < position[partition]
        ]
        scope = Model(self.model.zone, facts=facts, catalog=self.model.catalog)
        asked = metric if seen.metric == "money_spent" else seen.metric
        return scope.board(asked, seen.entity, seen.window, seen.at)


def truth_of(account: Account, ledger: Ledger, rows: Iterable[Row], parked: set[tuple[int, int]]) -> Truth:
    """What follows from a tenant's log, from the payloads in the ledger; ``parked`` entries do not count."""
    truth = Truth(Model(ZoneInfo(account.time_zone)), account.partitions)
    payloads = {
        (story.tenant, story.id): story.payload
        for story in ledger.stories.values()
        if story.acked or not story.must_not_be_stored
    }
    own = [row for row in rows if row["slug"] == account.slug and place(row) not in parked]
    for row in sorted(own, key=lambda row: row["event_type"] in GOES_BACK):
        known = len(truth.model.facts)
        truth.model.accept(payloads[row["slug"], row["id"]], *place(row))
        for fact in truth.model.facts[known:]:
            truth.facts.setdefault(fact.metric, []).append((place(row), fact))
    return truth


def check_seen(truths: Mapping[str, Truth], seen: Iterable[Seen]) -> Verdict:
    """What was told while things broke."""
    differences = []
    for each in seen:
        truth = truths[each.tenant]
        if len(each.position) != truth.partitions:
            differences.append(f"while things broke: {each} does not say where it stands")
            continue
        differences += _unlike(each, truth.board(each, each.position), "while things broke")
    return Verdict([], [], differences)


def check_at_rest(truths: Mapping[str, Truth], accounts: Iterable[Account], line: Line, *, live: bool) -> Verdict:
    """What is told now: every board, live, and series of the same metrics."""
    verdict = NOTHING
    now = datetime.now(UTC)
    for account in accounts:
        truth = truths[account.slug]
        differences: list[str] = []
        for metric, entity, window in ASKED:
            query = {"metric": metric, "entity": entity, "window": window, "at": now.isoformat(), "limit": 1_000}
            told = get(line, account, "/api/leaderboards", query)
            seen = seen_of(account.slug, now, told)
            differences += _unlike(seen, truth.board(seen, None), "at rest")
            if live and seen.source != "live":
                differences.append(f"{account.slug} {metric} by {entity}: from {seen.source}, not live")
        differences += _series(truth, account, line, now)
        verdict += Verdict([], [], differences)
    return verdict


def get(line: Line, account: Account, path: str, query: Mapping[str, object] | None = None) -> Any:
    """A GET that must be answered."""
    words = f"{path}?{urlencode(query)}" if query else path
    status, told = line.request("GET", words, None, {"Authorization": f"Bearer {account.key}"})
    assert status == 200, (words, status, told)
    return told


def _series(truth: Truth, account: Account, line: Line, now: datetime) -> list[str]:
    """The months' series of every artist's votes, and of the whole tenant's plays."""
    differences = []
    begin = now.replace(year=now.year - 3)
    asked = [("plays", "", "")] + [("votes", "artist", artist) for artist in sorted(_artists(truth))]
    for metric, entity, entity_id in asked:
        query = {"metric": metric, "grain": "month", "from": begin.isoformat(), "to": now.isoformat()}
        query |= {"entity": entity, "id": entity_id} if entity else {}
        told = get(line, account, "/api/metrics", query)["total"]
        kind, wanted = (entity, entity_id) if entity else ("tenant", "")
        facts = [fact for _, fact in truth.facts.get(metric, [])]
        expected = sum(fact.amount for fact in facts if fact.entities.get(kind) == wanted)
        if told != expected:
            differences.append(f"{account.slug} series of {metric} {entity_id}: told {told}, sent {expected}")
    return differences


def _artists(truth: Truth) -> set[str]:
    return {fact.entities["artist"] for _, fact in truth.facts.get("votes", []) if "artist" in fact.entities}


def _unlike(seen: Seen, expected: dict[str, int], when: str) -> list[str]:
    wrong = [name for name in {**seen.scores, **expected} if seen.scores.get(name) != expected.get(name)]
    board = f"{seen.tenant} {seen.metric} by {seen.entity}, {seen.window} of {seen.at}, from {seen.source} at {seen.position}"
    differences = [
        f"{when}: {board}: {name} told {seen.scores.get(name)}, sent {expected.get(name)}" for name in wrong[:SHOWN_MAX]
    ]
    if not wrong and seen.members != len(expected):
        differences.append(f"{when}: {board}: {seen.members} members told, {len(expected)} sent")
    return differences
