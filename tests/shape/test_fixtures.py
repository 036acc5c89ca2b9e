"""Fixtures end where they say: pytest takes ``package`` for the whole session in a folder that is no package."""

from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_a_fixture_of_a_package_stands_in_a_package() -> None:
    """Or a browser's loop would still run in the main thread when the tests of other folders begin."""
    scoped = [path for path in (ROOT / "tests").rglob("conftest.py") if 'scope="package"' in path.read_text()]
    assert scoped
    assert [path for path in scoped if not (path.parent / "__init__.py").exists()] == []
