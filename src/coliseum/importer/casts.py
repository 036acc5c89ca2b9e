"""The casts of a mapping: ``{points:int}``, ``{price:cents}``, ``{when:time(%d.%m.%Y %H:%M)}``."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

Cast = Callable[[object, str, ZoneInfo], object]
"""Takes a value that is not null, what is in the parentheses, and the zone; raises ValueError."""


def _text(value: object, _argument: str, _zone: ZoneInfo) -> str:
    return as_text(value)


def _int(value: object, _argument: str, _zone: ZoneInfo) -> int:
    number = _decimal(value)
    if number != number.to_integral_value():
        raise ValueError("not a whole number")
    return int(number)


def _cents(value: object, argument: str, _zone: ZoneInfo) -> int:
    """Major units to minor units; the argument is the number of decimals, 2 when absent."""
    minor = _decimal(value).scaleb(int(argument or 2))
    if minor != minor.to_integral_value():
        raise ValueError("more decimals than the currency has")
    return int(minor)


def _bool(value: object, _argument: str, _zone: ZoneInfo) -> bool:
    word = as_text(value).strip().lower()
    if word in {"true", "yes", "y", "t", "1"}:
        return True
    if word in {"false", "no", "n", "f", "0"}:
        return False
    raise ValueError("neither true nor false")


def _list(value: object, argument: str, _zone: ZoneInfo) -> list[str]:
    parts = as_text(value).split(argument or ",")
    return [part.strip() for part in parts if part.strip()]


def _time(value: object, argument: str, zone: ZoneInfo) -> str:
    """Read with ``strptime``, or as ISO 8601 without an argument; a time without an offset is in the zone."""
    text = as_text(value).strip()
    moment = datetime.strptime(text, argument) if argument else datetime.fromisoformat(text)  # noqa: DTZ007 - next line
    return _utc(moment if moment.tzinfo else moment.replace(tzinfo=zone))


def _epoch_s(value: object, _argument: str, _zone: ZoneInfo) -> str:
    return _instant(_decimal(value))


def _epoch_ms(value: object, _argument: str, _zone: ZoneInfo) -> str:
    return _instant(_decimal(value) / 1000)


def _lower(value: object, _argument: str, _zone: ZoneInfo) -> str:
    return as_text(value).lower()


def _upper(value: object, _argument: str, _zone: ZoneInfo) -> str:
    return as_text(value).upper()


def _strip(value: object, _argument: str, _zone: ZoneInfo) -> str:
    return as_text(value).strip()


CASTS: dict[str, Cast] = {
    "text": _text,
    "int": _int,
    "cents": _cents,
    "bool": _bool,
    "list": _list,
    "time": _time,
    "epoch_s": _epoch_s,
    "epoch_ms": _epoch_ms,
    "lower": _lower,
    "upper": _upper,
    "strip": _strip,
}


def as_text(value: object) -> str:
    """A value as it stands in a template: numbers in digits, truth in lower case."""
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def _decimal(value: object) -> Decimal:
    try:
        number = Decimal(as_text(value).strip())
    except InvalidOperation:
        raise ValueError("not a number") from None
    # A longer number is no count and no sum of money, and turning it into digits would take very long.
    if not number.is_finite() or abs(number.adjusted()) > 30:
        raise ValueError("not a number of a usable size")
    return number


def _instant(seconds: Decimal) -> str:
    try:
        return _utc(datetime.fromtimestamp(float(seconds), UTC))
    except (OverflowError, OSError):
        raise ValueError("not a time of the calendar") from None


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
