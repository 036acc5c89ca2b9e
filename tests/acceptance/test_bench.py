"""`make bench` runs: every claim is measured on a small system, and what it says it checks is checked."""

import asyncio
from pathlib import Path

import pytest

from bench import results
from bench.__main__ import run
from bench.claims import CLAIMS
from bench.context import Bench

SCALE = 0.001


@pytest.mark.timeout(300)
async def test_every_claim_can_be_measured(tmp_path: Path) -> None:
    said: list[str] = []
    report = await run(Bench(tmp_path, said.append, scale=SCALE), list(CLAIMS))
    assert report.failed == {}
    assert {line.claim.replace(" ", "_").replace("-", "_") for line in report.lines} == set(CLAIMS)
    assert all(line.figure > 0 for line in report.lines if line.unit != "x"), report.lines
    assert report.settings["fsync"] == report.settings["synchronous_commit"] == "on"
    page = results.as_markdown(report)
    assert all(f"| {line.claim}: {line.what} |" in page for line in report.lines)
    assert not await asyncio.to_thread(lambda: list(tmp_path.iterdir()))
