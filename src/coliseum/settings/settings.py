"""All settings in one struct, read from the environment."""

from collections.abc import Mapping
from typing import Any, ClassVar

import msgspec

from coliseum.settings.kinds import SettingInvalid, bare, convert, setting_of
from coliseum.settings.outgoing import OutgoingSettings


class Settings(OutgoingSettings, frozen=True, kw_only=True):
    """Every setting of a Coliseum process; values made by `from_env` are within their limits."""

    redacted: ClassVar[str] = "(hidden)"

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> "Settings":
        """Read the settings from `environ`; an unset or empty variable means the default.

        Raises:
            SettingInvalid: a value is out of its limits; the message names the variable and the rule.
        """
        values: dict[str, Any] = {}
        for field in msgspec.structs.fields(cls):
            setting = setting_of(field)
            text = environ.get(setting.env, "").strip()
            if text:
                values[field.name] = convert(text, bare(field.type), setting)
        settings = cls(**values)
        if settings.append_batch_events_max > settings.queue_events_max:
            raise SettingInvalid("COLISEUM_APPEND_BATCH_EVENTS_MAX must not be above COLISEUM_QUEUE_EVENTS_MAX.")
        return settings

    def __repr__(self) -> str:
        """Show every value but the secret ones, so that a logged struct gives nothing away."""
        shown = (
            f"{field.name}={self.redacted if setting_of(field).secret else getattr(self, field.name)!r}"
            for field in msgspec.structs.fields(self)
        )
        return f"Settings({', '.join(shown)})"
