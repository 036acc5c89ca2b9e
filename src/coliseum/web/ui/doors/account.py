"""``/account``: who somebody is here, and how they log in. Every change is a form that works without a script.

What is sensitive asks for the password in the same form; given right, it counts for the session as
``POST /api/auth/confirm`` does, and the browser gets another cookie.
"""

from collections.abc import Awaitable, Callable
from typing import Any, Final

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from coliseum.accounts.asking import ask_to_verify
from coliseum.accounts.callers import Person
from coliseum.accounts.identities import list_identities, unlink
from coliseum.accounts.people import clean_name, normal_email, rename_person
from coliseum.accounts.sessions import list_sessions
from coliseum.errors import Refusal, RequestRefused
from coliseum.web.access import for_people, person_in
from coliseum.web.api.auth import cookie_of
from coliseum.web.api.tenants import leave_tenant
from coliseum.web.asking import ASKED_FOR_ACCOUNT, HOUR_S
from coliseum.web.services import Services
from coliseum.web.ui.doors.ways import RIGHT, TELLABLE, Told, Wrong, see_other, with_headers
from coliseum.web.ui.guard import sent_form
from coliseum.web.ui.outbox import is_development
from coliseum.web.ui.shell import Asked, page
from coliseum.web.ui.text import _

Form = dict[str, str]
Deed = Callable[[Asked, Services, Person, Form], Awaitable[None]]
"""Does something by a form."""
RENEWED: Final = "coliseum_renewed"
"""Where the scope keeps the cookie that takes the place of the one that came."""
BROWSERS: Final = (
    ("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("CriOS/", "Chrome"),
    ("Safari/", "Safari"),
)  # fmt: skip
SYSTEMS: Final = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"), ("Linux", "Linux"),
)  # fmt: skip
ID_MAX: Final = 2**63 - 1
OF_PASSWORD: Final = {Refusal.WRONG_CREDENTIALS: _("This is not your password.")}
DONE: Final = {
    "name": _("Your name was changed."),
    "email": _("A mail is on its way to the new address. It becomes yours when you use the link in it."),
    "verify": _("A mail with a link is on its way to you."),
    "password": _("Your password was changed. All other log-ins have ended."),
    "session": _("That log-in has ended."),
    "sessions": _("All other log-ins have ended."),
    "identity": _("That identity stands for you no more."),
    "leave": _("You are no member there any more."),
}


@get("/account", opt=for_people())
async def get_account(request: Asked, services: NamedDependency[Services], done: FromQuery[str] = "") -> Response[Any]:
    """Everything of one's own, each with the form that changes it."""
    return await _account(request, services, person_in(request.scope), "", RIGHT, {}, DONE.get(done, ""))


@post("/account/{what:str}", opt=for_people(), status_code=200)
async def post_account(request: Asked, services: NamedDependency[Services], what: FromPath[str]) -> Response[Any]:
    """Change one thing."""
    form, person = await sent_form(services, request.scope, request.receive)
    deed = DEEDS.get(what)
    if deed is None:
        raise RequestRefused(Refusal.NOT_FOUND, f"nothing is served at {request.scope['path']}")
    try:
        await deed(request, services, person, form)
    except TELLABLE as error:
        if isinstance(error, RequestRefused) and error.code in (Refusal.LOGIN_NEEDED, Refusal.CROSS_SITE):
            raise
        told = Wrong(request, error, OF_PASSWORD)
        return with_cookie(request, await _account(request, services, person, what, told, form))
    return with_cookie(request, see_other(f"/account?done={what}#{SECTIONS.get(what, what)}"))


async def with_password(request: Asked, services: Services, person: Person, form: Form) -> Person:
    """Who has given their password by this form; their new cookie goes with the answer, by ``with_cookie``.

    A code of the second factor is looked at where the form has one.

    Raises:
        RequestRefused: ``wrong_credentials``, ``rate_limited``.
    """
    code, address = "".join(form.get("code", "").split()) or None, services.addresses.of(request.scope)
    secret = await services.logins.confirm(person, form.get("password", ""), code, address)
    now = await services.logins.sessions.by_cookie(secret or "")
    if now is None or secret is None:
        raise RequestRefused(Refusal.LOGIN_NEEDED, "this session has ended; log in again")
    request.scope["state"][RENEWED] = cookie_of(services, secret)
    return now


def with_cookie(request: Asked, response: Response[Any]) -> Response[Any]:
    """An answer with the cookie that has taken the place of the old one, whatever came of the rest."""
    renewed = request.scope["state"].get(RENEWED)
    if renewed is not None:
        response.headers["set-cookie"] = renewed
    return response


