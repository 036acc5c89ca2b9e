"""Dependencies are locked by hash, and where they come from is left to pip's own configuration."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCKS = sorted((ROOT / "requirements").glob("*.lock"))
BUILD_FILES = [
    *LOCKS,
    ROOT / "Makefile",
    ROOT / ".ci" / "run",
    ROOT / "pyproject.toml",
    *sorted((ROOT / "scripts").glob("*.*")),
]
ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://(?!127\.0\.0\.1)")
INDEX_OPTION = re.compile(r"--(?:extra-)?index-url|--find-links|--trusted-host|--default-index")


@pytest.mark.parametrize("path", BUILD_FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_file_of_the_build_names_a_host(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not ADDRESS.search(text)
    assert not INDEX_OPTION.search(text)


def test_the_locks_are_there() -> None:
    assert [path.name for path in LOCKS] == ["dev.lock", "server.lock"]


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: path.name)
def test_every_locked_package_has_one_version_and_a_hash(path: Path) -> None:
    for requirement in requirements_of(path):
        assert re.match(r"[a-z0-9][a-z0-9.-]*==[^ ]+( ; .+?)? +--hash=sha256:[0-9a-f]{64}", requirement)


def test_dev_has_the_versions_of_the_server() -> None:
    # Of one package, the conditions under which it is needed may differ: more packages ask for it in dev.
    server, dev = (
        {re.split(r"[ ;]", requirement)[0] for requirement in requirements_of(ROOT / "requirements" / name)}
        for name in ("server.lock", "dev.lock")
    )
    assert server <= dev


def test_every_declared_dependency_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups = project["dependency-groups"]
    declared = [*project["project"]["optional-dependencies"]["server"], *groups["build"], *groups["dev"]]
    locked = {requirement.split("==")[0] for requirement in requirements_of(ROOT / "requirements" / "dev.lock")}
    assert {name_of(requirement) for requirement in declared} <= locked


def requirements_of(path: Path) -> list[str]:
    """Return the lock's requirements, each in one line."""
    return path.read_text(encoding="utf-8").replace("\\\n", " ").strip().splitlines()


def name_of(requirement: str) -> str:
    """Return the package's name in the form that locks use."""
    name = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert name is not None
    return re.sub(r"[-_.]+", "-", name.group()).lower()
