"""From the words of a query to what they mean: metric, kind, window, filters. Everything wrong is said by name."""

from datetime import UTC, datetime, timedelta

import msgspec

from coliseum.accounts.tenants import Tenant
from coliseum.errors import EventRefused, QueryInvalid
from coliseum.events.times import parse_rfc3339
from coliseum.metrics.registry import KINDS, Kind, Metric, Unique, kind_of, metric_named
from coliseum.metrics.windows import Window, window_at

CURRENCY_LENGTH = 3
TEXT_MAX = 256


class Subject(msgspec.Struct, frozen=True):
    """What is asked about: a metric, in a currency if it is money, of a kind of entity."""

    metric: Metric | Unique
    currency: str
    kind: Kind


class Filters(msgspec.Struct, frozen=True):
    """What narrows an answer down: of a board at most one, of trending and breaking at most two."""

    city: str | None = None
    genre: str | None = None
    event: str | None = None

    @property
    def single(self) -> tuple[str, str]:
        """The name and value of the filter that is set; two empty texts when none is."""
        for name in ("city", "genre", "event"):
            value = getattr(self, name)
            if value is not None:
                return name, value
        return "", ""


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


def filters_of(city: str | None, genre: str | None, event: str | None, *, most: int = 1) -> Filters:
    """The filters of a query.

    Raises:
        QueryInvalid: more than ``most`` are given, or one is empty or too long.
    """
    given = {name: value for name, value in (("city", city), ("genre", genre), ("event", event)) if value is not None}
    if len(given) > most:
        many = "One filter" if most == 1 else f"At most {most} filters"
        raise QueryInvalid(f"{many} at a time; these are {len(given)}.", next(iter(given)))
    for name, value in given.items():
        check_text(value, name)
    return Filters(**given)


def window_of(tenant: Tenant, window: str, at: str | None, now: datetime) -> Window:
    """The window of a query: of that name, around ``at`` or now.

    Raises:
        QueryInvalid: no such window, or ``at`` is no instant.
    """
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
