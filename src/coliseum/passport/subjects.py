"""A person is a number: the log holds the subject's number, and one table says whose it is."""

import os
from collections.abc import Mapping, Sequence
from typing import cast
from uuid import UUID

import msgspec

from coliseum import db
from coliseum.ids import pseudonym

SQL = db.statements("coliseum.passport")
GENERATION_SUBJECTS_MAX = 64_000
"""Two generations are remembered, and a subject takes about 600 bytes: at most 80 MB."""
KEY_BYTES = 32
NOBODY = db.Uuid(bytes(16))


class Subject(msgspec.Struct, gc=False):
    """A person of one tenant: their number, and the random key under which their devices and visits are digested.

    The last device and the last visit are remembered, because most events come from the same as the one before.
    """

    subject_id: int
    key: bytes
    _device: str = ""
    _device_digest: UUID = NOBODY
    _session: str = ""
    _session_digest: UUID = NOBODY

    def device(self, device_id: str) -> UUID:
        """What stands in the log for a device of this person."""
        if self._device != device_id:
            self._device, self._device_digest = device_id, db.Uuid(pseudonym(self.key, device_id))
        return self._device_digest

    def session(self, session_id: str) -> UUID:
        """What stands in the log for a visit of this person."""
        if self._session != session_id:
            self._session, self._session_digest = session_id, db.Uuid(pseudonym(self.key, session_id))
        return self._session_digest


class SubjectRow(msgspec.Struct, frozen=True, gc=False):
    """A row of passport_subjects."""

    user_id: str
    subject_id: int
    key: bytes


class Subjects:
    """Turns user ids into subjects, making those it has not met. Owned by one process.

    What was used lately is remembered in two generations of plain dictionaries, by tenant: when the young one is full
    it becomes the old one, whose members come back into the young one when they are used, or are forgotten.
    """

    def __init__(self, database: db.Database) -> None:
        self._database = database
        self._young: dict[int, dict[str, Subject]] = {}
        self._old: dict[int, dict[str, Subject]] = {}
        self._young_count = 0

    async def resolve(self, tenant_id: int, user_ids: Sequence[str]) -> Mapping[str, Subject]:
        """The subjects of these users; committed on their own before any entry that names them."""
        young = self._young.get(tenant_id, {})
        found = dict(zip(user_ids, map(young.get, user_ids), strict=True))
        missing = [user_id for user_id, subject in found.items() if subject is None]
        if missing:
            found.update(await self._find(tenant_id, missing))
        return cast("Mapping[str, Subject]", found)

    async def _find(self, tenant_id: int, user_ids: Sequence[str]) -> dict[str, Subject]:
        """Those that are not in the young generation."""
        old = self._old.get(tenant_id, {})
        found = {user_id: old[user_id] for user_id in user_ids if user_id in old}
        missing = {user_id for user_id in user_ids if user_id not in old}
        while missing:  # a row that another process is making shows at the second look
            for row in await self._fetch(tenant_id, sorted(missing)):
                found[row.user_id] = Subject(row.subject_id, row.key)
                missing.discard(row.user_id)
        self._remember(tenant_id, found)
        return found

    async def _fetch(self, tenant_id: int, user_ids: list[str]) -> list[SubjectRow]:
        luck = os.urandom(KEY_BYTES * len(user_ids))
        keys = [luck[start : start + KEY_BYTES] for start in range(0, len(luck), KEY_BYTES)]
        async with self._database.connection("capture") as connection:
            return await db.rows(connection, SubjectRow, SQL["resolve_subjects"], tenant_id, user_ids, keys)

    def _remember(self, tenant_id: int, subjects: Mapping[str, Subject]) -> None:
        if self._young_count + len(subjects) > GENERATION_SUBJECTS_MAX:
            self._old, self._young, self._young_count = self._young, {}, 0
        self._young.setdefault(tenant_id, {}).update(subjects)
        self._young_count += len(subjects)
