"""The page of an artist."""

from typing import Any, Final

from litestar import Request, Response, get
from litestar.datastructures import State

from coliseum.accounts.permissions import Permission
from coliseum.metrics.registry import BY_NAME
from coliseum.queries.ask import subject_of
from coliseum.queries.insights.about import upcoming
from coliseum.queries.insights.lift import DAYS, Lifts, lift
from coliseum.queries.insights.repeats import RepeatFans, repeat_fans
from coliseum.queries.insights.tops import Top, top
from coliseum.web.access import needs
from coliseum.web.ui.entities import drawings
from coliseum.web.ui.entities.figures import periods, standings, told
from coliseum.web.ui.entities.look import Look
from coliseum.web.ui.entities.trend import trend
from coliseum.web.ui.entities.words import COUNTED, METRICS, PERIODS, SUPPORT
from coliseum.web.ui.shell import page
from coliseum.web.ui.text import Name

KEY: Final = ("listeners", "plays", "follows", "attendance", "votes", "views", "favorites", "money_spent")
RANKED: Final = ("plays", "listeners", "follows", "attendance", "votes")
LIFTED: Final = ("plays", "follows", "views", "favorites", "shares")
ROWS: Final = 8


@get("/t/{slug:str}/artists/{entity_id:path}", opt=needs(Permission.NUMBERS_READ))
async def get_artist(request: Request[Any, Any, State]) -> Response[Any]:
    """One artist: numbers, what shows did, where people come from, what is heard, with whom."""
    look = Look(request)
    about = await look.about("artist")
    offered = periods(look)
    period = look.query("period", offered, "28" if "28" in offered else offered[0])
    metric = look.query("metric", KEY, "plays")
    lifted = look.query("lift", LIFTED, "plays")
    lifts = await _lifts(look, about.id, lifted)
    repeats = await look.together(
        ("repeats", look.tenant, None, about.id),
        lambda: repeat_fans(look.services.database, look.tenant, event=None, artist=about.id), RepeatFans,
    )  # fmt: skip
    shown = next((row for row in lifts.rows if row.percent is not None), lifts.rows[0] if lifts.rows else None)
    return page(
        request, "entities/artist.html", title=Name(about.name), about=about, kind="artist",
        figures=await told(look, "artist", about.id, KEY, period), period=period, offered=offered,
        standings=await standings(look, "artist", about.id, RANKED), metric=metric, metrics=_kept(KEY),
        chart=await trend(look, "artist", about.id, metric, period), lifts=lifts, lifted=lifted, lift_metrics=LIFTED,
        lift_chart=None if shown is None else await look.figure(drawings.lifted(look, shown, lifted)),
        lift_days=DAYS, repeats=repeats.scopes[0],
        repeat_chart=await look.figure(drawings.returning(look, repeats.scopes[0], artist=about.id)),
        cities=await _top(look, about.id, "cities"), tracks=await _top(look, about.id, "tracks"),
        events=await _top(look, about.id, "events"), related=await _top(look, about.id, "artists"),
        coming=await upcoming(look.services.database, look.tenant, about.id, look.now), titles=METRICS,
        counted=COUNTED, period_titles=PERIODS, support=SUPPORT,
    )  # fmt: skip


async def _lifts(look: Look, artist: str, metric: str) -> Lifts:
    subject = subject_of(look.tenant, metric, "artist", None)
    return await look.together(
        ("lift", look.tenant, subject, None, artist, DAYS),
        lambda: lift(
            look.services.database, look.tenant, subject, event=None, artist=artist, days=DAYS, now=look.now,
            history_begins=look.services.allowance.history_begins(look.tenant),
        ),
        Lifts,
    )  # fmt: skip


async def _top(look: Look, artist: str, of: str) -> Top:
    return await look.together(
        ("top", look.tenant, artist, of, ROWS),
        lambda: top(look.services.database, look.tenant, artist, of, ROWS), Top,
    )  # fmt: skip


def _kept(metrics: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for name in metrics if "artist" in BY_NAME[name].boards)


HANDLERS = (get_artist,)
