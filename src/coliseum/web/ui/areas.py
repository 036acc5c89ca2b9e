"""The pages around one shell, area by area, under one guard; whatever goes wrong is told as a page."""

from typing import Any, Final

from litestar import Request, Response, Router, get
from litestar.params import FromPath

from coliseum.accounts.permissions import Permission
from coliseum.errors import Refusal, RequestRefused
from coliseum.web.access import check_every_route, needs, note_reason
from coliseum.web.failures import our_error
from coliseum.web.problems import problem
from coliseum.web.ui.boards import routes as boards
from coliseum.web.ui.catalog import routes as catalog
from coliseum.web.ui.doors import routes as doors
from coliseum.web.ui.entities import routes as entities
from coliseum.web.ui.front import routes as front
from coliseum.web.ui.guard import admit_page, log_in_address
from coliseum.web.ui.log import routes as log
from coliseum.web.ui.overview import routes as overview
from coliseum.web.ui.query import routes as query
from coliseum.web.ui.settings import routes as settings
from coliseum.web.ui.shell import fragment, page, wants_fragment
from coliseum.web.ui.stadium import routes as stadium
from coliseum.web.ui.text import _


@get("/t/{slug:str}/{rest:path}", opt=needs(Permission.NUMBERS_READ))
async def get_unknown(slug: FromPath[str], rest: FromPath[str]) -> Response[Any]:
    """An address below a tenant's at which there is no page."""
    raise RequestRefused(Refusal.NOT_FOUND, f"there is no page {rest} of {slug}")


HANDLERS: Final[tuple[Any, ...]] = (
    *overview.HANDLERS,
    *query.HANDLERS,
    *boards.HANDLERS,
    *entities.HANDLERS,
    *doors.HANDLERS,
    *settings.HANDLERS,
    *log.HANDLERS,
    *catalog.HANDLERS,
    *front.HANDLERS,
    *stadium.HANDLERS,
    get_unknown,
)
TITLES: Final = {
    401: _("Please log in"),
    402: _("Your plan does not include this"),
    403: _("This is not yours to see"),
    404: _("There is nothing here"),
    429: _("Too many requests"),
    500: _("Something failed here"),
    503: _("Not at this moment"),
}


def pages_router() -> Router:
    """All of them; they are no part of the API's description."""
    check_every_route(HANDLERS)
    return Router(
        "/",
        route_handlers=HANDLERS,
        guards=[admit_page],
        opt={"page": True},
        exception_handlers={Exception: on_error},
        include_in_schema=False,
    )


def on_error(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """What is wrong, as a page; who has not logged in is sent to do so."""
    ours = our_error(error, request.scope)
    swapped = wants_fragment(request)
    if isinstance(ours, RequestRefused):
        note_reason(request.scope, ours)
        if ours.code is Refusal.LOGIN_NEEDED:
            address = log_in_address(request.scope)
            headers = {"hx-redirect": address} if swapped else {"location": address}
            return Response(b"", status_code=204 if swapped else 303, headers={**headers, "cache-control": "no-store"})
    status = problem(ours).status
    title = TITLES.get(status, _("This does not work"))
    if swapped:
        return fragment(request, "parts/wrong.html", status=status, title=title, message=str(ours))
    needs_factor = isinstance(ours, RequestRefused) and ours.code is Refusal.SECOND_FACTOR_MISSING
    return page(
        request, "wrong.html", title=title, status=status, message=str(ours), code=status, needs_factor=needs_factor
    )  # fmt: skip
