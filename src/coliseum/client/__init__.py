"""The Python client: business code says what happened and goes on; a thread of its own delivers it.

What holds, in the order in which it matters:

- ``track`` never raises, never waits for the network and holds its lock for microseconds. Whatever is wrong
  with a call is counted, logged and dropped.
- The queue is bounded by events and by bytes. When it is full the newest event is dropped and counted.
- An event gets its id and its bytes when it is tracked. A retry sends the same bytes, so that the server can
  tell a repetition from a second event: a retry never counts twice.
- An answer decides: accepted, duplicate and refused are counted and done; a network error, 408, 429 and 5xx
  are tried again after a random wait that grows (and not before ``Retry-After``); any other answer is final.
- At exit the queue is flushed for a bounded time. What is still queued then is counted as dropped and logged.
- After ``fork`` the child has an empty queue and a thread of its own; what was queued is the parent's to
  deliver.

What was sent is read back by ``leaderboard`` and ``metrics``, for notebooks and scripts: they wait for the answer, and
raise ``ReadFailed`` when there is none.

It imports the standard library only, so that an application that sends events installs nothing else.
"""

from coliseum.client.board import BoardRow, Leaderboard
from coliseum.client.client import Client
from coliseum.client.default import configure, flush, track
from coliseum.client.delivery import Refused
from coliseum.client.frames import LibraryMissing
from coliseum.client.reading import ReadFailed, ReadRefused, ServerAway
from coliseum.client.series import Metrics, Point
from coliseum.client.stats import Stats

__all__ = [
    "BoardRow", "Client", "Leaderboard", "LibraryMissing", "Metrics", "Point", "ReadFailed", "ReadRefused", "Refused",
    "ServerAway", "Stats", "configure", "flush", "track",
]  # fmt: skip
