"""Settings of what is paid for."""

from typing import Annotated

from coliseum.settings.kinds import meta
from coliseum.settings.people import PeopleSettings


class BillingSettings(PeopleSettings, frozen=True, kw_only=True):
    """Stripe; without it every tenant has the plan Enterprise."""

    stripe_secret_key: (
        Annotated[
            str,
            meta(
                "STRIPE_SECRET_KEY",
                "begin with sk_ or rk_",
                "Stripe's secret or restricted key; without it nothing is billed and every tenant is Enterprise.",
                secret=True,
                pattern=r"^(sk|rk)_",
            ),
        ]
        | None
    ) = None
