"""What can be taken from a board's page: files of the whole board, a public address, and what puts it into a page."""

import html
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode

import msgspec

from coliseum.accounts.callers import Caller
from coliseum.accounts.permissions import Permission
from coliseum.boards.declaration import Declaration, Narrowing
from coliseum.boards.declared import DeclaredBoard
from coliseum.metrics.windows import CUSTOM, WINDOWS
from coliseum.web.api.exports import MEDIA_TYPES
from coliseum.web.ui.boards.asking import Asked
from coliseum.web.ui.boards.view import Shown

NOT_EXPORTED: Final = ("limit", "cursor", "place", "around", "movement", "ids")
WIDGET: Final = "/embed/coliseum-widgets.js"
ROWS: Final = 10


class Public(msgspec.Struct, frozen=True):
    """A board that anybody may read: its address, and what puts it into a page of another site."""

    address: str
    embed: str


def exports_of(asked: Asked, caller: Caller, path: str) -> list[tuple[str, str]]:
    """The files of a board, by their kind; none where the viewer may not take one, or there is no whole board."""
    if asked.mode != "now" or not caller.may(Permission.EXPORTS_READ):
        return []
    given = {name: value for name, value in asked.wanted().items() if name not in NOT_EXPORTED}
    return [(kind.upper(), f"{path}?{urlencode({**given, 'format': kind})}") for kind in MEDIA_TYPES]


def public_of(board: DeclaredBoard | None, slug: str, origin: str) -> Public | None:
    """Where anybody reads this board; None when it is private."""
    if board is None or board.declaration.visibility != "public":
        return None
    name = board.declaration.name
    attributes = f'tenant="{html.escape(slug)}" board="{html.escape(name)}" limit="{ROWS}"'
    script = f'<script src="{origin}{WIDGET}" defer></script>'
    embed = f"{script}\n<coliseum-leaderboard {attributes}></coliseum-leaderboard>"
    return Public(f"{origin}/api/public/{slug}/boards/{name}", embed)


def declaration_of(asked: Asked, caller: Caller, shown: Shown, board: DeclaredBoard | None) -> str:
    """The declaration that this page's board would have, as JSON; empty where none can be made of it here."""
    if asked.mode != "now" or not caller.may(Permission.BOARDS_MANAGE) or not caller_sees(caller, shown):
        return ""
    if board is not None and not board.built_in:
        return msgspec.json.encode(board.declaration).decode()
    if shown.window == CUSTOM or shown.alone:
        return ""
    windows = (shown.window, *(each for each in WINDOWS if each != shown.window))
    return msgspec.json.encode(
        Declaration(
            metric=shown.metric, entity=shown.kind, currency=shown.currency or None, windows=windows,
            filters=msgspec.convert(shown.filters, Narrowing),
        )
    ).decode()  # fmt: skip


def private_of(board: DeclaredBoard | None) -> str:
    """The declaration of a board with nobody but the tenant to read it, as JSON."""
    if board is None:
        return ""
    return msgspec.json.encode(msgspec.structs.replace(board.declaration, visibility="private")).decode()


def caller_sees(caller: Caller, shown: Shown) -> bool:
    """Whether somebody may see the kind of entity of this board at all."""
    return shown.kind != "fan" or caller.may(Permission.FANS_READ)


def without(query: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """A query without these."""
    return {name: value for name, value in query.items() if name not in names}