async def _rename(request: Asked, services: Services, person: Person, form: Form) -> None:
    name = clean_name(form.get("name", ""))
    async with services.database.transaction("accounts") as connection:
        await rename_person(connection, person.person_id, name)
        await services.logins.told(connection, person, "person.rename", services.addresses.of(request.scope))
    services.logins.sessions.forget()


async def _ask_for_address(request: Asked, services: Services, person: Person, form: Form) -> None:
    email = normal_email(form.get("email", ""))
    person = await with_password(request, services, person, form)
    try:
        await _ask_to_verify(request, services, person, email)
    except RequestRefused as error:
        error.field = error.field or "email"
        raise


async def _verify(request: Asked, services: Services, person: Person, _form: Form) -> None:
    await _ask_to_verify(request, services, person, person.email)


async def _ask_to_verify(request: Asked, services: Services, person: Person, email: str) -> None:
    address = services.addresses.of(request.scope)
    await services.limiter.check("verify", str(person.person_id), ASKED_FOR_ACCOUNT, HOUR_S)
    await services.limiter.check("verified", email, ASKED_FOR_ACCOUNT, HOUR_S)
    async with services.database.transaction("accounts") as connection:
        await ask_to_verify(connection, services.trail, services.post, person, email, address, services.clock())


async def _change_password(request: Asked, services: Services, person: Person, form: Form) -> None:
    address = services.addresses.of(request.scope)
    try:
        await services.logins.change_password(person, form.get("current", ""), form.get("new", ""), address)
    except RequestRefused as error:
        error.field = "new" if error.code is Refusal.WEAK_PASSWORD else "current"
        raise


async def _end_session(request: Asked, services: Services, person: Person, form: Form) -> None:
    number = _number(form.get("session", ""))
    if not await services.logins.end(person, "revoked", services.addresses.of(request.scope), only=number):
        raise RequestRefused(Refusal.NOT_FOUND, "there is no such session of yours")


async def _end_sessions(request: Asked, services: Services, person: Person, _form: Form) -> None:
    await services.logins.end(person, "revoked", services.addresses.of(request.scope), but=person.session_id)


async def _unlink(request: Asked, services: Services, person: Person, form: Form) -> None:
    issuer, subject = form.get("issuer", ""), form.get("subject", "")
    async with services.database.transaction("accounts") as connection:
        gone = "\0" not in issuer + subject and await unlink(connection, person.person_id, issuer, subject)
        if not gone:
            raise RequestRefused(Refusal.NOT_FOUND, "this identity is not linked to your account")
        address = services.addresses.of(request.scope)
        await services.logins.told(connection, person, "identity.unlink", address, {"issuer": issuer})


async def _leave(request: Asked, services: Services, person: Person, form: Form) -> None:
    await leave_tenant(services, person, form.get("slug", ""), services.addresses.of(request.scope))


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 20 and 0 < int(text) <= ID_MAX):
        raise RequestRefused(Refusal.NOT_FOUND, "there is no such session of yours")
    return int(text)


def device_of(agent: str) -> str:
    """A browser and its system in words that people know, or the first word of what a program calls itself."""
    browser = next((words for mark, words in BROWSERS if mark in agent), None)
    system = next((words for mark, words in SYSTEMS if mark in agent), None)
    found = ", ".join(each for each in (browser, system) if each)
    return found or agent.partition(" ")[0][:60]


async def _account(
    request: Asked, services: Services, person: Person, what: str, told: Told, form: Form, done: str = ""
) -> Response[Any]:
    async with services.database.transaction("accounts") as connection:
        sessions = await list_sessions(connection, services.logins.sessions, person, services.clock())
        identities = await list_identities(connection, person.person_id)
    kept = {name: value[:600] for name, value in form.items() if name in ("name", "email")}
    shown = page(
        request, "doors/account.html", title=_("Your account"), status=told.status, person=person, what=what, told=told,
        kept=kept, done=done, sessions=sessions,
        devices={each.session_id: device_of(each.agent) for each in sessions}, identities=identities,
        outbox=not services.post.sending and is_development(services.settings, request.scope),
    )  # fmt: skip
    return with_headers(shown, told)


DEEDS: Final[dict[str, Deed]] = {
    "name": _rename, "email": _ask_for_address, "verify": _verify, "password": _change_password,
    "session": _end_session, "sessions": _end_sessions, "identity": _unlink, "leave": _leave,
}  # fmt: skip
SECTIONS: Final = {"verify": "email", "session": "sessions", "identity": "identities", "leave": "tenants"}
"""Where on the page each is, if not under its own name."""
HANDLERS = (get_account, post_account)
