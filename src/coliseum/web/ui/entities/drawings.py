"""Charts of entity pages, from what queries answer."""

from datetime import timedelta

from coliseum.charts import Axis, Chart, Series
from coliseum.metrics.registry import metric_named
from coliseum.queries import series
from coliseum.queries.insights.arrivals import Arrivals
from coliseum.queries.insights.funnel import Funnel
from coliseum.queries.insights.lift import Lift
from coliseum.queries.insights.repeats import Repeats
from coliseum.queries.insights.tiers import Tiers
from coliseum.web.ui.entities.look import Look
from coliseum.web.ui.entities.words import STEPS
from coliseum.web.ui.numbers import decimals_of
from coliseum.web.ui.text import _


def over_time(look: Look, found: series.Series, before: series.Series | None) -> Chart:
    """A metric bucket by bucket, and as far as it is asked for the period before behind it."""
    points = tuple(point.start for point in found.points)
    lines = [Series(look.metric(found.metric), tuple(point.value for point in found.points))]
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
    return Chart(
        kind="bar",
        title=look.say(_("Arrivals")),
        x=Axis(look.say(_("From")), "time"),
        y=Axis(look.say(_("Fans"))),
        points=tuple(each.start for each in found.stretches),
        series=(Series(look.say(_("Fans arriving")), tuple(each.arrivals for each in found.stretches)),),
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
        series=(Series(look.say(_("Fans inside so far")), tuple(each.cumulative for each in found.stretches)),),
    )


def stepping(look: Look, found: Funnel) -> Chart:
    """How far fans went."""
    return Chart(
        kind="funnel",
        title=look.say(_("From a look to a follow")),
        x=Axis(look.say(_("Step")), "text"),
        y=Axis(look.say(_("Fans"))),
        points=tuple(look.say(STEPS[step.step]) for step in found.steps),
        series=(Series(look.say(_("Fans who came this far")), tuple(step.reached for step in found.steps)),),
    )


def tiered(look: Look, found: Tiers) -> Chart:
    """Sold against scanned."""
    return Chart(
        kind="grouped",
        title=look.say(_("Tickets by tier")),
        x=Axis(look.say(_("Tier")), "text"),
        y=Axis(look.say(_("Tickets"))),
        points=tuple(tier.tier or look.say(_("no tier named")) for tier in found.tiers),
        series=(
            Series(look.say(_("Sold")), tuple(tier.sold for tier in found.tiers)),
            Series(look.say(_("Scanned")), tuple(tier.visits for tier in found.tiers)),
        ),
    )


def returning(look: Look, found: Repeats) -> Chart:
    """For how many it was which show."""
    nth = (_("1st show"), _("2nd show"), _("3rd show"), _("4th show or more"))
    times = (_("1 show"), _("2 shows"), _("3 shows"), _("4 shows or more"))
    return Chart(
        kind="bar",
        title=look.say(_("Fans by number of shows") if found.scope == "artist" else _("Fans by which show it was")),
        x=Axis(look.say(_("Shows")), "text"),
        y=Axis(look.say(_("Fans"))),
        points=tuple(look.say(each) for each in (times if found.scope == "artist" else nth)),
        series=(Series(look.say(_("Fans")), tuple(each.fans for each in found.distribution)),),
    )


def lifted(look: Look, found: Lift, metric: str) -> Chart:
    """A metric day by day around a show."""
    return Chart(
        kind="bar",
        title=look.say(_("%(metric)s around %(show)s")) % {"metric": look.metric(metric), "show": found.event_name},
        x=Axis(look.say(_("Day")), "time"),
        y=Axis(look.metric(metric)),
        points=tuple(day.start for day in found.by_day),
        series=(Series(look.metric(metric), tuple(day.value for day in found.by_day)),),
    )
