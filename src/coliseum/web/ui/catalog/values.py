"""Fields of the catalogue as a form has them: texts, one a line for lists, moments in the tenant's time zone."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from coliseum.catalog.kinds import CatalogField, CatalogKind
from coliseum.catalog.sheet import RowFault, instant_in


def shown_values(kind: CatalogKind, fields: Mapping[str, Any], zone: ZoneInfo) -> dict[str, str]:
    """What the form's controls hold."""
    return {field.name: _shown(field, fields.get(field.name), zone) for field in kind.fields}


def read_values(kind: CatalogKind, form: Mapping[str, str], zone: ZoneInfo) -> dict[str, Any]:
    """What a form states; what is empty is not stated.

    Raises:
        RowFault: a text is not what its field takes.
    """
    found = {field.name: _read(field, form.get(field.name, "").strip(), zone) for field in kind.fields}
    return {name: value for name, value in found.items() if value not in (None, "", [])}


def _shown(field: CatalogField, value: Any, zone: ZoneInfo) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return "\n".join(map(str, value))
    if field.takes == "instant":
        return _local(str(value), zone)
    return str(value)


def _local(text: str, zone: ZoneInfo) -> str:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text  # as somebody has typed it, and it was refused
    if moment.tzinfo is None:
        return text
    local = moment.astimezone(zone)
    # The hour that comes twice in autumn is only certain with its offset.
    if local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset():
        return local.isoformat()
    return local.strftime("%Y-%m-%d %H:%M" if local.second == local.microsecond == 0 else "%Y-%m-%d %H:%M:%S.%f")


def _read(field: CatalogField, text: str, zone: ZoneInfo) -> Any:
    if not text:
        return None
    match field.takes:
        case "list":
            return [line.strip() for line in text.splitlines() if line.strip()]
        case "instant":
            return instant_in(field.name, text, zone)
        case "number":
            if not (text.isascii() and text.isdigit() and len(text) <= 15):
                raise RowFault(field.name, f"{field.name}: {text[:60]!r} is no whole number")
            return int(text)
        case _:
            return text
