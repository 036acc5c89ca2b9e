"""What the numbers must be, in plain Python from the events as they were sent: no SQL, no registry, no windows module.

Slow and obvious on purpose. A number is found by going through every event that was ever accepted.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from support.weights import counted, weight_of

Context = dict[str, str]
Place = tuple[int, int]
"""Partition and offset."""
Stand = tuple[int, datetime | None]
"""A member's total, and when its last entry that adds something happened; None where fans are counted."""
UNIQUES = {"voters": "votes", "listeners": "plays"}
ROLLING = {"24h": 24, "7d": 168, "28d": 672, "90d": 2_160}


@dataclass(frozen=True)
class Fact:
    """An amount of a metric at an instant, for entities by kind, in a context that filters look at."""

    metric: str
    amount: int
    at: datetime
    entities: Context
    context: Context
    bill: bool = False
    place: Place = (0, 0)


def bucket(instant: datetime, window: str, zone: ZoneInfo) -> object:
    """What two instants of one window have in common."""
    local = instant.astimezone(zone)
    match window:
        case "all":
            return "all"
        case "hour":
            return instant - timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
        case "day":
            return local.date()
        case "week":
            return local.date() - timedelta(days=local.weekday())
        case "year":
            return local.year
        case _:
            return local.date().replace(day=1)


