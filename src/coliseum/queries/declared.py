"""Declared boards as readers need them: remembered for a moment, and read exactly where scores alone do not decide.

A board with eligibility or count-back is answered from PostgreSQL, never from Valkey: who is on it depends on more than
the scores that live boards keep. As of a place in the log it is made of the entries before that place.
"""

from collections import OrderedDict
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeVar

import msgspec

from coliseum import db
from coliseum.accounts.tenants import Tenant, tenant_by_slug
from coliseum.boards.board import epoch_seconds
from coliseum.boards.declaration import NAME, Declaration
from coliseum.boards.declared import DeclaredBoard, board_named, board_of
from coliseum.boards.totals import MILLISECOND, Ranked
from coliseum.clock import Clock
from coliseum.errors import QueryInvalid
from coliseum.metrics.registry import KINDS, Kind, Metric, Unique, stored_name
from coliseum.metrics.windows import GRAINS, Grain, Window
from coliseum.queries.pages import Around, Members, Page, Part, read_position

SQL = db.statements("coliseum.queries")
DECLARATIONS_FOR: Final = timedelta(seconds=2)
"""How long a declaration is believed: a board that was made private can be read for so long."""
DECLARATIONS_MAX: Final = 10_000
COUNTBACK_MEMBERS_MAX: Final = 10_000
"""A board on which votes are counted back has at most so many members."""
PREFETCH_ROWS: Final = 5_000
ENTRY_AHEAD_MAX: Final = timedelta(days=32)
"""An entry is received at most so long before its own time: a day (``COLISEUM_FUTURE_S``), and a void, which has the
time of its vote, by a process whose clock may be a month behind. It says which months of the log need not be read."""

Key = TypeVar("Key")
Value = TypeVar("Value")


