"""What insights must say, in plain Python from the events as they were sent: no SQL, slow and obvious."""

import statistics
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

STEPS = ("viewed", "interested", "bought", "attended", "followed")
TYPES = {"concierto.event_viewed": 0, "concierto.event_interested": 1, "concierto.ticket_purchased": 2,
         "concierto.event_attended": 3}  # fmt: skip
Event = dict[str, Any]
EDGE = timedelta(hours=12)


def at(event: Event) -> datetime:
    return datetime.fromisoformat(event["at"])


@dataclass
class Told:
    """All events of one tenant; of a show in the catalogue, who plays when."""

    zone: ZoneInfo
    bills: dict[str, list[str]]
    starts: dict[str, datetime]
    events: list[Event] = field(default_factory=list)

    def about(self, show: str, *types: str) -> Iterator[Event]:
        for event in self.events:
            if event["type"] in types and event.get("eventId") == show:
                yield event

    # The funnel

    def follows(self, show: str) -> list[Event]:
        """Follows and unfollows of the show and of its artists."""
        targets = {("event", show), *(("artist", each) for each in self.bills.get(show, []))}
        return [
            event for event in self.events
            if event["type"].startswith("social.") and (event["targetType"], event["targetId"]) in targets
        ]  # fmt: skip

    def funnel(self, show: str) -> list[tuple[int, int, int]]:
        """Of each step: fans, those who came by all steps before, entries."""
        taken: dict[str, list[tuple[int, datetime]]] = defaultdict(list)
        entries = Counter[int]()
        for event in self.about(show, *TYPES):
            taken[event["userId"]].append((TYPES[event["type"]], at(event)))
            entries[TYPES[event["type"]]] += 1
        net = Counter[tuple[str, str, str]]()
        for event in self.follows(show):
            sign = 1 if event["type"] == "social.follow" else -1
            net[event["userId"], event["targetType"], event["targetId"]] += sign
            entries[4] += 1
        for event in self.follows(show):
            if event["type"] == "social.follow" and net[event["userId"], event["targetType"], event["targetId"]] > 0:
                taken[event["userId"]].append((4, at(event)))
        fans, reached = Counter[int](), Counter[int]()
        for steps in taken.values():
            fans.update({step for step, _ in steps})
            clock = datetime.min.replace(tzinfo=UTC)
            for step in range(5):
                moments = [moment for taken_step, moment in steps if taken_step == step and moment >= clock]
                if not moments:
                    break
                clock = min(moments)
                reached[step] += 1
        return [(fans[step], reached[step], entries[step]) for step in range(5)]

    # Scans

    def first_scans(self, show: str) -> dict[str, datetime]:
        firsts: dict[str, datetime] = {}
        for event in self.about(show, "concierto.event_attended"):
            firsts[event["userId"]] = min(at(event), firsts.get(event["userId"], at(event)))
        return firsts

    def anchor(self, show: str) -> datetime:
        """The beginning, when somebody came within twelve hours of it; else the hour of the median arrival."""
        begins, firsts = self.starts[show], sorted(self.first_scans(show).values())
        if not firsts or any(-EDGE <= moment - begins < EDGE for moment in firsts):
            return begins
        return self.hour(firsts[(len(firsts) - 1) // 2])

    def arrivals(self, show: str, minutes: int) -> dict[datetime, int]:
        """Fans by the stretch of minutes, counted from ``anchor``, in which they came first."""
        anchor, counted = self.anchor(show), Counter[datetime]()
        for moment in self.first_scans(show).values():
            counted[anchor + (moment - anchor) // timedelta(minutes=minutes) * timedelta(minutes=minutes)] += 1
        return dict(counted)

    def tiers(self, show: str) -> dict[str, tuple[int, int, int, int, int, int, dict[str, int]]]:
        """By tier: sold, orders, buyers, visits, fans, buyers who did not come, money by currency."""
        sold, orders, visits = Counter[str](), Counter[str](), Counter[str]()
        buyers: dict[str, set[str]] = defaultdict(set)
        fans: dict[str, set[str]] = defaultdict(set)
        money: dict[str, Counter[str]] = defaultdict(Counter)
        for event in self.about(show, "concierto.ticket_purchased"):
            tier = event.get("ticketTier", "")
            sold[tier] += event["quantity"]
            orders[tier] += 1
            buyers[tier].add(event["userId"])
            money[tier][event["currency"]] += event["amountCents"]
        for event in self.about(show, "concierto.event_attended"):
            visits[event.get("ticketTier", "")] += 1
            fans[event.get("ticketTier", "")].add(event["userId"])
        came = self.first_scans(show).keys()
        return {
            tier: (sold[tier], orders[tier], len(buyers[tier]), visits[tier], len(fans[tier]),
                   len(buyers[tier] - came), dict(money[tier]))
            for tier in {*sold, *visits}
        }  # fmt: skip

    # Who comes again

    def hour(self, moment: datetime) -> datetime:
        local = moment.astimezone(self.zone)
        return moment - timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)

    def first_hours(self) -> dict[tuple[str, str], datetime]:
        """By fan and show."""
        found: dict[tuple[str, str], datetime] = {}
        for event in self.events:
            if event["type"] == "concierto.event_attended":
                key = event["userId"], event["eventId"]
                found[key] = min(self.hour(at(event)), found.get(key, self.hour(at(event))))
        return found

    def repeats(self, show: str, *, same_artists: bool) -> list[int]:
        """How many fans came for the first, second, third, or a later time."""
        counted, hours = Counter[int](), self.first_hours()
        bill = set(self.bills.get(show, []))
        for (fan, here), hour in hours.items():
            if here == show:
                earlier = [
                    other for (who, other), when in hours.items()
                    if who == fan and when < hour and (not same_artists or bill & set(self.bills.get(other, [])))
                ]  # fmt: skip
                counted[min(len(earlier), 3)] += 1
        return [counted[nth] for nth in range(4)]

    def repeats_of(self, artist: str) -> list[int]:
        """How many fans came to one, two, three, or more shows of an artist."""
        shows: dict[str, set[str]] = defaultdict(set)
        for fan, show in self.first_hours():
            if artist in self.bills.get(show, []):
                shows[fan].add(show)
        counted = Counter(min(len(each), 4) for each in shows.values())
        return [counted[nth] for nth in range(1, 5)]

    # Lift

    def amount(self, metric: str, artist: str, day: object) -> int:
        """What an artist counted on a day of the tenant's zone."""
        total = 0
        for event in self.events:
            if at(event).astimezone(self.zone).date() != day:
                continue
            kind = event["type"]
            if metric == "plays" and kind == "player.track_played" and event["artistId"] == artist:
                total += event.get("durationSeconds", 30) >= 30
            if metric == "follows" and kind.startswith("social.") and event["targetId"] == artist:
                total += (event["targetType"] == "artist") * (1 if kind == "social.follow" else -1)
            if metric == "views" and kind == "concierto.event_viewed":
                total += artist in self.bills.get(event["eventId"], [])
        return total

    def lift(self, metric: str, artist: str, show: str, days: int) -> tuple[int, int, int]:
        """What was counted before, on and after the day of a show that is long ago."""
        day = self.starts[show].astimezone(self.zone).date()
        before = sum(self.amount(metric, artist, day - timedelta(days=nth)) for nth in range(1, days + 1))
        after = sum(self.amount(metric, artist, day + timedelta(days=nth)) for nth in range(1, days + 1))
        return before, self.amount(metric, artist, day), after

    # Tops

    def cities(self, artist: str) -> dict[str, tuple[int, int]]:
        """Visits and different fans of an artist's shows by city."""
        visits = Counter[str]()
        fans: dict[str, set[str]] = defaultdict(set)
        for event in self.events:
            if event["type"] == "concierto.event_attended" and artist in self.bills.get(event["eventId"], []):
                visits[event["city"]] += 1
                fans[event["city"]].add(event["userId"])
        return {city: (visits[city], len(fans[city])) for city in visits}

    def tracks(self, artist: str) -> dict[str, int]:
        """All plays of the tracks that were played under an artist's name."""
        counted, under = Counter[str](), Counter[str]()
        for event in self.events:
            if event["type"] == "player.track_played" and event.get("durationSeconds", 30) >= 30:
                counted[event["trackId"]] += 1
                under[event["trackId"]] += event["artistId"] == artist
        return {track: counted[track] for track, plays in under.items() if plays}


def percent_more(before: int, before_days: int, after: int, after_days: int) -> float:
    return round(100 * (after * before_days - before * after_days) / (before * after_days), 2)


def median(values: list[float]) -> float:
    return round(statistics.median(values), 2)
