"""What a request for a board asks for, whichever way it comes: by parameters, or by the name of a declared board."""

from collections.abc import Mapping

import msgspec

from coliseum.accounts.callers import Caller
from coliseum.accounts.tenants import Tenant
from coliseum.boards.declaration import Declaration
from coliseum.errors import QueryInvalid
from coliseum.queries.ask import Filters, Subject, instant
from coliseum.queries.asked import question_from, question_of_declared
from coliseum.queries.leaderboards import BoardPage
from coliseum.queries.public import selective_page
from coliseum.queries.question import Question
from coliseum.queries.trend_asked import compared
from coliseum.web.services import Services


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
    return question_of_declared(tenant, declaration, given, now), declaration


async def selective_asked(services: Services, declaration: Declaration, question: Question) -> BoardPage:
    """A page of a selective board. As of then it is counted from the log: read once for all who ask, few at a time.

    Raises:
        QueryInvalid: as ``selective_page``.
    """
    if question.as_of is None:
        return await selective_page(services.database, declaration, question)

    async def body() -> bytes:
        return msgspec.json.encode(await selective_page(services.database, declaration, question))

    answer = await services.together.body(("selective", declaration, question), body)
    return msgspec.json.decode(answer, type=BoardPage)


async def trend_asked_for(
    services: Services, caller: Caller, given: Mapping[str, str]
) -> tuple[Subject, Filters, int | None]:
    """What trending or breaking is asked about, and the half-life in hours that a declared board says.

    Raises:
        QueryInvalid: neither metric nor board is given, or both, or one of them is wrong.
        RequestRefused: the caller, or their plan, may not ask this.
    """
    declaration = await _declared(services, caller.tenant, given["board"]) if "board" in given else None
    subject, filters, half_life_hours = compared(caller.tenant, given, declaration)
    await services.allowance.check_asked(caller, subject, None, filters)
    if "at" in given:
        services.allowance.check_moment(caller.tenant, instant(given["at"], "at"), "at")
    return subject, filters, half_life_hours


async def _declared(services: Services, tenant: Tenant, name: str) -> Declaration:
    board = await services.declarations.named(tenant, name)
    if board is None:
        raise QueryInvalid("There is no board of that name; GET /api/boards lists those there are.", "board")
    return board.declaration
