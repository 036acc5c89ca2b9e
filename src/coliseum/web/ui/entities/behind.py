"""What numbers of entities' pages lead to: entries of the log, and people with the entry that makes each count."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qsl

from litestar import Request, Response, get
from litestar.datastructures import State

from coliseum.accounts.permissions import Permission
from coliseum.errors import QueryInvalid, Refusal, RequestRefused
from coliseum.queries.ask import instant
from coliseum.queries.insights.behind import SHOWS_MAX, People, PeopleQuestion, doings, people
from coliseum.queries.insights.funnel import acts
from coliseum.queries.insights.shows import STEPS
from coliseum.web.access import needs
from coliseum.web.api.behind import people_asked
from coliseum.web.ui.entities import words
from coliseum.web.ui.entities.look import Look
from coliseum.web.ui.shell import page
from coliseum.web.ui.text import _

Asked = Request[Any, Any, State]
ROWS: Final = 100
OF_PEOPLE: Final = ("event", "artist", "of", "step", "tier", "from", "to", "scope", "least", "most", "city")
FIELDS_MAX: Final = 20


@get("/t/{slug:str}/entries", opt=needs(Permission.NUMBERS_READ))
async def get_entries(request: Asked) -> Response[Any]:
    """The entries of the log behind a step, a tier or a stretch of time of an event."""
    look, query = Look(request), request.query_params
    event, step = query.get("event", ""), look.query("step", tuple(STEPS), "attended")
    since, until, again = query.get("from"), query.get("to"), query.get("again") == "true"
    currency = query.get("currency")
    found = await acts(
        look.services.database, look.tenant, event, step, tier=query.get("tier"),
        since=instant(since, "from") if since else None, until=instant(until, "to") if until else None,
        again=again, currency=currency, limit=ROWS, cursor=query.get("cursor"),
    )  # fmt: skip
    asked = {
        name: query[name] for name in ("event", "step", "tier", "from", "to", "again", "currency") if name in query
    }
    tags = [*_of_event(look, event, step, query), *([look.say(_("once more"))] if again else [])]
    return _entries(look, request, found, "entries", asked, tags, found.fans, currency, _to(look, "event", event))


@get("/t/{slug:str}/fan-entries", opt=needs(Permission.FANS_READ))
async def get_fan_entries(request: Asked) -> Response[Any]:
    """The entries of the log behind a number of one fan."""
    look, query = Look(request), request.query_params
    user, metric = query.get("userId", ""), query.get("metric", "")
    narrowed = {name: query.get(name) for name in ("artist", "event", "track", "city")}
    found = await doings(
        look.services.database, look.tenant, user, metric, narrowed=narrowed, event_type=query.get("type"),
        currency=query.get("currency"), limit=ROWS, cursor=query.get("cursor"),
    )  # fmt: skip
    if found is None:
        raise RequestRefused(Refusal.NOT_FOUND, "Nobody of that id is known; whoever was forgotten has no page.")
    names = ("userId", "metric", "type", "currency", *narrowed)
    asked = {name: query[name] for name in names if name in query}
    tags = [look.metric(metric), user, *(value for value in narrowed.values() if value)]
    tags += [query["type"]] if "type" in query else []
    return _entries(look, request, found, "fan-entries", asked, tags, None, found.currency, _to(look, "fan", user))


@get("/t/{slug:str}/people", opt=needs(Permission.NUMBERS_READ))
async def get_people(request: Asked) -> Response[Any]:
    """The people behind a number; with ``against`` also those that a share is out of."""
    look, query = Look(request), request.query_params
    asked = {name: query[name] for name in (*OF_PEOPLE, "against") if name in query}
    question = people_asked(asked)
    found = await _people(look, question, ROWS, query.get("cursor"))
    whole, whole_asked = None, _against(query.get("against"))
    if whole_asked is not None:
        whole = (await _people(look, people_asked(whole_asked), 1, None)).count
    back, back_words = (
        _to(look, "event", question.event) if question.event else _to(look, "artist", question.artist or "")
    )
    return page(
        request, "entities/people.html", title=_("Which people"), found=found, asked=asked, first="cursor" not in query,
        tags=_tags(look, question, asked), see=look.caller.may(Permission.FANS_READ), whole=whole,
        share=found.count / whole if whole else None,
        whole_address="" if whole_asked is None else look.shell.url("people", **whole_asked),
        whole_tags=[] if whole_asked is None else _tags(look, people_asked(whole_asked), whole_asked),
        counted_shows=any(each.shows is not None for each in found.people), back=back, back_words=back_words,
    )  # fmt: skip


async def _people(look: Look, question: PeopleQuestion, limit: int, cursor: str | None) -> People:
    fans = look.caller.may(Permission.FANS_READ)
    return await look.together(
        ("people", look.tenant, question, fans, limit, cursor),
        lambda: people(look.services.database, look.tenant, question, fans=fans, limit=limit, cursor=cursor), People,
    )  # fmt: skip


def _against(text: str | None) -> dict[str, str] | None:
    """The question about those that a share is out of, as one parameter holds it."""
    if text is None:
        return None
    try:
        given = dict(parse_qsl(text, keep_blank_values=True, max_num_fields=FIELDS_MAX))
    except ValueError:
        raise QueryInvalid("against holds a question as of this page.", "against") from None
    return {name: value for name, value in given.items() if name in OF_PEOPLE}


def _entries(
    look: Look, request: Asked, found: Any, path: str, asked: dict[str, str], tags: list[str], fans: int | None,
    currency: str | None, to: tuple[str, str],
) -> Response[Any]:  # fmt: skip
    formats = look.shell.formats

    def figures(value: int) -> str:
        return formats.money(value, currency) if currency else formats.number(value)

    return page(
        request, "entities/entries.html", title=_("Which entries"), found=found, path=path, asked=asked, tags=tags,
        fans=fans, figures=figures, first="cursor" not in request.query_params, back=to[0], back_words=to[1],
    )  # fmt: skip


def _tags(look: Look, question: PeopleQuestion, asked: Mapping[str, str]) -> list[str]:
    """What is asked, in words."""
    tags = [question.city] if question.city is not None else []
    if question.event is not None and question.of != "again":
        tags += [*_of_event(look, question.event, question.step, asked), look.say(words.OF[question.of])]
    elif question.event is not None:
        tags += [question.event, look.say(words.SCOPES[question.scope])]
    else:
        tags += [question.artist or "", look.say(words.SCOPES["artist"])]
    if question.most < SHOWS_MAX:
        tags.append(look.say(_("shows: %(least)s to %(most)s")) % {"least": question.least, "most": question.most})
    elif question.least > 1:
        tags.append(look.say(_("shows: %(least)s or more")) % {"least": question.least})
    return tags


def _of_event(look: Look, event: str, step: str, asked: Mapping[str, str]) -> list[str]:
    tags = [event, look.say(words.STEPS[step])]
    if "tier" in asked:
        tags.append(asked["tier"] or look.say(_("no tier named")))
    for name, said in (("from", _("from %(moment)s")), ("to", _("up to %(moment)s"))):
        if asked.get(name):
            tags.append(look.say(said) % {"moment": look.shell.formats.datetime(instant(asked[name], name))})
    return tags


def _to(look: Look, kind: str, entity_id: str) -> tuple[str, str]:
    """Where a page leads back, and how that is called."""
    said = {"event": _("To the event"), "artist": _("To the artist"), "fan": _("To the fan")}
    return look.shell.link(kind, entity_id) or "", look.say(said[kind])


HANDLERS = (get_entries, get_fan_entries, get_people)
