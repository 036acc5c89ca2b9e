"""The hub: the channels and the viewers of one process."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from coliseum import db, kv
from coliseum.accounts.bounds import check_bounds
from coliseum.accounts.callers import Caller
from coliseum.accounts.keys import KeyRing
from coliseum.accounts.sessions import Sessions
from coliseum.accounts.tenants import Tenant
from coliseum.errors import Refusal, RequestRefused, StoreUnavailable
from coliseum.ids import secret_digest
from coliseum.queries.declared import Declarations
from coliseum.queries.public import PublicPages
from coliseum.queries.shared import SharedReads
from coliseum.tasks import end
from coliseum.telemetry import Log, described
from coliseum.web.address import UNKNOWN, Addresses
from coliseum.web.allowance import Allowance
from coliseum.web.live.admission import check_may_watch
from coliseum.web.live.channel import VERSIONS_BYTES_MAX, Channel
from coliseum.web.live.credentials import Credentials, of_key, of_member, still_may
from coliseum.web.live.messages import Close, WishKind
from coliseum.web.live.public_boards import PublicBoards
from coliseum.web.live.seats import HEARTBEAT_S, Limits, Seats
from coliseum.web.live.sources import Sources
from coliseum.web.live.tickets import Tickets
from coliseum.web.live.viewer import Send, Viewer
from coliseum.web.live.wishes import Wish, wish_of

VERSIONS_BYTES_TOTAL_MAX = 256 * 1024 * 1024
"""What all channels together keep of past pages."""
STOP_S_MAX = 2.0
"""The web server is kept from stopping for so long, so that everybody hears why the connection ends."""
TICK_S = 0.5
KEY_MAX = 256


class Hub:
    """Owns the channels and knows the viewers. Lives in one event loop; works only while somebody watches."""

    def __init__(
        self,
        database: db.Database,
        store: kv.KeyValue,
        keys: KeyRing,
        reads: SharedReads,
        declarations: Declarations,
        clock: Callable[[], datetime],
        origins: frozenset[str] = frozenset(),
        limits: Limits | None = None,
        *,
        addresses: Addresses | None = None,
        sessions: Sessions | None = None,
        allowance: Allowance | None = None,
        public: PublicPages | None = None,
    ) -> None:
        """``origins``: those besides the server's own whose pages may watch. ``addresses``: finds a client's.

        ``sessions``: of members; without them only keys watch. ``allowance``: whose plans may.
        ``public``: the public boards that this process reads anyway.
        """
        self.origins = origins
        self.addresses = addresses or Addresses()
        self.limits = limits or Limits()
        self.seats = Seats(self.limits)
        self.channels: dict[Wish, Channel] = {}
        self.tickets = Tickets(store)
        self.stopping = False
        self.when_watched: Callable[[], None] = lambda: None
        """Called when somebody begins to watch."""
        self._store = store
        self._credentials = Credentials(keys, sessions)
        self._clock = clock
        self._allowance = allowance
        self.public = PublicBoards(declarations, public or PublicPages(database, reads), allowance, clock)
        self._sources = Sources(database, reads, declarations, clock, self.public)
        self._by_tenant: dict[int, set[Channel]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._empty = asyncio.Event()
        self._empty.set()
        self._attending = False
        self._listening = False

    def stop(self) -> None:
        """Ask all viewers to go elsewhere, and take no new ones."""
        self.stopping = True
        for viewer in self.seats.viewers:
            viewer.close(Close.STOPPING)

    async def emptied(self) -> None:
        """Wait until all viewers have gone after ``stop``, but not for long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(STOP_S_MAX):
                await self._empty.wait()

    async def close(self) -> None:
        """Stop, and end everything that works for viewers."""
        self.stop()
        await end(*self._tasks)

    def admit(self, send: Send, *, single: bool = False) -> Viewer:
        """A new viewer, which has yet to say who it is; whoever admits it dismisses it.

        ``send``, ``single``: see ``Viewer``.

        Raises:
            RequestRefused: ``overloaded``: the process stops, or has all the viewers that it serves.
        """
        if self.stopping or not self.seats.free:
            raise RequestRefused(Refusal.OVERLOADED, "too many are watching here; come back later")
        viewer = Viewer(send, asyncio.get_running_loop().time(), single=single)
        self.seats.take(viewer)
        self._empty.clear()
        self.when_watched()
        if not self._attending:
            self._attending = True
            self._start(self._keep_time())
            self._start(self._reauthorise())
        return viewer

    def admit_public(self, send: Send, tenant: Tenant, address: str) -> Viewer:
        """A new viewer of one public board, of whom nothing is known but the address; see ``admit``.

        Raises:
            RequestRefused: ``overloaded``: also when this tenant, this address or the public have all their places.
        """
        viewer = self.admit(send, single=True)
        try:
            self.seats.assign_public(viewer, tenant.tenant_id, address)
        except RequestRefused:
            self.dismiss(viewer)
            raise
        return viewer

    def dismiss(self, viewer: Viewer) -> None:
        """This viewer is gone."""
        viewer.forget()
        self.seats.leave(viewer)
        if not self.seats.viewers:
            self._empty.set()

    async def introduce(self, viewer: Viewer, *, key: str | None, ticket: str | None, address: str = UNKNOWN) -> None:
        """Find out who a viewer is. Of a key that is bound to addresses, the tickets are not: they are for browsers.

        Raises:
            RequestRefused: the key or ticket is wrong, or may not watch, or not from this address, or ``overloaded``:
                so many of the tenant's watch here that there is no room for more of them.
            StoreUnavailable: that cannot be found out now.
        """
        if (key is None) == (ticket is None):
            raise RequestRefused(Refusal.MISSING_KEY, "send a key or a ticket")
        if ticket is not None:
            credential = await self.tickets.redeem(ticket)
            refusal = RequestRefused(Refusal.INVALID_TOKEN, "this ticket does not exist, was used, or is too old")
        else:
            credential = of_key(secret_digest(key or "")) if len(key or "") <= KEY_MAX else None
            refusal = RequestRefused(Refusal.UNKNOWN_KEY, "this key does not exist or was revoked")
        caller = await self._credentials.caller(credential) if credential is not None else None
        if caller is None or credential is None:
            raise refusal
        check_may_watch(caller, self._allowance)
        if ticket is None:
            check_bounds(caller, address, None)
            viewer.address = address
        self.seats.assign(viewer, caller, credential)

    def introduce_member(self, viewer: Viewer, caller: Caller) -> None:
        """A viewer is this member, which was found out already.

        Raises:
            RequestRefused: they may not watch, or ``overloaded`` as for ``introduce``.
        """
        check_may_watch(caller, self._allowance)
        self.seats.assign(viewer, caller, of_member(caller))

    def watch(
        self,
        viewer: Viewer,
        name: str,
        kind: WishKind,
        parameters: Mapping[str, str],
        claim: tuple[Sequence[int], str] | None,
    ) -> None:
        """Keep a viewer up with what these parameters ask for, from what it claims to have seen.

        Raises:
            QueryInvalid: they cannot be answered.
            RequestRefused: the name is in use, there are too many different pages being watched, or it is a page of
                fans and the viewer may not see them.
        """
        assert viewer.caller is not None  # noqa: S101 - it has said who it is
        wish = wish_of(viewer.caller.tenant, kind, parameters, self._clock())
        if wish.of_fans:
            viewer.check_fans()
        viewer.watch(name, self._channel(wish), claim)

    def watch_public(self, viewer: Viewer, name: str, wish: Wish, claim: tuple[Sequence[int], str] | None) -> None:
        """Keep a viewer of a public board up with it.

        Raises:
            RequestRefused: there are too many different pages being watched.
        """
        viewer.watch(name, self._channel(wish), claim)

    def _channel(self, wish: Wish) -> Channel:
        channel = self.channels.get(wish)
        if channel is not None:
            return channel
        if len(self.channels) >= self.limits.channels_max:
            raise RequestRefused(Refusal.OVERLOADED, "too many different boards are watched here; come back later")
        channel = self.channels[wish] = Channel(self._sources.of(wish), self._clock, self.limits.linger_s)
        self._by_tenant.setdefault(wish.tenant.tenant_id, set()).add(channel)
        self._share_memory()
        self._start(self._run(wish, channel))
        if not self._listening:
            self._listening = True
            self._start(self._listen())
        return channel

    async def _run(self, wish: Wish, channel: Channel) -> None:
        """Run a channel; when it has ended, somebody who comes gets a new one."""
        try:
            await channel.run()
        except Exception as error:  # noqa: BLE001 - a defect: whoever watches must hear of it
            Log().error("live_failed", error=described(error))
            for listener in list(channel.listeners):
                listener.lost(StoreUnavailable("This cannot be read for now."))
        finally:
            del self.channels[wish]
            mine = self._by_tenant[wish.tenant.tenant_id]
            mine.discard(channel)
            if not mine:
                del self._by_tenant[wish.tenant.tenant_id]
            self._share_memory()

    async def _listen(self) -> None:
        """Let channels read when the processor says that their boards have moved."""
        async with self._store.wake_ups(kv.COUNTED_CHANNEL) as woken:
            while self.channels:
                with suppress(TimeoutError):
                    async with asyncio.timeout(HEARTBEAT_S):
                        await woken.wait()
                for tenant_id in woken.take():
                    for channel in self._by_tenant.get(tenant_id, ()):
                        channel.due.set()
        self._listening = False
        if self.channels:  # somebody came while the connection was being given up
            self._listening = True
            self._start(self._listen())

    async def _keep_time(self) -> None:
        loop, limits = asyncio.get_running_loop(), self.limits
        while True:
            await asyncio.sleep(TICK_S)
            now_s = loop.time()
            for viewer in self.seats.viewers:
                viewer.tick(now_s, limits.heartbeat_s, limits.send_s_max)

    async def _reauthorise(self) -> None:
        """Close the connections whose key was revoked or whose session ended, or which may not watch any more.

        A store that is away tells nothing: what was believed is believed on.
        """
        while True:
            await asyncio.sleep(TICK_S)
            viewers: dict[bytes, list[Viewer]] = {}
            for viewer in self.seats.viewers:
                viewers.setdefault(viewer.credential, []).append(viewer)
            viewers.pop(b"", None)
            # At once, so that none waits for the look-ups of all others.
            await asyncio.gather(*[self._check_again(credential, some) for credential, some in viewers.items()])

    async def _check_again(self, credential: bytes, viewers: Sequence[Viewer]) -> None:
        with suppress(*db.UNREACHABLE, db.PostgresError, StoreUnavailable):
            caller = await self._credentials.caller(credential)
            for viewer in viewers:
                viewer.caller = caller or viewer.caller
                if not still_may(viewer, caller, self._allowance):
                    viewer.close(Close.NOT_AUTHORISED)

    def _share_memory(self) -> None:
        share = min(VERSIONS_BYTES_MAX, VERSIONS_BYTES_TOTAL_MAX // max(1, len(self.channels)))
        for channel in self.channels.values():
            channel.versions_bytes_max = share

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
