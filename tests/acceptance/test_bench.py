"""`make bench` runs: claims are measured on a small system, and what was sent is found stored and counted."""

import asyncio
from pathlib import Path

import pytest

from bench import results
from bench.__main__ import run
from bench.context import Bench

SCALE = 0.001
CLAIMS = ["append", "single", "whole_path", "freshness", "live", "leaderboards", "boards", "memory"]
"""Not `catch_up` and `growth`, which take longest and are made of the parts of these."""


@pytest.mark.timeout(300)
async def test_claims_can_be_measured(tmp_path: Path) -> None:
    said: list[str] = []
    report = await run(Bench(tmp_path, said.append, scale=SCALE), CLAIMS)
    assert report.failed == {}
    assert {line.claim.replace(" ", "_").replace("-", "_") for line in report.lines} == set(CLAIMS)
    assert all(line.figure > 0 for line in report.lines if line.unit != "x"), report.lines
    assert report.settings["fsync"] == report.settings["synchronous_commit"] == "on"
    page = results.as_markdown(report)
    assert all(f"| {line.claim}: {line.what} |" in page for line in report.lines)
    assert not await asyncio.to_thread(lambda: list(tmp_path.iterdir()))
