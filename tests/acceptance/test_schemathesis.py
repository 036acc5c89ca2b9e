"""Every route of the OpenAPI document against a running system, by schemathesis: all phases, all checks, two tenants."""

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from support.system import System, running_system

pytestmark = pytest.mark.long
CONFIG = Path(__file__).parents[1] / "support" / "schemathesis.toml"
EXAMPLES = 25
BILLED = {
    "STRIPE_SECRET_KEY": "sk_test_of_nobody", "STRIPE_WEBHOOK_SECRET": "whsec_of_nobody",
    "STRIPE_API_BASE": "http://127.0.0.1:9",
}  # fmt: skip
"""Stripe's webhook is set up, and Stripe itself out of reach; the tenants have the largest plan all the same."""


@pytest.fixture(scope="module")
def system(fresh_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with running_system(fresh_database, tmp_path_factory.mktemp("schemathesis"), **BILLED) as running:
        yield running


def attacked(system: System, key: str, seed: int) -> subprocess.CompletedProcess[str]:
    """Run it as the tenant of this key."""
    return subprocess.run(
        [sys.executable, "-m", "schemathesis.cli", "--config-file", str(CONFIG), "run",
         f"{system.url}/schema/openapi.json", "--header", f"Authorization: Bearer {key}", "--checks", "all",
         "--phases", "examples,coverage,fuzzing,stateful", "--max-examples", str(EXAMPLES), "--seed", str(seed),
         "--no-color"],
        cwd=system.folder, capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip


@pytest.mark.timeout(700)
def test_no_question_breaks_the_contract_or_the_server(system: System) -> None:
    keys = [system.create_tenant(slug).key for slug in ("alpha", "beta")]
    for slug in ("alpha", "beta"):
        system.cli("tenant", "plan", slug, "enterprise")
    with ThreadPoolExecutor(2) as pool:
        runs = list(pool.map(attacked, (system, system), keys, (1, 2)))
    for run in runs:
        assert run.returncode == 0, run.stdout[-8000:] + run.stderr[-2000:]
        assert "generated" in run.stdout
    assert "capture_failed" not in (system.folder / "web.log").read_text(errors="replace")
