"""From the parameters of a request for trending or breaking to the question, whichever way it comes."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final, Literal

from coliseum.accounts.tenants import Tenant
from coliseum.boards.declaration import Declaration
from coliseum.errors import QueryInvalid
from coliseum.queries.ask import Filters, Subject, filters_of, subject_of
from coliseum.queries.asked import DECLARED, LIMIT, refuse, said_by, whole_number
from coliseum.queries.breaking import Breaking, breaking_of
from coliseum.queries.hourly import asked_of
from coliseum.queries.trending import Trending, trending_of

TrendKind = Literal["trending", "breaking"]
HALF_LIFE_HOURS: Final = 24
RECENT_HOURS: Final = 24
MIN_SUPPORT: Final = 10
MIN_BASELINE: Final = 0
NARROWED: Final = ("metric", "entity", "currency", "city", "genre", "event")
PARAMETERS: Final[Mapping[TrendKind, tuple[str, ...]]] = {
    "trending": (*NARROWED, "board", "half_life_hours", "at", "limit"),
    "breaking": (*NARROWED, "board", "hours", "min_support", "min_baseline", "at", "limit"),
}


def check_asks_of_trend(kind: TrendKind, given: Mapping[str, str]) -> None:
    """Whether these can be asked at all; what is wrong with their values is found when they are read.

    Raises:
        QueryInvalid: one is unknown.
    """
    unknown = sorted(given.keys() - set(PARAMETERS[kind]))
    if unknown:
        raise QueryInvalid(
            f"There is no parameter {unknown[0]!r}; there are {', '.join(PARAMETERS[kind])}.", unknown[0]
        )


def compared(
    tenant: Tenant, given: Mapping[str, str], declaration: Declaration | None
) -> tuple[Subject, Filters, int | None]:
    """Who is compared, and the half-life in hours that a declared board says.

    Raises:
        QueryInvalid: neither metric nor board is given, or both, or one of them is wrong.
    """
    said = dict(given)
    if declaration is not None:
        if declaration.selective:
            raise QueryInvalid("A board with eligibility or count-back has no trends.", "board")
        refuse(said, DECLARED)
        said |= said_by(declaration)
    if "metric" not in said:
        raise QueryInvalid("metric says what is counted, such as votes; or board names a declared one.", "metric")
    subject = subject_of(tenant, said["metric"], said.get("entity", "artist"), said.get("currency"))
    filters = filters_of(said.get("city"), said.get("genre"), said.get("event"))
    return subject, filters, None if declaration is None else declaration.half_life_hours


def trend_from(
    tenant: Tenant, kind: TrendKind, given: Mapping[str, str], declaration: Declaration | None, now: datetime
) -> Trending | Breaking:
    """What these parameters, as texts by name, ask for; ``declaration``: of the board that they name.

    Raises:
        QueryInvalid: one is unknown, missing or wrong; the message says what there is.
    """
    check_asks_of_trend(kind, given)
    subject, filters, declared = compared(tenant, given, declaration)
    about = asked_of(tenant, subject, filters, given.get("at"), now, _whole(given, "limit", LIMIT))
    if kind == "trending":
        return trending_of(about, _whole(given, "half_life_hours", declared or HALF_LIFE_HOURS), explain=False)
    return breaking_of(
        about, _whole(given, "hours", RECENT_HOURS), _whole(given, "min_support", MIN_SUPPORT),
        _whole(given, "min_baseline", MIN_BASELINE),
    )  # fmt: skip


def _whole(given: Mapping[str, str], name: str, otherwise: int) -> int:
    return whole_number(given[name], name, "in its bounds") if name in given else otherwise
