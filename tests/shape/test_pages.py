"""The pages' own files: all words are in the catalogue, nothing is inline, and foreign files are as they were published."""

import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
UI = ROOT / "src" / "coliseum" / "web" / "ui"
TEMPLATES = sorted((UI / "templates").rglob("*.html"))
CODE = re.compile(r"\{#.*?#\}|\{%-?\s*trans\b.*?endtrans\s*-?%\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
SAID_TO_PEOPLE = ("alt", "aria-label", "placeholder", "title")
NAMES = {"Coliseum"}
NPM = shutil.which("npm")


class Words(HTMLParser):
    """Collects what people would read that stands bare in a template, and what must not stand there at all."""

    def __init__(self) -> None:
        super().__init__()
        self.bare: list[str] = []
        self.inline: list[str] = []
        self._inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside = tag
        for name, value in attrs:
            if name in SAID_TO_PEOPLE and value:
                self._read(value)
            if name == "style" or name.startswith("on"):
                self.inline.append(f"{tag} {name}")
        if tag == "style" or (
            tag == "script"
            and not any(name == "src" or (name, value) == ("type", "application/json") for name, value in attrs)
        ):
            self.inline.append(tag)

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002 - the parser calls it so
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside not in ("script", "style", "code", "pre"):
            self._read(data)

    def _read(self, text: str) -> None:
        words = [word for word in re.findall(r"[^\W\d_]{2,}", text) if word not in NAMES]
        if words:
            self.bare.append(" ".join(words))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(UI / "templates")))
def test_every_word_of_a_template_is_in_the_catalogue_and_nothing_is_inline(path: Path) -> None:
    words = Words()
    words.feed(CODE.sub("", path.read_text()))
    assert words.bare == []
    assert words.inline == []


def test_colours_are_decided_in_the_tokens_only() -> None:
    colour = re.compile(r"#[0-9a-fA-F]{3,8}\b|\brgb\(|\bhsl\(")
    allowed = {"tokens.css"}
    shades = re.compile(r"rgb\(20 12 6 / 0\.45\)|background: #fff; color: #000")
    for path in sorted((UI / "static").rglob("*.css")):
        if path.name not in allowed and "vendor" not in path.parts:
            found = colour.findall(shades.sub("", path.read_text()))
            assert not found, f"{path.relative_to(UI)}: {found}"


@pytest.mark.skipif(
    NPM is None or not (ROOT / "frontend" / "node_modules").exists(),
    reason="the packages of frontend are not installed",
)
def test_foreign_files_are_those_of_the_locked_packages() -> None:
    done = subprocess.run([NPM or "", "run", "-s", "check"], cwd=ROOT / "frontend", capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
