"""What the address of a board's page asks for, in the words of the API.

The page's form sends everything that it shows, empty fields too. What is empty is left out, local times become
instants, and what does not fit any more since another metric or window was chosen is left out as well. An address that
was not made by the form is taken as it is: what is wrong in it is said by name.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final, Literal, get_args
from zoneinfo import ZoneInfo

import msgspec

from coliseum.boards.seasons import WINDOWS as SEASON_WINDOWS
from coliseum.errors import QueryInvalid
from coliseum.metrics.registry import BY_NAME, Metric
from coliseum.metrics.windows import CUSTOM, Grain, bucket_end, bucket_start
from coliseum.queries.asked import PARAMETERS
from coliseum.queries.trend_asked import PARAMETERS as TREND_PARAMETERS

Mode = Literal["now", "trending", "breaking", "season"]
MODES: Final[tuple[Mode, ...]] = get_args(Mode)
OF_MODE: Final[Mapping[Mode, tuple[str, ...]]] = {
    "now": (*PARAMETERS, "board"),
    "trending": TREND_PARAMETERS["trending"],
    "breaking": TREND_PARAMETERS["breaking"],
    "season": ("metric", "entity", "window", "at", "limit", "cursor"),
}
MEANT: Final[Mapping[Mode, Mapping[str, str]]] = {
    "now": {"entity": "artist", "window": "all", "ranking": "competition", "limit": "50"},
    "trending": {"entity": "artist", "half_life_hours": "24", "limit": "50"},
    "breaking": {"entity": "artist", "hours": "24", "min_support": "10", "min_baseline": "0", "limit": "50"},
    "season": {"entity": "artist", "window": "week", "limit": "50"},
}
"""What the form sends although it need not."""
MOMENTS: Final = ("at", "as_of", "from", "to")
LOCAL: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?")
WAS: Final = "was"
"""The form's own field: mode, metric and window that it was shown for."""
LIMIT_MAX: Final = 100
"""Rows that a page shows at most."""
LIMIT: Final = 50
NEIGHBOURS: Final = 11
METRIC: Final = "votes"
NOW: Final = "now"


class Asked(msgspec.Struct, frozen=True):
    """What is asked: how members are compared, and the parameters of the API's route of that name."""

    mode: Mode
    given: dict[str, str]

    @property
    def name(self) -> str | None:
        """The declared board that is asked for."""
        return self.given.get("board")

    @property
    def query(self) -> dict[str, str]:
        """What the page's address says."""
        return self.given if self.mode == "now" else {"mode": self.mode, **self.given}

    def wanted(self) -> dict[str, str]:
        """What the API is asked: with the page's own size of a page, and by votes when nothing is said."""
        given = dict(self.given)
        if "board" not in given:
            given.setdefault("metric", METRIC)
        given.setdefault("limit", str(NEIGHBOURS if "around" in given else LIMIT))
        return given


def asked_in(query: Mapping[str, str], zone: ZoneInfo, now: datetime, board: str | None = None) -> Asked:
    """What a page's query asks; ``board``: the declared board that the address names.

    Raises:
        QueryInvalid: a parameter is unknown, or there is no such mode; the message says what there is.
    """
    given = {name: value.strip() for name, value in query.items() if value.strip() and name != WAS}
    if board is not None:
        given["board"] = board
    mode = given.pop("mode", NOW)
    if mode not in MODES:
        raise QueryInvalid(f"mode is one of {', '.join(MODES)}.", "mode")
    if given.get("as_of") == NOW:
        del given["as_of"]
    for name in MOMENTS:
        if LOCAL.fullmatch(given.get(name, "")):
            given[name] = instant_text(_of_zone(given[name], zone))
    found: Mode = mode
    if query.get(WAS):
        given = _short(_fitting(given, found, query[WAS].split("~"), zone, now), found)
    unknown = sorted(given.keys() - set(OF_MODE[found]))
    if unknown:
        raise QueryInvalid(f"There is no parameter {unknown[0]!r}; there are {', '.join(OF_MODE[found])}.", unknown[0])
    limit = given.get("limit", "")
    if limit.isascii() and limit.isdecimal() and int(limit[:9]) > LIMIT_MAX:
        raise QueryInvalid(f"limit is from 1 to {LIMIT_MAX} on a page; the API gives more.", "limit")
    return Asked(found, given)


def is_of_form(query: Mapping[str, str]) -> bool:
    """Whether the address was made by the form, and can be said shorter."""
    return WAS in query


def instant_text(moment: datetime) -> str:
    """An instant as addresses say it."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def local_text(moment: datetime, zone: ZoneInfo) -> str:
    """An instant as a field for a local date and time holds it."""
    return moment.astimezone(zone).strftime("%Y-%m-%dT%H:%M")


def _of_zone(text: str, zone: ZoneInfo) -> datetime:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=zone)
    except ValueError:
        raise QueryInvalid("That is no day of the calendar, or no time of it.", "at") from None


def _fitting(given: dict[str, str], mode: Mode, was: list[str], zone: ZoneInfo, now: datetime) -> dict[str, str]:
    """What still fits after something else was chosen in the form, which was shown for ``was``."""
    was_mode, was_metric, was_window = (*was, "", "", "")[:3]
    if mode != was_mode:
        given = {name: value for name, value in given.items() if name in OF_MODE[mode] and name != "at"}
    if mode in ("trending", "breaking") and not isinstance(BY_NAME.get(given.get("metric", METRIC)), Metric):
        given["metric"] = METRIC
    if given.get("metric", METRIC) != was_metric:
        given = _of_metric(given)
    if mode == "season" and given.get("window") not in SEASON_WINDOWS:
        given["window"] = SEASON_WINDOWS[1]
    return _of_window(given, was_window, zone, now) if "window" in given or mode == "now" else given


def _short(given: dict[str, str], mode: Mode) -> dict[str, str]:
    """Without what is meant when nothing is said; a declared board has a window and a half-life of its own."""
    own = ("window", "half_life_hours") if "board" in given else ()
    return {name: value for name, value in given.items() if name in own or MEANT[mode].get(name) != value}


def _of_metric(given: dict[str, str]) -> dict[str, str]:
    """What fits a metric that was just chosen: a kind of entity that it has, and no currency where it is no money."""
    metric = BY_NAME.get(given.get("metric", METRIC))
    if metric is None:
        return given
    dropped = () if metric.money else ("currency",)
    kept = {name: value for name, value in given.items() if name not in dropped}
    return kept if kept.get("entity", "artist") in metric.boards else {**kept, "entity": metric.boards[0]}


def _of_window(given: dict[str, str], was: str, zone: ZoneInfo, now: datetime) -> dict[str, str]:
    """What fits a window that was just chosen: its own moment, or from where to where."""
    if given.get("window") != CUSTOM:
        dropped = ("from", "to") if given.get("window", "all") == was else ("from", "to", "at")
        return {name: value for name, value in given.items() if name not in dropped}
    kept = {name: value for name, value in given.items() if name != "at"}
    if "from" not in kept and "to" not in kept:
        today, hour = bucket_start(now, Grain.DAY, zone), bucket_start(now, Grain.HOUR, zone)
        kept |= {"from": instant_text(today), "to": instant_text(bucket_end(hour, Grain.HOUR, zone))}
    return kept
