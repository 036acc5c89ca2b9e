"""Every route of the OpenAPI document against a running system, by schemathesis: all phases, all checks, two tenants."""

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from support.live_people import visitor
from support.system import System, running_system

pytestmark = pytest.mark.long
CONFIG = Path(__file__).parents[1] / "support" / "schemathesis.toml"
EXAMPLES = 25
BUYING = ("/api/billing/checkout", "/api/billing/portal")
"""These ask Stripe, which is out of reach here, and are answered 503; their own tests have a Stripe."""
ENDING = ("/api/auth/logout", "/api/auth/sessions/{session_id}")
"""After these, whoever asks is nobody any more."""
BILLED = {
    "STRIPE_SECRET_KEY": "sk_test_of_nobody", "STRIPE_WEBHOOK_SECRET": "whsec_of_nobody",
    "STRIPE_API_BASE": "http://127.0.0.1:9",
}  # fmt: skip
"""Stripe's webhook is set up, and Stripe itself out of reach; the tenants have the largest plan all the same."""


@pytest.fixture(scope="module")
def system(fresh_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with running_system(fresh_database, tmp_path_factory.mktemp("schemathesis"), **BILLED) as running:
        yield running


def attacked(system: System, bearer: str, *which: str) -> subprocess.CompletedProcess[str]:
    """Run it as the tenant of whoever bears this, on the routes that these options leave."""
    return subprocess.run(
        [sys.executable, "-m", "schemathesis.cli", "--config-file", str(CONFIG), "run",
         f"{system.url}/schema/openapi.json", "--header", f"Authorization: Bearer {bearer}", "--checks", "all",
         "--phases", "examples,coverage,fuzzing,stateful", "--max-examples", str(EXAMPLES), "--seed", "1",
         "--no-color", *which],
        cwd=system.folder, capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip


@pytest.mark.timeout(700)
async def test_no_question_breaks_the_contract_or_the_server(system: System) -> None:
    """One tenant's backend and another's owner at the same time; what one of them does the other never meets."""
    key = system.create_tenant("alpha").key
    system.create_tenant("beta")
    for slug in ("alpha", "beta"):
        system.cli("tenant", "plan", slug, "enterprise")
    stays, leaves = [
        (await visitor(system, f"{name}@beta.example", "beta", kind="token", role="owner")).tokens["accessToken"]
        for name in ("stays", "leaves")
    ]
    with ThreadPoolExecutor(2) as pool:
        jobs = [
            pool.submit(attacked, system, key),
            pool.submit(
                attacked, system, stays, *(word for path in (*ENDING, *BUYING) for word in ("--exclude-path", path))
            ),
            pool.submit(attacked, system, leaves, *(word for path in ENDING for word in ("--include-path", path))),
        ]
        runs = [job.result() for job in jobs]
    for run in runs:
        assert run.returncode == 0, run.stdout[-8000:] + run.stderr[-2000:]
        assert "generated" in run.stdout
    assert "capture_failed" not in (system.folder / "web.log").read_text(errors="replace")
