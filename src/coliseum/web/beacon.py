"""What a page sends while it is being left. A beacon has no headers of its own, so its key stands in its body."""

from typing import Any

import msgspec

from coliseum.errors import Refusal, RequestRefused
from coliseum.web.identify import KEY_MAX

TOKEN_MAX = 16_384


class Parcel(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """A batch with the key of whoever sends it, and the user's token."""

    key: str
    events: msgspec.Raw
    user_token: str | None = None
    sent_at: msgspec.Raw = msgspec.Raw(b"null")


def opened(scope: Any, body: bytes) -> tuple[dict[str, Any], bytes]:
    """The request as it would be with headers: its scope, and the body of a batch.

    Raises:
        RequestRefused: ``invalid_json`` or ``invalid_payload``.
    """
    try:
        parcel = msgspec.json.decode(body, type=Parcel)
        credentials = [(b"authorization", b"Bearer " + parcel.key.encode("ascii"))]
        if parcel.user_token is not None:
            credentials.append((b"coliseum-user", parcel.user_token.encode("ascii")))
    except msgspec.ValidationError as error:
        raise RequestRefused(Refusal.INVALID_PAYLOAD, f"key, events, and userToken and sentAt: {error}") from None
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise RequestRefused(Refusal.INVALID_JSON, f"the JSON is malformed: {error}") from None
    if len(parcel.key) > KEY_MAX or len(parcel.user_token or "") > TOKEN_MAX:
        raise RequestRefused(Refusal.INVALID_PAYLOAD, "key or userToken is too long to be one")
    kept = [pair for pair in scope["headers"] if pair[0] not in (b"authorization", b"coliseum-user")]
    batch = b'{"events":%b,"sentAt":%b}' % (bytes(parcel.events), bytes(parcel.sent_at))
    return {**scope, "headers": [*kept, *credentials]}, batch
