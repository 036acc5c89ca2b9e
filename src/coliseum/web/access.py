"""Who may use a route: each says it where it is declared, and one guard holds all of them to it.

A route of the API carries one of these in its ``opt``; a route without one is not served (``check_every_route``).
"""

from collections.abc import Iterable
from typing import Any, Final, Literal

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler

from coliseum.accounts.callers import Caller, Person
from coliseum.accounts.permissions import Permission
from coliseum.errors import RequestRefused
from coliseum.web.identify import caller_for, person_of
from coliseum.web.services import Services

Access = Permission | Literal["public", "person"]
CALLER: Final = "coliseum_caller"
PERSON: Final = "coliseum_person"
REFUSED: Final = "coliseum_refused"
"""Where a request's scope says why it was refused."""


def needs(permission: Permission) -> dict[str, Any]:
    """For a route that is about one tenant: what the caller must be allowed to do for it."""
    return {"access": permission}


def for_anybody() -> dict[str, Any]:
    """For a route that anybody may use, or that finds out for itself who is calling."""
    return {"access": "public"}


def for_people() -> dict[str, Any]:
    """For a route that is about whoever has logged in, and about no tenant."""
    return {"access": "person"}


async def admit(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """The guard of every route: finds out who is calling, and leaves it in the request's state.

    Raises:
        RequestRefused: nobody known is calling, or they may not do this, or their plan has no request left for them.
    """
    if handler.opt.get("page"):
        return  # pages have a guard of their own, which knows no keys
    access: Access = handler.opt.get("access", "public")
    services: Services = connection.app.state.services
    scope: Any = connection.scope
    if access == "person":
        scope["state"][PERSON] = await person_of(services, scope)
    elif access != "public":
        caller = scope["state"][CALLER] = await caller_for(services, scope, Permission(access))
        await services.allowance.admit(scope, caller.tenant)


def caller_in(scope: Any) -> Caller:
    """The caller whom the guard has let in."""
    caller: Caller = scope["state"][CALLER]
    return caller


def person_in(scope: Any) -> Person:
    """The person whom the guard has let in."""
    person: Person = scope["state"][PERSON]
    return person


def check_every_route(handlers: Iterable[HTTPRouteHandler]) -> None:
    """A route of the API that does not say who may use it is a mistake that must not start.

    Raises:
        AssertionError: naming it.
    """
    for handler in handlers:
        if handler.opt.get("access") not in ("public", "person", *Permission):
            raise AssertionError(f"{handler} does not say who may use it")


def note_reason(scope: Any, error: RequestRefused) -> None:
    """Remember why a request is refused."""
    scope[REFUSED] = error


async def record_refusal(services: Services, scope: Any) -> None:
    """Leave a trace of a request that was refused, when its caller is known and lacked a permission."""
    error: RequestRefused | None = scope.get(REFUSED)
    if error is None:
        return
    caller = error.by or scope.get("state", {}).get(CALLER)
    handler = scope.get("route_handler")
    if isinstance(caller, Caller) and handler is not None:
        action, address = str(handler.opt.get("access", "")), services.addresses.of(scope)
        await services.refusals.note(scope, caller, action, error.code, address)
