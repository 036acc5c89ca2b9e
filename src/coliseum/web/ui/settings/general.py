"""General settings, privacy, and the issuers of identities that the tenant trusts."""

from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency

from coliseum.accounts.issuers import list_issuers
from coliseum.accounts.permissions import Permission
from coliseum.accounts.tenant_settings import has_entries, read_settings
from coliseum.web.access import caller_in, needs
from coliseum.web.services import Services
from coliseum.web.ui.doors.tenants import currencies_in, zones
from coliseum.web.ui.settings.frame import settings_page
from coliseum.web.ui.shell import Asked
from coliseum.web.ui.text import _, locale_of


@get("/t/{slug:str}/settings", opt=needs(Permission.SETTINGS_READ))
async def get_general(request: Asked, services: NamedDependency[Services]) -> Response[Any]:
    """Name, zone, currency, origins; zone and currency are fixed by the first event."""
    tenant = caller_in(request.scope).tenant
    async with services.database.tenant(tenant.tenant_id, "accounts") as connection:
        found = await read_settings(connection, tenant.tenant_id)
        fixed = await has_entries(connection, tenant.tenant_id)
    locale = locale_of(request.headers.get("accept-language", ""))
    return settings_page(
        request, "", "settings/general.html", title=_("Settings"), found=found, fixed=fixed, zones=zones(),
        currencies=currencies_in(locale),
    )  # fmt: skip


@get("/t/{slug:str}/settings/privacy", opt=needs(Permission.SETTINGS_READ))
async def get_privacy(request: Asked, services: NamedDependency[Services]) -> Response[Any]:
    """Retention and consent, what acts on them today, and what is stored of people."""
    tenant = caller_in(request.scope).tenant
    async with services.database.tenant(tenant.tenant_id, "accounts") as connection:
        found = await read_settings(connection, tenant.tenant_id)
    return settings_page(request, "privacy", "settings/privacy.html", title=_("Privacy"), found=found)


@get("/t/{slug:str}/settings/identity", opt=needs(Permission.SETTINGS_READ))
async def get_identity(request: Asked, services: NamedDependency[Services]) -> Response[Any]:
    """Whose tokens vouch for users and members."""
    tenant = caller_in(request.scope).tenant
    async with services.database.tenant(tenant.tenant_id, "accounts") as connection:
        found = await list_issuers(connection, tenant)
    return settings_page(request, "identity", "settings/identity.html", title=_("Identity"), issuers=found)


HANDLERS = (get_general, get_privacy, get_identity)
