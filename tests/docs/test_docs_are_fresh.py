"""The pages that are made of the code say what the code says now."""

from collections.abc import Callable
from pathlib import Path

import pytest

from coliseum import settings_page
from coliseum.metrics import generate as metrics_page
from coliseum.web import access_page, plans_page
from coliseum.web import generate as api_page

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("path", "render"),
    [
        (settings_page.PAGE, settings_page.render),
        (metrics_page.PAGE, metrics_page.render),
        (api_page.PAGE, api_page.render),
        (access_page.PAGE, access_page.render),
        (plans_page.PAGE, plans_page.render),
    ],
    ids=lambda value: value.name if isinstance(value, Path) else "",
)
def test_page_is_fresh(path: Path, render: Callable[[], str]) -> None:
    assert (ROOT / path).read_text(encoding="utf-8") == render(), f"{path} is stale; `make generate` writes it anew."


@pytest.mark.parametrize("generator", [metrics_page, api_page], ids=["metrics", "api"])
def test_check_names_a_stale_page(
    generator: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    main = generator.main  # type: ignore[attr-defined]
    monkeypatch.chdir(tmp_path)
    (tmp_path / "docs").mkdir()
    assert main(["--check"]) == 1
    assert "is stale" in capsys.readouterr().err
    assert main([]) == 0
    assert main(["--check"]) == 0
