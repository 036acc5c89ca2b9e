"""What can be chosen on a board's page: every option that the API has, with those that are chosen now."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

import msgspec

from coliseum.accounts.callers import Caller
from coliseum.accounts.permissions import Permission
from coliseum.accounts.plans import Plan
from coliseum.boards.declaration import Declaration
from coliseum.boards.seasons import WINDOWS as SEASON_WINDOWS
from coliseum.boards.seasons import kinds_with_seasons
from coliseum.errors import EventRefused
from coliseum.events.times import parse_rfc3339
from coliseum.metrics.registry import BY_NAME, Metric, Unique
from coliseum.metrics.windows import CUSTOM, GRAINS, ROLLING_HOURS, YEAR
from coliseum.queries.question import RANKINGS
from coliseum.web.ui.boards import words
from coliseum.web.ui.boards.asking import LIMIT, METRIC, MODES, WAS, Asked, Mode, local_text

SIZES: Final = ("10", "25", "50", "100")
WINDOW_NAMES: Final = ("all", YEAR, *reversed(GRAINS), *ROLLING_HOURS, CUSTOM)
OF_MORE: Final = ("city", "genre", "event", "members", "ranking", "movement", "limit", "place", "currency")


class Choice(msgspec.Struct, frozen=True):
    """One of the values that a control has; ``missing``: the plan has it not."""

    value: str
    text: str
    chosen: bool
    missing: bool = False


class Controls(msgspec.Struct, frozen=True):
    """The controls of a page, and the texts in its fields."""

    mode: Mode
    modes: list[Choice]
    metrics: list[Choice]
    kinds: list[Choice]
    windows: list[Choice]
    rankings: list[Choice]
    sizes: list[Choice]
    values: dict[str, str]
    was: str
    money: bool
    fixed: bool
    """Whether a declaration says metric, entity, currency and filters."""
    selective: bool
    window: str
    more: int
    """How many of the options that are not always shown are chosen."""

    def value(self, name: str) -> str:
        """What stands in a field."""
        return self.values.get(name, "")


def controls_of(
    asked: Asked, caller: Caller, plan: Plan, now: datetime, declaration: Declaration | None = None
) -> Controls:
    """What can be chosen from here. ``asked`` may be wrong: it is shown as far as it can be."""
    given = asked.given if declaration is None else {**asked.given, **_said(declaration)}
    name = given.get("metric", METRIC)
    metric = BY_NAME.get(name, BY_NAME[METRIC])
    windows = _windows(asked.mode, declaration)
    window = given.get("window") or (
        CUSTOM
        if "from" in given
        else "week"
        if asked.mode == "season"
        else "all"
        if declaration is None
        else windows[0]
    )
    selective = declaration is not None and declaration.selective
    modes: Sequence[str] = ("now",) if selective else MODES[:3] if declaration is not None else MODES
    return Controls(
        mode=asked.mode,
        modes=_choices(modes, words.MODES, asked.mode),
        metrics=_choices(_metrics(asked.mode), words.METRICS, metric.name),
        kinds=_choices(_kinds(asked.mode, metric, caller), words.KINDS, given.get("entity", "artist")),
        windows=_choices(windows, words.WINDOWS, window, plan.windows),
        rankings=_choices(RANKINGS, words.RANKINGS, given.get("ranking", "competition")),
        sizes=_sizes(given.get("limit", str(LIMIT))),
        values=_values(given, caller, now),
        was=f"{asked.mode}~{metric.name}~{window}",
        money=metric.money,
        fixed=declaration is not None,
        selective=selective,
        window=window,
        more=sum(each in asked.given for each in OF_MORE),
    )


def cleaned(query: Mapping[str, str]) -> Asked:
    """As much of a query as can be shown again when something is wrong in it."""
    mode = query.get("mode", MODES[0])
    given = {name: value for name, value in query.items() if value and name not in ("mode", WAS)}
    return Asked(mode if mode in MODES else MODES[0], given)


def may_see(caller: Caller, declaration: Declaration) -> bool:
    """Whether somebody may see a declared board: of fans only with the permission for fans."""
    return declaration.entity != "fan" or caller.may(Permission.FANS_READ)


def _sizes(chosen: str) -> list[Choice]:
    chosen = chosen if chosen.isascii() and chosen.isdecimal() else str(LIMIT)
    sizes = SIZES if chosen in SIZES else (chosen, *SIZES)
    return [Choice(each, each, each == chosen) for each in sizes]


def _metrics(mode: Mode) -> list[str]:
    if mode in ("trending", "breaking"):
        return [name for name in words.METRICS if isinstance(BY_NAME[name], Metric)]
    return list(words.METRICS)


def _kinds(mode: Mode, metric: Metric | Unique, caller: Caller) -> list[str]:
    kinds = [kind.label for kind in kinds_with_seasons(metric)] if mode == "season" else list(metric.boards)
    return [kind for kind in kinds if kind != "fan" or caller.may(Permission.FANS_READ)]


def _windows(mode: Mode, declaration: Declaration | None) -> list[str]:
    if mode == "season":
        return list(SEASON_WINDOWS)
    return list(WINDOW_NAMES) if declaration is None else list(declaration.windows)


def _choices(
    values: Iterable[str], texts: Mapping[str, str], chosen: str, included: Iterable[str] | None = None
) -> list[Choice]:
    plan = None if included is None else frozenset(included)
    return [
        Choice(each, texts.get(each, each), each == chosen, plan is not None and each not in plan) for each in values
    ]


def _values(given: Mapping[str, str], caller: Caller, now: datetime) -> dict[str, str]:
    """The texts of the fields: instants in the tenant's own time."""
    zone, values = caller.tenant.zone, dict(given)
    for name in ("at", "as_of", "from", "to"):
        try:
            moment = parse_rfc3339(given.get(name, "").replace(" ", "+"), name)
        except EventRefused:
            continue
        values[f"{name}_local"] = local_text(moment, zone)
    values["now_local"] = local_text(now, zone)
    return values


def _said(declaration: Declaration) -> dict[str, str]:
    said = {"metric": declaration.metric, "entity": declaration.entity, "currency": declaration.currency}
    return {name: value for name, value in said.items() if value is not None}
