"""The lists of entities of a kind: by a metric or by name, searched, page by page."""

from typing import Any, Final

from litestar import Request, Response, get
from litestar.datastructures import State

from coliseum.accounts.permissions import Permission
from coliseum.errors import QueryInvalid
from coliseum.metrics.registry import BY_NAME, Metric
from coliseum.queries.ask import Filters, subject_of, window_of
from coliseum.queries.insights.about import PAGES_MAX, listing
from coliseum.web.access import needs
from coliseum.web.ui.entities.look import Look
from coliseum.web.ui.entities.words import COUNTED, DETAILS, LISTS, METRICS, WINDOWS
from coliseum.web.ui.shell import PAGES, page

Asked = Request[Any, Any, State]
ROWS: Final = 50
SEARCH_MAX: Final = 256
FIRST: Final = {"artist": "plays", "event": "attendance", "track": "plays", "city": "attendance", "fan": "attendance"}
"""The metric by which a list is ordered when nobody has chosen another."""


@get("/t/{slug:str}/artists", opt=needs(Permission.NUMBERS_READ))
async def get_artists(request: Asked) -> Response[Any]:
    """All artists."""
    return await _list(request, "artist")


@get("/t/{slug:str}/events", opt=needs(Permission.NUMBERS_READ))
async def get_events(request: Asked) -> Response[Any]:
    """All events."""
    return await _list(request, "event")


@get("/t/{slug:str}/tracks", opt=needs(Permission.NUMBERS_READ))
async def get_tracks(request: Asked) -> Response[Any]:
    """All tracks."""
    return await _list(request, "track")


@get("/t/{slug:str}/cities", opt=needs(Permission.NUMBERS_READ))
async def get_cities(request: Asked) -> Response[Any]:
    """All cities."""
    return await _list(request, "city")


@get("/t/{slug:str}/fans", opt=needs(Permission.FANS_READ))
async def get_fans(request: Asked) -> Response[Any]:
    """All fans; for those who may see single people."""
    return await _list(request, "fan")


async def _list(request: Asked, kind: str) -> Response[Any]:
    look = Look(request)
    metrics = tuple(name for name in METRICS if isinstance(BY_NAME[name], Metric) and kind in BY_NAME[name].boards)
    windows = tuple(name for name in WINDOWS if _has_window(look, name))
    metric, window = look.query("metric", metrics, FIRST[kind]), look.query("window", windows, windows[-1])
    order = look.query("order", ("value", "name"), "value")
    search = (request.query_params.get("q") or "").replace("\x00", "").strip()[:SEARCH_MAX]
    subject, when = subject_of(look.tenant, metric, kind, None), window_of(look.tenant, window, None, look.now)
    await look.services.allowance.check_asked(look.caller, subject, when, Filters())
    found = await listing(
        look.services.database, look.tenant, subject, when, search=search or None, by_name=order == "name",
        page=_page(request), size=ROWS,
    )  # fmt: skip
    return page(
        request, "entities/list.html", title=LISTS[kind], kind=kind, path=PAGES[kind], found=found, metric=metric,
        window=window, order=order, search=search, metrics=metrics, windows=windows, detail=DETAILS[kind],
        titles=METRICS, window_titles=WINDOWS, counted=COUNTED, asked=_asked(found.currency, when.name),
    )  # fmt: skip


def _has_window(look: Look, name: str) -> bool:
    windows = look.services.allowance.plan_of(look.tenant).windows
    return windows is None or name in windows


def _asked(currency: str | None, window: str) -> dict[str, str]:
    return {"window": window} | ({"currency": currency} if currency else {})


def _page(request: Asked) -> int:
    given = request.query_params.get("page", "1")
    if not (given.isascii() and given.isdecimal() and 1 <= int(given[:9]) <= PAGES_MAX):
        raise QueryInvalid(f"page is a whole number from 1 to {PAGES_MAX}.", "page")
    return int(given[:9])


HANDLERS = (get_artists, get_events, get_tracks, get_cities, get_fans)
