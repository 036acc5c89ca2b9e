"""What people ask for who are not logged in, for the routes and for the pages alike: an account, a new password.

The answer is the same, and as quick, whether there is an account or not: what comes of it comes by mail.
"""

from typing import Final

from coliseum.accounts.asking import ask_for_reset, ask_to_sign_up
from coliseum.accounts.links import SignUp
from coliseum.accounts.passwords import check_new
from coliseum.accounts.people import clean_name, normal_email
from coliseum.errors import Refusal, RequestRefused
from coliseum.web.services import Services

HOUR_S: Final = 3_600
ASKED_BY_ADDRESS: Final = 30
ASKED_FOR_ACCOUNT: Final = 5
"""Mails that may be asked for in an hour: from one address, and to one e-mail address."""


async def ask_for_account(services: Services, email: str, name: str, password: str, address: str) -> None:
    """Somebody wants an account; it begins when the link in the mail is used.

    Raises:
        RequestRefused: ``not_allowed``, ``invalid_payload``, ``weak_password``, ``rate_limited``.
    """
    check_open(services)
    email, name = normal_email(email), clean_name(name)
    check_new(password, email)
    await _count_asking(services, "signup", email, address)
    wish = SignUp(email, name, await services.logins.passwords.hash(password))
    services.post.afterwards(
        ask_to_sign_up(services.database, services.trail, services.post, wish, address, services.clock())
    )


async def ask_for_password(services: Services, email: str, address: str) -> None:
    """Somebody has forgotten their password.

    Raises:
        RequestRefused: ``invalid_payload``, ``rate_limited``.
    """
    email = normal_email(email)
    await _count_asking(services, "reset", email, address)
    services.post.afterwards(
        ask_for_reset(services.database, services.trail, services.post, email, address, services.clock())
    )


def check_open(services: Services) -> None:
    """Whether anybody may ask for an account.

    Raises:
        RequestRefused: ``not_allowed``.
    """
    if services.settings.signup != "open":
        raise RequestRefused(Refusal.NOT_ALLOWED, "accounts are made by invitation here")


async def _count_asking(services: Services, what: str, email: str, address: str) -> None:
    """Whether there may be one more mail; counted alike for addresses that are known and those that are not."""
    await services.limiter.check(f"{what}-from", address, ASKED_BY_ADDRESS, HOUR_S)
    await services.limiter.check(f"{what}-for", email, ASKED_FOR_ACCOUNT, HOUR_S)
