"""The mapping language: templates, casts, conditions, lookups, and what it says about mistakes."""

import json
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from coliseum.importer.faults import ImportFailed, RecordRejected
from coliseum.importer.formats import read_records
from coliseum.importer.mapping import make_mapper
from coliseum.importer.opening import open_input
from coliseum.importer.templates import compile_template

UTC_ZONE = ZoneInfo("UTC")
ROW: dict[str, Any] = {
    "a": "x",
    "n": "007",
    "none": None,
    "o": {"p": {"q": 5}},
    "flag": True,
    "d.e": "dotted",
}


def value(template: str, row: dict[str, Any] | None = None, zone: ZoneInfo = UTC_ZONE) -> Any:
    return compile_template(template, zone)(ROW if row is None else row)


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("plain", "plain"),
        ("", ""),
        ("{a}", "x"),
        ("<{a}-{n}>", "<x-007>"),
        ("{{{a}}}", "{x}"),
        ("{n:int}", 7),
        ("v{n:int}", "v7"),
        ("{none}", None),
        ("x{none}", None),
        ("{none|a}", "x"),
        ("{missing|none|n:int}", 7),
        ("{o.p.q}", 5),
        ("{o.p.q.r}", None),
        ("{d.e}", "dotted"),
        ("{flag}", True),
        ("is {flag}", "is true"),
        ("{a:upper}", "X"),
    ],
)
def test_templates(template: str, expected: object) -> None:
    assert value(template) == expected


@pytest.mark.parametrize(
    ("cast", "text", "expected"),
    [
        ("int", " 12.0 ", 12),
        ("int", "-3", -3),
        ("cents", "12.34", 1234),
        ("cents", "12", 1200),
        ("cents(0)", "500", 500),
        ("cents(3)", "1.234", 1234),
        ("bool", "Yes", True),
        ("bool", "0", False),
        ("list", "a, b,,c", ["a", "b", "c"]),
        ("list(;)", "a,b; c", ["a,b", "c"]),
        ("time", "2024-05-01T10:00:00+02:00", "2024-05-01T08:00:00Z"),
        ("time(%d.%m.%Y %H:%M)", "01.05.2024 10:30", "2024-05-01T10:30:00Z"),
        ("epoch_s", "0", "1970-01-01T00:00:00Z"),
        ("epoch_ms", "1500", "1970-01-01T00:00:01.500000Z"),
        ("strip", " a ", "a"),
        ("strip:upper", " a ", "A"),
        ("text", 12, "12"),
    ],
)
def test_casts(cast: str, text: object, expected: object) -> None:
    assert value(f"{{x:{cast}}}", {"x": text}) == expected


def test_a_time_without_an_offset_is_in_the_mapping_s_zone() -> None:
    assert value("{x:time}", {"x": "2024-07-01 12:00"}, ZoneInfo("Europe/Paris")) == "2024-07-01T10:00:00Z"


@pytest.mark.parametrize(
    ("cast", "text"),
    [
        ("int", "1.5"),
        ("int", "one"),
        ("int", "NaN"),
        ("int", "1e400"),
        ("int", "9" * 400),
        ("cents", "1.005"),
        ("bool", "perhaps"),
        ("time", "yesterday"),
        ("time(%Y)", "20x4"),
        ("epoch_s", "9" * 20),
    ],
)
def test_a_value_that_a_cast_cannot_take_rejects_the_record(cast: str, text: str) -> None:
    with pytest.raises(RecordRejected) as caught:
        value(f"{{x:{cast}}}", {"x": text})
    assert caught.value.code == "bad_value"


@pytest.mark.parametrize("template", ["{", "}", "{a", "a}", "{}", "{a:}", "{a:eval}", "{a:int:}", "{{a}"])
def test_a_template_that_is_not_one_is_refused(template: str) -> None:
    with pytest.raises(ImportFailed):
        compile_template(template, UTC_ZONE)


BASE = '[[event]]\ntype = "t"\nat = "2024-01-01T00:00:00Z"\nid = "{a}"\n'


def mapped(tmp_path: Path, mapping: str, rows: str, name: str = "rows.csv") -> list[dict[str, Any]]:
    (tmp_path / "mapping.toml").write_text(mapping, encoding="utf-8")
    (tmp_path / name).write_text(rows, encoding="utf-8")
    source = open_input(str(tmp_path / name))
    try:
        mapper = make_mapper(source, tmp_path / "mapping.toml")
        records = read_records(source, mapper.format_name, mapper.options, 0)
        return [json.loads(event) for record in records for event in mapper.events(record)]
    finally:
        source.close()


