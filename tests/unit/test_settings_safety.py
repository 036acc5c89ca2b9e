"""What ``coliseum config check`` finds, and that nothing starts in production with what is unsafe."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from coliseum.settings import Settings
from coliseum.settings.safety import UnsafeSettings, check_mode, findings

GOOD = {
    "COLISEUM_SECRET_KEY": "q8Zt3VnL0bXyK5mRj7WcD2hPfG9sUaTe4oIu",
    "COLISEUM_PUBLIC_URL": "https://coliseum.example.org",
    "DATABASE_URL": "postgresql://coliseum:xK9-2mQ@db.example/coliseum?sslmode=verify-full",
    "VALKEY_URL": "valkeys://:xK9-2mQ@valkey.example:6379/0",
    "COLISEUM_AUDIT_HEADS_FILE": "/var/lib/heads.ndjson",
}


def told(**changes: str) -> dict[str, str]:
    """Everything that is unsafe with these changes of good settings, by setting."""
    environ = {name: value for name, value in {**GOOD, **changes}.items() if value}
    return {
        each.setting: each.what for each in findings(Settings.from_env(environ), environ) if each.weight == "unsafe"
    }


def advice(**changes: str) -> dict[str, str]:
    environ = {name: value for name, value in {**GOOD, **changes}.items() if value}
    return {
        each.setting: each.what for each in findings(Settings.from_env(environ), environ) if each.weight == "advice"
    }


def test_good_settings_are_safe() -> None:
    assert told() == {}
    check_mode(Settings.from_env({**GOOD, "COLISEUM_MODE": "production"}), GOOD)


@pytest.mark.parametrize(
    ("variable", "value", "what"),
    [
        ("COLISEUM_SECRET_KEY", "", "is not set"),
        ("COLISEUM_SECRET_KEY", "a" * 40, "can be guessed"),
        ("COLISEUM_SECRET_KEY", "0123456701234567012345670123456701234567", "can be guessed"),
        ("COLISEUM_SECRET_KEY", "Please-Change-Me-In-Production-1234567890", "can be guessed"),
        ("COLISEUM_PUBLIC_URL", "", "is not set"),
        ("COLISEUM_PUBLIC_URL", "http://coliseum.example.org", "without TLS"),
        ("COLISEUM_OUTBOUND_PRIVATE", "true", "private addresses"),
        ("COLISEUM_LOG_LEVEL", "debug", "is debug"),
        ("DATABASE_URL", "", "is not set"),
        ("DATABASE_URL", "postgresql://u:xK9@db.example/c", "does not insist on TLS"),
        ("DATABASE_URL", "postgresql://u:xK9@db.example/c?sslmode=prefer", "does not insist on TLS"),
        ("DATABASE_URL", "postgresql://u:xK9@/c?host=db.example", "does not insist on TLS"),
        ("DATABASE_URL", "postgresql://postgres:postgres@127.0.0.1/c", "a password that is a default"),
        ("DATABASE_URL", "postgresql://someone:someone@127.0.0.1/c", "a password that is a default"),
        ("VALKEY_URL", "", "is not set"),
        ("VALKEY_URL", "valkeys://valkey.example", "has no password"),
        ("VALKEY_URL", "redis://:x@valkey.example", "is without TLS"),
        ("VAULT_ADDR", "http://vault.example:8200", "is without TLS"),
    ],
)
def test_what_is_unsafe_is_named(variable: str, value: str, what: str) -> None:
    assert what in told(**{variable: value})[variable]


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("DATABASE_URL", "postgresql://u:xK9@127.0.0.1/c"), ("DATABASE_URL", "postgresql://u:xK9@localhost/c"),
        ("DATABASE_URL", "postgresql://u@/c?host=/run/postgresql"), ("DATABASE_URL", "postgresql://u:xK9@[::1]/c"),
        ("DATABASE_URL", "postgresql://u:xK9@db.example/c?sslmode=require"), ("VALKEY_URL", "valkey://localhost"),
        ("COLISEUM_SECRET_KEY", "0f3a9c1b7d5e2f8046ac13579bdf02e4"), ("VAULT_ADDR", "http://127.0.0.1:8200"),
    ],
)  # fmt: skip
def test_what_never_leaves_the_machine_needs_no_tls(variable: str, value: str) -> None:
    assert told(**{variable: value}) == {}


def test_advice_is_given_where_it_may_be_meant_so() -> None:
    assert (
        "sslmode is require" in advice(DATABASE_URL="postgresql://u:xK9@db.example/c?sslmode=require")["DATABASE_URL"]
    )
    assert "has no password" in advice(VALKEY_URL="valkey://localhost")["VALKEY_URL"]
    assert "only a proxy" in advice(COLISEUM_HOST="0.0.0.0")["COLISEUM_HOST"]
    assert "data folder only" in advice(COLISEUM_AUDIT_HEADS_FILE="")["COLISEUM_AUDIT_HEADS_FILE"]
    assert advice(COLISEUM_PROT="1")["COLISEUM_PROT"] == "is no setting. Is COLISEUM_PORT meant?"
    assert "no mail server" in advice()["mail"]


def test_a_secret_that_everybody_on_the_machine_may_read_is_named(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_text(GOOD["COLISEUM_SECRET_KEY"])
    changes = {"COLISEUM_SECRET_KEY": "", "COLISEUM_SECRET_KEY_FILE": str(path)}
    path.chmod(0o644)
    assert "can be read by everybody" in advice(**changes)["COLISEUM_SECRET_KEY_FILE"]
    path.chmod(0o640)
    assert "COLISEUM_SECRET_KEY_FILE" not in advice(**changes)


def test_the_mode_decides_whether_what_is_unsafe_stops_a_start() -> None:
    environ = {**GOOD, "COLISEUM_LOG_LEVEL": "debug", "COLISEUM_PUBLIC_URL": "http://x.example"}
    check_mode(Settings.from_env(environ), environ)
    with pytest.raises(UnsafeSettings) as refusal:
        check_mode(Settings.from_env({**environ, "COLISEUM_MODE": "production"}), environ)
    assert "COLISEUM_LOG_LEVEL: is debug" in str(refusal.value)
    assert "COLISEUM_PUBLIC_URL: is without TLS" in str(refusal.value)


def run(module: str, *arguments: str, **changes: str) -> subprocess.CompletedProcess[str]:
    ours = {
        name: value for name, value in os.environ.items() if not name.startswith(("COLISEUM_", "DATABASE", "VALKEY"))
    }
    return subprocess.run(
        [sys.executable, "-m", module, *arguments], env={**ours, **GOOD, **changes}, capture_output=True, text=True,
        check=False, timeout=60,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("module", "arguments"),
    [("coliseum.cli", ("web",)), ("coliseum.cli", ("processor",)), ("coliseum.local.webserver", ())],
)
def test_in_production_nothing_starts_with_unsafe_settings(module: str, arguments: tuple[str, ...]) -> None:
    done = run(
        module, *arguments, COLISEUM_MODE="production", COLISEUM_LOG_LEVEL="debug", VALKEY_URL="valkey://v.example"
    )
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "Nothing starts in production with these settings:",
        "COLISEUM_LOG_LEVEL: is debug",
        "VALKEY_URL: has no password",
        "VALKEY_URL: is without TLS; use valkeys:// or rediss://",
        "`coliseum config check` lists them all; COLISEUM_MODE=development starts with them.",
    ]


def test_check_ends_with_1_when_something_is_unsafe_and_shows_no_secret() -> None:
    good, bad = (
        run("coliseum.cli", "config", "check"),
        run("coliseum.cli", "config", "check", COLISEUM_LOG_LEVEL="debug"),
    )
    assert (good.returncode, bad.returncode) == (0, 1)
    assert "unsafe: COLISEUM_LOG_LEVEL: is debug" in bad.stdout
    assert good.stdout.endswith("Nothing is unsafe for production.\n")


def test_show_says_what_is_set_and_from_where_and_hides_the_secrets(tmp_path: Path) -> None:
    (tmp_path / "c.toml").write_text("COLISEUM_PORT = 9000")
    shown = run("coliseum.cli", "config", "show", COLISEUM_CONFIG=str(tmp_path / "c.toml"))
    assert shown.returncode == 0
    assert "COLISEUM_PORT=9000  (config file)" in shown.stdout
    assert "COLISEUM_SECRET_KEY=(hidden)  (environment)" in shown.stdout
    assert "STRIPE_SECRET_KEY=None  (default)" in shown.stdout
    for secret in (GOOD["COLISEUM_SECRET_KEY"], "xK9-2mQ"):
        assert secret not in shown.stdout + shown.stderr
