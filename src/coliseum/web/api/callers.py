"""Who asks, on the routes that read."""

from typing import Any

from litestar import Request

from coliseum.accounts.tenants import Tenant
from coliseum.errors import QueryInvalid
from coliseum.web.access import caller_in


def asking_tenant(request: Request[Any, Any, Any]) -> Tenant:
    """The caller's tenant; a parameter that the route does not know is refused, because it would be ignored."""
    signature = request.route_handler.parsed_fn_signature.parameters
    known = {getattr(field.kwarg_definition, "name", None) or name for name, field in signature.items()}
    unknown = sorted(set(request.query_params) - known)
    if unknown:
        raise QueryInvalid(f"There is no parameter {unknown[0]!r} here.", unknown[0])
    return caller_in(request.scope).tenant
