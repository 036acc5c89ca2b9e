"""What needs no log-in: the page to vote from, its QR code, and the Jumbotron of a voting with public results."""

import io
from typing import Any, Final

import segno
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from coliseum.errors import ColiseumError, Refusal, RequestRefused
from coliseum.votings.store import Ballot
from coliseum.web.access import for_anybody
from coliseum.web.api.votings import shown
from coliseum.web.csrf import check_page
from coliseum.web.problems import problem
from coliseum.web.services import Services
from coliseum.web.ui.forms import read_form
from coliseum.web.ui.shell import Asked, page
from coliseum.web.ui.stadium.standing import TEXTS, origin
from coliseum.web.ui.text import Name
from coliseum.web.voting import Counted, cast

FORM_BYTES_MAX: Final = 4_096
CODE_HEADERS: Final = {
    "cache-control": "public, max-age=300", "access-control-allow-origin": "*",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
}  # fmt: skip
DARK: Final = "#15100c"


@get("/p/{slug:str}/vote/{name:str}", opt=for_anybody())
async def get_vote(
    request: Asked, services: NamedDependency[Services], slug: FromPath[str], name: FromPath[str]
) -> Response[Any]:
    """Who may be voted for; each look has a slip of its own, which a script replaces by that of the device."""
    return await _ballot_page(request, services, await services.stadium.ballots.of(slug, name))


@post("/p/{slug:str}/vote/{name:str}", opt=for_anybody(), status_code=200)
async def post_vote_form(
    request: Asked, services: NamedDependency[Services], slug: FromPath[str], name: FromPath[str]
) -> Response[Any]:
    """The vote of a browser without a script."""
    check_page(request.scope, services.settings.public_url)
    form = await read_form(request.scope, request.receive, FORM_BYTES_MAX)
    ballot = await services.stadium.ballots.of(slug, name)
    address = services.addresses.of(request.scope)
    try:
        counted = await cast(services, address, ballot, form.get("slip", ""), form.get("artist", ""))
    except RequestRefused as refused:
        return await _ballot_page(request, services, ballot, wrong=refused)
    return await _ballot_page(request, services, ballot, counted=counted)


@get("/p/{slug:str}/vote/{name:str}/code.svg", opt=for_anybody())
async def get_code(
    request: Asked, services: NamedDependency[Services], slug: FromPath[str], name: FromPath[str]
) -> Response[bytes]:
    """The address of the page as a QR code, to be shown or printed."""
    await services.stadium.ballots.of(slug, name)
    code = segno.make(f"{origin(request, services)}/p/{slug}/vote/{name}", error="m", micro=False)
    written = io.BytesIO()
    code.save(written, kind="svg", scale=12, border=1, dark=DARK, light="#ffffff", xmldecl=False, omitsize=True)
    return Response(written.getvalue(), media_type="image/svg+xml", headers=CODE_HEADERS)


@get("/p/{slug:str}/jumbotron/{name:str}", opt=for_anybody())
async def get_public_jumbotron(
    request: Asked,
    services: NamedDependency[Services],
    slug: FromPath[str],
    name: FromPath[str],
    mode: FromQuery[str] = "cube",
    seconds: FromQuery[int] = 12,
    theme: FromQuery[str] = "dark",
    lanes: FromQuery[int] = 8,
) -> Response[Any]:
    """The display of a voting, for anybody, where its results are public."""
    ballot = await services.stadium.ballots.of(slug, name)
    if ballot.voting.results != "public":
        raise RequestRefused(Refusal.NOT_FOUND, "there is no voting of this name, or its results are not public")
    return page(
        request, "stadium/jumbotron.html", title=Name(ballot.title), place=ballot.event, texts=TEXTS,
        zone=ballot.tenant.time_zone, tenant=slug, event=None, voting=name, boards="votes,counters,code",
        mode=mode if mode in ("cube", "flat") else "cube", seconds=seconds,
        theme=theme if theme in ("dark", "light", "auto") else "dark", lanes=lanes,
        back=f"/p/{slug}/vote/{name}",
    )  # fmt: skip


async def _ballot_page(
    request: Asked,
    services: Services,
    ballot: Ballot,
    *,
    counted: Counted | None = None,
    wrong: ColiseumError | None = None,
) -> Response[Any]:
    tenant, voting = ballot.tenant, ballot.voting
    found = await shown(services, ballot)
    chosen = None if counted is None else counted.artist
    return page(
        request, "stadium/vote.html", title=Name(ballot.title), status=200 if wrong is None else problem(wrong).status,
        voting=found, tenant_name=tenant.name, slug=tenant.slug, zone=tenant.zone, counted=counted,
        wrong=None if wrong is None else str(wrong), closed_now=voting.state(services.clock()) != "open",
        slip=services.stadium.devices.slip(tenant.slug, voting.name, services.clock()),
        chosen=next((option for option in ballot.options if option.id == chosen), None),
        scores={each.id: each.score for each in found.standing or ()},
    )  # fmt: skip


HANDLERS: Final = (get_vote, post_vote_form, get_code, get_public_jumbotron)
