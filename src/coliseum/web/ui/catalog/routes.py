"""The routes of the catalogue's pages. Saving is a form, so that it works without a script."""

from collections.abc import Mapping
from typing import Annotated, Any, Final

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.response import Redirect

from coliseum.accounts.permissions import Permission
from coliseum.catalog.kinds import KINDS, CatalogKind
from coliseum.catalog.sheet import FILE_BYTES_MAX, ROWS_MAX, RowFault
from coliseum.errors import Refusal, RequestRefused
from coliseum.queries.ask import check_text
from coliseum.queries.catalog import Statement, history, list_catalog
from coliseum.web.access import caller_in, needs
from coliseum.web.editing import save
from coliseum.web.services import Services
from coliseum.web.ui.catalog.values import read_values, shown_values
from coliseum.web.ui.guard import sent_form
from coliseum.web.ui.shell import page, with_query
from coliseum.web.ui.text import _

Asked = Request[Any, Any, Any]
ROWS: Final = 50
FORM_BYTES_MAX: Final = 131_072
TITLES: Final = {
    "artists": (_("Artists"), _("Artist")), "events": (_("Events"), _("Event")), "venues": (_("Venues"), _("Venue")),
    "tracks": (_("Tracks"), _("Track")),
}  # fmt: skip
LABELS: Final = {
    "name": _("Name"), "genres": _("Genres"), "city": _("City"), "country": _("Country"), "picture": _("Picture"),
    "venueId": _("Venue id"), "startsAt": _("Begins"), "capacity": _("Capacity"), "artistIds": _("Bill"),
    "artistId": _("Artist id"), "durationSeconds": _("Seconds"),
}  # fmt: skip
HINTS: Final = {
    "list": _("One a line."),
    "instant": _("Such as 2026-06-21 20:15, in the tenant's time zone; or with its offset."),
    "picture": _("Address of a picture, beginning with https://."),
}
COLUMNS: Final = {
    "artists": ("genres", "city", "country"), "events": ("startsAt", "city", "venueId"),
    "venues": ("city", "country", "capacity"), "tracks": ("artistId", "durationSeconds"),
}  # fmt: skip
EntityId = Annotated[str, QueryParameter(name="id")]


class Wrong(msgspec.Struct, frozen=True):
    """What a form was refused for: the message, at which field, and whether somebody else has saved meanwhile."""

    message: str
    field: str | None = None
    meanwhile: bool = False


@get("/t/{slug:str}/catalog", opt=needs(Permission.NUMBERS_READ))
async def get_catalog_start(slug: FromPath[str]) -> Redirect:
    """The first kind."""
    return Redirect(f"/t/{slug}/catalog/artists", status_code=303)


@get("/t/{slug:str}/catalog/{kind:str}", opt=needs(Permission.NUMBERS_READ))
async def get_catalog_list(
    request: Asked,
    services: NamedDependency[Services],
    slug: FromPath[str],
    kind: FromPath[str],
    search: FromQuery[str] = "",
    cursor: FromQuery[str | None] = None,
    saved: FromQuery[str] = "",
) -> Response[Any]:
    """What the catalogue has of a kind, by name."""
    of, tenant = _kind(kind), caller_in(request.scope).tenant
    sought = check_text(search, "search") if search else None
    found = await list_catalog(services.database, tenant, of, search=sought, limit=ROWS, cursor=cursor)
    return page(
        request, "catalog/list.html", title=TITLES[kind][0], kind=of, found=found, search=search, cursor=cursor,
        titles=TITLES, labels=LABELS, columns=COLUMNS[kind], shown=_shown_in_list(tenant.zone), saved=saved, slug=slug,
    )  # fmt: skip


@get("/t/{slug:str}/catalog/{kind:str}/edit", opt=needs(Permission.NUMBERS_READ))
async def get_catalog_edit(
    request: Asked, services: NamedDependency[Services], kind: FromPath[str], entity_id: EntityId = ""
) -> Response[Any]:
    """One entity, or the form of a new one, and everything that was ever said of it."""
    of = _kind(kind)
    told = await _history(request, services, of, entity_id)
    if entity_id and not told:
        raise RequestRefused(Refusal.NOT_FOUND, f"the catalogue has nothing of the id {entity_id}")
    return _edit_page(request, of, entity_id, told, told[0].fields if told else {})


