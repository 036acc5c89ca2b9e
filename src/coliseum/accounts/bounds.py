"""Where a key may be used: networks of a server key, origins of a browser key.

Both are written in one way only, so that comparing texts is comparing what they mean.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

from coliseum.accounts.callers import Caller
from coliseum.errors import Refusal, RequestRefused

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

BOUNDS_MAX: Final = 50
ORIGIN: Final = re.compile(r"(https?)://([a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:]+\])(:[1-9][0-9]{0,4})?")
ORIGIN_LENGTH_MAX: Final = 260
OWN_PORTS: Final = {"http": ":80", "https": ":443"}


def check_bounds(caller: Caller, address: str, origin: bytes | None) -> None:
    """Whether a request with the caller's key may come from this address, and from a page of this origin.

    A browser says the origin of its page with every POST. So of a key with origins a request without one is refused:
    no page sends it. (A program may say whatever origin it likes. This keeps other people's pages out, not programs.)

    Raises:
        RequestRefused: ``address_not_allowed`` or ``origin_not_allowed``.
    """
    if caller.addresses and not address_allowed(caller.addresses, address):
        raise RequestRefused(Refusal.ADDRESS_NOT_ALLOWED, "this key may not be used from this address")
    if caller.origins is not None and (origin is None or origin.decode("latin-1") not in caller.origins):
        raise RequestRefused(Refusal.ORIGIN_NOT_ALLOWED, "this key may not be used by pages of this origin")


def address_allowed(networks: tuple[str, ...], address: str) -> bool:
    """Whether an address is in one of these networks; what is no address is in none."""
    known = address_of(address)
    return known is not None and any(known in each for each in _parsed(networks))


def address_of(text: str) -> Address | None:
    """An IP address; one of IPv4 that is written as one of IPv6 is one of IPv4. None for anything else."""
    try:
        address = ip_address(text)
    except ValueError:
        return None
    if isinstance(address, IPv6Address):
        return None if address.scope_id else address.ipv4_mapped or address
    return address


def network_of(text: str) -> Network:
    """A network of IPv4 or IPv6, or a single address.

    Raises:
        ValueError: it is none, or has bits beyond its prefix: then it is not known which is meant.
    """
    network = ip_network(text, strict=True)
    if isinstance(network, IPv6Network) and (network.network_address.ipv4_mapped or network.network_address.scope_id):
        raise ValueError("addresses of IPv4 are written as such")
    return network


def networks_of(given: Sequence[str]) -> list[str]:
    """Networks as they are kept: each once, in one way of writing.

    Raises:
        RequestRefused: ``invalid_payload``.
    """
    _check_count(given, "addresses")
    found: dict[str, None] = {}
    for text in given:
        try:
            found[str(network_of(text))] = None
        except ValueError:
            raise RequestRefused(
                Refusal.INVALID_PAYLOAD,
                f"{text[:60]!r} is no network such as 192.0.2.0/24 or 2001:db8::/32, nor an address",
                "addresses",
            ) from None
    return list(found)


def origins_of(given: Sequence[str]) -> list[str]:
    """Origins as browsers write them, each once.

    Raises:
        RequestRefused: ``invalid_payload``.
    """
    _check_count(given, "origins")
    for text in given:
        parts = ORIGIN.fullmatch(text) if len(text) <= ORIGIN_LENGTH_MAX else None
        port = "" if parts is None else parts[4] or ""
        if parts is None or port == OWN_PORTS[parts[1]] or int(port[1:] or 0) > 65_535:
            raise RequestRefused(
                Refusal.INVALID_PAYLOAD,
                f"{text[:60]!r} is no origin as browsers write it, such as https://shop.example or "
                "http://localhost:3000: small letters, no path, no port that goes without saying",
                "origins",
            )
    return list(dict.fromkeys(given))


def usable_origins(bound: Sequence[str], allowed: Sequence[str]) -> tuple[str, ...] | None:
    """Where a browser key works that is bound to origins, of a tenant that allows some; None: anywhere.

    No origins are all. Of both, it is what both say: nowhere, when they have nothing in common.
    """
    if not allowed:
        return tuple(bound) or None
    return tuple(origin for origin in bound or allowed if origin in allowed)


def check_allowed(origins: Sequence[str], allowed: Sequence[str]) -> None:
    """Whether a key may be bound to these origins, of which its tenant allows some; none allowed are all.

    Raises:
        RequestRefused: ``origin_not_allowed``, which names one that may not be.
    """
    for origin in origins:
        if allowed and origin not in allowed:
            raise RequestRefused(
                Refusal.ORIGIN_NOT_ALLOWED,
                f"{origin} is not among the origins that the tenant allows (allowedOrigins)",
                "origins",
            )


def within(networks: Sequence[str], outer: Sequence[str]) -> bool:
    """Whether every one of these networks is in one of the outer ones. No networks are all addresses."""
    if not outer:
        return True
    return bool(networks) and all(
        any(_inside(network_of(inner), network_of(each)) for each in outer) for inner in networks
    )


def _inside(inner: Network, outer: Network) -> bool:
    if isinstance(inner, IPv4Network) and isinstance(outer, IPv4Network):
        return inner.subnet_of(outer)
    return isinstance(inner, IPv6Network) and isinstance(outer, IPv6Network) and inner.subnet_of(outer)


def _check_count(given: Sequence[str], field: str) -> None:
    if len(given) > BOUNDS_MAX:
        raise RequestRefused(Refusal.INVALID_PAYLOAD, f"at most {BOUNDS_MAX} {field}", field)


@lru_cache(maxsize=1_000)
def _parsed(networks: tuple[str, ...]) -> tuple[Network, ...]:
    return tuple(network_of(each) for each in networks)
