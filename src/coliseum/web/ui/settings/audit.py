"""The audit trail: filtered, looked at for changes, and as a file."""

from typing import Annotated, Any, Final

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromQuery, QueryParameter
from litestar.response import Stream

from coliseum.accounts.keymaking import list_keys
from coliseum.accounts.members import list_members
from coliseum.accounts.permissions import Permission
from coliseum.trail.read import TrailQuestion, page
from coliseum.trail.shown import first_bad
from coliseum.web.access import caller_in, needs
from coliseum.web.api.audit import cursor_of, lines_of, number_of, question_of
from coliseum.web.services import Services
from coliseum.web.ui.settings.frame import settings_page
from coliseum.web.ui.shell import Asked
from coliseum.web.ui.text import _

ENTRIES: Final = 50
Since = Annotated[str | None, QueryParameter(name="from")]
Until = Annotated[str | None, QueryParameter(name="to")]


@get("/t/{slug:str}/settings/audit", opt=needs(Permission.AUDIT_READ))
async def get_audit(
    request: Asked,
    services: NamedDependency[Services],
    actor: FromQuery[str | None] = None,
    action: FromQuery[str | None] = None,
    outcome: FromQuery[str | None] = None,
    since: Since = None,
    until: Until = None,
    cursor: FromQuery[str | None] = None,
) -> Response[Any]:
    """Who did what, newest first; what is shown without a filter is recomputed with the chain's key."""
    tenant = caller_in(request.scope).tenant
    question, before = _question(actor, action, outcome, since, until), number_of(cursor)
    async with services.database.tenant(tenant.tenant_id) as connection:
        found = await page(connection, tenant.tenant_id, question, before, ENTRIES + 1)
    keys = [each for each in (services.settings.secret_key_before, services.secret_key) if each]
    whole = question == TrailQuestion()
    return settings_page(
        request, "audit", "settings/audit.html", title=_("Audit trail"), entries=found[:ENTRIES],
        following=cursor_of(found[ENTRIES - 1].number) if len(found) > ENTRIES else None,
        is_first=cursor is None, is_checked=whole, bad=first_bad(found, tenant.tenant_id, keys) if whole else None,
        called=await _called(services, tenant), asked={
            "actor": actor, "action": action, "outcome": outcome, "from": since, "to": until,
        },
    )  # fmt: skip


@get("/t/{slug:str}/settings/audit/export", opt=needs(Permission.AUDIT_READ))
async def get_audit_file(
    request: Asked,
    services: NamedDependency[Services],
    actor: FromQuery[str | None] = None,
    action: FromQuery[str | None] = None,
    outcome: FromQuery[str | None] = None,
    since: Since = None,
    until: Until = None,
) -> Stream:
    """All entries that the filters leave, one JSON object a line, as `GET /api/audit/export` answers."""
    tenant = caller_in(request.scope).tenant
    lines = lines_of(services, tenant.tenant_id, _question(actor, action, outcome, since, until))
    headers = {
        "content-disposition": f'attachment; filename="{tenant.slug}-audit.ndjson"',
        "cache-control": "private, no-store",
    }
    return Stream(lines, media_type="application/x-ndjson", headers=headers)


def _question(
    actor: str | None, action: str | None, outcome: str | None, since: str | None, until: str | None
) -> TrailQuestion:
    """As the API's, but a field that a form leaves empty asks for nothing, and a day is its first instant in UTC."""
    days = [f"{each}T00:00:00Z" if each and "T" not in each else each for each in (since, until)]
    return question_of(actor or None, action or None, outcome or None, days[0] or None, days[1] or None)


async def _called(services: Services, tenant: Any) -> dict[str, str]:
    """What people see in place of the numbers of members and keys."""
    async with services.database.tenant(tenant.tenant_id, "accounts") as connection:
        members = {f"person:{each.person_id}": each.email for each in await list_members(connection, tenant.tenant_id)}
        keys = {f"key:{each.key_id}": each.name or each.prefix for each in await list_keys(connection, tenant)}
    return {**members, **keys}


HANDLERS = (get_audit, get_audit_file)
