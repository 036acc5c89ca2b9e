"""What is committed of the browser package is what its source makes, no larger than promised, and tested."""

import gzip
import re
import shutil
import subprocess
from pathlib import Path

import msgspec
import pytest

from coliseum.queries.leaderboards import BoardPage, BoardRow
from coliseum.queries.public import PublicTotal
from coliseum.queries.series import Point, Series
from coliseum.web.ui.embed import SCRIPTS

pytestmark = pytest.mark.long

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


@pytest.mark.timeout(320)
@pytest.mark.parametrize("script", ["check", "test"])
def test_the_package_is_fresh_and_its_tests_pass(script: str) -> None:
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("no npm on this machine")
    if not (SDK / "node_modules" / ".bin" / "vitest").exists():
        pytest.skip("the packages of sdk/js are not installed: npm ci")
    done = subprocess.run(
        [npm, "run", "--silent", script], cwd=SDK, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("name", "answer"),
    [("BoardRow", BoardRow), ("BoardPage", BoardPage), ("Point", Point), ("MetricsPage", Series),
     ("PublicTotal", PublicTotal)],
)  # fmt: skip
def test_the_types_of_answers_are_those_of_the_api(name: str, answer: type[msgspec.Struct]) -> None:
    source = "".join((SDK / "src" / path).read_text() for path in ("pages.ts", "widgets/counter.ts"))
    body = re.search(rf"^export interface {name} \{{\n(.*?)^\}}", source, re.MULTILINE | re.DOTALL)
    assert body
    declared = {field: bool(mark) for field, mark in re.findall(r"^  (\w+)(\?)?:", body[1], re.MULTILINE)}
    assert declared == {field.encode_name: not field.required for field in msgspec.structs.fields(answer)}


@pytest.mark.parametrize("name", sorted(SCRIPTS))
def test_what_the_server_hands_out_is_what_was_built(name: str) -> None:
    readme, script = (SDK / "README.md").read_text(), SCRIPTS[name]
    assert (SDK / "dist" / name.replace(".js", ".min.js")).read_bytes() == script.content
    assert f"/embed/{script.version}/{name}" in readme
    assert script.integrity in readme
