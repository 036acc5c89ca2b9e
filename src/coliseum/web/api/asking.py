"""What a request for a board asks for, whichever way it comes: by parameters, or by the name of a declared board."""

from collections.abc import Mapping

from coliseum.accounts.callers import Caller
from coliseum.accounts.tenants import Tenant
from coliseum.boards.declaration import Declaration
from coliseum.errors import QueryInvalid
from coliseum.queries.ask import Filters, Subject, filters_of, instant, subject_of
from coliseum.queries.asked import question_from
from coliseum.queries.question import Question
from coliseum.web.services import Services

DECLARED = ("metric", "entity", "currency", "city", "genre", "event", "from", "to")
"""What a declared board says itself, or has not."""
NOT_OF_SELECTIVE = ("as_of", "movement", "members")


async def asked_for(
    services: Services, caller: Caller, given: Mapping[str, str]
) -> tuple[Question, Declaration | None]:
    """The question, and the declaration of the board when it was asked for by name.

    Raises:
        QueryInvalid: a parameter is unknown, missing or wrong, or there is no such board.
        RequestRefused: the caller, or their plan, may not ask this.
    """
    question, declaration = await _asked_for(services, caller.tenant, given)
    await services.allowance.check_question(caller, question)
    return question, declaration


async def _asked_for(
    services: Services, tenant: Tenant, given: Mapping[str, str]
) -> tuple[Question, Declaration | None]:
    name = given.get("board")
    now = services.clock()
    if name is None:
        return question_from(tenant, given, now), None
    declaration = await _declared(services, tenant, name)
    refused = [each for each in (*DECLARED, *(NOT_OF_SELECTIVE if declaration.selective else ())) if each in given]
    if refused:
        raise QueryInvalid(f"A declared board is not asked for with {refused[0]}.", refused[0])
    window = given.get("window", declaration.windows[0])
    if window not in declaration.windows:
        raise QueryInvalid(
            f"This board has no window {window!r}; there are {', '.join(declaration.windows)}.", "window"
        )
    rest = {each: value for each, value in given.items() if each != "board"}
    return question_from(tenant, {**rest, **_said(declaration), "window": window}, now), declaration


async def trend_asked_for(
    services: Services, caller: Caller, given: Mapping[str, str | None], hour: str | None
) -> tuple[Subject, Filters, int | None]:
    """What trending or breaking is asked about, and the half-life in hours that a declared board says.

    Raises:
        QueryInvalid: neither metric nor board is given, or both, or one of them is wrong.
        RequestRefused: the caller, or their plan, may not ask this.
    """
    asked = await _trend_asked_for(services, caller.tenant, given)
    await services.allowance.check_asked(caller, asked[0], None, asked[1])
    if hour is not None:
        services.allowance.check_moment(caller.tenant, instant(hour, "at"), "at")
    return asked


async def _trend_asked_for(
    services: Services, tenant: Tenant, given: Mapping[str, str | None]
) -> tuple[Subject, Filters, int | None]:
    said = {name: value for name, value in given.items() if value is not None}
    half_life_hours = None
    if "board" in said:
        declaration = await _declared(services, tenant, said["board"])
        if declaration.selective:
            raise QueryInvalid("A board with eligibility or count-back has no trends.", "board")
        refused = [name for name in DECLARED if name in said]
        if refused:
            raise QueryInvalid(f"A declared board is not asked for with {refused[0]}.", refused[0])
        half_life_hours = declaration.half_life_hours
        said |= _said(declaration)
    if "metric" not in said:
        raise QueryInvalid("metric says what is counted, such as votes; or board names a declared one.", "metric")
    subject = subject_of(tenant, said["metric"], said.get("entity", "artist"), said.get("currency"))
    return subject, filters_of(said.get("city"), said.get("genre"), said.get("event")), half_life_hours


async def _declared(services: Services, tenant: Tenant, name: str) -> Declaration:
    board = await services.declarations.named(tenant, name)
    if board is None:
        raise QueryInvalid("There is no board of that name; GET /api/boards lists those there are.", "board")
    return board.declaration


def _said(declaration: Declaration) -> dict[str, str]:
    """What a declaration says of what is counted, in the words of the parameters."""
    filters = declaration.filters
    said = {
        "metric": declaration.metric, "entity": declaration.entity, "currency": declaration.currency,
        "city": filters.city, "genre": filters.genre, "event": filters.event,
    }  # fmt: skip
    return {name: value for name, value in said.items() if value is not None}
