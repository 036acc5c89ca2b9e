"""The examples of the pages are well-formed: what can be checked without a server is checked here."""

import ast
import json
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
import typer
from typer.core import TyperCommand, TyperGroup

from coliseum.cli import app
from coliseum.client.event import encode_event
from coliseum.events.decode import decode_event
from coliseum.events.record import to_record

ROOT = Path(__file__).parents[2]
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NOW = "2026-06-21T20:15:00Z"
PAGES = ("README.md", *sorted(f"docs/runbooks/{path.name}" for path in (ROOT / "docs/runbooks").glob("*.md")))


def blocks(page: str, language: str) -> list[str]:
    return [text for name, text in FENCE.findall((ROOT / page).read_text(encoding="utf-8")) if name == language]


def shell_lines(page: str) -> list[list[str]]:
    """The words of each line of a page's shell examples, continued lines joined, comments left out."""
    text = "\n".join(blocks(page, "sh")).replace("\\\n", " ").replace("'$(date -u +%FT%TZ)'", NOW)
    return [words for line in text.splitlines() if (words := shlex.split(line, comments=True))]


SHELL = [(page, block) for page in PAGES for block in blocks(page, "sh")]
COMMANDS = [
    words[1:] for page in PAGES for words in shell_lines(page) if words[0] in ("coliseum", ".venv/bin/coliseum")
]
SENT = [
    words[words.index("-d") + 1]
    for words in shell_lines("README.md")
    if words[0] == "curl" and any(word.endswith("/api/passport/log") for word in words)
]


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
@pytest.mark.parametrize(("page", "block"), SHELL)
def test_shell_example_parses(page: str, block: str) -> None:
    parsed = subprocess.run(["bash", "-n"], input=block, text=True, capture_output=True, check=False)  # noqa: S607
    assert parsed.stderr == "", page


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_command_of_an_example_exists_and_takes_these_arguments(words: list[str]) -> None:
    command: object = typer.main.get_command(app)
    rest = list(words)
    while isinstance(command, TyperGroup):
        command = command.commands[rest.pop(0)]
    assert isinstance(command, TyperCommand)
    command.make_context(words[0], rest)


@pytest.mark.parametrize("text", SENT)
def test_event_of_a_curl_example_is_accepted(text: str) -> None:
    assert to_record(decode_event(text.encode(), strict=True).event).value > 0


def test_there_is_an_event_to_send() -> None:
    assert SENT


@pytest.mark.parametrize("page", ["README.md", "docs/ERRORS.md"])
def test_json_examples_parse(page: str) -> None:
    assert [json.loads(block) for block in blocks(page, "json")]


@pytest.mark.parametrize("source", blocks("README.md", "python"))
def test_python_example_sends_events_that_are_accepted(source: str) -> None:
    sent = 0
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "coliseum.track":
            fields = {str(word.arg): ast.literal_eval(word.value) for word in node.keywords}
            kind = ast.literal_eval(node.args[0])
            _, body = encode_event(
                kind,
                fields=fields,
                user_id=fields.pop("user_id"),
                at=NOW,
                event_id=None,
                session_id=None,
                device_id=None,
            )
            decode_event(body, strict=True)
            sent += 1
    assert sent > 0 or "analytics.track(" in source


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
@pytest.mark.parametrize("source", blocks("README.md", "js"))
def test_browser_example_parses(source: str, tmp_path: Path) -> None:
    (tmp_path / "example.mjs").write_text(source, encoding="utf-8")
    parsed = subprocess.run(
        ["node", "--check", str(tmp_path / "example.mjs")],  # noqa: S607
        text=True,
        capture_output=True,
        check=False,
    )
    assert parsed.stderr == ""
