"""What a breakdown is asked: a metric, split by what, narrowed to what, in which period, by which buckets, compared."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

import msgspec

from coliseum.accounts.tenants import Tenant
from coliseum.errors import QueryInvalid
from coliseum.metrics.registry import KINDS, Kind, Metric, Unique
from coliseum.metrics.windows import Grain, Window, grain_named
from coliseum.queries.ask import Filters, Subject, filters_of, subject_of
from coliseum.queries.periods import COMPARES, Compare, compared_with, period_of

PARAMETERS: Final = (
    "metric", "split", "window", "at", "from", "to", "last", "grain", "compare", "city", "genre", "event", "currency",
    "limit",
)  # fmt: skip
NONE: Final = "none"
PLACES: Final = ("city", "genre")
"""Splits by where and what something counted for, as the filters of these names have it."""
LIMIT: Final = 8
LIMIT_MAX: Final = 50
TARGET: Final = "target"


class Asked(msgspec.Struct, frozen=True):
    """A question. ``subject``'s kind is the tenant unless the metric is split by a kind of entity."""

    tenant: Tenant
    subject: Subject
    split: str
    filters: Filters
    window: Window
    grain: Grain | None
    compare: Compare | None
    compared: Window | None
    limit: int

    @property
    def additive(self) -> bool:
        """Whether nothing counts for two parts: what the parts lack of the total then belongs to none of them."""
        metric = self.subject.metric
        return isinstance(metric, Metric) and self.split != "genre" and not self.bill

    @property
    def bill(self) -> bool:
        """Whether what counts for an event counts for each artist on its bill."""
        metric = self.subject.metric
        return isinstance(metric, Metric) and metric.bill and self.subject.kind is Kind.ARTIST


def asked_from(tenant: Tenant, given: Mapping[str, str], now: datetime) -> Asked:
    """What these parameters, as texts by name, ask for.

    Raises:
        QueryInvalid: one is unknown, missing or wrong; the message says what there is.
    """
    unknown = sorted(given.keys() - set(PARAMETERS))
    if unknown:
        raise QueryInvalid(f"There is no parameter {unknown[0]!r}; there are {', '.join(PARAMETERS)}.", unknown[0])
    if "metric" not in given:
        raise QueryInvalid("metric says what is counted, such as votes.", "metric")
    split, filters = given.get("split", NONE), filters_of(given.get("city"), given.get("genre"), given.get("event"))
    subject = subject_of(tenant, given["metric"], None, given.get("currency"))
    _check_split(subject.metric, split, filters)
    if split in KINDS and split not in PLACES:
        subject = msgspec.structs.replace(subject, kind=KINDS[split])
    window, compare = period_of(tenant, given, now), _compare(given.get("compare", NONE))
    grain = given.get("grain", NONE)
    return Asked(
        tenant, subject, split, filters, window, None if grain == NONE else _grain(grain), compare,
        None if compare is None else compared_with(window, compare, tenant.zone), _limit(given.get("limit")),
    )  # fmt: skip


def splits_of(metric: Metric | Unique) -> tuple[str, ...]:
    """By what a metric can be split."""
    kinds = tuple(kind for kind in metric.boards if kind not in PLACES)
    return (NONE, *kinds) if targets(metric) else (NONE, *kinds, *PLACES)


def targets(metric: Metric | Unique) -> bool:
    """Whether what counts is done to a thing of any kind, and so has no place, genre or event of its own."""
    return isinstance(metric, Metric) and TARGET in metric.kinds


def carrier_of(metric: Metric) -> Kind:
    """The kind of entity that every entry of a metric counts for, so that its numbers can be narrowed down.

    The first one of its line: the contracts of its events want it.
    """
    return KINDS[metric.kinds[0]]


def _check_split(metric: Metric | Unique, split: str, filters: Filters) -> None:
    allowed = splits_of(metric)
    if split not in allowed:
        raise QueryInvalid(f"{metric.name} is split by {', '.join(allowed)}, not by {split!r}.", "split")
    if filters.given and targets(metric):
        raise QueryInvalid(
            f"{metric.name} has no filters: it counts for things of any kind.", next(iter(filters.given))
        )
    if split in PLACES and len(filters.given) > (1 if split not in filters.given else 2):
        raise QueryInvalid(f"Split by {split}, one filter at a time can be set.", next(iter(filters.given)))


def _compare(text: str) -> Compare | None:
    if text == NONE:
        return None
    for each in COMPARES:
        if text == each:
            return each
    raise QueryInvalid(f"compare is one of {', '.join((NONE, *COMPARES))}.", "compare")


def _grain(text: str) -> Grain:
    try:
        return grain_named(text)
    except QueryInvalid as error:
        raise QueryInvalid(f"{error} Without buckets it is {NONE}.", "grain") from None


def _limit(text: str | None) -> int:
    if text is None:
        return LIMIT
    if not (text.isascii() and text.isdecimal() and len(text) <= len(str(LIMIT_MAX)) and 1 <= int(text) <= LIMIT_MAX):
        raise QueryInvalid(f"limit is a whole number from 1 to {LIMIT_MAX}.", "limit")
    return int(text)
