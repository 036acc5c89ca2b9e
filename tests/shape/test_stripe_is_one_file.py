"""One file speaks with Stripe's library; everybody else speaks with that file."""

import ast
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "src" / "coliseum"
THE_FILE = SOURCE / "billing" / "stripe_client.py"


def imported(path: Path) -> set[str]:
    """The top-level packages that a module imports."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names.add((node.module or "").partition(".")[0])
    return names


def test_one_file_imports_the_library_of_stripe() -> None:
    assert [path for path in sorted(SOURCE.rglob("*.py")) if "stripe" in imported(path)] == [THE_FILE]
