"""A tenant's settings: what its owners and admins may set, change by change, and the tenants that people make."""

import re
import zoneinfo
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from coliseum import db
from coliseum.accounts.bounds import origins_of
from coliseum.accounts.people import NAME_MAX, clean_name, hold_person
from coliseum.accounts.permissions import Role
from coliseum.accounts.plans import PlanName
from coliseum.accounts.tenants import SQL, Tenant, TenantInvalid, make_tenant
from coliseum.errors import Refusal, RequestRefused

OWNED_MAX: Final = 10
CURRENCY: Final = re.compile(r"[a-z]{3}")
Consent = Literal["legitimate_interest", "opt_in"]
Check = Callable[["TenantChange"], None]


class TenantSettings(msgspec.Struct, frozen=True, rename="camel"):
    """What is set for a tenant."""

    slug: str
    name: str
    time_zone: str
    currency: str
    allowed_origins: list[str]
    retention_months: int | None
    consent_policy: Consent
    second_factor_required: bool
    plan: PlanName
    created_at: datetime
    revision: int


class TenantChange(msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """What is to be set; what is left out stays."""

    name: Annotated[str, Meta(max_length=NAME_MAX)] | UnsetType = UNSET
    time_zone: Annotated[str, Meta(max_length=64)] | UnsetType = UNSET
    currency: Annotated[str, Meta(max_length=3)] | UnsetType = UNSET
    allowed_origins: Annotated[list[str], Meta(max_length=50)] | UnsetType = UNSET
    retention_months: Annotated[int, Meta(ge=1, le=120)] | UnsetType | None = UNSET
    consent_policy: Consent | UnsetType = UNSET
    second_factor_required: bool | UnsetType = UNSET


class NewTenantWish(msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """A tenant that somebody wants to make."""

    slug: Annotated[str, Meta(max_length=40)]
    name: Annotated[str, Meta(max_length=NAME_MAX)]
    time_zone: Annotated[str, Meta(max_length=64)] = "UTC"
    currency: Annotated[str, Meta(max_length=3)] = "eur"


class OwnTenant(msgspec.Struct, frozen=True, rename="camel"):
    """A tenant of somebody's, and what they are for it."""

    slug: str
    name: str
    role: Role
    suspended: bool


async def tenants_of(database: db.Database, person_id: int) -> list[OwnTenant]:
    """The tenants of a person, by slug."""
    async with database.connection("capture") as connection:
        return await db.rows(connection, OwnTenant, SQL["memberships_of"], person_id)


async def found_tenant(
    database: db.Database, connection: db.Connection, person_id: int, wish: NewTenantWish, now: datetime
) -> Tenant:
    """Make a tenant of which this person is the owner; it has no keys yet. Its number is set on the connection.

    Raises:
        RequestRefused: ``not_allowed``, ``too_many``, ``already_exists``, ``invalid_payload``.
    """
    name = clean_name(wish.name)
    person = await hold_person(connection, person_id)
    if person is None or person.email_verified_at is None:
        raise RequestRefused(Refusal.NOT_ALLOWED, "verify your e-mail address first: POST /api/auth/verify")
    owned = sum(each.role == "owner" for each in await tenants_of(database, person_id))
    if owned >= OWNED_MAX:
        raise RequestRefused(Refusal.TOO_MANY, f"a person owns at most {OWNED_MAX} tenants")
    try:
        tenant = await make_tenant(
            connection, slug=wish.slug, name=name, time_zone=wish.time_zone, currency=wish.currency, partitions=1
        )
    except TenantInvalid as error:
        taken = isinstance(error.__cause__, db.UniqueViolation)
        code = Refusal.ALREADY_EXISTS if taken else Refusal.INVALID_PAYLOAD
        raise RequestRefused(code, str(error), "slug" if taken else None) from None
    await connection.execute(SQL["add_member"], tenant.tenant_id, person_id, "owner", now)
    return tenant


async def read_settings(connection: db.Connection, tenant_id: int) -> TenantSettings:
    """What is set for a tenant."""
    return (await db.rows(connection, TenantSettings, SQL["tenant_settings"], tenant_id))[0]


async def has_entries(connection: db.Connection, tenant_id: int) -> bool:
    """Whether the log has any entry: then zone and currency are fixed."""
    return bool(await connection.fetchval(SQL["has_entries"], tenant_id))


async def change_settings(
    connection: db.Connection, tenant_id: int, change: TenantChange, match: frozenset[int] | None
) -> tuple[TenantSettings, dict[str, Any]]:
    """Set what is to be set; returns what is set then, and for the trail each thing before and after.

    ``match``: revisions of which the present one must be one. When nothing is another, nothing changes.

    Raises:
        RequestRefused: ``changed_meanwhile``, ``invalid_payload``.
    """
    await connection.execute(SQL["lock_tenant"], tenant_id)
    before = await read_settings(connection, tenant_id)
    if match and before.revision not in match:
        raise RequestRefused(
            Refusal.CHANGED_MEANWHILE,
            f"the settings are not those that If-Match names: their revision is {before.revision}",
        )
    wanted = _normal(change)
    names = {each.name: each.encode_name for each in msgspec.structs.fields(TenantSettings)}
    changed = {
        names[name]: {"before": getattr(before, name), "after": value}
        for name, value in wanted.items()
        if getattr(before, name) != value
    }
    if not changed:
        return before, {}
    await _check_counted(connection, tenant_id, changed)
    after = msgspec.structs.replace(before, **wanted)
    await connection.execute(
        SQL["set_tenant"], tenant_id, after.name, after.time_zone, after.currency, after.allowed_origins,
        after.retention_months, after.consent_policy, after.second_factor_required,
    )  # fmt: skip
    return await read_settings(connection, tenant_id), changed


def _normal(change: TenantChange) -> dict[str, Any]:
    """What is to be set, as it is kept."""
    wanted = {name: value for name, value in msgspec.structs.asdict(change).items() if value is not UNSET}
    if "name" in wanted:
        wanted["name"] = clean_name(wanted["name"])
    if "allowed_origins" in wanted:
        wanted["allowed_origins"] = origins_of(wanted["allowed_origins"])
    if "time_zone" in wanted and wanted["time_zone"] not in zoneinfo.available_timezones():
        raise RequestRefused(Refusal.INVALID_PAYLOAD, "this is no IANA time zone, such as Europe/Vienna", "timeZone")
    if "currency" in wanted and not CURRENCY.fullmatch(wanted["currency"]):
        raise RequestRefused(
            Refusal.INVALID_PAYLOAD, "this is no ISO 4217 currency in small letters, such as eur", "currency"
        )
    return wanted


async def _check_counted(connection: db.Connection, tenant_id: int, changed: dict[str, Any]) -> None:
    """Zone and currency are part of every number that is stored: they change only while there is none."""
    fixed = next((name for name in ("timeZone", "currency") if name in changed), None)
    if fixed is None:
        return
    if fixed == "timeZone" and not await connection.fetchval(SQL["knows_zone"], changed[fixed]["after"]):
        raise RequestRefused(Refusal.INVALID_PAYLOAD, "PostgreSQL does not know this time zone", "timeZone")
    if await has_entries(connection, tenant_id):
        raise RequestRefused(
            Refusal.INVALID_PAYLOAD,
            "the log has entries, and their hours, days and sums of money are counted by it; it can be changed only "
            "while the log is empty",
            fixed,
        )
