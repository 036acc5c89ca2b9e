"""A board as its page shows it, whichever way its members are compared."""

from datetime import datetime
from typing import Any

import msgspec

from coliseum.accounts.callers import Caller
from coliseum.boards.board import start_instant
from coliseum.boards.declaration import Declaration
from coliseum.boards.totals import window_of
from coliseum.errors import QueryInvalid
from coliseum.metrics.registry import BY_NAME
from coliseum.queries.finding import FoundEntity
from coliseum.queries.movement import window_before
from coliseum.queries.question import AroundOf, AsOf, MembersOf, PageOf, Question
from coliseum.queries.seasons import Season
from coliseum.web.services import Services
from coliseum.web.ui.boards.asking import Asked, Mode
from coliseum.web.ui.boards.reading import (
    Standing,
    found_around,
    read_breaking,
    read_season,
    read_standing,
    read_trending,
    standing_asked,
)
from coliseum.web.ui.boards.rows import (
    Line,
    breaking_lines,
    lines_of,
    season_lines,
    trending_lines,
)
from coliseum.web.ui.numbers import decimals_of


class Stretch(msgspec.Struct, frozen=True):
    """From one instant to before another."""

    start: datetime
    end: datetime


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """What a page shows of a board. ``position``: the next offset of each partition that is not counted."""

    mode: Mode
    metric: str
    unit: str
    currency: str
    kind: str
    window: str
    stretch: Stretch | None
    filters: dict[str, str]
    members: int
    position: list[int]
    lines: list[Line]
    leader: int = 0
    source: str = ""
    next_cursor: str | None = None
    before: Stretch | None = None
    """The window that ranks are compared with."""
    baseline: Stretch | None = None
    as_of: AsOf = None
    around: str | None = None
    alone: bool = False
    ranking: str = "competition"
    season: Season | None = None
    seasons: list[Season] = []
    choices: list[FoundEntity] = []
    unknown: str = ""
    """Who was looked for, and is nobody."""
    parameters: dict[str, int] = {}
    watch: dict[str, str] | None = None
    """What is asked of ``/api/live`` to keep the page up; None: it does not change."""
    first: bool = True
    """Whether the rows begin at the top."""

    @property
    def decimals(self) -> int:
        """How many decimals the integer scores have for people."""
        return decimals_of(BY_NAME[self.metric], self.currency)

    @property
    def found(self) -> Line | None:
        """The row of the member around whom the others stand."""
        return next((line for line in self.lines if line.id == self.around), None)


async def shown(
    services: Services, caller: Caller, asked: Asked, explain: str
) -> tuple[Shown, Question | None, Declaration | None]:
    """The board that is asked for; ``explain``: the address of the page of explanations.

    Raises:
        QueryInvalid: a parameter is wrong.
        SeasonMissing: there is no such season.
        RequestRefused: the caller, or their plan, may not ask this.
    """
    match asked.mode:
        case "trending":
            return await _trending(services, caller, asked, explain), None, await _declared(services, caller, asked)
        case "breaking":
            return await _breaking(services, caller, asked, explain), None, await _declared(services, caller, asked)
        case "season":
            return await _season(services, caller, asked, explain), None, None
        case "now":
            return await _now(services, caller, asked, explain)


async def _now(
    services: Services, caller: Caller, asked: Asked, explain: str
) -> tuple[Shown, Question, Declaration | None]:
    question, declaration = await standing_asked(services, caller, asked)
    meant, choices = await found_around(services, question)
    unknown = ""
    if meant is None:
        assert isinstance(question.rows, AroundOf)  # noqa: S101 - only then is somebody looked for
        unknown = question.rows.id
        meant = msgspec.structs.replace(question, rows=PageOf(question.rows.limit))
    standing = await read_standing(services, meant, declaration)
    watch = _watch(asked, meant, services.clock()) if not unknown else None
    return _standing(standing, meant, explain, choices, unknown, watch), meant, declaration


def _watch(asked: Asked, question: Question, now: datetime) -> dict[str, str] | None:
    """What keeps this page's board at the present; None for windows that have ended, which do not change."""
    end = question.window.end
    if end is not None and end <= now:
        return None
    watch = {name: value for name, value in asked.wanted().items() if name != "as_of"}
    if question.as_of is not None:
        watch.pop("cursor", None)
    if question.movement:
        watch["movement"] = "true"
    if isinstance(question.rows, AroundOf):
        watch["around"] = question.rows.id
    return watch


