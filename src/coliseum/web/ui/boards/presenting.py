"""What the templates of a board's page are given: what is shown, what can be chosen, where it leads."""

from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

import msgspec
from litestar import Request
from litestar.datastructures import State

from coliseum.accounts.callers import Caller
from coliseum.boards.declared import DeclaredBoard
from coliseum.boards.seasons import has_seasons
from coliseum.queries.question import Question
from coliseum.web.services import Services
from coliseum.web.ui.boards import words
from coliseum.web.ui.boards.asking import Asked
from coliseum.web.ui.boards.controls import controls_of
from coliseum.web.ui.boards.rows import Line, moves_in
from coliseum.web.ui.boards.sharing import declaration_of, exports_of, private_of, public_of, without
from coliseum.web.ui.boards.timeline import Timeline, timeline_of
from coliseum.web.ui.boards.view import Shown
from coliseum.web.ui.shell import PAGES, Shell

BLANK: Final = Line(
    rank=0, id="-", name="", picture=None, score=0, share=0, why="#", decayed=0.0, ratio=0.0, baseline=0.0
)  # fmt: skip
"""The row that the page's script copies."""
SECOND: Final = timedelta(seconds=1)
STARTED_OVER: Final = ("cursor", "place", "around")
NARROWING: Final = ("board", "window", "city", "genre", "event", "at", "from", "to", "as_of", "members")


class Problem(msgspec.Struct, frozen=True):
    """What is wrong with what was asked; ``plan``: a larger plan has it; ``missing``: it is right, but not there."""

    message: str
    field: str | None
    plan: bool = False
    missing: bool = False

    @property
    def status(self) -> int:
        """The status of a page that says it."""
        return 402 if self.plan else 200 if self.missing else 400


class Looked(msgspec.Struct, frozen=True):
    """What a look at an address has found. ``boards``: those that the viewer may see, by name."""

    asked: Asked
    boards: dict[str, DeclaredBoard]
    board: DeclaredBoard | None = None
    shown: Shown | None = None
    question: Question | None = None
    problem: Problem | None = None


def values_of(
    request: Request[Any, Any, State],
    services: Services,
    caller: Caller,
    looked: Looked,
    first: datetime | None,
    address: str,
) -> dict[str, Any]:
    """What the templates need; ``first``: when the tenant's first entry was received."""
    shell, now, tenant = Shell(request), services.clock(), caller.tenant
    asked, board = looked.asked, looked.board
    origin = services.settings.public_url.rstrip("/") or str(request.base_url).rstrip("/")
    controls = controls_of(
        asked, caller, services.allowance.plan_of(tenant), now, None if board is None else board.declaration
    )
    values: dict[str, Any] = {
        "words": words,
        "controls": controls,
        "board": board,
        "saved": [each.declaration for each in looked.boards.values() if not each.built_in],
        "named": lambda name: shell.url(f"boards/{name}"),
        "problem": looked.problem,
        "shown": looked.shown,
        "begun": first is not None,
        "now": now,
        "second": SECOND,
        "midnight": now.astimezone(tenant.zone).replace(hour=0, minute=0),
        "address": origin + address,
        "size": next(int(each.value) for each in controls.sizes if each.chosen),
        **_ways(shell, looked),
    }
    if looked.shown is None:
        return values
    begins = services.allowance.history_begins(tenant)
    timeline = None
    if looked.shown.mode == "now":
        timeline = timeline_of(first, begins, now, looked.shown.as_of, tenant.zone)
    return values | _shown(services, caller, shell, looked, looked.shown, timeline, origin)


def _ways(shell: Shell, looked: Looked) -> dict[str, Any]:
    """Where a page leads that says the same of another board, or another of the same."""
    asked, board = looked.asked, looked.board
    here = shell.url("boards" if board is None else f"boards/{board.declaration.name}")
    asks = without(asked.query, "board")
    more = None if looked.shown is None else looked.shown.next_cursor
    return {
        "action": here,
        "top": _address(here, without(asks, *STARTED_OVER)),
        "following": _address(here, {**without(asks, *STARTED_OVER), "cursor": more}) if more else "",
        "all_time": shell.url("boards", **without(asked.given, *NARROWING, *STARTED_OVER)),
        "now_board": {name: asked.given[name] for name in ("metric", "entity", "window") if name in asked.given},
        "present": _address(here, without(asks, "as_of", "cursor")),
        "around": lambda entity: _address(here, {**asks, "around": entity}),
    }


def _shown(
    services: Services,
    caller: Caller,
    shell: Shell,
    looked: Looked,
    shown: Shown,
    timeline: Timeline | None,
    origin: str,
) -> dict[str, Any]:
    """What belongs to a board that is shown."""
    asked, board = looked.asked, looked.board
    plan = services.allowance.plan_of(caller.tenant)
    return {
        "charted": _charted(shown, looked.question),
        "entity": shown.kind in PAGES,
        "blank": BLANK,
        "timeline": timeline,
        "exports": exports_of(asked, caller, shell.url("boards/export")) if plan.exports else [],
        "public": public_of(board, caller.tenant.slug, origin),
        "private": private_of(board),
        "declare": declaration_of(asked, caller, shown, board),
        "history": _history(shell, looked.question),
        "settings": _settings(shell, shown, asked, live=plan.live, moves=_moves(shown, board)),
    }


def _moves(shown: Shown, board: DeclaredBoard | None) -> bool:
    """Whether it is known how members have moved since the window before."""
    return moves_in(shown.window) and (board is None or not board.declaration.selective)


def _settings(shell: Shell, shown: Shown, asked: Asked, *, live: bool, moves: bool) -> dict[str, Any]:
    """What the page's script has to know; all of it stands on the page in words, too."""
    again = without(asked.wanted(), "as_of", *STARTED_OVER) if shown.mode == "now" else {}
    if "around" in asked.given:
        again |= {"around": shown.around or asked.given["around"]}
    return {
        "kind": shown.kind,
        "mode": shown.mode,
        "money": shown.currency,
        "decimals": shown.decimals,
        "zone": "UTC" if shell.tenant is None else shell.tenant.time_zone,
        "explain": shell.url("explain"),
        "about": {
            "metric": shown.metric, "entity": shown.kind, **shown.filters,
            **({"currency": shown.currency} if shown.currency else {}),
        },
        "entities": shell.url(PAGES[shown.kind]) if shown.kind in PAGES else None,
        "leader": shown.leader,
        "around": shown.around,
        "position": shown.position,
        "watch": shown.watch if live else None,
        "again": again,
        "here": shell.path,
        "asof": shown.as_of is not None,
        "moves": moves,
    }  # fmt: skip


def _charted(shown: Shown, question: Question | None) -> dict[str, bool]:
    """Which columns a board has: those of a chart only where windows follow one another."""
    if question is None or not question.movement or not moves_in(shown.window):
        return {"move": False, "previous": False, "run": False}
    return {"move": True, "previous": True, "run": has_seasons(question.tenant, question.board)}


def _history(shell: Shell, question: Question | None) -> str | None:
    """Where the closed windows of a board are, when it becomes seasons."""
    if question is None or not has_seasons(question.tenant, question.board):
        return None
    board = question.board
    return shell.url("boards/history", metric=board.metric, entity=board.kind.label, window=board.window)


def _address(path: str, query: dict[str, Any]) -> str:
    return f"{path}?{urlencode(query)}" if query else path
