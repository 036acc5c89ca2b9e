"""A channel: what all who watch the same page share. It reads the page, keeps its versions, and says what is new."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Protocol

import msgspec

from coliseum.errors import ColiseumError, EventRefused, NumberTooLarge, QueryInvalid, StoreUnavailable
from coliseum.telemetry import Log, described
from coliseum.web.live.versions import Version, behind, difference, version_of
from coliseum.web.live.wishes import Source

READ_GAP_S = 0.05
"""From the end of one reading of a page to the next, at least."""
READ_REST_FACTOR = 3
"""A reading is followed by so many times its own length of rest, so that slow ones take no more than a quarter."""
TELL_REST_FACTOR = 2
"""The same of telling those who watch: sending goes on behind it, and the process has other things to do."""
REST_S_MAX = 1.0
TURN_LISTENERS = 50
"""After so many have been told, other requests of this process have a turn."""
POLL_S = 1.0
"""A page is read so often even when nobody says that it has moved: messages that say so can be lost."""
POSITION_EVERY_S = 1.0
"""A page in which nothing has changed but its position is told so often."""
LINGER_S = 30.0
"""Versions are kept so long after the last viewer has gone, so that one who comes back resumes."""
VERSION_S_MAX = 30.0
"""A page that another has followed is kept so long. Pages can name people: nobody's name outlives them for longer."""
VERSIONS_MAX = 600
VERSIONS_BYTES_MAX = 4 * 1024 * 1024
BEHIND_S_MAX = 5.0
"""A page that counts less than the one before is not shown, unless that is still so after this time."""

HOPELESS = (QueryInvalid, EventRefused, NumberTooLarge)
"""What says that the question itself has no answer."""


class Listener(Protocol):
    """A subscription, as its channel sees it."""

    def news(self) -> None:
        """There may be something to send."""

    def lost(self, error: ColiseumError) -> None:
        """The subscription is over."""

    def stale(self, error: ColiseumError) -> None:
        """Nothing new can be read for now."""


