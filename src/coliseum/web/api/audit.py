"""The routes that read the audit trail. They change nothing, and so leave no trace themselves."""

import base64
import binascii
from collections.abc import AsyncIterator
from typing import Annotated, Any, Final

import msgspec
from litestar import Request, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from litestar.response import Stream

from coliseum.accounts.permissions import Permission
from coliseum.errors import QueryInvalid
from coliseum.queries.ask import check_text, instant
from coliseum.trail.read import NUMBER_MAX, TrailEntry, TrailQuestion, page, whole
from coliseum.trail.record import Outcome
from coliseum.web.access import needs
from coliseum.web.api.callers import asking_tenant
from coliseum.web.api.parameters import Cursor
from coliseum.web.services import Services

LIMIT_MAX: Final = 1_000
OUTCOMES: Final[dict[str, Outcome]] = {"done": "done", "refused": "refused"}
Actor = Annotated[str | None, QueryParameter(description="Only of this one: person:5, key:12, operator, stripe.")]
Action = Annotated[str | None, QueryParameter(description="Only this, such as key.revoke.")]
OfOutcome = Annotated[str | None, QueryParameter(description="done or refused.")]
Since = Annotated[str | None, QueryParameter(name="from", description="From this instant on (RFC 3339).")]
Until = Annotated[str | None, QueryParameter(name="to", description="Before this instant (RFC 3339).")]
Limit = Annotated[int, QueryParameter(description="Entries a page, 1 to 1000.")]


class AuditPage(msgspec.Struct, frozen=True, rename="camel"):
    """Entries of the trail, newest first, and where the next page begins."""

    entries: list[TrailEntry]
    next_cursor: str | None


@get("/api/audit", opt=needs(Permission.AUDIT_READ), summary="The audit trail: who did what, newest first")
async def get_audit(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    actor: Actor = None,
    action: Action = None,
    outcome: OfOutcome = None,
    since: Since = None,
    until: Until = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> AuditPage:
    """What changed something, and what was refused for lack of permission. Entries are never changed or removed."""
    tenant = asking_tenant(request)
    question = question_of(actor, action, outcome, since, until)
    if not 1 <= limit <= LIMIT_MAX:
        raise QueryInvalid(f"limit is from 1 to {LIMIT_MAX}.", "limit")
    before = number_of(cursor)
    async with services.database.tenant(tenant.tenant_id) as connection:
        found = await page(connection, tenant.tenant_id, question, before, limit + 1)
    return AuditPage(found[:limit], cursor_of(found[limit - 1].number) if len(found) > limit else None)


@get("/api/audit/export", opt=needs(Permission.AUDIT_READ), summary="The audit trail as NDJSON")
async def get_audit_export(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    actor: Actor = None,
    action: Action = None,
    outcome: OfOutcome = None,
    since: Since = None,
    until: Until = None,
) -> Stream:
    """All entries that the parameters leave, newest first, one JSON object a line."""
    tenant = asking_tenant(request)
    question = question_of(actor, action, outcome, since, until)
    headers = {"content-disposition": 'attachment; filename="audit.ndjson"', "cache-control": "private, no-store"}
    lines = lines_of(services, tenant.tenant_id, question)
    return Stream(lines, media_type="application/x-ndjson", headers=headers)


async def lines_of(services: Services, tenant_id: int, question: TrailQuestion) -> AsyncIterator[bytes]:
    """What the question leaves, as lines of JSON."""
    encoder = msgspec.json.Encoder()
    async for part in whole(services.database, tenant_id, question):
        yield encoder.encode_lines(part)


def question_of(
    actor: str | None, action: str | None, outcome: str | None, since: str | None, until: str | None
) -> TrailQuestion:
    """What is asked for, from texts.

    Raises:
        QueryInvalid: one of them says nothing that can be asked for.
    """
    if outcome is not None and outcome not in OUTCOMES:
        raise QueryInvalid(f"outcome is {' or '.join(OUTCOMES)}.", "outcome")
    return TrailQuestion(
        actor=None if actor is None else check_text(actor, "actor"),
        action=None if action is None else check_text(action, "action"),
        outcome=None if outcome is None else OUTCOMES[outcome],
        since=None if since is None else instant(since, "from"),
        until=None if until is None else instant(until, "to"),
    )


def cursor_of(number: int) -> str:
    """Where a page begins that goes on below this entry."""
    return base64.urlsafe_b64encode(msgspec.json.encode(number)).decode().rstrip("=")


def number_of(cursor: str | None) -> int | None:
    """The entry that a cursor names.

    Raises:
        QueryInvalid: it is none.
    """
    if cursor is None:
        return None
    try:
        number = msgspec.json.decode(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)), type=int)
    except (binascii.Error, ValueError, msgspec.DecodeError):
        raise QueryInvalid("The cursor is not one that this server gave.", "cursor") from None
    if not 0 < number <= NUMBER_MAX:
        raise QueryInvalid("The cursor is not one that this server gave.", "cursor")
    return number


HANDLERS = (get_audit, get_audit_export)
