"""Where the pages of public boards come from, for whoever watches without saying who they are."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from coliseum.accounts.tenants import Tenant
from coliseum.boards.declared import DeclaredBoard
from coliseum.errors import QueryInvalid, Refusal, RequestRefused
from coliseum.queries.asked import LIMIT, whole_number
from coliseum.queries.declared import Declarations
from coliseum.queries.public import ROWS_MAX, PublicPages, question_about
from coliseum.queries.question import Wanted
from coliseum.web.allowance import Allowance
from coliseum.web.live.versions import BOARD
from coliseum.web.live.wishes import Wish

PARAMETERS: Final = ("window", "limit", "movement")


class PublicBoards:
    """The public boards of one process: which there are now, and their pages. Owned by one event loop."""

    def __init__(
        self, declarations: Declarations, pages: PublicPages, allowance: Allowance | None, clock: Callable[[], datetime]
    ) -> None:
        """``allowance``: whose plans push boards, and have what a declaration asks for; without it all do."""
        self.pages = pages
        self.clock = clock
        self._declarations = declarations
        self._allowance = allowance

    async def named(self, slug: str, name: str) -> tuple[Tenant, DeclaredBoard]:
        """The public board of that name, of the tenant of that slug.

        Raises:
            RequestRefused: ``not_found``, or ``plan_limit``.
        """
        found = await self._declarations.public(slug, name)
        if found is None:
            raise RequestRefused(Refusal.NOT_FOUND, "there is no public board of this name here")
        if self._allowance is not None:
            self._allowance.check_declaration(found[0], found[1].declaration)
            self._allowance.check_feature_of(found[0], "live")
        return found


class PublicSource:
    """A public board's page, as long as it is public."""

    shape = BOARD

    def __init__(self, wish: Wish, boards: PublicBoards) -> None:
        self.until: datetime | None = None
        self.meaning: object = None
        self.of_fans = False
        self._slug = wish.tenant.slug
        self._given = dict(wish.parameters)
        self._boards = boards

    async def read(self) -> bytes:
        """See ``Source``."""
        given, boards = self._given, self._boards
        tenant, board = await boards.named(self._slug, given["board"])
        window, limit = given.get("window"), int(given["limit"])
        meant = question_about(tenant, board.declaration, window, boards.clock(), wanted=Wanted(limit))
        self.until = meant.window.end
        self.meaning = self.until, board.revision
        return await boards.pages.body(tenant, board, window, limit, movement=given["movement"] == "true")


def wish_of_public(tenant: Tenant, board: DeclaredBoard, given: Mapping[str, str], now: datetime) -> Wish:
    """What is asked of a public board.

    Raises:
        QueryInvalid: a parameter is unknown or wrong.
    """
    unknown = sorted(given.keys() - set(PARAMETERS))
    if unknown:
        raise QueryInvalid(f"There is no parameter {unknown[0]!r} here.", unknown[0])
    limit = whole_number(given.get("limit", str(LIMIT)), "limit", f"from 1 to {ROWS_MAX}")
    if not 1 <= limit <= ROWS_MAX:
        raise QueryInvalid(f"limit is from 1 to {ROWS_MAX}.", "limit")
    movement = given.get("movement", "false")
    if movement not in ("true", "false"):
        raise QueryInvalid("movement is true or false.", "movement")
    question_about(tenant, board.declaration, given.get("window"), now, wanted=Wanted(limit))
    said = {**given, "board": board.declaration.name, "limit": str(limit), "movement": movement}
    return Wish(tenant, "public", tuple(sorted(said.items())))
