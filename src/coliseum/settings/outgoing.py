"""Settings of calls to addresses that tenants name."""

from typing import Annotated

from coliseum.settings.billing import BillingSettings
from coliseum.settings.kinds import meta, seconds


class OutgoingSettings(BillingSettings, frozen=True, kw_only=True):
    """What may be called."""

    outbound_private: Annotated[
        bool,
        meta(
            "COLISEUM_OUTBOUND_PRIVATE",
            "be true or false",
            "Whether webhooks and issuers of identities may be on private addresses and without TLS: for development.",
        ),
    ] = False
    webhook_timeout_s: Annotated[
        float,
        seconds(
            "COLISEUM_WEBHOOK_TIMEOUT_S",
            "Seconds in which a webhook's receiver must have answered.",
            ge=1,
            le=30,
        ),
    ] = 20.0
