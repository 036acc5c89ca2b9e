"""Who may look at a page: the guard of every page, which only knows the log-in cookie of a person.

A page's route says in ``opt`` what it needs, as routes of the API do. Of a tenant's pages the address names the tenant
(``/t/{slug}/…``). A form that a page sends by itself (``POST``) is let through to its handler, which learns who has
sent it only from ``sent_form``: by that the form's token has been looked at.
"""

from typing import Any, Final
from urllib.parse import quote, urlencode

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from coliseum.accounts.callers import Caller, Person
from coliseum.accounts.permissions import Permission
from coliseum.errors import Refusal, RequestRefused
from coliseum.web.access import CALLER, PERSON
from coliseum.web.csrf import SAFE
from coliseum.web.identify import cookie_in
from coliseum.web.services import Services
from coliseum.web.ui.forms import FORM_BYTES_MAX, check_form, read_form

LOG_IN: Final = "/log-in"
UNCHECKED: Final = "coliseum_unchecked"
"""Where the scope keeps who seems to have sent a form, until its token has been looked at."""


async def admit_page(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Find out who is looking, and whether they may; leaves it in the request's state as the API's guard does.

    Raises:
        RequestRefused: ``login_needed``, ``not_allowed``, what the tenant stands in the way of, or no request is left.
    """
    access = handler.opt.get("access", "public")
    services: Services = connection.app.state.services
    scope: Any = connection.scope
    person = await looking(services, scope)
    safe = scope["method"] in SAFE
    scope["state"][PERSON if safe else UNCHECKED] = person
    if access == "public":
        return
    if person is None:
        raise RequestRefused(Refusal.LOGIN_NEEDED, "log in first")
    if access == "person":
        return
    caller = person.member_of(str(connection.path_params["slug"]))
    caller.check(Permission(access))
    if safe:
        scope["state"][CALLER] = caller
    await services.allowance.admit(scope, caller.tenant)


async def looking(services: Services, scope: Any) -> Person | None:
    """Who has logged in by the cookie; None when nobody has."""
    secret = cookie_in(scope)
    person = None if secret is None else await services.logins.sessions.by_cookie(secret)
    return None if person is None or person.session_id is None else person


async def sent_form(
    services: Services, scope: Any, receive: Any, bytes_max: int = FORM_BYTES_MAX
) -> tuple[dict[str, str], Person]:
    """The fields of a form, and who has sent it from a page of ours.

    Raises:
        RequestRefused: ``login_needed``, ``cross_site``, or it is no form.
    """
    person: Person | None = scope["state"].get(UNCHECKED)
    if person is None or person.session_id is None:
        raise RequestRefused(Refusal.LOGIN_NEEDED, "log in first")
    form = await read_form(scope, receive, bytes_max)
    check_form(services, scope, person.session_id, form)
    scope["state"][PERSON] = person
    slug = scope["path_params"].get("slug")
    if slug is not None:
        scope["state"][CALLER] = person.member_of(str(slug))
    return form, person


def person_at(scope: Any) -> Person | None:
    """Who is looking at a page that is for anybody."""
    person: Person | None = scope["state"].get(PERSON) or scope["state"].get(UNCHECKED)
    return person


def caller_at(scope: Any) -> Caller | None:
    """The member who is looking at a tenant's page."""
    caller: Caller | None = scope["state"].get(CALLER)
    return caller


def log_in_address(scope: Any) -> str:
    """Where to log in, and to come back from there."""
    here = quote(scope["path"]) + ("?" + scope["query_string"].decode("latin-1") if scope["query_string"] else "")
    return LOG_IN + ("?" + urlencode({"next": here}) if scope["method"] in SAFE else "")
