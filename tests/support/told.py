"""What the senders of one tenant sent and were told, and whether the log keeps to it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from support.model import Model
from support.services import Platform, World

Event = dict[str, Any]
Place = tuple[int, int]
REFERRING = ("coliseum.vote_voided", "treasury.money_refunded")


class Told:
    """A ledger of every sending.

    What was acknowledged must be in the log at the place that was told, what was refused must not be in it, and what
    nobody heard of may be either.
    """

    def __init__(self) -> None:
        self.sent: dict[str, list[Event]] = defaultdict(list)
        self.accepted: dict[str, tuple[Event, Place]] = {}
        self.refused: list[Event] = []

    def sending(self, events: Sequence[Event]) -> None:
        """Write down what is about to be sent."""
        for event in events:
            if event not in self.sent[event["id"]]:
                self.sent[event["id"]].append(event)

    def answered(self, events: Sequence[Event], results: Sequence[Mapping[str, Any]]) -> None:
        """Take in the answer, one result for each event; it agrees with every answer before."""
        assert len(events) == len(results)
        for event, result in zip(events, results, strict=True):
            known = self.accepted.get(event["id"])
            if result["status"] == "refused":
                assert known is None or known[0] != event, f"refused after it was acknowledged: {event}, {result}"
                self.refused.append(event)
                continue
            assert event not in self.refused, f"acknowledged after it was refused: {event}"
            place = (result["partition"], result["offset"])
            assert known is None or known == (event, place), f"told otherwise before: {known}, now {event} {place}"
            self.accepted[event["id"]] = event, place

    async def check(self, world: World, platform: Platform) -> dict[Place, Event]:
        """The log is gapless, holds what was acknowledged and nothing that was refused; what it holds, by place."""
        by_place: dict[Place, Event] = {}
        people = await people_of(world, platform)
        ends: dict[int, int] = defaultdict(int)
        ids = set()
        for row in await world.entries(platform):
            place = (row["partition"], row["offset"])
            assert place[1] == ends[place[0]], f"a gap, or an offset twice, at {place}"
            ends[place[0]] += 1
            assert row["id"] not in ids, f"stored twice: {row['id']}"
            ids.add(row["id"])
            by_place[place] = self._origin(row)
            check_people(by_place[place], row, people)
        heads = await world.fetch("SELECT partition, head FROM passport_heads WHERE tenant_id = $1", platform.tenant_id)
        assert {row["partition"]: row["head"] for row in heads if row["head"]} == dict(ends)
        for event, place in self.accepted.values():
            assert by_place.get(place) == event, f"acknowledged at {place}: {event}, found {by_place.get(place)}"
        return by_place

    def _origin(self, row: Mapping[str, Any]) -> Event:
        """The sending that a row of the log is of."""
        possible = [event for event in self.sent[row["id"]] if same_content(event, row)]
        assert possible, f"nobody sent {row}"
        wanted = [event for event in possible if event not in self.refused]
        assert wanted, f"stored although it was refused: {row}"
        return wanted[0]


async def people_of(world: World, platform: Platform) -> dict[int, str]:
    """Whose each number is; nobody has two."""
    rows = await world.fetch(
        "SELECT subject_id, user_id FROM passport_subjects WHERE tenant_id = $1", platform.tenant_id
    )
    people = {row["subject_id"]: row["user_id"] for row in rows}
    assert len(people) == len(set(people.values())) == len(rows)
    return people


def check_people(event: Event, row: Mapping[str, Any], people: Mapping[int, str]) -> None:
    """The numbers in a row are those of the people whom the event names."""
    if "content" in event:  # an entry that did not come through capture
        return
    number = row["metadata"]["voidedBy"] if event["type"] == "coliseum.vote_voided" else row["subject_id"]
    assert people.get(number) == event.get("userId"), f"{number} is {people.get(number)}, and not who did {event}"
    if event.get("targetType") == "user":
        assert people.get(int(row["entity_id"])) == event["targetId"], f"{row['entity_id']} is not the aim of {event}"


def same_content(event: Event, row: Mapping[str, Any]) -> bool:
    """Whether a row may be of this sending; sendings that share an id differ in type, artist or day."""
    if event["type"] != row["event_type"]:
        return False
    if event["type"] == "coliseum.vote_voided":
        return True  # it stands at the vote's time, and for the vote's artist
    if "content" in event:  # an entry that did not come through capture
        return bool(event["content"] == row["metadata"]["content"])
    return bool(event.get("artistId", row["artist_id"]) == row["artist_id"])


def model_of(zone: str, log: Mapping[Place, Event]) -> Model:
    """What the numbers must be, from the log as it was sent."""
    model = Model(ZoneInfo(zone))
    # What takes another one back may stand in a partition that comes first.
    for place, event in sorted(log.items(), key=lambda item: (item[1]["type"] in REFERRING, item[0])):
        model.accept(event, *place)
    return model
