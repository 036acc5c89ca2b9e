"""Forms that pages send by themselves, without a script: read, bounded, and held to be our own pages'."""

import base64
import binascii
import hmac
import secrets
from typing import Any, Final
from urllib.parse import parse_qs

from coliseum.errors import Refusal, RequestRefused
from coliseum.web.bodies import Disconnected, read_plain
from coliseum.web.csrf import csrf_token, from_own_page
from coliseum.web.services import Services

FORM_BYTES_MAX: Final = 16_384
FIELDS_MAX: Final = 40
FORM: Final = b"application/x-www-form-urlencoded"
FIELD: Final = "csrf"


async def read_form(scope: Any, receive: Any, bytes_max: int = FORM_BYTES_MAX) -> dict[str, str]:
    """The fields of a form, each of which stands there once.

    Raises:
        RequestRefused: it is no form, or too large.
    """
    headers = dict(scope["headers"])
    if headers.get(b"content-type", FORM).partition(b";")[0].strip().lower() != FORM:
        raise RequestRefused(Refusal.UNSUPPORTED_MEDIA_TYPE, "this takes a form")
    try:
        raw = await read_plain(receive, bytes_max)
        found = parse_qs(raw.decode(), keep_blank_values=True, max_num_fields=FIELDS_MAX, errors="strict")
    except Disconnected:
        raise RequestRefused(Refusal.INVALID_PAYLOAD, "the form is cut off") from None
    except ValueError:
        raise RequestRefused(Refusal.INVALID_PAYLOAD, "this is no form in UTF-8") from None
    return {name: values[0] for name, values in found.items() if len(values) == 1}


def form_token(secret_key: str, session_id: int) -> str:
    """The session's token for one rendering of a form: another text each time, because pages are sent packed.

    (Packing a page that holds both a secret and a text of the asker's choice would tell the secret by its length.)
    """
    token = csrf_token(secret_key, session_id).encode()
    mask = secrets.token_bytes(len(token))
    return base64.urlsafe_b64encode(mask + _mixed(token, mask)).decode()


def check_form(services: Services, scope: Any, session_id: int, form: dict[str, str]) -> None:
    """Whether a form that came with a cookie was sent by one of our own pages, for this very session.

    Raises:
        RequestRefused: ``cross_site``.
    """
    if not from_own_page(scope, services.settings.public_url, unsaid=False):
        raise RequestRefused(Refusal.CROSS_SITE, "a page of another site has sent this")
    try:
        sent = base64.urlsafe_b64decode(form.get(FIELD, "").encode("ascii", "replace"))
    except binascii.Error:
        sent = b""
    half = len(sent) // 2
    if not hmac.compare_digest(_mixed(sent[:half], sent[half:]), csrf_token(services.secret_key, session_id).encode()):
        raise RequestRefused(Refusal.CROSS_SITE, "the form is of another log-in: load the page again")


def _mixed(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=False))