def _watch_trend(asked: Asked) -> dict[str, str] | None:
    """What keeps a trend at the present; None of an hour that was named."""
    wanted = asked.wanted()
    return None if "at" in wanted else wanted


def _standing(
    standing: Standing,
    question: Question,
    explain: str,
    choices: list[FoundEntity],
    unknown: str,
    watch: dict[str, str] | None,
) -> Shown:
    page, rows = standing.page, question.rows
    return Shown(
        mode="now",
        metric=page.metric,
        unit=page.unit,
        currency=page.currency or "",
        kind=page.entity,
        window=page.window,
        stretch=_stretch(page.window_start, page.window_end),
        filters=page.filters,
        members=page.members,
        position=page.position,
        lines=lines_of(page, standing.leader, explain),
        leader=standing.leader,
        source=page.source,
        next_cursor=page.next_cursor,
        before=_before(question),
        as_of=question.as_of,
        around=rows.id if isinstance(rows, AroundOf) else None,
        alone=isinstance(rows, MembersOf) and rows.alone,
        ranking=page.ranking,
        choices=choices,
        unknown=unknown,
        watch=watch,
        first=rows == PageOf(getattr(rows, "limit", 0)),
    )


async def _trending(services: Services, caller: Caller, asked: Asked, explain: str) -> Shown:
    board = await read_trending(services, caller, asked)
    return Shown(
        mode="trending", **_heads(board), lines=trending_lines(board, explain),
        parameters={"half_life_hours": board.half_life_hours}, watch=_watch_trend(asked),
    )  # fmt: skip


async def _breaking(services: Services, caller: Caller, asked: Asked, explain: str) -> Shown:
    board = await read_breaking(services, caller, asked)
    return Shown(
        mode="breaking", **_heads(board), lines=breaking_lines(board, explain),
        baseline=_stretch(board.baseline_start, board.window_start),
        parameters={"hours": board.hours, "min_support": board.min_support, "min_baseline": board.min_baseline},
        watch=_watch_trend(asked),
    )  # fmt: skip


async def _season(services: Services, caller: Caller, asked: Asked, explain: str) -> Shown:
    found = await read_season(services, caller, asked)
    board, season = found.board, found.board.season
    leader = board.rows[0].score if board.rows else 0
    if board.rows and board.rows[0].place > 1:
        top = {name: value for name, value in asked.given.items() if name != "cursor"} | {"limit": "1"}
        best = await read_season(services, caller, Asked("season", top))
        leader = best.board.rows[0].score
    return Shown(
        mode="season",
        metric=board.metric,
        unit=board.unit,
        currency=board.currency or "",
        kind=board.entity,
        window=board.window,
        stretch=Stretch(season.window_start, season.window_end),
        filters={},
        members=season.members,
        position=season.position,
        lines=season_lines(board, leader, explain),
        leader=leader,
        next_cursor=board.next_cursor,
        season=season,
        seasons=found.others.seasons,
        first="cursor" not in asked.given,
    )


async def _declared(services: Services, caller: Caller, asked: Asked) -> Declaration | None:
    name = asked.name
    if name is None:
        return None
    board = await services.declarations.named(caller.tenant, name)
    if board is None:
        raise QueryInvalid("There is no board of that name.", "board")
    return board.declaration


def _heads(board: Any) -> dict[str, Any]:
    """What boards of hours have in common."""
    return {
        "metric": board.metric, "unit": board.unit, "currency": board.currency or "", "kind": board.entity,
        "window": "hours", "stretch": Stretch(board.window_start, board.window_end), "filters": board.filters,
        "members": board.members, "position": board.position,
    }  # fmt: skip


def _before(question: Question) -> Stretch | None:
    if not question.movement:
        return None
    board = window_before(question.tenant, question.board)
    if board is None:
        return None
    window = window_of(question.tenant, board)
    return _stretch(start_instant(board), window.end)


def _stretch(start: datetime | None, end: datetime | None) -> Stretch | None:
    return None if start is None or end is None else Stretch(start, end)
