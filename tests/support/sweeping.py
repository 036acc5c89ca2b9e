"""Every route of the OpenAPI document, asked about another tenant's things."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

METHODS = ("get", "put", "post", "patch", "delete")
QUESTION = {
    "metric": "votes", "entity": "artist", "window": "all", "grain": "day", "format": "ndjson", "days": "7",
    "hours": "24", "limit": "20", "minutes": "5",
}  # fmt: skip
"""Parameters of a question that has an answer."""
OPTIONAL = (
    "around",
    "ids",
    "members",
    "event",
    "city",
    "genre",
    "id",
    "board",
    "cursor",
    "userId",
    "endpoint",
    "artist",
    "q",
    "track",
    "entry",
    "search",
)
"""Parameters that name something: each is tried with what the other tenant calls so."""
STREAMS = tuple(f"/api/live/events{kind}" for kind in ("", "/metrics", "/trending", "/breaking"))
"""Answers that do not end; what is watched is swept where the live tests are."""


@dataclass(frozen=True)
class Question:
    """One request, without who asks it."""

    method: str
    path: str
    body: bytes

    @property
    def headers(self) -> dict[str, str]:
        return {"content-type": "application/json"} if self.body else {}


def questions(document: Mapping[str, Any], names: Mapping[str, list[str]], bodies: Mapping[str, Any]) -> list[Question]:
    """Each operation with each of these names for each of its parameters.

    ``names``: by the name of a parameter, of the path or the query, what the other tenant calls so. ``bodies``: by
    method and path, what is sent; ``{}`` to what is not in it.
    """
    return list(dict.fromkeys(_questions(document, names, bodies)))


def _questions(
    document: Mapping[str, Any], names: Mapping[str, list[str]], bodies: Mapping[str, Any]
) -> Iterator[Question]:
    for path, item in document["paths"].items():
        for method in METHODS:
            operation = item.get(method)
            if operation is None or path in STREAMS:
                continue
            sent = method in ("put", "post", "patch")
            body = json.dumps(bodies.get(f"{method} {path}", {})).encode() if sent else b""
            for filled in _paths(path, operation, names):
                for query in _queries(operation, names):
                    yield Question(method.upper(), filled + ("?" + urlencode(query) if query else ""), body)


def _paths(path: str, operation: Mapping[str, Any], names: Mapping[str, list[str]]) -> list[str]:
    filled = [path]
    for parameter in operation.get("parameters", ()):
        if parameter["in"] == "path":
            hole = "{" + parameter["name"] + "}"
            known = names[parameter["name"]]  # a kind of name that nobody has planted is a gap of the sweep
            filled = [each.replace(hole, quote(name, safe="")) for each in filled for name in known]
    assert not [each for each in filled if "{" in each], path
    return filled


def _queries(operation: Mapping[str, Any], names: Mapping[str, list[str]]) -> Iterator[dict[str, str]]:
    known = {each["name"]: each for each in operation.get("parameters", ()) if each["in"] == "query"}
    plain = {name: value for name, value in QUESTION.items() if name in known}
    needed = {name: names[name][0] for name, each in known.items() if each.get("required") and name in names}
    yield plain | needed
    for name in known:
        for value in names.get(name, []) if name in OPTIONAL else []:
            yield {**({} if name == "board" else plain), **needed, name: value}
