"""The routes of declared boards: a tenant's own and the built-in ones, and those that anybody may read."""

import re
from hashlib import blake2b
from typing import Annotated, Any, Final

from litestar import Request, Response, delete, get, put
from litestar.di import NamedDependency
from litestar.params import PathParameter, QueryParameter

from coliseum.accounts.permissions import Permission
from coliseum.accounts.tenants import Tenant
from coliseum.boards.declaration import DECLARATION_BYTES_MAX, read_declaration
from coliseum.boards.declared import DeclaredBoard, Match, board_named, declare, list_boards, withdraw
from coliseum.errors import QueryInvalid, Refusal, RequestRefused
from coliseum.queries.public import PublicBoard, PublicTotal
from coliseum.trail.record import Deed
from coliseum.web.access import caller_in, for_anybody, needs
from coliseum.web.bodies import Disconnected, read_body
from coliseum.web.services import Services
from coliseum.web.sharing import shared_with

REVISION: Final = re.compile(r'"(\d{1,16})"')
Name = Annotated[str, PathParameter(description="The board's name: 1 to 64 of a-z, 0-9 and hyphens.")]
Slug = Annotated[str, PathParameter(description="The tenant's short name, as it stands in its keys.")]
PublicWindow = Annotated[str | None, QueryParameter(description="A window of the board; its first when left out.")]
KEPT: Final = "public, max-age=5"


@get(
    "/api/boards",
    opt=needs(Permission.NUMBERS_READ),
    summary="All boards: the tenant's own, and those that are built in",
)
async def get_boards(request: Request[Any, Any, Any], services: NamedDependency[Services]) -> list[DeclaredBoard]:
    """By name. A board that the tenant declared under the name of a built-in one takes its place."""
    tenant = _tenant(request)
    async with services.database.tenant(tenant.tenant_id) as connection:
        return await list_boards(connection, tenant)


@get("/api/boards/{name:str}", opt=needs(Permission.NUMBERS_READ), summary="A board's declaration")
async def get_board(
    request: Request[Any, Any, Any], services: NamedDependency[Services], name: Name
) -> Response[DeclaredBoard]:
    """What was declared, with everything that was left out. The revision is also the ETag."""
    tenant = _tenant(request)
    async with services.database.tenant(tenant.tenant_id) as connection:
        board = await board_named(connection, tenant, name)
    if board is None:
        raise _unknown()
    return _answer(board)


@put(
    "/api/boards/{name:str}",
    opt=needs(Permission.BOARDS_MANAGE),
    summary="Declare a board, or replace it",
    status_code=200,
)
async def put_board(
    request: Request[Any, Any, Any], services: NamedDependency[Services], name: Name
) -> Response[DeclaredBoard]:
    """201 when it is new, 200 when it takes the place of another or is there already. See BOARDS.md for the body.

    With `If-Match` only the revision that it names is replaced; otherwise the answer is `changed_meanwhile`.
    """
    tenant = _tenant(request)
    match = matched(request)
    try:
        raw = await read_body(dict(request.scope["headers"]), request.receive, DECLARATION_BYTES_MAX)
    except Disconnected:
        raise RequestRefused(Refusal.INVALID_JSON, "the body is cut off") from None
    declaration = read_declaration(raw, name, tenant)
    services.allowance.check_declaration(tenant, declaration)

    def check_count(there_are: int) -> None:
        services.allowance.check_count(tenant, "declaredBoards", there_are)

    async with services.database.tenant(tenant.tenant_id) as connection:
        board, made = await declare(connection, tenant, declaration, match, check_count)
        deed = _deed(request, "board.declare", name, revision=board.revision)
        await services.trail.record(connection, tenant.tenant_id, deed)
    services.declarations.forget(tenant, name)
    return _answer(board, 201 if made else 200)


@delete(
    "/api/boards/{name:str}", opt=needs(Permission.BOARDS_MANAGE), summary="Remove a board that the tenant has declared"
)
async def delete_board(request: Request[Any, Any, Any], services: NamedDependency[Services], name: Name) -> None:
    """204 when it is removed, 404 when there is none. `If-Match` as above.

    A built-in board of that name is there again.
    """
    tenant = _tenant(request)
    match = matched(request)
    async with services.database.tenant(tenant.tenant_id) as connection:
        removed = await withdraw(connection, tenant, name, match)
        if removed:
            await services.trail.record(connection, tenant.tenant_id, _deed(request, "board.withdraw", name))
    services.declarations.forget(tenant, name)
    if not removed:
        raise _unknown()


