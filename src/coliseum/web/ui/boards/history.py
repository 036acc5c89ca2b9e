"""The closed windows of a board, and who led each: what lasts after a day, a week or a month is over."""

from typing import Any, Final

from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath

from coliseum.accounts.permissions import Permission
from coliseum.boards.seasons import WINDOWS, kinds_with_seasons
from coliseum.errors import QueryInvalid
from coliseum.metrics.registry import metric_named
from coliseum.queries.champions import champions
from coliseum.queries.seasons import chart_of, season_list
from coliseum.web.access import caller_in, needs
from coliseum.web.services import Services
from coliseum.web.ui.boards import words
from coliseum.web.ui.boards.asking import METRIC, instant_text
from coliseum.web.ui.boards.controls import Choice
from coliseum.web.ui.shell import Shell, page
from coliseum.web.ui.snapshot import safe_picture
from coliseum.web.ui.text import _

SEASONS: Final = 26
PARAMETERS: Final = ("metric", "entity", "window", "cursor")


@get("/t/{slug:str}/boards/history", opt=needs(Permission.NUMBERS_READ))
async def get_history(
    request: Request[Any, Any, State],
    services: NamedDependency[Services],
    slug: FromPath[str],  # noqa: ARG001
) -> Response[Any]:
    """The closed windows of a board, newest first."""
    tenant, shell = caller_in(request.scope).tenant, Shell(request)
    given = {name: value for name, value in request.query_params.items() if value}
    unknown = sorted(given.keys() - set(PARAMETERS))
    if unknown:
        raise QueryInvalid(f"There is no parameter {unknown[0]!r}; there are {', '.join(PARAMETERS)}.", unknown[0])
    metric, window = metric_named(given.get("metric", METRIC)), given.get("window", WINDOWS[1])
    kinds = [kind.label for kind in kinds_with_seasons(metric)]
    entity = given.get("entity", kinds[0])
    chart = chart_of(tenant, metric.name, entity if entity in kinds else kinds[0], window)
    found = await season_list(services.database, chart, limit=SEASONS, cursor=given.get("cursor"))
    begins = services.allowance.history_begins(tenant)
    seasons = [each for each in found.seasons if begins is None or each.window_start >= begins]
    led = await champions(services.database, chart, seasons)
    about = {"metric": metric.name, "entity": chart.kind.label, "window": window}
    return page(
        request, "boards/history.html", title=_("Past champions"), words=words, about=about, chart=chart,
        picture=safe_picture,
        metrics=[Choice(name, text, name == metric.name) for name, text in words.METRICS.items()],
        kinds=[Choice(kind, words.KINDS[kind], kind == chart.kind.label) for kind in kinds],
        windows=[Choice(each, words.WINDOWS[each], each == window) for each in WINDOWS],
        seasons=[
            (each, led[each.window_start],
             shell.url("boards", mode="season", **about, at=instant_text(each.window_start)))
            for each in seasons
        ],
        first=shell.url("boards/history", **about) if "cursor" in given else "",
        following=shell.url("boards/history", **about, cursor=found.next_cursor)
        if found.next_cursor and len(seasons) == len(found.seasons) else "",
    )  # fmt: skip
