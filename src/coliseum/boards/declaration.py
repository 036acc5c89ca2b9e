"""What a declared board says of itself, what is wrong with one, and the boards that need no declaring."""

import re
from collections.abc import Iterable
from typing import Final

import msgspec

from coliseum.accounts.tenants import Tenant
from coliseum.errors import QueryInvalid
from coliseum.events.document import invalid_json, plain, read_document, shown
from coliseum.metrics.registry import BY_NAME, METRICS, SCORE_MAX, Metric, Unique, base_of, kind_of, metric_named
from coliseum.metrics.windows import WINDOWS

DECLARATION_BYTES_MAX: Final = 16_384
NAME: Final = re.compile(r"[a-z0-9-]{1,64}")
TITLE_CHARACTERS_MAX: Final = 200
FILTER_CHARACTERS_MAX: Final = 256
FILTERS_MAX: Final = 2
FANS_MAX: Final = 1_000_000_000
HALF_LIFE_HOURS_MAX: Final = 8_760
TIE_RULES: Final = ("first", "countback")
VISIBILITIES: Final = ("private", "public")
COUNTBACK: Final = ("artist", "event")
"""The kinds of entity whose votes can be counted back; a fan casts votes, and gets none."""
SUPPORTED: Final = ("artist", "event", "track", "city")
"""The kinds of entity of which it is known which fans are behind them."""
PINNED_KINDS: Final = ("artist", "event")


class Declared(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True, omit_defaults=True):
    """A part of a declaration: its fields are camel case, and no other is taken."""


class Narrowing(Declared, frozen=True):
    """What counts: all of it, or only what counts in a city, for a genre, at an event; two of them at most."""

    city: str | None = None
    genre: str | None = None
    event: str | None = None


class Eligibility(Declared, frozen=True):
    """Who is on the board: whose score is in the plausible range, with so many different fans behind them."""

    min_score: int | None = None
    max_score: int | None = None
    min_fans: int | None = None


class Declaration(Declared, frozen=True, kw_only=True, omit_defaults=False):
    """A declared board. One that ``check`` has returned has no empty name or title, its unit, and money's currency."""

    name: str = ""
    title: str = ""
    metric: str
    entity: str
    unit: str | None = None
    """What is counted; the metric decides it."""
    currency: str | None = None
    windows: tuple[str, ...] = WINDOWS
    filters: Narrowing = Narrowing()
    tie_rule: str = "first"
    """Who is better of two with one score: who reached it first, or by counting votes back."""
    eligibility: Eligibility = Eligibility()
    visibility: str = "private"
    public_total: bool = False
    """Whether anybody may also read how much a public board counts in all."""
    half_life_hours: int | None = None
    """How fast something stops to trend: after so many hours it weighs half."""
    pinned: bool = False
    """Whether the board is kept live also while nobody reads it."""

    @property
    def counted(self) -> Metric | Unique:
        """The registry's line for its metric."""
        return BY_NAME[self.metric]

    @property
    def selective(self) -> bool:
        """Whether scores alone do not say who is on the board and in which order: such a board is never live."""
        return self.tie_rule == "countback" or self.eligibility != Eligibility()


_DECODER: Final = msgspec.json.Decoder(Declaration)
_FIELDS: Final = {
    "": tuple(field.encode_name for field in msgspec.structs.fields(Declaration)),
    "filters": tuple(field.encode_name for field in msgspec.structs.fields(Narrowing)),
    "eligibility": tuple(field.encode_name for field in msgspec.structs.fields(Eligibility)),
}
_AT_PATH: Final = re.compile(r"^(?P<what>.*?)(?: - at `\$\.(?P<field>[^`]+)`)?$", re.DOTALL)


def read_declaration(raw: bytes, name: str, tenant: Tenant) -> Declaration:
    """The board that a tenant declares under this name.

    Raises:
        QueryInvalid: it is no board; the message says what would be.
        EventRefused: ``invalid_json``, ``duplicate_key`` or ``invalid_payload``: it is no JSON that could be stored.
    """
    document = read_document(raw)  # exactly: of two equal keys the decoder would take one in silence
    try:
        declaration = _DECODER.decode(msgspec.json.encode(document))
    except msgspec.ValidationError as error:
        raise _named(str(error)) from None
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise invalid_json(f"the JSON is malformed: {error}") from None
    return check(declaration, name, tenant)


def check(declaration: Declaration, name: str, tenant: Tenant) -> Declaration:
    """The declaration with everything in it that may be left out.

    Raises:
        QueryInvalid: something in it is not possible.
    """
    if not NAME.fullmatch(name):
        raise QueryInvalid("A board's name has 1 to 64 of a-z, 0-9 and hyphens.", "name")
    if declaration.name not in ("", name):
        raise QueryInvalid(f"The board is declared as {name}, and calls itself {shown(declaration.name)}.", "name")
    if len(declaration.title) > TITLE_CHARACTERS_MAX:
        raise QueryInvalid(f"title has at most {TITLE_CHARACTERS_MAX} characters.", "title")
    metric = metric_named(declaration.metric)
    kind_of(metric, declaration.entity)
    if declaration.unit not in (None, metric.unit):
        raise QueryInvalid(f"The unit of {metric.name} is {metric.unit!r}.", "unit")
    _check_windows(declaration.windows)
    _check_filters(declaration.filters)
    _check_choice(declaration.tie_rule, TIE_RULES, "tieRule")
    _check_choice(declaration.visibility, VISIBILITIES, "visibility")
    if declaration.tie_rule == "countback" and (metric.name != "votes" or declaration.entity not in COUNTBACK):
        raise QueryInvalid("countback is for votes of artists and of events; elsewhere tieRule is first.", "tieRule")
    if declaration.visibility == "public" and declaration.entity == "fan":
        raise QueryInvalid("A board of fans shows the platform's user ids, and is private.", "visibility")
    _check_total(declaration, metric)
    _check_eligibility(declaration.eligibility, metric, declaration.entity)
    _check_range(declaration.half_life_hours, 1, HALF_LIFE_HOURS_MAX, "halfLifeHours")
    return msgspec.structs.replace(
        declaration,
        name=name,
        title=declaration.title or name,
        unit=metric.unit,
        currency=_currency(declaration.currency, metric, tenant),
    )


