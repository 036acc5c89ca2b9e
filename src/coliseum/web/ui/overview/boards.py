"""Who leads, beside the chart: the first rows of the chosen metric's boards, read as the API reads them."""

import asyncio
from typing import Final

import msgspec

from coliseum.accounts.callers import Caller
from coliseum.errors import Refusal, RequestRefused
from coliseum.metrics.registry import Metric
from coliseum.queries.asked import question_from
from coliseum.queries.leaderboards import BoardPage
from coliseum.queries.stretches import Stretch
from coliseum.web.services import Services
from coliseum.web.ui.overview.views import window_of
from coliseum.web.ui.text import _

ROWS: Final = "5"
BOARDS_MAX: Final = 2
KINDS: Final = {
    "artist": _("Artists"), "event": _("Events"), "track": _("Tracks"), "city": _("Cities"), "venue": _("Venues"),
}  # fmt: skip
"""The kinds that have names for everybody, the first of them first."""


class Beside(msgspec.Struct, frozen=True):
    """A board, or why there is none; ``asked``: what its page is asked for."""

    kind: str
    title: str
    asked: dict[str, str]
    page: BoardPage | None
    refused: str = ""


async def boards_beside(
    services: Services, caller: Caller, stretch: Stretch, metric: Metric, currency: str
) -> list[Beside]:
    """The boards of a metric in this stretch, read at the same time; a plan may not have its window."""
    kinds = [kind for kind in KINDS if kind in metric.boards][:BOARDS_MAX]
    return list(await asyncio.gather(*(_beside(services, caller, stretch, metric, currency, kind) for kind in kinds)))


async def _beside(
    services: Services, caller: Caller, stretch: Stretch, metric: Metric, currency: str, kind: str
) -> Beside:
    asked = {"metric": metric.name, "entity": kind, **window_of(stretch)}
    asked |= {"currency": currency} if currency else {}
    question = question_from(caller.tenant, {**asked, "limit": ROWS}, services.clock())
    try:
        await services.allowance.check_question(caller, question)
    except RequestRefused as error:
        if error.code is not Refusal.PLAN_LIMIT:
            raise
        return Beside(kind, KINDS[kind], asked, None, str(error))
    answer = await services.boards.reads.of(question).answer()
    return Beside(kind, KINDS[kind], asked, msgspec.json.decode(answer.body, type=BoardPage))
