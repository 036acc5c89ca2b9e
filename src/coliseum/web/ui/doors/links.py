"""The pages behind links in mails: each shows what will happen, and a form that makes it happen. None needs a script.

Looking at a page changes nothing, however often mail scanners do it. A form is taken from our own pages only.
"""

from typing import Any, Final

import msgspec
from litestar import Response, get, head, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from coliseum.accounts import invitations, links
from coliseum.errors import ColiseumError, Refusal, RequestRefused
from coliseum.web.accepting import accept_invitation, begin_account, choose_password, count_use, verify_email
from coliseum.web.access import for_anybody
from coliseum.web.csrf import check_page
from coliseum.web.identify import cookie_in
from coliseum.web.problems import problem
from coliseum.web.services import Services
from coliseum.web.ui.doors.ways import RIGHT, Told, Wrong, in_words_of
from coliseum.web.ui.forms import read_form
from coliseum.web.ui.guard import person_at
from coliseum.web.ui.shell import Asked, page
from coliseum.web.ui.text import _

UNSEEN: Final = {
    "cache-control": "no-store", "referrer-policy": "no-referrer", "x-robots-tag": "noindex, nofollow, noarchive",
}  # fmt: skip
KINDS: Final = ("invitations", "reset", "verify", "signup")
TITLES: Final = {
    "invitations": _("An invitation"), "reset": _("A new password"), "verify": _("Your e-mail address"),
    "signup": _("Your account"),
}  # fmt: skip
PATHS: Final = [f"/{kind}/{{secret:str}}" for kind in KINDS]


@get(PATHS, opt=for_anybody())
async def get_link(request: Asked, services: NamedDependency[Services], secret: FromPath[str]) -> Response[Any]:
    """What a link is for; JSON for who asks for that."""
    try:
        shown = await _shown(services, _kind(request), secret)
    except ColiseumError as error:
        return _no(request, error)
    if _wants_json(request):
        return Response(shown, headers=UNSEEN, media_type="application/json")
    return _page(request, shown)


@head(PATHS, opt=for_anybody())
async def head_link(request: Asked, services: NamedDependency[Services], secret: FromPath[str]) -> None:
    """As ``get_link``, without a body."""
    await _shown(services, _kind(request), secret)


@post(PATHS, opt=for_anybody(), status_code=200)
async def post_link(request: Asked, services: NamedDependency[Services], secret: FromPath[str]) -> Response[Any]:
    """Use a link, by the form of its page."""
    kind = _kind(request)
    form: dict[str, str] = {}
    try:
        form = await _form(request, services)
        address = services.addresses.of(request.scope)
        await count_use(services, address)
        said = await _use(request, services, kind, secret, form, address)
    except RequestRefused as error:
        if error.code in (Refusal.WEAK_PASSWORD, Refusal.INVALID_PAYLOAD, Refusal.LOGIN_NEEDED):
            return await _again(request, services, kind, secret, error, form)
        return _no(request, error)
    except ColiseumError as error:
        return _no(request, error)
    told = in_words_of(request, said.message) if said.message else ""
    return _with_headers(page(request, "doors/said.html", title=said.title, said=said, told=told))


class Said(msgspec.Struct, frozen=True):
    """What is said when a link was used, and where it leads to."""

    title: str
    message: str = ""
    way: str = "/log-in"
    words: str = _("To the log-in")
    tenant: str = ""
    role: str = ""


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


async def _use(request: Asked, services: Services, kind: str, secret: str, form: dict[str, str], address: str) -> Said:
    """Use a link; what is said then."""
    if kind == "reset":
        await choose_password(services, secret, form.get("password", ""), address)
        return Said(_("Your password is set"), _("Log in with it. Everywhere else you have been logged out."))
    if kind == "verify":
        await verify_email(services, secret, address)
        return Said(_("Your e-mail address is verified"), _("You can close this page."), "/t", _("Your tenants"))
    if kind == "signup":
        await begin_account(services, secret, address)
        return Said(_("Your account has begun"), _("Log in with your e-mail address and password."))
    cookie = cookie_in(request.scope)
    # The secret of the link, which no other page knows, shows that the form is ours; a cookie shows who sends it.
    asking = None if cookie is None else await services.logins.sessions.by_cookie(cookie)
    name, password = form.get("name"), form.get("password")
    offer, _person_id = await accept_invitation(services, secret, asking, name, password, address)
    return Said(
        _("You are a member"), way=f"/t/{offer.slug}", words=_("Go there"), tenant=offer.tenant_name, role=offer.role
    )


async def _form(request: Asked, services: Services) -> dict[str, str]:
    check_page(request.scope, services.settings.public_url)
    return await read_form(request.scope, request.receive)


async def _again(
    request: Asked, services: Services, kind: str, secret: str, refused: RequestRefused, form: dict[str, str]
) -> Response[Any]:
    """The page once more, with what was wrong."""
    try:
        shown = await _shown(services, kind, secret)
    except ColiseumError as error:
        return _no(request, error)
    return _page(request, shown, Wrong(request, refused), form.get("name", "")[:200])


def _page(request: Asked, shown: dict[str, Any], told: Told = RIGHT, name: str = "") -> Response[Any]:
    person = person_at(request.scope)
    values = {"tenant": "", "role": "", "known": False, **shown}
    return _with_headers(
        page(
            request, "doors/link.html", title=TITLES[shown["kind"]], status=told.status, told=told, name=name,
            own=person is not None and person.email == shown["email"], here=request.scope["path"], **values,
        )
    )  # fmt: skip


def _no(request: Asked, error: ColiseumError) -> Response[Any]:
    told, reply = Wrong(request, error), problem(error)
    if _wants_json(request):
        return Response(reply.body, status_code=reply.status, headers=UNSEEN, media_type="application/problem+json")
    said = Said(_("This does not work"))
    shown = page(request, "doors/said.html", title=said.title, status=told.status, said=said, told=told.words)
    return _with_headers(shown)


def _with_headers(response: Response[Any]) -> Response[Any]:
    response.headers.update({"x-robots-tag": UNSEEN["x-robots-tag"], "referrer-policy": UNSEEN["referrer-policy"]})
    return response


def _kind(request: Asked) -> str:
    return str(request.scope["path"]).split("/")[1]


def _wants_json(request: Asked) -> bool:
    return "application/json" in request.headers.get("accept", "")


HANDLERS = (get_link, head_link, post_link)
