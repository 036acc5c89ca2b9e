"""Statements from files, and rows as typed structs."""

from collections.abc import Iterable, Mapping, Sequence
from importlib import resources
from types import MappingProxyType
from typing import Any, Protocol, TypeVar

import msgspec

Row = TypeVar("Row", bound=msgspec.Struct)


class Connection(Protocol):
    """The part of an asyncpg connection that this project uses."""

    async def execute(self, query: str, *args: object) -> str: ...
    async def executemany(self, command: str, args: Iterable[Sequence[object]]) -> None: ...
    async def fetch(self, query: str, *args: object) -> list[Mapping[str, Any]]: ...
    async def fetchrow(self, query: str, *args: object) -> Mapping[str, Any] | None: ...
    async def fetchval(self, query: str, *args: object) -> Any: ...
    async def copy_records_to_table(
        self, table_name: str, *, records: Iterable[Sequence[object]], columns: Iterable[str]
    ) -> str: ...
    def transaction(self, *, isolation: Any = ..., readonly: bool = ..., deferrable: bool = ...) -> Any: ...
    def get_server_pid(self) -> int: ...
    def cursor(self, query: str, *args: object, prefetch: int | None = ...) -> Any: ...


def statements(package: str) -> Mapping[str, str]:
    """The SQL files of a package's ``sql`` folder, by their names without the ending: one statement each."""
    folder = resources.files(package) / "sql"
    return MappingProxyType(
        {
            entry.name.removesuffix(".sql"): entry.read_text()
            for entry in folder.iterdir()
            if entry.name.endswith(".sql")
        }
    )


async def rows(connection: Connection, row_type: type[Row], sql: str, *args: object) -> list[Row]:
    """Run a query; each row becomes a ``row_type`` by column names."""
    records = await connection.fetch(sql, *args)
    if records and tuple(records[0].keys()) == row_type.__struct_fields__:  # in the order of the fields
        return [row_type(*record.values()) for record in records]
    return [row_type(**record) for record in records]
