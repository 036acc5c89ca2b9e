"""What a number is the sum of: a page, and what fills the drawer of a board. It is asked as ``/api/explain`` is."""

from collections.abc import Mapping
from typing import Any, Final

from litestar import Request, get
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath

from coliseum.accounts.callers import Caller
from coliseum.accounts.permissions import Permission
from coliseum.errors import QueryInvalid
from coliseum.metrics.registry import Kind, Unique
from coliseum.queries.ask import Subject, filters_of, subject_of
from coliseum.queries.asked import when_of, whole_number
from coliseum.queries.finding import find_entities, places_of
from coliseum.web.access import caller_in, needs
from coliseum.web.services import Services
from coliseum.web.ui.boards import words
from coliseum.web.ui.boards.reading import read_explanation
from coliseum.web.ui.boards.rows import position_text
from coliseum.web.ui.shell import Shell, fragment, page, wants_fragment, with_query
from coliseum.web.ui.text import _

ENTRIES: Final = 50
ENTRIES_MAX: Final = 200
"""Entries that one page shows at most; the API gives more."""
PARAMETERS: Final = (
    "metric", "entity", "id", "window", "at", "from", "to", "as_of", "city", "genre", "event", "currency", "limit",
    "cursor",
)  # fmt: skip


@get("/t/{slug:str}/explain", opt=needs(Permission.NUMBERS_READ))
async def get_why(
    request: Request[Any, Any, State],
    services: NamedDependency[Services],
    slug: FromPath[str],  # noqa: ARG001
) -> Any:
    """The entries behind a number, with who, when and where."""
    caller = caller_in(request.scope)
    given = {name: value for name, value in request.query_params.items() if value}
    unknown = sorted(given.keys() - set(PARAMETERS))
    if unknown:
        raise QueryInvalid(f"There is no parameter {unknown[0]!r}; there are {', '.join(PARAMETERS)}.", unknown[0])
    values = await _explained(services, caller, given, Shell(request))
    if wants_fragment(request):
        return fragment(request, "boards/entries.html", **values)
    return page(request, "boards/explain.html", title=_("Which entries?"), **values)


async def _explained(services: Services, caller: Caller, given: Mapping[str, str], shell: Shell) -> dict[str, Any]:
    tenant = caller.tenant
    if "metric" not in given:
        raise QueryInvalid("metric says what is counted, such as votes.", "metric")
    subject = subject_of(tenant, given["metric"], given.get("entity"), given.get("currency"))
    as_of, window = when_of(
        tenant, services.clock(), given.get("as_of"), given.get("window", "all"), given.get("at"),
        given.get("from"), given.get("to"),
    )  # fmt: skip
    limit = whole_number(given.get("limit", str(ENTRIES)), "limit", f"from 1 to {ENTRIES_MAX}")
    if limit > ENTRIES_MAX:
        raise QueryInvalid(f"limit is from 1 to {ENTRIES_MAX} on a page; the API gives more.", "limit")
    entity_id = given.get("id")
    found = await read_explanation(
        services, caller, subject, entity_id, window,
        filters_of(given.get("city"), given.get("genre"), given.get("event")),
        limit=limit, cursor=given.get("cursor"), as_of=as_of,
    )  # fmt: skip
    places = await places_of(services.database, tenant, found.entries)
    # The next page is of the very same moment: the one that this page was counted at.
    pinned = {name: value for name, value in given.items() if name != "cursor"}
    pinned["as_of"] = position_text(found.position)
    return {
        "found": found,
        "words": words,
        "entries": [(entry, places.get((entry.partition, entry.offset))) for entry in found.entries],
        "unique": isinstance(subject.metric, Unique),
        "fans": caller.may(Permission.FANS_READ),
        "name": await _name_of(services, caller, subject, entity_id),
        "to": None if entity_id is None else shell.link(subject.kind.label, entity_id),
        "first": shell.url("explain", **pinned) if "cursor" in given else None,
        "following": shell.url("explain", **pinned, cursor=found.next_cursor) if found.next_cursor else None,
        "api": with_query("/api/explain", **pinned),
        "whole": with_query("/api/explain", **pinned, limit=1_000) if "limit" not in pinned else
                 with_query("/api/explain", **pinned),
    }  # fmt: skip


async def _name_of(services: Services, caller: Caller, subject: Subject, entity_id: str | None) -> str:
    """What an entity is called today; its id, when nothing is known of it."""
    if entity_id is None or subject.kind is Kind.FAN:
        return entity_id or ""
    found = await find_entities(services.database, caller.tenant, subject.kind, entity_id)
    return next((each.name for each in found if each.id == entity_id), entity_id)


HANDLERS = (get_why,)
