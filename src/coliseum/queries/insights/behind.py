"""The people behind a number that counts people, each with the entry that makes them count; and what one fan did."""

import base64
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

import msgspec

from coliseum import db
from coliseum.accounts.tenants import Tenant
from coliseum.errors import QueryInvalid
from coliseum.metrics.registry import Kind, stored_name
from coliseum.queries.ask import check_text, subject_of
from coliseum.queries.entries import SubjectRow
from coliseum.queries.explain import LIMIT_MAX, Entry, cursor_of, place_after
from coliseum.queries.insights.shows import SQL, STEPS, read_to
from coliseum.queries.names import number_of

SUBJECTS: Final = db.statements("coliseum.queries")["log_subjects"]
OF: Final = ("reached", "took", "elsewhere", "dropped", "absent", "again")
"""Of a step of an event's funnel: who reached it by all steps before; who took it at all; who took it another way; who
reached the step before and not this one; who took it and was never scanned there. Of scans: as which show they came."""
SCOPES: Final = ("any_show", "same_artists")
SHOWS_MAX: Final = 2**31


class PeopleQuestion(msgspec.Struct, frozen=True):
    """Which people.

    Of an event: ``of`` with ``step``, ``tier`` and the stretch in which the deciding entry happened, or ``again`` with
    ``scope``. Of an artist: those of its shows, also in one city. ``least`` and ``most``: as
    which show, or to how many.
    """

    event: str | None = None
    artist: str | None = None
    of: str = "took"
    step: str = "attended"
    tier: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    scope: str = "any_show"
    least: int = 1
    most: int = SHOWS_MAX
    city: str | None = None


class Behind(msgspec.Struct, frozen=True, rename="camel"):
    """Somebody who counts, and by which entry.

    ``user_id``: null for a caller who may not read about fans, and for who was forgotten. ``shows``: as which show they
    came, or to how many.
    """

    user_id: str | None
    partition: int
    offset: int
    type: str
    occurred_at: datetime
    shows: int | None = None


class People(msgspec.Struct, frozen=True, rename="camel"):
    """How many people there are, and a page of them."""

    count: int
    people: list[Behind]
    next_cursor: str | None
    position: list[int]


class Doings(msgspec.Struct, frozen=True, rename="camel"):
    """What entries of one fan add up to for a metric, how many there are, and a page of them."""

    metric: str
    currency: str | None
    count: int
    value: int
    entries: list[Entry]
    next_cursor: str | None
    position: list[int]


class _Person(msgspec.Struct, frozen=True):
    people: int
    fan: int | None
    partition: int | None
    offset: int | None
    event_type: str | None
    at: datetime | None
    shows: int | None


class _Did(msgspec.Struct, frozen=True):
    count: int
    total: int
    partition: int | None
    offset: int | None
    id: str | None
    type: str | None
    occurred_at: datetime | None
    created_at: datetime | None
    value: int | None


async def people(
    database: db.Database, tenant: Tenant, question: PeopleQuestion, *, fans: bool, limit: int = 100,
    cursor: str | None = None,
) -> People:  # fmt: skip
    """A page of the people behind a number; ``fans``: whether the caller may see who they are.

    Raises:
        QueryInvalid: a part of the question, the limit or the cursor is none.
    """
    _check(question, limit)
    after = place_after(cursor)[1]
    async with database.tenant(tenant.tenant_id, snapshot=True) as connection:
        found = await _read(connection, tenant, question, after, limit)
        shown = [row for row in found if row.fan is not None]
        numbers = [row.fan for row in shown if row.fan is not None]
        users = await _users(connection, tenant.tenant_id, numbers) if fans else {}
        position = await read_to(connection, tenant)
    more = shown[-1].fan if len(shown) == limit else None
    return People(
        found[0].people, [_behind(row, users) for row in shown], None if more is None else _cursor(more), position
    )


