"""From the words of a query to what they mean: metric, kind, window, filters. Everything wrong is said by name."""

from datetime import UTC, datetime, timedelta

import msgspec

from coliseum.accounts.tenants import Tenant
from coliseum.boards.board import FILTERS
from coliseum.errors import EventRefused, QueryInvalid
from coliseum.events.times import parse_rfc3339
from coliseum.metrics.registry import KINDS, Kind, Metric, Unique, kind_of, metric_named
from coliseum.metrics.windows import CUSTOM, Window, range_of, window_at

CURRENCY_LENGTH = 3
TEXT_MAX = 256
FILTERS_MAX = 2


class Subject(msgspec.Struct, frozen=True):
    """What is asked about: a metric, in a currency if it is money, of a kind of entity."""

    metric: Metric | Unique
    currency: str
    kind: Kind


class Filters(msgspec.Struct, frozen=True):
    """What narrows an answer down; at most two are set."""

    city: str | None = None
    genre: str | None = None
    event: str | None = None

    @property
    def given(self) -> dict[str, str]:
        """Those that are set, by name."""
        values = {name: getattr(self, name) for name in FILTERS}
        return {name: value for name, value in values.items() if value is not None}


def subject_of(tenant: Tenant, metric: str, entity: str | None, currency: str | None) -> Subject:
    """What a query is about.

    Raises:
        QueryInvalid: no such metric, or it is not kept for that kind, or the currency is none.
    """
    found = metric_named(metric)
    kind = Kind.TENANT if entity is None or entity == "tenant" else kind_of(found, entity)
    if not found.money:
        if currency is not None:
            raise QueryInvalid(f"{metric} is no money and has no currency.", "currency")
        return Subject(found, "", kind)
    code = currency or tenant.currency
    if len(code) != CURRENCY_LENGTH or not code.isalpha() or not code.isascii() or not code.islower():
        raise QueryInvalid("A currency is three lower-case letters, such as eur.", "currency")
    return Subject(found, code, kind)


def filters_of(
    city: str | None,
    genre: str | None,
    event: str | None,
) -> Filters:
    """The filters of a query.

    Raises:
        QueryInvalid: more than two are given, or one is empty or too long.
    """
    filters = Filters(city, genre, event)
    if len(filters.given) > FILTERS_MAX:
        raise QueryInvalid(
            f"At most {FILTERS_MAX} filters at a time of {', '.join(FILTERS)}.", next(iter(filters.given))
        )
    for name, value in filters.given.items():
        check_text(value, name)
    return filters


def window_of(
    tenant: Tenant, window: str, at: str | None, now: datetime, since: str | None = None, until: str | None = None
) -> Window:
    """The window of a query: of that name, around ``at`` or now; or from one hour to another.

    Raises:
        QueryInvalid: no such window, an instant is none, or these do not go together.
    """
    if window == CUSTOM or since is not None or until is not None:
        if since is None or until is None:
            raise QueryInvalid("from and to go together.", "to" if until is None else "from")
        if at is not None or window not in (CUSTOM, "all"):
            raise QueryInvalid("from and to are a window of their own: leave window and at out.", "window")
        return range_of(instant(since, "from"), instant(until, "to"), tenant.zone)
    return window_at(window, now if at is None else instant(at, "at"), tenant.zone)


def instant(text: str, field: str) -> datetime:
    """An instant of a query: RFC 3339, or a date, which is its first moment in UTC.

    Raises:
        QueryInvalid: it is neither, or too near the calendar's ends to have buckets around it.
    """
    try:
        # A plus sign that a client did not escape arrives as a space.
        moment = parse_rfc3339(f"{text}T00:00:00Z" if len(text) == len("2026-01-01") else text.replace(" ", "+"), field)
    except EventRefused as refused:
        raise QueryInvalid(f"{refused.message}.", field) from None
    edge = timedelta(days=400)
    if not datetime.min.replace(tzinfo=UTC) + edge < moment < datetime.max.replace(tzinfo=UTC) - edge:
        raise QueryInvalid(f"{field} is too near the ends of the calendar.", field)
    return moment


def check_text(value: str, field: str) -> str:
    """A text that can be looked up.

    Raises:
        QueryInvalid: it is empty, too long, or holds what the database cannot.
    """
    if not value or len(value) > TEXT_MAX or "\x00" in value:
        raise QueryInvalid(f"{field} has 1 to {TEXT_MAX} characters.", field)
    return value


KIND_NAMES = tuple(KINDS)
