"""The numbers at the head of a page: now against the period before, and where the entity stands on boards."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

import msgspec
from markupsafe import Markup

from coliseum.charts import spark
from coliseum.errors import Refusal, RequestRefused
from coliseum.metrics.registry import BY_NAME
from coliseum.metrics.windows import Grain, bucket_start
from coliseum.queries.ask import subject_of
from coliseum.queries.leaderboards import BoardPage
from coliseum.queries.series import Series, series
from coliseum.web.api.asking import asked_for
from coliseum.web.ui.entities.look import Look

DAYS: Final = {"7": 7, "28": 28, "90": 90}
WEEKS: Final = 52
MOMENT = timedelta(microseconds=1)


class Told(msgspec.Struct, frozen=True):
    """One number. ``share``: how much more than before, None when there was nothing; ``since`` None: of all time."""

    metric: str
    value: int
    currency: str
    previous: int | None
    share: float | None
    shape: Markup
    since: datetime | None
    until: datetime | None
    before: tuple[datetime, datetime] | None = None
    """The period that is compared with."""

    @property
    def asked(self) -> dict[str, Any]:
        """What the explanation is asked for, beside metric and entity."""
        when: dict[str, Any] = {"window": "all"}
        if self.since is not None and self.until is not None:
            when = {"from": self.since.isoformat(), "to": self.until.isoformat()}
        return when | ({"currency": self.currency} if self.currency else {})

    @property
    def asked_before(self) -> dict[str, Any]:
        """The same of the period before."""
        if self.before is None:
            return self.asked
        return self.asked | {"from": self.before[0].isoformat(), "to": self.before[1].isoformat()}


class Standing(msgspec.Struct, frozen=True):
    """A place on a board, with how it moved since the window before."""

    metric: str
    window: str
    rank: int
    members: int
    score: int
    currency: str
    movement: int | None
    status: str | None
    peak: int | None


async def told(look: Look, kind: str, entity_id: str, metrics: tuple[str, ...], period: str) -> list[Told]:
    """These numbers of an entity over a period: some days up to now, or ever."""
    found = []
    for name in metrics:
        if kind not in BY_NAME[name].boards:
            continue
        if period == "all":
            found.append(await _ever(look, kind, entity_id, name))
        else:
            found.append(_of_series(await by_day(look, kind, entity_id, name, DAYS[period])))
    return found


async def by_day(
    look: Look, kind: str, entity_id: str, metric: str, days: int, until: datetime | None = None
) -> Series:
    """A metric of the last days, this one included, or of those before ``until``."""
    subject = subject_of(look.tenant, metric, kind, None)
    last = bucket_start(look.now if until is None else until - MOMENT, Grain.DAY, look.tenant.zone)
    first = bucket_start(last - timedelta(days=days - 1) + timedelta(hours=2), Grain.DAY, look.tenant.zone)
    return await series(look.services.database, look.tenant, subject, entity_id, Grain.DAY, first, until, look.now)


async def by_week(look: Look, kind: str, entity_id: str, metric: str) -> Series:
    """A metric of the last year, week by week."""
    subject = subject_of(look.tenant, metric, kind, None)
    first = max(look.now - timedelta(weeks=WEEKS - 1), _history(look))
    return await series(look.services.database, look.tenant, subject, entity_id, Grain.WEEK, first, None, look.now)


async def standings(look: Look, kind: str, entity_id: str, metrics: tuple[str, ...]) -> list[Standing]:
    """Where an entity stands this week and ever, on the boards of these metrics that the plan has."""
    found = []
    for name in metrics:
        for window in ("week", "all"):
            if kind in BY_NAME[name].boards:
                board = await board_of(
                    look, metric=name, entity=kind, window=window, around=entity_id, limit="1",
                    movement="true" if window == "week" else "false",
                )  # fmt: skip
                found += [] if board is None else _standing(board, entity_id)
    return found


async def board_of(look: Look, **asked: str) -> BoardPage | None:
    """A board, read with everybody who reads it now; None when the plan has none like it."""
    try:
        question, _declared = await asked_for(look.services, look.caller, asked)
    except RequestRefused as refused:
        if refused.code is Refusal.PLAN_LIMIT:
            return None
        raise
    answer = await look.services.boards.reads.of(question).answer()
    return msgspec.json.decode(answer.body, type=BoardPage)


def periods(look: Look) -> tuple[str, ...]:
    """The periods that the plan's history reaches over."""
    reached = [name for name, days in DAYS.items() if reaches(look, look.now - timedelta(days=days))]
    return (*reached, "all")


def reaches(look: Look, moment: datetime) -> bool:
    """Whether the plan's history reaches back to a moment."""
    return moment >= _history(look)


def _history(look: Look) -> datetime:
    begins = look.services.allowance.history_begins(look.tenant)
    return datetime.min.replace(tzinfo=UTC) if begins is None else begins


async def _ever(look: Look, kind: str, entity_id: str, metric: str) -> Told:
    board = await board_of(look, metric=metric, entity=kind, window="all", around=entity_id, limit="1")
    score = 0 if board is None else sum(row.score for row in board.rows if row.id == entity_id)
    currency = "" if board is None else board.currency or ""
    return Told(metric, score, currency, None, None, Markup(""), None, None)


def _of_series(found: Series) -> Told:
    before = found.previous.total
    share = (found.total - before) / before if before > 0 else None
    shape = spark([point.value for point in found.points])
    period = found.previous.since, found.previous.until
    return Told(found.metric, found.total, found.currency or "", before, share, shape, found.since, found.until, period)


def _standing(board: BoardPage, entity_id: str) -> list[Standing]:
    return [
        Standing(
            board.metric, board.window, row.rank, board.members, row.score, board.currency or "",
            row.movement if isinstance(row.movement, int) else None,
            row.status if isinstance(row.status, str) else None, row.peak if isinstance(row.peak, int) else None,
        )
        for row in board.rows
        if row.id == entity_id
    ]  # fmt: skip
