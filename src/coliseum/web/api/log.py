"""The routes of the debugger: the newest entries, one entry wholly, what was refused and what to do, dead letters.

Whoever may read numbers may read what arrives, without people in it; who may read about fans sees all of it.
"""

from collections.abc import AsyncIterator
from datetime import date, datetime
from typing import Annotated, Any

import msgspec
from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, PathParameter, QueryParameter
from litestar.response import Stream

from coliseum.accounts.callers import Caller
from coliseum.accounts.permissions import Permission
from coliseum.accounts.tenants import Tenant
from coliseum.errors import QueryInvalid
from coliseum.processor.dead_letters import Outcome
from coliseum.queries import status
from coliseum.queries.ask import check_text, instant
from coliseum.queries.entries import EntryPage, EntryQuestion, entries
from coliseum.queries.entry import EntryView, entry
from coliseum.web.access import caller_in, needs
from coliseum.web.api.callers import asking_tenant
from coliseum.web.api.parameters import Cursor
from coliseum.web.fixes import Fix, fix_for
from coliseum.web.retrying import retried
from coliseum.web.services import Services

Of = str | None
OfType = Annotated[Of, QueryParameter(name="type", description="Only of this type, such as coliseum.vote_cast.")]
OfArtist = Annotated[Of, QueryParameter(name="artist", description="Only of this artist id.")]
OfEvent = Annotated[Of, QueryParameter(name="event", description="Only of this event id.")]
OfTrack = Annotated[Of, QueryParameter(name="track", description="Only of this track id.")]
OfSource = Annotated[Of, QueryParameter(name="source", description="Only what came by api, webhook, segment, ...")]
OfId = Annotated[Of, QueryParameter(name="entry", description="Only the entry of this id.")]
OfUser = Annotated[Of, QueryParameter(name="userId", description="Only of this user; needs fans.read.")]
Since = Annotated[Of, QueryParameter(name="since", description="Received at this instant or later (RFC 3339).")]
Lines = Annotated[int, QueryParameter(name="limit", description="Entries a page, 1 to 200.")]
RETRY_BYTES_MAX = 16_384
STREAM_HEADERS = {"x-accel-buffering": "no", "cache-control": "no-store"}


class WarningWithFix(msgspec.Struct, frozen=True, rename="camel"):
    """One reason: how often, since which day, the last example, and what to do about it."""

    code: str
    count: int
    first_day: date
    last_at: datetime
    event_types: list[str]
    example: str
    example_type: str
    fix: Fix


class DeadLetterList(msgspec.Struct, frozen=True, rename="camel"):
    """A tenant's dead letters, the latest first."""

    dead_letters: list[status.ParkedEntry]


class Retry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which dead letters are to be tried again: one of these."""

    id: Annotated[str, msgspec.Meta(min_length=1, max_length=256)] | None = None
    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=2_000)] | None = None
    all: bool = False


@get("/api/entries", opt=needs(Permission.NUMBERS_READ), summary="The newest entries of the log")
async def get_entries(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    event_type: OfType = None,
    artist: OfArtist = None,
    event: OfEvent = None,
    track: OfTrack = None,
    source: OfSource = None,
    entry_id: OfId = None,
    user: OfUser = None,
    since: Since = None,
    limit: Lines = 50,
    cursor: Cursor = None,
) -> EntryPage:
    """Newest first. A page looks at no more than 50,000 entries of each partition: it may be empty and have a next one.

    `userId` is null for a caller without `fans.read`, and for entries of people who are forgotten.
    """
    tenant, caller = asking_tenant(request), caller_in(request.scope)
    question = question_of(caller, event_type, artist, event, track, source, entry_id, user, since)
    fans = caller.may(Permission.FANS_READ)
    return await entries(services.database, tenant, question, limit=limit, cursor=cursor, fans=fans)


@get(
    "/api/entries/{partition:int}/{offset:int}",
    opt=needs(Permission.NUMBERS_READ),
    summary="One entry: what it says, what it counts for, and who has counted it",
)
async def get_entry(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    partition: Annotated[int, PathParameter(description="Of the log.")],
    offset: Annotated[int, PathParameter(description="The entry's place in the partition.")],
) -> EntryView:
    """`sent` is the event in its contract's words, made from what is stored. It and `stored` need `fans.read`."""
    tenant, caller = asking_tenant(request), caller_in(request.scope)
    return await entry(services.database, tenant, partition, offset, fans=caller.may(Permission.FANS_READ))