async def doings(
    database: db.Database,
    tenant: Tenant,
    user_id: str,
    metric: str,
    *,
    narrowed: Mapping[str, str | None],
    event_type: str | None = None,
    currency: str | None = None,
    limit: int = 100,
    cursor: str | None = None,
) -> Doings | None:
    """The entries behind a number of one fan; ``narrowed``: to an artist, event, track or city. None: nobody is known.

    Raises:
        QueryInvalid: there is no such metric of fans, or a text, the limit or the cursor are none.
    """
    subject = subject_of(tenant, metric, "fan", currency)
    if not 1 <= limit <= LIMIT_MAX:
        raise QueryInvalid(f"limit is from 1 to {LIMIT_MAX}.", "limit")
    asked = {**narrowed, "type": event_type}
    which = [None if (text := asked.get(name)) is None else check_text(text, name)
             for name in ("artist", "event", "track", "city", "type")]  # fmt: skip
    paid = subject.currency or None
    after = place_after(cursor)
    async with database.tenant(tenant.tenant_id, snapshot=True) as connection:
        fan = await number_of(connection, tenant.tenant_id, Kind.FAN, check_text(user_id, "userId"))
        if fan is None:
            return None
        where = (tenant.tenant_id, stored_name(subject.metric, paid), fan, *which, *after, limit)
        found = await db.rows(connection, _Did, SQL["did"], *where)
        position = await read_to(connection, tenant)
    entries = [msgspec.convert(row, Entry, from_attributes=True) for row in found if row.id is not None]
    following = cursor_of(entries[-1]) if len(entries) == limit else None
    return Doings(metric, paid, found[0].count, found[0].total, entries, following, position)


def _check(question: PeopleQuestion, limit: int) -> None:
    if (question.event is None) == (question.artist is None):
        raise QueryInvalid("Say of which event, or of which artist.", "event")
    check_text(question.event or question.artist or "", "event" if question.artist is None else "artist")
    for name, among in (("of", OF), ("step", tuple(STEPS)), ("scope", SCOPES)):
        if getattr(question, name) not in among:
            raise QueryInvalid(f"{name} is one of {', '.join(among)}.", name)
    if question.tier:
        check_text(question.tier, "tier")
    if question.city is not None:
        check_text(question.city, "city")
    if not 1 <= question.least <= question.most <= SHOWS_MAX:
        raise QueryInvalid("least is from 1 on, and most is not below it.", "least")
    if not 1 <= limit <= LIMIT_MAX:
        raise QueryInvalid(f"limit is from 1 to {LIMIT_MAX}.", "limit")


async def _read(
    connection: db.Connection, tenant: Tenant, question: PeopleQuestion, after: int, limit: int
) -> list[_Person]:
    tenant_id, event, artist = tenant.tenant_id, question.event, question.artist
    if event is not None and question.of != "again":
        step = 1 + list(STEPS).index(question.step)
        asked = (question.of, step, question.tier, question.since, question.until, after, limit)
        return await db.rows(connection, _Person, SQL["people_event"], tenant_id, event, *asked)
    numbers = (question.least, question.most)
    if event is not None:
        number = await number_of(connection, tenant_id, Kind.EVENT, event) or -1
        same = question.scope == "same_artists"
        return await db.rows(
            connection, _Person, SQL["people_again"], tenant_id, number, event, same, *numbers, after, limit
        )
    number = await number_of(connection, tenant_id, Kind.ARTIST, artist or "") or -1
    return await db.rows(
        connection, _Person, SQL["people_artist"], tenant_id, number, *numbers, question.city, after, limit
    )


async def _users(connection: db.Connection, tenant_id: int, numbers: Sequence[int]) -> dict[int, str]:
    """The platform's ids of those who were not forgotten."""
    found = await db.rows(connection, SubjectRow, SUBJECTS, tenant_id, list(numbers))
    return {row.subject_id: row.user_id for row in found}


def _behind(row: _Person, users: Mapping[int, str]) -> Behind:
    assert row.partition is not None and row.offset is not None  # noqa: S101, PT018 - a row of somebody has its entry
    assert row.at is not None and row.event_type is not None  # noqa: S101, PT018 - as above
    return Behind(users.get(row.fan or 0), row.partition, row.offset, row.event_type, row.at, row.shows)


def _cursor(fan: int) -> str:
    """What goes on behind this one."""
    return base64.urlsafe_b64encode(msgspec.json.encode([0, fan])).decode().rstrip("=")
