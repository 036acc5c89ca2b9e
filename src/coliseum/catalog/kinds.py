"""The kinds of the catalogue, as their contracts have them: which event changes one, and which fields it states."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, Literal

from msgspec import Struct, inspect

from coliseum.errors import QueryInvalid
from coliseum.events.shapes import COMMON, Shape, shapes

Shows = Literal["text", "number", "list", "instant"]


class CatalogField(Struct, frozen=True):
    """A field of a kind: its wire name, what it takes, whether it is needed, and what it means."""

    name: str
    takes: Shows
    required: bool
    meaning: str


class CatalogKind(Struct, frozen=True):
    """A kind: its name in addresses, the entity's, the event type that states one, and the fields but the id."""

    name: str
    entity: str
    event_type: str
    id_field: str
    fields: tuple[CatalogField, ...]

    def field(self, name: str) -> CatalogField | None:
        """The field of that wire name; None when there is none."""
        return next((field for field in self.fields if field.name == name), None)


def _kind(shape: Shape) -> CatalogKind:
    entity = shape.event_type.partition(".")[2]
    id_field = f"{entity}Id"
    fields = tuple(
        CatalogField(field.name, _takes(field.kind, instant=field.instant), field.required, field.meaning)
        for field in shape.fields
        if field.name not in COMMON and field.name != id_field
    )
    return CatalogKind(f"{entity}s", entity, shape.event_type, id_field, fields)


def _takes(kind: inspect.Type, *, instant: bool) -> Shows:
    if instant:
        return "instant"
    match kind:
        case inspect.IntType():
            return "number"
        case inspect.ListType():
            return "list"
        case _:
            return "text"


KINDS: Final[Mapping[str, CatalogKind]] = MappingProxyType(
    {kind.name: kind for kind in (_kind(shape) for shape in shapes() if shape.event_type.startswith("catalog."))}
)


def kind_named(name: str) -> CatalogKind:
    """The kind of that name.

    Raises:
        QueryInvalid: there is none.
    """
    if name not in KINDS:
        raise QueryInvalid(f"The catalogue has {', '.join(KINDS)}.", "kind")
    return KINDS[name]


def event_of(kind: CatalogKind, entity_id: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """The event that states an entity, without its own id and time; fields that are empty are left out."""
    stated = {name: value for name, value in fields.items() if value not in (None, "", [])}
    return {"type": kind.event_type, kind.id_field: entity_id, **stated}
