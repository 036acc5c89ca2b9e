"""Settings of people, log-ins and mail."""

from typing import Annotated

from coliseum.settings.kinds import meta
from coliseum.settings.serving import ServingSettings


class PeopleSettings(ServingSettings, frozen=True, kw_only=True):
    """Where people reach this server, and how it writes to them."""

    public_url: Annotated[
        str,
        meta(
            "COLISEUM_PUBLIC_URL",
            "be an address such as `https://coliseum.example.org`, without a path",
            "Where people's browsers reach this server: links in mail begin with it, and log-ins from its pages are "
            "accepted. Without it: the address the web server listens on.",
            pattern=r"^(https?://[^/\s]+)?$",
        ),
    ] = ""
