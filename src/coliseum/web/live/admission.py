"""Who may watch what, and from where."""

from collections.abc import Iterable

from coliseum.accounts.callers import Caller
from coliseum.accounts.permissions import Permission
from coliseum.errors import Refusal, RequestRefused
from coliseum.web.allowance import Allowance

DEFAULT_PORTS = {"http": "80", "https": "443"}


def check_may_watch(caller: Caller, allowance: Allowance | None) -> None:
    """Whether this caller may watch boards and metrics of its tenant: the one place where that is decided.

    It is asked when a connection opens and again and again while it is open. Without an ``allowance`` every plan will
    do.

    Raises:
        RequestRefused: ``key_not_allowed``, or ``plan_limit``.
    """
    if not caller.may(Permission.NUMBERS_READ):
        raise RequestRefused(
            Refusal.KEY_NOT_ALLOWED,
            "this needs a server key that may read, or a ticket that was made with one; see docs/LIVE.md",
        )
    if allowance is not None:
        allowance.check_feature(caller, "live")


def origin_allowed(headers: Iterable[tuple[bytes, bytes]], scheme: str, allowed: frozenset[str]) -> bool:
    """Whether the page behind a request may open a connection: it is of the server's own origin, or of one in the list.

    Programs send no origin, and may. What a browser says is compared as it is: browsers write origins in one way.
    Behind a proxy that speaks TLS the server does not know its own scheme, so for its own host http stands for https.
    """
    origins = [value for name, value in headers if name == b"origin"]
    if not origins:
        return True
    hosts = [value for name, value in headers if name == b"host"]
    if len(origins) > 1 or len(hosts) > 1:
        return False
    origin = origins[0].decode("latin-1")
    if origin in allowed:
        return True
    host = hosts[0].decode("latin-1").lower() if hosts else ""
    schemes = ("https",) if scheme in ("https", "wss") else ("http", "https")
    return bool(host) and any(origin == _own(each, host) for each in schemes)


def _own(scheme: str, host: str) -> str:
    """The server's own origin, as a browser writes it: without the port that the scheme has anyway."""
    return f"{scheme}://{host.removesuffix(':' + DEFAULT_PORTS[scheme])}"


def origins_of(setting: str) -> frozenset[str]:
    """The origins in ``COLISEUM_LIVE_ORIGINS``."""
    return frozenset(setting.split(",")) - {""}
