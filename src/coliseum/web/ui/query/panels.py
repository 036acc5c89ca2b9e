"""The panels of a dashboard, answered together; one that cannot be answered says why and spoils no other."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import msgspec

from coliseum.accounts.callers import Caller
from coliseum.accounts.tenants import Tenant
from coliseum.dashboards.panels import Panel, asked_of, names_people
from coliseum.errors import QueryInvalid, RequestRefused
from coliseum.queries.breakdown import Breakdown
from coliseum.queries.breakdown_asked import Asked
from coliseum.web.allowance import check_fans
from coliseum.web.api.breakdowns import answer, check_breakdown
from coliseum.web.services import Services
from coliseum.web.ui.query.view import Teller, View
from coliseum.web.ui.text import _

KEPT_FOR: Final = timedelta(seconds=5)
"""So long an answer is shown to everybody who has a public link, so that whoever asks cannot keep the database busy."""
KEPT_MAX: Final = 500
PRIVATE: Final = _("This panel names single people and is not shown publicly.")


class Shown(msgspec.Struct, frozen=True):
    """A panel with its answer, or with why there is none."""

    panel: Panel
    view: View | None
    wrong: str | None


class Kept:
    """The answers that one process has lately given to public links. Owned by one event loop."""

    def __init__(self) -> None:
        self._known: OrderedDict[Asked, tuple[datetime, bytes]] = OrderedDict()

    async def answer(self, services: Services, asked: Asked, now: datetime) -> bytes:
        """The answer, at most ``KEPT_FOR`` old."""
        known = self._known.get(asked)
        if known is not None and known[0] <= now < known[0] + KEPT_FOR:
            return known[1]
        body = await answer(services, asked)
        self._known[asked] = (now, body)
        self._known.move_to_end(asked)
        if len(self._known) > KEPT_MAX:
            self._known.popitem(last=False)
        return body


async def shown_to(
    services: Services, caller: Caller, panels: list[Panel], teller: Callable[[Panel], Teller]
) -> list[Shown]:
    """The panels for a member."""

    async def one(panel: Panel) -> Shown:
        try:
            asked = asked_of(caller.tenant, panel, services.clock())
            check_fans(caller, asked.subject)
            check_breakdown(services.allowance, caller.tenant, asked)
            return await _shown(panel, asked, await answer(services, asked), teller(panel))
        except (QueryInvalid, RequestRefused) as error:
            return Shown(panel, None, str(error))

    return await asyncio.gather(*map(one, panels))


async def shown_publicly(
    services: Services, kept: Kept, tenant: Tenant, panels: list[Panel], teller: Teller, say: Callable[[str], str]
) -> list[Shown]:
    """The panels for anybody: none that names people."""

    async def one(panel: Panel) -> Shown:
        now = services.clock()
        try:
            asked = asked_of(tenant, panel, now)
            if names_people(asked):
                return Shown(panel, None, say(PRIVATE))
            check_breakdown(services.allowance, tenant, asked)
            return await _shown(panel, asked, await kept.answer(services, asked, now), teller)
        except (QueryInvalid, RequestRefused) as error:
            return Shown(panel, None, str(error))

    return await asyncio.gather(*map(one, panels))


async def _shown(panel: Panel, asked: Asked, body: bytes, teller: Teller) -> Shown:
    return Shown(panel, await teller.view(asked, msgspec.json.decode(body, type=Breakdown), panel), None)
