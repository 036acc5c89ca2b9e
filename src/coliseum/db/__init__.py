"""PostgreSQL: pools, tenant transactions, statements from files, rows as typed structs.

Nothing else imports asyncpg. Five pools stand for five sets of rights (see the migrations):

- ``capture`` appends to the log; it bypasses row-level security, because COPY is refused under it;
- ``app`` reads for one tenant at a time, under row-level security;
- ``accounts`` manages people, members, keys and settings, of one tenant at a time under row-level security;
- ``processor`` serves every tenant's projections;
- ``owner`` is the role of the URL itself: migrations and partition upkeep.
"""

from coliseum.db.database import Database, connect
from coliseum.db.rows import Connection, rows, statements
from coliseum.db.sessions import (
    CONFLICTS,
    DATA_ERRORS,
    UNREACHABLE,
    InsufficientPrivilege,
    PostgresError,
    Right,
    UniqueViolation,
    UnstorableText,
    Uuid,
)

__all__ = [
    "CONFLICTS",
    "DATA_ERRORS",
    "UNREACHABLE",
    "Connection",
    "Database",
    "InsufficientPrivilege",
    "PostgresError",
    "Right",
    "UniqueViolation",
    "UnstorableText",
    "Uuid",
    "connect",
    "rows",
    "statements",
]
