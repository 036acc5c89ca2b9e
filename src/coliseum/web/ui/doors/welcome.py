"""``/welcome/…``: the link that ``coliseum up`` prints. Who opens it on this machine chooses a password and is in.

It is a link for a new password (``coliseum.accounts.links``), and is taken here only in development, from this machine,
with no proxy between: everywhere else there is no such page. A second factor stays, and is asked for.
"""

from typing import Any, Final

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from coliseum.accounts import links
from coliseum.accounts.attempts import PasswordShown
from coliseum.errors import Refusal, RequestRefused
from coliseum.web.accepting import choose_password, count_use
from coliseum.web.access import for_anybody
from coliseum.web.csrf import check_page
from coliseum.web.services import Services
from coliseum.web.ui.doors.log_in import attempt_of, let_in
from coliseum.web.ui.doors.ways import RIGHT, Told, Wrong, see_other, with_headers
from coliseum.web.ui.forms import read_form
from coliseum.web.ui.outbox import is_development
from coliseum.web.ui.shell import Asked, page
from coliseum.web.ui.text import _

UNSEEN: Final = {"x-robots-tag": "noindex, nofollow, noarchive"}


@get("/welcome/{secret:str}", opt=for_anybody())
async def get_welcome(request: Asked, services: NamedDependency[Services], secret: FromPath[str]) -> Response[Any]:
    """For whom the link is, and the form; looking changes nothing."""
    _check_place(request, services)
    return _shown(request, await _email(services, secret), RIGHT)


@post("/welcome/{secret:str}", opt=for_anybody(), status_code=200)
async def post_welcome(request: Asked, services: NamedDependency[Services], secret: FromPath[str]) -> Response[Any]:
    """Set the password, and log in with it."""
    _check_place(request, services)
    check_page(request.scope, services.settings.public_url)
    address = services.addresses.of(request.scope)
    await count_use(services, address)
    email = await _email(services, secret)
    password = (await read_form(request.scope, request.receive)).get("password", "")
    try:
        await choose_password(services, secret, password, address)
    except RequestRefused as error:
        if error.code is not Refusal.WEAK_PASSWORD:
            raise
        return _shown(request, email, Wrong(request, error))
    done = await services.logins.log_in_by_steps(await attempt_of(request, services, email, password, None))
    return see_other("/log-in") if isinstance(done, PasswordShown) else await let_in(services, done)


async def _email(services: Services, secret: str) -> str:
    async with services.database.transaction("accounts") as connection:
        return (await links.look_at(connection, "reset_password", secret, services.clock())).email


def _check_place(request: Asked, services: Services) -> None:
    if not is_development(services.settings, request.scope):
        raise RequestRefused(Refusal.NOT_FOUND, "nothing is served here")


def _shown(request: Asked, email: str, told: Told) -> Response[Any]:
    shown = page(request, "doors/welcome.html", title=_("Welcome"), status=told.status, email=email, told=told)
    shown.headers.update(UNSEEN)
    return with_headers(shown, told)


HANDLERS = (get_welcome, post_welcome)
