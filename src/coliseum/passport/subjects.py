"""A person is a number: the log holds the subject's number, and one table says whose it is."""

import os
from collections import OrderedDict
from collections.abc import Iterable

import msgspec

from coliseum import db

SQL = db.statements("coliseum.passport")
CACHE_SUBJECTS_MAX = 100_000


class Subject(msgspec.Struct, frozen=True, gc=False):
    """A person of one tenant: their number, and the random key under which their devices are digested."""

    subject_id: int
    key: bytes


class SubjectRow(msgspec.Struct, frozen=True):
    """A row of passport_subjects."""

    user_id: str
    subject_id: int
    key: bytes


class Subjects:
    """Turns user ids into subjects, making those it has not met. Owned by one process."""

    def __init__(self, database: db.Database) -> None:
        self._database = database
        self._known: OrderedDict[tuple[int, str], Subject] = OrderedDict()

    async def resolve(self, tenant_id: int, user_ids: Iterable[str]) -> dict[str, Subject]:
        """The subjects of these users; committed on their own before any entry that names them."""
        found: dict[str, Subject] = {}
        missing: set[str] = set()
        for user_id in user_ids:
            subject = self._known.get((tenant_id, user_id))
            if subject is None:
                missing.add(user_id)
            else:
                found[user_id] = subject
        while missing:
            for row in await self._fetch(tenant_id, sorted(missing)):
                subject = Subject(row.subject_id, row.key)
                found[row.user_id] = self._remember(tenant_id, row.user_id, subject)
                missing.discard(row.user_id)
        return found

    async def _fetch(self, tenant_id: int, user_ids: list[str]) -> list[SubjectRow]:
        keys = [os.urandom(32) for _ in user_ids]
        async with self._database.connection("capture") as connection:
            return await db.rows(connection, SubjectRow, SQL["resolve_subjects"], tenant_id, user_ids, keys)

    def _remember(self, tenant_id: int, user_id: str, subject: Subject) -> Subject:
        self._known[tenant_id, user_id] = subject
        if len(self._known) > CACHE_SUBJECTS_MAX:
            self._known.popitem(last=False)
        return subject
