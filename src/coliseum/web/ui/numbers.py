"""What numbers are before they are told to anybody: their decimals, their units, their pace."""

from datetime import datetime, timedelta
from typing import Final

import msgspec

from coliseum.metrics.registry import Metric, Unique

_DECIMALS: Final = {
    0: "bif clp djf gnf isk jpy kmf krw pyg rwf ugx uyi vnd vuv xaf xof xpf",
    3: "bhd iqd jod kwd lyd omr tnd",
    4: "clf uyw",
}
"""ISO 4217: the minor units of a currency, where they are not hundredths."""

_BY_CURRENCY: Final = {code: decimals for decimals, codes in _DECIMALS.items() for code in codes.split()}
BARS_HEIGHT: Final = 24


def decimals_of(metric: Metric | Unique, currency: str) -> int:
    """How many decimals the metric's integer values have for people: none, but for money."""
    return _BY_CURRENCY.get(currency, 2) if metric.money else 0


def money_decimals(currency: str) -> int:
    """How many decimals an amount in minor units has."""
    return _BY_CURRENCY.get(currency, 2)


def unit_of(metric: Metric | Unique, currency: str) -> str:
    """What the numbers of a metric count; money by its code."""
    return currency.upper() if metric.money else metric.unit


class Pace(msgspec.Struct, frozen=True):
    """So many in each ``unit`` of time, empty when there is nothing; ``count`` is 0 when it is less than one."""

    count: int
    unit: str


def pace(arrivals: list[datetime], now: datetime) -> Pace:
    """How fast events come in, judged by when the newest ones arrived."""
    if not arrivals:
        return Pace(0, "")
    span_s = max((now - min(arrivals)) / timedelta(seconds=1), 1.0)
    for unit, length_s in (("second", 1), ("minute", 60), ("hour", 3_600)):
        rate = len(arrivals) * length_s / span_s
        if rate >= 1:
            return Pace(round(rate), unit)
    return Pace(0, "hour")


def bars(values: list[int]) -> str:
    """A path of upright strokes, one a value, in a box as wide as there are values and 24 high."""
    top = max([*values, 1])
    strokes = (
        f"M{place + 0.5:g} {BARS_HEIGHT}V{BARS_HEIGHT - max(value, 0) * (BARS_HEIGHT - 1) / top - 0.5:.1f}"
        for place, value in enumerate(values)
    )
    return "".join(strokes)
