"""The pages behind links in mails: each shows what will happen, and a form that makes it happen. None needs a script.

Looking at a page changes nothing, however often mail scanners do it. A form is taken from our own pages only.
"""

from typing import Any, Final

from litestar import Request, Response, Router, get, head, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from coliseum.accounts import invitations, links
from coliseum.errors import ColiseumError, Refusal, RequestRefused
from coliseum.web.accepting import accept_invitation, begin_account, choose_password, count_use, verify_email
from coliseum.web.csrf import check_page
from coliseum.web.identify import cookie_in
from coliseum.web.problems import problem
from coliseum.web.services import Services
from coliseum.web.ui.forms import read_form
from coliseum.web.ui.outbox import get_outbox
from coliseum.web.ui.render import html

UNSEEN: Final = {
    "cache-control": "no-store", "referrer-policy": "no-referrer", "x-robots-tag": "noindex, nofollow, noarchive",
}  # fmt: skip
KINDS: Final = ("invitations", "reset", "verify", "signup")
PATHS: Final = [f"/{kind}/{{secret:str}}" for kind in KINDS]
Asked = Request[Any, Any, Any]


def link_router() -> Router:
    """The pages of links, and the outbox of development."""
    return Router("/", route_handlers=[get_link, head_link, post_link, get_outbox], include_in_schema=False)


@get(PATHS)
async def get_link(request: Asked, services: NamedDependency[Services], secret: FromPath[str]) -> Response[Any]:
    """What a link is for; JSON for who asks for that."""
    try:
        shown = await _shown(services, _kind(request), secret)
    except ColiseumError as error:
        return _no(request, error)
    if _wants_json(request):
        return Response(shown, headers=UNSEEN, media_type="application/json")
    return _page(shown)


@head(PATHS)
async def head_link(request: Asked, services: NamedDependency[Services], secret: FromPath[str]) -> None:
    """As ``get_link``, without a body."""
    await _shown(services, _kind(request), secret)


@post(PATHS, status_code=200)
async def post_link(request: Asked, services: NamedDependency[Services], secret: FromPath[str]) -> Response[Any]:
    """Use a link, by the form of its page."""
    kind = _kind(request)
    try:
        form = await _form(request, services)
        address = services.addresses.of(request.scope)
        await count_use(services, address)
        said = await _use(request, services, kind, secret, form, address)
    except RequestRefused as error:
        if error.code in (Refusal.WEAK_PASSWORD, Refusal.INVALID_PAYLOAD, Refusal.LOGIN_NEEDED):
            return await _again(request, services, kind, secret, error)
        return _no(request, error)
    except ColiseumError as error:
        return _no(request, error)
    return _with_headers(html("said.html", title=said[0], message=said[1]))


async def _shown(services: Services, kind: str, secret: str) -> dict[str, Any]:
    """What a link will do, if it works."""
    now = services.clock()
    if kind == "invitations":
        async with services.database.connection("capture") as connection:
            offer = await invitations.look_at_offer(connection, secret, now)
        known = offer.person_id is not None and offer.person_verified
        return {"kind": kind, "email": offer.email, "tenant": offer.tenant_name, "role": offer.role, "known": known}
    async with services.database.transaction("accounts") as connection:
        if kind == "signup":
            return {"kind": kind, "email": (await links.look_at_sign_up(connection, secret, now)).email}
        purpose: links.Purpose = "reset_password" if kind == "reset" else "verify_email"
        return {"kind": kind, "email": (await links.look_at(connection, purpose, secret, now)).email}


async def _use(
    request: Asked, services: Services, kind: str, secret: str, form: dict[str, str], address: str
) -> tuple[str, str]:
    """Use a link; what is said then."""
    if kind == "reset":
        await choose_password(services, secret, form.get("password", ""), address)
        return "Your password is set", "Log in with it. Everywhere else you have been logged out."
    if kind == "verify":
        await verify_email(services, secret, address)
        return "Your e-mail address is verified", "You can close this page."
    if kind == "signup":
        await begin_account(services, secret, address)
        return "Your account has begun", "Log in with your e-mail address and password."
    cookie = cookie_in(request.scope)
    # The secret of the link, which no other page knows, shows that the form is ours; a cookie shows who sends it.
    asking = None if cookie is None else await services.logins.sessions.by_cookie(cookie)
    name, password = form.get("name"), form.get("password")
    offer, _ = await accept_invitation(services, secret, asking, name, password, address)
    return f"You are a member of {offer.tenant_name}", f"Your role is {offer.role}."


async def _form(request: Asked, services: Services) -> dict[str, str]:
    check_page(request.scope, services.settings.public_url)
    return await read_form(request.scope, request.receive)


async def _again(request: Asked, services: Services, kind: str, secret: str, refused: RequestRefused) -> Response[Any]:
    """The page once more, with what was wrong."""
    try:
        shown = await _shown(services, kind, secret)
    except ColiseumError as error:
        return _no(request, error)
    return _page(shown, problem(refused).status, refused.message)


def _page(shown: dict[str, Any], status: int = 200, wrong: str = "") -> Response[Any]:
    return _with_headers(html("link.html", status, wrong=wrong, **{"tenant": "", "role": "", "known": False, **shown}))


def _no(request: Asked, error: ColiseumError) -> Response[Any]:
    if _wants_json(request):
        raise error
    status = problem(error).status
    return _with_headers(html("said.html", status, title="This does not work", message=str(error)))


def _with_headers(response: Response[Any]) -> Response[Any]:
    response.headers.update({"x-robots-tag": UNSEEN["x-robots-tag"], "referrer-policy": UNSEEN["referrer-policy"]})
    return response


def _kind(request: Asked) -> str:
    return str(request.scope["path"]).split("/")[1]


def _wants_json(request: Asked) -> bool:
    return "application/json" in request.headers.get("accept", "")
