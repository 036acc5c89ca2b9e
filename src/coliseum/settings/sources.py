"""Where the text of a setting comes from: the environment, a TOML file, a file of its own, or Vault.

The environment wins over the TOML file that ``COLISEUM_CONFIG`` names. A secret may stand in a file of its own, named
by ``<VARIABLE>_FILE``, and may be a reference to Vault (``vault:<mount>/<path>#<field>``), in either source.
"""

import difflib
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final, Literal

from msgspec import Struct

from coliseum.settings.kinds import Setting, SettingInvalid
from coliseum.settings.vault import PREFIX, Vault

CONFIG: Final = "COLISEUM_CONFIG"
FILE: Final = "_FILE"
FILE_BYTES_MAX: Final = 65_536
Source = Literal["environment", "config file", "secret file", "vault"]


class Text(Struct, frozen=True):
    """The text of one setting, with where it was found; ``path``: the secret's own file."""

    text: str
    source: Source
    path: Path | None = None


def found(environ: Mapping[str, str], settings: Iterable[Setting]) -> dict[str, Text]:
    """The texts of all settings that are set, by variable; a reference to Vault gives way to what it stands for.

    Raises:
        SettingInvalid: a file or Vault cannot be read, a setting is given twice in one source, or the TOML file has a
            key that is no setting.
    """
    vault = Vault(environ)
    return {
        env: Text(vault.secret(env, text.text), text.source) if text.source == "vault" else text
        for env, text in texts(environ, settings).items()
    }


def texts(environ: Mapping[str, str], settings: Iterable[Setting]) -> dict[str, Text]:
    """As `found`, but references to Vault stay what they are.

    Raises:
        SettingInvalid: as `found`, but for Vault.
    """
    settings = list(settings)
    given = _config(environ, settings)
    texts = {}
    for setting in settings:
        text = _of(setting, environ, "environment") or _of(setting, given, "config file")
        if text is not None:
            refers = setting.secret and text.text.startswith(PREFIX)
            texts[setting.env] = Text(text.text, "vault", text.path) if refers else text
    return texts


def _of(setting: Setting, given: Mapping[str, str], source: Source) -> Text | None:
    """The text of a setting in one source."""
    text, path = given.get(setting.env, "").strip(), given.get(setting.env + FILE, "").strip()
    if path and not setting.secret:
        raise SettingInvalid(f"{setting.env}{FILE} is no setting: only a secret is read from a file of its own.")
    if path and text:
        raise SettingInvalid(f"{setting.env} and {setting.env}{FILE} must not both be set.")
    if path:
        return _in_file(setting, Path(path).expanduser())
    return Text(text, source) if text else None


def _in_file(setting: Setting, path: Path) -> Text:
    """A secret from a file of its own, without the line breaks that an editor leaves at its end."""
    try:
        with path.open("rb") as file:
            raw = file.read(FILE_BYTES_MAX + 1)
        text = raw.decode().rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise SettingInvalid(f"{setting.env}{FILE}: {path} cannot be read: {why}.") from None
    if len(raw) > FILE_BYTES_MAX or not text:
        raise SettingInvalid(f"{setting.env}{FILE}: {path} is {'empty' if not text else 'too large for a secret'}.")
    return Text(text, "secret file", path)


def _config(environ: Mapping[str, str], settings: Iterable[Setting]) -> dict[str, str]:
    """What the TOML file says, each value as the text that a variable would have."""
    name = environ.get(CONFIG, "").strip()
    if not name:
        return {}
    try:
        content = tomllib.loads(Path(name).expanduser().read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        raise SettingInvalid(f"{CONFIG}: {name} cannot be read: {why}.") from None
    known = [setting.env for setting in settings]
    known += [setting.env + FILE for setting in settings if setting.secret]
    for key in content:
        if key not in known:
            raise SettingInvalid(f"{CONFIG}: {name} has {key!r}, which is no setting.", hint=nearest(key, known))
    return {key: _text(name, key, value) for key, value in content.items()}


def nearest(key: str, known: Iterable[str]) -> str | None:
    """The sentence that asks whether another name was meant."""
    found = difflib.get_close_matches(key.upper(), list(known), 1, 0.6)
    return f"Is {found[0]} meant?" if found else None


def _text(name: str, key: str, value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str() | int() | float():
            return str(value)
        case _:
            raise SettingInvalid(f"{CONFIG}: {key} in {name} must be a text, a number, true or false.")
