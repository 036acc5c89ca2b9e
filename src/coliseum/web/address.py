"""From which address a request comes, also behind proxies: the one place where that is decided."""

from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Network
from typing import Any, Final

from coliseum.accounts.bounds import Address, address_of, network_of
from coliseum.settings import SettingInvalid

UNKNOWN: Final = "unknown"
HOPS_MAX: Final = 32
"""Nobody has so many proxies one behind the other; what is said beyond that is not looked at."""


class Addresses:
    """Finds the client's address. ``X-Forwarded-For`` is believed as far as trusted proxies have written it.

    Each proxy adds the address that it was called from at the right. So from the right on, what a trusted proxy has
    added is believed; the first address that is no proxy of ours is the client. What stands to the left of that one
    was written by the client, and says nothing.
    """

    def __init__(self, trusted: tuple[IPv4Network | IPv6Network, ...] = ()) -> None:
        self._trusted = trusted

    def of(self, scope: Any) -> str:
        """The address in one way of writing; ``unknown`` when the web server does not say any."""
        client = scope.get("client")
        peer: str = client[0] if client else UNKNOWN
        if not self._trusted:
            return peer
        address = address_of(peer)
        if address is None or not self._is_trusted(address):
            return peer if address is None else str(address)
        return str(self._before(address, _hops(scope["headers"])))

    def _before(self, proxy: Address, hops: Iterable[str]) -> Address:
        """Who called this proxy of ours, or the first in the row before it that is none of ours."""
        for text in hops:
            address = address_of(_without_port(text))
            if address is None:
                return proxy
            proxy = address
            if not self._is_trusted(address):
                return address
        return proxy

    def _is_trusted(self, address: Address) -> bool:
        return any(address in network for network in self._trusted)


def trusted_proxies(setting: str) -> Addresses:
    """What finds addresses, for the networks in ``COLISEUM_TRUSTED_PROXIES``.

    Raises:
        SettingInvalid: one of them is none.
    """
    networks = []
    for text in filter(None, setting.split(",")):
        try:
            networks.append(network_of(text))
        except ValueError:
            raise SettingInvalid(
                f"COLISEUM_TRUSTED_PROXIES must be networks such as `10.0.0.0/8`, but {text!r} is none."
            ) from None
    return Addresses(tuple(networks))


def _hops(headers: Iterable[tuple[bytes, bytes]]) -> list[str]:
    """What all ``X-Forwarded-For`` headers say, from the last hop to the first."""
    said = b",".join(value for name, value in headers if name == b"x-forwarded-for")
    parts = said.rsplit(b",", HOPS_MAX)[-HOPS_MAX:] if said else []
    return [part.decode("latin-1").strip() for part in reversed(parts)]


def _without_port(text: str) -> str:
    """Some proxies add the port: ``192.0.2.7:4711`` and ``[2001:db8::7]:4711``."""
    if text.startswith("["):
        return text[1:].partition("]")[0]
    return text.partition(":")[0] if text.count(":") == 1 else text
