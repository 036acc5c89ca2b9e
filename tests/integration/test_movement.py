"""Movement as charts print it, against a plain-Python chart of the same days."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coliseum.boards.board import Board, epoch_seconds
from coliseum.boards.seasons import GRACE, season_boards
from coliseum.boards.totals import Stored, window_of
from coliseum.errors import QueryInvalid
from coliseum.metrics.registry import Kind
from coliseum.metrics.windows import Window
from coliseum.queries import movement as moving
from coliseum.queries.movement import Movement, movement
from support.era import Era, Open
from support.festival import vote
from support.mutants import swap_sql

pytestmark = pytest.mark.long

FIRST = datetime(2026, 5, 11, tzinfo=UTC)  # a Monday
NOON = timedelta(hours=12)
DAY = timedelta(days=1)
ARTISTS = ("abba", "loreen", "maneskin", "go-a", "ruslana")
Days = list[dict[str, int]]
DAYS = st.lists(st.dictionaries(st.sampled_from(ARTISTS), st.integers(1, 3)), min_size=2, max_size=6)
QUICK = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))


def board_of(day: datetime, window: str = "day", kind: Kind = Kind.ARTIST, **more: str) -> Board:
    return Board("votes", "", kind, window, epoch_seconds(day), **more)


async def moved(era: Era, board: Board) -> dict[str, Movement]:
    """The movement of everybody on a board, by id."""
    async with era.world.database.tenant(era.tenant.tenant_id, snapshot=True) as connection:
        rows = await Stored(era.tenant, board, window_of(era.tenant, board)).page(connection, None, 1_000)
        found = await movement(
            connection, era.tenant, board, [row.entity for row in rows], [row.rank for row in rows]
        )  # fmt: skip
    ids = {row["num"]: row["id"] for row in await era.world.fetch(
        "SELECT num, id FROM coliseum_names WHERE tenant_id = $1", era.tenant.tenant_id)}  # fmt: skip
    return {ids[entity]: each for entity, each in found.items()}


def ranks_of(scores: dict[str, int]) -> dict[str, int]:
    return {one: 1 + sum(other > score for other in scores.values()) for one, score in scores.items()}


def chart(days: Days) -> list[dict[str, Movement]]:
    """What a chart prints for each day."""
    printed: list[dict[str, Movement]] = []
    runs: dict[str, list[tuple[int, int]]] = {}
    for number, scores in enumerate(days):
        lines = {}
        for one, rank in ranks_of(scores).items():
            run = runs.get(one, [])
            previous = run[-1][1] if run and run[-1][0] == number - 1 else None
            if previous is None:
                status = "RE-ENTRY" if run else "NEW"
            else:
                status = "UP" if rank < previous else "DOWN" if rank > previous else "SAME"
            lines[one] = Movement(
                previous, None if previous is None else previous - rank,
                min([rank, *(before for _, before in run)]), len(run) + 1, status,  # type: ignore[arg-type]
            )  # fmt: skip
        for one, rank in ranks_of(scores).items():
            runs.setdefault(one, []).append((number, rank))
        printed.append(lines)
    return printed


def history(days: Days, one: str) -> dict[str, object]:
    """What one artist's run comes to."""
    ranks = [ranks_of(scores).get(one) for scores in days]
    on = [rank for rank in ranks if rank is not None]
    streak = longest = 0
    for rank in ranks:
        streak = 0 if rank is None else streak + 1
        longest = max(longest, streak)
    return {
        "peak": min(on, default=None), "periodsAtPeak": on.count(min(on)) if on else 0, "periods": len(on),
        "longestStreak": longest, "ranks": on[::-1],
    }  # fmt: skip


@QUICK
@given(days=DAYS)
async def test_every_day_prints_what_a_chart_of_those_days_prints(era: Open, days: Days) -> None:
    await check_days(await era(FIRST + NOON), days)


MUTANTS = {
    "any season is the one before": ("FILTER (WHERE l.starts_at = $7)", "FILTER (WHERE l.starts_at <= $7)"),
    "the worst rank is the peak": ("min(l.rank) AS peak", "max(l.rank) AS peak"),
    "the day before counts only when it has closed": ("AS closed", "OR true AS closed"),
    "the season before is no period": ("count(*) AS periods", "count(*) FILTER (WHERE l.starts_at < $7) AS periods"),
}


@pytest.mark.parametrize("mutant", MUTANTS)
async def test_the_chart_sees(era: Open, monkeypatch: pytest.MonkeyPatch, mutant: str) -> None:
    swap_sql(monkeypatch, moving, {"movement": MUTANTS[mutant]})
    days = [
        {"abba": 3, "loreen": 2, "go-a": 1}, {"loreen": 3, "abba": 2}, {"loreen": 3, "go-a": 2, "abba": 1},
        {"abba": 1}, {"loreen": 3, "abba": 1},
    ]  # fmt: skip
    with pytest.raises(AssertionError):
        await check_days(await era(FIRST + NOON), days)


