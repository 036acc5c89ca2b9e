"""Calls to addresses that tenants name: nothing but the public internet is ever connected to.

An address that a tenant names is an order to this server to connect somewhere, from inside the network where the
databases and the cloud's own metadata service are. Three rules keep that order harmless:

- An address is understood in one way only (``coliseum.targets``).
- A name is looked up once for each connection, by us; all answers must be global unicast addresses, and the connection
  goes to one of exactly these. There is no second look-up that could be answered otherwise.
- Redirects are not followed, connections are not kept, and no proxy of the environment is asked.
"""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_address
from typing import Final

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from msgspec import Struct
from yarl import URL

from coliseum.errors import OutboundFailed, TargetNotAllowed
from coliseum.targets import PORTS, Target, is_public, literal_of, target_of

CONNECTIONS_MAX: Final = 64
CONNECTIONS_PER_HOST_MAX: Final = 8
LOOK_UPS_AT_ONCE_MAX: Final = 8
CHECK_TIMEOUT_S: Final = 10.0
CHUNK_BYTES: Final = 16_384
USER_AGENT: Final = "Coliseum"

Resolve = Callable[[str, int], Awaitable[list[str]]]
"""Looks a name up for a port and returns the addresses; raises OSError when there are none."""


class Reply(Struct, frozen=True):
    """What came back; ``body`` has at most as many bytes as were wanted, and ``whole`` says whether that is all."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    whole: bool = True


class Outbound:
    """Calls addresses that others have named. Owns its connections and threads; ``close`` ends them.

    Args:
        resolve: in place of the system's resolver.
        allow_private: development: any address and port, and http as well.
        ports: the ports that may be connected to.
        tls: in place of the system's trusted authorities.
    """

    def __init__(
        self,
        resolve: Resolve | None = None,
        *,
        allow_private: bool = False,
        ports: frozenset[int] = PORTS,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._threads = ThreadPoolExecutor(LOOK_UPS_AT_ONCE_MAX, thread_name_prefix="look-up")
        self._resolve = resolve or self._ask_system
        self._allow_private = allow_private
        self._ports = ports
        self._tls = tls
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """End all connections; calls under way fail."""
        if self._session is not None:
            await self._session.close()
        self._threads.shutdown(wait=False, cancel_futures=True)

    def target(self, url: str) -> Target:
        """What ``url`` means, without a look-up.

        Raises:
            TargetNotAllowed: it may never be called, whatever its name's addresses are.
        """
        return target_of(url, allow_private=self._allow_private, ports=self._ports)

    async def check(self, url: str) -> Target:
        """As `target`, and looks the name up: for an address that is named now and called later.

        It says nothing of later: `send` looks again.

        Raises:
            TargetNotAllowed: it may not be called.
            OutboundFailed: its name has no addresses now.
        """
        target = self.target(url)
        try:
            async with asyncio.timeout(CHECK_TIMEOUT_S):
                await self._addresses(target.host, target.port)
        except (OSError, TimeoutError):
            raise OutboundFailed("dns", f"The name {target.host} has no address.") from None
        return target

    async def send(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes, *, timeout_s: float, bytes_max: int
    ) -> Reply:
        """One request and its answer, whatever the status; a redirect is an answer like any other.

        ``timeout_s`` is for everything together: look-up, connection, request and the first ``bytes_max`` bytes of the
        answer's body; the rest is not read, and nothing of it when that is 0.

        Raises:
            TargetNotAllowed: the address may not be called; nothing was connected to.
            OutboundFailed: there was no answer; the request may have arrived.
        """
        target = self.target(url)
        try:
            async with asyncio.timeout(timeout_s):
                return await self._exchange(method, target, {**headers, "accept-encoding": "identity"}, body, bytes_max)
        except TimeoutError:
            raise OutboundFailed("timeout", f"There was no whole answer within {timeout_s:g} s.") from None
        except (aiohttp.ClientConnectorDNSError, socket.gaierror):
            raise OutboundFailed("dns", f"The name {target.host} has no address.") from None
        except (aiohttp.ClientSSLError, ssl.SSLError):
            raise OutboundFailed("tls", "The TLS connection failed; is the certificate valid?") from None
        except aiohttp.ClientConnectorError:
            raise OutboundFailed("connect", "There was no connection.") from None
        except (aiohttp.ClientError, OSError, ValueError):
            raise OutboundFailed("protocol", "The connection ended before the answer, or it was no HTTP.") from None

    async def _exchange(
        self, method: str, target: Target, headers: Mapping[str, str], body: bytes, bytes_max: int
    ) -> Reply:
        url = URL(target.url, encoded=True)
        async with self._opened().request(method, url, data=body or None, headers=headers, allow_redirects=False) as it:
            kept = bytearray()
            lower = {name.lower(): value for name, value in it.headers.items()}
            if bytes_max == 0:
                it.close()
                return Reply(it.status, lower, b"", whole=False)
            async for chunk in it.content.iter_chunked(CHUNK_BYTES):
                kept += chunk
                if len(kept) > bytes_max:
                    it.close()
                    break
            return Reply(it.status, lower, bytes(kept[:bytes_max]), len(kept) <= bytes_max)

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            connector = aiohttp.TCPConnector(
                resolver=_Checked(self._addresses),
                use_dns_cache=False,
                force_close=True,
                limit=CONNECTIONS_MAX,
                limit_per_host=CONNECTIONS_PER_HOST_MAX,
                ssl=self._tls or True,
            )
            self._session = aiohttp.ClientSession(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(total=None),
                trust_env=False,
                auto_decompress=False,
                headers={"user-agent": USER_AGENT},
            )
        return self._session

    async def _addresses(self, host: str, port: int) -> list[str]:
        """The addresses that ``host`` may be connected at.

        Raises:
            TargetNotAllowed: one of them is not public.
            OSError: there are none.
        """
        found = [host] if literal_of(host) is not None else await self._resolve(host, port)
        if not found:
            raise OSError(socket.EAI_NONAME, "no address")
        if not self._allow_private and not all(is_public(ip_address(each)) for each in found):
            raise TargetNotAllowed
        return found

    async def _ask_system(self, host: str, port: int) -> list[str]:
        def look_up() -> list[str]:
            return [str(each[4][0]) for each in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]

        return await asyncio.get_running_loop().run_in_executor(self._threads, look_up)


class _Checked(AbstractResolver):
    """Gives the connector the checked addresses and no others."""

    def __init__(self, addresses: Resolve) -> None:
        self._addresses = addresses

    async def resolve(
        self,
        host: str,
        port: int = 0,
        family: socket.AddressFamily = socket.AF_UNSPEC,  # noqa: ARG002 - the connector asks for both
    ) -> list[ResolveResult]:
        """As the connector wants it: raises what `Outbound._addresses` raises."""
        return [
            ResolveResult(
                hostname=host,
                host=each,
                port=port,
                family=socket.AF_INET6 if ":" in each else socket.AF_INET,
                proto=socket.IPPROTO_TCP,
                flags=socket.AI_NUMERICHOST,
            )
            for each in await self._addresses(host, port)
        ]

    async def close(self) -> None:
        """There is nothing to end."""
