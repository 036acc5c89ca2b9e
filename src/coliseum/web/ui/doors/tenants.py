"""``/t``: the tenants of who is logged in, and the form that makes another."""

import zoneinfo
from functools import cache
from typing import Any, Final

import msgspec
from babel import Locale
from litestar import Response, get, post
from litestar.di import NamedDependency

from coliseum.accounts.callers import Person
from coliseum.accounts.tenant_settings import NewTenantWish
from coliseum.errors import Refusal, RequestRefused
from coliseum.web.access import for_people, person_in
from coliseum.web.api.tenants import make_own_tenant
from coliseum.web.services import Services
from coliseum.web.ui.doors.ways import RIGHT, TELLABLE, Told, Wrong, see_other, with_headers
from coliseum.web.ui.guard import sent_form
from coliseum.web.ui.shell import Asked, page
from coliseum.web.ui.text import _, locale_of

CURRENCIES: Final = (
    "eur", "usd", "gbp", "chf", "jpy", "aud", "brl", "cad", "cny", "czk", "dkk", "hkd", "huf", "idr", "ils", "inr",
    "krw", "mxn", "myr", "nok", "nzd", "php", "pln", "ron", "sek", "sgd", "thb", "try", "twd", "uah", "zar",
)  # fmt: skip
FIELDS: Final = ("name", "slug", "timeZone", "currency")


@get("/t", opt=for_people())
async def get_tenants(request: Asked) -> Response[Any]:
    """All of them, each with the role there."""
    return _shown(request, person_in(request.scope), RIGHT, {})


@post("/t", opt=for_people(), status_code=200)
async def post_tenant(request: Asked, services: NamedDependency[Services]) -> Response[Any]:
    """Make one and go to where its first key is made."""
    form, person = await sent_form(services, request.scope, request.receive)
    try:
        made = await make_own_tenant(services, person, _wish(form), services.addresses.of(request.scope))
    except TELLABLE as error:
        return _shown(request, person, Wrong(request, error), form)
    return see_other(f"/t/{made.slug}/settings/keys?first=1")


def _wish(form: dict[str, str]) -> NewTenantWish:
    given = {name: form.get(name, "").strip() for name in FIELDS}
    try:
        return msgspec.convert({**given, "currency": given["currency"].lower()}, NewTenantWish)
    except msgspec.ValidationError as error:
        field = str(error).rpartition("$.")[2].rstrip("`")
        raise RequestRefused(
            Refusal.INVALID_PAYLOAD, "this is too long", field if field in FIELDS else None
        ) from None  # fmt: skip


def _shown(request: Asked, person: Person, told: Told, form: dict[str, str]) -> Response[Any]:
    shown = page(
        request, "doors/tenants.html", title=_("Your tenants"), status=told.status, told=told, person=person,
        kept={name: form.get(name, "")[:200] for name in FIELDS}, zones=zones(),
        currencies=currencies_in(locale_of(request.headers.get("accept-language", ""))),
    )  # fmt: skip
    return with_headers(shown, told)


@cache
def zones() -> tuple[str, ...]:
    """The zones that people live in, by name."""
    return ("UTC", *sorted(name for name in zoneinfo.available_timezones() if "/" in name and _is_of_people(name)))


def currencies_in(locale: Locale) -> list[tuple[str, str]]:
    """Currencies by code, and as they are called."""
    return [(code, str(locale.currencies.get(code.upper(), code.upper()))) for code in CURRENCIES]


def _is_of_people(name: str) -> bool:
    return name.partition("/")[0] not in ("Etc", "SystemV", "US", "Canada", "Brazil", "Chile", "Mexico", "posix")


HANDLERS = (get_tenants, post_tenant)
