"""How often somebody may try to log in: counted in Valkey over all processes, and refused while it is away."""

from typing import Final

from limits import RateLimitItem, RateLimitItemPerDay, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.aio.strategies import FixedWindowRateLimiter
from limits.storage import storage_from_string

from coliseum import kv
from coliseum.errors import Refusal, RequestRefused, StoreUnavailable

SPACE: Final = "coliseum-tries"
WINDOW_MINUTES: Final = 15
CODE_MINUTES: Final = 5


class Tries:
    """Counts tries by account and by address; ``store`` closes the connections. An account is named by a digest.

    What is known of who tries is nothing but that. So a right password given after too many wrong ones is refused too,
    for as long as the window lasts; sessions that are open are not touched by it.
    """

    def __init__(self, store: kv.KeyValue, per_account: int, per_address: int, codes: int) -> None:
        """``per_account``, ``per_address``: in 15 minutes. ``codes``: in 5; twice as many an hour, four times a day."""
        scheme, _, rest = store.url.partition("://")
        uri = f"async+{scheme.replace('redis', 'valkey')}://{rest}"
        self._counts = FixedWindowRateLimiter(storage_from_string(uri, connection_pool=store.raw.connection_pool))
        self._account = (RateLimitItemPerMinute(per_account, WINDOW_MINUTES, SPACE),)
        self._address = (RateLimitItemPerMinute(per_address, WINDOW_MINUTES, SPACE),)
        self._codes = (
            RateLimitItemPerMinute(codes, CODE_MINUTES, SPACE),
            RateLimitItemPerHour(2 * codes, 1, SPACE),
            RateLimitItemPerDay(4 * codes, 1, SPACE),
        )

    async def password(self, account: str, address: str) -> None:
        """Count a try of a password, before it is looked at.

        Raises:
            RequestRefused: ``rate_limited``.
            StoreUnavailable: Valkey is away: nobody logs in while tries cannot be counted.
        """
        await self._hit(self._address, "address", address)
        await self._hit(self._account, "account", account)

    async def code(self, account: str, address: str) -> None:
        """Count a try of a second factor; raises as ``password``."""
        await self._hit(self._address, "code-address", address)
        await self._hit(self._codes, "code", account)

    async def passed(self, account: str) -> None:
        """The account was logged in to: tries of its password are counted anew."""
        await self._clear(self._account, "account", account)

    async def code_passed(self, account: str) -> None:
        """A right second factor was given: tries of it are counted anew."""
        await self._clear(self._codes, "code", account)

    async def _hit(self, items: tuple[RateLimitItem, ...], kind: str, who: str) -> None:
        try:
            allowed = [await self._counts.hit(item, kind, who) for item in items]
        except kv.FAILED as error:
            raise StoreUnavailable("Log-ins cannot be counted for now; come back soon.") from error
        if not all(allowed):
            raise RequestRefused(Refusal.RATE_LIMITED, "too many tries; come back in some minutes")

    async def _clear(self, items: tuple[RateLimitItem, ...], kind: str, who: str) -> None:
        try:
            for item in items:
                await self._counts.clear(item, kind, who)
        except kv.FAILED as error:
            raise StoreUnavailable("Log-ins cannot be counted for now; come back soon.") from error
