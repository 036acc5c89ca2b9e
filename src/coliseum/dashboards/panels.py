"""A panel: a question of a breakdown with a title, a chart and a size. What is kept has been asked once."""

from datetime import datetime
from typing import Annotated, Final, Literal, get_args

import msgspec

from coliseum.accounts.tenants import Tenant
from coliseum.errors import QueryInvalid
from coliseum.metrics.registry import Kind
from coliseum.queries.breakdown_asked import Asked, asked_from

ChartName = Literal["auto", "line", "area", "stacked", "bar", "grouped", "figure", "table"]
CHARTS: Final[tuple[ChartName, ...]] = get_args(ChartName)
Size = Literal["small", "medium", "large"]
SIZES: Final[tuple[Size, ...]] = get_args(Size)
PANELS_MAX: Final = 24
TITLE_MAX: Final = 120
WORD_MAX: Final = 256
Word = Annotated[str, msgspec.Meta(max_length=WORD_MAX)]


class Strict(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """What callers send: no field is taken that is not there."""


class Panel(Strict, frozen=True):
    """A question in the words of ``/api/query``, and how its answer is shown. ``auto``: the chart that fits it."""

    question: Annotated[dict[str, Word], msgspec.Meta(max_length=14)]
    title: Annotated[str, msgspec.Meta(max_length=TITLE_MAX)] = ""
    chart: ChartName = "auto"
    size: Size = "medium"


class Panels(Strict, frozen=True):
    """A dashboard as a caller wants it."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=TITLE_MAX)]
    panels: Annotated[list[Panel], msgspec.Meta(max_length=PANELS_MAX)] = []


def asked_of(tenant: Tenant, panel: Panel, now: datetime) -> Asked:
    """What a panel asks at this moment.

    Raises:
        QueryInvalid: it cannot be asked.
    """
    return asked_from(tenant, panel.question, now)


def checked(tenant: Tenant, wish: Panels, now: datetime) -> list[Asked]:
    """What the panels of a dashboard ask.

    Raises:
        QueryInvalid: one cannot be asked, or a text holds what cannot be kept.
    """
    texts = [wish.name, *(each.title for each in wish.panels)]
    if not wish.name.strip() or any("\x00" in text for text in texts):
        raise QueryInvalid("A name has characters that can be read, and no U+0000.", "name")
    asked = []
    for number, panel in enumerate(wish.panels, 1):
        try:
            asked.append(asked_of(tenant, panel, now))
        except QueryInvalid as error:
            raise QueryInvalid(f"Panel {number}: {error}", error.field) from None
    return asked


def names_people(asked: Asked) -> bool:
    """Whether an answer names single people, and so is never public."""
    return asked.subject.kind is Kind.FAN
