"""Where the pages of each kind of wish come from."""

import asyncio
from collections.abc import Callable
from datetime import datetime

from coliseum import db
from coliseum.queries.declared import Declarations
from coliseum.queries.shared import SharedReads
from coliseum.web.live.boards import BoardSource
from coliseum.web.live.public_boards import PublicBoards, PublicSource
from coliseum.web.live.trends import TrendSource
from coliseum.web.live.wishes import SeriesSource, Source, Wish

DATABASE_READS_MAX = 4
"""So many pages are read from PostgreSQL at a time, so that those who ask the API find connections, too."""


class Sources:
    """The sources of one process, which share how many of them may read from PostgreSQL at a time."""

    def __init__(
        self,
        database: db.Database,
        reads: SharedReads,
        declarations: Declarations,
        clock: Callable[[], datetime],
        public: PublicBoards,
    ) -> None:
        self._database = database
        self._reads = reads
        self._declarations = declarations
        self._clock = clock
        self._public = public
        self._gate = asyncio.Semaphore(DATABASE_READS_MAX)

    def of(self, wish: Wish) -> Source:
        """A new source of what is wished."""
        match wish.kind:
            case "board":
                return BoardSource(wish, self._reads, self._declarations, self._clock, self._gate)
            case "metrics":
                return SeriesSource(wish, self._database, self._clock, self._gate)
            case "trending" | "breaking":
                return TrendSource(wish, self._database, self._declarations, self._clock, self._gate)
            case "public":
                return PublicSource(wish, self._public)
