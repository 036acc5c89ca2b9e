"""The examples of docs/LIVE.md work, and another client library gets on with the server."""

import asyncio
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from support.examples import example
from support.live_system import Watched, watched_tenant
from support.system import System, running_system

pytestmark = pytest.mark.long
NODE = shutil.which("node")
SCRIPT = """
import {{ watch }} from "{module}";

let shown = 0;
const stop = watch("{url}", async () => "{ticket}", {{ metric: "votes", limit: "5" }}, (page) => {{
  shown += 1;
  console.log(JSON.stringify(page.rows.map((row) => [row.id, row.score])));
}});
process.stdin.on("data", () => {{ stop(); process.exit(0); }});
"""


@pytest.fixture(scope="module")
def system(fresh_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with running_system(fresh_database, tmp_path_factory.mktemp("examples")) as running:
        yield running


@pytest.fixture(scope="module")
async def tenant(system: System) -> Watched:
    return await watched_tenant(system, "examples")


async def test_the_python_example_keeps_up_and_goes_on_after_a_cut(tenant: Watched) -> None:
    scope: dict[str, Any] = {}
    exec(example("docs/LIVE.md", "python"), scope)  # noqa: S102 - our own page
    url, board = f"ws://127.0.0.1:{tenant.port}/api/live", {"metric": "votes", "limit": "5"}
    await tenant.votes(ada=1)

    def until(score: int, seen: Any) -> Any:
        boards = scope["watch"](url, tenant.key, board, seen)
        for page, known in boards:
            if {"ada": score} == {row["id"]: row["score"] for row in page["rows"]}:
                boards.close()
                return known
        raise AssertionError("the server has closed")

    seen = await asyncio.to_thread(until, 1, None)
    await tenant.votes(ada=2)
    again = await asyncio.to_thread(until, 3, seen)
    assert again["position"] > seen["position"]
    with pytest.raises(RuntimeError, match="revoked"):
        await asyncio.to_thread(lambda: next(scope["watch"](url, "wrong", board)))


@pytest.mark.skipif(NODE is None, reason="node is not installed")
async def test_the_browser_example_keeps_up(tenant: Watched, tmp_path: Path) -> None:
    assert NODE is not None
    probe = await asyncio.create_subprocess_exec(
        NODE, "--experimental-websocket", "-e", "WebSocket", stderr=asyncio.subprocess.DEVNULL
    )
    if await probe.wait() != 0:
        pytest.skip("this node has no WebSocket")
    (tmp_path / "live.mjs").write_text(example("docs/LIVE.md", "js"), encoding="utf-8")
    url = f"ws://127.0.0.1:{tenant.port}/api/live"
    script = SCRIPT.format(module=tmp_path / "live.mjs", url=url, ticket=await tenant.ticket())
    (tmp_path / "page.mjs").write_text(script, encoding="utf-8")
    process = await asyncio.create_subprocess_exec(
        NODE, "--experimental-websocket", "--no-warnings", str(tmp_path / "page.mjs"),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdin is not None
    try:
        async with asyncio.timeout(30):
            await process.stdout.readline()
            await tenant.votes(zoe=9, yan=8)
            while {"zoe": 9, "yan": 8}.items() - dict(json.loads(await process.stdout.readline())).items():
                pass
        process.stdin.write(b"enough\n")
        await asyncio.wait_for(process.wait(), 10)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
