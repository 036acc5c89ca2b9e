"""Databases of one's own on the session's PostgreSQL."""

import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from coliseum import db

NUMBERS = itertools.count(1)


@asynccontextmanager
async def new_database(database_url: str, template: str = "template1") -> AsyncIterator[str]:
    """A database that is dropped afterwards; its files are copied, which is quicker than writing them to the WAL."""
    name = f"test_{next(NUMBERS)}"
    connection = await db.connect(database_url)
    try:
        await connection.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        yield urlsplit(database_url)._replace(path=f"/{name}").geturl()
        await connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
    finally:
        await connection.close()
