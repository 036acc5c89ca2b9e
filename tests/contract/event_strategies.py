"""Generated events, valid by construction, and ways in which clients write the same event differently."""

import json
from typing import Any

from hypothesis import strategies as st
from msgspec import inspect

from coliseum.events.shapes import Field, Shape, shapes

TEXT = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
TRICKY = st.sampled_from(['"', "\\", ":", '":', "\\u003a", "\\u0000", ",", "\x7f", "\u2028", "\n", "\x1f", "null"])
INSTANTS = st.sampled_from(["2025-06-21T20:15:00Z", "2025-06-21t20:15:00.5+02:00", "1999-12-31T23:59:60z"])


def texts(low: int | None, high: int | None) -> st.SearchStrategy[str]:
    """Return texts within a length, rich in what JSON escapes."""
    most = min(high or 24, 24)
    return st.lists(TEXT | TRICKY, min_size=low or 0, max_size=most).map(lambda parts: "".join(parts)[:most])


def values(field: Field) -> st.SearchStrategy[Any]:
    """Return the values that a field may have."""
    if field.name == "currency":
        return st.text("abcxyz", min_size=3, max_size=3)
    if field.instant:
        return INSTANTS
    return _of_kind(field.kind)


def _of_kind(kind: inspect.Type) -> st.SearchStrategy[Any]:
    match kind:
        case inspect.Metadata(type=inner):
            return _of_kind(inner)
        case inspect.StrType(min_length=low, max_length=high):
            return texts(low, high)
        case inspect.IntType(ge=low, le=high):
            return st.integers(low, high)
        case inspect.BoolType():
            return st.booleans()
        case inspect.LiteralType(values=members):
            return st.sampled_from(members)
        case inspect.ListType(item_type=item):
            return st.lists(_of_kind(item), max_size=4)
        case other:
            raise TypeError(f"no strategy for {other}")


def _events_of(shape: Shape) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {"type": st.just(shape.event_type), **{f.name: values(f) for f in shape.fields if f.required}},
        optional={f.name: values(f) for f in shape.fields if not f.required},
    )


events: st.SearchStrategy[dict[str, Any]] = st.sampled_from(shapes()).flatmap(_events_of)


def member(key: str, value: Any, *, escaped: bool = True, colons: bool = False) -> str:
    """Return a member of an object as text, on request with every colon inside of its strings escaped."""
    text = json.dumps(value, ensure_ascii=escaped, separators=(",", ":"))
    if colons:
        text = text.replace(":", "\\u003a")
    return f"{json.dumps(key)}:{text}"


@st.composite
def spellings(draw: st.DrawFn, event: dict[str, Any]) -> bytes:
    """Return one of the many JSON texts that mean this event."""
    pairs = draw(st.permutations(list(event.items())))
    escaped, indent = draw(st.booleans()), draw(st.sampled_from([None, 1]))
    separators = draw(st.sampled_from([None, (",", ":"), (" , ", " : ")]))
    space = draw(st.sampled_from(["", " ", "\r\n\t"]))
    text = json.dumps(dict(pairs), separators=separators, ensure_ascii=escaped, indent=indent)
    return f"{space}{text}{space}".encode()
