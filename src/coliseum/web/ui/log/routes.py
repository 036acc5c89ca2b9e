"""The routes of the debugger's pages, over the same reads as the API's."""

from collections import Counter
from typing import Annotated, Any, Final

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter
from litestar.response import Stream

from coliseum.accounts.callers import Caller
from coliseum.accounts.permissions import Permission
from coliseum.errors import QueryInvalid, Refusal, RequestRefused
from coliseum.events.catalogue import TYPES
from coliseum.hooks.deliveries import Delivery, list_deliveries
from coliseum.queries import status
from coliseum.queries.entries import EntryQuestion, entries
from coliseum.queries.entry import entry
from coliseum.web.access import caller_in, needs
from coliseum.web.api.log import question_of, tail_of, warnings_with_fixes
from coliseum.web.retrying import retried
from coliseum.web.services import Services
from coliseum.web.ui.guard import sent_form
from coliseum.web.ui.lines import WORDS
from coliseum.web.ui.shell import fragment, page, wants_fragment, with_query
from coliseum.web.ui.text import _

Asked = Request[Any, Any, Any]
LINES: Final = 50
LETTERS: Final = 200
DAYS: Final = (1, 7, 30, 90)
FILTERS: Final = ("type", "artist", "event", "track", "source", "entry", "userId", "since")
LIVE_FILTERS: Final = ("type", "artist", "event", "track", "source")
UNDELIVERED: Final = ("failed", "abandoned")
OUTCOME: Final = ("asked", "digested", "failed", "waiting")
DIGITS_MAX: Final = 9


@get("/t/{slug:str}/log", opt=needs(Permission.NUMBERS_READ))
async def get_log(request: Asked, services: NamedDependency[Services], slug: FromPath[str]) -> Response[Any]:
    """The newest entries that the filters leave; a script goes on with what arrives."""
    caller = caller_in(request.scope)
    asked = _asked(request)
    cursor = request.query_params.get("cursor")
    found = await entries(
        services.database, caller.tenant, _question(caller, asked), limit=LINES, cursor=cursor,
        fans=caller.may(Permission.FANS_READ),
    )  # fmt: skip
    moves = cursor is None and not set(asked) - set(LIVE_FILTERS)
    return page(
        request, "log/log.html", title=_("Log"), slug=slug, found=found, asked=asked, cursor=cursor, moves=moves,
        words=WORDS, types=list(TYPES), live_filters=LIVE_FILTERS,
    )  # fmt: skip


@get("/t/{slug:str}/log/live", opt=needs(Permission.NUMBERS_READ))
async def get_log_live(request: Asked, services: NamedDependency[Services], slug: FromPath[str]) -> Stream:
    """What arrives, as server-sent events, for the page of this tenant."""
    caller = caller_in(request.scope)
    if caller.tenant.slug != slug:
        raise QueryInvalid("This is another tenant's page.", "slug")
    return tail_of(services, caller.tenant, _question(caller, _asked(request)))


@get("/t/{slug:str}/log/entries/{partition:int}/{offset:int}", opt=needs(Permission.NUMBERS_READ))
async def get_log_entry(
    request: Asked, services: NamedDependency[Services], slug: FromPath[str], partition: FromPath[int],
    offset: FromPath[int],
) -> Response[Any]:  # fmt: skip
    """One entry wholly: a page, or the part of it that a drawer shows."""
    caller = caller_in(request.scope)
    view = await entry(services.database, caller.tenant, partition, offset, fans=caller.may(Permission.FANS_READ))
    values: dict[str, Any] = {"view": view, "slug": slug, "words": WORDS, "json": _json}
    if wants_fragment(request):
        return fragment(request, "log/entry_part.html", **values)
    return page(request, "log/entry.html", title=_("Entry"), **values)


@get("/t/{slug:str}/log/warnings", opt=needs(Permission.NUMBERS_READ))
async def get_log_warnings(
    request: Asked,
    services: NamedDependency[Services],
    slug: FromPath[str],
    days: Annotated[int, QueryParameter(ge=1, le=90)] = 7,
) -> Response[Any]:
    """What was refused or dropped, by reason, with the fix for each."""
    found = await warnings_with_fixes(services, caller_in(request.scope).tenant, days)
    return page(
        request, "log/warnings.html", title=_("Warnings"), slug=slug, found=found, days=days, choices=DAYS, words=WORDS
    )


@get("/t/{slug:str}/log/dead-letters", opt=needs(Permission.NUMBERS_READ))
async def get_log_letters(request: Asked, services: NamedDependency[Services], slug: FromPath[str]) -> Response[Any]:
    """Entries that no projection could digest, and webhooks that could not be delivered."""
    caller = caller_in(request.scope)
    letters = await status.parked_entries(
        services.database, caller.tenant, consumer=None, limit=LETTERS, fans=caller.may(Permission.FANS_READ)
    )
    sent = await _undelivered(services, caller) if caller.may(Permission.WEBHOOKS_MANAGE) else None
    standing = await status.consumers(services.database, caller.tenant)
    reasons = Counter(each.error for each in letters if each.error is not None)
    return page(
        request, "log/letters.html", title=_("Dead letters"), slug=slug, letters=letters, sent=sent, standing=standing,
        outcome=_outcome(request), reasons={reason: count for reason, count in reasons.items() if count > 1},
    )  # fmt: skip


@post("/t/{slug:str}/log/dead-letters", opt=needs(Permission.SETTINGS_MANAGE), status_code=303)
async def post_log_letters(request: Asked, services: NamedDependency[Services], slug: FromPath[str]) -> Response[Any]:
    """Have an entry, all of one reason, or all tried again, and say what has come of it."""
    form, _person = await sent_form(services, request.scope, request.receive)
    try:
        outcome = await retried(services, request, form.get("id"), form.get("reason"), whole="all" in form)
        told = msgspec.structs.asdict(outcome)
    except RequestRefused as error:
        if error.code is not Refusal.NOT_FOUND:
            raise
        told = dict.fromkeys(OUTCOME, 0)  # somebody else was quicker
    address = with_query(f"/t/{slug}/log/dead-letters", **told)
    return Response(b"", status_code=303, headers={"location": address, "cache-control": "no-store"})


def _outcome(request: Asked) -> dict[str, int] | None:
    """What has come of trying again, as the address says it."""
    given = [request.query_params.get(name, "") for name in OUTCOME]
    if not all(text.isascii() and text.isdecimal() and len(text) <= DIGITS_MAX for text in given):
        return None
    return dict(zip(OUTCOME, map(int, given), strict=True))


async def _undelivered(services: Services, caller: Caller) -> list[Delivery]:
    tenant_id = caller.tenant.tenant_id
    async with services.database.tenant(tenant_id, "accounts") as connection:
        pages = [await list_deliveries(connection, tenant_id, state=state, limit=50) for state in UNDELIVERED]
    return sorted((each for found in pages for each in found.deliveries), key=lambda each: -each.id)


def _asked(request: Asked) -> dict[str, str]:
    """The filters that are given; a form sends all of its fields, and most are empty."""
    given = request.query_params
    return {name: str(given[name]) for name in FILTERS if given.get(name)}


def _question(caller: Caller, asked: dict[str, str]) -> EntryQuestion:
    return question_of(caller, *(asked.get(name) for name in FILTERS))


def _json(value: Any) -> str:
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode()


HANDLERS = (get_log, get_log_live, get_log_entry, get_log_warnings, get_log_letters, post_log_letters)