@get("/api/warnings/groups", opt=needs(Permission.NUMBERS_READ), summary="What was refused or dropped, with its fix")
async def get_warning_groups(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    days: Annotated[int, QueryParameter(ge=1, le=90, description="How many days back.")] = 7,
) -> list[WarningWithFix]:
    """By reason, the latest first: how often, the last example, and what makes it go away."""
    return await warnings_with_fixes(services, asking_tenant(request), days)


@get("/api/dead-letters", opt=needs(Permission.NUMBERS_READ), summary="Entries that a projection could not digest")
async def get_dead_letters(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    consumer: Annotated[Of, QueryParameter(description="Only of this consumer, such as coliseum.")] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=1_000, description="How many, 1 to 1000.")] = 100,
) -> DeadLetterList:
    """The latest first. `error` is null for a caller without `fans.read`: it may quote the entry.

    `POST /api/dead-letters/retry` has them tried again.
    """
    tenant, caller = asking_tenant(request), caller_in(request.scope)
    named = None if consumer is None else check_text(consumer, "consumer")
    fans = caller.may(Permission.FANS_READ)
    found = await status.parked_entries(services.database, tenant, consumer=named, limit=limit, fans=fans)
    return DeadLetterList(found)


@post(
    "/api/dead-letters/retry",
    opt=needs(Permission.SETTINGS_MANAGE),
    summary="Have dead letters tried again",
    status_code=200,
    request_max_body_size=RETRY_BYTES_MAX,
)
async def post_retry(
    request: Request[Any, Any, Any], services: NamedDependency[Services], data: JSONBody[Retry]
) -> Outcome:
    """By `id` one entry, by `reason` (an `error` as listed) all that have it, or with `all` every one.

    The processor tries them. The answer says what has come of it after at most five seconds: `digested`, `failed` (once
    more, with what is wrong now in the list), or still `waiting`, which are tried all the same.
    """
    return await retried(services, request, data.id, data.reason, whole=data.all)


async def warnings_with_fixes(services: Services, tenant: Tenant, days: int) -> list[WarningWithFix]:
    """What was refused or dropped in the last days."""
    found = await status.warning_groups(services.database, tenant, days)
    return [
        WarningWithFix(
            each.code, each.count, each.first_day, each.last_at, each.event_types, each.example, each.example_type,
            fix_for(each.code),
        )
        for each in found
    ]  # fmt: skip


def question_of(
    caller: Caller, event_type: Of, artist: Of, event: Of, track: Of, source: Of, entry_id: Of, user: Of, since: Of
) -> EntryQuestion:
    """What is asked for; empty texts, as forms send them, ask for nothing.

    Raises:
        RequestRefused: a user's entries are asked for by somebody who may not read about fans.
        QueryInvalid: a text is too long, or the instant is none.
    """
    if user:
        caller.check(Permission.FANS_READ)

    def text(value: Of, name: str) -> Of:
        return check_text(value, name) if value else None

    return EntryQuestion(
        text(event_type, "type"), text(artist, "artist"), text(event, "event"), text(track, "track"),
        text(source, "source"), text(entry_id, "entry"), text(user, "userId"),
        instant(since, "since") if since else None,
    )  # fmt: skip


def tail_of(services: Services, tenant: Tenant, question: EntryQuestion) -> Stream:
    """The stream of arriving entries, as an answer.

    Raises:
        RequestRefused: ``overloaded``.
        QueryInvalid: it is asked for what only pages can answer.
    """
    if question.user or question.id or question.since:
        raise QueryInvalid("What arrives can be narrowed by type, artist, event, track and source.", "userId")
    messages: AsyncIterator[bytes] = services.tails.messages(tenant, question)
    return Stream(messages, media_type="text/event-stream; charset=utf-8", headers=STREAM_HEADERS)


HANDLERS = (get_entries, get_entry, get_warning_groups, get_dead_letters, post_retry)
