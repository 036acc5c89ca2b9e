"""The member behind a connection that no key and no ticket has opened: by their cookie, or by an access token."""

from typing import Any

from coliseum.accounts.callers import Caller
from coliseum.errors import Refusal, RequestRefused
from coliseum.web.csrf import check_page, check_watching
from coliseum.web.identify import cookie_in, person_of
from coliseum.web.services import Services


class Members:
    """Finds out who opens one connection. A cookie counts for pages of this server only, whatever else may watch."""

    def __init__(self, services: Services, scope: Any) -> None:
        self._services = services
        self._scope = scope

    @property
    def has_cookie(self) -> bool:
        """Whether the request that opens it came with a log-in cookie."""
        return cookie_in(self._scope) is not None

    async def caller(self, token: str | None, slug: str | None) -> Caller:
        """The member that an access token, or without one the cookie, stands for.

        Raises:
            RequestRefused: ``login_needed``, ``cross_site``, or they are no member of this tenant.
        """
        scope = {**self._scope, "method": "GET"}
        headers = [pair for pair in scope["headers"] if pair[0] != b"authorization"]
        if token is not None:
            headers.append((b"authorization", b"Bearer " + token.encode("utf-8", "replace")))
        elif scope["type"] == "websocket":
            check_watching(scope, self._services.settings.public_url)
        else:
            check_page(scope, self._services.settings.public_url)
        person = await person_of(self._services, {**scope, "headers": headers})
        if person.session_id is None:
            raise RequestRefused(Refusal.LOGIN_NEEDED, "what is watched this way needs a log-in here, or a ticket")
        return person.member_of(slug)
