"""Numbers, money and moments as the viewer writes them, in the tenant's time zone: filters of the templates."""

import datetime as dt
from decimal import Context, Decimal
from typing import Any, Final

import jinja2
from babel import Locale, dates, numbers

from coliseum.metrics.registry import Metric, Unique, metric_named
from coliseum.web.ui.numbers import decimals_of, money_decimals

DAY_S: Final = 86_400
EXACT: Final = Context(prec=60)
SIGNED: Final = "+#,##0;-#,##0"


class Formats:
    """How one viewer of one tenant is told values."""

    def __init__(self, locale: Locale, zone: dt.tzinfo = dt.UTC) -> None:
        self.locale = locale
        self.zone = zone

    def number(self, value: float | Decimal) -> str:
        """1234567 as ``1,234,567``."""
        return numbers.format_decimal(value, locale=self.locale)

    def figures(self, value: int, decimals: int = 0) -> str:
        """An integer of minor units in figures: 1234560 with two decimals is ``12,345.60``."""
        pattern = f"#,##0.{'0' * decimals}" if decimals else "#,##0"
        return numbers.format_decimal(Decimal(value).scaleb(-decimals, EXACT), pattern, self.locale)

    def compact(self, value: float) -> str:
        """1234567 as ``1.2M``: where a number must be short; the whole number stands beside it or in its title."""
        return numbers.format_compact_decimal(value, locale=self.locale, fraction_digits=1)

    def percent(self, share: float, *, signed: bool = False) -> str:
        """0.125 as ``12.5%``; ``signed``: ``+12.5%``."""
        places = 0 if abs(share) >= 1 or share == 0 else 1
        told = numbers.format_percent(
            round(share, places + 2), format=None if places == 0 else "#,##0.0%", locale=self.locale
        )
        return f"+{told}" if signed and share > 0 else told

    def signed(self, value: int) -> str:
        """12 as ``+12``."""
        return numbers.format_decimal(value, format=SIGNED, locale=self.locale) if value else self.number(0)

    def money(self, minor: int, currency: str) -> str:
        """Minor units as an amount: 1250 of ``eur`` as ``€12.50``."""
        amount = Decimal(minor).scaleb(-money_decimals(currency))
        return numbers.format_currency(amount, currency.upper(), locale=self.locale, currency_digits=True,
                                       decimal_quantization=False)  # fmt: skip

    def figure(self, value: int, metric: Metric | Unique | str, currency: str = "") -> str:
        """A metric's integer in its own unit: money as an amount, everything else as a number."""
        declared = metric_named(metric) if isinstance(metric, str) else metric
        return self.money(value, currency) if declared.money and currency else self.decimals(value, declared, currency)

    def decimals(self, value: int, metric: Metric | Unique, currency: str) -> str:
        """As ``figure``, without the sign of the currency."""
        return self.number(Decimal(value).scaleb(-decimals_of(metric, currency)))

    def date(self, moment: dt.datetime | dt.date, style: str = "medium") -> str:
        """A day."""
        day = moment.astimezone(self.zone).date() if isinstance(moment, dt.datetime) else moment
        return dates.format_date(day, format=style, locale=self.locale)

    def time(self, moment: dt.datetime, style: str = "short") -> str:
        """A time of day."""
        return dates.format_time(moment, format=style, tzinfo=self.zone, locale=self.locale)

    def datetime(self, moment: dt.datetime, style: str = "medium") -> str:
        """A day and a time of it."""
        return dates.format_datetime(moment, format=style, tzinfo=self.zone, locale=self.locale)

    def ago(self, moment: dt.datetime, now: dt.datetime) -> str:
        """``3 minutes ago``."""
        return dates.format_timedelta(moment - now, add_direction=True, locale=self.locale)


def _filter(name: str) -> Any:
    @jinja2.pass_context
    def told(context: jinja2.runtime.Context, value: Any, *more: Any, **named: Any) -> Any:
        return getattr(context["shell"].formats, name)(value, *more, **named)

    return told


FILTERS: Final = {
    name: _filter(name)
    for name in (
        "number",
        "figures",
        "compact",
        "percent",
        "signed",
        "money",
        "figure",
        "date",
        "time",
        "datetime",
        "ago",
    )
}
