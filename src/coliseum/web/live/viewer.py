"""A viewer: one connection, what it watches, and what it has yet to be sent."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress

from coliseum.accounts.callers import Caller
from coliseum.accounts.permissions import Permission
from coliseum.errors import ColiseumError, Refusal, RequestRefused
from coliseum.web.live.channel import BEHIND_S_MAX, Channel
from coliseum.web.live.messages import HEARTBEAT, Close, addressed, refused
from coliseum.web.live.versions import behind

Send = Callable[[str], Awaitable[None]]

SUBSCRIPTIONS_MAX = 64
REPLIES_MAX = 256
"""Answers that wait to be sent: a viewer that says much and takes nothing is too slow."""


class Subscription:
    """One thing that a viewer is kept up with. What is owed is what its channel has, from ``_seen`` on."""

    __slots__ = (
        "_begin", "_channel", "_claim", "_first", "_patience_s", "_seen", "_viewer", "name", "shows_fans", "tenant_id",
    )  # fmt: skip

    def __init__(self, viewer: "Viewer", name: str, channel: Channel, claim: tuple[Sequence[int], str] | None) -> None:
        """``claim``: position and state of the page that the viewer has from before."""
        self.name = name
        self.tenant_id = viewer.tenant_id
        self._viewer = viewer
        self._channel = channel
        self._begin = addressed(name)
        self._claim = claim
        self._patience_s = asyncio.get_running_loop().time() + BEHIND_S_MAX
        self._seen: int | None = None
        self.shows_fans = False
        """Whether the viewer has a page of single people from it."""
        self._first = channel.join(self)

    def leave(self) -> None:
        """End it."""
        self._channel.leave(self)

    def news(self) -> None:
        """See ``Listener``."""
        latest = self._channel.latest
        if latest is not None and latest.number != self._seen and self._channel.done >= self._first:
            self._viewer.owe(self)

    def lost(self, error: ColiseumError) -> None:
        """See ``Listener``."""
        self._viewer.lose(self, error)

    def stale(self, error: ColiseumError) -> None:
        """See ``Listener``."""
        self._viewer.say(refused(error, self.name))

    def take(self) -> str | None:
        """The message that brings the viewer up to date; None when it is, or has to wait.

        Raises:
            RequestRefused: the page is one of single people, and the viewer may not see them.
        """
        channel, latest = self._channel, self._channel.latest
        if latest is None or latest.number == self._seen or channel.done < self._first:
            return None
        seen, resumed = self._seen, ""
        if self._claim is not None:
            position, state = self._claim
            known = channel.find(position, state)
            if known is not None:
                seen = known.number
                resumed = '"resumed":true,'
            elif behind(latest.position, position) and asyncio.get_running_loop().time() < self._patience_s:
                return None  # this process knows less than the viewer does: a moment later it knows as much
            self._claim = None
        if channel.of_fans:
            self._viewer.check_fans()
        self.shows_fans = channel.of_fans
        self._seen = latest.number
        tail = channel.tail(seen)
        return f"{self._begin}{resumed}{tail}" if resumed and tail.startswith('"type":"diff"') else self._begin + tail


class Viewer:
    """One connection. One message is on its way at a time; nothing is queued behind it but answers.

    There is no task that sends: whoever has news sends them, if nothing is on its way, and otherwise the end of what
    is on its way does. To wake a task for each message of each viewer would cost as much as the sending.
    """

    def __init__(self, send: Send, now_s: float, *, single: bool = False) -> None:
        """``send``: puts a message on its way; what it returns is done when the next one may follow.

        ``single``: there is one subscription, with which the connection ends, and nothing is sent before ``begin``.
        """
        self.caller: Caller | None = None
        self.public_of = 0
        """Whose public board is watched, by somebody who does not say who they are."""
        self.credential = b""
        """What stands behind this connection: see ``credentials``."""
        self.address: str | None = None
        """From where the key was shown; None when a ticket was."""
        self.subscriptions: dict[str, Subscription] = {}
        self.closed: asyncio.Future[Close] = asyncio.get_running_loop().create_future()
        """Why the connection is to be closed, once it is."""
        self._send = send
        self._single = self._held = single
        self._replies: deque[str] = deque()
        self._owed: dict[Subscription, None] = {}
        self._flight: asyncio.Future[None] | None = None
        self._watched = False
        self._sent_s = now_s
        self._drained: asyncio.Future[None] | None = None

    @property
    def tenant_id(self) -> int:
        """Whose numbers are shown; 0 before the viewer has said who it is."""
        return self.caller.tenant.tenant_id if self.caller is not None else self.public_of

    @property
    def sees_fans(self) -> bool:
        """Whether it is shown numbers of single people."""
        return any(subscription.shows_fans for subscription in self.subscriptions.values())

    def check_fans(self) -> None:
        """Whether it may see numbers of single people.

        Raises:
            RequestRefused: ``key_not_allowed`` or ``not_allowed``.
        """
        assert self.caller is not None  # noqa: S101 - it has said who it is
        self.caller.check(Permission.FANS_READ)

    def begin(self) -> None:
        """From now on messages can be sent."""
        self._held = False
        self._pump()

    def say(self, message: str) -> None:
        """Send this soon."""
        if len(self._replies) >= REPLIES_MAX:
            self.close(Close.TOO_SLOW)
            return
        self._replies.append(message)
        self._pump()

    def owe(self, subscription: Subscription) -> None:
        """There is something new in it."""
        self._owed[subscription] = None
        self._pump()

    def watch(self, name: str, channel: Channel, claim: tuple[Sequence[int], str] | None) -> None:
        """Be kept up with a channel under a name.

        Raises:
            RequestRefused: the name is in use.
        """
        if name in self.subscriptions:
            raise RequestRefused(Refusal.INVALID_QUERY, "a subscription of this name is open", "id")
        self.subscriptions[name] = Subscription(self, name, channel, claim)

    def unwatch(self, name: str) -> None:
        """End a subscription, if there is one of that name."""
        subscription = self.subscriptions.pop(name, None)
        if subscription is not None:
            subscription.leave()
            self._owed.pop(subscription, None)

    def lose(self, subscription: Subscription, error: ColiseumError) -> None:
        """A subscription has ended by itself."""
        self.say(self._end(subscription, error))

    def tick(self, now_s: float, heartbeat_s: float, send_s_max: float) -> None:
        """Keep a quiet connection alive, and give up one that takes nothing."""
        self._pump()
        if self._flight is not None:
            if now_s - self._sent_s > send_s_max:
                self.close(Close.TOO_SLOW)
        elif now_s - self._sent_s >= heartbeat_s:
            self.say(HEARTBEAT)

    def close(self, why: Close) -> None:
        """End the connection; the first reason counts."""
        if not self.closed.done():
            self.closed.set_result(why)

    def forget(self) -> None:
        """Leave all channels: nothing more is told of boards."""
        for name in list(self.subscriptions):
            self.unwatch(name)

    async def drain(self, timeout_s: float) -> None:
        """Let the answers that wait be sent; what is on its way after that time is broken off."""
        self._drained = asyncio.get_running_loop().create_future()
        self._pump()
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                await self._drained
        if self._flight is not None:
            self._flight.cancel()

    def _end(self, subscription: Subscription, error: ColiseumError) -> str:
        """End a subscription; what is to be said of it."""
        self.unwatch(subscription.name)
        if self._single:
            self.close(Close.BAD_MESSAGE)
        return refused(error, subscription.name)

    def _pump(self) -> None:
        """Put the next message on its way, if none is."""
        if self._held:
            return
        flight = self._flight
        if flight is not None:
            if not flight.done():
                self._watch_flight(flight)
                return
            self._flight = None
            if flight.cancelled() or flight.exception() is not None:
                self.close(Close.BAD_FRAME)
                self._tell_drained()
                return
        message = self._next()
        if message is None:
            self._tell_drained()
            return
        self._sent_s = asyncio.get_running_loop().time()
        self._watched = False
        try:
            self._flight = flight = asyncio.ensure_future(self._send(message))
        except (RuntimeError, OSError):  # the connection has just ended
            self.close(Close.BAD_FRAME)
            self._tell_drained()
            return
        if self._replies or self._owed or self._drained is not None:
            self._watch_flight(flight)

    def _watch_flight(self, flight: "asyncio.Future[None]") -> None:
        """Go on when it has landed. Mostly nobody waits for that: then it is left alone."""
        if not self._watched:
            self._watched = True
            flight.add_done_callback(self._landed)

    def _landed(self, _: object) -> None:
        self._pump()

    def _tell_drained(self) -> None:
        if self._drained is not None and not self._drained.done():
            self._drained.set_result(None)

    def _next(self) -> str | None:
        """The next message to send; None when there is nothing to say."""
        if self._replies:
            return self._replies.popleft()
        while self._owed:
            subscription = next(iter(self._owed))
            del self._owed[subscription]
            if subscription.tenant_id != self.tenant_id:  # checked at subscribing, too
                self.close(Close.NOT_AUTHORISED)
                return None
            try:
                message = subscription.take()
            except RequestRefused as error:
                return self._end(subscription, error)
            if message is not None:
                return message
        return None
