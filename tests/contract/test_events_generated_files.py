"""What is generated from the contracts is fresh, and says what the decoder does."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from coliseum.errors import EventRefused
from coliseum.events import generate
from coliseum.events.decode import decode_event
from contract.event_samples import TYPE_NAMES, optional_fields, sample, wire

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = json.loads((ROOT / generate.SCHEMA).read_text(encoding="utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)
TYPESCRIPT = (ROOT / generate.TYPESCRIPT).read_text(encoding="utf-8")
PAGE = (ROOT / generate.PAGE).read_text(encoding="utf-8")

# Every kind of wrong value but 1.0: a schema takes it as an integer and the decoder does not.
TOO_LONG = ["x" * 129, "x" * 257, ["x"] * 257]
WRONG: list[Any] = [*TOO_LONG, "", "EUR", 0, -1, 2**53, 1.5, True, None, [], ["x"], [""], {}]


def taken(event: dict[str, Any]) -> bool:
    try:
        decode_event(wire(event), strict=True)
    except EventRefused:
        return False
    return True


@pytest.mark.parametrize("path", generate.render())
def test_a_generated_file_is_fresh(path: Path) -> None:
    assert (ROOT / path).read_text(encoding="utf-8") == generate.render()[path], f"{path} is stale: make generate"


def test_check_names_the_stale_file_and_generating_mends_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert generate.main(["--check"]) == 1
    assert generate.main([]) == 0
    assert generate.main(["--check"]) == 0
    capsys.readouterr()
    (tmp_path / generate.PAGE).write_text("old", encoding="utf-8")
    assert generate.main(["--check"]) == 1
    assert capsys.readouterr().err.splitlines() == ["docs/EVENTS.md is stale; `make generate` writes it anew."]


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert list(SCHEMA["discriminator"]["mapping"]) == TYPE_NAMES


@pytest.mark.parametrize("kind", TYPE_NAMES)
def test_the_schema_takes_exactly_what_the_decoder_takes(kind: str) -> None:
    full = sample(kind)
    events = [full, full | {"color": "red"}, full | {"type": "x"}]
    events += [{key: value for key, value in full.items() if key != field} for field in full]
    events += [full | {field: value} for field in full for value in WRONG]
    disagreed = [event for event in events if VALIDATOR.is_valid(event) != taken(event)]
    assert disagreed == []
    assert taken(full)


@pytest.mark.parametrize("kind", TYPE_NAMES)
def test_the_typescript_union_has_every_type_with_its_fields(kind: str) -> None:
    found = re.search(rf'export interface (\w+) {{\n  type: "{re.escape(kind)}";\n(.*?)\n}}', TYPESCRIPT, re.DOTALL)
    assert found is not None
    union = re.search(r"export type ColiseumEvent =\n((?:  \| \w+;?\n)+)", TYPESCRIPT)
    assert union is not None
    assert f"| {found[1]}" in union[1].replace(";", "").splitlines()[TYPE_NAMES.index(kind)]
    fields = dict(re.findall(r"^  (\w+)(\??): ", found[2], re.MULTILINE))
    assert set(fields) == set(sample(kind)) - {"type"}
    assert {field for field, mark in fields.items() if mark} == optional_fields(kind)


def test_the_typescript_is_well_formed() -> None:
    code = re.sub(r"/\*\*.*?\*/|//[^\n]*|\"[^\"\n]*\"", " ", TYPESCRIPT, flags=re.DOTALL)
    assert code.count("{") == code.count("}")
    assert not set(code) - set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789{}[]|?:;= \n")
    declared = re.findall(r"export (?:interface|type) (\w+)", code)
    assert len(set(declared)) == len(declared)
    known = {*declared, "string", "number", "boolean", "null", "export", "interface", "type"}
    used = {word for line in code.splitlines() for word in re.findall(r"\b[A-Z]\w+\b", line)}
    assert used <= known


def test_the_typescript_compiles(tmp_path: Path) -> None:
    installed = ROOT / "sdk" / "js" / "node_modules" / ".bin" / "tsc"
    compiler = shutil.which("tsc") or (str(installed) if installed.exists() else None)
    if compiler is None:
        pytest.skip("no TypeScript compiler (tsc) on this machine")
    use = tmp_path / "use.ts"
    module = os.path.relpath(ROOT / generate.TYPESCRIPT.with_suffix(""), tmp_path)
    event = json.dumps(sample("coliseum.vote_cast"))
    use.write_text(f'import type {{ ColiseumEvent }} from "{module}";\nexport const e: ColiseumEvent = {event};\n')
    command = [compiler, "--noEmit", "--strict", "--target", "es2022", "--moduleResolution", "bundler"]
    done = subprocess.run(
        [*command, "--module", "es2022", str(use)], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("kind", TYPE_NAMES)
def test_the_docs_page_has_every_type_with_its_fields(kind: str) -> None:
    common = PAGE.partition("## Fields of every event\n")[2].partition("\n## ")[0]
    own = PAGE.partition(f"## `{kind}`\n")[2].partition("\n## ")[0]
    fields = set(re.findall(r"^\| `(\w+)` \|", common + own, re.MULTILINE))
    assert fields == set(sample(kind)) - {"type"}
    assert re.findall(r"\| (?:yes|no) \|  \|", own) == []
