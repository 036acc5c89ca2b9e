"""Templates are compiled once: for all languages of a process, and for all processes that can read the files of one."""

import sys
from pathlib import Path

import jinja2
import pytest

from coliseum.web.ui.compiled import Compiled, compile_all
from coliseum.web.ui.render import templates
from coliseum.web.ui.text import SOURCE, languages

SOURCES = {"one.html": "{% for each in names %}{{ each }}{% endfor %}", "two.html": "{% include 'one.html' %}!"}


class Counted(jinja2.Environment):
    """An environment that knows how many templates it has compiled."""

    compiled = 0

    def _generate(self, *given: object, **named: object) -> str:
        self.compiled += 1
        return super()._generate(*given, **named)  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def written(monkeypatch: pytest.MonkeyPatch) -> None:
    """As Python is set where modules are kept in files."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)


def environment(kept: Compiled, **changed: str) -> Counted:
    return Counted(loader=jinja2.DictLoader(SOURCES | changed), bytecode_cache=kept, auto_reload=False, autoescape=True)


def test_two_languages_share_what_was_compiled(tmp_path: Path) -> None:
    kept = Compiled(tmp_path, b"settings")
    one, other = environment(kept), environment(kept)
    assert compile_all(one) == compile_all(other) == 2
    assert (one.compiled, other.compiled) == (2, 0)
    assert other.get_template("two.html").render(names=["<a>", "b"]) == "&lt;a&gt;b!"


def test_the_next_process_reads_it_from_a_file(tmp_path: Path) -> None:
    compile_all(environment(Compiled(tmp_path / "new", b"settings")))
    later = environment(Compiled(tmp_path / "new", b"settings"))
    compile_all(later)
    assert later.compiled == 0
    assert later.get_template("two.html").render(names=["a"]) == "a!"


def test_a_changed_source_or_setting_is_compiled_anew(tmp_path: Path) -> None:
    compile_all(environment(Compiled(tmp_path, b"settings")))
    edited = environment(Compiled(tmp_path, b"settings"), **{"two.html": "edited"})
    assert edited.get_template("two.html").render() == "edited"
    other = environment(Compiled(tmp_path, b"other settings"))
    compile_all(other)
    assert (edited.compiled, other.compiled) == (1, 2)


def test_a_file_that_is_cut_short_is_none(tmp_path: Path) -> None:
    compile_all(environment(Compiled(tmp_path, b"settings")))
    for file in tmp_path.iterdir():
        file.write_bytes(file.read_bytes()[:40])
    later = environment(Compiled(tmp_path, b"settings"))
    assert later.get_template("two.html").render(names=["a"]) == "a!"


def test_where_nothing_can_be_written_nothing_is_kept(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file stands in the folder's place")
    found = environment(Compiled(tmp_path / "taken" / "below", b"settings"))
    assert compile_all(found) == 2


def test_python_that_keeps_no_files_gets_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    compile_all(environment(Compiled(tmp_path / "none", b"settings")))
    assert not (tmp_path / "none").exists()


def test_every_template_of_ours_compiles() -> None:
    for language in languages():
        assert compile_all(templates(language)) > 50
    assert SOURCE in languages()
