"""Valkey (or Redis 7): the connection, scripts, wake-ups. Nothing else imports valkey.

Whatever is kept there can be lost: it is remade from PostgreSQL. Commands are those that Redis 7.0 has too.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator, Collection, Sequence
from importlib import resources
from typing import Any, Self

import libvalkey
import msgspec
import valkey.asyncio as valkey
from valkey.exceptions import ConnectionError as ValkeyConnectionError
from valkey.exceptions import NoScriptError, ResponseError, ValkeyError
from valkey.exceptions import TimeoutError as ValkeyTimeoutError

from coliseum.errors import ServerTooOld, StoreUnavailable
from coliseum.tasks import end

UNREACHABLE = (ValkeyConnectionError, ValkeyTimeoutError, OSError, TimeoutError)
FAILED = (ValkeyError, OSError, TimeoutError, RuntimeError)
"""Every way in which Valkey can fail to do what was asked, out of memory included. The last one is what the event loop
says when it is to write to a connection that has just ended."""
VERSION_MIN = (7, 0)
TIMEOUT_S = 5.0
WAKE_CHANNEL = "coliseum:wake"
"""Here it is said which tenants' logs have grown."""
COUNTED_CHANNEL = "coliseum:counted"
"""Here it is said which tenants' boards have moved."""
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


class _Wire(asyncio.Protocol):
    """One connection that many tasks share: commands go out as they come, answers come back in the same order.

    A pooled connection for each script costs five times the processor time of this.
    """

    MORE = object()

    def __init__(self, connection: Any) -> None:
        """``connection``: one of the client's, connected and greeted; from here on it is this wire's alone."""
        self._loop = asyncio.get_running_loop()
        self._answers = libvalkey.Reader(replyError=connection._parser.parse_error, notEnoughData=self.MORE)  # noqa: SLF001 - the client has no way of handing a connection over
        # The writer is kept, because a writer that nobody holds closes what it writes to.
        self._writer = connection._writer  # noqa: SLF001 - as above
        connection._reader = connection._writer = None  # noqa: SLF001 - as above
        self._transport: asyncio.WriteTransport = self._writer.transport
        self._transport.set_protocol(self)
        self._waiting: deque[tuple[float, asyncio.Future[Any]]] = deque()
        self._watch: asyncio.TimerHandle | None = None

    @property
    def usable(self) -> bool:
        """Whether commands can be sent."""
        return not self._transport.is_closing()

    def call(self, *command: Any) -> asyncio.Future[Any]:
        """Send a command; its answer. A caller that no longer waits takes nothing from the others.

        Raises:
            ConnectionError: Valkey's own, when the connection has ended.
        """
        if not self.usable:
            raise ValkeyConnectionError("the connection to Valkey has ended")
        answer: asyncio.Future[Any] = self._loop.create_future()
        now_s = self._loop.time()
        self._waiting.append((now_s, answer))
        try:
            self._transport.write(libvalkey.pack_command(command))
        except RuntimeError as error:  # the event loop's own word for a connection that has just ended
            self._waiting.pop()
            raise ValkeyConnectionError("the connection to Valkey has ended") from error
        if self._watch is None:
            self._watch = self._loop.call_at(now_s + TIMEOUT_S, self._look)
        return answer

    def close(self, error: Exception | None = None) -> None:
        """Give up: whoever waits hears of it."""
        self._transport.abort()
        self.connection_lost(error)

    def data_received(self, data: bytes) -> None:
        try:
            self._answers.feed(data)
            while (answer := self._answers.gets()) is not self.MORE:
                _, future = self._waiting.popleft()
                if future.done():
                    continue
                if isinstance(answer, Exception):
                    future.set_exception(answer)
                else:
                    future.set_result(answer)
        except (libvalkey.ProtocolError, IndexError) as error:
            self.close(ValkeyConnectionError(f"this is not what Valkey says: {error}"))

    def connection_lost(self, exc: Exception | None) -> None:
        waiting, self._waiting = self._waiting, deque()
        for _, future in waiting:
            if not future.done():
                future.set_exception(exc or ValkeyConnectionError("Valkey closed the connection"))
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None

    def _look(self) -> None:
        """An answer that does not come in time ends the connection: nothing after it can be told apart."""
        self._watch = None
        if not self._waiting:
            return
        due_s = self._waiting[0][0] + TIMEOUT_S
        if due_s <= self._loop.time():
            self.close(ValkeyTimeoutError("Valkey did not answer in time"))
        else:
            self._watch = self._loop.call_at(due_s, self._look)


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
        self._scripts: dict[tuple[str, str], Any] = {}
        self._wire: _Wire | None = None
        self._wiring: asyncio.Task[_Wire] | None = None

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
        if self._wiring is not None:
            await end(self._wiring)
        if self._wire is not None:
            self._wire.close()
        await self._client.aclose()

    async def script(self, package: str, name: str, keys: Sequence[str], args: Sequence[object]) -> Any:
        """Run the Lua file ``lua/<name>.lua`` of a package, atomically; all scripts share one connection.

        Raises:
            Refused: the script's own refusal.
        """
        script = self._scripts.get((package, name))
        if script is None:
            source = (resources.files(package) / "lua" / f"{name}.lua").read_text()
            script = self._scripts[package, name] = self._client.register_script(source)
        wire = await self._shared_wire()
        try:
            return await wire.call("EVALSHA", script.sha, len(keys), *keys, *args)
        except NoScriptError:
            return await wire.call("EVAL", script.script, len(keys), *keys, *args)

    async def _shared_wire(self) -> _Wire:
        """The connection for scripts and wake-ups; made anew, whoever needs it meanwhile waits for the same attempt."""
        if self._wire is not None and self._wire.usable:
            return self._wire
        if self._wiring is None:
            self._wiring = asyncio.create_task(self._connect())
            self._wiring.add_done_callback(self._connected)
        return await asyncio.shield(self._wiring)

    async def _connect(self) -> _Wire:
        connection = self._client.connection_pool.make_connection()
        await connection.connect()
        return _Wire(connection)

    def _connected(self, task: asyncio.Task[_Wire]) -> None:
        self._wiring = None
        if not task.cancelled() and task.exception() is None:
            self._wire = task.result()

    async def wake(self, tenant_ids: Collection[int], channel: str = WAKE_CHANNEL) -> None:
        """Tell whoever listens that these tenants have something new; a failure is no loss, because they also look."""
        with contextlib.suppress(*FAILED):
            wire = await self._shared_wire()
            await wire.call("PUBLISH", channel, msgspec.json.encode(sorted(tenant_ids)))

    @contextlib.asynccontextmanager
    async def wake_ups(self, channel: str = WAKE_CHANNEL) -> AsyncIterator[WakeUps]:
        """Set whenever any process has said something there. A hint: polling is the truth."""
        woken = WakeUps()
        listener = asyncio.create_task(self._listen(woken, channel))
        try:
            yield woken
        finally:
            await end(listener)

    async def _listen(self, woken: WakeUps, channel: str) -> None:
        while True:
            try:
                async with self._client.pubsub() as pubsub:
                    await pubsub.subscribe(channel)
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
    """Says on a channel which tenants have something new: at most every ``WAKE_GAP_S``, much becomes one message."""

    def __init__(self, store: KeyValue, channel: str = WAKE_CHANNEL) -> None:
        self._store = store
        self._channel = channel
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
            await self._store.wake(self._dirty.take(), self._channel)
            await asyncio.sleep(WAKE_GAP_S)
