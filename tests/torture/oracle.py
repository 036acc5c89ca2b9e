"""What must hold once the system has come to rest: the log against the client's ledger (I1, I2, I3).

Nothing here uses the system's own counting: what was sent is in the ledger, what is stored is read by plain SQL.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from torture.ledger import Attempt, Key, Ledger, Story

IN_COLUMNS = {
    "artistId": "artist_id", "eventId": "event_id", "trackId": "track_id", "city": "city", "currency": "currency",
}  # fmt: skip
VALUES = {"weight": "coliseum.vote_cast", "quantity": "concierto.ticket_purchased", "amountCents": "treasury."}
ENVELOPE = {"id", "type", "at", "userId", "targetType", "targetId"}
LOG = """
    SELECT t.slug, e.partition, e."offset", e.id, e.event_type, s.user_id, e.entity_type, e.entity_id,
           p.user_id AS target_user, e.artist_id, e.event_id, e.track_id, e.city, e.currency, e.value,
           e.occurred_at, e.metadata || coalesce(f.fields, '{}') AS metadata
    FROM passport_entries e
    JOIN accounts_tenants t USING (tenant_id)
    LEFT JOIN passport_personal f USING (tenant_id, partition, "offset")
    LEFT JOIN passport_subjects s ON s.tenant_id = e.tenant_id AND s.subject_id = e.subject_id
    LEFT JOIN passport_subjects p ON e.entity_type = 'user' AND p.tenant_id = e.tenant_id
        AND p.subject_id::text = e.entity_id
    ORDER BY 1, 2, 3
"""
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Verdict:
    """What was found wrong, by kind; nothing is right."""

    lost: list[str]
    double: list[str]
    differences: list[str]

    @property
    def clean(self) -> bool:
        return not (self.lost or self.double or self.differences)

    def __add__(self, other: "Verdict") -> "Verdict":
        return Verdict(self.lost + other.lost, self.double + other.double, self.differences + other.differences)

    def __str__(self) -> str:
        parts = {"lost": self.lost, "double": self.double, "differences": self.differences}
        listed = [f"{name}: {text}" for name, found in parts.items() for text in found[:10]]
        counted = ", ".join(f"{len(found)} {name}" for name, found in parts.items())
        return "\n".join([counted, *listed])


NOTHING = Verdict([], [], [])


def check_log(ledger: Ledger, rows: list[Row]) -> Verdict:
    """The log against the ledger."""
    stored: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        stored.setdefault((row["slug"], row["id"]), []).append(row)
    lost: list[str] = []
    double = [f"{where} stands at {[place(row) for row in found]}" for where, found in stored.items() if len(found) > 1]
    double += _voided_twice(ledger, stored)
    differences = list(_gaps(rows))
    for key, story in ledger.stories.items():
        found = stored.get((story.tenant, story.id), [])
        owner = next((row for row in found if story.acked or not _unlike(story, row)), None)
        lost += _lost(key, story, found)
        double += _told_twice(key, story)
        if story.must_not_be_stored and owner is not None:
            differences.append(f"refused and yet stored: {key} {story.attempts}")
        if story.acked and found:
            differences += [f"{key}: {text}" for text in _unlike(story, found[0])]
    known = {(story.tenant, story.id) for story in ledger.stories.values()}
    differences += [f"nobody sent {where}" for where in stored.keys() - known]
    return Verdict(lost, double, differences)


def place(row: Row) -> tuple[int, int]:
    """Where an entry stands."""
    return row["partition"], row["offset"]


def _lost(key: Key, story: Story, found: list[Row]) -> Iterator[str]:
    for attempt in story.attempts:
        if attempt.place is not None and attempt.place not in [place(row) for row in found]:
            yield f"{key} was acknowledged at {attempt.place}, and {[place(row) for row in found]} is in the log"
            return


def _told_twice(key: Key, story: Story) -> Iterator[str]:
    """One event is accepted once, and every later answer names the same place."""
    told = Counter(attempt.place for attempt in story.attempts if attempt.place is not None)
    if len(told) > 1:
        yield f"{key} was told {dict(told)}"
    if sum(attempt.status == "accepted" for attempt in story.attempts) > 1:
        yield f"{key} was accepted twice: {[attempt for attempt in story.attempts if attempt != Attempt('unknown')]}"


def _voided_twice(ledger: Ledger, stored: Mapping[tuple[str, str], list[Row]]) -> Iterator[str]:
    voids = Counter(
        (story.tenant, story.payload["voteId"])
        for story in ledger.stories.values()
        if isinstance(story.payload, dict)
        and story.payload.get("type") == "coliseum.vote_voided"
        and not story.must_not_be_stored
        and (story.tenant, story.id) in stored
    )
    return (f"the vote {vote} was taken back {times} times" for vote, times in voids.items() if times > 1)


def _gaps(rows: list[Row]) -> Iterator[str]:
    """Offsets are 0, 1, 2 … in each partition."""
    expected: Counter[tuple[str, int]] = Counter()
    for row in rows:
        where = row["slug"], row["partition"]
        if row["offset"] != expected[where]:
            yield f"{where} has {row['offset']} where {expected[where]} should stand"
            expected[where] = row["offset"]
        expected[where] += 1


def _unlike(story: Story, row: Row) -> list[str]:
    """In what an entry differs from what was sent."""
    event = story.payload
    if not isinstance(event, dict):
        return ["it was no JSON"]
    if row["event_type"] != event["type"]:
        return [f"type {row['event_type']} for {event['type']}"]
    if event["type"] == "coliseum.vote_voided":
        return []  # it stands at its vote's place; what the numbers make of it shows whether that was right
    wrong = [
        f"{name} {row[column]!r} for {event.get(name)!r}"
        for name, column in IN_COLUMNS.items()
        if name in event and event[name] not in (row[column], row["metadata"].get(name), row["entity_id"])
    ]
    if row["user_id"] != event.get("userId"):
        wrong.append(f"userId {row['user_id']!r} for {event.get('userId')!r}")
    if row["occurred_at"] != datetime.fromisoformat(event["at"]):
        wrong.append(f"at {row['occurred_at']} for {event['at']}")
    if "targetId" in event and event["targetId"] != (row["target_user"] or row["entity_id"]):
        wrong.append(f"targetId {row['entity_id']} for {event['targetId']}")
    return wrong + _unlike_values(event, row)


def _unlike_values(event: dict[str, Any], row: Row) -> list[str]:
    wrong = []
    for name, value in event.items():
        if name in VALUES and event["type"].startswith(VALUES[name]):
            if abs(row["value"]) != value:
                wrong.append(f"{name} {row['value']} for {value}")
        elif name not in {*ENVELOPE, *IN_COLUMNS} and value not in (row["metadata"].get(name), row["entity_id"]):
            wrong.append(f"{name} {row['metadata'].get(name)!r} for {value!r}")
    return wrong
