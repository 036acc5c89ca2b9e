"""The answers that pages of boards show, read in the same ways as the API reads them."""

from collections.abc import Awaitable, Callable, Hashable
from datetime import datetime
from typing import Any, TypeVar

import msgspec

from coliseum.accounts.callers import Caller
from coliseum.boards.declaration import Declaration
from coliseum.boards.seasons import WINDOWS
from coliseum.metrics.windows import Window
from coliseum.queries.ask import Filters, Subject, check_text, instant
from coliseum.queries.asked import whole_number
from coliseum.queries.breaking import Breaking, BreakingBoard, breaking
from coliseum.queries.explain import Explanation, explain
from coliseum.queries.finding import FoundEntity, find_entities
from coliseum.queries.leaderboards import BoardPage
from coliseum.queries.question import AroundOf, AsOf, PageOf, Question
from coliseum.queries.seasons import SeasonBoard, SeasonList, chart_of, season_board, season_list
from coliseum.queries.trend_asked import TrendKind, trend_from
from coliseum.queries.trending import Trending, TrendingBoard, trending
from coliseum.web.api.asking import asked_for, selective_asked, trend_asked_for
from coliseum.web.services import Services
from coliseum.web.ui.boards.asking import LIMIT, Asked
from coliseum.web.ui.boards.rows import moves_in

SEASONS_MAX = 60
"""Closed windows that a page offers to choose from, the newest ones."""
Board = TypeVar("Board", bound=msgspec.Struct)


class Standing(msgspec.Struct, frozen=True):
    """A board of a window, what was asked, and by which declaration. ``leader``: the best score of the whole board."""

    page: BoardPage
    question: Question
    declaration: Declaration | None
    leader: int


class Seasons(msgspec.Struct, frozen=True):
    """A closed window, and which others there are."""

    board: SeasonBoard
    others: SeasonList


async def standing_asked(services: Services, caller: Caller, asked: Asked) -> tuple[Question, Declaration | None]:
    """What is asked of a board of a window; how its members have moved is asked for wherever that is known.

    Raises:
        QueryInvalid: a parameter is wrong.
        RequestRefused: the caller, or their plan, may not ask this.
    """
    given = asked.wanted()
    question, declaration = await asked_for(services, caller, given)
    known = moves_in(question.window.name) and (declaration is None or not declaration.selective)
    if "movement" not in given and known:
        question = msgspec.structs.replace(question, movement=True)
    return question, declaration


async def read_standing(services: Services, question: Question, declaration: Declaration | None) -> Standing:
    """The rows that are asked for.

    Raises:
        QueryInvalid: the log has not been read as far as is asked, or votes cannot be counted back.
        StoreUnavailable: PostgreSQL is away.
    """
    page = await _page(services, question, declaration)
    leader = page.rows[0].score if page.rows else 0
    if page.rows and page.rows[0].rank > 1:
        first = msgspec.structs.replace(question, rows=PageOf(1), movement=False)
        best = (await _page(services, first, declaration)).rows
        leader = best[0].score if best else leader
    return Standing(page, question, declaration, leader)


async def found_around(services: Services, question: Question) -> tuple[Question | None, list[FoundEntity]]:
    """The question around whom is meant, by id or by name; None, and who else it could be, when that is not clear.

    Raises:
        QueryInvalid: the text is empty or too long.
    """
    rows = question.rows
    if not isinstance(rows, AroundOf):
        return question, []
    tenant, kind = question.tenant, question.subject.kind
    if await services.boards.reads.names.numbers(tenant.tenant_id, kind, (rows.id,), services.clock()):
        return question, []
    found = await find_entities(services.database, tenant, kind, rows.id)
    exact = [each for each in found if each.name.casefold() == rows.id.casefold()]
    if len(found) == 1 or len(exact) == 1:
        one = (exact or found)[0]
        return msgspec.structs.replace(question, rows=AroundOf(one.id, rows.limit)), []
    return None, found


async def read_trending(services: Services, caller: Caller, asked: Asked) -> TrendingBoard:
    """Who is trending.

    Raises:
        QueryInvalid: a parameter is wrong.
        RequestRefused: the caller, or their plan, may not ask this.
    """
    question = await _trend_asked(services, caller, asked, "trending")
    assert isinstance(question, Trending)  # noqa: S101 - by its kind
    return await _together(services, question, lambda: trending(services.database, question), TrendingBoard)


