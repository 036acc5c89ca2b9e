"""What may be kept in a viewer's browser: what the log-in needs, and more only after a yes.

Nothing is kept of a no, so that after it the browser holds as little as before. Global Privacy Control counts as a no
that is stronger than any yes; what an earlier yes has kept is then removed.
"""

from collections.abc import Mapping
from typing import Any, Final

import msgspec
from litestar.datastructures import Cookie

from coliseum.web.ui.text import _

CONSENT_COOKIE: Final = "coliseum-consent"
THEME_COOKIE: Final = "coliseum-theme"
OPTIONAL: Final = (CONSENT_COOKIE, THEME_COOKIE)
"""The names of all cookies that need a yes; the first of them is the yes."""
YEAR_S: Final = 31_536_000


class Kept(msgspec.Struct, frozen=True):
    """Something that may be kept in a browser: its name, where, what for, for how long, and whether it needs a yes."""

    name: str
    where: str
    purpose: str
    lasts: str
    optional: bool


EVERYTHING: Final = (
    Kept("__Host-coliseum", _("Cookie"), _("Says that you have logged in. Unreadable to scripts, sent to this server "
         "only, and only by its own pages."), _("until you log out; at most as long as a log-in lasts"), False),
    Kept("coliseum-vote:*", _("Local storage"), _("The slip of a vote that you have given with this device, so that a "
         "second tap comes to the same vote."), _("until you remove it"), False),
    Kept(CONSENT_COOKIE, _("Cookie"), _("That you have said yes. Holds the word “yes” and nothing else."),
         _("one year"), True),
    Kept(THEME_COOKIE, _("Cookie"), _("Light or dark, when you have chosen."), _("one year"), True),
    Kept("coliseum:*", _("Local storage"), _("How you like tables and displays shown on this device."),
         _("until you say no"), True),
)  # fmt: skip
"""All of it. A test holds pages to this list."""


def refuses_sale(headers: Mapping[str, str]) -> bool:
    """Whether the browser sends Global Privacy Control."""
    return headers.get("sec-gpc") == "1"


def may_store(headers: Mapping[str, str], cookies: Mapping[str, str]) -> bool:
    """Whether more than what is necessary may be kept in this browser."""
    return cookies.get(CONSENT_COOKIE) == "yes" and not refuses_sale(headers)


def agreed() -> list[Cookie]:
    """The cookies of a yes."""
    return [_cookie(CONSENT_COOKIE, "yes", YEAR_S)]


def removed(cookies: Mapping[str, Any]) -> list[Cookie]:
    """The cookies by which everything goes that a yes has let in."""
    return [_cookie(name, "", 0) for name in OPTIONAL if name in cookies]


def swept(headers: Mapping[str, str], cookies: Mapping[str, Any]) -> list[Cookie]:
    """As ``removed``, when the browser says no by itself or no yes is there any more."""
    return [] if may_store(headers, cookies) else removed(cookies)


def _cookie(name: str, value: str, max_age: int) -> Cookie:
    return Cookie(key=name, value=value, path="/", max_age=max_age, secure=True, samesite="lax")