def built_in(tenant: Tenant) -> list[Declaration]:
    """The boards that exist without being declared: every metric's, for every kind of entity that has one."""
    return [
        Declaration(
            name=f"{metric.name}-{entity}".replace("_", "-"),
            title=f"{metric.name} by {entity}".replace("_", " ").capitalize(),
            metric=metric.name,
            entity=entity,
            unit=metric.unit,
            currency=tenant.currency if metric.money else None,
            pinned=metric in METRICS and entity in PINNED_KINDS,
        )
        for metric in BY_NAME.values()
        for entity in metric.boards
    ]


def _check_windows(windows: tuple[str, ...]) -> None:
    for window in windows:
        _check_choice(window, WINDOWS, "windows")
    if not windows or len(set(windows)) < len(windows):
        raise QueryInvalid(f"windows are one or more of {', '.join(WINDOWS)}, each once.", "windows")


def _check_filters(filters: Narrowing) -> None:
    given = msgspec.structs.asdict(filters)
    for name, value in given.items():
        if value is not None and not 1 <= len(value) <= FILTER_CHARACTERS_MAX:
            raise QueryInvalid(f"{name} has 1 to {FILTER_CHARACTERS_MAX} characters.", f"filters.{name}")
    if sum(value is not None for value in given.values()) > FILTERS_MAX:
        raise QueryInvalid(f"A board has at most {FILTERS_MAX} of the filters {', '.join(given)}.", "filters")


def _check_eligibility(eligibility: Eligibility, metric: Metric | Unique, entity: str) -> None:
    least, most = eligibility.min_score, eligibility.max_score
    _check_range(least, -SCORE_MAX, SCORE_MAX, "eligibility.minScore")
    _check_range(most, -SCORE_MAX, SCORE_MAX, "eligibility.maxScore")
    if least is not None and most is not None and least > most:
        raise QueryInvalid("minScore is above maxScore, so nobody could be on the board.", "eligibility.minScore")
    _check_range(eligibility.min_fans, 1, FANS_MAX, "eligibility.minFans")
    if eligibility.min_fans is not None and ("fan" not in base_of(metric).kinds or entity not in SUPPORTED):
        known = ", ".join(name for name, each in BY_NAME.items() if "fan" in base_of(each).kinds)
        raise QueryInvalid(
            f"minFans is for {known}, of artists, events, tracks and cities: of these it is known who is behind them.",
            "eligibility.minFans",
        )


def _check_total(declaration: Declaration, metric: Metric | Unique) -> None:
    """What a public total may be of: all that a sum counts for the tenant, or at one event, which is kept as it is."""
    if not declaration.public_total:
        return
    filters = declaration.filters
    if declaration.visibility != "public":
        raise QueryInvalid("Only a public board has a public total.", "publicTotal")
    if isinstance(metric, Unique):
        raise QueryInvalid(f"{metric.name} is no sum, and has no public total.", "publicTotal")
    if filters.city is not None or filters.genre is not None:
        raise QueryInvalid("A board of one city or genre has no public total.", "publicTotal")
    if filters.event is not None and "event" not in metric.kinds:
        raise QueryInvalid(f"{metric.name} is not kept by event, so there is no total of one.", "publicTotal")


def _check_choice(value: str, allowed: Iterable[str], field: str) -> None:
    if value not in allowed:
        raise QueryInvalid(f"{field} is one of {', '.join(allowed)}, not {shown(value)}.", field)


def _check_range(value: int | None, least: int, most: int, field: str) -> None:
    if value is not None and not least <= value <= most:
        raise QueryInvalid(f"{field} is from {least} to {most}.", field)


def _currency(currency: str | None, metric: Metric | Unique, tenant: Tenant) -> str | None:
    if not metric.money:
        if currency is not None:
            raise QueryInvalid(f"{metric.name} is no money and has no currency.", "currency")
        return None
    code = currency or tenant.currency
    if not re.fullmatch(r"[a-z]{3}", code):
        raise QueryInvalid("A currency is three lower-case letters, such as eur.", "currency")
    return code


def _named(message: str) -> QueryInvalid:
    """What the decoder says of a value, with the field and what would be allowed."""
    found = _AT_PATH.match(message)
    what, path = (found["what"], found["field"] or "") if found else (message, "")
    if unknown := re.fullmatch(r"Object contains unknown field `(.*)`", what, re.DOTALL):
        allowed = ", ".join(_FIELDS.get(path, ()))
        field = plain(unknown[1])
        return QueryInvalid(f"A board has no field {shown(unknown[1])} here; there are {allowed}.", field)
    if missing := re.fullmatch(r"Object missing required field `(.*)`", what):
        field = missing[1]
        allowed = ", ".join(BY_NAME) if field == "metric" else "artist, event and the like"
        return QueryInvalid(f"{field} is missing: one of {allowed}.", field)
    return QueryInvalid(f"{path or 'A board'}: {what[:1].lower()}{what[1:]}.", path or None)
