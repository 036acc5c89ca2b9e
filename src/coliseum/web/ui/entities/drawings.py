"""Charts of entity pages, from what queries answer."""

from datetime import datetime, timedelta
from typing import Any

from coliseum.charts import Axis, Chart, Series
from coliseum.metrics.registry import Metric, metric_named
from coliseum.metrics.windows import Grain, bucket_end
from coliseum.queries import series
from coliseum.queries.insights.arrivals import Arrivals
from coliseum.queries.insights.funnel import Funnel
from coliseum.queries.insights.lift import Lift
from coliseum.queries.insights.repeats import MOST, Repeats
from coliseum.queries.insights.tiers import Tiers
from coliseum.web.ui.entities.look import Look
from coliseum.web.ui.entities.words import STEPS
from coliseum.web.ui.numbers import decimals_of
from coliseum.web.ui.text import _


def over_time(look: Look, found: series.Series, before: series.Series | None) -> Chart:
    """A metric bucket by bucket, and as far as it is asked for the period before behind it."""
    points = tuple(point.start for point in found.points)
    told = tuple(point.value for point in found.points)
    lines = [Series(look.metric(found.metric), told, leads=_buckets(look, found))]
    if before is not None and any(point.value for point in before.points):
        values = tuple(point.value for point in before.points)[-len(points) :]
        missing: tuple[int | None, ...] = (None,) * (len(points) - len(values))
        lines.append(Series(look.say(_("The period before")), (*missing, *values), faint=True))
    unit = (found.currency or "").upper()
    decimals = decimals_of(metric_named(found.metric), found.currency or "")
    return Chart(
        kind="area" if len(lines) == 1 else "line",
        title=look.metric(found.metric),
        x=Axis(look.say(_("Week")) if found.grain == "week" else look.say(_("Day")), "time"),
        y=Axis(look.metric(found.metric), decimals=decimals, unit=unit),
        points=points,
        series=tuple(lines),
    )


def arriving(look: Look, found: Arrivals) -> Chart:
    """Who came in which minutes."""
    length = timedelta(minutes=found.minutes)
    return Chart(
        kind="bar",
        title=look.say(_("Arrivals")),
        x=Axis(look.say(_("From")), "time"),
        y=Axis(look.say(_("Fans"))),
        points=tuple(each.start for each in found.stretches),
        series=(
            Series(
                look.say(_("Fans arriving")),
                tuple(each.arrivals for each in found.stretches),
                leads=tuple(
                    _people(look, event=found.event, **{"from": each.start, "to": each.start + length})
                    for each in found.stretches
                ),
            ),
        ),
    )


def arrived(look: Look, found: Arrivals) -> Chart:
    """How many had come by then."""
    length = timedelta(minutes=found.minutes)
    return Chart(
        kind="area",
        title=look.say(_("Arrived by then")),
        x=Axis(look.say(_("Until")), "time"),
        y=Axis(look.say(_("Fans"))),
        points=tuple(each.start + length for each in found.stretches),
        series=(
            Series(
                look.say(_("Fans inside so far")),
                tuple(each.cumulative for each in found.stretches),
                leads=tuple(_people(look, event=found.event, to=each.start + length) for each in found.stretches),
            ),
        ),
    )


def stepping(look: Look, found: Funnel) -> Chart:
    """How far fans went."""
    return Chart(
        kind="funnel",
        title=look.say(_("From a look to a follow")),
        x=Axis(look.say(_("Step")), "text"),
        y=Axis(look.say(_("Fans"))),
        points=tuple(look.say(STEPS[step.step]) for step in found.steps),
        series=(
            Series(
                look.say(_("Fans who came this far")),
                tuple(step.reached for step in found.steps),
                leads=tuple(_people(look, event=found.event, of="reached", step=step.step) for step in found.steps),
            ),
        ),
    )


def tiered(look: Look, found: Tiers) -> Chart:
    """Sold against scanned."""

    def entries(step: str) -> tuple[str, ...]:
        return tuple(look.shell.url("entries", event=found.event, step=step, tier=tier.tier) for tier in found.tiers)

    return Chart(
        kind="grouped",
        title=look.say(_("Tickets by tier")),
        x=Axis(look.say(_("Tier")), "text"),
        y=Axis(look.say(_("Tickets"))),
        points=tuple(tier.tier or look.say(_("no tier named")) for tier in found.tiers),
        series=(
            Series(look.say(_("Sold")), tuple(tier.sold for tier in found.tiers), leads=entries("bought")),
            Series(look.say(_("Scanned")), tuple(tier.visits for tier in found.tiers), leads=entries("attended")),
        ),
    )


def returning(look: Look, found: Repeats, **of: str) -> Chart:
    """For how many it was which show; ``of``: of which event or artist."""
    asked = of if found.scope == "artist" else {**of, "of": "again", "scope": found.scope}
    nth = (_("1st show"), _("2nd show"), _("3rd show"), _("4th show or more"))
    times = (_("1 show"), _("2 shows"), _("3 shows"), _("4 shows or more"))
    return Chart(
        kind="bar",
        title=look.say(_("Fans by number of shows") if found.scope == "artist" else _("Fans by which show it was")),
        x=Axis(look.say(_("Shows")), "text"),
        y=Axis(look.say(_("Fans"))),
        points=tuple(look.say(each) for each in (times if found.scope == "artist" else nth)),
        series=(
            Series(
                look.say(_("Fans")),
                tuple(each.fans for each in found.distribution),
                leads=tuple(
                    _people(look, **asked, least=each.shows, most=None if each.shows == MOST else each.shows)
                    for each in found.distribution
                ),
            ),
        ),
    )


def _buckets(look: Look, found: series.Series) -> tuple[str, ...]:
    """Where the numbers of a sum over time lead; numbers of different people look back further than their bucket."""
    if not isinstance(metric_named(found.metric), Metric) or found.id is None:
        return ()
    currency = {"currency": found.currency} if found.currency else {}
    starts = tuple(point.start for point in found.points)
    return _explained(look, found.metric, found.entity, found.id, starts, Grain[found.grain.upper()], **currency)


def _explained(
    look: Look, metric: str, kind: str, entity_id: str, starts: tuple[datetime, ...], grain: Grain, **more: str
) -> tuple[str, ...]:
    """Where a number of each of these buckets leads."""
    return tuple(
        look.shell.explain(
            metric, entity=kind, id=entity_id,
            **{"from": start.isoformat(), "to": bucket_end(start, grain, look.tenant.zone).isoformat()}, **more,
        )
        for start in starts
    )  # fmt: skip


def _people(look: Look, **asked: Any) -> str:
    """Where the people behind a number are."""
    told = {name: value.isoformat() if isinstance(value, datetime) else value for name, value in asked.items()}
    return look.shell.url("people", **told)


def lifted(look: Look, found: Lift, metric: str) -> Chart:
    """A metric day by day around a show."""
    return Chart(
        kind="bar",
        title=look.say(_("%(metric)s around %(show)s")) % {"metric": look.metric(metric), "show": found.event_name},
        x=Axis(look.say(_("Day")), "time"),
        y=Axis(look.metric(metric)),
        points=tuple(day.start for day in found.by_day),
        series=(
            Series(
                look.metric(metric),
                tuple(day.value for day in found.by_day),
                leads=_explained(
                    look, metric, "artist", found.artist.id, tuple(day.start for day in found.by_day), Grain.DAY
                ),
            ),
        ),
    )
