"""What all pages have around them: the head, the ways to go, who is looking; and how a template becomes an answer."""

import gzip
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import quote, urlencode

import jinja2
import msgspec
from babel import Locale
from litestar import Request, Response
from litestar.datastructures import State

from coliseum.accounts.callers import Caller, Person
from coliseum.accounts.permissions import Permission
from coliseum.accounts.tenants import Tenant
from coliseum.clock import Clock
from coliseum.web.services import Services
from coliseum.web.ui import consent
from coliseum.web.ui.assets import accepts_gzip
from coliseum.web.ui.formats import Formats
from coliseum.web.ui.forms import form_token
from coliseum.web.ui.guard import caller_at, person_at
from coliseum.web.ui.render import SECURITY, templates
from coliseum.web.ui.text import _, language_of, locale_of

Asked = Request[Any, Any, State]
THEMES: Final = ("light", "dark")
WITH_SECRET: Final = ("/invitations/", "/reset/", "/verify/", "/signup/", "/welcome/", "/s/")
"""What addresses begin with that somebody was sent."""
PACK_FROM_BYTES: Final = 1_000
PAGES: Final = {"artist": "artists", "event": "events", "fan": "fans", "track": "tracks", "city": "cities"}
"""The kinds of entity that have pages, and where below the tenant's."""


class Way(msgspec.Struct, frozen=True):
    """A way to go in the navigation: its words, the first part of its address below the tenant's, who may go it."""

    text: str
    path: str
    needs: Permission
    icon: str


WAYS: Final = (
    Way(_("Overview"), "", Permission.NUMBERS_READ, "overview"),
    Way(_("Leaderboards"), "boards", Permission.NUMBERS_READ, "boards"),
    Way(_("Live"), "live", Permission.NUMBERS_READ, "live"),
    Way(_("Artists"), "artists", Permission.NUMBERS_READ, "artists"),
    Way(_("Events"), "events", Permission.NUMBERS_READ, "events"),
    Way(_("Tracks"), "tracks", Permission.NUMBERS_READ, "tracks"),
    Way(_("Cities"), "cities", Permission.NUMBERS_READ, "cities"),
    Way(_("Fans"), "fans", Permission.FANS_READ, "fans"),
    Way(_("Query"), "query", Permission.NUMBERS_READ, "query"),
    Way(_("Dashboards"), "dashboards", Permission.NUMBERS_READ, "dashboards"),
    Way(_("Log"), "log", Permission.NUMBERS_READ, "log"),
    Way(_("Catalogue"), "catalog", Permission.NUMBERS_READ, "catalog"),
    Way(_("Settings"), "settings", Permission.SETTINGS_READ, "settings"),
)


class Shell:
    """One look at a page: who looks, at which tenant, in which language; templates see it as ``shell``."""

    def __init__(self, request: Asked) -> None:
        scope: Any = request.scope
        services: Services = request.app.state.services
        accepted = request.headers.get("accept-language", "")
        self.path: str = scope["path"]
        self.caller: Caller | None = caller_at(scope)
        self.person: Person | None = person_at(scope)
        self.tenant: Tenant | None = None if self.caller is None else self.caller.tenant
        self.locale: Locale = locale_of(accepted)
        self.language = language_of(accepted)
        self.formats = Formats(self.locale, UTC if self.tenant is None else self.tenant.zone)
        self.now: datetime = services.clock()
        self.stores = consent.may_store(request.headers, request.cookies)
        """Whether more than what is necessary may be kept in this browser."""
        theme = request.cookies.get(consent.THEME_COOKIE) if self.stores else None
        self.theme = theme if theme in THEMES else None
        self.refuses_sale = consent.refuses_sale(request.headers)
        """Whether the browser sends Global Privacy Control."""
        self.has_secret = self.path.startswith(WITH_SECRET)
        """Whether the address itself is a secret: such a page asks for nothing else."""
        self.swept = consent.swept(request.headers, request.cookies)
        self._secret_key = services.secret_key

    @property
    def form_token(self) -> str:
        """What a form of this page must bear in its field ``csrf``."""
        session_id = None if self.person is None else self.person.session_id
        return "" if session_id is None else form_token(self._secret_key, session_id)

    @property
    def ways(self) -> Iterable[Way]:
        """Where this viewer may go in the tenant's pages."""
        return () if self.caller is None else [way for way in WAYS if self.caller.may(way.needs)]

    def may(self, permission: str) -> bool:
        """Whether who looks may do this for the tenant."""
        return self.caller is not None and self.caller.may(Permission(permission))

    def at(self, way: Way) -> bool:
        """Whether this page lies on that way."""
        here = self.path.strip("/").split("/")[2:3]
        return here == ([way.path] if way.path else [])

    def url(self, path: str = "", **query: Any) -> str:
        """The address of a page of this tenant; what is None is left out of the query."""
        slug = "" if self.tenant is None else self.tenant.slug
        return with_query(f"/t/{slug}/{path}".rstrip("/"), **query)

    def link(self, kind: str, entity_id: str) -> str | None:
        """The address of an entity's page; None for kinds that have none."""
        return f"{self.url(PAGES[kind])}/{quote(entity_id, safe='')}" if kind in PAGES else None

    def explain(self, metric: str, **query: Any) -> str:
        """The address of what a number is the sum of; ``query``: as ``GET /api/explain`` takes it, and ``id``."""
        return self.url("explain", metric=metric, **query)


def with_query(path: str, **query: Any) -> str:
    """An address with what is not None."""
    asked = urlencode({name: value for name, value in query.items() if value is not None})
    return f"{path}?{asked}" if asked else path


def page(request: Asked, template: str, /, *, title: str, status: int = 200, **values: Any) -> Response[Any]:
    """A template that extends ``shell.html`` as a whole page. ``title`` is shown translated in its language."""
    return _answer(request, template, status, title=title, **values)


def fragment(request: Asked, template: str, /, *, status: int = 200, **values: Any) -> Response[Any]:
    """A template that stands for a part of a page: what a script puts in the place of another."""
    return _answer(request, template, status, **values)


def wants_fragment(request: Asked) -> bool:
    """Whether a part is asked for, to be put into the page that is open; going back in the history wants all."""
    headers = request.headers
    return headers.get("hx-request") == "true" and headers.get("hx-history-restore-request") != "true"


def clock_of(request: Asked) -> Clock:
    """The clock of the process."""
    clock: Clock = request.app.state.services.clock
    return clock


def _answer(request: Asked, template: str, status: int, **values: Any) -> Response[Any]:
    shell = Shell(request)
    found: jinja2.Template = templates(shell.language).get_template(template)
    own = {"shell": shell, "url": shell.url, "link": shell.link, "explain": shell.explain, "may": shell.may}
    body: bytes = found.render({**values, **own}).encode()
    headers = {**SECURITY, "Cache-Control": "no-store", "Content-Language": shell.language, "Vary": "HX-Request"}
    if status == 503:
        headers["Retry-After"] = "1"
    if len(body) >= PACK_FROM_BYTES and accepts_gzip(request.headers.get("accept-encoding", "")):
        body = gzip.compress(body, 5, mtime=0)
        headers["Content-Encoding"] = "gzip"
        headers["Vary"] = "HX-Request, Accept-Encoding"
    return Response(body, status_code=status, media_type="text/html", headers=headers, cookies=shell.swept)
