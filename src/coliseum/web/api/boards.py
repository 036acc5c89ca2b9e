"""Boards that are asked for again and again: what a question means is worked out once, by the route of the API.

Working out the route, the parameters and the window costs more than reading a board. So a question that was answered is
remembered by its own bytes, and answered past the router the next time, as long as its key is believed and its window
lasts. Anything else, errors included, takes the way through the router.
"""

from collections import OrderedDict
from datetime import datetime
from hashlib import sha256
from typing import Any

import msgspec

from coliseum.queries import shared
from coliseum.queries.shared import SharedRead, SharedReads
from coliseum.web.problems import Answer

PATH = "/api/leaderboards"
ASKED_MAX = 1_000


class Asked(msgspec.Struct, frozen=True):
    """A question that was answered, and from when until when its bytes mean the same."""

    read: SharedRead
    since: datetime
    until: datetime


class Boards:
    """The questions for boards that one process remembers, and the reads behind them."""

    def __init__(self, reads: SharedReads) -> None:
        self.reads = reads
        self._asked: OrderedDict[tuple[bytes, bytes | None, bytes], Asked] = OrderedDict()

    def remember(self, scope: Any, asked: Asked) -> None:
        """The question of this request means this."""
        self._asked[_bytes_of(scope)] = asked
        if len(self._asked) > ASKED_MAX:
            self._asked.popitem(last=False)

    def asked_before(self, scope: Any) -> SharedRead | None:
        """What a request asks for, if it was asked before; None when that has to be worked out."""
        asked = self._asked.get(_bytes_of(scope))
        if asked is None or not asked.since <= self.reads.clock() < asked.until:
            return None
        return asked.read


def reply_of(answer: shared.Answer, scope: Any) -> Answer:
    """The answer over HTTP: 304 when the caller has it already. ``coliseum-source`` says where it was read."""
    tag = b'"%s"' % answer.tag.encode()
    headers = (
        (b"content-type", b"application/json"),
        (b"etag", tag),
        (b"cache-control", b"private, no-cache"),
        (b"vary", b"authorization, cookie, coliseum-tenant"),
        (b"coliseum-source", answer.source.encode()),
    )
    asked = dict(scope["headers"]).get(b"if-none-match", b"")
    known = [each.strip().removeprefix(b"W/") for each in asked.split(b",")]
    if tag in known or known == [b"*"]:
        return Answer(304, b"", headers[1:])
    return Answer(200, answer.body, headers)


def _bytes_of(scope: Any) -> tuple[bytes, bytes | None, bytes]:
    """All of a request that its meaning depends on; of the key only a digest, so that it is kept nowhere."""
    headers = dict(scope["headers"])
    key = sha256(headers.get(b"authorization", b"")).digest()
    return key, headers.get(b"host"), scope["query_string"]