async def check_days(run: Era, days: Days) -> None:
    """Play the days, and compare every line that is printed with the chart's."""
    printed = chart(days)
    for number, scores in enumerate(days):
        start = FIRST + number * DAY
        run.now = start + timedelta(minutes=1)
        await run.votes(scores)
        await run.read()
        assert await moved(run, board_of(start)) == printed[number]  # the board of the day before stands for its season
        run.now = start + GRACE
        await run.close()
        assert await moved(run, board_of(start)) == printed[number]
        if number:  # what comes late changes the board of that day, and no chart
            await run.votes({"late": 1_000}, at=start - NOON)
            await run.read()
            assert await moved(run, board_of(start)) == printed[number]
    await run.pass_to(FIRST + len(days) * DAY + GRACE)
    for one in ARTISTS:
        expected = history(days, one)
        told = (await run.ask("seasons/history", metric="votes", window="day", id=one)).json
        assert [season["rank"] for season in told["seasons"]] == expected.pop("ranks")
        assert {name: told[name] for name in expected} == expected
    told = (await run.ask("seasons", metric="votes", window="day")).json
    assert [season["members"] for season in told["seasons"]] == [len(scores) for scores in days if scores][::-1]


async def test_weeks_and_months_are_charts_of_their_own(era: Open) -> None:
    run = await era(FIRST + NOON)
    await run.votes({"abba": 2, "loreen": 1})
    run.now = FIRST + 8 * DAY
    await run.votes({"abba": 1, "loreen": 2, "go-a": 3})
    await run.read()
    await run.close()
    week = await moved(run, board_of(FIRST + 7 * DAY, "week"))
    assert week == {
        "go-a": Movement(None, None, 1, 1, "NEW"),
        "loreen": Movement(2, 0, 2, 2, "SAME"),
        "abba": Movement(1, -2, 1, 2, "DOWN"),
    }
    # Eight days later, day by day, both are back.
    assert (await moved(run, board_of(FIRST + 8 * DAY)))["abba"] == Movement(None, None, 1, 2, "RE-ENTRY")
    month = await moved(run, board_of(datetime(2026, 5, 1, tzinfo=UTC), "month"))
    assert {each.status for each in month.values()} == {"NEW"}


async def test_boards_without_seasons_know_the_window_before_and_no_more(era: Open) -> None:
    run = await era(FIRST + NOON)
    at = FIRST - DAY + NOON
    await run.votes({"abba": 5, "loreen": 3, "go-a": 1}, at=at)
    await run.votes({"abba": 1, "loreen": 3, "ruslana": 9}, at=at + DAY)
    await run.send(vote(userId="fan-2", artistId="abba", eventId="semi", at=(at + DAY).isoformat(), weight=4))
    await run.read()
    assert await moved(run, board_of(FIRST, filter="event", filter_value="final")) == {
        "ruslana": Movement(),
        "loreen": Movement(2, 0, status="SAME"),
        "abba": Movement(1, -2, status="DOWN"),
    }
    # Before the tenant's first entry came there are no seasons, whatever was imported.
    before = await moved(run, board_of(FIRST - DAY))
    assert set(before) == {"abba", "loreen", "go-a"}
    assert set(before.values()) == {Movement()}
    assert set((await moved(run, Board("votes", "", Kind.ARTIST, "all", 0))).values()) == {Movement()}
    async with run.world.database.tenant(run.tenant.tenant_id, snapshot=True) as connection:
        board = board_of(FIRST, kind=Kind.FAN)
        fans = await Stored(run.tenant, board, window_of(run.tenant, board)).page(connection, None, 10)
        found = await movement(
            connection, run.tenant, board_of(FIRST, kind=Kind.FAN), [row.entity for row in fans], [1, 2]
        )  # fmt: skip
        assert [found[row.entity] for row in fans] == [Movement(1, 0, status="SAME"), Movement()]
        assert await movement(connection, run.tenant, board_of(FIRST), [], []) == {}
        with pytest.raises(QueryInvalid):
            await movement(connection, run.tenant, board_of(FIRST), *[list(range(moving.ENTITIES_MAX + 1))] * 2)


async def test_the_day_before_the_first_entry_is_no_season_although_it_was_imported(era: Open) -> None:
    run = await era(FIRST + NOON)
    await run.votes({"abba": 5}, at=FIRST - DAY)
    await run.votes({"abba": 5})
    await run.read()
    assert await moved(run, board_of(FIRST)) == {"abba": Movement(None, None, 1, 1, "NEW")}


async def test_every_board_that_becomes_a_season_can_be_asked(era: Open) -> None:
    run = await era(FIRST + NOON)
    await run.votes({"abba": 5})
    await run.read()
    for name in ("day", "week", "month"):
        for board in season_boards(run.tenant, Window(name, FIRST.replace(day=1), None)):
            assert {each.status for each in (await moved(run, board)).values()} <= {"NEW"}
