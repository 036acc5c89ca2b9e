"""The routes for anybody: about, prices, status, privacy, cookies, and the files that programs look for."""

from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery

from coliseum.errors import Refusal, RequestRefused
from coliseum.web.access import for_anybody
from coliseum.web.csrf import check_page
from coliseum.web.services import Services
from coliseum.web.ui import consent
from coliseum.web.ui.assets import assets
from coliseum.web.ui.forms import read_form
from coliseum.web.ui.front.prices import limits, plans
from coliseum.web.ui.shell import Shell, page
from coliseum.web.ui.text import _, translations

Asked = Request[Any, Any, Any]
SAMPLE: Final = (("ABBA", 100), ("Loreen", 86), ("Måneskin", 71), ("Go_A", 52), ("Lordi", 39))
"""What the drawn board says where there is no public tenant whose it could be: a few artists of Eurovision."""
DISALLOWED: Final = ("/api/", "/t/", "/t$", "/account", "/log-in", "/s/", "/explain", "/live")
PRIVACY_CONTROL_SINCE: Final = "2026-11-27"


def landing(request: Asked) -> Response[Any]:
    """The first page."""
    services: Services = request.app.state.services
    return page(
        request, "front/about.html", title=_("Live numbers that anybody can check"), rows=SAMPLE, plans=plans(),
        public=services.settings.public_tenant is not None,
    )  # fmt: skip


@get("/about", opt=for_anybody())
async def get_about(request: Asked) -> Response[Any]:
    """What this is, whatever is shown at ``/``."""
    return landing(request)


@get("/pricing", opt=for_anybody())
async def get_pricing(request: Asked, services: NamedDependency[Services]) -> Response[Any]:
    """The plans, limit by limit."""
    shell = Shell(request)
    words = translations(shell.language).gettext
    return page(
        request, "front/pricing.html", title=_("Plans"), plans=plans(), lines=limits(shell.formats, words),
        billed=services.settings.stripe_secret_key is not None,
    )  # fmt: skip


@get("/status", opt=for_anybody())
async def get_status_page(request: Asked, services: NamedDependency[Services]) -> Response[Any]:
    """How the system stands at this moment."""
    found = await services.watch.standing(services.clock())
    return page(request, "front/status.html", title=_("Status"), standing=found)


@get("/privacy", opt=for_anybody())
async def get_privacy(request: Asked, services: NamedDependency[Services]) -> Response[Any]:
    """What is stored of whom, why, for how long, and what people can ask for."""
    return page(request, "front/privacy.html", title=_("Privacy"), settings=services.settings)


@get("/cookies", opt=for_anybody())
async def get_cookies(request: Asked, changed: FromQuery[str] = "") -> Response[Any]:
    """What is kept in this browser, and the choice."""
    known = changed if changed in ("yes", "no") else ""
    return page(
        request, "front/cookies.html", title=_("Cookies and storage"), kept=consent.EVERYTHING, changed=known,
        has=request.cookies,
    )  # fmt: skip


@post("/cookies", opt=for_anybody(), status_code=303)
async def post_cookies(request: Asked, services: NamedDependency[Services]) -> Response[Any]:
    """Say yes, or no. A no removes what a yes has let in; against Global Privacy Control a yes changes nothing."""
    check_page(request.scope, services.settings.public_url)
    form = await read_form(request.scope, request.receive)
    choice = form.get("choice")
    if choice not in ("yes", "no"):
        raise RequestRefused(Refusal.INVALID_PAYLOAD, "the choice is yes or no", "choice")
    yes = choice == "yes" and not consent.refuses_sale(request.headers)
    told = consent.agreed() if yes else consent.removed(request.cookies)
    headers = {"location": _own_path(form.get("next", "")) or f"/cookies?changed={'yes' if yes else 'no'}"}
    return Response(b"", status_code=303, headers={**headers, "cache-control": "no-store"}, cookies=told)


def _own_path(address: str) -> str:
    """The address, when it is a path of this server; nothing otherwise."""
    parts = urlsplit(address)
    own = address.startswith("/") and not address.startswith(("//", "/\\")) and not parts.netloc
    return address if own and address.isprintable() and len(address) < 2_000 else ""


@get("/robots.txt", opt=for_anybody(), media_type="text/plain; charset=utf-8")
async def get_robots() -> str:
    """What search engines may read: what is for everybody."""
    return "User-agent: *\n" + "".join(f"Disallow: {path}\n" for path in DISALLOWED)


@get("/favicon.ico", opt=for_anybody())
async def get_favicon() -> Response[Any]:
    """The mark, for browsers that ask for it under this name."""
    answer = assets().answer("mark.svg", None, "")
    assert answer is not None  # noqa: S101 - it is one of our own files
    return answer


@get("/.well-known/security.txt", opt=for_anybody(), media_type="text/plain; charset=utf-8")
async def get_security(services: NamedDependency[Services]) -> str:
    """Whom to tell of a weakness (RFC 9116)."""
    contact = services.settings.security_contact
    if not contact:
        raise RequestRefused(Refusal.NOT_FOUND, "no contact is set here")
    address = contact if contact.startswith("https://") else f"mailto:{contact}"
    expires = (services.clock() + timedelta(days=180)).strftime("%Y-%m-%dT00:00:00Z")
    return f"Contact: {address}\nExpires: {expires}\nPreferred-Languages: en\n"


@get("/.well-known/gpc.json", opt=for_anybody())
async def get_privacy_control() -> Response[dict[str, Any]]:
    """That this server abides by Global Privacy Control (``Sec-GPC: 1``), and since when."""
    told = {"gpc": True, "lastUpdate": PRIVACY_CONTROL_SINCE}
    return Response(told, headers={"cache-control": "public, max-age=86400"})


HANDLERS = (
    get_about, get_pricing, get_status_page, get_privacy, get_cookies, post_cookies, get_robots, get_favicon,
    get_security, get_privacy_control,
)  # fmt: skip
