"""The slow and exact reading of a JSON text, for whatever the fast decoder cannot name or does not see."""

import json
from collections.abc import Iterator
from typing import Any, Final, NoReturn

import msgspec

from coliseum.errors import EventRefused, Refusal

SHOWN_CHARACTERS_MAX: Final = 64


def shown(text: str) -> str:
    """Return text from outside as it may stand in a message: ASCII, quoted, cut to a bounded length."""
    return ascii(text if len(text) <= SHOWN_CHARACTERS_MAX else text[:SHOWN_CHARACTERS_MAX] + "...")


def plain(key: str) -> str:
    """Return a key as it may stand in an answer: as it is, unless it is long or unprintable."""
    return key if key.isprintable() and len(key) <= SHOWN_CHARACTERS_MAX else shown(key)


def read_document(raw: bytes) -> Any:
    """Read a JSON text exactly; numbers stay the text they were sent as (``msgspec.Raw``).

    Raises:
        EventRefused: ``invalid_json`` for what is not JSON in UTF-8 (NaN, Infinity, a lone surrogate and a
            nesting too deep to read included), ``duplicate_key`` naming the key, and ``invalid_payload`` for
            a U+0000, which the log cannot hold.
    """
    try:
        document = json.loads(
            raw.decode(),
            object_pairs_hook=_object,
            parse_int=_number,
            parse_float=_number,
            parse_constant=_not_a_number,
        )
    except UnicodeDecodeError as error:
        raise invalid_json(f"the text is not UTF-8 (byte {error.start})") from None
    except RecursionError:
        raise invalid_json("the JSON is nested too deeply") from None
    except json.JSONDecodeError as error:
        raise invalid_json(f"the JSON is malformed: {error.msg} (character {error.pos})") from None
    for field, text in _texts(document):
        _check_text(text, field)
    return document


def invalid_json(message: str) -> EventRefused:
    """Return the refusal of something that is not JSON."""
    return EventRefused(Refusal.INVALID_JSON, message)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise EventRefused(Refusal.DUPLICATE_KEY, f"the key {shown(key)} occurs twice", plain(key))
            seen.add(key)
    return members


def _number(text: str) -> msgspec.Raw:
    return msgspec.Raw(text.encode())


def _not_a_number(text: str) -> NoReturn:
    raise invalid_json(f"{text} is not a JSON number")


def _texts(document: Any) -> Iterator[tuple[str | None, str]]:
    """Yield every key and string with the member of the outermost object that it stands in."""
    waiting: list[tuple[str | None, Any]] = [(None, document)]
    while waiting:
        field, value = waiting.pop()
        if isinstance(value, str):
            yield field, value
        elif isinstance(value, list):
            waiting.extend((field, part) for part in value)
        elif isinstance(value, dict):
            for key, part in value.items():
                yield field, key
                waiting.append((field or key, part))


def _check_text(text: str, field: str | None) -> None:
    if "\0" in text:
        name = None if field is None else plain(field)
        raise EventRefused(Refusal.INVALID_PAYLOAD, f"{name or 'the event'} contains the character U+0000", name)
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError as error:
            half = f"\\u{ord(text[error.start]):04x}"
            raise invalid_json(f"the JSON contains {half}, half of a surrogate pair") from None
