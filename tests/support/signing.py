"""Headers of a signed webhook, as the Standard Webhooks specification says, without its library."""

import base64
import hashlib
import hmac
import time

from coliseum.web.auth import webhook_secret
from support.festival import NUMBERS
from support.services import SECRET_KEY, Platform


def signed_headers(platform: Platform, body: bytes) -> dict[str, str]:
    """What a tenant's other platform sends beside this body."""
    stamp, message_id = str(int(time.time())), f"msg_{next(NUMBERS)}"
    key = base64.b64decode(webhook_secret(SECRET_KEY, platform.tenant.slug).removeprefix("whsec_"))
    digest = hmac.digest(key, f"{message_id}.{stamp}.".encode() + body, hashlib.sha256)
    signature = "v1," + base64.b64encode(digest).decode()
    return {"webhook-id": message_id, "webhook-timestamp": stamp, "webhook-signature": signature}
