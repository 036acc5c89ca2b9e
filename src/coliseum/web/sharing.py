"""Which pages of other sites may read what a tenant has made public: any, or those of the origins that it allows."""

from collections.abc import Mapping

from coliseum.accounts.tenants import Tenant


def shared_with(tenant: Tenant, headers: Mapping[str, str]) -> dict[str, str]:
    """The headers by which the page behind a request may read the answer; for any other page they let it read nothing.

    It keeps other people's pages out, not programs: what is public needs no page to be read. The answer says what it
    depends on, so that whatever keeps it for one page does not hand it to another.
    """
    if not tenant.allowed_origins:
        return {"access-control-allow-origin": "*"}
    origin = headers.get("origin")
    if origin is None or origin not in tenant.allowed_origins:
        return {"vary": "origin"}
    return {"access-control-allow-origin": origin, "vary": "origin"}
