"""What is asked of a board: which one, which rows, as of when, ranked how. Everything wrong is said by name."""

import base64
import binascii
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Literal, get_args

import msgspec

from coliseum.accounts.tenants import Tenant
from coliseum.boards.board import Board, epoch_seconds, member
from coliseum.errors import QueryInvalid
from coliseum.metrics.registry import Kind
from coliseum.metrics.windows import CUSTOM, ROLLING_HOURS, Window, window_at
from coliseum.queries.ask import Filters, Subject, check_text, instant

LIMIT_MAX = 1_000
IDS_MAX = 500
PLACE_MAX = 999_999_999
Ranking = Literal["competition", "dense", "ordinal"]
RANKINGS: tuple[Ranking, ...] = get_args(Ranking)
NUMBER_END = 2**63
HOUR = timedelta(hours=1)
TURN_MAX = timedelta(seconds=30)
"""So long after an hour's turn a rolling window may still be answered as it was before: its answer says which it is."""


class PageOf(msgspec.Struct, frozen=True):
    """A page: behind the (score, tie, entity) of the last row of the page before, or from a place on (1, 2, 3, 4)."""

    limit: int
    after: tuple[int, int, int] | None = None
    place: int | None = None


class AroundOf(msgspec.Struct, frozen=True):
    """``limit`` rows with the entity of this id in their middle."""

    id: str
    limit: int


class MembersOf(msgspec.Struct, frozen=True):
    """The entities of these ids: where they stand, or (``alone``) as a board of their own."""

    ids: tuple[str, ...]
    alone: bool


AsOf = datetime | tuple[int, ...] | None
"""The moment, or the next offset of each partition, at which a board stood as it is asked for; None: now."""


class Question(msgspec.Struct, frozen=True):
    """Which rows of which board; equal questions that are asked at one moment have one answer."""

    tenant: Tenant
    subject: Subject
    window: Window
    filters: Filters
    rows: PageOf | AroundOf | MembersOf
    ranking: Ranking = "competition"
    as_of: AsOf = None
    movement: bool = False

    @property
    def tenant_id(self) -> int:
        """Whose board it is."""
        return self.tenant.tenant_id

    @property
    def board(self) -> Board:
        """The board that is asked for."""
        subject, window = self.subject, self.window
        filters = [part for pair in self.filters.given.items() for part in pair]
        start = epoch_seconds(window.start)
        return Board(subject.metric.name, subject.currency, subject.kind, window.name, start, *filters)

    @property
    def can_be_live(self) -> bool:
        """Whether a board like this can be kept in Valkey."""
        return self.as_of is None and self.window.name != CUSTOM

    def just_before(self, now: datetime) -> "Question | None":
        """The same of an hour before, in the first moments after a rolling window moved on; None at other times."""
        start, end = self.window.start, self.window.end
        if self.window.name not in ROLLING_HOURS or start is None or end is None:
            return None
        if not end - HOUR <= now < end - HOUR + TURN_MAX:
            return None
        before = window_at(self.window.name, now - HOUR, self.tenant.zone)
        return msgspec.structs.replace(self, window=before)

    def cursor(self, score: int, tie: int, entity: int) -> str:
        """What goes on behind this row."""
        packed = msgspec.json.encode([score, tie, entity, _digest(self)])
        return base64.urlsafe_b64encode(packed).decode().rstrip("=")


class Wanted(msgspec.Struct, frozen=True):
    """Which rows, in the words of a request; beside the limit at most one of these is given."""

    limit: int = 50
    cursor: str | None = None
    place: int | None = None
    around: str | None = None
    members: str | None = None
    ids: str | None = None


