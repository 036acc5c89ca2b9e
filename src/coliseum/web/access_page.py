"""Write docs/ACCESS.md, who may use which route: ``python -m coliseum.web.access_page [--check]``.

It is made from the routes themselves, so that it cannot say anything else than what the guard does.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from coliseum.accounts.permissions import ROLES, SCOPES, Permission
from coliseum.generated import write_or_check
from coliseum.web.app import HANDLERS

PAGE: Final = Path("docs/ACCESS.md")
HEAD: Final = """# Who may do what

This page is generated from the routes by `make generate`. A route asks for one permission; roles of members and scopes
of keys are sets of permissions (`accounts/permissions.py`). Routes that carry events in, and `/api/live`, are described
in [SECURITY.md](SECURITY.md).

"""


def render() -> str:
    """The text of docs/ACCESS.md."""
    return HEAD + "".join((*_permissions(), *_routes()))


def routes() -> Iterator[tuple[str, str, str]]:
    """Each route of the API: method, path, and who may use it."""
    for handler in HANDLERS:
        for path in sorted(handler.paths):
            for method in sorted(handler.http_methods):
                yield method, path.replace(":str", "").replace(":int", ""), str(handler.opt["access"])


def main(arguments: list[str]) -> int:
    """Write the page, or with ``--check`` return 1 when it is stale."""
    return write_or_check({PAGE: render()}, arguments)


def _permissions() -> Iterator[str]:
    yield "## Permissions\n\n"
    yield f"| permission | {' | '.join(ROLES)} | {' | '.join(f'key: {scope}' for scope in SCOPES)} |\n"
    yield f"|{' --- |' * (1 + len(ROLES) + len(SCOPES))}\n"
    for permission in Permission:
        held = [permission in each for each in (*ROLES.values(), *SCOPES.values())]
        yield f"| `{permission}` | {' | '.join('yes' if each else '' for each in held)} |\n"


def _routes() -> Iterator[str]:
    yield "\n## Routes\n\n| route | needs | roles | scopes of a key |\n| --- | --- | --- | --- |\n"
    for method, path, access in sorted(routes(), key=lambda route: (route[1], route[0])):
        yield f"| `{method} {path}` | {_needs(access)} |\n"


def _needs(access: str) -> str:
    if access == "public":
        return "nothing | anybody | any"
    if access == "person":
        return "a log-in | anybody who has logged in | none"
    permission = Permission(access)
    roles = ", ".join(name for name, held in ROLES.items() if permission in held)
    scopes = ", ".join(name for name, held in SCOPES.items() if permission in held)
    return f"`{access}` | {roles} | {scopes or 'none'}"


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
