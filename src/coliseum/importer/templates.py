"""Templates: text with ``{column}`` in it.

    template    = { text | "{{" | "}}" | placeholder }
    placeholder = "{" name { "|" name } { ":" cast [ "(" argument ")" ] } "}"
    name        = column | column "." member | join "." column

The names of a placeholder are tried in order; the first value that is not null is taken. A template that is
one placeholder has that value's own type (a cast can make it a number or a list); any other template is text.
When a placeholder has no value, the whole template has none.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from coliseum.importer.casts import CASTS, Cast, as_text
from coliseum.importer.faults import ImportFailed, RecordRejected

Scope = Mapping[str, Any]
"""The row's columns, and under each join's name the row (or rows) that it found."""
Template = Callable[[Scope], Any]

_PART = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
_PLACEHOLDER = re.compile(r"([^:]+)((?::[a-z_]+(?:\([^)]*\))?)*)")
_CAST = re.compile(r":([a-z_]+)(?:\(([^)]*)\))?")


@dataclass(frozen=True, slots=True)
class _Placeholder:
    paths: tuple[tuple[str, ...], ...]
    casts: tuple[tuple[str, Cast, str], ...]
    zone: ZoneInfo

    def __call__(self, scope: Scope) -> Any:
        for path in self.paths:
            value = _reach(scope, path)
            if value is not None:
                return self._cast(value, path)
        return None

    def _cast(self, value: Any, path: tuple[str, ...]) -> Any:
        for name, cast, argument in self.casts:
            try:
                value = cast(value, argument, self.zone)
            except ValueError as error:
                shown = as_text(value)[:80]
                raise RecordRejected("bad_value", f"{'.'.join(path)}: {shown!r} as {name}: {error}") from None
        return value


def compile_template(text: str, zone: ZoneInfo) -> Template:
    """Make a template of its text.

    Raises:
        ImportFailed: a brace stands alone, or a cast does not exist.
    """
    parts = _parts(text, zone)
    if len(parts) == 1 and isinstance(parts[0], _Placeholder):
        return parts[0]
    if all(isinstance(part, str) for part in parts):
        literal = "".join(str(part) for part in parts)
        return lambda _scope: literal
    return lambda scope: _joined(parts, scope)


def compile_value(value: object, zone: ZoneInfo) -> Template:
    """Make a template of a field: texts are templates, also in lists; numbers and truth stay as they are."""
    if isinstance(value, str):
        return compile_template(value, zone)
    if isinstance(value, list):
        items = [compile_value(item, zone) for item in value]
        return lambda scope: [found for item in items if (found := item(scope)) is not None]
    return lambda _scope: value


def columns_of(text: str) -> set[str]:
    """The names that a template mentions."""
    inner = [found[1] for found in _PART.finditer(text) if found[1]]
    return {name.strip() for part in inner for name in part.partition(":")[0].split("|")}


def _parts(text: str, zone: ZoneInfo) -> list[str | _Placeholder]:
    parts: list[str | _Placeholder] = []
    end = 0
    for found in _PART.finditer(text):
        if found.start() > end:
            parts.append(text[end : found.start()])
        end = found.end()
        if found[0] in {"{{", "}}"}:
            parts.append(found[0][0])
        elif found[1] is None:
            raise ImportFailed(f"template {text!r}: a brace that is text is written twice")
        else:
            parts.append(_placeholder(found[1], text, zone))
    if end < len(text):
        parts.append(text[end:])
    return parts


def _placeholder(inner: str, text: str, zone: ZoneInfo) -> _Placeholder:
    found = _PLACEHOLDER.fullmatch(inner)
    if found is None:
        raise ImportFailed(f"template {text!r}: {{{inner}}} is not {{column}} or {{column:cast}}")
    casts = []
    for name, argument in _CAST.findall(found[2]):
        if name not in CASTS:
            raise ImportFailed(f"template {text!r}: no cast {name!r}; there are {', '.join(sorted(CASTS))}")
        casts.append((name, CASTS[name], argument))
    paths = tuple(tuple(name.strip().split(".")) for name in found[1].split("|"))
    return _Placeholder(paths, tuple(casts), zone)


def _joined(parts: list[str | _Placeholder], scope: Scope) -> str | None:
    values = [part if isinstance(part, str) else part(scope) for part in parts]
    if any(value is None for value in values):
        return None
    if any(isinstance(value, Mapping | list) for value in values):
        raise RecordRejected("bad_value", "a list or an object stands in the middle of a text")
    return "".join(as_text(value) for value in values)


def _reach(scope: Scope, path: tuple[str, ...]) -> Any:
    """Follow a path; in a list of rows (a join with ``many``), each row's value, in order."""
    value: Any = scope.get(".".join(path)) if len(path) > 1 else None
    if value is not None:
        return value
    value = scope.get(path[0])
    for name in path[1:]:
        if isinstance(value, list):
            value = [item[name] for item in value if item.get(name) is not None]
        elif isinstance(value, Mapping):
            value = value.get(name)
        else:
            return None
    return value
