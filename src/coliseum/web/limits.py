"""How often an address may call. Counted in Valkey; while Valkey is away, by each process for itself."""

from limits import RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import FixedWindowRateLimiter
from limits.storage import storage_from_string

from coliseum import kv


class AddressLimit:
    """So many requests a minute from one address."""

    def __init__(self, valkey_url: str, requests_per_minute: int) -> None:
        self._item = RateLimitItemPerMinute(requests_per_minute, namespace="coliseum-webhook")
        scheme, _, rest = valkey_url.partition("://")
        uri = f"async+{scheme.replace('redis', 'valkey')}://{rest}"
        self._shared = FixedWindowRateLimiter(storage_from_string(uri))
        self._own = FixedWindowRateLimiter(MemoryStorage())

    async def allows(self, address: str) -> bool:
        """Count one request; False when it is one too many."""
        try:
            return await self._shared.hit(self._item, address)
        except kv.FAILED:
            return await self._own.hit(self._item, address)
