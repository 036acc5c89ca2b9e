"""What a board's page asks, and what it makes of an answer: without a server."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from coliseum.accounts.callers import Caller
from coliseum.accounts.permissions import ROLES, Role
from coliseum.accounts.plans import PLANS
from coliseum.accounts.tenants import Tenant
from coliseum.boards.declaration import Declaration
from coliseum.errors import QueryInvalid
from coliseum.metrics.registry import BY_NAME
from coliseum.queries.asked import question_from
from coliseum.queries.leaderboards import BoardPage, BoardRow
from coliseum.web.ui.boards import words
from coliseum.web.ui.boards.asking import asked_in
from coliseum.web.ui.boards.controls import cleaned, controls_of, may_see
from coliseum.web.ui.boards.rows import Move, lines_of, share_of
from coliseum.web.ui.boards.timeline import STEPS_MAX, timeline_of

ZONE = ZoneInfo("America/New_York")
NOW = datetime(2026, 6, 15, 12, 30, tzinfo=UTC)
TENANT = Tenant(7, "acme", "Acme", ZONE.key, "eur", 1)


def caller(role: Role) -> Caller:
    return Caller(tenant=TENANT, kind="person", permissions=ROLES[role], actor="person:1", role=role)


def asked(**query: str) -> dict[str, str]:
    return asked_in(query, ZONE, NOW).given


def test_what_is_empty_is_not_asked() -> None:
    assert asked(metric="plays", city="", around=" ", window="week") == {"metric": "plays", "window": "week"}


def test_local_times_are_those_of_the_tenant() -> None:
    assert asked(as_of="2026-06-15T08:00")["as_of"] == "2026-06-15T12:00:00Z"
    assert asked(at="2026-01-15T08:00:30")["at"] == "2026-01-15T13:00:30Z"
    assert asked(at="2026-01-15T08:00:00Z")["at"] == "2026-01-15T08:00:00Z"
    assert "as_of" not in asked(as_of="now")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"colour": "red"}, "colour"), ({"mode": "falling"}, "mode"), ({"limit": "101"}, "limit"),
        ({"mode": "trending", "around": "a"}, "around"), ({"at": "2026-02-31T10:00"}, "at"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_by_name(query: dict[str, str], field: str) -> None:
    with pytest.raises(QueryInvalid) as error:
        asked_in(query, ZONE, NOW)
    assert error.value.field == field
    cleaned(query)


@pytest.mark.parametrize(
    ("was", "query", "given"),
    [
        ("now~votes~all", {"metric": "plays", "entity": "event"}, {"metric": "plays", "entity": "track"}),
        ("now~money_spent~all", {"metric": "votes", "currency": "usd"}, {"metric": "votes"}),
        ("now~votes~week", {"window": "day", "at": "2026-06-01"}, {"window": "day"}),
        ("now~votes~week", {"window": "week", "at": "2026-06-01"}, {"window": "week", "at": "2026-06-01"}),
        ("now~votes~all", {"window": "custom"},
         {"window": "custom", "from": "2026-06-15T04:00:00Z", "to": "2026-06-15T13:00:00Z"}),
        ("now~votes~custom", {"window": "day", "from": "2026-06-01T00:00:00Z", "to": "2026-06-02T00:00:00Z"},
         {"window": "day"}),
        ("now~voters~all", {"mode": "trending", "metric": "voters", "around": "a"}, {"metric": "votes"}),
        ("now~votes~all", {"mode": "season", "metric": "votes", "window": "all", "city": "x"},
         {"metric": "votes"}),
        ("now~votes~all", {"metric": "votes", "entity": "artist", "window": "all", "ranking": "competition"},
         {"metric": "votes"}),
        ("now~votes~all", {"board": "finals", "window": "all", "limit": "50"}, {"board": "finals", "window": "all"}),
        ("now~votes~all", {"metric": "nothing"}, {"metric": "nothing"}),
    ],
)  # fmt: skip
def test_what_does_not_fit_another_choice_is_left_out(was: str, query: dict[str, str], given: dict[str, str]) -> None:
    assert asked(was=was, **query) == given


def test_an_address_that_no_form_made_is_taken_as_it_is() -> None:
    given = asked(metric="plays", entity="event")
    assert given == {"metric": "plays", "entity": "event"}
    with pytest.raises(QueryInvalid, match="kept for"):
        question_from(TENANT, {**given, "limit": "5"}, NOW)


def test_a_page_asks_for_fifty_rows_and_a_neighbourhood_for_eleven() -> None:
    assert asked_in({}, ZONE, NOW).wanted() == {"metric": "votes", "limit": "50"}
    assert asked_in({"around": "a"}, ZONE, NOW).wanted()["limit"] == "11"
    assert asked_in({}, ZONE, NOW, "finals").wanted() == {"board": "finals", "limit": "50"}


def test_every_metric_kind_and_window_has_words() -> None:
    assert words.METRICS.keys() == BY_NAME.keys()
    assert {kind for metric in BY_NAME.values() for kind in metric.boards} <= words.KINDS.keys() & words.KIND.keys()


def test_a_viewer_is_not_offered_boards_of_fans() -> None:
    for role, there in (("viewer", False), ("analyst", True)):
        shown = controls_of(cleaned({}), caller(role), PLANS["enterprise"], NOW)  # type: ignore[arg-type]
        assert ("fan" in {kind.value for kind in shown.kinds}) is there
        board = Declaration(metric="votes", entity="fan")
        assert may_see(caller(role), board) is there  # type: ignore[arg-type]


def test_windows_that_the_plan_has_not_are_shown_as_missing() -> None:
    shown = controls_of(cleaned({}), caller("owner"), PLANS["basic"], NOW)
    assert {window.value for window in shown.windows if not window.missing} == {"day", "week", "month", "all"}
    assert shown.value("now_local") == "2026-06-15T08:30"


def row(rank: int, name: str, score: int, **more: Any) -> BoardRow:
    return BoardRow(rank, name, name.title(), None, score, 50.0, None, **more)


def board(*rows: BoardRow, window: str = "week", **more: Any) -> BoardPage:
    start, end = datetime(2026, 6, 15, 4, tzinfo=UTC), datetime(2026, 6, 22, 4, tzinfo=UTC)
    return BoardPage("votes", "points", None, "artist", window, start, end, more.get("filters", {}), "competition",
                     len(rows), [41, 7], "live", list(rows), None)  # fmt: skip


def test_rows_say_how_they_moved_and_where_they_are_explained() -> None:
    page = board(
        row(1, "abba", 9, movement=3, status="UP", previous_rank=4, peak=1, periods=7),
        row(2, "nemo & co", 3, movement=None, status="NEW", previous_rank=None, peak=2, periods=1),
        row(3, "forgotten:7", -2, forgotten=True),
        filters={"city": "Köln"},
    )  # fmt: skip
    first, second, third = lines_of(page, 9, "/t/acme/explain")
    assert (first.move, first.previous_rank, first.peak, first.periods, first.share) == (Move("up", 3), 4, 1, 7, 100)
    assert (second.move, second.share) == (Move("new"), 33)
    assert (third.move, third.share, third.why, third.peak) == (None, 0, None, None)
    assert second.why == (
        "/t/acme/explain?metric=votes&entity=artist&city=K%C3%B6ln&window=week&at=2026-06-15T04%3A00%3A00Z"
        "&as_of=41.7&id=nemo+%26+co"
    )


@pytest.mark.parametrize(
    ("window", "said"),
    [("24h", "window=24h&at=2026-06-22T03%3A00%3A00Z"),
     ("custom", "from=2026-06-15T04%3A00%3A00Z&to=2026-06-22T04%3A00%3A00Z"), ("year", "window=year&at=2026-06-15")],
)  # fmt: skip
def test_an_explanation_is_of_the_rows_own_window_whenever_it_is_read(window: str, said: str) -> None:
    (line,) = lines_of(board(row(1, "abba", 1), window=window), 1, "/explain")
    assert said in str(line.why)


@pytest.mark.parametrize(("score", "leader", "share"), [(5, 10, 50), (0, 0, 0), (-3, 10, 0), (12, 10, 100), (1, -1, 0)])
def test_a_share_is_from_nothing_to_all(score: int, leader: int, share: int) -> None:
    assert share_of(score, leader) == share


def test_a_young_board_is_gone_through_by_the_hour() -> None:
    line = timeline_of(NOW - timedelta(hours=5, minutes=10), None, NOW, None, ZONE)
    assert line is not None
    assert (line.since, line.step_s, line.steps, line.live) == (datetime(2026, 6, 15, 7, tzinfo=UTC), 3_600, 6, True)
    assert line.moment(line.steps) >= NOW
    then = timeline_of(NOW - timedelta(hours=5), None, NOW, line.moment(2), ZONE)
    assert then is not None
    assert (then.at, then.live) == (2, False)


def test_an_old_board_is_gone_through_by_the_day_and_within_the_plans_history() -> None:
    line = timeline_of(NOW - timedelta(days=900), None, NOW, None, ZONE)
    assert line is not None
    assert (line.step_s, line.steps) == (86_400, 901)
    begins = NOW - timedelta(days=90)
    short = timeline_of(NOW - timedelta(days=900), begins, NOW, None, ZONE)
    assert short is not None
    assert short.since >= begins
    long = timeline_of(NOW - timedelta(days=20_000), None, NOW, None, ZONE)
    assert long is not None
    assert long.steps == STEPS_MAX
    assert timeline_of(None, None, NOW, None, ZONE) is None