def ids(tmp_path: Path, condition: str) -> list[str]:
    events = mapped(tmp_path, BASE + condition, "a,n\nx,1\ny,2\nz,\nw,010\n")
    return [event["id"] for event in events]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ('when = { value = "{a}", is = "x" }', "x"),
        ('when = { value = "{a}", is_not = "x" }', "yzw"),
        ('when = { value = "{n}", is = 10 }', "w"),
        ('when = { value = "{n}", is = "10" }', ""),
        ('skip_if = { value = "{n}", in = [1, 2] }', "zw"),
        ('when = { value = "{a}", not_in = ["x", "z"] }', "yw"),
        ('when = { value = "{n}", null = true }', "z"),
        ('skip_if = { value = "{n}", null = true }', "xyw"),
        ('when = { value = "{n}", less_than = 2 }', "x"),
        ('when = { value = "{n}", greater_than = 1 }', "yw"),
        ('when = [{ value = "{n}", greater_than = 1 }, { value = "{a}", is = "w" }]', "w"),
        ('skip_if = [{ value = "{n}", greater_than = 1 }, { value = "{a}", is = "x" }]', "z"),
        ('when.any = [{ value = "{n}", null = true }, { value = "{a}", is = "x" }]', "xz"),
        ('skip_if.all = [{ value = "{n}", null = false }, { value = "{a}", is = "x" }]', "yzw"),
    ],
)
def test_conditions(tmp_path: Path, condition: str, expected: str) -> None:
    assert "".join(ids(tmp_path, condition)) == expected


def test_a_row_can_become_several_events_and_fields_keep_their_types(tmp_path: Path) -> None:
    events = mapped(
        tmp_path,
        BASE
        + 'fields = { weight = "{n:int}", fixed = 3, list = ["{a}", "{none}", "y"], gone = "{none}" }\n'
        + '[[event]]\ntype = "{a}.second"\nat = "{n}-01-01T00:00:00Z"\n',
        "a,n,none\nx,2024,\n",
    )
    assert events[0] == {
        "id": "x",
        "type": "t",
        "at": "2024-01-01T00:00:00Z",
        "weight": 2024,
        "fixed": 3,
        "list": ["x", "y"],
    }
    assert (events[1]["type"], events[1]["at"]) == ("x.second", "2024-01-01T00:00:00Z")
    assert events[1]["id"].startswith("import-")


LOOKUP = '[lookup.art]\nfile = "art.csv"\nkey = ["code"]\n'
JOIN = 'join.art = ["{n}"]\nfields = { artistId = "{art.name}" }\n'


@pytest.mark.parametrize(
    ("lookup", "code", "outcome"),
    [
        ("", "1", "one"),
        ("", "9", "no_match"),
        ("", "", "no_match"),
        ("", "2", "ambiguous_match"),
        ("optional = true\n", "9", None),
        ("many = true\n", "2", ["two", "zwei"]),
        ("many = true\n", "9", []),
    ],
)
def test_lookups(tmp_path: Path, lookup: str, code: str, outcome: object) -> None:
    (tmp_path / "art.csv").write_text("code,name\n1,one\n2,two\n2,zwei\n", encoding="utf-8")
    rows = f"a,n\nx,{code}\n"
    if outcome in ("no_match", "ambiguous_match"):
        with pytest.raises(RecordRejected) as caught:
            mapped(tmp_path, LOOKUP + lookup + BASE + JOIN, rows)
        assert caught.value.code == outcome
    else:
        [event] = mapped(tmp_path, LOOKUP + lookup + BASE + JOIN, rows)
        assert event.get("artistId") == outcome


def test_a_lookup_may_use_those_above_it(tmp_path: Path) -> None:
    (tmp_path / "art.csv").write_text("code,name\n1,one\n", encoding="utf-8")
    (tmp_path / "alias.csv").write_text("name,alias\none,Uno\n", encoding="utf-8")
    alias = '[lookup.alias]\nfile = "alias.csv"\nkey = ["name"]\n'
    art = LOOKUP + 'join.alias = ["{name}"]\ncolumns.shown = "{alias.alias} ({name})"\n'
    rule = BASE + 'join.art = ["{n}"]\nfields = { name = "{art.shown}" }\n'
    [event] = mapped(tmp_path, alias + art + rule, "a,n\nx,1\n")
    assert event["name"] == "Uno (one)"
    with pytest.raises(ImportFailed, match="does not exist"):
        mapped(tmp_path, art + alias + rule, "a,n\nx,1\n")


