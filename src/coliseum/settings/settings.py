"""All settings in one struct, read from the environment, the files that it names, and Vault."""

from collections.abc import Mapping
from typing import Any, ClassVar

import msgspec

from coliseum.settings.kinds import SettingInvalid, bare, convert, setting_of
from coliseum.settings.operating import OperatingSettings
from coliseum.settings.sources import found


class Settings(OperatingSettings, frozen=True, kw_only=True):
    """Every setting of a Coliseum process; values made by `from_env` are within their limits."""

    redacted: ClassVar[str] = "(hidden)"

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> "Settings":
        """Read the settings from `environ` and from what it names; an unset or empty variable means the default.

        Raises:
            SettingInvalid: a value is out of its limits, or cannot be read; the message names the variable and the
                rule, and never a secret.
        """
        fields = {setting_of(field).env: field for field in msgspec.structs.fields(cls)}
        values: dict[str, Any] = {}
        for env, text in found(environ, [setting_of(field) for field in fields.values()]).items():
            field = fields[env]
            values[field.name] = convert(text.text, bare(field.type), setting_of(field))
        settings = cls(**values)
        if settings.append_batch_events_max > settings.queue_events_max:
            raise SettingInvalid("COLISEUM_APPEND_BATCH_EVENTS_MAX must not be above COLISEUM_QUEUE_EVENTS_MAX.")
        return settings

    def shown(self) -> dict[str, str]:
        """Each variable with its value as text; of a secret that it is set, and nothing else."""
        texts = {}
        for field in msgspec.structs.fields(self):
            value, setting = getattr(self, field.name), setting_of(field)
            texts[setting.env] = self.redacted if setting.secret and value is not None else str(value)
        return texts

    def __repr__(self) -> str:
        """Show every value but the secret ones, so that a logged struct gives nothing away."""
        shown = (
            f"{field.name}={self.redacted if setting_of(field).secret else getattr(self, field.name)!r}"
            for field in msgspec.structs.fields(self)
        )
        return f"Settings({', '.join(shown)})"
