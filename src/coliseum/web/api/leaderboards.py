"""``GET /api/leaderboards``: rows of a board. Its parameters are declared for the document, and read by their names."""

from typing import Annotated, Any, cast

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from coliseum.accounts.callers import Caller
from coliseum.accounts.permissions import Permission
from coliseum.queries.asked import moves_on
from coliseum.queries.declared import DECLARATIONS_FOR
from coliseum.queries.leaderboards import BoardPage
from coliseum.queries.shared import answer_of
from coliseum.web.access import caller_in, needs
from coliseum.web.api.asking import asked_for, selective_asked
from coliseum.web.api.boards import Asked, reply_of
from coliseum.web.api.callers import asking_tenant
from coliseum.web.api.parameters import (
    AsOf,
    At,
    AtEvent,
    BoardKind,
    City,
    Currency,
    Cursor,
    Genre,
    Limit,
    Place,
    Since,
    Until,
    WindowName,
)
from coliseum.web.identify import key_in
from coliseum.web.problems import Answer
from coliseum.web.services import Services


@get("/api/leaderboards", opt=needs(Permission.NUMBERS_READ), summary="A board: who leads a metric")
async def get_leaderboard(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    metric: Annotated[
        str | None, QueryParameter(description="A metric of docs/METRICS.md, such as votes; needed without board.")
    ] = None,
    board: Annotated[
        str | None,
        QueryParameter(description="A board of /api/boards, instead of metric, entity, currency and filters."),
    ] = None,
    entity: BoardKind = "artist",
    window: WindowName = "all",
    at: At = None,
    since: Since = None,
    until: Until = None,
    as_of: AsOf = None,
    city: City = None,
    genre: Genre = None,
    at_event: AtEvent = None,
    members: Annotated[
        str | None,
        QueryParameter(
            description="A board of these alone: up to 500 ids, separated by commas. overallRank: on the whole board."
        ),
    ] = None,
    ids: Annotated[
        str | None, QueryParameter(description="Only the rows of these, up to 500 ids, with their ranks on the board.")
    ] = None,
    around: Annotated[
        str | None, QueryParameter(description="limit rows with this id in their middle; none when it is no member.")
    ] = None,
    ranking: Annotated[
        str, QueryParameter(description="competition (1, 2, 2, 4), dense (1, 2, 2, 3) or ordinal (1, 2, 3, 4).")
    ] = "competition",
    movement: Annotated[
        bool,
        QueryParameter(
            description="true: with previousRank, movement, peak, periods and status (NEW, RE-ENTRY, UP, DOWN, SAME)."
        ),
    ] = False,
    currency: Currency = None,
    limit: Limit = 50,
    cursor: Cursor = None,
    place: Place = None,
) -> Response[BoardPage]:
    """Rows of a board: ranks, names and pictures from the catalogue; inside a tie, who reached the score first."""
    given = dict(request.query_params)
    asking_tenant(request)
    return await board_reply(services, request, caller_in(request.scope), given)


async def board_reply(
    services: Services, request: Request[Any, Any, Any], caller: Caller, given: dict[str, str]
) -> Response[BoardPage]:
    """The answer to these parameters, which is remembered for the next time they are sent."""
    question, declaration = await asked_for(services, caller, given)
    if declaration is not None and declaration.selective:
        page = await selective_asked(services, declaration, question)
        return _response(reply_of(answer_of(page), request.scope))
    now = services.clock()
    read = services.boards.reads.of(question)
    answer = await read.answer()
    meant_until = services.keys.believed_until(key_in(dict(request.scope["headers"])) or "")
    if question.window.end is not None and moves_on(given):
        meant_until = min(meant_until, question.window.end)
    if declaration is not None:
        meant_until = min(meant_until, now + DECLARATIONS_FOR)
    if not caller_in(request.scope).addresses:  # past the router nobody asks for the address
        services.boards.remember(request.scope, Asked(read, now, meant_until))
    return _response(reply_of(answer, request.scope))


def _response(reply: Answer) -> Response[BoardPage]:
    headers = {name.decode(): value.decode() for name, value in reply.headers if name != b"content-type"}
    return Response(cast("BoardPage", reply.body), status_code=reply.status, headers=headers)  # in JSON already


HANDLERS = (get_leaderboard,)
