"""What somebody shows to be let in, and what comes of it; and how the first of two steps is remembered.

Who has shown the password, and needs a code, is given a stub, which says so under a key of ours for five minutes. It
is stored nowhere, names no password, and is worth nothing without a code.
"""

import base64
import binascii
import hmac
from datetime import datetime, timedelta
from typing import Final

import msgspec

from coliseum.accounts.callers import Person
from coliseum.accounts.sessions import Kind
from coliseum.accounts.tokens import TokenPair
from coliseum.ids import derived_key

STEP_FOR: Final = timedelta(minutes=5)
MARK_BYTES: Final = 32
STUB_MAX: Final = 400


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody shows to be let in, and from where."""

    email: str
    password: str
    code: str | None
    kind: Kind
    address: str
    agent: str
    replaces: Person | None = None
    """Who was logged in by the cookie that came with it: that session ends."""


class LoggedIn(msgspec.Struct, frozen=True):
    """A session just begun: of a browser by the secret of its cookie, of a program by tokens."""

    person_id: int
    session_id: int
    secret: str | None
    tokens: TokenPair | None


class PasswordShown(msgspec.Struct, frozen=True):
    """The first of two steps: whose password it was, and which."""

    person_id: int
    password_changed_at: datetime | None


class _Stub(msgspec.Struct, frozen=True, array_like=True):
    shown: PasswordShown
    until: datetime


def stub_of(secret_key: str, shown: PasswordShown, now: datetime) -> str:
    """A stub for the second step."""
    said = msgspec.json.encode(_Stub(shown, now + STEP_FOR))
    return base64.urlsafe_b64encode(_mark(secret_key, said) + said).rstrip(b"=").decode()


def shown_by(secret_key: str, stub: str, now: datetime) -> PasswordShown | None:
    """What a stub says; None when it is none of ours, or too old."""
    if len(stub) > STUB_MAX or not stub.isascii():
        return None
    try:
        raw = base64.urlsafe_b64decode(stub + "=" * (-len(stub) % 4))
    except (binascii.Error, ValueError):
        return None
    mark, said = raw[:MARK_BYTES], raw[MARK_BYTES:]
    if not hmac.compare_digest(mark, _mark(secret_key, said)):
        return None
    found = msgspec.json.decode(said, type=_Stub)
    return found.shown if now < found.until else None


def _mark(secret_key: str, said: bytes) -> bytes:
    return hmac.digest(derived_key(secret_key, "login-step", ""), said, "sha256")