def test_once_makes_one_event_of_many_rows(tmp_path: Path) -> None:
    assert ids(tmp_path, "once = true") == ["x", "y", "z", "w"]
    events = mapped(tmp_path, BASE + "once = true\n", "a\nx\nx\ny\nx\n")
    assert [event["id"] for event in events] == ["x", "y"]


def test_rules_are_chosen_by_file_name(tmp_path: Path) -> None:
    two = BASE + 'files = "votes*.csv"\n' + BASE.replace('"t"', '"u"') + 'files = "plays*"\n'
    assert [event["type"] for event in mapped(tmp_path, two, "a\nx\n", "votes-2.csv")] == ["t"]
    assert [event["type"] for event in mapped(tmp_path, two, "a\nx\n", "plays.txt")] == ["u"]
    with pytest.raises(ImportFailed, match="no rule is for"):
        mapped(tmp_path, two, "a\nx\n", "other.csv")


def test_ndjson_can_be_mapped_too(tmp_path: Path) -> None:
    mapping = BASE.replace("{a}", "{user.id}")
    [event] = mapped(tmp_path, mapping, '{"user":{"id":"u-1"}}\n', "x.ndjson")
    assert event["id"] == "u-1"


def test_a_mapping_in_json_is_the_same(tmp_path: Path) -> None:
    (tmp_path / "m.json").write_text('{"event":[{"type":"t","at":"now","id":"{a}"}]}', encoding="utf-8")
    (tmp_path / "rows.csv").write_text("a\nx\n", encoding="utf-8")
    source = open_input(str(tmp_path / "rows.csv"))
    mapper = make_mapper(source, tmp_path / "m.json")
    [record] = read_records(source, mapper.format_name, mapper.options, 0)
    assert mapper.events(record) == [b'{"id":"x","type":"t","at":"now"}']
    source.close()


@pytest.mark.parametrize(
    ("mapping", "words"),
    [
        ("", "event"),
        ("[[event]]\n", "type"),
        (BASE + "feilds = {}\n", "feilds"),
        (BASE + 'fields = { x = "{b}" }\n', "no column b"),
        (BASE + 'when = { value = "{a}" }\n', "exactly one operator"),
        (BASE + 'when = { value = "{a}", is = 1, in = [1] }\n', "exactly one operator"),
        (BASE + 'when = { value = "{b}", is = 1 }\n', "no column b"),
        (BASE + 'join.b = ["{a}"]\n', "does not exist"),
        ('time_zone = "Mars/Base"\n' + BASE, "no time zone"),
        ('csv.encoding = "klingon"\n' + BASE, "no encoding"),
        ('[lookup.b]\nfile = "nowhere.csv"\nkey = ["a"]\n' + BASE, "nowhere.csv"),
        ('[lookup.a]\nfile = "rows.csv"\nkey = ["a"]\n' + BASE + 'join.a = ["{a}"]\n', "name of a column"),
        ('[lookup.b]\nfile = "rows.csv"\nkey = ["z"]\n' + BASE, "no column z"),
        ("not toml", "mapping.toml"),
    ],
)
def test_a_mapping_that_cannot_be_meant_is_refused_before_anything_is_sent(
    tmp_path: Path, mapping: str, words: str
) -> None:
    with pytest.raises(ImportFailed, match=words):
        mapped(tmp_path, mapping, "a\nx\n")


def test_an_empty_value_in_an_id_rejects_the_record(tmp_path: Path) -> None:
    with pytest.raises(RecordRejected) as caught:
        mapped(tmp_path, BASE.replace("{a}", "{n}"), "a,n\nx,\n")
    assert caught.value.code == "missing_value"


def test_csv_without_a_mapping_is_refused(tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("a\nx\n", encoding="utf-8")
    source = open_input(str(tmp_path / "rows.csv"))
    with pytest.raises(ImportFailed, match="--mapping"):
        make_mapper(source, None)
    source.close()