def question_of(
    tenant: Tenant,
    subject: Subject,
    window: Window,
    filters: Filters,
    *,
    limit: int = 50,
    cursor: str | None = None,
    wanted: Wanted | None = None,
    ranking: str = "competition",
    as_of: AsOf = None,
    movement: bool = False,
) -> Question:
    """What is asked. ``wanted`` says which rows when it is more than a limit and a cursor.

    Raises:
        QueryInvalid: the tenant as a whole has no board, or a part of it is wrong.
    """
    if subject.kind is Kind.TENANT:
        raise QueryInvalid("A board is of artists, events or the like; the tenant as a whole has a series.", "entity")
    if ranking not in RANKINGS:
        raise QueryInvalid(f"ranking is one of {', '.join(RANKINGS)}.", "ranking")
    wanted = wanted or Wanted(limit, cursor)
    if not 1 <= wanted.limit <= LIMIT_MAX:
        raise QueryInvalid(f"limit is from 1 to {LIMIT_MAX}.", "limit")
    question = Question(tenant, subject, window, filters, PageOf(wanted.limit), ranking, as_of, movement)
    return msgspec.structs.replace(question, rows=_rows(question, wanted))


def as_of_of(text: str | None, now: datetime) -> AsOf:
    """The moment or position of a request.

    Raises:
        QueryInvalid: it is neither, or has not come yet.
    """
    if text is None:
        return None
    if ("." in text and text.replace(".", "").isdecimal() and text.isascii()) or (text.isascii() and text.isdecimal()):
        parts = text.split(".")
        if not all(part and int(part) < NUMBER_END for part in parts):
            raise QueryInvalid("as_of has one offset for each partition, such as 120.87.", "as_of")
        return tuple(map(int, parts))
    moment = instant(text, "as_of")
    if moment > now:
        raise QueryInvalid("as_of is a moment that has been, or a position of the log that has been read.", "as_of")
    return moment


def ids_of(text: str, field: str) -> tuple[str, ...]:
    """The different ids of a list that commas separate.

    Raises:
        QueryInvalid: there are none or too many, or one is empty or too long.
    """
    ids = tuple(dict.fromkeys(check_text(part, field) for part in text.split(",")))
    if len(ids) > IDS_MAX:
        raise QueryInvalid(f"{field} has at most {IDS_MAX} ids.", field)
    return ids


def _rows(question: Question, wanted: Wanted) -> PageOf | AroundOf | MembersOf:
    choices = {name: getattr(wanted, name) for name in ("cursor", "place", "around", "members", "ids")}
    given = [name for name, value in choices.items() if value is not None]
    if len(given) > 1:
        raise QueryInvalid(f"{given[0]} and {given[1]} do not go together.", given[1])
    if wanted.around is not None:
        return AroundOf(check_text(wanted.around, "around"), wanted.limit)
    if wanted.members is not None:
        return MembersOf(ids_of(wanted.members, "members"), alone=True)
    if wanted.ids is not None:
        return MembersOf(ids_of(wanted.ids, "ids"), alone=False)
    if wanted.place is not None and not 1 <= wanted.place <= PLACE_MAX:
        raise QueryInvalid(f"place is from 1 to {PLACE_MAX}.", "place")
    return PageOf(wanted.limit, _after(question, wanted.cursor), wanted.place)


def _after(question: Question, cursor: str | None) -> tuple[int, int, int] | None:
    if cursor is None:
        return None
    try:
        packed = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        score, tie, entity, digest = msgspec.json.decode(packed, type=tuple[int, int, int, str])
        member(entity)
    except (binascii.Error, ValueError, msgspec.DecodeError, OverflowError):
        raise QueryInvalid("The cursor is not one that this server gave.", "cursor") from None
    if abs(score) > 2**53 or entity >= NUMBER_END or not 0 <= tie < question.board.ties.scale:
        raise QueryInvalid("The cursor is not one that this server gave.", "cursor")
    if digest != _digest(question):
        raise QueryInvalid("The cursor is of another board: it goes on with the question that it came from.", "cursor")
    return score, tie, entity


def _digest(question: Question) -> str:
    """What tells boards apart; a rolling window is one board while it rolls on."""
    board = question.board
    start = 0 if board.window in ROLLING_HOURS else board.start
    end = epoch_seconds(question.window.end) if board.window == CUSTOM else 0
    parts: Sequence[object] = (
        question.tenant_id,
        msgspec.structs.replace(board, start=start).name,
        end,
        question.as_of,
    )
    return blake2b(msgspec.json.encode(parts), digest_size=6).hexdigest()
