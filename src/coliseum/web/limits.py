"""How often an address may call. Counted in Valkey; while Valkey is away, by each process for itself."""

from limits import RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import FixedWindowRateLimiter
from limits.storage import storage_from_string

from coliseum import kv


class AddressLimit:
    """So many requests a minute from one address; counted over the connections of ``store``, which closes them."""

    def __init__(self, store: kv.KeyValue, requests_per_minute: int) -> None:
        self._item = RateLimitItemPerMinute(requests_per_minute, namespace="coliseum-webhook")
        scheme, _, rest = store.url.partition("://")
        uri = f"async+{scheme.replace('redis', 'valkey')}://{rest}"
        self._shared = FixedWindowRateLimiter(storage_from_string(uri, connection_pool=store.raw.connection_pool))
        self._own = FixedWindowRateLimiter(MemoryStorage())

    async def allows(self, address: str) -> bool:
        """Count one request; False when it is one too many."""
        try:
            return await self._shared.hit(self._item, address)
        except kv.FAILED:
            return await self._own.hit(self._item, address)
