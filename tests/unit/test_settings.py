"""The settings: defaults, limits, secrets, and the page that is made of them."""

import subprocess
import sys

import msgspec
import pytest

from coliseum.settings import SettingInvalid, Settings, setting_of
from coliseum.settings_page import render

SECRET = "postgresql://someone:hidden-word@host/base"


def test_without_variables_every_setting_has_its_default() -> None:
    assert Settings.from_env({}) == Settings()


def test_an_empty_variable_means_the_default() -> None:
    assert Settings.from_env({"COLISEUM_PORT": " ", "DATABASE_URL": ""}) == Settings()


def test_a_variable_sets_its_field() -> None:
    settings = Settings.from_env({"COLISEUM_PORT": "9000", "DATABASE_URL": SECRET, "COLISEUM_LOG_LEVEL": "debug"})
    assert (settings.port, settings.database_url, settings.log_level) == (9000, SECRET, "debug")


@pytest.mark.parametrize(
    ("variable", "value", "sentence"),
    [
        ("COLISEUM_PORT", "eighty", "must be a whole number from 1 to 65535, but it is 'eighty'."),
        ("COLISEUM_PORT", "65536", "must be a whole number from 1 to 65535, but it is '65536'."),
        ("COLISEUM_DEDUPE_DAYS", "34", "must be a whole number from 35 to 3650, but it is '34'."),
        ("COLISEUM_POLL_INTERVAL_S", "nan", "must be a number of seconds from 0.05 to 60, but it is 'nan'."),
        ("COLISEUM_POLL_INTERVAL_S", "inf", "must be a number of seconds from 0.05 to 60, but it is 'inf'."),
        ("COLISEUM_LOG_LEVEL", "loud", "must be debug, info, warning or error, but it is 'loud'."),
        (
            "COLISEUM_PUBLIC_TENANT",
            "A b",
            "must be a tenant's slug: small letters, digits and hyphens, but it is 'A b'.",
        ),
        ("DATABASE_URL", "mysql://a:hidden-word@b/c", "must begin with postgresql:// or postgres://."),
        (
            "VALKEY_URL",
            "http://hidden-word@b",
            "must begin with valkey://, valkeys://, redis:// or rediss://.",
        ),
        ("COLISEUM_SECRET_KEY", "hidden-word", "must be at least 32 characters long."),
        ("COLISEUM_APPEND_BATCH_EVENTS_MAX", "99999", "must not be above COLISEUM_QUEUE_EVENTS_MAX."),
    ],
)
def test_a_bad_value_is_refused_in_one_sentence(variable: str, value: str, sentence: str) -> None:
    with pytest.raises(SettingInvalid) as refusal:
        Settings.from_env({variable: value})
    assert str(refusal.value) == f"{variable} {sentence}"


def test_a_printed_struct_hides_the_secrets() -> None:
    assert "hidden-word" not in repr(Settings.from_env({"DATABASE_URL": SECRET}))


def test_every_setting_is_documented() -> None:
    page = render()
    for field in msgspec.structs.fields(Settings):
        assert f"`{setting_of(field).env}`" in page


def test_the_committed_page_is_fresh() -> None:
    assert subprocess.run([sys.executable, "-m", "coliseum.settings_page", "--check"], check=False).returncode == 0
