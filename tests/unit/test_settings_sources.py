"""Settings from the environment, a TOML file, files of secrets, and Vault: which one wins, and what is refused."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from coliseum.settings import SettingInvalid, Settings
from coliseum.settings import vault as vault_module
from support.vault import FakeVault, fake_vault

KEY = "k7Jq0wXz-hidden-word-9RtYb3LmNcV5dGfHs"
URL = "postgresql://someone:hidden-word@db.example/coliseum"


@pytest.fixture
def vault() -> Iterator[FakeVault]:
    with fake_vault() as server:
        yield server


def config(folder: Path, text: str) -> dict[str, str]:
    path = folder / "coliseum.toml"
    path.write_text(text, encoding="utf-8")
    return {"COLISEUM_CONFIG": str(path)}


def refused(environ: dict[str, str]) -> SettingInvalid:
    with pytest.raises(SettingInvalid) as refusal:
        Settings.from_env(environ)
    assert "hidden-word" not in f"{refusal.value} {refusal.value.hint}"
    return refusal.value


def test_a_file_sets_what_the_environment_leaves(tmp_path: Path) -> None:
    environ = config(tmp_path, f'COLISEUM_PORT = 9000\nCOLISEUM_POLL_INTERVAL_S = 0.5\nDATABASE_URL = "{URL}"\n')
    settings = Settings.from_env({**environ, "COLISEUM_PORT": "9100"})
    assert (settings.port, settings.poll_interval_s, settings.database_url) == (9100, 0.5, URL)


def test_an_empty_variable_leaves_it_to_the_file(tmp_path: Path) -> None:
    assert Settings.from_env({**config(tmp_path, "COLISEUM_PORT = 9000"), "COLISEUM_PORT": ""}).port == 9000


def test_true_and_false_are_those_of_toml(tmp_path: Path) -> None:
    assert Settings.from_env(config(tmp_path, "COLISEUM_OUTBOUND_PRIVATE = true")).outbound_private
    assert not Settings.from_env(config(tmp_path, "COLISEUM_OUTBOUND_PRIVATE = false")).outbound_private


@pytest.mark.parametrize(
    ("key", "meant"),
    [("COLISEUM_PRT", "COLISEUM_PORT"), ("coliseum_port", "COLISEUM_PORT"), ("DATABASE_URI", "DATABASE_URL"),
     ("COLISEUM_PORT_FILE", "COLISEUM_PORT"), ("nothing_like_it_at_all", None)],
)  # fmt: skip
def test_an_unknown_key_is_refused_with_the_one_that_may_be_meant(tmp_path: Path, key: str, meant: str | None) -> None:
    error = refused(config(tmp_path, f"{key} = 1"))
    assert f"has {key!r}, which is no setting." in str(error)
    assert error.hint == (meant and f"Is {meant} meant?")


@pytest.mark.parametrize(
    ("text", "why"),
    [("COLISEUM_PORT = ", "Invalid value"), ("[COLISEUM_PORT]\nx = 1", "must be a text, a number, true or false"),
     ("COLISEUM_PORT = [1]", "must be a text"), ("COLISEUM_PORT = 0", "COLISEUM_PORT must be a whole number")],
)  # fmt: skip
def test_a_file_that_cannot_be_used_is_refused(tmp_path: Path, text: str, why: str) -> None:
    assert why in str(refused(config(tmp_path, text)))


def test_a_file_that_is_not_there_is_refused() -> None:
    assert "COLISEUM_CONFIG: /nowhere/x.toml cannot be read: No such file" in str(
        refused({"COLISEUM_CONFIG": "/nowhere/x.toml"})
    )


@pytest.mark.parametrize("ending", ["", "\n", "\r\n", "\n\n"])
def test_a_secret_may_stand_in_a_file_of_its_own(tmp_path: Path, ending: str) -> None:
    path = tmp_path / "key"
    path.write_bytes(KEY.encode() + ending.encode())
    assert Settings.from_env({"COLISEUM_SECRET_KEY_FILE": str(path)}).secret_key == KEY
    assert Settings.from_env(config(tmp_path, f'COLISEUM_SECRET_KEY_FILE = "{path}"')).secret_key == KEY


def test_a_secret_given_twice_in_one_source_is_refused_and_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_text(KEY)
    both = {"COLISEUM_SECRET_KEY_FILE": str(path), "COLISEUM_SECRET_KEY": KEY}
    assert str(refused(both)) == "COLISEUM_SECRET_KEY and COLISEUM_SECRET_KEY_FILE must not both be set."
    other = "another-" + KEY
    environ = {**config(tmp_path, f'COLISEUM_SECRET_KEY = "{other}"'), "COLISEUM_SECRET_KEY_FILE": str(path)}
    assert Settings.from_env(environ).secret_key == KEY


def test_only_a_secret_is_read_from_a_file_of_its_own() -> None:
    assert str(refused({"COLISEUM_PORT_FILE": "/x"})) == (
        "COLISEUM_PORT_FILE is no setting: only a secret is read from a file of its own."
    )


@pytest.mark.parametrize(
    ("content", "why"),
    [(None, "No such file"), (b"", "is empty"), (b"\n", "is empty"), (b"\xff" * 40, "not UTF-8"),
     (b"hidden-word" * 10_000, "too large"), (b"hidden-word", "must be at least 32 characters long.")],
)  # fmt: skip
def test_a_secrets_file_that_cannot_be_used_is_refused(tmp_path: Path, content: bytes | None, why: str) -> None:
    path = tmp_path / "key"
    if content is not None:
        path.write_bytes(content)
    error = refused({"COLISEUM_SECRET_KEY_FILE": str(path)})
    assert why in str(error)
    assert "COLISEUM_SECRET_KEY" in str(error)


def test_a_secret_is_read_from_the_second_version_of_vaults_engine(vault: FakeVault) -> None:
    vault.secrets["kv/data/live/coliseum"] = {"data": {"key": KEY, "db": URL}, "metadata": {"version": 3}}
    settings = Settings.from_env(
        vault.environ(
            COLISEUM_SECRET_KEY="vault:kv/live/coliseum#key", DATABASE_URL="vault:kv/live/coliseum#db",
            VAULT_NAMESPACE="team/one",
        )
    )  # fmt: skip
    assert (settings.secret_key, settings.database_url) == (KEY, URL)
    [(path, headers)] = vault.asked  # one path is read once
    assert path.startswith("/v1/kv/data/live/coliseum")
    assert headers["x-vault-namespace"] == "team/one"


def test_a_secret_is_read_from_the_first_version_of_vaults_engine(vault: FakeVault) -> None:
    vault.secrets["secret/coliseum"] = {"key": KEY}
    environ = vault.environ(COLISEUM_SECRET_KEY="vault:secret/coliseum#key", VAULT_KV_VERSION="1")
    assert Settings.from_env(environ).secret_key == KEY


def test_the_token_may_stand_in_a_file_and_the_reference_too(vault: FakeVault, tmp_path: Path) -> None:
    vault.secrets["kv/data/coliseum"] = {"data": {"key": KEY}, "metadata": {}}
    environ = vault.environ()
    (tmp_path / "token").write_text(environ.pop("VAULT_TOKEN") + "\n")
    (tmp_path / "key").write_text("vault:kv/coliseum#key\n")
    environ |= {"VAULT_TOKEN_FILE": str(tmp_path / "token"), "COLISEUM_SECRET_KEY_FILE": str(tmp_path / "key")}
    assert Settings.from_env(environ).secret_key == KEY
    assert "must not both be set" in str(refused(environ | {"VAULT_TOKEN": "x"}))


def test_what_is_no_secret_is_never_looked_up(vault: FakeVault) -> None:
    assert "COLISEUM_HOST" not in str(Settings.from_env(vault.environ(COLISEUM_HOST="vault:kv/x#y")).host)
    assert vault.asked == []


REFERENCE = "vault:kv/live#key"


@pytest.mark.parametrize(
    ("reference", "broken", "changes", "why"),
    [
        ("vault:kv#key", None, {}, "must be like vault:<mount>/<path>#<field>"),
        ("vault:kv/live", None, {}, "must be like"),
        ("vault:/live#key", None, {}, "must be like"),
        ("vault:kv/live#other", None, {}, "kv/live in Vault has no text in the field 'other'"),
        ("vault:kv/gone#key", None, {}, "there is no kv/gone in Vault"),
        (REFERENCE, None, {"VAULT_TOKEN": "hidden-word"}, "the token may not read kv/live in Vault"),
        (REFERENCE, None, {"VAULT_ADDR": ""}, "is a reference to Vault, and VAULT_ADDR is not set"),
        (REFERENCE, None, {"VAULT_TOKEN": ""}, "VAULT_TOKEN is not set"),
        (REFERENCE, None, {"VAULT_KV_VERSION": "3"}, "VAULT_KV_VERSION must be 1 or 2"),
        (REFERENCE, (503, b'{"errors":["Vault is sealed"]}'), {}, "sealed or in maintenance"),
        (REFERENCE, (500, b"{}"), {}, "did not answer as it should: InternalServerError"),
        (REFERENCE, (200, b"<html>hidden-word</html>"), {}, "Vault"),
        (REFERENCE, (200, b'{"data":{"data":"hidden-word"}}'), {}, "does not answer as Vault does"),
        (REFERENCE, (200, b'{"data":{"data":{"key":7}}}'), {}, "has no text in the field 'key'"),
    ],
)
def test_what_vault_does_not_give_is_said_in_one_sentence(
    vault: FakeVault, reference: str, broken: tuple[int, bytes] | None, changes: dict[str, str], why: str
) -> None:
    vault.secrets["kv/data/live"] = {"data": {"key": KEY}, "metadata": {}}
    vault.broken = broken
    error = refused({**vault.environ(COLISEUM_SECRET_KEY=reference), **changes})
    assert why in str(error)


def test_a_vault_that_is_not_there_is_said_in_one_sentence() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        environ = {"VAULT_ADDR": f"http://127.0.0.1:{probe.getsockname()[1]}", "VAULT_TOKEN": "x"}
        error = refused({**environ, "COLISEUM_SECRET_KEY": REFERENCE})
    assert str(error) == "COLISEUM_SECRET_KEY: Vault did not answer as it should: ConnectionError."


def test_a_vault_that_does_not_answer_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vault_module, "TIMEOUT_S", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        environ = {"VAULT_ADDR": f"http://127.0.0.1:{silent.getsockname()[1]}", "VAULT_TOKEN": "x"}
        error = refused({**environ, "COLISEUM_SECRET_KEY": REFERENCE})
    assert str(error) == "COLISEUM_SECRET_KEY: Vault did not answer as it should: ReadTimeout."


def test_vault_sends_nobody_elsewhere_with_the_token(vault: FakeVault) -> None:
    with fake_vault() as other:
        vault.broken = (307, f"{other.url}/v1/kv/data/live".encode())
        refused(vault.environ(COLISEUM_SECRET_KEY=REFERENCE))
        assert other.asked == []
