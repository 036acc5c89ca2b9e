"""What an operator can set, each from one environment variable, and nothing else.

`Settings` is the only place that knows a variable's name, its default and its limits; docs/SETTINGS.md is
generated from it. Read it once, in a process's entry point, and hand the struct on. Its fields stand in one module for
each part of the system, and each part's struct extends the one before it.
"""

from coliseum.settings.kinds import Setting, SettingInvalid, meta_of, setting_of
from coliseum.settings.serving import LogLevel
from coliseum.settings.settings import Settings

__all__ = ["LogLevel", "Setting", "SettingInvalid", "Settings", "meta_of", "setting_of"]
