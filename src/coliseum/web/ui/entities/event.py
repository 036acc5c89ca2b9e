"""The page of an event."""

from datetime import timedelta
from typing import Any, Final

from litestar import Request, Response, get
from litestar.datastructures import State

from coliseum.accounts.permissions import Permission
from coliseum.queries.ask import subject_of
from coliseum.queries.insights.arrivals import HOURS_AROUND, Arrivals, arrivals
from coliseum.queries.insights.funnel import Funnel, funnel
from coliseum.queries.insights.lift import DAYS, Lifts, lift
from coliseum.queries.insights.repeats import RepeatFans, repeat_fans
from coliseum.queries.insights.tiers import Tiers, tiers
from coliseum.web.access import needs
from coliseum.web.ui.entities import drawings, words
from coliseum.web.ui.entities.figures import board_of, periods, standings, told
from coliseum.web.ui.entities.look import Look
from coliseum.web.ui.entities.trend import trend
from coliseum.web.ui.shell import page
from coliseum.web.ui.text import Name

KEY: Final = ("views", "interests", "tickets", "attendance", "money_spent", "votes", "voters", "follows")
RANKED: Final = ("attendance", "tickets", "views", "votes")
LIFTED: Final = ("plays", "follows", "views", "favorites", "shares")
STRETCHES: Final = ("5", "15", "60")
BILL_ROWS: Final = 8
MINUTE: Final = timedelta(minutes=1)
EDGE: Final = timedelta(hours=HOURS_AROUND)


@get("/t/{slug:str}/events/{entity_id:path}", opt=needs(Permission.NUMBERS_READ))
async def get_event(request: Request[Any, Any, State]) -> Response[Any]:
    """One event: numbers, the funnel, arrivals, tiers, who came again, what it did for its artists."""
    look = Look(request)
    about = await look.about("event")
    offered = periods(look)
    period, metric = look.query("period", offered, "all"), look.query("metric", KEY, "attendance")
    lifted, minutes = look.query("lift", LIFTED, "plays"), look.query("minutes", STRETCHES, "5")
    steps = await _funnel(look, about.id)
    curve = await _arrivals(look, about.id, int(minutes))
    sold = await _tiers(look, about.id)
    repeats = await _repeats(look, about.id)
    return page(
        request, "entities/event.html", title=Name(about.name), about=about, kind="event",
        figures=await told(look, "event", about.id, KEY, period), period=period, offered=offered,
        standings=await standings(look, "event", about.id, RANKED), metric=metric, metrics=KEY,
        chart=await trend(look, "event", about.id, metric, period), steps=steps,
        step_chart=await look.figure(drawings.stepping(look, steps)), curve=curve, minutes=minutes,
        stretches=STRETCHES, arriving=await look.figure(drawings.arriving(look, curve)),
        arrived=await look.figure(drawings.arrived(look, curve)), sold=sold,
        tier_chart=await look.figure(drawings.tiered(look, sold)), repeats=repeats.scopes,
        repeat_chart=await look.figure(drawings.returning(look, repeats.scopes[0], event=about.id)),
        lifts=await _lifts(look, about.id, lifted), lifted=lifted, lift_metrics=LIFTED, lift_days=DAYS,
        votes=await board_of(look, metric="votes", entity="artist", event=about.id, limit=str(BILL_ROWS)),
        titles=words.METRICS, counted=words.COUNTED, period_titles=words.PERIODS, support=words.SUPPORT,
        step_titles=words.STEPS, scope_titles=words.SCOPES, minute=MINUTE, edge=EDGE,
    )  # fmt: skip


async def _funnel(look: Look, event: str) -> Funnel:
    return await look.together(
        ("funnel", look.tenant, event), lambda: funnel(look.services.database, look.tenant, event), Funnel
    )


async def _arrivals(look: Look, event: str, minutes: int) -> Arrivals:
    return await look.together(
        ("arrivals", look.tenant, event, minutes),
        lambda: arrivals(look.services.database, look.tenant, event, minutes), Arrivals,
    )  # fmt: skip


async def _tiers(look: Look, event: str) -> Tiers:
    return await look.together(
        ("tiers", look.tenant, event), lambda: tiers(look.services.database, look.tenant, event, look.now), Tiers
    )


async def _repeats(look: Look, event: str) -> RepeatFans:
    return await look.together(
        ("repeats", look.tenant, event, None),
        lambda: repeat_fans(look.services.database, look.tenant, event=event, artist=None), RepeatFans,
    )  # fmt: skip


async def _lifts(look: Look, event: str, metric: str) -> Lifts:
    subject = subject_of(look.tenant, metric, "artist", None)
    return await look.together(
        ("lift", look.tenant, subject, event, None, DAYS),
        lambda: lift(
            look.services.database, look.tenant, subject, event=event, artist=None, days=DAYS, now=look.now,
            history_begins=look.services.allowance.history_begins(look.tenant),
        ),
        Lifts,
    )  # fmt: skip


HANDLERS = (get_event,)
