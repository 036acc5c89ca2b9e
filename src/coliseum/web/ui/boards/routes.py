"""The routes of leaderboards: ``/t/{slug}/boards`` with all that the API can be asked, and what stands below it."""

from typing import Any, Final

import msgspec
from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath

from coliseum.accounts.callers import Caller
from coliseum.accounts.permissions import Permission
from coliseum.boards.declared import DeclaredBoard, list_boards
from coliseum.errors import QueryInvalid, Refusal, RequestRefused, SeasonMissing
from coliseum.queries.finding import first_received
from coliseum.web.access import caller_in, needs
from coliseum.web.api.exports import export_reply
from coliseum.web.services import Services
from coliseum.web.ui.boards import explaining, history
from coliseum.web.ui.boards.asking import Asked, asked_in, is_of_form
from coliseum.web.ui.boards.controls import cleaned, may_see
from coliseum.web.ui.boards.presenting import Looked, Problem, values_of
from coliseum.web.ui.boards.view import shown
from coliseum.web.ui.shell import Shell, fragment, page, wants_fragment
from coliseum.web.ui.text import _

Asking = Request[Any, Any, State]
RESERVED: Final = ("export", "history")
"""What stands where names of boards stand: boards of these names are asked for with ``?board=``."""


@get("/t/{slug:str}/boards", opt=needs(Permission.NUMBERS_READ))
async def get_boards(
    request: Asking,
    services: NamedDependency[Services],
    slug: FromPath[str],  # noqa: ARG001
) -> Response[Any]:
    """A board by what is counted, with every option as a control."""
    return await _show(request, services, None)


@get("/t/{slug:str}/boards/{name:str}", opt=needs(Permission.NUMBERS_READ))
async def get_named(
    request: Asking,
    services: NamedDependency[Services],
    slug: FromPath[str],  # noqa: ARG001
    name: FromPath[str],
) -> Response[Any]:
    """A declared board."""
    return await _show(request, services, name)


@get("/t/{slug:str}/boards/export", opt=needs(Permission.EXPORTS_READ))
async def get_file(
    request: Asking,
    services: NamedDependency[Services],
    slug: FromPath[str],  # noqa: ARG001
) -> Response[Any]:
    """A whole board as a file, by the cookie: as ``/api/leaderboards/export`` gives it."""
    given = {name: value for name, value in request.query_params.items() if value}
    made = given.pop("format", "csv")
    return await export_reply(services, caller_in(request.scope), given, made)


async def _show(request: Asking, services: Services, name: str | None) -> Response[Any]:
    caller, swapped = caller_in(request.scope), wants_fragment(request)
    query, zone = dict(request.query_params), caller.tenant.zone
    boards = await _boards(services, caller)
    if name is not None and name not in boards:
        raise RequestRefused(Refusal.NOT_FOUND, "there is no board of that name of yours")
    looked = Looked(cleaned(query), boards, None if name is None else boards[name])
    try:
        asked = asked_in(query, zone, services.clock(), name)
        looked = await _look(services, caller, asked, boards, Shell(request).url("explain"))
    except SeasonMissing as error:
        looked = msgspec.structs.replace(looked, problem=Problem(str(error), error.field, missing=True))
    except QueryInvalid as error:
        looked = msgspec.structs.replace(looked, problem=Problem(str(error), error.field))
    except RequestRefused as error:
        if error.code is not Refusal.PLAN_LIMIT:
            raise
        looked = msgspec.structs.replace(looked, problem=Problem(str(error), error.field, plan=True))
    address = address_of(Shell(request), looked.asked)
    if is_of_form(query) and not swapped and looked.problem is None:
        return Response(b"", status_code=303, headers={"location": address, "cache-control": "no-store"})
    first = await first_received(services.database, caller.tenant)
    values = values_of(request, services, caller, looked, first, address)
    if swapped:
        answer = fragment(request, "boards/boards.html", **values)
        answer.headers["HX-Push-Url"] = address
        return answer
    status = 200 if looked.problem is None else looked.problem.status
    return page(request, "boards/index.html", title=_("Leaderboards"), status=status, **values)


async def _look(
    services: Services, caller: Caller, asked: Asked, boards: dict[str, DeclaredBoard], explain: str
) -> Looked:
    """The board that is asked for."""
    board = boards.get(asked.name or "")
    if asked.name is not None and board is None:
        raise QueryInvalid("There is no board of that name.", "board")
    found, question, _declaration = await shown(services, caller, asked, explain)
    return Looked(asked, boards, board, found, question)


async def _boards(services: Services, caller: Caller) -> dict[str, DeclaredBoard]:
    """All boards that have a name and that the caller may see."""
    async with services.database.tenant(caller.tenant.tenant_id) as connection:
        found = await list_boards(connection, caller.tenant)
    return {each.declaration.name: each for each in found if may_see(caller, each.declaration)}


def address_of(shell: Shell, asked: Asked) -> str:
    """The address of a page, without what need not be said."""
    query = {name: value for name, value in asked.query.items() if name != "board"}
    name = asked.name
    if name is None:
        return shell.url("boards", **query)
    if name in RESERVED:
        return shell.url("boards", board=name, **query)
    return shell.url(f"boards/{name}", **query)


HANDLERS = (get_boards, get_file, history.get_history, get_named, *explaining.HANDLERS)
