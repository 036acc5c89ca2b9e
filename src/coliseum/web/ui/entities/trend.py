"""The large chart of a page: one metric over the chosen period, against the one before."""

from markupsafe import Markup

from coliseum.web.ui.entities import drawings
from coliseum.web.ui.entities.figures import DAYS, by_day, by_week, reaches
from coliseum.web.ui.entities.look import Look


async def trend(look: Look, kind: str, entity_id: str, metric: str, period: str) -> Markup:
    """By day, with the period before behind it as far as the plan reaches; for all time the last year by week."""
    if period == "all":
        return await look.figure(drawings.over_time(look, await by_week(look, kind, entity_id, metric), None))
    now = await by_day(look, kind, entity_id, metric, DAYS[period])
    before = None
    if reaches(look, now.previous.since):
        before = await by_day(look, kind, entity_id, metric, DAYS[period], now.since)
    return await look.figure(drawings.over_time(look, now, before))