async def read_breaking(services: Services, caller: Caller, asked: Asked) -> BreakingBoard:
    """Who is far above themselves.

    Raises:
        QueryInvalid: a parameter is wrong.
        RequestRefused: the caller, or their plan, may not ask this.
    """
    question = await _trend_asked(services, caller, asked, "breaking")
    assert isinstance(question, Breaking)  # noqa: S101 - by its kind
    return await _together(services, question, lambda: breaking(services.database, question), BreakingBoard)


async def _trend_asked(services: Services, caller: Caller, asked: Asked, kind: TrendKind) -> Trending | Breaking:
    """What is asked, by who may."""
    given, declaration = asked.wanted(), None
    if "board" in given:
        board = await services.declarations.named(caller.tenant, given["board"])
        declaration = None if board is None else board.declaration
    await trend_asked_for(services, caller, given)  # says when there is no such board
    return trend_from(caller.tenant, kind, given, declaration, services.clock())


async def read_season(services: Services, caller: Caller, asked: Asked) -> Seasons:
    """What stood on a board when its window closed.

    Raises:
        QueryInvalid: a parameter is wrong.
        SeasonMissing: that window has no season of this board.
        RequestRefused: the plan's history does not reach back to it.
    """
    given, tenant = asked.wanted(), caller.tenant
    chart = chart_of(tenant, given["metric"], given.get("entity", "artist"), given.get("window", WINDOWS[1]))
    moment = None if "at" not in given else instant(given["at"], "at")
    limit = _whole(given, "limit", LIMIT)
    found = await season_board(services.database, chart, moment, limit=limit, cursor=given.get("cursor"))
    services.allowance.check_moment(tenant, found.season.window_start, "at")
    others = await season_list(services.database, chart, limit=SEASONS_MAX, cursor=None)
    begins = services.allowance.history_begins(tenant)
    if begins is not None:
        kept = [season for season in others.seasons if season.window_start >= begins]
        others = msgspec.structs.replace(others, seasons=kept)
    return Seasons(found, others)


async def read_explanation(
    services: Services,
    caller: Caller,
    subject: Subject,
    entity_id: str | None,
    window: Window,
    filters: Filters,
    *,
    limit: int,
    cursor: str | None,
    as_of: AsOf,
) -> Explanation:
    """The entries behind a number; equal questions are read once, and only a few at a time.

    Raises:
        QueryInvalid: limit, cursor or id are none, or ``as_of`` is ahead of what was read.
        RequestRefused: the caller, or their plan, may not ask this.
    """
    await services.allowance.check_asked(caller, subject, window, filters, as_of)
    if entity_id is not None:
        check_text(entity_id, "id")
    tenant = caller.tenant

    async def read() -> Explanation:
        return await explain(
            services.database, tenant, subject, entity_id, window, filters, limit=limit, cursor=cursor, as_of=as_of
        )

    question = ("explain", tenant, subject, entity_id, window, filters, limit, cursor, as_of)
    return await _together(services, question, read, Explanation)


def moment_of(as_of: AsOf) -> datetime | None:
    """The moment as of which a board is asked for, when it is a moment."""
    return as_of if isinstance(as_of, datetime) else None


async def _page(services: Services, question: Question, declaration: Declaration | None) -> BoardPage:
    if declaration is not None and declaration.selective:
        return await selective_asked(services, declaration, question)
    answer = await services.boards.reads.of(question).answer()
    return msgspec.json.decode(answer.body, type=BoardPage)


async def _together(
    services: Services, question: Hashable, read: Callable[[], Awaitable[Any]], shape: type[Board]
) -> Board:
    """The answer, read once for all who ask for it now."""

    async def body() -> bytes:
        return msgspec.json.encode(await read())

    return msgspec.json.decode(await services.together.body(question, body), type=shape)


def _whole(given: dict[str, str], name: str, otherwise: int) -> int:
    return whole_number(given[name], name, "in its bounds") if name in given else otherwise
