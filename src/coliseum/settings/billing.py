"""Settings of what is paid for."""

from typing import Annotated

from coliseum.settings.kinds import meta, whole
from coliseum.settings.people import PeopleSettings

PRICES = r"^([!-+\--~]+(,[!-+\--~]+)*)?$"
"""One or several words with commas between them."""


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
    stripe_webhook_secret: (
        Annotated[
            str,
            meta(
                "STRIPE_WEBHOOK_SECRET",
                "be secrets that begin with whsec_, with commas between them",
                "Secrets of the endpoints in Stripe that call `/api/webhooks/stripe`: one each.",
                secret=True,
                pattern=r"^whsec_[!-+\--~]+(,whsec_[!-+\--~]+)*$",
            ),
        ]
        | None
    ) = None
    stripe_api_base: Annotated[
        str,
        meta(
            "STRIPE_API_BASE",
            "be an address such as `http://127.0.0.1:8420`, without a path",
            "Where Stripe's API is; Stripe's own address without it. For development against a stand-in.",
            pattern=r"^(https?://[^/\s]+)?$",
        ),
    ] = ""
    stripe_price_basic: Annotated[
        str,
        meta(
            "STRIPE_PRICE_BASIC",
            "be ids of prices, with commas between them",
            "Prices in Stripe that buy the plan Basic; Checkout sells the first.",
            pattern=PRICES,
        ),
    ] = ""
    stripe_price_pro: Annotated[
        str,
        meta(
            "STRIPE_PRICE_PRO",
            "be ids of prices, with commas between them",
            "Prices in Stripe that buy the plan Pro; Checkout sells the first.",
            pattern=PRICES,
        ),
    ] = ""
    stripe_price_enterprise: Annotated[
        str,
        meta(
            "STRIPE_PRICE_ENTERPRISE",
            "be ids of prices, with commas between them",
            "Prices in Stripe that buy the plan Enterprise; Checkout sells the first.",
            pattern=PRICES,
        ),
    ] = ""
    stripe_price_overage: Annotated[
        str,
        meta(
            "STRIPE_PRICE_OVERAGE",
            "be the id of a metered price",
            "Metered price in Stripe that Checkout adds to a plan whose events beyond the month's number are billed.",
            pattern=PRICES,
        ),
    ] = ""
    stripe_meter_event: Annotated[
        str,
        meta(
            "STRIPE_METER_EVENT",
            "be the event name of a meter, at most 100 characters",
            "Name of the meter events that tell Stripe of events beyond a plan's number; without it none are told.",
            pattern=r"^[!-~]{0,100}$",
        ),
    ] = ""
    billing_grace_days: Annotated[
        int,
        whole(
            "COLISEUM_BILLING_GRACE_DAYS",
            "Days that a plan lasts after a payment for it has failed.",
            ge=0,
            le=90,
        ),
    ] = 7
