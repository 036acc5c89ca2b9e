"""``/account/second-factor``: set up with a picture or by hand, confirmed by a code, renewed and removed by forms."""

from typing import Any, Final

import segno
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery
from markupsafe import Markup

from coliseum.errors import ColiseumError, Refusal, RequestRefused
from coliseum.web.access import for_people, person_in
from coliseum.web.factors import begin_factor, confirm_factor, remove_factor, renew_codes
from coliseum.web.services import Services
from coliseum.web.ui.doors.account import with_cookie, with_password
from coliseum.web.ui.doors.ways import RIGHT, TELLABLE, Told, Wrong, see_other, with_headers
from coliseum.web.ui.guard import sent_form
from coliseum.web.ui.shell import Asked, page
from coliseum.web.ui.text import _

PATH: Final = "/account/second-factor"
TITLE: Final = _("Second factor")
GROUP: Final = 4
OF_PASSWORD: Final = {Refusal.WRONG_CREDENTIALS: _("Password or code is wrong.")}
OF_CODES: Final = {
    Refusal.WRONG_CREDENTIALS: _("This code is not the one that the application shows now. Set it up again."),
}


@get(PATH, opt=for_people())
async def get_factor(request: Asked, done: FromQuery[str] = "") -> Response[Any]:
    """Whether there is one, and what can be done."""
    return _shown(request, RIGHT, "", removed=done == "removed")


@post(PATH, opt=for_people(), status_code=200)
async def begin(request: Asked, services: NamedDependency[Services]) -> Response[Any]:
    """With the password: a secret, as a picture and to be typed."""
    form, person = await sent_form(services, request.scope, request.receive)
    try:
        person = await with_password(request, services, person, form)
        secret = await begin_factor(services, person, services.addresses.of(request.scope))
    except TELLABLE as error:
        return _refused(request, error, "begin")
    parts = [secret.secret[at : at + GROUP] for at in range(0, len(secret.secret), GROUP)]
    shown = page(request, "doors/factor_begin.html", title=TITLE, parts=parts, picture=picture(secret.uri), told=RIGHT)
    return with_cookie(request, shown)


@post(PATH + "/confirm", opt=for_people(), status_code=200)
async def confirm(request: Asked, services: NamedDependency[Services]) -> Response[Any]:
    """With the first code: it counts from now on, and the recovery codes are shown this once."""
    form, person = await sent_form(services, request.scope, request.receive)
    code = "".join(form.get("code", "").split())
    try:
        found = await confirm_factor(services, person, code, services.addresses.of(request.scope))
    except TELLABLE as error:
        return _refused(request, error, "begin", OF_CODES)
    return _codes(request, found.recovery_codes, new=True)


@post(PATH + "/codes", opt=for_people(), status_code=200)
async def codes(request: Asked, services: NamedDependency[Services]) -> Response[Any]:
    """With password and code: other recovery codes."""
    form, person = await sent_form(services, request.scope, request.receive)
    try:
        person = await with_password(request, services, person, form)
        found = await renew_codes(services, person, services.addresses.of(request.scope))
    except TELLABLE as error:
        return _refused(request, error, "codes")
    return with_cookie(request, _codes(request, found.recovery_codes, new=False))


@post(PATH + "/remove", opt=for_people(), status_code=200)
async def remove(request: Asked, services: NamedDependency[Services]) -> Response[Any]:
    """With password and code: there is none any more."""
    form, person = await sent_form(services, request.scope, request.receive)
    try:
        person = await with_password(request, services, person, form)
        await remove_factor(services, person, services.addresses.of(request.scope))
    except TELLABLE as error:
        return _refused(request, error, "remove")
    return with_cookie(request, see_other(PATH + "?done=removed"))


def picture(uri: str) -> Markup:
    """A QR code as part of the page: dark on light in both themes, because cameras want it so."""
    code = segno.make(uri, error="m")
    drawn = code.svg_inline(scale=1, border=3, dark="#000", light="#fff", omitsize=True, svgclass="qr", lineclass=None)
    return Markup(drawn)  # noqa: S704 - the library has drawn it; of the address there are only black squares


def _codes(request: Asked, found: list[str], *, new: bool) -> Response[Any]:
    person = person_in(request.scope)
    return page(request, "doors/factor_codes.html", title=_("Recovery codes"), codes=found, new=new, email=person.email)


def _refused(request: Asked, error: ColiseumError, what: str, words: dict[Refusal, str] | None = None) -> Response[Any]:
    if isinstance(error, RequestRefused) and error.code in (Refusal.LOGIN_NEEDED, Refusal.CROSS_SITE):
        raise error
    told = Wrong(request, error, words or OF_PASSWORD)
    return with_cookie(request, with_headers(_shown(request, told, what), told))


def _shown(request: Asked, told: Told, what: str, *, removed: bool = False) -> Response[Any]:
    return page(
        request, "doors/factor.html", title=TITLE, status=told.status, told=told, what=what, removed=removed,
        person=person_in(request.scope),
    )  # fmt: skip


HANDLERS = (get_factor, begin, confirm, codes, remove)
