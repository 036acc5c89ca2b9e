"""Windows close once, some minutes after their end, into rows that nobody can change."""

import asyncio
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from coliseum.audit.difference import Difference
from coliseum.audit.seasons import check_seasons
from coliseum.boards.seasons import GRACE, ROWS_MAX, has_seasons, season_boards
from coliseum.clock import utc_now
from coliseum.metrics.windows import window_at
from coliseum.projections.seasons import SeasonCloser
from support.era import Era, Open
from support.festival import event, spent, vote

NOON = datetime(2026, 5, 13, 12, tzinfo=UTC)  # a Wednesday
DAY = timedelta(days=1)
TODAY = datetime(2026, 5, 13, tzinfo=UTC)
MIDNIGHT = TODAY + DAY
MOMENT = timedelta(seconds=1)


async def test_a_day_closes_after_the_grace_with_places_ranks_and_the_position(era: Open) -> None:
    day = await era(NOON, partitions=2)
    await day.votes({"abba": 5, "loreen": 7, "maneskin": 5, "go-a": 1})
    assert await day.pass_to(MIDNIGHT + GRACE - MOMENT) == 0
    assert await day.pass_to(MIDNIGHT + GRACE) == 1
    assert await day.rows(TODAY) == [
        ("loreen", 1, 1, 7), ("abba", 2, 2, 5), ("maneskin", 3, 2, 5), ("go-a", 4, 4, 1),
    ]  # fmt: skip
    [closing] = await day.closed()
    assert (closing["window"], closing["starts_at"], closing["ends_at"]) == ("day", TODAY, MIDNIGHT)
    assert closing["closed_at"] == MIDNIGHT + GRACE
    heads = await day.world.fetch(
        "SELECT head FROM passport_heads WHERE tenant_id = $1 ORDER BY partition", day.tenant.tenant_id
    )
    assert closing["position"] == [row["head"] for row in heads]
    assert await day.close() == 0


async def test_what_comes_within_the_grace_counts_and_what_comes_later_counts_on_the_board_only(era: Open) -> None:
    day = await era(NOON)
    await day.votes({"abba": 1})
    day.now = MIDNIGHT + GRACE - MOMENT
    await day.votes({"abba": 2}, at=MIDNIGHT - MOMENT)
    assert await day.pass_to(MIDNIGHT + GRACE) == 1
    await day.votes({"abba": 4, "late": 9}, at=MIDNIGHT - MOMENT)
    await day.read()
    assert await day.scores(TODAY) == {"abba": 3}
    board = (await day.ask("leaderboards", metric="votes", window="day", at=TODAY.isoformat())).json
    assert {row["id"]: row["score"] for row in board["rows"]} == {"abba": 7, "late": 9}
    season = (await day.ask("seasons/board", metric="votes", window="day", at=TODAY.isoformat())).json
    assert {row["id"]: row["score"] for row in season["rows"]} == {"abba": 3}
    assert season["season"]["position"] == [2]
    # By SQL, the season is what the log says up to its position.
    assert not await verified(day)


async def test_nothing_closes_before_all_that_came_within_the_grace_is_counted(era: Open) -> None:
    day = await era(NOON)
    await day.votes({"abba": 1})
    await day.read()
    day.now = MIDNIGHT + GRACE - MOMENT
    await day.votes({"abba": 1}, at=NOON)
    day.now = MIDNIGHT + GRACE
    assert await day.close() == 0
    await day.read()
    # What comes after the grace need not be counted; what a web server whose clock is behind took in must be.
    await day.votes({"abba": 1}, at=NOON)
    day.now = MIDNIGHT + GRACE - MOMENT
    await day.votes({"abba": 1}, at=NOON)
    day.now = MIDNIGHT + GRACE
    assert await day.close() == 0
    await day.read()
    await day.votes({"abba": 1}, at=NOON)
    assert await day.close() == 1
    assert await day.scores(TODAY) == {"abba": 4}


