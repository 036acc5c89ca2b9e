"""What a request for a board asks for, whichever way it comes: by parameters, or by the name of a declared board."""

from collections.abc import Mapping

from coliseum.accounts.tenants import Tenant
from coliseum.boards.declaration import Declaration
from coliseum.errors import QueryInvalid
from coliseum.queries.asked import question_from
from coliseum.queries.question import Question
from coliseum.web.services import Services

DECLARED = ("metric", "entity", "currency", "city", "genre", "event", "from", "to")
"""What a declared board says itself, or has not."""
NOT_OF_SELECTIVE = ("as_of", "movement", "members")


async def asked_for(
    services: Services, tenant: Tenant, given: Mapping[str, str]
) -> tuple[Question, Declaration | None]:
    """The question, and the declaration of the board when it was asked for by name.

    Raises:
        QueryInvalid: a parameter is unknown, missing or wrong, or there is no such board.
    """
    name = given.get("board")
    now = services.clock()
    if name is None:
        return question_from(tenant, given, now), None
    board = await services.declarations.named(tenant, name)
    if board is None:
        raise QueryInvalid("There is no board of that name; GET /api/boards lists those there are.", "board")
    declaration = board.declaration
    refused = [each for each in (*DECLARED, *(NOT_OF_SELECTIVE if declaration.selective else ())) if each in given]
    if refused:
        raise QueryInvalid(f"A declared board is not asked for with {refused[0]}.", refused[0])
    window = given.get("window", declaration.windows[0])
    if window not in declaration.windows:
        raise QueryInvalid(
            f"This board has no window {window!r}; there are {', '.join(declaration.windows)}.", "window"
        )
    filters = declaration.filters
    said = {
        "metric": declaration.metric, "entity": declaration.entity, "currency": declaration.currency,
        "city": filters.city, "genre": filters.genre, "event": filters.event, "window": window,
    }  # fmt: skip
    rest = {each: value for each, value in given.items() if each != "board"}
    return question_from(tenant, rest | {each: value for each, value in said.items() if value}, now), declaration