@get("/api/public/{slug:str}/boards/{name:str}", opt=for_anybody(), summary="A public board, for anybody")
async def get_public_board(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    slug: Slug,
    name: Name,
    window: PublicWindow = None,
    limit: Annotated[int, QueryParameter(description="Rows, 1 to 100.")] = 50,
    movement: Annotated[
        bool, QueryParameter(description="true: as of /api/leaderboards; a selective board is shown without.")
    ] = False,
) -> Response[PublicBoard]:
    """The first rows of a board that its tenant, named by its slug, has declared public. Needs no key.

    There is no next page. An answer may be kept for five seconds, and asked for again with `If-None-Match`. A private
    board is answered like none.
    """
    _check_parameters(request, "window", "limit", "movement")
    found = await _public(services, slug, name)
    return _shared(request, found[0], await services.public.body(*found, window, limit, movement=movement))


@get(
    "/api/public/{slug:str}/boards/{name:str}/total",
    opt=for_anybody(),
    summary="How much a public board counts in all, for anybody",
)
async def get_public_total(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    slug: Slug,
    name: Name,
    window: PublicWindow = None,
) -> Response[PublicTotal]:
    """Of a board that its tenant has declared public with `publicTotal`: of all, or at the event that it is of.

    An answer may be kept for five seconds, and asked for again with `If-None-Match`. A board without a public total is
    answered like none.
    """
    _check_parameters(request, "window")
    tenant, board = await _public(services, slug, name)
    if not board.declaration.public_total:
        raise _none_public()
    return _shared(request, tenant, await services.public.total(tenant, board, window))


async def _public(services: Services, slug: str, name: str) -> tuple[Tenant, DeclaredBoard]:
    """A board that is public, of a tenant whose plan has it."""
    found = await services.declarations.public(slug, name)
    if found is None:
        raise _none_public()
    services.allowance.check_declaration(found[0], found[1].declaration)
    return found


def _none_public() -> RequestRefused:
    return RequestRefused(Refusal.NOT_FOUND, "there is no public board of this name here")


def _shared(request: Request[Any, Any, Any], tenant: Tenant, body: bytes) -> Response[Any]:
    """An answer that anybody may keep for a moment, or the news that it is the one that is known."""
    tag = f'"{blake2b(body, digest_size=16).hexdigest()}"'
    headers = {"cache-control": KEPT, **shared_with(tenant, request.headers), "etag": tag}
    given = request.headers.get("if-none-match", "")
    if given == "*" or tag in {each.strip().removeprefix("W/") for each in given.split(",")}:
        return Response(b"", status_code=304, headers=headers)
    return Response(body, headers=headers)


def _deed(request: Request[Any, Any, Any], action: str, name: str, **detail: object) -> Deed:
    address = request.client.host if request.client else ""
    actor = caller_in(request.scope).actor
    return Deed(actor=actor, action=action, target=f"board:{name}", address=address, detail=detail)


def _answer(board: DeclaredBoard, status: int = 200) -> Response[DeclaredBoard]:
    return Response(board, status_code=status, headers={"etag": f'"{board.revision}"'})


def _tenant(request: Request[Any, Any, Any]) -> Tenant:
    _check_parameters(request)
    return caller_in(request.scope).tenant


def _check_parameters(request: Request[Any, Any, Any], *known: str) -> None:
    """A parameter that the route does not know is refused, because it would be ignored."""
    unknown = sorted(set(request.query_params) - set(known))
    if unknown:
        raise QueryInvalid(f"There is no parameter {unknown[0]!r} here.", unknown[0])


def matched(request: Request[Any, Any, Any]) -> Match | None:
    """The revisions that ``If-Match`` names; none of them for ``*``."""
    given = request.headers.get("if-match")
    if given is None:
        return None
    if given.strip() == "*":
        return frozenset()
    found = [REVISION.fullmatch(each.strip()) for each in given.split(",")]
    if not all(found):
        raise QueryInvalid('If-Match is * or a revision in quotation marks, such as "7".', "If-Match")
    return frozenset(int(each[1]) for each in found if each)


def _unknown() -> RequestRefused:
    return RequestRefused(Refusal.NOT_FOUND, "there is no such board of yours")


HANDLERS = (get_boards, get_board, put_board, delete_board, get_public_board, get_public_total)
