"""The public page in the words of one viewer: what its template shows, and what its stream sends."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

import msgspec

from coliseum.metrics.windows import Window
from coliseum.web.ui.counting import UNITS
from coliseum.web.ui.formats import Formats
from coliseum.web.ui.lines import WORDS, Line
from coliseum.web.ui.numbers import Pace, money_decimals
from coliseum.web.ui.snapshot import BoardView, Counter, Snapshot
from coliseum.web.ui.text import _, translations

CLOCK: Final = "%H:%M:%S"
MINUTE: Final = "%Y-%m-%d %H:%M"
PACES: Final = {
    "second": _("{count} a second"), "minute": _("{count} a minute"), "hour": _("{count} an hour"),
    "": _("nothing yet"),
}  # fmt: skip
SLOW: Final = _("less than one an hour")
DAYS: Final = {"today": _("today {value}"), "yesterday": _("yesterday {value}")}


class CounterTold(msgspec.Struct, frozen=True):
    """A counter, and a note below it."""

    key: str
    label: str
    value: int
    decimals: int
    note: str
    href: str | None
    bars: str


class LineTold(msgspec.Struct, frozen=True):
    """An arrived event; ``at``: the tenant's time of day."""

    key: str
    partition: int
    offset: int
    at: str
    instant: datetime
    what: str
    who: str
    value: str


class PageTold(msgspec.Struct, frozen=True):
    """A moment of the page as one viewer is told it."""

    window: str
    position: list[int]
    settled: bool
    at: str
    counters: list[CounterTold]
    boards: list[BoardView]
    lines: list[LineTold]


class Teller:
    """Tells in a language, in the forms of a locale, and by the clock of a tenant."""

    def __init__(self, formats: Formats, language: str) -> None:
        self._formats = formats
        self._say: Callable[[str], str] = translations(language).gettext

    def page(self, snapshot: Snapshot, lines: list[Line]) -> PageTold:
        """A moment, with these of its lines."""
        return PageTold(
            snapshot.window,
            snapshot.position,
            snapshot.settled,
            self._clock(snapshot.at),
            [self._counter(each) for each in snapshot.counters],
            [msgspec.structs.replace(each, title=self._say(each.title), unit=self.unit(each.unit))
             for each in snapshot.boards],
            [self._line(each) for each in lines],
        )  # fmt: skip

    def unit(self, unit: str) -> str:
        """What a metric counts; the code of a currency stays as it is."""
        return self._say(UNITS[unit]) if unit in UNITS else unit

    def when(self, window: Window, zone_name: str) -> str:
        """From when to when a window lasts."""
        if window.start is None or window.end is None:
            return self._say(_("all time"))
        start, end = (edge.astimezone(self._formats.zone).strftime(MINUTE) for edge in (window.start, window.end))
        return self._say(_("{start} to {end}, {zone}")).format(start=start, end=end, zone=zone_name)

    def _counter(self, counter: Counter) -> CounterTold:
        label = self._say(counter.label)
        return CounterTold(
            counter.key,
            f"{label}, {counter.currency.upper()}" if counter.currency else label,
            counter.value,
            counter.decimals,
            self._note(counter),
            counter.href,
            counter.bars,
        )

    def _note(self, counter: Counter) -> str:
        if isinstance(counter.beside, Pace):
            return self._pace(counter.beside)
        value = self._formats.figures(counter.beside, counter.decimals)
        return self._say(DAYS[counter.day]).format(value=value)

    def _pace(self, pace: Pace) -> str:
        if pace.unit and not pace.count:
            return self._say(SLOW)
        return self._say(PACES[pace.unit]).format(count=self._formats.number(pace.count))

    def _line(self, line: Line) -> LineTold:
        what = self._say(WORDS[line.what]) if line.what in WORDS else line.what
        at = self._clock(line.instant)
        return LineTold(line.key, line.partition, line.offset, at, line.instant, what, line.who, self._value(line))

    def _value(self, line: Line) -> str:
        if line.value is None:
            return ""
        if line.currency:
            return f"{line.currency.upper()} {self._formats.figures(line.value, money_decimals(line.currency))}"
        return self._formats.signed(line.value)

    def _clock(self, moment: datetime) -> str:
        return moment.astimezone(self._formats.zone).strftime(CLOCK)
