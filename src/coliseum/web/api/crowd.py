"""The route of an event's crowd."""

from typing import Annotated, Any

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from coliseum.accounts.permissions import Permission
from coliseum.queries.ask import check_text
from coliseum.queries.crowd import Crowd
from coliseum.web.access import needs
from coliseum.web.api.callers import asking_tenant
from coliseum.web.services import Services


@get("/api/crowd", opt=needs(Permission.NUMBERS_READ), summary="The crowd at an event")
async def get_crowd(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    event: Annotated[str, QueryParameter(description="Which event.")],
) -> Crowd:
    """Arrivals of all time and by minute, for an hour back, with what the catalogue knows of the event.

    `since` says from when on no arrival is missing in `minutes`: the newest 50,000 entries of each partition are looked
    at. Nothing tells when somebody leaves. An answer is shared for a second.
    """
    return await services.stadium.crowds.at(asking_tenant(request), check_text(event, "event"))


HANDLERS = (get_crowd,)
