"""Where a page of the doors leads to next, and how a refusal is told on it."""

import re
from typing import Any, Final

from litestar import Response

from coliseum.accounts.tenant_settings import tenants_of
from coliseum.errors import ColiseumError, Refusal, RequestRefused, StoreUnavailable
from coliseum.web.problems import problem
from coliseum.web.services import Services
from coliseum.web.ui.shell import Asked
from coliseum.web.ui.text import _, language_of, translations

OWN_PATH: Final = re.compile(r"/(?![/\\])[!-\[\]-~]*")
"""A path of this server, and nothing that a browser could take for another: printable ASCII without backslashes."""
PATH_MAX: Final = 2_000
NEVER_KEPT: Final = {"cache-control": "no-store"}
WORDS: Final = {
    Refusal.WRONG_CREDENTIALS: _("E-mail or password is wrong."),
    Refusal.RATE_LIMITED: _("Too many tries. Wait some minutes, then try again."),
    Refusal.LINK_INVALID: _("This link does not work: it is wrong, used, withdrawn or too old."),
    Refusal.LAST_OWNER: _("You are the last owner. Make somebody else an owner first."),
    Refusal.PASSWORD_NEEDED: _("Give your password again."),
    Refusal.SECOND_FACTOR_NEEDED: _("Give a code of your second factor, too."),
}


def in_words_of(request: Asked, text: str) -> str:
    """A text of the catalogue in the language of who asks.

    (Templates translate by ``_`` what is of the catalogue, and nothing else: what passes through it is not escaped.)
    """
    return translations(language_of(request.headers.get("accept-language", ""))).gettext(text)


def own_path(text: str | None) -> str:
    """A path of this server that somebody wants to come back to; empty when it is none, or none is wanted."""
    return text if text and len(text) <= PATH_MAX and OWN_PATH.fullmatch(text) else ""


def see_other(path: str, headers: dict[str, str] | None = None) -> Response[bytes]:
    """Go on there, by GET."""
    return Response(b"", status_code=303, headers={"location": path, **NEVER_KEPT, **(headers or {})})


async def start_of(services: Services, person_id: int) -> str:
    """Where somebody begins who wants nothing else: their tenant, or the choice among several."""
    found = [each for each in await tenants_of(services.database, person_id) if not each.suspended]
    return f"/t/{found[0].slug}" if len(found) == 1 else "/t"


class Wrong:
    """A refusal on a page: its status, what is said, and at which field."""

    def __init__(self, request: Asked, error: ColiseumError, words: dict[Refusal, str] | None = None) -> None:
        reply = problem(error)
        code = error.code if isinstance(error, RequestRefused) else None
        self.status = reply.status
        self.field = getattr(error, "field", None) or ("password" if code is Refusal.WEAK_PASSWORD else None)
        known = {**WORDS, **(words or {})}
        self.words = in_words_of(request, known[code]) if code in known else _sentence(str(error))
        self.headers = {name.decode(): value.decode() for name, value in reply.headers if name == b"retry-after"}

    def at(self, *fields: str) -> str:
        """What is said at one of these fields."""
        return self.words if self.field in fields else ""

    def elsewhere(self, *fields: str) -> str:
        """What is said above the form: what belongs to none of its fields."""
        return "" if self.field in fields else self.words


class Right:
    """Nothing is wrong."""

    status = 200
    words = ""
    field: str | None = None
    headers: Final[dict[str, str]] = {}

    def at(self, *_fields: str) -> str:
        """Nothing."""
        return ""

    def elsewhere(self, *_fields: str) -> str:
        """Nothing."""
        return ""


RIGHT: Final = Right()
Told = Wrong | Right
TELLABLE: Final = (RequestRefused, StoreUnavailable)
"""What a form's own page can tell."""


def with_headers(response: Response[Any], told: Told) -> Response[Any]:
    """A page with the headers of what it tells."""
    response.headers.update(told.headers)
    return response


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?")) else ".")
