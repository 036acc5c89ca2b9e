"""What a program logs in with: a short-lived access token, and a refresh token that changes each time.

A refresh token's successor follows from it by a key that is not in the database. So an answer that was lost can be
given again, the same, without the successor being stored; and whoever reads the database can make neither.
"""

import base64
import hmac
from datetime import datetime, timedelta
from typing import Final

import msgspec
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from coliseum import db
from coliseum.accounts.sessions import Sessions, end_sessions
from coliseum.accounts.tenants import SQL
from coliseum.clock import Clock
from coliseum.errors import Refusal, RequestRefused
from coliseum.ids import derived_key, random_secret, secret_digest
from coliseum.trail.record import Deed, Trail

ACCESS_FOR: Final = timedelta(minutes=5)
AGAIN_FOR: Final = timedelta(seconds=10)
"""For so long a used refresh token is answered again, with the same successor; then its use ends the session."""
ALGORITHM: Final = "HS256"
ISSUER: Final = "coliseum"
AUDIENCE: Final = "coliseum/session"
TOKEN_MAX: Final = 2_048
REFRESH: Final = "cr_"
REFRESH_MAX: Final = 128


class TokenPair(msgspec.Struct, frozen=True, rename="camel"):
    """What a program goes on with."""

    access_token: str
    expires_in_seconds: int
    refresh_token: str


class _Claims(msgspec.Struct, frozen=True):
    sid: int


class _Stored(msgspec.Struct, frozen=True):
    """A refresh token and its session."""

    session_id: int
    used_at: datetime | None
    person_id: int
    seen_at: datetime
    expires_at: datetime
    ended: bool


class Tokens:
    """Makes and checks both kinds of tokens."""

    def __init__(self, database: db.Database, trail: Trail, sessions: Sessions, secret_key: str, clock: Clock) -> None:
        self._database = database
        self._trail = trail
        self._sessions = sessions
        self._clock = clock
        self._access_key = OctKey.import_key(derived_key(secret_key, "session-token", ""))
        self._refresh_key = derived_key(secret_key, "refresh-token", "")

    def access(self, session_id: int, person_id: int) -> str:
        """An access token of a session; it says nothing but which."""
        now = self._clock()
        claims: dict[str, object] = {
            "iss": ISSUER, "aud": AUDIENCE, "sub": f"person:{person_id}", "sid": session_id,
            "iat": int(now.timestamp()), "exp": int((now + ACCESS_FOR).timestamp()),
        }  # fmt: skip
        return jwt.encode({"alg": ALGORITHM}, claims, self._access_key, algorithms=[ALGORITHM])

    def session_in(self, token: str) -> int | None:
        """The session that an access token names; None when it is none of ours, or too old."""
        if len(token) > TOKEN_MAX:
            return None
        try:
            claims = jwt.decode(token, self._access_key, algorithms=[ALGORITHM]).claims
            jwt.JWTClaimsRegistry(
                now=int(self._clock().timestamp()),
                leeway=0,
                iss={"essential": True, "value": ISSUER},
                aud={"essential": True, "value": AUDIENCE},
                exp={"essential": True},
                sub={"essential": True},
            ).validate(claims)
            return msgspec.convert(claims, _Claims).sid
        except (JoseError, ValueError, TypeError, KeyError, msgspec.ValidationError):
            return None

    async def begin(self, connection: db.Connection, session_id: int, person_id: int) -> TokenPair:
        """The first tokens of a session, within the transaction that begins it."""
        refresh = REFRESH + random_secret()
        await connection.execute(SQL["add_refresh_token"], secret_digest(refresh), session_id, self._clock())
        return self._pair(session_id, person_id, refresh)

    async def refresh(self, token: str, address: str) -> TokenPair:
        """The next tokens. Of many who show one token at once, all are given the same.

        A token that was used before is stolen, or was when its successor was used: the session ends, and the audit
        trail tells of it.

        Raises:
            RequestRefused: ``login_needed``.
        """
        if not token.startswith(REFRESH) or len(token) > REFRESH_MAX:
            raise _refused()
        now = self._clock()
        async with self._database.tenant(0, "accounts") as connection:
            found = await db.rows(connection, _Stored, SQL["lock_refresh_token"], secret_digest(token))
            stored = found[0] if found else None
            if stored is None or stored.ended or not self._lasts(stored, now):
                raise _refused()
            if stored.used_at is None:
                following = self._successor(token)
                await connection.execute(SQL["use_refresh_token"], secret_digest(token), secret_digest(following), now)
                return self._pair(stored.session_id, stored.person_id, following)
            if timedelta() <= now - stored.used_at <= AGAIN_FOR:
                return self._pair(stored.session_id, stored.person_id, self._successor(token))
            await end_sessions(connection, stored.person_id, "reuse", now, only=stored.session_id)
            deed = Deed(
                actor=f"person:{stored.person_id}", action="session.reuse", target=f"session:{stored.session_id}",
                outcome="refused", address=address,
            )  # fmt: skip
            await self._trail.record(connection, 0, deed)
        self._sessions.forget()
        raise _refused()

    def _lasts(self, stored: _Stored, now: datetime) -> bool:
        return now < stored.expires_at and now < stored.seen_at + self._sessions.lifetimes.idle

    def _successor(self, token: str) -> str:
        digest = hmac.digest(self._refresh_key, token.encode(), "sha256")
        return REFRESH + base64.urlsafe_b64encode(digest).rstrip(b"=").decode()

    def _pair(self, session_id: int, person_id: int, refresh: str) -> TokenPair:
        return TokenPair(self.access(session_id, person_id), int(ACCESS_FOR.total_seconds()), refresh)


def looks_like_token(text: str) -> bool:
    """Whether a bearer credential is a JWT and no key."""
    return text.startswith("eyJ") and text.count(".") == 2


def _refused() -> RequestRefused:
    return RequestRefused(Refusal.LOGIN_NEEDED, "this refresh token is not good any more; log in again")