def bounds(window: str, at: datetime, zone: ZoneInfo) -> tuple[datetime, datetime] | tuple[None, None]:
    """Where the window that holds this instant begins and ends; nowhere, of all time."""
    hour = at - timedelta(
        minutes=(local := at.astimezone(zone)).minute, seconds=local.second, microseconds=local.microsecond
    )
    match window:
        case "all":
            return None, None
        case "hour":
            return hour, hour + timedelta(hours=1)
        case "day" | "week":
            first = local.date() - timedelta(days=local.weekday() if window == "week" else 0)
            return midnight(first, zone), midnight(first + timedelta(days=7 if window == "week" else 1), zone)
        case "month":
            first = local.date().replace(day=1)
            return midnight(first, zone), midnight((first + timedelta(days=31)).replace(day=1), zone)
        case "year":
            return midnight(date(local.year, 1, 1), zone), midnight(date(local.year + 1, 1, 1), zone)
        case _:
            return hour + timedelta(hours=1 - ROLLING[window]), hour + timedelta(hours=1)


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The first moment of a day."""
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


@dataclass
class Model:
    """All accepted events of one tenant, and its catalogue."""

    zone: ZoneInfo
    facts: list[Fact] = field(default_factory=list)
    catalog: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    statements: list[tuple[str, dict[str, Any], Place]] = field(default_factory=list)
    """What was ever said of the catalogue: kind, event and place."""
    transfers: dict[tuple[str, str], dict[str, int]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(int))
    )
    affinities: dict[tuple[str, date, str, str, str], int] = field(default_factory=lambda: defaultdict(int))
    by_id: dict[str, dict[str, Any]] = field(default_factory=dict)
    nameless: set[str] = field(default_factory=set)
    """What is shown in place of people who were forgotten."""

    def accept(self, event: dict[str, Any], partition: int, offset: int) -> None:
        """Take in an event that the log accepted at this place."""
        event = self.by_id[event["id"]] = dict(event)
        category, _, name = event["type"].partition(".")
        if category == "catalog":
            self.statements.append((name, event, (partition, offset)))
            self._state(name, event, (partition, offset))
            return
        if event["type"] == "coliseum.vote_voided":
            event, sign = self.by_id[event["voteId"]], -1
        elif event["type"] == "treasury.money_refunded":
            event, sign = self._refund(event), 1
        else:
            sign = 1
        self.facts += self._facts(event, sign, (partition, offset))
        self._affinity(event, sign)
        if event["type"].startswith("treasury."):
            kind = event["type"].rpartition("_")[2]
            self.transfers[event["userId"], event["currency"]][kind] += event["amountCents"]

    def forget(self, user_id: str, shown: str) -> None:
        """From now on somebody is nobody: every number stays, and is shown under this."""
        self.nameless.add(shown)
        for place, fact in enumerate(self.facts):
            if fact.entities.get("fan") == user_id:
                self.facts[place] = replace(fact, entities={**fact.entities, "fan": shown})
        for key in [key for key in self.affinities if key[0] == user_id]:
            self.affinities[shown, *key[1:]] = self.affinities.pop(key)
        for owner in [owner for owner in self.transfers if owner[0] == user_id]:
            self.transfers[shown, owner[1]] = self.transfers.pop(owner)
        for event in self.by_id.values():
            if event.get("userId") == user_id:
                event["userId"] = shown

    def _refund(self, event: dict[str, Any]) -> dict[str, Any]:
        payment = self.by_id.get(event["refundOf"])
        if (
            payment is not None
            and payment["type"] == "treasury.money_spent"
            and not {"artistId", "eventId"} & event.keys()
        ):
            event = event | {name: payment[name] for name in ("artistId", "eventId") if name in payment}
        return event

    def _state(self, kind: str, event: dict[str, Any], place: Place) -> None:
        known, said = self.catalog.get((kind, event[f"{kind}Id"])), (parsed(event["at"]), *place)
        if known is None or known["said"] < said:
            self.catalog[kind, event[f"{kind}Id"]] = {**event, "said": said}

    def as_of(self, read: Mapping[int, int]) -> "Model":
        """All of it as it was when the partitions had been read up to these offsets, the catalogue included."""

        def before(place: Place) -> bool:
            return place[1] < read[place[0]]

        then = Model(self.zone, [fact for fact in self.facts if before(fact.place)], nameless=self.nameless)
        for kind, event, place in self.statements:
            if before(place):
                then._state(kind, event, place)
        return then

    def _facts(self, event: dict[str, Any], sign: int, place: Place) -> Iterator[Fact]:
        at = parsed(event["at"])
        context = {name: event[f"{name}Id"] for name in ("artist", "event", "track") if f"{name}Id" in event}
        if "city" in event:
            context["city"] = event["city"]
        if "targetType" in event and event["targetType"] in {"artist", "event", "track"}:
            context[event["targetType"]] = event["targetId"]
        everything = {"fan": event["userId"], **context}
        for metric, amount, kinds in counted(event):
            entities = {kind: everything[kind] for kind in kinds if kind in everything}
            if "target" in kinds:
                kind = "fan" if event["targetType"] == "user" else event["targetType"]
                entities = {kind: event["targetId"]}
            yield Fact(
                metric, sign * amount, at, {**entities, "tenant": ""}, context, metric in {"views", "attendance"}, place
            )

    def _affinity(self, event: dict[str, Any], sign: int) -> None:
        weight = sign * weight_of(event)
        if weight:
            artist = event.get("artistId") or (event["targetId"] if event.get("targetType") == "artist" else "")
            at_event = event.get("eventId") or (event["targetId"] if event.get("targetType") == "event" else "")
            day = parsed(event["at"]).astimezone(self.zone).date()
            self.affinities[event["userId"], day, artist, at_event, event.get("city", "")] += weight

    # Reading

    def board(
        self, metric: str, kind: str, window: str, at: datetime, filters: Mapping[str, str] | None = None
    ) -> dict[str, int]:
        """The members of a board and their scores."""
        since, until = bounds(window, at, self.zone)
        stands = self.stands(metric, kind, since, until, filters)
        return {entity: total for entity, (total, _) in stands.items() if total}

    def stands(
        self,
        metric: str,
        kind: str,
        since: datetime | None,
        until: datetime | None,
        filters: Mapping[str, str] | None = None,
    ) -> dict[str, Stand]:
        """What everybody comes to between two instants, also those that come to nothing."""
        unique = UNIQUES.get(metric)
        sums: dict[Any, int] = defaultdict(int)
        lasts: dict[Any, datetime] = {}
        for fact in self.facts:
            if fact.metric != (unique or metric):
                continue
            if since is not None and until is not None and not since <= fact.at < until:
                continue
            for entity, context in self._members(fact, kind, unique=unique is not None):
                if all(self._passes(context, name, wanted) for name, wanted in (filters or {}).items()):
                    key = (entity, fact.entities["fan"]) if unique else entity
                    sums[key] += fact.amount
                    if fact.amount:
                        lasts[key] = max(lasts.get(key, fact.at), fact.at)
        if not unique:
            return {entity: (total, lasts[entity]) for entity, total in sums.items() if entity in lasts}
        fans: dict[str, int] = defaultdict(int)
        for (entity, _), total in sums.items():
            fans[entity] += total > 0
        return {entity: (count, None) for entity, count in fans.items()}

    def _members(self, fact: Fact, kind: str, *, unique: bool) -> Iterator[tuple[str, Context]]:
        if unique:
            if kind in fact.context and "fan" in fact.entities:
                yield fact.context[kind], fact.context
            return
        if kind in fact.entities:
            yield fact.entities[kind], fact.context
        if fact.bill and kind == "artist" and "event" in fact.entities:
            for billed in dict.fromkeys(self._known("event", fact.context.get("event")).get("artistIds", [])):
                yield billed, {**fact.context, "artist": billed}

    def shown(self, kind: str, entity_id: str) -> tuple[str | None, str | None]:
        """The name and the picture that are shown of an entity."""
        if kind == "fan" and entity_id in self.nameless:
            return None, None
        known = self._known(kind, entity_id)
        return known.get("name", entity_id), known.get("picture")

    def _known(self, kind: str, entity_id: str | None) -> dict[str, Any]:
        return self.catalog.get((kind, entity_id or ""), {})

    def _passes(self, context: Context, filter_: str, wanted: str) -> bool:
        at_event, artist = self._known("event", context.get("event")), self._known("artist", context.get("artist"))
        match filter_:
            case "event":
                return context.get("event") == wanted
            case "city":
                venue = self._known("venue", at_event.get("venueId"))
                places = (context.get("city"), at_event.get("city"), venue.get("city"), artist.get("city"))
                return next((place for place in places if place), None) == wanted
            case _:
                if artist:
                    return wanted in artist.get("genres", [])
                bill = (self._known("artist", billed) for billed in at_event.get("artistIds", []))
                return any(wanted in billed.get("genres", []) for billed in bill)

    def hourly(self) -> dict[tuple[str, str, str, datetime], int]:
        """Every total by metric, kind, entity and hour."""
        return self.totals(lambda at: bucket(at, "hour", self.zone))

    def totals(self, key: Callable[[datetime], Any]) -> dict[Any, int]:
        """Every total by metric, kind, entity and whatever ``key`` makes of the instant."""
        sums: dict[Any, int] = defaultdict(int)
        for fact in self.facts:
            for kind, entity in fact.entities.items():
                sums[fact.metric, kind, entity, key(fact.at)] += fact.amount
        return {place: total for place, total in sums.items() if total}


def parsed(text: str) -> datetime:
    return datetime.fromisoformat(text)
