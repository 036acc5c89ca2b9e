"""What all pages of settings have: where else one may go among them, and the tenant that they are about."""

from typing import Any, Final

import msgspec
from litestar import Response

from coliseum.accounts.permissions import Permission
from coliseum.web.access import caller_in
from coliseum.web.ui.shell import Asked, page
from coliseum.web.ui.text import _


class Section(msgspec.Struct, frozen=True):
    """A page of settings: where it is below them, and who may see it."""

    path: str
    words: str
    needs: Permission


SECTIONS: Final = (
    Section("", _("General"), Permission.SETTINGS_READ),
    Section("members", _("Members"), Permission.MEMBERS_READ),
    Section("keys", _("Keys"), Permission.KEYS_MANAGE),
    Section("usage", _("Plan and usage"), Permission.USAGE_READ),
    Section("webhooks", _("Webhooks"), Permission.WEBHOOKS_MANAGE),
    Section("identity", _("Identity"), Permission.SETTINGS_READ),
    Section("privacy", _("Privacy"), Permission.SETTINGS_READ),
    Section("audit", _("Audit trail"), Permission.AUDIT_READ),
)


def settings_page(request: Asked, section: str, template: str, /, *, title: str, **values: Any) -> Response[Any]:
    """A page of settings; ``section``: its path below them."""
    caller = caller_in(request.scope)
    return page(
        request, template, title=title, section=section,
        sections=[each for each in SECTIONS if caller.may(each.needs)], **values,
    )  # fmt: skip
