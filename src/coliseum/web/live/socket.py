"""``/api/live`` as a WebSocket: bare ASGI. Framing, fragments and UTF-8 are the web server's work.

Two tasks a connection: one that hears, and one that waits for the first reason to end.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from coliseum import db
from coliseum.accounts.tokens import looks_like_token
from coliseum.errors import ColiseumError, Refusal, RequestRefused, StoreUnavailable
from coliseum.tasks import end
from coliseum.telemetry import Log, described
from coliseum.web.live.admission import origin_allowed
from coliseum.web.live.hub import Hub
from coliseum.web.live.members import Members
from coliseum.web.live.messages import (
    MESSAGE_BYTES_MAX,
    PONG,
    READY,
    Auth,
    Close,
    MessageInvalid,
    Ping,
    Subscribe,
    Unsubscribe,
    decode,
    refused,
)
from coliseum.web.live.viewer import SUBSCRIPTIONS_MAX, Viewer

MESSAGES_PER_S = 20.0
MESSAGES_AT_ONCE_MAX = 128
"""So many messages may come at one moment: a client that has come back subscribes to all it had."""
CLOSE_S_MAX = 2.0
"""So long a client has to take the last words and the close frame."""

Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]


class Ended(Exception):
    """The connection is to be closed, for this reason."""

    def __init__(self, why: Close) -> None:
        super().__init__(why.name)
        self.why = why


class Gone(Exception):
    """The client has gone, or has broken the protocol of WebSockets."""


async def serve_socket(hub: Hub, members: Members, scope: Any, receive: Receive, send: Send) -> None:
    """Serve one connection to its end."""
    await receive()
    await send({"type": "websocket.accept"})
    if not origin_allowed(scope["headers"], scope["scheme"], hub.origins):
        await _close(send, Close.WRONG_ORIGIN)
        return
    try:
        viewer = hub.admit(lambda message: send({"type": "websocket.send", "text": message}))
    except RequestRefused:
        await _close(send, Close.STOPPING if hub.stopping else Close.TOO_MANY_VIEWERS)
        return
    try:
        why = await _Connection(hub, members, viewer, receive, hub.addresses.of(scope)).serve()
        viewer.forget()
        await viewer.drain(0 if why is Close.TOO_SLOW else CLOSE_S_MAX)
        await _close(send, why)
    finally:
        hub.dismiss(viewer)


class _Connection:
    """One open connection."""

    def __init__(self, hub: Hub, members: Members, viewer: Viewer, receive: Receive, address: str) -> None:
        self._hub = hub
        self._members = members
        self._address = address
        self._viewer = viewer
        self._receive = receive
        self._tokens = float(MESSAGES_AT_ONCE_MAX)
        self._filled_s = asyncio.get_running_loop().time()

    async def serve(self) -> Close:
        """Serve until there is a reason to end."""
        hearing, closed = asyncio.create_task(self._hear()), self._viewer.closed
        try:
            await asyncio.wait((hearing, closed), return_when=asyncio.FIRST_COMPLETED)
            if hearing.done() and (error := hearing.exception()) is not None:
                self._viewer.close(_why(error))
            return closed.result()
        finally:
            await end(hearing)

    async def _hear(self) -> None:
        """Do what the client says.

        Raises:
            Ended: it said what it may not.
            Gone: it is not there any more.
        """
        try:
            async with asyncio.timeout(self._hub.limits.auth_s_max):
                await self._greet()
        except TimeoutError:
            raise Ended(Close.NOT_AUTHORISED) from None
        while True:
            said = decode_or_end(await self._message(), self._viewer)
            match said:
                case Subscribe():
                    self._subscribe(said)
                case Unsubscribe(name):
                    self._viewer.unwatch(name)
                case Ping():
                    self._viewer.say(PONG)
                case Auth():
                    self._viewer.say(refused(MessageInvalid("you have said who you are")))
                    raise Ended(Close.BAD_MESSAGE)

    async def _greet(self) -> None:
        """The first message says who it is."""
        said = decode_or_end(await self._message(), self._viewer)
        if not isinstance(said, Auth):
            self._viewer.say(refused(MessageInvalid("the first message is auth")))
            raise Ended(Close.NOT_AUTHORISED)
        try:
            await self._introduce(said)
        except ColiseumError as error:
            self._viewer.say(refused(error))
            away = isinstance(error, StoreUnavailable) or getattr(error, "code", "") == Refusal.OVERLOADED
            raise Ended(Close.TOO_MANY_VIEWERS if away else Close.NOT_AUTHORISED) from error
        except (*db.UNREACHABLE, db.PostgresError) as error:
            self._viewer.say(refused(StoreUnavailable("Keys cannot be checked for now.")))
            raise Ended(Close.TOO_MANY_VIEWERS) from error
        self._viewer.say(READY)

    async def _introduce(self, said: Auth) -> None:
        """By key or ticket; a member by their access token, or saying nothing, by the cookie that came along."""
        token = said.key if said.key is not None and looks_like_token(said.key) else None
        by_cookie = said.key is None and said.ticket is None and self._members.has_cookie
        if (token is not None and said.ticket is None) or by_cookie:
            self._hub.introduce_member(self._viewer, await self._members.caller(token, said.tenant))
        else:
            await self._hub.introduce(self._viewer, key=said.key, ticket=said.ticket, address=self._address)

    def _subscribe(self, said: Subscribe) -> None:
        if len(self._viewer.subscriptions) >= SUBSCRIPTIONS_MAX:
            raise Ended(Close.TOO_MANY)
        claim = (said.position, said.state) if said.position is not None and said.state is not None else None
        try:
            self._hub.watch(self._viewer, said.id, *said.wanted(), claim)
        except ColiseumError as error:
            self._viewer.say(refused(error, said.id))
        except Exception as error:  # noqa: BLE001 - the connection goes on
            Log().error("live_failed", error=described(error))
            self._viewer.say(refused(ColiseumError("Something failed here."), said.id))

    async def _message(self) -> str:
        """The next text message, within its limits."""
        try:
            event = await self._receive()
        except (RuntimeError, OSError) as error:
            raise Gone from error
        if event["type"] != "websocket.receive":
            raise Gone
        text: str | None = event.get("text")
        if text is None:
            too_big = len(event.get("bytes") or b"") > MESSAGE_BYTES_MAX
            raise Ended(Close.TOO_BIG if too_big else Close.BAD_MESSAGE)
        if len(text) > MESSAGE_BYTES_MAX or len(text.encode("utf-8", "replace")) > MESSAGE_BYTES_MAX:
            raise Ended(Close.TOO_BIG)
        self._count()
        return text

    def _count(self) -> None:
        now_s = asyncio.get_running_loop().time()
        self._tokens = min(MESSAGES_AT_ONCE_MAX, self._tokens + (now_s - self._filled_s) * MESSAGES_PER_S) - 1
        self._filled_s = now_s
        if self._tokens < 0:
            raise Ended(Close.TOO_MANY)


def _why(error: BaseException) -> Close:
    """Why a connection is closed after this error."""
    if isinstance(error, Ended):
        return error.why
    if isinstance(error, Gone):
        return Close.BAD_FRAME
    Log().error("live_failed", error=described(error))
    return Close.FAILED


def decode_or_end(text: str, viewer: Viewer) -> Auth | Subscribe | Unsubscribe | Ping:
    """What was said.

    Raises:
        Ended: that was no message.
    """
    try:
        return decode(text)
    except MessageInvalid as error:
        viewer.say(refused(error))
        raise Ended(Close.BAD_MESSAGE) from error


async def _close(send: Send, why: Close) -> None:
    """Close for a reason; a client that does not take it is cut off."""
    with suppress(TimeoutError, RuntimeError, OSError):
        async with asyncio.timeout(CLOSE_S_MAX):
            await send({"type": "websocket.close", "code": int(why), "reason": why.name.lower().replace("_", " ")})
