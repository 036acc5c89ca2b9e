"""Write docs/SETTINGS.md from `Settings`: ``python -m coliseum.settings_page [--check]``."""

import sys
from pathlib import Path

import msgspec

from coliseum.generated import write_or_check
from coliseum.settings import Settings, meta_of, setting_of

PAGE = Path("docs/SETTINGS.md")
HEAD = """# Settings

Each is an environment variable; unset or empty means the default. This page is generated from
`src/coliseum/settings/` by `make generate`; edit it there.

`coliseum config show` prints what is set and where it comes from, with secrets hidden; `coliseum config check` lists
what is missing or unsafe for production, and ends with exit code 1 when something is unsafe.

## A file

`COLISEUM_CONFIG` may name a TOML file with the same names as keys, such as `COLISEUM_PORT = 9000`. The environment wins
over it. A key that is no setting is an error.

## Secrets

What is marked as secret below may also stand in a file of its own: `<VARIABLE>_FILE` names it, such as
`COLISEUM_SECRET_KEY_FILE=/run/secrets/coliseum`. Line breaks at its end do not count. Both at once are an error, and so
is `_FILE` with what is no secret.

A secret may be a reference to HashiCorp Vault in place of its value: `vault:<mount>/<path>#<field>`, such as
`DATABASE_URL=vault:kv/live/coliseum#url`. It is read once, when the process starts, from the KV engine: version 2, or 1
with `VAULT_KV_VERSION=1`. `VAULT_ADDR` says where Vault is; `VAULT_TOKEN`, or a file named by `VAULT_TOKEN_FILE`, who
asks; `VAULT_NAMESPACE` and `VAULT_CACERT` are heeded. Other ways to log in to Vault (AppRole, Kubernetes) and the
renewal of tokens are left to its agent, which writes such a file. This is tested against a server that answers as the
KV engine does, and not against Vault itself.

## All settings

| Variable | Default | Must | Meaning |
| --- | --- | --- | --- |
"""


def render() -> str:
    """Return the text of docs/SETTINGS.md."""
    return HEAD + "".join(_row(field) for field in msgspec.structs.fields(Settings))


def main(arguments: list[str]) -> int:
    """Write the page, or with ``--check`` return 1 when it is stale."""
    return write_or_check({PAGE: render()}, arguments)


def _row(field: msgspec.structs.FieldInfo) -> str:
    setting = setting_of(field)
    default = "none" if field.default is None else f"`{field.default}`"
    secret = " Secret." if setting.secret else ""
    return f"| `{setting.env}` | {default} | {setting.rule} | {meta_of(field).description}{secret} |\n"


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
