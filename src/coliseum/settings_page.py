"""Write docs/SETTINGS.md from `Settings`: ``python -m coliseum.settings_page [--check]``."""

import sys
from pathlib import Path

import msgspec

from coliseum.settings import Settings, meta_of, setting_of

PAGE = Path("docs/SETTINGS.md")
HEAD = """# Settings

Each is an environment variable; unset or empty means the default. This page is generated from
`src/coliseum/settings/` by `make generate`; edit it there.

| Variable | Default | Must | Meaning |
| --- | --- | --- | --- |
"""


def render() -> str:
    """Return the text of docs/SETTINGS.md."""
    return HEAD + "".join(_row(field) for field in msgspec.structs.fields(Settings))


def main(arguments: list[str]) -> int:
    """Write the page, or with ``--check`` return 1 when it is stale."""
    if "--check" not in arguments:
        PAGE.write_text(render(), encoding="utf-8")
        return 0
    if PAGE.is_file() and PAGE.read_text(encoding="utf-8") == render():
        return 0
    sys.stderr.write(f"{PAGE} is stale; `make generate` writes it anew.\n")
    return 1


def _row(field: msgspec.structs.FieldInfo) -> str:
    setting = setting_of(field)
    default = "none" if field.default is None else f"`{field.default}`"
    secret = " Secret." if setting.secret else ""
    return f"| `{setting.env}` | {default} | {setting.rule} | {meta_of(field).description}{secret} |\n"


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
