"""Which addresses that tenants name may be called: what is plainly of the public internet, over https.

A host is a whole dotted IPv4 address, an IPv6 address in brackets, or a name of the DNS. Everything else that some
resolver would take for an address (``127.1``, ``0x7f000001``, ``2130706433``) is refused as it stands.
"""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final
from urllib.parse import urlsplit

import idna
from msgspec import Struct

from coliseum.errors import TargetNotAllowed

PORTS: Final = frozenset({443, 8443})
URL_CHARACTERS_MAX: Final = 2_048
DENIED: Final = tuple(
    ip_network(each)
    for each in (
        "100.64.0.0/10",  # shared by carriers, and by clouds for their own services
        "169.254.0.0/16",  # link-local: the clouds' metadata services
        "192.0.0.0/24",  # protocol assignments
        "192.88.99.0/24",  # relays into 2002::/16
        "224.0.0.0/4",  # multicast, which ipaddress calls global
        "240.0.0.0/4",  # reserved, and broadcast
        "::ffff:0:0/96",  # IPv4 in IPv6
        "64:ff9b::/96",  # IPv4 behind a translator
        "64:ff9b:1::/48",  # the same, of a network's own
        "2001::/32",  # Teredo: IPv4 inside
        "2002::/16",  # 6to4: IPv4 inside
        "3fff::/20",  # documentation
        "fd00:ec2::254/128",  # a cloud's metadata service
    )
)
"""What is refused whatever ``is_global`` says, which differs between releases of Python."""

GLOBAL_UNICAST: Final = ip_network("2000::/3")
"""The only part of IPv6 from which addresses of the public internet are given out."""


class Target(Struct, frozen=True):
    """An address that was understood: ``host`` is an IP address, or a name in its ASCII form."""

    url: str
    host: str
    port: int


def target_of(url: str, *, allow_private: bool = False, ports: frozenset[int] = PORTS) -> Target:
    """Understand an address in one way only; whoever calls it does not parse it again.

    Raises:
        TargetNotAllowed: it is not one that may be called.
    """
    if len(url) > URL_CHARACTERS_MAX or any(each <= " " or each in '\\"<>^`{|}\x7f' for each in url):
        raise TargetNotAllowed("The address is too long, or has characters that must be percent-encoded.")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise TargetNotAllowed("This is not an address.") from None
    scheme, host = parts.scheme, _host(parts.hostname or "")
    if scheme != "https" and not (allow_private and scheme == "http"):
        raise TargetNotAllowed("The address must begin with https://.")
    if "@" in parts.netloc:
        raise TargetNotAllowed("The address must not carry a user or password.")
    if port is None:
        port = 443 if scheme == "https" else 80
    if port not in ports and not allow_private:
        raise TargetNotAllowed(f"The port must be one of {', '.join(map(str, sorted(ports)))}.")
    literal = literal_of(host)
    if literal is not None and not allow_private and not is_public(literal):
        raise TargetNotAllowed
    if not (parts.path + parts.query).isascii():
        raise TargetNotAllowed("Path and query must be percent-encoded.")
    shown = f"[{host}]" if ":" in host else host
    query = f"?{parts.query}" if parts.query else ""
    return Target(f"{scheme}://{shown}:{port}{parts.path or '/'}{query}", host, port)


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address is a global unicast one of the public internet."""
    if isinstance(address, IPv6Address) and (address.scope_id is not None or address not in GLOBAL_UNICAST):
        return False
    return address.is_global and not address.is_multicast and not any(address in each for each in DENIED)


def _host(text: str) -> str:
    """An IP address in its one form, or a DNS name in ASCII."""
    literal = literal_of(text)
    if literal is not None:
        return str(literal)
    try:
        name = idna.encode(text, uts46=True, transitional=False).decode()
    except (idna.IDNAError, UnicodeError):
        raise TargetNotAllowed("The host is not a name of the DNS.") from None
    last = name.rpartition(".")[2]
    if not last or last.isdigit() or last.startswith("0x"):
        raise TargetNotAllowed("The host is neither a whole IP address nor a name of the DNS.")
    return name


def literal_of(host: str) -> IPv4Address | IPv6Address | None:
    """The IP address that ``host`` is, if it is one."""
    try:
        address = ip_address(host)
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.scope_id is not None:
        raise TargetNotAllowed
    return address
