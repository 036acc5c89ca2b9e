"""``/s/{link}``: what a public link shows. It is read anew at each look, so that one that was revoked shows nothing."""

from typing import Any, Final

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from coliseum.dashboards.shares import opened
from coliseum.errors import Refusal, RequestRefused
from coliseum.web.access import for_anybody
from coliseum.web.services import Services
from coliseum.web.ui.formats import Formats
from coliseum.web.ui.query.panels import Kept, shown_publicly
from coliseum.web.ui.query.view import Teller, Ways
from coliseum.web.ui.shell import Asked, Shell, page
from coliseum.web.ui.text import Name, _, translations

NOT_LISTED: Final = "noindex, nofollow, noarchive"
NOTHING: Final = _("This link shows nothing, or nothing any more.")
_KEPT = Kept()


@get("/s/{link:str}", opt=for_anybody())
async def get_public_page(request: Asked, services: NamedDependency[Services], link: FromPath[str]) -> Response[Any]:
    """The dashboard or the question, of the tenant that made the link; nothing on it leads inside.

    It bears the tenant's name where their plan includes that, and our mark on each panel where it does not.
    """
    now = services.clock()
    found = await opened(services.database, link, now)
    if found is None:
        raise RequestRefused(Refusal.NOT_FOUND, NOTHING)
    shell = Shell(request)
    say = translations(shell.language).gettext
    formats = Formats(shell.locale, found.tenant.zone)
    panels = await shown_publicly(
        services, _KEPT, found.tenant, found.panels, Teller(formats, shell.language, Ways(), now), say
    )
    alone = len(panels) == 1 and panels[0].view is not None and not found.name
    name = panels[0].view.title if alone and panels[0].view is not None else found.name
    answer = page(
        request, "query/public.html", title=Name(name), name=name, tenant=found.tenant, panels=panels,
        branded=services.allowance.plan_of(found.tenant).report_branding,
        read_at=formats.datetime(now), until=None if found.expires_at is None else formats.date(found.expires_at),
    )  # fmt: skip
    answer.headers["x-robots-tag"] = NOT_LISTED
    return answer


HANDLERS = (get_public_page,)