async def test_all_boards_of_a_window_close_at_once_and_those_of_fans_and_foreign_money_do_not(era: Open) -> None:
    day = await era(NOON)
    await day.send(
        event("catalog.event", userId=None, eventId="final", name="Final", artistIds=["abba"], at=NOON.isoformat()),
        *(
            {**each, "at": NOON.isoformat()}
            for each in (
                vote(userId="fan-1"), vote(userId="fan-2", weight=3), spent(artistId="abba"),
                spent(artistId="abba", currency="sek"),
                event("concierto.event_attended", eventId="final", city="Graz"),
                event("player.track_played", trackId="waterloo", artistId="abba", durationSeconds=60),
                event("social.follow", targetType="venue", targetId="arena"),
                event("social.follow", targetType="user", targetId="fan-2"),
            )
        ),
    )  # fmt: skip
    assert await day.pass_to(MIDNIGHT + GRACE) == 1
    found = await day.world.fetch(
        "SELECT metric, kind FROM coliseum_seasons WHERE tenant_id = $1", day.tenant.tenant_id
    )
    assert {(row["metric"], row["kind"]) for row in found} == {
        ("votes", 1), ("votes", 2), ("voters", 1), ("money_spent:eur", 1), ("attendance", 1),
        ("attendance", 2), ("attendance", 5), ("plays", 4), ("plays", 1), ("seconds", 4), ("seconds", 1),
        ("listeners", 1), ("follows", 6),
    }  # fmt: skip
    assert await day.scores(TODAY, metric="voters") == {"abba": 2}
    assert await day.scores(TODAY, metric="attendance") == {"abba": 1}
    [closing] = await day.closed()
    window = window_at("day", TODAY, day.tenant.zone)
    assert len(closing["boards"]) == len(set(closing["boards"])) == len(season_boards(day.tenant, window))
    assert all(has_seasons(day.tenant, board) for board in season_boards(day.tenant, window))
    assert not await verified(day)


async def test_the_first_thousand_are_kept_and_all_are_counted(era: Open) -> None:
    day = await era(NOON)
    await day.votes({f"artist-{n:04}": 1 + (n % 3) for n in range(ROWS_MAX + 20)})
    await day.pass_to(MIDNIGHT + GRACE)
    rows = await day.rows(TODAY)
    assert [place for _, place, _, _ in rows] == list(range(1, ROWS_MAX + 1))
    sql = "SELECT members, kept FROM coliseum_seasons WHERE tenant_id = $1 AND metric = 'votes' AND kind = 1"
    [season] = await day.world.fetch(sql, day.tenant.tenant_id)
    assert (season["members"], season["kept"]) == (ROWS_MAX + 20, ROWS_MAX)
    assert not await verified(day)


async def test_two_processors_that_race_close_each_window_once(era: Open) -> None:
    day = await era(NOON)
    await day.votes({"abba": 1})
    day.now = NOON + 20 * DAY
    await day.read()
    others = [SeasonCloser(day.clock) for _ in range(4)]

    async def work(closer: SeasonCloser) -> None:
        while await closer.close_next(day.world.database, day.tenant):
            pass

    await asyncio.gather(*(work(closer) for closer in others))
    assert len(await day.closed("day")) == 20
    assert len(await day.closed("week")) == 3
    assert len(await day.closed("month")) == 1
    assert await day.scores(TODAY) == {"abba": 1}


