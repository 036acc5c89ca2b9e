"""Valkey (or Redis 7): the connection, scripts, wake-ups. Nothing else imports valkey.

Whatever is kept there can be lost: it is remade from PostgreSQL. Commands are those that Redis 7.0 has too.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Collection, Sequence
from importlib import resources
from typing import Any, Self

import msgspec
import valkey.asyncio as valkey
from valkey.exceptions import ConnectionError as ValkeyConnectionError
from valkey.exceptions import ResponseError, ValkeyError
from valkey.exceptions import TimeoutError as ValkeyTimeoutError

from coliseum.errors import ServerTooOld, StoreUnavailable
from coliseum.tasks import end

UNREACHABLE = (ValkeyConnectionError, ValkeyTimeoutError, OSError, TimeoutError)
FAILED = (ValkeyError, OSError, TimeoutError)
"""Every way in which Valkey can fail to do what was asked, out of memory included."""
VERSION_MIN = (7, 0)
TIMEOUT_S = 5.0
WAKE_CHANNEL = "coliseum:wake"
WAKE_GAP_S = 0.005
SILENCE_S = 5.0
"""After this a listener asks whether anybody is there; after twice this it connects anew."""

Refused = ResponseError
"""A script said no: its message begins with a word that says why."""


class WakeUps(asyncio.Event):
    """Set when something new was stored; ``take`` says for whom."""

    def __init__(self) -> None:
        super().__init__()
        self.tenant_ids: set[int] = set()

    def take(self) -> set[int]:
        """The tenants with something new since the last call; clears the event."""
        self.clear()
        tenant_ids, self.tenant_ids = self.tenant_ids, set()
        return tenant_ids


class KeyValue:
    """The Valkey connections of one process."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._client: Any = valkey.Valkey.from_url(
            url,
            socket_timeout=TIMEOUT_S,
            socket_connect_timeout=TIMEOUT_S,
            health_check_interval=15,
            socket_keepalive=True,
        )
        self._scripts: dict[str, Any] = {}

    @classmethod
    async def open(cls, url: str) -> Self:
        """Connect and check the version.

        Raises:
            StoreUnavailable: it does not answer.
            ServerTooOld: it is older than Redis 7.0.
        """
        try:
            store = cls(url)
            info = await store.raw.info("server")
        except (*FAILED, ValueError) as error:
            raise StoreUnavailable(f"Valkey could not be reached: {error}") from error
        version = str(info.get("valkey_version") or info["redis_version"])
        if tuple(int(part) for part in version.split(".")[:2]) < VERSION_MIN:
            await store.close()
            raise ServerTooOld(f"Valkey 7.2 or Redis 7.0 or newer is needed; this server is {version}.")
        return store

    @property
    def raw(self) -> Any:
        """The client itself: commands by their names, bytes in and out."""
        return self._client

    async def close(self) -> None:
        """Close all connections."""
        await self._client.aclose()

    async def script(self, package: str, name: str, keys: Sequence[str], args: Sequence[object]) -> Any:
        """Run the Lua file ``lua/<name>.lua`` of a package, atomically.

        Raises:
            Refused: the script's own refusal.
        """
        script = self._scripts.get(f"{package}.{name}")
        if script is None:
            source = (resources.files(package) / "lua" / f"{name}.lua").read_text()
            script = self._scripts[f"{package}.{name}"] = self._client.register_script(source)
        return await script(keys=keys, args=args)

    async def wake(self, tenant_ids: Collection[int]) -> None:
        """Tell whoever listens that these tenants have something new; a failure is no loss, because they also look."""
        with contextlib.suppress(*FAILED):
            await self._client.publish(WAKE_CHANNEL, msgspec.json.encode(sorted(tenant_ids)))

    @contextlib.asynccontextmanager
    async def wake_ups(self) -> AsyncIterator[WakeUps]:
        """Set whenever any process has stored something. A hint: polling is the truth."""
        woken = WakeUps()
        listener = asyncio.create_task(self._listen(woken))
        try:
            yield woken
        finally:
            await end(listener)

    async def _listen(self, woken: WakeUps) -> None:
        while True:
            try:
                async with self._client.pubsub() as pubsub:
                    await pubsub.subscribe(WAKE_CHANNEL)
                    await self._hear(pubsub, woken)
            except FAILED:
                await asyncio.sleep(1)

    async def _hear(self, pubsub: Any, woken: WakeUps) -> None:
        """Pass wake-ups on, until nothing at all is heard any more: a dead connection is as silent as a quiet one."""
        loop = asyncio.get_running_loop()
        heard_s = loop.time()
        while loop.time() - heard_s < 2 * SILENCE_S:
            message = await pubsub.get_message(ignore_subscribe_messages=True, timeout=SILENCE_S)
            if message is None:
                await pubsub.ping()
                continue
            heard_s = loop.time()
            if message["type"] == "message":
                with contextlib.suppress(msgspec.MsgspecError):  # anybody may publish anything
                    woken.tenant_ids.update(msgspec.json.decode(message["data"], type=list[int]))
                woken.set()


class Waker:
    """Tells the processors, after a commit, that there is work; many commits become one message."""

    def __init__(self, store: KeyValue) -> None:
        self._store = store
        self._dirty = WakeUps()
        self._task = asyncio.create_task(self._run())

    def wake(self, tenant_id: int) -> None:
        """Ask for a wake-up; returns at once."""
        self._dirty.tenant_ids.add(tenant_id)
        self._dirty.set()

    async def close(self) -> None:
        """Stop telling."""
        await end(self._task)

    async def _run(self) -> None:
        while True:
            await self._dirty.wait()
            await self._store.wake(self._dirty.take())
            await asyncio.sleep(WAKE_GAP_S)
