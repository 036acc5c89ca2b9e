"""The table of plans, made from the plans themselves."""

from collections.abc import Callable
from typing import Any, Final

import msgspec

from coliseum.accounts.plans import ORDER, PLANS, Plan
from coliseum.web.ui.formats import Formats
from coliseum.web.ui.named import NAMES
from coliseum.web.ui.text import _


class Line(msgspec.Struct, frozen=True):
    """A limit: what it is, and what each plan has of it, in the order of the plans."""

    words: str
    cells: list[str]


LIMITS: Final = {
    "eventsPerMonth": _("Events a month"),
    "overage": _("Events beyond that"),
    "requestsPerMinute": _("Requests a minute"),
    "historyDays": _("History"),
    "windows": _("Windows of boards"),
    "filters": _("Filters"),
    "live": _("Live over WebSocket"),
    "exports": _("Export as file"),
    "declaredBoards": _("Boards of your own"),
    "webhookEndpoints": _("Webhook endpoints"),
    "seats": _("Members"),
    "reportBranding": _("Shared pages in your own name"),
}
NO_LIMIT: Final = _("no limit")
EVERY: Final = _("every")
YES: Final = _("included")
NO: Final = _("not included")
BILLED: Final = _("taken and billed")
REFUSED: Final = _("refused, and told")
DAYS: Final = _("{days} days")


def plans() -> list[Plan]:
    """From the smallest on."""
    return [PLANS[name] for name in ORDER]


def limits(formats: Formats, words: Callable[[str], str]) -> list[Line]:
    """What each plan has of each limit; ``words``: translates."""
    names = {field.encode_name: field.name for field in msgspec.structs.fields(Plan)}
    return [
        Line(said, [_said(name, _value(plan, names[name]), formats, words) for plan in plans()])
        for name, said in LIMITS.items()
    ]


def _value(plan: Plan, name: str) -> Any:
    """What a plan has of a limit; beyond no limit there is nothing."""
    return None if name == "overage" and plan.events_per_month is None else getattr(plan, name)


def _said(name: str, value: Any, formats: Formats, words: Callable[[str], str]) -> str:
    match value:
        case None:
            return words(EVERY if name in ("windows", "filters") else NO_LIMIT)
        case bool():
            return words((BILLED if value else REFUSED) if name == "overage" else (YES if value else NO))
        case frozenset():
            return ", ".join(words(NAMES.get(each, each)) for each in sorted(value))
        case int() if name == "historyDays":
            return words(DAYS).format(days=formats.number(value))
        case _:
            return formats.number(value)
