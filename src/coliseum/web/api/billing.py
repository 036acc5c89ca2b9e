"""The routes of billing: buy a plan, change it, see how it stands and what could not be put into the log."""

from typing import Any

import msgspec
from litestar import Request, get, post
from litestar.di import NamedDependency

from coliseum.accounts.permissions import Permission
from coliseum.accounts.plans import PlanName
from coliseum.billing.desk import Standing, UnmatchedLine
from coliseum.errors import QueryInvalid, Refusal, RequestRefused
from coliseum.web.access import caller_in, needs
from coliseum.web.bodies import Disconnected, read_body
from coliseum.web.services import Services

BODY_BYTES_MAX = 1_024


class CheckoutWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A plan that is to be bought."""

    plan: PlanName


class Page(msgspec.Struct, frozen=True):
    """A page of Stripe, for the browser of whoever asked."""

    url: str


@get("/api/billing", opt=needs(Permission.USAGE_READ), summary="The tenant's plan, and what is paid for it")
async def get_billing(request: Request[Any, Any, Any], services: NamedDependency[Services]) -> Standing:
    """Without Stripe nothing is billed, and every tenant has the plan Enterprise."""
    _check_parameters(request)
    return await services.billing.desk.standing(caller_in(request.scope).tenant)


@get(
    "/api/billing/unmatched",
    opt=needs(Permission.BILLING_MANAGE),
    summary="Payments, refunds and transfers that are not in the log, because something is missing",
)
async def get_unmatched(request: Request[Any, Any, Any], services: NamedDependency[Services]) -> list[UnmatchedLine]:
    """The newest 200. Mend what `reason` says in Stripe; then the operator tries them again."""
    _check_parameters(request)
    return await services.billing.desk.unmatched(caller_in(request.scope).tenant)


@post(
    "/api/billing/checkout",
    opt=needs(Permission.BILLING_MANAGE),
    summary="A page of Stripe Checkout where a plan is bought",
    status_code=200,
)
async def post_checkout(request: Request[Any, Any, Any], services: NamedDependency[Services]) -> Page:
    """Body: `{"plan": "pro"}`. 409 when the tenant has a subscription; 501 when the operator has set no price."""
    _check_parameters(request)
    try:
        raw = await read_body(dict(request.scope["headers"]), request.receive, BODY_BYTES_MAX)
    except Disconnected:
        raise RequestRefused(Refusal.INVALID_JSON, "the body is cut off") from None
    try:
        wish = msgspec.json.decode(raw, type=CheckoutWish)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise RequestRefused(Refusal.INVALID_PAYLOAD, f"plan is basic, pro or enterprise: {error}", "plan") from None
    caller = caller_in(request.scope)
    return Page(await services.billing.desk.checkout(caller.tenant, wish.plan, caller.actor, _address(request)))


@post(
    "/api/billing/portal",
    opt=needs(Permission.BILLING_MANAGE),
    summary="A page of Stripe's billing portal where what is paid for is changed or ended",
    status_code=200,
)
async def post_portal(request: Request[Any, Any, Any], services: NamedDependency[Services]) -> Page:
    """No body is read."""
    _check_parameters(request)
    caller = caller_in(request.scope)
    return Page(await services.billing.desk.portal(caller.tenant, caller.actor, _address(request)))


def _address(request: Request[Any, Any, Any]) -> str:
    return request.client.host if request.client else ""


def _check_parameters(request: Request[Any, Any, Any]) -> None:
    """A parameter is refused, because it would be ignored."""
    for unknown in sorted(request.query_params):
        raise QueryInvalid(f"There is no parameter {unknown!r} here.", unknown)


HANDLERS = (get_billing, get_unmatched, post_checkout, post_portal)
