"""Writes src/coliseum/migrations/schema.sql: what all migrations together make, as pg_dump prints it.

Run by ``make generate``; ``--check`` only says whether the file is fresh.
"""

import asyncio
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from coliseum.local.postgres import EmbeddedPostgres, binary
from coliseum.migrate import migrate

FILE = Path(__file__).parents[1] / "src" / "coliseum" / "migrations" / "schema.sql"
HEAD = "-- Generated from the migrations by `make generate`; it is read, never run.\n\n"
NOISE = re.compile(r"^(--.*|SET .*|SELECT pg_catalog\.set_config.*|\\(un)?restrict .*|)$")


def dump(url: str) -> str:
    """The schema of a migrated database, without comments, session settings and the months' partitions."""
    text = subprocess.run(
        [binary("pg_dump"), "--schema-only", "--no-owner", "--exclude-table=passport_entries_2*", url],
        check=True, capture_output=True, text=True, env={**os.environ, "PGTZ": "UTC"},
    ).stdout  # fmt: skip
    return HEAD + "\n".join(line for line in text.splitlines() if not NOISE.match(line)) + "\n"


def main() -> None:
    """Write the file, or check it."""
    with tempfile.TemporaryDirectory() as folder:
        server = EmbeddedPostgres(Path(folder), "only for a moment")
        server.start()
        try:
            asyncio.run(migrate(server.url))
            text = dump(server.url)
        finally:
            server.stop()
    if "--check" not in sys.argv:
        FILE.write_text(text, encoding="utf-8")
    elif FILE.read_text(encoding="utf-8") != text:
        sys.exit("src/coliseum/migrations/schema.sql is stale: run `make generate`.")


if __name__ == "__main__":
    main()
