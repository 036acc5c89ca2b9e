"""The shape of a mapping file, exactly as it is written; ``docs/IMPORT.md`` says what each part means."""

import tomllib
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from coliseum.importer.faults import ImportFailed
from coliseum.importer.opening import Format

Scalar = str | int | bool
OneChar = Annotated[str, Meta(min_length=1, max_length=1)]


class CsvOptions(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How CSV is written: the imported file and every lookup file alike."""

    delimiter: OneChar = ","
    quote: OneChar = '"'
    encoding: str = "utf-8"
    null: tuple[str, ...] = ("",)


class Condition(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"is_": "is", "in_": "in"}):
    """A test of one value, or ``any`` or ``all`` of several. Exactly one operator is given."""

    value: str = ""
    is_: Scalar | None = None
    is_not: Scalar | None = None
    in_: list[Scalar] | None = None
    not_in: list[Scalar] | None = None
    null: bool | None = None
    less_than: int | None = None
    greater_than: int | None = None
    any: "list[Condition] | None" = None
    all: "list[Condition] | None" = None


Conditions = Condition | list[Condition]


class Lookup(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Another CSV file, found by the values of its ``key`` columns."""

    file: str
    key: list[str]
    optional: bool = False
    many: bool = False
    skip_if: Conditions = []
    join: dict[str, list[str]] = {}
    columns: dict[str, str] = {}


class Rule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One event that a row becomes."""

    type: str
    at: str
    fields: dict[str, Any] = {}
    id: str | None = None
    files: str = "*"
    when: Conditions = []
    skip_if: Conditions = []
    join: dict[str, list[str]] = {}
    once: bool = False


class MappingFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A whole mapping file."""

    event: Annotated[list[Rule], Meta(min_length=1)]
    format: Format | None = None
    time_zone: str = "UTC"
    csv: CsvOptions = CsvOptions()
    lookup: dict[str, Lookup] = {}


def load_mapping(path: Path) -> tuple[MappingFile, bytes]:
    """Read a mapping file, TOML or (with a name in ``.json``) JSON; return it and its bytes.

    Raises:
        ImportFailed: it cannot be read, or says something that the language does not have.
    """
    try:
        content = path.read_bytes()
        plain = msgspec.json.decode(content) if path.suffix == ".json" else tomllib.loads(content.decode())
        return msgspec.convert(plain, MappingFile), content
    except OSError as error:
        raise ImportFailed(f"{path}: {error.strerror or error}") from error
    except (msgspec.MsgspecError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ImportFailed(f"{path}: {error}", hint="docs/IMPORT.md describes mapping files") from error
