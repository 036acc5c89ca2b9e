"""Keys: made, rotated and revoked; a key's secret is shown once, with how it is used."""

from datetime import timedelta
from typing import Any, Final

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromQuery

from coliseum.accounts.keymaking import list_keys
from coliseum.accounts.permissions import Permission
from coliseum.web.access import caller_in, needs
from coliseum.web.services import Services
from coliseum.web.ui.settings.frame import settings_page
from coliseum.web.ui.shell import Asked, clock_of
from coliseum.web.ui.text import _

DAY_S: Final = 86_400
LIFETIMES: Final = ((30, _("30 days")), (90, _("90 days")), (365, _("a year")))
OVERLAPS: Final = ((0, _("at once")), (3_600, _("in an hour")), (DAY_S, _("in a day")), (7 * DAY_S, _("in a week")))
SCOPES: Final = (
    ("write", _("send any event for any user")),
    ("read", _("read numbers, fans, exports, usage, settings")),
    ("admin", _("manage boards, keys, webhooks, settings")),
)


@get("/t/{slug:str}/settings/keys", opt=needs(Permission.KEYS_MANAGE))
async def get_keys(request: Asked, services: NamedDependency[Services], first: FromQuery[str] = "") -> Response[Any]:
    """All keys, and the forms that make them; ``first``: the tenant was just made."""
    tenant, now = caller_in(request.scope).tenant, clock_of(request)()
    async with services.database.tenant(tenant.tenant_id, "accounts") as connection:
        keys = await list_keys(connection, tenant)
    works = [each.revoked_at is None and (each.expires_at is None or each.expires_at > now) for each in keys]
    return settings_page(
        request, "keys", "settings/keys.html", title=_("Keys"), first=bool(first) or not keys,
        keys=[each for each, works_ in zip(keys, works, strict=True) if works_][::-1],
        ended=[each for each, works_ in zip(keys, works, strict=True) if not works_][::-1][:100],
        lifetimes=[((now + timedelta(days=days)).isoformat(), words) for days, words in LIFETIMES],
        overlaps=OVERLAPS, scopes=SCOPES, origin=origin_of(request, services), now=now,
    )  # fmt: skip


def origin_of(request: Asked, services: Services) -> str:
    """How this server is addressed from outside."""
    return services.settings.public_url.rstrip("/") or str(request.base_url).rstrip("/")


HANDLERS = (get_keys,)
