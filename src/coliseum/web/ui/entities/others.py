"""The pages of tracks, cities and fans."""

from typing import Any, Final

from litestar import Request, Response, get
from litestar.datastructures import State

from coliseum.accounts.permissions import Permission
from coliseum.errors import Refusal, RequestRefused
from coliseum.queries import people
from coliseum.queries.insights.about import shows_in
from coliseum.queries.insights.fan import Did, fan_history
from coliseum.web.access import needs
from coliseum.web.ui.entities import words
from coliseum.web.ui.entities.figures import board_of, periods, standings, told
from coliseum.web.ui.entities.look import Look
from coliseum.web.ui.entities.trend import trend
from coliseum.web.ui.shell import page
from coliseum.web.ui.text import Name

OF_TRACK: Final = ("plays", "listeners", "favorites", "shares", "seconds")
OF_CITY: Final = ("attendance",)
OF_FAN: Final = ("attendance", "tickets", "money_spent", "plays", "votes")
ROWS: Final = "8"
Asked = Request[Any, Any, State]


@get("/t/{slug:str}/tracks/{entity_id:path}", opt=needs(Permission.NUMBERS_READ))
async def get_track(request: Asked) -> Response[Any]:
    """One track: how it is heard, and where it stands."""
    look = Look(request)
    about = await look.about("track")
    return page(request, "entities/track.html", about=about, **await _numbers(look, "track", about.id, OF_TRACK),
                title=Name(about.name))  # fmt: skip


@get("/t/{slug:str}/cities/{entity_id:path}", opt=needs(Permission.NUMBERS_READ))
async def get_city(request: Asked) -> Response[Any]:
    """One city: who comes to shows there, to whose, and which ones."""
    look = Look(request)
    about = await look.about("city")
    return page(
        request, "entities/city.html", title=Name(about.name), about=about,
        **await _numbers(look, "city", about.id, OF_CITY),
        artists=await board_of(look, metric="attendance", entity="artist", city=about.id, limit=ROWS),
        events=await board_of(look, metric="attendance", entity="event", city=about.id, limit=ROWS),
        voted=await board_of(look, metric="votes", entity="artist", city=about.id, limit=ROWS),
        shows=await shows_in(look.services.database, look.tenant, about.id, look.now),
    )  # fmt: skip


@get("/t/{slug:str}/fans/{entity_id:path}", opt=needs(Permission.FANS_READ))
async def get_fan(request: Asked) -> Response[Any]:
    """What is kept of one fan, by the platform's own id; for those who may see single people."""
    look = Look(request)
    history = await fan_history(look.services.database, look.tenant, look.id)
    if history is None:
        raise RequestRefused(Refusal.NOT_FOUND, "Nobody of that id is known; whoever was forgotten has no page.")
    database, tenant = look.services.database, look.tenant
    return page(
        request, "entities/fan.html", title=Name(look.id), fan=look.id, history=history,
        **await _numbers(look, "fan", look.id, OF_FAN),
        statement=await people.statement(database, tenant, look.id, tenant.currency),
        profile=await people.profile(database, tenant, look.id, look.now),
        shows=_rows(history.rows, "attendance", "event"), tracks=_rows(history.rows, "plays", "track"),
        heard=_rows(history.rows, "plays", "artist"), voted=_rows(history.rows, "votes", "artist"),
        cities=_rows(history.rows, "attendance", "city"),
    )  # fmt: skip


async def _numbers(look: Look, kind: str, entity_id: str, metrics: tuple[str, ...]) -> dict[str, Any]:
    """What all three have at their head."""
    offered = periods(look)
    period = look.query("period", offered, "28" if "28" in offered else offered[0])
    metric = look.query("metric", metrics, metrics[0])
    return {
        "kind": kind, "offered": offered, "period": period, "metric": metric, "metrics": metrics,
        "figures": await told(look, kind, entity_id, metrics, period),
        "standings": await standings(look, kind, entity_id, metrics[:3]),
        "chart": await trend(look, kind, entity_id, metric, period),
        "titles": words.METRICS, "counted": words.COUNTED, "period_titles": words.PERIODS,
    }  # fmt: skip


def _rows(rows: list[Did], metric: str, kind: str) -> list[Did]:
    return [row for row in rows if row.metric == metric and row.kind == kind]


HANDLERS = (get_track, get_city, get_fan)
