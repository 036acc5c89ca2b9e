"""Versions of a page, and the differences between them.

A page is an object with one list of rows; each row has a key that no other row of the page has. How the difference of
two pages is applied, so that the second comes out exactly:

1. take all keys in ``gone``, and those of all ``rows``, out of the list;
2. insert each of ``rows``, which are pairs of place and row in rising order of places, at its place;
3. set the fields in ``set``.
"""

from bisect import bisect_left
from collections.abc import Sequence
from hashlib import blake2b
from itertools import pairwise

import msgspec

from coliseum.web.live.messages import STATE_LENGTH

VERSION_BYTES = 1_000
ROW_BYTES = 90
"""About what a version takes, and each row of it, when all rows are those of the version before."""


class Shape(msgspec.Struct, frozen=True):
    """Which field of a page holds the rows, and which field of a row is its key."""

    rows: str
    key: str


BOARD = Shape("rows", "id")
SERIES = Shape("points", "start")


class _BoardKey(msgspec.Struct):
    id: str


class _SeriesKey(msgspec.Struct):
    start: str


_PAGE = msgspec.json.Decoder(dict[str, msgspec.Raw])
_ROWS = msgspec.json.Decoder(list[msgspec.Raw])
_POSITION = msgspec.json.Decoder(list[int])
_BOARD_KEYS = msgspec.json.Decoder(list[_BoardKey])
_SERIES_KEYS = msgspec.json.Decoder(list[_SeriesKey])


class Version(msgspec.Struct, frozen=True):
    """A page as it was read at one moment. ``rows``: by key, in order; None when keys repeat.

    ``head``: the other fields; values are JSON. ``state``: the digest by which the page is known again.
    """

    number: int
    position: tuple[int, ...]
    state: str
    head: dict[str, bytes]
    rows: dict[str, bytes] | None
    cost_bytes: int


class Difference(msgspec.Struct, frozen=True):
    """What makes one page of another."""

    set: dict[str, msgspec.Raw]
    gone: list[str]
    rows: list[tuple[int, msgspec.Raw]]

    @property
    def only_position(self) -> bool:
        """Whether nothing has changed but how far the page counts."""
        return not self.gone and not self.rows and self.set.keys() <= {"position"}


def version_of(body: bytes, shape: Shape, before: Version | None) -> Version:
    """What is kept of a page, which is given as JSON. Rows that are those of the version before are shared with it."""
    fields = _PAGE.decode(body)
    rows = fields.pop(shape.rows)
    raw = _ROWS.decode(rows)
    keys = (
        [row.id for row in _BOARD_KEYS.decode(rows)]
        if shape is BOARD
        else [row.start for row in _SERIES_KEYS.decode(rows)]
    )
    known = (before.rows if before is not None else None) or {}
    kept: dict[str, bytes] = {}
    fresh_bytes = 0
    for key, each in zip(keys, raw, strict=True):
        row = bytes(each)
        if known.get(key) == row:
            kept[key] = known[key]
        else:
            kept[key] = row
            fresh_bytes += len(row)
    return Version(
        number=before.number + 1 if before is not None else 1,
        position=tuple(_POSITION.decode(fields["position"])),
        state=blake2b(body, digest_size=STATE_LENGTH // 2).hexdigest(),
        head={name: bytes(value) for name, value in fields.items()},
        rows=kept if len(kept) == len(raw) else None,
        cost_bytes=VERSION_BYTES + ROW_BYTES * len(raw) + fresh_bytes,
    )


def difference(old: Version, new: Version) -> Difference | None:
    """What makes the new page of the old one; None when that cannot be said and the page must be sent whole."""
    if old.rows is None or new.rows is None or old.head.keys() != new.head.keys():
        return None
    places = {key: place for place, key in enumerate(old.rows)}
    same = [key for key, row in new.rows.items() if old.rows.get(key) == row]
    staying = {same[place] for place in _longest_rise([places[key] for key in same])}
    return Difference(
        set={name: msgspec.Raw(value) for name, value in new.head.items() if old.head[name] != value},
        gone=[key for key in old.rows if key not in new.rows],
        rows=[(place, msgspec.Raw(row)) for place, (key, row) in enumerate(new.rows.items()) if key not in staying],
    )


def behind(position: Sequence[int], other: Sequence[int]) -> bool:
    """Whether a position counts less of some partition than another one does."""
    return any(mine < theirs for mine, theirs in zip(position, other, strict=False))


def _longest_rise(numbers: list[int]) -> list[int]:
    """The places of a longest rising subsequence of different numbers: rows that need not move."""
    if all(one < other for one, other in pairwise(numbers)):
        return list(range(len(numbers)))
    ends: list[int] = []  # the least number in which a rise of that length can end
    at: list[int] = []
    before: list[int] = []
    for place, number in enumerate(numbers):
        length = bisect_left(ends, number)
        before.append(at[length - 1] if length else -1)
        ends[length : length + 1] = [number]
        at[length : length + 1] = [place]
    rise = []
    place = at[-1]
    while place >= 0:
        rise.append(place)
        place = before[place]
    return rise[::-1]
