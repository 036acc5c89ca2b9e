"""Every command, refusal, metric, setting, route, event type and part of the code is documented."""

import re
from configparser import ConfigParser
from pathlib import Path

import msgspec
import pytest
import typer
from typer.core import TyperGroup

from coliseum.cli import app
from coliseum.errors import Refusal
from coliseum.events.catalogue import TYPES
from coliseum.metrics.registry import BY_NAME
from coliseum.settings import Settings, setting_of
from coliseum.web.api import audit, billing, declared, exports, leaderboards, reads, seasons, trends, usage
from coliseum.web.capture import ROUTES
from coliseum.web.problems import STATUS

ROOT = Path(__file__).parents[2]
OTHER_STATUS = {Refusal.NOT_COUNTED: 200}
"""A Segment call that carries nothing of ours is answered like any other, and refused nowhere."""
TERMS = [
    "event", "entry", "partition", "offset", "cursor", "projection", "rollup", "metric", "entity", "board",
    "window", "season", "tenant", "plan", "subject", "draft", "refusal", "unit", "epoch", "fence",
    "lease", "generation", "edition", "follower", "step", "batch", "grain", "bucket", "bill", "rule",
    "context", "live", "wanted", "pinned", "remake", "upkeep",
    "declaration", "eligibility", "support", "count-back", "selective", "public",
    "trending", "breaking", "half-life", "usage", "quota", "overage", "allowance",
    "audit trail", "chain", "head", "mode",
    "connected account", "unmatched",
    "widget", "public total",
]  # fmt: skip


def page(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def commands(command: object, name: str = "") -> list[str]:
    if isinstance(command, TyperGroup):
        return [each for word, inner in command.commands.items() for each in commands(inner, f"{name} {word}")]
    return [name.strip()]


@pytest.mark.parametrize("command", commands(typer.main.get_command(app)))
def test_readme_lists_the_command(command: str) -> None:
    assert f"| `coliseum {command}` |" in page("README.md")


@pytest.mark.parametrize("refusal", Refusal)
def test_errors_page_has_the_refusal_with_its_status(refusal: Refusal) -> None:
    status = OTHER_STATUS.get(refusal, STATUS.get(refusal, 400))
    assert f"\n| `{refusal}` | {status} |" in page("docs/ERRORS.md")


def test_errors_page_has_no_refusal_that_does_not_exist() -> None:
    named = re.findall(r"^\| `(\w+)` \| \d{3} \|", page("docs/ERRORS.md"), re.MULTILINE)
    assert sorted(named) == sorted(Refusal)


@pytest.mark.parametrize("metric", BY_NAME)
def test_metrics_page_has_the_metric(metric: str) -> None:
    assert f"\n| `{metric}` |" in page("docs/METRICS.md")


@pytest.mark.parametrize("variable", [setting_of(field).env for field in msgspec.structs.fields(Settings)])
def test_settings_page_has_the_variable(variable: str) -> None:
    assert f"\n| `{variable}` |" in page("docs/SETTINGS.md")


@pytest.mark.parametrize("path", [path for paths, _ in ROUTES for path in paths])
def test_api_page_has_the_route_that_carries_events_in(path: str) -> None:
    assert f"`POST {path}`" in page("docs/API.md")


@pytest.mark.parametrize(
    "path",
    [
        path
        for each in (leaderboards, reads, exports, seasons, trends, usage, audit)
        for handler in each.HANDLERS
        for path in handler.paths
    ],
)
def test_api_page_has_the_route_that_reads(path: str) -> None:
    assert f"`GET {path}`" in page("docs/API.md")


@pytest.mark.parametrize(
    "route",
    [
        f"{method} {path}"
        for each in (*declared.HANDLERS, *billing.HANDLERS)
        for path in each.paths
        for method in each.http_methods
    ],
)
def test_api_page_has_the_route_of_declared_boards_and_of_billing(route: str) -> None:
    assert f"`{route.replace(':str', '')}`" in page("docs/API.md")


@pytest.mark.parametrize("event_type", TYPES)
def test_events_page_has_the_type(event_type: str) -> None:
    assert f"\n## `{event_type}`\n" in page("docs/EVENTS.md")


@pytest.mark.parametrize("term", TERMS)
def test_glossary_defines_the_term(term: str) -> None:
    assert re.search(rf"^\*\*(to )?{term}\*\*( \([^)]*\))?$", page("docs/GLOSSARY.md"), re.MULTILINE)


def test_glossary_defines_no_term_twice() -> None:
    defined = re.findall(r"^(\*\*.+)$", page("docs/GLOSSARY.md"), re.MULTILINE)
    assert sorted(defined) == sorted(set(defined))


def test_architecture_shows_the_layers_that_are_checked() -> None:
    contract = ConfigParser()
    contract.read(ROOT / ".importlinter", encoding="utf-8")
    layers = contract["importlinter:contract:layers"]["layers"].strip()
    assert f"```text\n{layers}\n```" in page("ARCHITECTURE.md")


def test_architecture_has_every_package_and_module() -> None:
    code_map = page("ARCHITECTURE.md").partition("## Code map")[2].partition("### Layers")[0]
    parts = {
        f"`{each.name}/`" if each.is_dir() else f"`{each.name}`"
        for each in (ROOT / "src" / "coliseum").iterdir()
        if each.name[0] not in "_." and (each.suffix == ".py" or (each / "__init__.py").is_file())
    }
    assert {part for part in parts if part not in code_map} == set()


@pytest.mark.parametrize("decision", sorted(each.name for each in (ROOT / "docs/decisions").glob("[0-9]*.md")))
def test_decision_has_its_four_parts_and_is_listed(decision: str) -> None:
    headings = re.findall(r"^## (.+)$", page(f"docs/decisions/{decision}"), re.MULTILINE)
    assert headings == ["Context", "Decision", "What it costs", "How we would know it was wrong"]
    assert f"]({decision})" in page("docs/decisions/README.md")


@pytest.mark.parametrize(
    "runbook", sorted(each.name for each in (ROOT / "docs/runbooks").glob("*.md") if each.name != "README.md")
)
def test_runbook_has_its_four_parts_and_is_listed(runbook: str) -> None:
    text = page(f"docs/runbooks/{runbook}").lower()
    for part in ("symptom", "how to look", "what to do", "how to know it worked"):
        assert re.search(rf"^## .*{part}", text, re.MULTILINE)
    assert f"]({runbook})" in page("docs/runbooks/README.md")
