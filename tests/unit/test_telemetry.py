"""What a log line says of an error: what kind and where, and no value that it failed on."""

import re
from collections.abc import Callable
from pathlib import Path

import asyncpg
import msgspec
import pytest

import coliseum
from coliseum.errors import StoreUnavailable
from coliseum.telemetry import described

VALUE = "someone@example.org"


def violated() -> None:
    error = asyncpg.CheckViolationError(f'new row violates check "{VALUE}"')
    error.detail = f"Failing row contains ({VALUE})."
    raise error


FAILURES: list[tuple[Callable[[], object], str]] = [
    (violated, "CheckViolationError 23514"),
    (lambda: {"": VALUE}[VALUE], "KeyError"),
    (lambda: int(VALUE), "ValueError"),
    (lambda: str(VALUE.encode() + b"\xff", "utf-8"), "UnicodeDecodeError"),
    (lambda: msgspec.json.decode(b'"%s' % VALUE.encode()), "DecodeError"),
]


@pytest.mark.parametrize(("fail", "name"), FAILURES)
def test_no_value_is_told(fail: Callable[[], object], name: str) -> None:
    with pytest.raises(Exception) as failure:  # noqa: PT011 - of whatever kind
        fail()
    assert described(failure.value) == name
    assert VALUE not in described(failure.value)


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (ConnectionRefusedError(111, "Connection refused"), "ConnectionRefusedError: [Errno 111] Connection refused"),
        (asyncpg.CannotConnectNowError("the database system is starting up"),
         "CannotConnectNowError: the database system is starting up"),
        (asyncpg.TooManyConnectionsError("sorry"), "TooManyConnectionsError: sorry"),
        (StoreUnavailable("PostgreSQL did not answer."), "StoreUnavailable: PostgreSQL did not answer."),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_server_is_told(error: Exception, told: str) -> None:
    assert described(error) == told


def test_where_it_was_raised_in_our_own_code_is_told_innermost_first() -> None:
    from coliseum.settings import Settings  # noqa: PLC0415 - what fails

    with pytest.raises(Exception) as failure:  # noqa: PT011 - as above
        Settings.from_env({"COLISEUM_PORT": VALUE})
    places = described(failure.value).partition(" at ")[2].split(" < ")
    assert [place.partition(":")[0] for place in places] == ["settings/kinds.py", "settings/settings.py"]


def test_no_log_line_has_an_error_in_its_own_words() -> None:
    source = Path(coliseum.__file__).parent
    lines = {
        f"{path.relative_to(source)}:{number}": line.strip()
        for path in sorted(source.rglob("*.py"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if re.search(r"error=(repr|str)\(|error=f[\"']", line)
    }
    assert lines == {}, "say error=described(error)"