@post("/t/{slug:str}/catalog/{kind:str}/edit", opt=needs(Permission.EVENTS_WRITE), status_code=303)
async def post_catalog_edit(
    request: Asked, services: NamedDependency[Services], slug: FromPath[str], kind: FromPath[str]
) -> Response[Any]:
    """Save an entity; who has seen another version than there is now is shown both."""
    form, _person = await sent_form(services, request.scope, request.receive, FORM_BYTES_MAX)
    of, caller = _kind(kind), caller_in(request.scope)
    entity_id, version = form.get("id", "").strip(), form.get("version", "")
    fields: dict[str, Any] = {name: form.get(name, "") for name in (field.name for field in of.fields)}
    try:
        fields = read_values(of, form, caller.tenant.zone)
        if not 1 <= len(entity_id) <= ID_MAX or "\x00" in entity_id:
            raise RowFault("id", f"an id has 1 to {ID_MAX} characters")
        await save(services, caller, services.addresses.of(request.scope), of, entity_id, fields, version or None)
    except (RequestRefused, RowFault) as error:
        return await _refused(request, services, of, entity_id, fields, version, error)
    address = with_query(f"/t/{slug}/catalog/{kind}", saved=entity_id)
    return Response(b"", status_code=303, headers={"location": address, "cache-control": "no-store"})


ID_MAX: Final = 128


async def _refused(
    request: Asked, services: Services, of: CatalogKind, entity_id: str, fields: Mapping[str, Any], version: str,
    error: RequestRefused | RowFault,
) -> Response[Any]:  # fmt: skip
    """The form again, with what was wrong; and with what there is now, when somebody else has saved meanwhile."""
    meanwhile = isinstance(error, RequestRefused) and error.code is Refusal.CHANGED_MEANWHILE
    told = await _history(request, services, of, entity_id) if version or meanwhile else []
    wrong = Wrong(error.message, error.field, meanwhile)
    return _edit_page(request, of, entity_id, told, fields, wrong, version)


async def _history(request: Asked, services: Services, of: CatalogKind, entity_id: str) -> list[Statement]:
    if not entity_id:
        return []
    return await history(services.database, caller_in(request.scope).tenant, of, check_text(entity_id, "id"))


@get("/t/{slug:str}/catalog/{kind:str}/import", opt=needs(Permission.EVENTS_WRITE))
async def get_catalog_import(request: Asked, slug: FromPath[str], kind: FromPath[str]) -> Response[Any]:
    """Choosing a file, seeing what it would do, and having it done."""
    of = _kind(kind)
    return page(
        request, "catalog/import.html", title=_("Import"), kind=of, titles=TITLES, labels=LABELS, slug=slug,
        rows_max=ROWS_MAX, bytes_max=FILE_BYTES_MAX,
    )  # fmt: skip


def _edit_page(
    request: Asked, of: CatalogKind, entity_id: str, told: list[Statement], fields: Mapping[str, Any],
    wrong: Wrong | None = None, version: str = "",
) -> Response[Any]:  # fmt: skip
    zone = caller_in(request.scope).tenant.zone
    current = told[0] if told else None
    kept = version if wrong is not None and not wrong.meanwhile else current.version if current else ""
    status = 200 if wrong is None else 412 if wrong.meanwhile else 400
    return page(
        request, "catalog/edit.html", title=TITLES[of.name][1], status=status, kind=of, entity_id=entity_id,
        version=kept, values=shown_values(of, fields, zone), told=told, wrong=wrong, titles=TITLES, labels=LABELS,
        hints=HINTS, shown=lambda values: shown_values(of, values, zone), is_new=current is None,
    )  # fmt: skip


def _shown_in_list(zone: Any) -> Any:
    def shown(kind: CatalogKind, fields: Mapping[str, Any], name: str) -> str:
        return shown_values(kind, fields, zone).get(name, "").replace("\n", ", ")

    return shown


def _kind(name: str) -> CatalogKind:
    if name not in KINDS:
        raise RequestRefused(Refusal.NOT_FOUND, f"the catalogue has no {name}")
    return KINDS[name]


HANDLERS = (get_catalog_start, get_catalog_list, get_catalog_edit, post_catalog_edit, get_catalog_import)
