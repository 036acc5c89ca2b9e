"""Write what is made of the contracts: ``python -m coliseum.events.generate [--check]``.

The JSON Schema, the TypeScript types and the docs page each come from the structs and from nothing else.
Paths are relative to the project's root, where it is run.
"""

import json
import sys
from pathlib import Path
from typing import Final

import msgspec
from msgspec import inspect

from coliseum.events.batch import BATCH_BYTES_MAX, BATCH_EVENTS_MAX
from coliseum.events.catalogue import Event
from coliseum.events.decode import EVENT_BYTES_MAX
from coliseum.events.shapes import COMMON, Field, Shape, shapes
from coliseum.generated import write_or_check

SCHEMA: Final = Path("src/coliseum/events/schema.json")
TYPESCRIPT: Final = Path("sdk/js/types/events.ts")
PAGE: Final = Path("docs/EVENTS.md")

_SCHEMA_DESCRIPTION: Final = (
    "An event as Coliseum takes it. Beyond what a schema can say: numbers are written without a fraction "
    "(1, not 1.0), no key occurs twice, no text holds U+0000, dates exist, and an event has at most "
    f"{EVENT_BYTES_MAX} bytes."
)

_PAGE_HEAD: Final = f"""# Events

This page is generated from `src/coliseum/events/` by `make generate`; edit it there. The same contracts as
JSON Schema: `{SCHEMA}`; as TypeScript: `{TYPESCRIPT}`.

An event is a JSON object whose `type` decides its contract. It has at most {EVENT_BYTES_MAX} bytes, a batch
at most {BATCH_EVENTS_MAX} events and {BATCH_BYTES_MAX} bytes. Numbers are integers, written without a
fraction. Texts are counted in characters (Unicode code points) and hold no U+0000. A field set to null
counts as absent. A field that the contract does not know refuses the event when a server key sends it; from
a browser key it is dropped, with an ingestion warning.
"""

_TYPESCRIPT_HEAD: Final = """\
// Generated from src/coliseum/events/ by `make generate`; edit it there.

/** An instant: RFC 3339 date and time with its offset, as Date.prototype.toISOString() writes it. */
export type Rfc3339 = string;
"""


def render() -> dict[Path, str]:
    """Return the text of every generated file by its path."""
    every = shapes()
    return {SCHEMA: json_schema(), TYPESCRIPT: typescript(every), PAGE: docs_page(every)}


def main(arguments: list[str]) -> int:
    """Write the files, or with ``--check`` name the stale ones and return 1 if there are any."""
    return write_or_check(render(), arguments)


def json_schema() -> str:
    """Return the JSON Schema (2020-12) of an event."""
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Coliseum event",
        "description": _SCHEMA_DESCRIPTION,
    }
    return json.dumps({**head, **msgspec.json.schema(Event)}, indent=2) + "\n"


def typescript(every: list[Shape]) -> str:
    """Return a TypeScript module: one interface a type, and their union, discriminated by ``type``."""
    union = "\n".join(f"  | {shape.title}" for shape in every)
    by_type = "".join(f'  "{shape.event_type}": {shape.title};\n' for shape in every)
    return "\n".join(
        [
            _TYPESCRIPT_HEAD,
            *map(_interface, every),
            f"/** Any event. */\nexport type ColiseumEvent =\n{union};\n",
            f"/** The events by their type. */\nexport interface EventsByType {{\n{by_type}}}\n",
            'export type EventType = ColiseumEvent["type"];\n',
        ]
    )


def docs_page(every: list[Shape]) -> str:
    """Return the docs page: an overview, the common fields, and a table of fields for each type."""
    overview = "".join(f"| [`{s.event_type}`](#{_anchor(s)}) | {s.meaning} |\n" for s in every)
    common = _table([field for field in every[0].fields if field.name in COMMON])
    parts = [
        _PAGE_HEAD,
        f"## The types\n\n| Type | What it says |\n| --- | --- |\n{overview}",
        f"## Fields of every event\n\n{common}\n`userId` is optional in `catalog.*`.\n",
    ]
    for shape in every:
        own = [field for field in shape.fields if field.name not in COMMON]
        parts.append(f"## `{shape.event_type}`\n\n{shape.meaning}\n\n{_table(own)}")
    return "\n".join(parts)


def _interface(shape: Shape) -> str:
    lines = [
        f"/** {shape.meaning} */",
        f"export interface {shape.title} {{",
        f'  type: "{shape.event_type}";',
    ]
    for field in shape.fields:
        mark, null = ("", "") if field.required else ("?", " | null")
        lines += [f"  /** {field.meaning} */", f"  {field.name}{mark}: {_typescript_of(field)}{null};"]
    return "\n".join([*lines, "}\n"])


def _typescript_of(field: Field) -> str:
    match field.kind:
        case inspect.LiteralType(values=values):
            return " | ".join(f'"{value}"' for value in values)
        case inspect.StrType():
            return "Rfc3339" if field.instant else "string"
        case inspect.IntType():
            return "number"
        case inspect.BoolType():
            return "boolean"
        case inspect.ListType():
            return "string[]"
        case other:
            raise TypeError(f"{field.name}: no TypeScript is known for {other}")


def _table(fields: list[Field]) -> str:
    rows = "".join(f"| `{f.name}` | {'yes' if f.required else 'no'} | {f.meaning} |\n" for f in fields)
    return f"| Field | Required | Meaning |\n| --- | --- | --- |\n{rows}"


def _anchor(shape: Shape) -> str:
    return shape.event_type.replace(".", "")


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
