"""The pages of live events for members: what is on, one event as it happens, and the Jumbotron."""

from typing import Annotated, Any, Final
from urllib.parse import quote, unquote

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter

from coliseum.accounts.permissions import Permission
from coliseum.errors import Refusal, RequestRefused
from coliseum.queries.agenda import agenda, entries_of_event
from coliseum.queries.ask import check_text
from coliseum.votings.store import list_votings, place_of
from coliseum.web.access import caller_in, needs
from coliseum.web.services import Services
from coliseum.web.ui.lines import WORDS
from coliseum.web.ui.shell import Asked, fragment, page
from coliseum.web.ui.stadium import public
from coliseum.web.ui.stadium.standing import TEXTS, ballot_at, board, counters, origin, race
from coliseum.web.ui.text import Name, _

LATEST: Final = 12
EVENT_MAX: Final = 128
SECONDS: Final = 12
MODES: Final = ("cube", "flat")
THEMES: Final = ("dark", "light", "auto")
BOARDS: Final = ("votes", "crowd", "counters", "code")
Event = Annotated[str, QueryParameter(description="Which event.")]


@get("/t/{slug:str}/live", opt=needs(Permission.NUMBERS_READ))
async def get_agenda(request: Asked, services: NamedDependency[Services], slug: FromPath[str]) -> Response[Any]:
    """What is on now, comes next, and was."""
    tenant, now = caller_in(request.scope).tenant, services.clock()
    async with services.database.tenant(tenant.tenant_id) as connection:
        found = await agenda(connection, tenant, now)
        votings = await list_votings(connection, tenant.tenant_id)
        places = {each.event: await place_of(connection, tenant.tenant_id, each.event) for each in votings[:24]}
    return page(
        request, "stadium/agenda.html", title=_("Live"), agenda=found, now=now, slug=slug,
        votings=[(each, places[each.event], each.state(now)) for each in votings[:24]], at=address_of_event,
    )  # fmt: skip


@get("/t/{slug:str}/live/{event:path}", opt=needs(Permission.NUMBERS_READ))
async def get_event(
    request: Asked, services: NamedDependency[Services], slug: FromPath[str], event: FromPath[str]
) -> Response[Any]:
    """One event as it happens."""
    event_id = check_text(_event_in(request, f"/t/{slug}/live/") or event.removeprefix("/"), "event")
    tenant, now = caller_in(request.scope).tenant, services.clock()
    crowd = await services.stadium.crowds.at(tenant, event_id)
    ballot = await ballot_at(services, tenant, event_id)
    votes = await board(services, tenant, "votes", "artist", event=event_id)
    counted = await counters(services, tenant, event_id)
    async with services.database.tenant(tenant.tenant_id) as connection:
        latest = await entries_of_event(connection, tenant, event_id, LATEST)
    known = crowd.event.starts_at is not None or crowd.event.name != event_id
    if not (known or latest or ballot or votes.rows):
        raise RequestRefused(Refusal.NOT_FOUND, "nothing is known of this event")
    return page(
        request, "stadium/event.html", title=Name(crowd.event.name), event=crowd.event, crowd=crowd, ballot=ballot,
        rows=race(ballot, votes), counters=counted, lines=latest, words=WORDS,
        state=None if ballot is None else ballot.voting.state(now), now=now, origin=origin(request, services),
        vote_path=None if ballot is None else f"/p/{slug}/vote/{ballot.voting.name}",
        suggested=suggested_name(event_id), boards=BOARDS,
        arrivals=max((minute.value for minute in crowd.minutes), default=0),
    )  # fmt: skip


@get("/t/{slug:str}/live-latest", opt=needs(Permission.NUMBERS_READ))
async def get_latest(request: Asked, services: NamedDependency[Services], event: Event) -> Response[Any]:
    """The newest entries about an event, to stand in the place of those before."""
    tenant = caller_in(request.scope).tenant
    async with services.database.tenant(tenant.tenant_id) as connection:
        latest = await entries_of_event(connection, tenant, check_text(event, "event"), LATEST)
    return fragment(request, "stadium/latest.html", lines=latest, words=WORDS)


@get("/t/{slug:str}/jumbotron", opt=needs(Permission.NUMBERS_READ))
async def get_jumbotron(
    request: Asked,
    services: NamedDependency[Services],
    slug: FromPath[str],
    event: Event,
    boards: Annotated[str, QueryParameter(description="Which boards, with commas between.")] = ",".join(BOARDS),
    mode: FromQuery[str] = "cube",
    seconds: FromQuery[int] = SECONDS,
    theme: FromQuery[str] = "dark",
    lanes: FromQuery[int] = 8,
) -> Response[Any]:
    """The display of an event, to fill a screen."""
    tenant = caller_in(request.scope).tenant
    event_id = check_text(event, "event")
    ballot = await ballot_at(services, tenant, event_id)
    async with services.database.tenant(tenant.tenant_id) as connection:
        place = await place_of(connection, tenant.tenant_id, event_id)
    asked = request.query_params.getall("boards", [boards])
    return page(
        request, "stadium/jumbotron.html", title=Name(place.name), place=place, texts=TEXTS, zone=tenant.time_zone,
        tenant=slug, event=event_id, voting=None if ballot is None else ballot.voting.name, boards=",".join(asked),
        mode=mode if mode in MODES else "cube", seconds=seconds, theme=theme if theme in THEMES else "dark",
        lanes=lanes, back=address_of_event(slug, event_id),
    )  # fmt: skip


def address_of_event(slug: str, event_id: str) -> str:
    """The address of the live page of an event, whatever its id holds."""
    return f"/t/{slug}/live/{quote(event_id, safe='')}"


def suggested_name(event_id: str) -> str:
    """A short name for a voting at an event: what is left of its id of letters, numbers and hyphens."""
    kept = "".join(each if each.isascii() and each.isalnum() else "-" for each in event_id.lower())
    return "-".join(filter(None, kept.split("-")))[:40] or "voting"


def _event_in(request: Asked, before: str) -> str:
    """The event's id as it stands in the address, with all its slashes: routing takes doubled and last ones away."""
    path = unquote(request.scope["raw_path"].partition(b"?")[0].decode("latin-1"))
    return path.removeprefix(before) if path.startswith(before) else ""


HANDLERS: Final = (get_agenda, get_event, get_latest, get_jumbotron, *public.HANDLERS)
