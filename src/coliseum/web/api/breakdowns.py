"""The routes of breakdowns: a metric split, narrowed, over time and compared; as an answer, and as a file."""
# ruff: noqa: ARG001 - parameters are declared for the document, and read by their names

import csv
import io
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Annotated, Any, Final, cast

import msgspec
from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from coliseum.accounts.callers import Caller
from coliseum.accounts.permissions import Permission
from coliseum.accounts.tenants import Tenant
from coliseum.queries.breakdown import Breakdown, Line, breakdown
from coliseum.queries.breakdown_asked import LIMIT, LIMIT_MAX, PLACES, Asked, asked_from
from coliseum.web.access import caller_in, needs
from coliseum.web.allowance import Allowance, check_fans
from coliseum.web.api.callers import asking_tenant
from coliseum.web.api.exports import cell
from coliseum.web.api.parameters import AtEvent, City, Currency, Genre, MetricName
from coliseum.web.services import Services

Split = Annotated[
    str, QueryParameter(description="By what: none, a kind of entity that the metric has boards for, city or genre.")
]
Period = Annotated[
    str | None,
    QueryParameter(
        name="window",
        description="hour, day, week, month, year or all, in the tenant's zone; 24h, 7d, 28d (when left out) or 90d up "
        "to the end of the present hour.",
    ),
]
At = Annotated[str | None, QueryParameter(description="Any instant or day inside the window; now when left out.")]
From = Annotated[
    str | None,
    QueryParameter(name="from", description="Instead of window: a day of the tenant's zone, or where an hour begins."),
]
To = Annotated[str | None, QueryParameter(name="to", description="Where it ends, not included: a day or an hour.")]
Last = Annotated[str | None, QueryParameter(description="Instead of to: the last day, included.")]
GrainName = Annotated[str, QueryParameter(name="grain", description="Buckets: none, hour, day, week or month.")]
CompareName = Annotated[
    str,
    QueryParameter(
        name="compare", description="With what: none, previous (the period before) or year (the same a year before)."
    ),
]
Top = Annotated[int, QueryParameter(name="limit", description=f"How many parts; all others are one. 1 to {LIMIT_MAX}.")]
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
PRIVATE: Final = {"cache-control": "private, no-cache"}


@get("/api/query", opt=needs(Permission.NUMBERS_READ), summary="A metric split, narrowed, over time and compared")
async def get_query(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    metric: MetricName,
    split: Split = "none",
    window: Period = None,
    at: At = None,
    since: From = None,
    until: To = None,
    last: Last = None,
    grain: GrainName = "none",
    compare: CompareName = "none",
    city: City = None,
    genre: Genre = None,
    at_event: AtEvent = None,
    currency: Currency = None,
    limit: Top = LIMIT,
) -> Response[Breakdown]:
    """The total, its largest parts, all others together, and what belongs to no part; see [QUERY.md](QUERY.md).

    The ETag is that of the numbers: 304 while nothing was counted.
    """
    caller = caller_in(request.scope)
    asking_tenant(request)
    body = await answer(services, asked_by(services, caller, dict(request.query_params)))
    headers = {**PRIVATE, "etag": f'"{blake2b(body, digest_size=16).hexdigest()}"'}
    given = {each.strip().removeprefix("W/") for each in request.headers.get("if-none-match", "").split(",")}
    if headers["etag"] in given:
        return Response(cast("Breakdown", b""), status_code=304, headers=headers)
    return Response(cast("Breakdown", body), headers=headers)  # in JSON already


