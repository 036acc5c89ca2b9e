"""From the parameters of a request for a board to the question: one reading of them for every way of asking."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from coliseum.accounts.tenants import Tenant
from coliseum.errors import QueryInvalid
from coliseum.queries.ask import filters_of, subject_of, window_of
from coliseum.queries.question import Question, Wanted, as_of_of, question_of

PARAMETERS: Final = (
    "metric", "entity", "currency", "window", "at", "from", "to", "as_of", "city", "genre", "event", "members", "ids",
    "around", "ranking", "movement", "limit", "cursor",
)  # fmt: skip
LIMIT: Final = 50
LIMIT_DIGITS_MAX: Final = 9


def question_from(tenant: Tenant, given: Mapping[str, str], now: datetime) -> Question:
    """What these parameters, as texts by name, ask for.

    Raises:
        QueryInvalid: one is unknown, missing or wrong; the message says what there is.
    """
    unknown = sorted(given.keys() - set(PARAMETERS))
    if unknown:
        raise QueryInvalid(f"There is no parameter {unknown[0]!r}; there are {', '.join(PARAMETERS)}.", unknown[0])
    if "metric" not in given:
        raise QueryInvalid("metric says what is counted, such as votes.", "metric")
    as_of = as_of_of(given.get("as_of"), now)
    moment = as_of if isinstance(as_of, datetime) else now
    window = window_of(
        tenant, given.get("window", "all"), given.get("at"), moment, given.get("from"), given.get("to")
    )  # fmt: skip
    wanted = Wanted(
        _limit(given.get("limit")), given.get("cursor"), given.get("around"), given.get("members"), given.get("ids")
    )
    return question_of(
        tenant,
        subject_of(tenant, given["metric"], given.get("entity", "artist"), given.get("currency")),
        window,
        filters_of(given.get("city"), given.get("genre"), given.get("event")),
        wanted=wanted,
        ranking=given.get("ranking", "competition"),
        as_of=as_of,
        movement=_flag(given.get("movement", "false"), "movement"),
    )


def moves_on(given: Mapping[str, str]) -> bool:
    """Whether the window is that of the present moment, so that the question is another one when it ends."""
    return given.keys().isdisjoint(("at", "from", "to", "as_of"))


def _flag(text: str, field: str) -> bool:
    if text not in ("true", "false"):
        raise QueryInvalid(f"{field} is true or false.", field)
    return text == "true"


def _limit(text: str | None) -> int:
    if text is None:
        return LIMIT
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= LIMIT_DIGITS_MAX):
        raise QueryInvalid("limit is a whole number from 1 to 1000.", "limit")
    return int(text)
