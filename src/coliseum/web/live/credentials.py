"""What stands behind a connection, in a form that is no secret: the digest of a key, or a session with a tenant."""

from coliseum.accounts.callers import Caller
from coliseum.accounts.keys import KeyRing
from coliseum.accounts.sessions import Sessions

KEY = b"k"
MEMBER = b"m"


class Credentials:
    """Finds the caller behind a credential as it is now; whom it finds is remembered for two seconds."""

    def __init__(self, keys: KeyRing, sessions: Sessions | None) -> None:
        self._keys = keys
        self._sessions = sessions

    async def caller(self, credential: bytes) -> Caller | None:
        """Who it stands for; None when the key was revoked, the session has ended, or they are no member any more."""
        kind, rest = credential[:1], credential[1:]
        if kind == KEY:
            return await self._keys.caller_by_digest(rest)
        if kind != MEMBER or self._sessions is None:
            return None
        session_id, _, tenant_id = rest.partition(b":")
        person = await self._sessions.still(int(session_id))
        return None if person is None else person.caller_for(int(tenant_id))


def of_key(digest: bytes) -> bytes:
    """The credential of the key with this digest."""
    return KEY + digest


def of_member(caller: Caller) -> bytes:
    """The credential of a member: watching ends with the session."""
    return MEMBER + b"%d:%d" % (caller.session_id or 0, caller.tenant.tenant_id)