class Channel:
    """One page, for all who watch it. Lives in one event loop; ``run`` is its only task."""

    def __init__(self, source: Source, clock: Callable[[], datetime], linger_s: float = LINGER_S) -> None:
        self.listeners: set[Listener] = set()
        self.latest: Version | None = None
        self.of_fans = source.of_fans
        """Whether the latest page is one of single people: it is told only to who may see them."""
        self.due = asyncio.Event()
        """Set when the page may have moved."""
        self.versions_bytes_max = VERSIONS_BYTES_MAX
        self._source = source
        self._clock = clock
        self._linger_s = linger_s
        self._versions: deque[Version] = deque()
        self._taken_s: deque[float] = deque()
        self._bytes = 0
        self._body = b""
        self._meaning: object = None
        self._tails: dict[int, str] = {}
        self._begun = 0
        self.done = 0
        """The number of the last reading that succeeded."""
        self._told_at = 0.0
        self._behind_since: float | None = None
        self._trouble: ColiseumError | None = None

    def join(self, listener: Listener) -> int:
        """Be told what is new. Returns the number of the first reading that begins after this call."""
        self.listeners.add(listener)
        self.due.set()
        if self._trouble is not None:
            asyncio.get_running_loop().call_soon(listener.stale, self._trouble)
        return self._begun + 1

    def leave(self, listener: Listener) -> None:
        """Be told nothing more."""
        self.listeners.discard(listener)
        self.due.set()

    def find(self, position: Sequence[int], state: str) -> Version | None:
        """The version that is known by these, if it is kept."""
        wanted = tuple(position)
        for version in reversed(self._versions):
            if version.state == state and version.position == wanted:
                return version
        return None

    def tail(self, seen: int | None) -> str:
        """The rest of the message that brings who has seen that version to the latest one; the same for all of them.

        Without a version, or with one that is not kept any more, it is a snapshot.
        """
        key = seen if seen is not None and self._versions and seen >= self._versions[0].number else 0
        tail = self._tails.get(key)
        if tail is None:
            tail = self._tails[key] = self._made(key)
        return tail

    async def run(self) -> None:
        """Read whenever it is due, until nobody has listened for a while."""
        loop = asyncio.get_running_loop()
        while await self._listened_to():
            self.due.clear()
            began_s = loop.time()
            answered = await self._read()
            read_s = loop.time() - began_s
            if answered:
                await self._tell()
            told_s = loop.time() - began_s - read_s
            rest_s = max(READ_REST_FACTOR * read_s, TELL_REST_FACTOR * told_s) if answered else REST_S_MAX
            await asyncio.sleep(max(READ_GAP_S, min(REST_S_MAX, rest_s)))
            with suppress(TimeoutError):
                async with asyncio.timeout(self._patience_s()):
                    await self.due.wait()

    async def _listened_to(self) -> bool:
        """Wait for a listener, for as long as versions are kept without one."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self._linger_s):
                while not self.listeners:
                    self.due.clear()
                    await self.due.wait()
        return bool(self.listeners)

    def _patience_s(self) -> float:
        until = self._source.until
        if until is None:
            return POLL_S
        return max(0.0, min(POLL_S, (until - self._clock()).total_seconds()))

    async def _read(self) -> bool:
        """Read once; False when that was not possible."""
        self._begun += 1
        reading = self._begun
        try:
            body = await self._source.read()
        except HOPELESS as error:
            for listener in list(self.listeners):
                listener.lost(error)
            return True
        except Exception as error:  # noqa: BLE001 - a store is away: what was sent stays true, and it is tried again
            self._failed(error)
            return False
        self.done = reading
        self._trouble = None
        if body != self._body:  # names that were read again make the same page anew
            self._take(body)
        self._let_go()
        return True

    async def _tell(self) -> None:
        """Let all who watch have what is new."""
        for place, listener in enumerate(list(self.listeners), 1):
            if listener in self.listeners:
                listener.news()
            if place % TURN_LISTENERS == 0:
                await asyncio.sleep(0)

    def _failed(self, error: Exception) -> None:
        if self._trouble is None:
            Log().warning("live_failed", error=described(error))
            away = StoreUnavailable("This cannot be read for now.")
            self._trouble = error if isinstance(error, ColiseumError) else away
            for listener in self.listeners:
                listener.stale(self._trouble)

    def _take(self, body: bytes) -> None:
        """Keep a page that was read, if it is to be shown."""
        now_s = asyncio.get_running_loop().time()
        latest = self.latest
        version = version_of(body, self._source.shape, latest)
        if self._source.meaning != self._meaning:
            self._moved_on()
        elif latest is not None:
            if behind(version.position, latest.position):
                self._behind_since = self._behind_since or now_s
                if now_s - self._behind_since < BEHIND_S_MAX:
                    return
            elif now_s - self._told_at < POSITION_EVERY_S:
                changed = difference(latest, version)
                if changed is not None and changed.only_position:
                    return
        self._behind_since = None
        self._body, self.latest, self._told_at = body, version, now_s
        self.of_fans = self._source.of_fans
        self._tails.clear()
        self._versions.append(version)
        self._taken_s.append(now_s)
        self._bytes += version.cost_bytes

    def _let_go(self) -> None:
        """Forget versions that are too old or too many; the latest stays."""
        before_s = asyncio.get_running_loop().time() - VERSION_S_MAX
        while len(self._versions) > 1 and (
            self._bytes > self.versions_bytes_max or len(self._versions) > VERSIONS_MAX or self._taken_s[1] < before_s
        ):
            self._bytes -= self._versions.popleft().cost_bytes
            self._taken_s.popleft()

    def _moved_on(self) -> None:
        """Another window has begun, or another board is meant: what was seen before is no beginning for it."""
        self._meaning = self._source.meaning
        self._versions.clear()
        self._taken_s.clear()
        self._tails.clear()
        self._bytes = 0

    def _made(self, key: int) -> str:
        """The rest of a message: the difference to that version, or with 0 the whole page."""
        latest = self.latest
        assert latest is not None  # noqa: S101 - who asks has been told that there is a page
        position = ".".join(map(str, latest.position))
        place = f'"position":[{position.replace(".", ",")}],"state":"{latest.state}"'
        old = self._versions[key - self._versions[0].number] if key else None
        change = difference(old, latest) if old is not None else None
        if old is None or change is None:
            return f'"type":"snapshot","resumed":false,{place},"page":{self._body.decode()}}}'
        since = ",".join(map(str, old.position))
        fields = msgspec.json.encode(change).decode()[1:]
        return f'"type":"diff","from":[{since}],{place},{fields}'
