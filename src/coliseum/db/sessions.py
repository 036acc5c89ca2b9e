"""What a session of each right may do and for how long, and what PostgreSQL's errors mean."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

import asyncpg
import asyncpg.pgproto.pgproto

Right = Literal["capture", "app", "accounts", "processor", "owner"]
TIMEOUT_S = 30.0
CONNECT_S = 5.0
IDLE_IN_TRANSACTION_S = 10
HELD_MAX_S: Mapping[Right, float] = MappingProxyType({"capture": 15.0, "app": TIMEOUT_S + 5, "accounts": 20.0})
"""How long a pooled connection is used at one go. PostgreSQL lets no statement of these rights run that long: then it
must be out of reach."""
STATEMENT_S: Mapping[Right, int] = MappingProxyType({"capture": 12, "app": int(TIMEOUT_S), "accounts": 15})
LOCK_S: Mapping[Right, int] = MappingProxyType({"capture": 11, "app": int(TIMEOUT_S / 2), "accounts": 12})
"""A lock is waited for longer than a session that holds it may be idle in its transaction."""
KEPT_MAX: Mapping[Right, int] = MappingProxyType({"capture": 3})
"""Connections that are kept at hand between uses: giving one back to the pool and taking it again costs several tasks
and timers, more than a short statement does. Capture looks people up on one while it appends on two others."""

UNREACHABLE = (
    OSError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # an idle connection that was just told that it is ended
    asyncpg.CannotConnectNowError,
    asyncpg.InsufficientResourcesError,  # no connection, disk or memory left
    asyncpg.PostgresIOError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.LockNotAvailableError,
    asyncpg.QueryCanceledError,
    TimeoutError,
)
"""What is raised when PostgreSQL is away, restarting, full or stuck: nothing was committed, or nobody can know."""

CONFLICTS = (asyncpg.DeadlockDetectedError, asyncpg.SerializationError)
"""What is raised when two transactions stood in each other's way: nothing was kept, and another try may succeed."""

DATA_ERRORS = (asyncpg.DataError, asyncpg.IntegrityConstraintViolationError)
"""What is raised when a statement cannot digest its input, however often it is tried."""

PostgresError = asyncpg.PostgresError
InsufficientPrivilege = asyncpg.InsufficientPrivilegeError
UniqueViolation = asyncpg.UniqueViolationError
UnstorableText = asyncpg.CharacterNotInRepertoireError
"""A text holds what PostgreSQL's texts cannot: the character U+0000."""
Uuid = asyncpg.pgproto.pgproto.UUID
"""A ``uuid.UUID`` made of 16 bytes in a tenth of the time."""


def server_settings(right: Right) -> dict[str, str]:
    """What a connection with these rights asks of PostgreSQL when it begins."""
    settings = {
        "application_name": f"coliseum-{right}",
        "timezone": "UTC",
        "idle_in_transaction_session_timeout": f"{IDLE_IN_TRANSACTION_S}s",
        "jit": "off",
        # A client that vanished without a word is noticed within half a minute, and its connection given up.
        "tcp_keepalives_idle": "10",
        "tcp_keepalives_interval": "5",
        "tcp_keepalives_count": "4",
        "synchronous_commit": "on",  # whatever the server or the role says: an acknowledged event is on disk
    }
    if right != "owner":
        settings["role"] = f"coliseum_{right}"
    if right == "processor":
        settings["work_mem"] = "64MB"  # a batch is sorted and hashed in memory
        settings["plan_cache_mode"] = "force_custom_plan"  # one statement serves batches of one entry and of 100,000
    if right == "capture":
        # Everything is looked up by its index, however small the tables were when a plan was made and kept.
        settings |= {"enable_seqscan": "off", "enable_hashjoin": "off", "enable_mergejoin": "off"}
    if right in STATEMENT_S:
        settings["statement_timeout"] = f"{STATEMENT_S[right]}s"
        settings["lock_timeout"] = f"{LOCK_S[right]}s"
    return settings
