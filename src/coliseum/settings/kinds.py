"""How a field of the settings is declared: its variable, what must hold for its value, what it is for."""

from pathlib import Path
from typing import Any, cast, get_args

import msgspec
from msgspec import Meta, Struct

from coliseum.errors import ColiseumError


class SettingInvalid(ColiseumError):
    """An environment variable has a value that cannot be used."""


class Setting(Struct, frozen=True):
    """How one field of `Settings` is set: its variable, and what must hold for the value."""

    env: str
    rule: str
    secret: bool = False


def meta(env: str, rule: str, description: str, *, secret: bool = False, **limits: Any) -> Meta:
    """Build a field's annotation; `rule` completes the sentence '<variable> must …'."""
    return Meta(description=description, extra={"setting": Setting(env, rule, secret)}, **limits)


def whole(env: str, description: str, *, ge: int, le: int) -> Meta:
    """Build the annotation of a whole number within these bounds."""
    return meta(env, f"be a whole number from {ge} to {le}", description, ge=ge, le=le)


def seconds(env: str, description: str, *, ge: float, le: float) -> Meta:
    """Build the annotation of a number of seconds within these bounds."""
    return meta(env, f"be a number of seconds from {ge:g} to {le:g}", description, ge=ge, le=le)


def setting_of(field: msgspec.structs.FieldInfo) -> Setting:
    """Return how `field` of `Settings` is set."""
    return cast("Setting", meta_of(field).extra["setting"])


def meta_of(field: msgspec.structs.FieldInfo) -> Any:
    """Return the description and limits of `field`."""
    return bare(field.type).__metadata__[0]


def bare(kind: Any) -> Any:
    """Return the annotated type of a field that may also be None."""
    return kind if hasattr(kind, "__metadata__") else get_args(kind)[0]


def convert(text: str, kind: Any, setting: Setting) -> Any:
    """Return a variable's text as the value of its field.

    Raises:
        SettingInvalid: it breaks the field's rule.
    """
    try:
        return msgspec.convert(text, kind, strict=False, dec_hook=lambda _, value: Path(value).expanduser())
    except msgspec.ValidationError:
        found = "" if setting.secret else f", but it is {text!r}"
        raise SettingInvalid(f"{setting.env} must {setting.rule}{found}.") from None