async def test_after_days_away_windows_close_in_the_order_in_which_they_ended(era: Open) -> None:
    day = await era(NOON)
    await day.votes({"abba": 1})
    await day.read()
    for number in range(1, 25):
        day.now = NOON + number * DAY
        await day.votes({"abba": number + 1})
    assert await day.pass_to(NOON + 30 * DAY) == 30 + 4 + 1
    ends = [row["ends_at"] for row in sorted(await day.closed(), key=lambda row: (row["ends_at"], row["window"]))]
    assert ends == sorted(ends)
    assert [row["starts_at"] for row in await day.closed("day")] == [TODAY + number * DAY for number in range(30)]
    assert [await day.scores(TODAY + number * DAY) for number in range(27)] == [
        {"abba": number + 1} if number < 25 else {} for number in range(27)
    ]
    assert await day.scores(datetime(2026, 5, 1, tzinfo=UTC), grain=3) == {"abba": sum(range(1, 20))}
    # Days without anybody are remembered by one small row.
    assert await day.world.value("SELECT count(*) FROM coliseum_seasons WHERE grain = 1 AND tenant_id = $1 "
                                 "AND metric = 'votes' AND kind = 1", day.tenant.tenant_id) == 25  # fmt: skip


async def test_an_empty_log_has_no_seasons(era: Open) -> None:
    day = await era(NOON)
    assert await day.pass_to(NOON + 400 * DAY) == 0
    assert await day.closed() == []


async def test_an_import_of_old_events_makes_no_seasons_of_their_time(era: Open) -> None:
    day = await era(NOON)
    await day.send(
        *(vote(artistId="abba", at=f"{year}-05-10T20:00:00Z", id=f"old-{year}") for year in range(1957, 2016)),
        historical=True,
    )
    await day.votes({"abba": 3})
    assert await day.pass_to(MIDNIGHT + GRACE) == 1
    await day.send(
        *(vote(at=f"{year}-06-10T20:00:00Z", id=f"more-{year}") for year in range(1960, 2000)), historical=True
    )
    assert await day.pass_to(NOON + 30 * DAY) == 29 + 4 + 1
    assert min(row["starts_at"] for row in await day.closed()) == datetime(2026, 5, 1, tzinfo=UTC)  # of this month
    assert await day.scores(TODAY) == {"abba": 3}


@pytest.mark.parametrize(("zone", "first", "days", "hours"), [
    ("Europe/Vienna", "2026-03-28", 3, [24, 23, 24]),
    ("Europe/Vienna", "2025-10-25", 3, [24, 25, 24]),
    ("America/Sao_Paulo", "2018-11-03", 3, [24, 23, 24]),
    ("America/Sao_Paulo", "2019-02-16", 3, [25, 24, 24]),
    ("Asia/Kolkata", "2026-01-31", 2, [24, 24]),
    ("Atlantic/Azores", "2025-10-25", 3, [24, 25, 24]),
])  # fmt: skip
async def test_days_are_those_of_the_tenants_zone_also_when_clocks_change(
    era: Open, zone: str, first: str, days: int, hours: list[int]
) -> None:
    local = datetime.fromisoformat(f"{first}T12:00:00").replace(tzinfo=ZoneInfo(zone))
    day = await era(local.astimezone(UTC), zone)
    for number in range(days):
        day.now = (local + number * DAY).astimezone(UTC)
        await day.votes({"abba": number + 1})
    last = (local + days * DAY).astimezone(UTC)
    await day.pass_to(last)
    closed = await day.closed("day")
    assert [(row["ends_at"] - row["starts_at"]).total_seconds() / 3_600 for row in closed] == hours
    assert [await day.scores(row["starts_at"]) for row in closed] == [{"abba": number + 1} for number in range(days)]
    for row in closed:
        assert row["starts_at"].astimezone(ZoneInfo(zone)).date() < row["ends_at"].astimezone(ZoneInfo(zone)).date()
    assert not await verified(day)


async def test_a_clock_that_is_ahead_closes_nothing_early(era: Open) -> None:
    day = await era(utc_now())
    await day.votes({"abba": 1})
    assert await day.pass_to(utc_now() + 400 * DAY) == 0


async def verified(era: Era) -> list[Difference]:
    """What `coliseum verify` has to say of the era's seasons."""
    return await check_seasons(era.world.database, era.tenant)
