"""``/log-in`` and ``/log-out``: without a script, by the same steps and under the same limits as the API's routes.

Who needs a second factor is asked for the code on a page of its own; between the two goes a stub
(``coliseum.accounts.attempts``), never the password.
"""

from typing import Annotated, Any, Final

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery, QueryParameter

from coliseum.accounts.attempts import Attempt, LoggedIn, PasswordShown, shown_by, stub_of
from coliseum.errors import ColiseumError, Refusal, RequestRefused
from coliseum.web.access import for_anybody
from coliseum.web.api.auth import GONE, cookie_of
from coliseum.web.csrf import check_page
from coliseum.web.identify import cookie_in
from coliseum.web.services import Services
from coliseum.web.ui.doors.ways import (
    NEVER_KEPT,
    RIGHT,
    TELLABLE,
    Told,
    Wrong,
    own_path,
    see_other,
    start_of,
    with_headers,
)
from coliseum.web.ui.forms import read_form
from coliseum.web.ui.guard import person_at, sent_form
from coliseum.web.ui.outbox import is_development
from coliseum.web.ui.shell import Asked, page, with_query
from coliseum.web.ui.text import _

EMAIL_MAX: Final = 300
PASSWORD_MAX: Final = 2_000
CODE_MAX: Final = 40
FORGET: Final = '"cache", "cookies", "storage"'
OF_CODES: Final = {
    Refusal.WRONG_CREDENTIALS: _("This code is wrong, too old, or was used."),
    Refusal.RATE_LIMITED: _("Too many codes were tried. Wait some minutes, then try again."),
}
AGAIN: Final = {
    Refusal.LOGIN_NEEDED: _("Too much time has passed, or something has changed. Begin again with your password."),
}
Next = Annotated[str | None, QueryParameter(name="next")]


@get("/log-in", opt=for_anybody())
async def get_log_in(
    request: Asked, services: NamedDependency[Services], wanted: Next = None, here: FromQuery[str | None] = None
) -> Response[Any]:
    """The form. Who has logged in goes on at once."""
    path = own_path(wanted)
    person = person_at(request.scope)
    if person is not None:
        return see_other(path or await start_of(services, person.person_id))
    if here is None and request.headers.get("sec-fetch-site") == "cross-site":
        # A browser that follows a link of another site keeps the cookie back: come again by a page of this one.
        way = with_query("/log-in", next=path or None, here="1")
        return page(request, "doors/again.html", title=_("Log in"), way=way)
    return _first(request, services, path, RIGHT)


@post("/log-in", opt=for_anybody(), status_code=200)
async def post_log_in(request: Asked, services: NamedDependency[Services]) -> Response[Any]:
    """One of the two steps, by the form of its page."""
    check_page(request.scope, services.settings.public_url)
    form = await read_form(request.scope, request.receive)
    path, stub = own_path(form.get("next")), form.get("stub")
    shown = None
    try:
        _check_lengths(form)
        if stub is None:
            done = await services.logins.log_in_by_steps(await _attempt(request, services, form))
        else:
            shown = shown_by(services.secret_key, stub, services.clock())
            if shown is None:
                raise RequestRefused(Refusal.LOGIN_NEEDED, "begin again with e-mail and password")
            done = await services.logins.show_code(shown, await _attempt(request, services, form))
    except TELLABLE as error:
        return _refused(request, services, path, error, form if shown is None else {}, stub if shown else None)
    if isinstance(done, PasswordShown):
        stub = stub_of(services.secret_key, done, services.clock())
        return page(request, "doors/code.html", title=_("Second factor"), told=RIGHT, next=path, stub=stub)
    return await let_in(services, done, path)


@get("/log-out", opt=for_anybody())
async def get_log_out(request: Asked) -> Response[Any]:
    """A button: looking at a page logs nobody out."""
    return see_other("/log-in") if person_at(request.scope) is None else page(
        request, "doors/log_out.html", title=_("Log out")
    )  # fmt: skip


@post("/log-out", opt=for_anybody(), status_code=200)
async def post_log_out(request: Asked, services: NamedDependency[Services]) -> Response[Any]:
    """The session ends, with all that was opened by it; the browser forgets what it has of this server."""
    if person_at(request.scope) is None:
        return see_other("/log-in", {"set-cookie": GONE})
    _form, person = await sent_form(services, request.scope, request.receive)
    await services.logins.end(person, "logout", services.addresses.of(request.scope), only=person.session_id)
    return see_other("/log-in", {"set-cookie": GONE, "clear-site-data": FORGET})


async def let_in(services: Services, done: LoggedIn, path: str = "") -> Response[Any]:
    """The browser gets its cookie and goes on."""
    cookie = cookie_of(services, done.secret or "")
    return see_other(path or await start_of(services, done.person_id), {**NEVER_KEPT, "set-cookie": cookie})


async def attempt_of(request: Asked, services: Services, email: str, password: str, code: str | None) -> Attempt:
    """What somebody shows by a page, and who was logged in there before them."""
    secret = cookie_in(request.scope)
    return Attempt(
        email=email, password=password, code=code, kind="cookie", address=services.addresses.of(request.scope),
        agent=request.headers.get("user-agent", ""),
        replaces=None if secret is None else await services.logins.sessions.by_cookie(secret),
    )  # fmt: skip


async def _attempt(request: Asked, services: Services, form: dict[str, str]) -> Attempt:
    if "stub" in form:
        return await attempt_of(request, services, "", "", "".join(form.get("code", "").split()))
    return await attempt_of(request, services, form.get("email", ""), form.get("password", ""), None)


def _check_lengths(form: dict[str, str]) -> None:
    for field, most in (("email", EMAIL_MAX), ("password", PASSWORD_MAX), ("code", CODE_MAX)):
        if len(form.get(field, "")) > most:
            raise RequestRefused(Refusal.INVALID_PAYLOAD, f"no more than {most} characters", field)


def _refused(
    request: Asked, services: Services, path: str, error: ColiseumError, form: dict[str, str], stub: str | None
) -> Response[Any]:
    if stub is None or (isinstance(error, RequestRefused) and error.code is Refusal.LOGIN_NEEDED):
        return _first(request, services, path, Wrong(request, error, AGAIN), form.get("email", "")[:EMAIL_MAX])
    told = Wrong(request, error, OF_CODES)
    shown = page(
        request, "doors/code.html", title=_("Second factor"), status=told.status, told=told, next=path, stub=stub
    )
    return with_headers(shown, told)


def _first(request: Asked, services: Services, path: str, told: Told, email: str = "") -> Response[Any]:
    shown = page(
        request, "doors/log_in.html", title=_("Log in"), status=told.status, told=told, next=path, email=email,
        is_open=services.settings.signup == "open", in_development=is_development(services.settings, request.scope),
        keeps_mail=not services.post.sending,
    )  # fmt: skip
    return with_headers(shown, told)


HANDLERS = (get_log_in, post_log_in, get_log_out, post_log_out)
