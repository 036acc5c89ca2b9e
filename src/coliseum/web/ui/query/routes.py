"""``/t/{slug}/query``: a question by a form, answered as a chart and a table."""

from typing import Any

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency

from coliseum.accounts.permissions import Permission
from coliseum.dashboards.panels import Panel
from coliseum.dashboards.store import list_dashboards
from coliseum.errors import QueryInvalid, Refusal, RequestRefused
from coliseum.metrics.registry import BY_NAME
from coliseum.queries.breakdown import Breakdown, choices
from coliseum.queries.breakdown_asked import targets
from coliseum.web.access import caller_in, needs
from coliseum.web.api.breakdowns import answer, asked_by, file_of
from coliseum.web.services import Services
from coliseum.web.ui.query import dashboards, public
from coliseum.web.ui.query.asking import Form, form_of, splits_for
from coliseum.web.ui.query.view import Teller, View, Ways
from coliseum.web.ui.query.words import CHARTS, COMPARES, GRAINS, METRICS, SPLITS, WINDOWS
from coliseum.web.ui.shell import Asked, Shell, fragment, page, wants_fragment
from coliseum.web.ui.text import _


@get("/t/{slug:str}/query", opt=needs(Permission.NUMBERS_READ))
async def get_query_page(request: Asked, services: NamedDependency[Services]) -> Response[Any]:
    """The controls, and the answer to what they say."""
    shell, form = Shell(request), form_of(request.query_params)
    view, wrong = None, None
    try:
        view = await _view(request, services, shell, form)
    except (QueryInvalid, RequestRefused) as error:
        if isinstance(error, RequestRefused) and error.code is not Refusal.PLAN_LIMIT:
            raise
        wrong = error
    values = await _values(request, services, form, view, wrong)
    if wants_fragment(request):
        return fragment(request, "query/query.html", **values)
    return page(request, "query/page.html", title=_("Query"), status=200 if wrong is None else 400, **values)


@get("/t/{slug:str}/query/export", opt=needs(Permission.EXPORTS_READ))
async def get_query_file(request: Asked, services: NamedDependency[Services]) -> Response[bytes]:
    """The answer as a file of CSV, by the same address."""
    caller = caller_in(request.scope)
    services.allowance.check_feature(caller, "exports")
    body = await answer(services, asked_by(services, caller, form_of(request.query_params).question))
    return file_of(msgspec.json.decode(body, type=Breakdown))


async def _view(request: Asked, services: Services, shell: Shell, form: Form) -> View:
    asked = asked_by(services, caller_in(request.scope), form.question)
    found = msgspec.json.decode(await answer(services, asked), type=Breakdown)

    def again(**changed: object) -> str:
        return shell.url("query", **{**form.question, "chart": form.chart, **changed})

    ways = Ways(shell.explain, shell.link, again)
    teller = Teller(shell.formats, shell.language, ways, services.clock())
    return await teller.view(asked, found, Panel(form.question, "", form.chart))


async def _values(
    request: Asked, services: Services, form: Form, view: View | None, wrong: QueryInvalid | RequestRefused | None
) -> dict[str, Any]:
    """What the templates need."""
    caller = caller_in(request.scope)
    metric = form.shown.get("metric", "")
    manages = caller.may(Permission.BOARDS_MANAGE)
    found = await choices(services.database, caller.tenant.tenant_id)
    kept = []
    if manages:
        async with services.database.tenant(caller.tenant.tenant_id) as connection:
            kept = await list_dashboards(connection, caller.tenant.tenant_id)
    return {
        "form": form, "view": view, "wrong": None if wrong is None else str(wrong),
        "field": None if wrong is None else wrong.field,
        "plan": isinstance(wrong, RequestRefused), "dashboards": kept,
        "metrics": METRICS, "splits": {each: SPLITS[each] for each in splits_for(caller, metric)},
        "windows": WINDOWS, "grains": GRAINS, "compares": COMPARES, "charts": CHARTS,
        "filters": metric in BY_NAME and not targets(BY_NAME[metric]), "choices": found,
        "money": metric in BY_NAME and BY_NAME[metric].money,
    }  # fmt: skip


HANDLERS: tuple[Any, ...] = (get_query_page, get_query_file, *dashboards.HANDLERS, *public.HANDLERS)
