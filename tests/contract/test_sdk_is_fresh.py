"""What is committed of the browser module is what its source makes, and no larger than promised."""

import gzip
import re
import shutil
import subprocess
from pathlib import Path

import pytest

SDK = Path(__file__).parents[2] / "sdk" / "js"
GZIP_MAX = 3_000


@pytest.mark.parametrize("name", ["coliseum.js", "coliseum.min.js"])
def test_the_module_is_small(name: str) -> None:
    built = (SDK / "dist" / name).read_bytes()
    assert len(gzip.compress(built, 9)) <= GZIP_MAX
    assert f"{name}: {len(built)} bytes" in (SDK / "SIZE.txt").read_text()


def test_the_lock_names_no_host() -> None:
    lock = (SDK / "package-lock.json").read_text()
    assert "resolved" not in lock
    assert not re.search(r"[a-z]+://", lock)


def test_what_is_built_is_what_the_source_makes() -> None:
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("no npm on this machine")
    if not (SDK / "node_modules" / ".bin" / "esbuild").exists():
        pytest.skip("the packages of sdk/js are not installed: npm ci")
    done = subprocess.run(
        [npm, "run", "--silent", "check"], cwd=SDK, capture_output=True, text=True, timeout=100, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
