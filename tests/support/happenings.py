"""What may happen to one tenant, step by step, with the model beside it: for tests that draw the steps."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from coliseum import db
from coliseum.audit.verify import verify
from coliseum.processor.rebuild import rebuild
from coliseum.projections.coliseum import ROLL_UP_ROWS_MAX, SQL, ColiseumProjection
from coliseum.queries.names import NAMES_FOR
from support.chance import ARTISTS, CITIES, EVENTS, FANS, GENRES, TRACKS, VENUES
from support.clocked import Clocked
from support.model import Model, bounds
from support.play import refers
from support.services import Platform, World

HOURS_AGO = (0, 0, 0, 0, 1, 1, 2, 3, 22, 23, 24, 25, 167, 168, 671, 672, 2_159, 2_160, 9_000, 50_000)
IN_THE_HOUR_MS = (0, 1, 2, 255, 256, 257, 60_000, 2_400_000, 3_599_999, 3_660_000)
pick = st.sampled_from


def spec(kind: str, **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({
        "type": st.just(kind), "userId": pick(FANS), "ago": st.tuples(pick(HOURS_AGO), pick(IN_THE_HOUR_MS)), **fields,
    })  # fmt: skip


def target(kind: str) -> st.SearchStrategy[dict[str, Any]]:
    return spec(kind, targetType=pick(["artist", "event"]), target=st.integers(0, 2))


VOTE = spec(
    "coliseum.vote_cast", artistId=pick(ARTISTS), eventId=pick(EVENTS), weight=pick([1, 1, 1, 2, 1_000]), channel=st.just("app")
)  # fmt: skip
PLAY = spec(
    "player.track_played", trackId=pick(TRACKS), artistId=pick(ARTISTS), durationSeconds=pick([None, 0, 29, 30, 30, 2_048])
)  # fmt: skip
MONEY: dict[str, st.SearchStrategy[Any]] = {
    "amountCents": pick([1, 500, 2_048, 2**21, 2**34]),
    "currency": st.just("eur"),
}
SPECS = st.one_of(
    VOTE, VOTE, VOTE, PLAY,
    spec("coliseum.vote_voided", which=st.integers(0, 5), reason=st.just("")),
    spec("treasury.money_spent", artistId=pick(ARTISTS), eventId=pick(EVENTS), reason=st.just("bar"), **MONEY),
    spec("treasury.money_refunded", which=st.integers(0, 5), reason=st.just(""), **MONEY),
    target("social.follow"), target("social.follow"), target("social.unfollow"),
    spec("concierto.event_attended", eventId=pick(EVENTS), city=pick(CITIES)),
    spec("concierto.event_viewed", eventId=pick(EVENTS)),
    spec("catalog.artist", artistId=pick(ARTISTS[:3]), genres=st.lists(pick(GENRES), unique=True), city=pick([None, *CITIES]),
         picture=pick([None, "a.png", "b.png"])),
    spec("catalog.event", eventId=pick(EVENTS[:2]), artistIds=st.lists(pick(ARTISTS), unique=True),
         venueId=pick([None, *VENUES]), city=pick([None, None, *CITIES])),
    spec("catalog.venue", venueId=pick(VENUES), city=pick([None, *CITIES])),
)  # fmt: skip
CROWD = [*ARTISTS, "a1", "a2", "a3", "a4"]


def crowd(seed: int, count: int) -> list[dict[str, Any]]:
    """So many things at once that boards are full and ties are common."""
    rng = random.Random(seed)
    kinds: list[dict[str, Any]] = [
        {"type": "coliseum.vote_cast", "weight": 1, "channel": "app"}, {"type": "coliseum.vote_cast", "weight": 2, "channel": "app"},
        {"type": "player.track_played", "durationSeconds": 40}, {"type": "social.follow", "targetType": "artist", "target": 0},
        {"type": "social.unfollow", "targetType": "artist", "target": 0}, {"type": "concierto.event_attended", "city": "Graz"},
        {"type": "treasury.money_spent", "amountCents": 500, "currency": "eur", "reason": "bar"},
    ]  # fmt: skip
    made = []
    for _ in range(count):
        one = {
            **rng.choice(kinds),
            "userId": rng.choice(FANS),
            "ago": (rng.choice(HOURS_AGO), rng.choice(IN_THE_HOUR_MS)),
        }
        if "target" in one:
            one["target"] = rng.randrange(4)
        else:
            one |= {"artistId": rng.choice(CROWD), "eventId": rng.choice(EVENTS), "trackId": rng.choice(TRACKS)}
        wanted = {"player": ("artistId", "trackId"), "concierto": ("eventId",)}.get(one["type"].partition(".")[0])
        unwanted = (
            set() if "target" in one else {"artistId", "eventId", "trackId"} - set(wanted or ("artistId", "eventId"))
        )
        made.append({name: value for name, value in one.items() if name not in unwanted})
    return made


MOMENTS = st.one_of(
    st.tuples(st.floats(0, 1)), st.tuples(st.floats(0, 1), st.floats(0, 1)), st.tuples(st.floats(0, 1), st.floats(0, 1))
)
"""One number: as of that one of the moments that were noted; two: as of these parts of what the partitions hold."""


class Happenings(Clocked):
    """A tenant to which things happen."""

    def __init__(self, world: World, platform: Platform, now: datetime) -> None:
        super().__init__(world, platform, now)
        self.model = Model(ZoneInfo(platform.tenant.time_zone))
        self.heads = dict.fromkeys(range(platform.tenant.partitions), 0)
        self.moments: list[tuple[datetime, dict[int, int]]] = []
        self.called = {fan: fan for fan in FANS}
        """Under which user id each fan comes now: whoever was forgotten comes back under another."""
        self.gone: dict[str, str] = {}
        """Under which user id a fan came who was forgotten."""
        self._ids = 0
        self._votes: list[str] = []
        self._payments: list[str] = []

    async def happen(self, specs: list[dict[str, Any]]) -> None:
        """What these describe is sent in one batch, and the model told in the order of the log."""
        await self._refused([event for event in map(self._event_of_gone, specs) if event is not None])
        events = [event for event in map(self._event, specs) if event is not None]
        if not events:
            return
        results = await self.send(*events)
        for event, result in sorted(zip(events, results, strict=True), key=lambda pair: refers(pair[0])):
            self.model.accept(event, result["partition"], result["offset"])
            self.heads[result["partition"]] = max(self.heads[result["partition"]], result["offset"] + 1)
        self.moments.append((datetime.now(UTC), dict(self.heads)))

    async def forget(self, fan: str) -> None:
        """Somebody is forgotten; by the next happening every process has heard of it."""
        user_id = self.called[fan]
        sql = "SELECT subject_id FROM passport_subjects WHERE tenant_id = $1 AND user_id = $2"
        number = await self.world.value(sql, self.platform.tenant_id, user_id)
        reply = await self.live.post("/api/people/forget", {"userId": user_id}, self.platform.server)
        assert reply.status == 200, reply
        await self.world.services.pipeline._subjects._ask_who_is_forgotten()
        if number is not None:
            self.model.forget(user_id, f"forgotten:{number}")
        self.gone[fan], self.called[fan] = user_id, f"{user_id}+"
        later = self.now + NAMES_FOR
        if bounds("hour", later, self.model.zone) == bounds("hour", self.now, self.model.zone):
            self.now = later
        else:
            self.turn(seconds=2)

    async def _refused(self, events: list[dict[str, Any]]) -> None:
        """Whatever names somebody who was forgotten comes too late."""
        if events:
            reply = await self.live.post("/api/passport/batch?historical=true", events, self.platform.server)
            said = {(each["status"], each["code"]) for each in reply.json["results"]}
            assert said == {("refused", "person_forgotten")}, reply

    def _event_of_gone(self, drawn: dict[str, Any]) -> dict[str, Any] | None:
        """The same of whoever was forgotten, as a phone would send it that has kept it."""
        gone = self.gone.get(drawn["userId"])
        if gone is None or drawn["type"].startswith("catalog."):
            return None
        drawn = {"voteId": "unknown", **drawn} if drawn["type"] == "coliseum.vote_voided" else drawn
        drawn = {"refundOf": "unknown", **drawn} if drawn["type"] == "treasury.money_refunded" else drawn
        given = {name: value for name, value in drawn.items() if value is not None and name not in ("ago", "which")}
        if "target" in given:
            given["targetId"] = {"artist": ARTISTS, "event": EVENTS}[given["targetType"]][given.pop("target")]
        self._ids += 1
        return {"id": f"e{self._ids}", **given, "userId": gone, "at": self._instant(*drawn["ago"]).isoformat()}

    def _event(self, drawn: dict[str, Any]) -> dict[str, Any] | None:
        given = {name: value for name, value in drawn.items() if value is not None}
        given["userId"] = self.called[given["userId"]]
        (hours, within), which = given.pop("ago"), given.pop("which", 0)
        self._ids += 1
        event = {"id": f"e{self._ids}", **given, "at": self._instant(hours, within).isoformat()}
        match event["type"]:
            case "coliseum.vote_voided":
                if not self._votes:
                    return None
                event["voteId"] = self._votes.pop(which % len(self._votes))
            case "treasury.money_refunded":
                event["refundOf"] = self._payments[which % len(self._payments)] if self._payments else "unknown"
            case "social.follow" | "social.unfollow":
                event["targetId"] = {"artist": ARTISTS, "event": EVENTS}[event["targetType"]][event.pop("target")]
            case "coliseum.vote_cast":
                self._votes.append(event["id"])
            case "treasury.money_spent":
                self._payments.append(event["id"])
        if event["type"].startswith("catalog."):
            event["name"] = f"name {self._ids}"
            del event["userId"]
        return event

    def _instant(self, hours: int, within_ms: int) -> datetime:
        hour, _ = bounds("hour", self.now, self.model.zone)
        assert hour is not None
        # Up to four minutes ahead of the clock, which is accepted: some of it belongs to the next hour.
        return min(hour - timedelta(hours=hours, milliseconds=-within_ms), self.now + timedelta(seconds=240))

    async def pass_time(self, hours: int, seconds: int) -> None:
        self.turn(hours, seconds=seconds)

    async def tidy(self) -> None:
        """Hours that are over by the test's clock are rolled up."""
        unit = self.conductor.units["coliseum"]
        sql = SQL["roll_up"].replace("now()", "$5::timestamptz")
        async with self.world.database.transaction("processor") as connection:
            await roll_up(connection, sql, unit.tenant.tenant_id, unit.generation, unit.tenant.time_zone, self.now)

    async def rebuild(self) -> None:
        await rebuild(self.world.database, self.platform.tenant, ColiseumProjection(), random.Random(1).randint(3, 30))
        await self.conductor.take()

    async def end(self) -> None:
        """All of it is followed to the end, and right by the log."""
        try:
            await self.settle()
            assert await verify(self.world.database, self.world.store, [self.platform.tenant]) == []
        finally:
            await self.close()


async def roll_up(
    connection: db.Connection, sql: str, tenant_id: int, generation: int, zone: str, now: datetime
) -> None:
    assert await connection.fetchval(sql, tenant_id, generation, zone, ROLL_UP_ROWS_MAX, now) is not None
