"""The contracts laid open for the generators: each type with its fields, their kinds and meanings."""

from typing import Final

from msgspec import Struct, inspect

from coliseum.events.catalogue import TYPES

COMMON: Final = ("id", "userId", "at", "sessionId", "deviceId", "sentAt")
"""The wire names of the fields that every type has."""


class Field(Struct, frozen=True):
    """A field of an event: its wire name, its type without null and mark-up, and what it means."""

    name: str
    kind: inspect.Type
    required: bool
    instant: bool
    meaning: str


class Shape(Struct, frozen=True):
    """An event type: its wire name, the name of its contract, what it says, and its fields in order."""

    event_type: str
    title: str
    meaning: str
    fields: tuple[Field, ...]


def shapes() -> list[Shape]:
    """Return the shape of every event type, in the catalogue's order."""
    return [_shape(name, contract) for name, contract in TYPES.items()]


def _shape(name: str, contract: type) -> Shape:
    info = inspect.type_info(contract)
    if not isinstance(info, inspect.StructType):
        raise TypeError(f"{contract.__name__} is not a struct")
    fields = sorted(map(_field, info.fields), key=_place)
    return Shape(name, contract.__name__, " ".join((contract.__doc__ or "").split()), tuple(fields))


def _field(field: inspect.Field) -> Field:
    kind = field.type
    if isinstance(kind, inspect.UnionType):
        (kind,) = (part for part in kind.types if not isinstance(part, inspect.NoneType))
    description, instant = "", False
    if isinstance(kind, inspect.Metadata):
        description = (kind.extra_json_schema or {}).get("description", "")
        instant = (kind.extra or {}).get("instant", False)
        kind = kind.type
    if isinstance(kind, inspect.LiteralType):
        description = "one of " + ", ".join(f"`{value}`" for value in kind.values)
    return Field(field.encode_name, kind, field.required, instant, description)


def _place(field: Field) -> int:
    """Put the common fields first, in the order of ``COMMON``; the others keep their order."""
    return COMMON.index(field.name) if field.name in COMMON else len(COMMON)
