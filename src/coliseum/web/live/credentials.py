"""What stands behind a connection, in a form that is no secret: the digest of a key, or a session with a tenant."""

from coliseum.accounts.bounds import address_allowed
from coliseum.accounts.callers import Caller
from coliseum.accounts.keys import REFRESH_AFTER, KeyRing
from coliseum.accounts.permissions import Permission
from coliseum.accounts.sessions import Sessions
from coliseum.errors import ColiseumError
from coliseum.web.allowance import Allowance
from coliseum.web.live.admission import check_may_watch
from coliseum.web.live.viewer import Viewer

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
            return await self._keys.caller_by_digest(rest, older_max=REFRESH_AFTER)
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


def still_may(viewer: Viewer, caller: Caller | None, allowance: Allowance | None) -> bool:
    """Whether who has opened a connection, from this address if that matters, might open it now."""
    if caller is None or (viewer.sees_fans and not caller.may(Permission.FANS_READ)):
        return False
    try:
        check_may_watch(caller, allowance)
    except ColiseumError:
        return False
    return viewer.address is None or not caller.addresses or address_allowed(caller.addresses, viewer.address)
