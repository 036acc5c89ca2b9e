"""The routes of the catalogue's editor. An edit is a catalog event of the log; who may send those may edit.

Ids are any text, slashes included, so an entity is named by the parameter ``id`` and not by the path.
"""

from typing import Annotated, Any, Final

import msgspec
from litestar import Request, Response, get, post, put
from litestar.di import NamedDependency
from litestar.params import JSONBody, PathParameter, QueryParameter

from coliseum.accounts.permissions import Permission
from coliseum.catalog.kinds import kind_named
from coliseum.catalog.sheet import FILE_BYTES_MAX, write_sheet
from coliseum.errors import QueryInvalid, Refusal, RequestRefused
from coliseum.queries.ask import check_text
from coliseum.queries.catalog import CatalogPage, Statement, history, list_catalog, newest, whole_catalog
from coliseum.web.access import caller_in, needs
from coliseum.web.api.callers import asking_tenant
from coliseum.web.api.parameters import Cursor
from coliseum.web.editing import ANY, Saved, save
from coliseum.web.services import Services
from coliseum.web.sheets import ImportResult, ImportWish, apply, look

BODY_BYTES_MAX: Final = FILE_BYTES_MAX * 4 // 3 + 65_536
Kind = Annotated[str, PathParameter(description="artists, events, venues or tracks.")]
EntityId = Annotated[str, QueryParameter(name="id", description="The entity's id, as events name it.")]


class CatalogFields(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole of an entity but its id: by the names of its ``catalog.*`` event; what is left out is unknown."""

    fields: dict[str, Any]


@get("/api/catalog/{kind:str}", opt=needs(Permission.NUMBERS_READ), summary="What the catalogue has, by name")
async def get_catalog(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    kind: Kind,
    search: Annotated[str | None, QueryParameter(description="What the name or the id contains.")] = None,
    limit: Annotated[int, QueryParameter(description="Entities a page, 1 to 200.")] = 50,
    cursor: Cursor = None,
) -> CatalogPage:
    """As far as the processor has read: an edit is in the list a moment after it was saved."""
    tenant, of = asking_tenant(request), kind_named(kind)
    sought = check_text(search, "search") if search else None
    return await list_catalog(services.database, tenant, of, search=sought, limit=limit, cursor=cursor)


@get("/api/catalog/{kind:str}/entity", opt=needs(Permission.NUMBERS_READ), summary="One entity of the catalogue")
async def get_entity(
    request: Request[Any, Any, Any], services: NamedDependency[Services], kind: Kind, entity_id: EntityId
) -> Response[Statement]:
    """What the log says of it now. The version is also the ETag, for If-Match."""
    tenant, of = asking_tenant(request), kind_named(kind)
    named = check_text(entity_id, "id")
    async with services.database.tenant(tenant.tenant_id) as connection:
        found = (await newest(connection, tenant.tenant_id, of, [named])).get(named)
    if found is None:
        raise RequestRefused(Refusal.NOT_FOUND, "the catalogue has nothing of this id")
    return Response(found, headers={"etag": f'"{found.version}"'})


@get("/api/catalog/{kind:str}/history", opt=needs(Permission.NUMBERS_READ), summary="What was ever said of an entity")
async def get_history(
    request: Request[Any, Any, Any], services: NamedDependency[Services], kind: Kind, entity_id: EntityId
) -> list[Statement]:
    """The latest 100 of its entries, the one that holds first; `by` is who used the editor."""
    tenant, of = asking_tenant(request), kind_named(kind)
    return await history(services.database, tenant, of, check_text(entity_id, "id"))


@put("/api/catalog/{kind:str}/entity", opt=needs(Permission.EVENTS_WRITE), summary="State an entity anew",
     status_code=200)  # fmt: skip
async def put_entity(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    data: JSONBody[CatalogFields],
    kind: Kind,
    entity_id: EntityId,
) -> Response[Saved]:
    """It replaces the whole entity, as its event does, and is in the log when this answers.

    `If-Match` names the version that is replaced (`*`: any); without it there must be none of this id. Otherwise the
    answer is `changed_meanwhile`. What states nothing new leaves no entry.
    """
    asking_tenant(request)
    of, caller = kind_named(kind), caller_in(request.scope)
    address = services.addresses.of(request.scope)
    named = check_text(entity_id, "id")
    saved = await save(services, caller, address, of, named, data.fields, _matched(request))
    return Response(saved, status_code=200, headers={"etag": f'"{saved.version}"'})


@post("/api/catalog/{kind:str}/import", opt=needs(Permission.EVENTS_WRITE), summary="Entities from a CSV file",
      status_code=200, request_max_body_size=BODY_BYTES_MAX)  # fmt: skip
async def post_import(
    request: Request[Any, Any, Any], services: NamedDependency[Services], data: JSONBody[ImportWish], kind: Kind
) -> ImportResult:
    """Without `confirm`: what the file would do, and nothing is changed. With the `digest` of that: it is done.

    At most 5 MiB and 20,000 rows. The same file twice changes nothing twice.
    """
    tenant, of = asking_tenant(request), kind_named(kind)
    if data.confirm is None:
        return await look(services, tenant, of, data)
    return await apply(services, caller_in(request.scope), services.addresses.of(request.scope), of, data)


@get("/api/catalog/{kind:str}/export", opt=needs(Permission.EXPORTS_READ), summary="A kind of the catalogue as CSV")
async def get_catalog_export(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    kind: Kind,
    template: Annotated[bool, QueryParameter(description="Only the names of the columns.")] = False,
) -> Response[bytes]:
    """As the import takes it. A text that a spreadsheet would take for a formula has an apostrophe in front."""
    tenant, of = asking_tenant(request), kind_named(kind)
    found = [] if template else [entity async for entity in whole_catalog(services.database, tenant, of)]
    headers = {
        "content-disposition": f'attachment; filename="{of.name}{"-template" if template else ""}.csv"',
        "cache-control": "private, no-store",
    }
    return Response(write_sheet(of, found), media_type="text/csv; charset=utf-8", headers=headers)


def _matched(request: Request[Any, Any, Any]) -> str | None:
    """The version that If-Match names."""
    given = request.headers.get("if-match")
    if given is None or given.strip() == ANY:
        return None if given is None else ANY
    version = given.strip().strip('"')
    if version.count(".") != 1 or not version.replace(".", "").isdigit():
        raise QueryInvalid('If-Match is * or a version in quotation marks, such as "0.41".', "If-Match")
    return version


HANDLERS = (get_catalog, get_entity, get_history, put_entity, post_import, get_catalog_export)