class Declarations:
    """The declared boards that one process remembers for ``DECLARATIONS_FOR``. Owned by one event loop."""

    def __init__(self, database: db.Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._known: OrderedDict[tuple[int, str], tuple[datetime, DeclaredBoard | None]] = OrderedDict()
        self._tenants: OrderedDict[str, tuple[datetime, Tenant | None]] = OrderedDict()

    async def named(self, tenant: Tenant, name: str) -> DeclaredBoard | None:
        """The board of that name, if there is one; ``name`` may be any text."""
        if not NAME.fullmatch(name):
            return None
        key, now = (tenant.tenant_id, name), self._clock()
        known = self._known.get(key)
        if known is not None and _holds(known[0], now):
            return known[1]
        async with self._database.tenant(tenant.tenant_id) as connection:
            board = await board_named(connection, tenant, name)
        _remember(self._known, key, (now, board))
        return board

    async def public(self, slug: str, name: str) -> tuple[Tenant, DeclaredBoard] | None:
        """The public board of that name, of the tenant of that slug; None whatever the reason is that it is not."""
        now = self._clock()
        known = self._tenants.get(slug)
        if known is None or not _holds(known[0], now):
            known = now, await tenant_by_slug(self._database, slug)
            _remember(self._tenants, slug, known)
        tenant = known[1]
        board = None if tenant is None else await self.named(tenant, name)
        if tenant is None or board is None or board.declaration.visibility != "public":
            return None
        return tenant, board

    def forget(self, tenant: Tenant, name: str) -> None:
        """Believe no longer what was remembered of this board: it has been changed here."""
        self._known.pop((tenant.tenant_id, name), None)


class Eligible(msgspec.Struct, frozen=True):
    """Rows of a selective board before names are known."""

    rows: list[Ranked]
    members: int
    position: list[int]


class _Row(msgspec.Struct, frozen=True):
    """``Ranked``, or how many members there are and nothing else."""

    entity: int | None
    value: int | None
    tie: int | None
    rank: int | None
    dense: int | None
    place: int | None
    better: int | None
    members: int


async def eligible_page(
    connection: db.Connection,
    tenant: Tenant,
    declaration: Declaration,
    window: Window,
    part: Part,
    position: Mapping[int, int] | None = None,
) -> Eligible:
    """Rows of a declared board in its order; ``position``: as it stood when the log had been read up to there.

    Exact, with eligibility and tie rule; ranks and ``members`` are among those who are eligible. Members who are equal
    in everything that ranks share a rank. All is of one moment when the connection's transaction is a snapshot.

    Raises:
        QueryInvalid: votes would have to be counted back on a board of more than ``COUNTBACK_MEMBERS_MAX`` members, or
            a board of some members alone is asked for.
    """
    if isinstance(part, Members) and part.alone:
        raise QueryInvalid("A board with eligibility or count-back has no board of some alone: use ids.", "members")
    asked = _asked(tenant, declaration, window, part, position)
    found = await db.rows(connection, _Row, SQL["eligible_page"], *asked)
    members = _checked(declaration, found[0].members)
    rows = [_ranked(row) for row in found if row.entity is not None]
    at = await read_position(connection, tenant.tenant_id) if position is None else _offsets(position)
    return Eligible(rows, members, at)


async def eligible_whole(
    connection: db.Connection,
    tenant: Tenant,
    declaration: Declaration,
    window: Window,
    limit: int,
    position: Mapping[int, int] | None = None,
) -> AsyncIterator[tuple[int, list[Ranked]]]:
    """How many members there are, and up to ``limit`` of them in order, a few thousand at a time; as ``eligible_page``.

    Needs a transaction.
    """
    asked = _asked(tenant, declaration, window, Page(limit), position)
    chunk: list[Ranked] = []
    members = 0
    async for record in connection.cursor(SQL["eligible_page"], *asked, prefetch=PREFETCH_ROWS):
        row = _Row(**record)
        members = _checked(declaration, row.members)
        if row.entity is not None:
            chunk.append(_ranked(row))
        if len(chunk) == PREFETCH_ROWS:
            yield members, chunk
            chunk = []
    if chunk or not members:
        yield members, chunk


def _asked(
    tenant: Tenant, declaration: Declaration, window: Window, part: Part, position: Mapping[int, int] | None
) -> tuple[Any, ...]:
    """The parameters of ``eligible_page.sql``."""
    after = part.after if isinstance(part, Page) else None
    score, entity = (None, None) if after is None else (after[0], after[2])
    ties = board_of(declaration, window.name, epoch_seconds(window.start)).ties
    wanted = declaration.eligibility
    return (
        *_board(tenant, declaration, window), wanted.min_score, wanted.max_score, wanted.min_fans,
        declaration.tie_rule == "countback", COUNTBACK_MEMBERS_MAX, score, entity,
        COUNTBACK_MEMBERS_MAX if isinstance(part, Members) else part.limit,
        None if window.start is None else window.start - ENTRY_AHEAD_MAX,
        datetime.fromtimestamp(ties.base_ms / MILLISECOND, UTC), ties.bits,
        list(part.entities) if isinstance(part, Members) else None,
        part.entity if isinstance(part, Around) else None,
        part.place if isinstance(part, Page) else None,
        None if position is None else list(position), None if position is None else list(position.values()),
    )  # fmt: skip


def _checked(declaration: Declaration, members: int) -> int:
    if declaration.tie_rule == "countback" and members > COUNTBACK_MEMBERS_MAX:
        raise QueryInvalid(
            f"Votes are counted back on boards of at most {COUNTBACK_MEMBERS_MAX} members; {declaration.name} has "
            f"{members}. A filter, a shorter window or minScore makes it smaller.",
            "tieRule",
        )
    return members


def _ranked(row: _Row) -> Ranked:
    return msgspec.convert(row, Ranked, from_attributes=True)


def _offsets(position: Mapping[int, int]) -> list[int]:
    """The next offset of each partition, in the order of partitions."""
    return [position[partition] for partition in sorted(position)]


def _board(tenant: Tenant, declaration: Declaration, window: Window) -> tuple[Any, ...]:
    """The parameters that say which facts count (see ``eligible_page.sql``)."""
    metric, kind, filters = declaration.counted, KINDS[declaration.entity], declaration.filters
    with_bill = isinstance(metric, Metric) and metric.bill and kind is Kind.ARTIST
    # Rollups of any grain add up to the same; a window that is none of them is made of hours.
    grain = Grain.MONTH if window.start is None else GRAINS.get(window.name, Grain.HOUR)
    return (
        tenant.tenant_id, stored_name(metric, declaration.currency), int(kind), int(grain), window.start, window.end,
        with_bill, filters.city, filters.genre, filters.event, isinstance(metric, Unique),
    )  # fmt: skip


def _holds(since: datetime, now: datetime) -> bool:
    """Whether what was read then is still believed; a clock that was set back ends it, too."""
    return since <= now < since + DECLARATIONS_FOR


def _remember(known: OrderedDict[Key, Value], key: Key, value: Value) -> None:
    known[key] = value
    known.move_to_end(key)
    if len(known) > DECLARATIONS_MAX:
        known.popitem(last=False)