@get("/api/query/export", opt=needs(Permission.EXPORTS_READ), summary="The same as a file of CSV")
async def get_query_export(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    metric: MetricName,
    split: Split = "none",
    window: Period = None,
    at: At = None,
    since: From = None,
    until: To = None,
    last: Last = None,
    grain: GrainName = "none",
    compare: CompareName = "none",
    city: City = None,
    genre: Genre = None,
    at_event: AtEvent = None,
    currency: Currency = None,
    limit: Top = LIMIT,
) -> Response[bytes]:
    """One row for each part and bucket of `/api/query`; text that could be a formula is marked as text."""
    caller = caller_in(request.scope)
    asking_tenant(request)
    services.allowance.check_feature(caller, "exports")
    found = msgspec.json.decode(
        await answer(services, asked_by(services, caller, dict(request.query_params))), type=Breakdown
    )
    return file_of(found)


def asked_by(services: Services, caller: Caller, given: Mapping[str, str]) -> Asked:
    """What a caller asks, who may ask it.

    Raises:
        QueryInvalid: a parameter is unknown, missing or wrong.
        RequestRefused: the caller, or their plan, may not ask this.
    """
    asked = asked_from(caller.tenant, given, services.clock())
    check_fans(caller, asked.subject)
    check_breakdown(services.allowance, caller.tenant, asked)
    return asked


def check_breakdown(allowance: Allowance, tenant: Tenant, asked: Asked) -> None:
    """Whether the plan has a breakdown's window, filters and age; a split by place is a filter, too.

    Raises:
        RequestRefused: ``plan_limit``.
    """
    allowance.check_window(tenant, asked.window.name)
    begins = allowance.history_begins(tenant)
    if asked.window.start is not None:
        allowance.check_moment(tenant, asked.window.start, "window")
    elif asked.grain is not None and begins is not None:
        allowance.check_moment(tenant, EPOCH, "grain")
    for name in {*asked.filters.given, *({asked.split} & set(PLACES))}:
        allowance.check_filter(tenant, name)
    if asked.compared is not None and asked.compared.start is not None:
        allowance.check_moment(tenant, asked.compared.start, "compare")


async def answer(services: Services, asked: Asked) -> bytes:
    """The answer in JSON, read once for all who ask for it now."""

    async def body() -> bytes:
        return msgspec.json.encode(await breakdown(services.database, asked))

    return await services.together.body(asked, body)


def file_of(found: Breakdown) -> Response[bytes]:
    """An answer as a file of CSV."""
    name = f"{found.metric}-by-{found.split}.csv"
    return Response(
        csv_of(found), media_type="text/csv",
        headers={"content-disposition": f'attachment; filename="{name}"', "cache-control": "private, no-store"},
    )  # fmt: skip


def csv_of(found: Breakdown) -> bytes:
    """One row for each part (with others and rest, and the total last) and bucket."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(("part", "id", "name", "from", "value", "before_from", "before"))
    lines: list[tuple[str, str, str, Line]] = [("part", each.id, each.name or "", each) for each in found.parts]
    if found.split != "none":
        lines += [("others", "", "", found.others), ("rest", "", "", found.rest)]
    lines.append(("total", "", "", found.total))
    for what, id_, name, line in lines:
        for row in _rows(found, line):
            writer.writerow((what, cell(id_), cell(name), *row))
    return text.getvalue().encode()


def _rows(found: Breakdown, line: Line) -> list[tuple[object, ...]]:
    """The buckets of a part, beside those it is compared with; the whole period when there are none."""
    compared = found.compared
    if not found.period.buckets:
        then = None if compared is None else compared.since
        return [(_text(found.period.since), line.value, _text(then), "" if line.before is None else line.before)]
    starts = [] if compared is None else compared.buckets
    rows: list[tuple[object, ...]] = []
    for place in range(max(len(line.values), len(line.before_values))):
        here = (_text(found.period.buckets[place]), line.values[place]) if place < len(line.values) else ("", "")
        there = (_text(starts[place]), line.before_values[place]) if place < len(line.before_values) else ("", "")
        rows.append((*here, *there))
    return rows


def _text(moment: datetime | None) -> str:
    return "" if moment is None else moment.isoformat()


HANDLERS = (get_query, get_query_export)
