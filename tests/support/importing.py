"""Running ``coliseum import`` against the fake server, and reading what it leaves behind."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from coliseum.cli import app
from support.fake_server import KEY, FakeServer

MAPPING = """
[[event]]
type = "social.share"
at = "2024-01-01T00:00:00Z"
fields = { userId = "{user}", n = "{n:int}" }
"""
"""Rows with the columns ``user`` and ``n``."""


def lines(count: int, *, with_id: bool = True) -> str:
    rows = [
        {"type": "social.share", "userId": f"u-{n}", "n": n} | ({"id": f"e-{n}"} if with_id else {})
        for n in range(count)
    ]
    return "".join(json.dumps(row) + "\n" for row in rows)


def command(server: FakeServer, *arguments: object) -> list[str]:
    return ["import", *(str(argument) for argument in arguments), "--url", server.url, "--key", KEY]


def run(server: FakeServer, *arguments: object, stdin: bytes | None = None) -> tuple[int, str]:
    done = CliRunner().invoke(app, command(server, *arguments), input=stdin)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, done.output


def child(server: FakeServer, *arguments: object) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "coliseum.cli", *command(server, *arguments)], stderr=subprocess.PIPE
    )


def state(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(Path(f"{path}.progress").read_bytes())
    return found


def rejects(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in Path(f"{path}.rejects.ndjson").read_text(encoding="utf-8").splitlines()]


def numbers(server: FakeServer) -> list[int]:
    return sorted(event["n"] for event in server.events.values())
