"""``/forgot`` and ``/sign-up``: what people ask for who are not logged in. What comes of it comes by mail."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency

from coliseum.web.access import for_anybody
from coliseum.web.asking import ask_for_account, ask_for_password
from coliseum.web.csrf import check_page
from coliseum.web.services import Services
from coliseum.web.ui.doors.ways import RIGHT, TELLABLE, Told, Wrong, with_headers
from coliseum.web.ui.forms import read_form
from coliseum.web.ui.outbox import is_development
from coliseum.web.ui.shell import Asked, page
from coliseum.web.ui.text import _


@get("/forgot", opt=for_anybody())
async def get_forgot(request: Asked) -> Response[Any]:
    """The form by which one asks for a new password."""
    return page(request, "doors/forgot.html", title=_("Forgot your password?"), told=RIGHT, email="")


@post("/forgot", opt=for_anybody(), status_code=200)
async def post_forgot(request: Asked, services: NamedDependency[Services]) -> Response[Any]:
    """The answer is the same, whether somebody has this address or not."""
    check_page(request.scope, services.settings.public_url)
    form = await read_form(request.scope, request.receive)
    email = form.get("email", "")[:600]
    try:
        await ask_for_password(services, email, services.addresses.of(request.scope))
    except TELLABLE as error:
        told = Wrong(request, error)
        shown = page(request, "doors/forgot.html", title=_("Forgot your password?"), status=told.status, told=told,
                     email=email)  # fmt: skip
        return with_headers(shown, told)
    return _heard(request, services, _("Look into your mail"), email, "reset")


@get("/sign-up", opt=for_anybody())
async def get_sign_up(request: Asked, services: NamedDependency[Services]) -> Response[Any]:
    """The form by which one asks for an account; where accounts are by invitation, it says so."""
    return _sign_up(request, services, RIGHT, {})


@post("/sign-up", opt=for_anybody(), status_code=200)
async def post_sign_up(request: Asked, services: NamedDependency[Services]) -> Response[Any]:
    """The answer is the same, whether there is an account with this address or not."""
    check_page(request.scope, services.settings.public_url)
    form = await read_form(request.scope, request.receive)
    email, address = form.get("email", "")[:600], services.addresses.of(request.scope)
    try:
        await ask_for_account(services, email, form.get("name", ""), form.get("password", "")[:2_000], address)
    except TELLABLE as error:
        return _sign_up(request, services, Wrong(request, error), form)
    return _heard(request, services, _("One more step"), email, "signup")


def _sign_up(request: Asked, services: Services, told: Told, form: dict[str, str]) -> Response[Any]:
    shown = page(
        request, "doors/sign_up.html", title=_("Sign up"), status=told.status, told=told,
        email=form.get("email", "")[:600], name=form.get("name", "")[:200],
        is_open=services.settings.signup == "open",
    )  # fmt: skip
    return with_headers(shown, told)


def _heard(request: Asked, services: Services, title: str, email: str, kind: str) -> Response[Any]:
    outbox = not services.post.sending and is_development(services.settings, request.scope)
    return page(request, "doors/heard.html", title=title, email=email, kind=kind, outbox=outbox)


HANDLERS = (get_forgot, post_forgot, get_sign_up, post_sign_up)
