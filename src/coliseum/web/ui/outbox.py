"""``/dev/outbox``: mail that would have been sent, for who develops on this machine; for others there is none."""

import ipaddress
from typing import Any, Final
from urllib.parse import urlsplit

from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.di import NamedDependency

from coliseum.errors import Refusal, RequestRefused
from coliseum.settings import Settings
from coliseum.web.access import for_anybody
from coliseum.web.services import Services
from coliseum.web.ui.shell import page
from coliseum.web.ui.text import _

PROXIED: Final = (
    b"forwarded", b"via", b"x-forwarded-for", b"x-forwarded-host", b"x-forwarded-proto", b"x-real-ip",
)  # fmt: skip
"""Headers that proxies add: then it is not known who asks, however near the proxy is."""


@get("/dev/outbox", opt=for_anybody())
async def get_outbox(request: Request[Any, Any, State], services: NamedDependency[Services]) -> Response[Any]:
    """The newest mails, with their links."""
    if services.post.sending or not is_development(services.settings, request.scope):
        raise RequestRefused(Refusal.NOT_FOUND, f"nothing is served at {request.scope['path']}")
    async with services.database.transaction("accounts") as connection:
        mails = await services.post.mailer.waiting(connection)
    return page(request, "doors/outbox.html", title=_("Outbox"), mails=mails)


def is_development(settings: Settings, scope: Any) -> bool:
    """Whether somebody on this machine asks a server that is for this machine only, and no proxy stands between."""
    if getattr(settings, "mode", "development") == "production":
        return False
    public = urlsplit(settings.public_url).hostname if settings.public_url else None
    headers = dict(scope["headers"])
    host = urlsplit(f"//{headers.get(b'host', b'').decode('latin-1')}").hostname
    client = scope.get("client")
    return (
        (public is None or _is_here(public))
        and _is_here(host)
        and client is not None
        and _is_here(client[0])
        and not any(name in headers for name in PROXIED)
    )


def _is_here(host: str | None) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False
