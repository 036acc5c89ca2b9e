"""Time-based one-time passwords (RFC 6238), and the recovery codes for who has lost what makes them."""

import base64
import hmac
import re
import secrets
from collections.abc import Callable
from datetime import datetime
from hashlib import sha1
from typing import Any, Final

import pyotp

STEP_S: Final = 30
DIGITS: Final = 6
SEED_BYTES: Final = 20
ISSUER: Final = "Coliseum"
CODE: Final = re.compile(r"[0-9]{6}")
RECOVERY_CODES: Final = 10
RECOVERY_ALPHABET: Final = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
RECOVERY_CODE: Final = re.compile(r"([1-9]|10)-([A-HJ-NP-TV-Z2-9]{6})-([A-HJ-NP-TV-Z2-9]{6})")


def new_seed() -> bytes:
    """A seed of 160 random bits."""
    return secrets.token_bytes(SEED_BYTES)


def shown_seed(seed: bytes) -> str:
    """The seed as people type it: base 32."""
    return base64.b32encode(seed).decode().rstrip("=")


def uri(seed: bytes, account: str) -> str:
    """What the picture holds that authenticator applications read."""
    return _maker(seed).provisioning_uri(name=account, issuer_name=ISSUER)


def counter_at(now: datetime) -> int:
    """The number of the step that is now."""
    return int(now.timestamp()) // STEP_S


def code_at(seed: bytes, counter: int, digits: int = DIGITS, digest: Callable[..., Any] = sha1) -> str:
    """The code of one step."""
    return _maker(seed, digits, digest).generate_otp(counter)


def counter_of(seed: bytes, code: str, now: datetime, grace_s: int = 0) -> int | None:
    """The step whose code this is: the one that is now, or one that ended within ``grace_s`` seconds; else None."""
    if not CODE.fullmatch(code):
        return None
    newest = counter_at(now)
    taken = [newest, newest - 1] if now.timestamp() % STEP_S < grace_s else [newest]
    fits = [hmac.compare_digest(code_at(seed, counter), code) for counter in taken]
    return taken[fits.index(True)] if any(fits) else None


def new_recovery_codes() -> list[str]:
    """Codes that work once each: a number, by which its hash is found, and 58 random bits."""
    return [
        f"{number}-{_letters()}-{_letters()}" for number in range(1, RECOVERY_CODES + 1)
    ]  # fmt: skip


def recovery_code_in(text: str) -> tuple[int, str] | None:
    """The number and the text of a recovery code, however it was typed; None when it is none."""
    found = RECOVERY_CODE.fullmatch(text.strip().upper())
    return None if found is None else (int(found[1]), found[0])


def _letters() -> str:
    return "".join(secrets.choice(RECOVERY_ALPHABET) for _ in range(6))


def _maker(seed: bytes, digits: int = DIGITS, digest: Callable[..., Any] = sha1) -> pyotp.TOTP:
    return pyotp.TOTP(shown_seed(seed), digits=digits, digest=digest, interval=STEP_S)
