"""From the parameters of a request for a board to the question: one reading of them for every way of asking."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from coliseum.accounts.tenants import Tenant
from coliseum.boards.declaration import Declaration
from coliseum.errors import QueryInvalid
from coliseum.metrics.windows import Window
from coliseum.queries.ask import filters_of, subject_of, window_of
from coliseum.queries.question import AsOf, Question, Wanted, as_of_of, question_of

PARAMETERS: Final = (
    "metric", "entity", "currency", "window", "at", "from", "to", "as_of", "city", "genre", "event", "members", "ids",
    "around", "ranking", "movement", "limit", "cursor", "place",
)  # fmt: skip
DECLARED: Final = ("metric", "entity", "currency", "city", "genre", "event", "from", "to")
"""What a declared board says itself, or has not."""
NOT_OF_SELECTIVE: Final = ("movement", "members")
LIMIT: Final = 50
DIGITS_MAX: Final = 9


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
    as_of, window = when_of(
        tenant, now, given.get("as_of"), given.get("window", "all"), given.get("at"), given.get("from"), given.get("to")
    )  # fmt: skip
    wanted = Wanted(
        whole_number(given.get("limit", str(LIMIT)), "limit", "from 1 to 1000"),
        given.get("cursor"),
        whole_number(given["place"], "place", "from 1 on") if "place" in given else None,
        given.get("around"),
        given.get("members"),
        given.get("ids"),
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


def when_of(
    tenant: Tenant, now: datetime, as_of: str | None, window: str, at: str | None, since: str | None, until: str | None
) -> tuple[AsOf, Window]:
    """As of when, and in which window: that of then, unless ``at`` says otherwise.

    Raises:
        QueryInvalid: one of these is wrong.
    """
    then = as_of_of(as_of, now)
    return then, window_of(tenant, window, at, then if isinstance(then, datetime) else now, since, until)


def question_of_declared(tenant: Tenant, declaration: Declaration, given: Mapping[str, str], now: datetime) -> Question:
    """What is asked of a declared board by these parameters, of which ``board`` is its name.

    Raises:
        QueryInvalid: one is unknown or wrong, or the board says it itself, or has no such window.
    """
    check_asks_of_declared(given)
    if declaration.selective:
        refuse(given, NOT_OF_SELECTIVE)
    window = given.get("window", declaration.windows[0])
    if window not in declaration.windows:
        allowed = ", ".join(declaration.windows)
        raise QueryInvalid(f"This board has no window {window!r}; there are {allowed}.", "window")
    rest = {each: value for each, value in given.items() if each != "board"}
    return question_from(tenant, {**rest, **said_by(declaration), "window": window}, now)


def check_asks_of_declared(given: Mapping[str, str]) -> None:
    """Whether these can be asked of a declared board at all.

    Raises:
        QueryInvalid: one is unknown, or the board says it itself.
    """
    allowed = ("board", *(each for each in PARAMETERS if each not in DECLARED))
    refuse(given, DECLARED)
    unknown = sorted(given.keys() - set(allowed))
    if unknown:
        raise QueryInvalid(f"There is no parameter {unknown[0]!r}; there are {', '.join(allowed)}.", unknown[0])


def said_by(declaration: Declaration) -> dict[str, str]:
    """What a declaration says of what is counted, in the words of the parameters."""
    filters = declaration.filters
    said = {
        "metric": declaration.metric, "entity": declaration.entity, "currency": declaration.currency,
        "city": filters.city, "genre": filters.genre, "event": filters.event,
    }  # fmt: skip
    return {name: value for name, value in said.items() if value is not None}


def refuse(given: Mapping[str, str], names: Iterable[str]) -> None:
    """None of these is given with a declared board.

    Raises:
        QueryInvalid: one is.
    """
    for name in names:
        if name in given:
            raise QueryInvalid(f"A declared board is not asked for with {name}.", name)


def moves_on(given: Mapping[str, str]) -> bool:
    """Whether the window is that of the present moment, so that the question is another one when it ends."""
    return given.keys().isdisjoint(("at", "from", "to", "as_of"))


def whole_number(text: str, field: str, bounds: str) -> int:
    """A whole number of a query; whether it is in its bounds, who uses it looks.

    Raises:
        QueryInvalid: it is none.
    """
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= DIGITS_MAX):
        raise QueryInvalid(f"{field} is a whole number {bounds}.", field)
    return int(text)


def _flag(text: str, field: str) -> bool:
    if text not in ("true", "false"):
        raise QueryInvalid(f"{field} is true or false.", field)
    return text == "true"
