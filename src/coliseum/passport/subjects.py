"""A person is a number: the log holds the subject's number, and one table says whose it is."""

import asyncio
import os
from collections.abc import Mapping, Sequence
from typing import cast
from uuid import UUID

import msgspec

from coliseum import db
from coliseum.ids import pseudonym

SQL = db.statements("coliseum.passport")
GENERATION_SUBJECTS_MAX = 96_000
"""Two generations are remembered, and a subject takes about 450 bytes: at most 90 MB."""
KEY_BYTES = 32
NOBODY = db.Uuid(bytes(16))


class Subject(msgspec.Struct, gc=False):
    """A person of one tenant: their number, and the random key under which their devices and visits are digested.

    The last device is remembered, because most of what a person does comes from the same one.
    """

    subject_id: int
    key: bytes
    _device: str = ""
    _device_digest: UUID = NOBODY

    def device(self, device_id: str) -> UUID:
        """What stands in the log for a device of this person."""
        if self._device != device_id:
            self._device, self._device_digest = device_id, db.Uuid(pseudonym(self.key, device_id))
        return self._device_digest

    def session(self, session_id: str) -> UUID:
        """What stands in the log for a visit of this person."""
        return db.Uuid(pseudonym(self.key, session_id))


class SubjectRow(msgspec.Struct, frozen=True, gc=False):
    """A row of passport_subjects."""

    user_id: str
    subject_id: int
    key: bytes


class _Lookup:
    """What is to be asked of the database next for one tenant, for all who wait for it."""

    def __init__(self) -> None:
        self.user_ids: set[str] = set()
        self.waiting: list[asyncio.Future[dict[str, Subject]]] = []
        """One future for each who asked: who is cancelled takes nothing from the others."""


class Subjects:
    """Turns user ids into subjects, making those it has not met. Owned by one process and its event loop.

    What was used lately is remembered in two generations of plain dictionaries, by tenant: when the young one is full
    it becomes the old one, whose members come back into the young one when they are used, or are forgotten.

    What is not remembered is asked for by one statement of a tenant at a time: while it is under way, requests that
    need others wait for the next one, which asks for all of theirs at once. So a crowd of single events costs as many
    commits as a batch.
    """

    def __init__(self, database: db.Database) -> None:
        self._database = database
        self._young: dict[int, dict[str, Subject]] = {}
        self._old: dict[int, dict[str, Subject]] = {}
        self._young_count = 0
        self._next: dict[int, _Lookup] = {}
        self._workers: set[asyncio.Task[None]] = set()

    async def resolve(self, tenant_id: int, user_ids: Sequence[str]) -> Mapping[str, Subject]:
        """The subjects of these users; committed on their own before any entry that names them."""
        young = self._young.get(tenant_id, {})
        found = dict(zip(user_ids, map(young.get, user_ids), strict=True))
        if None in found.values():
            found.update(await self._find(tenant_id, [user_id for user_id in found if found[user_id] is None]))
        return cast("Mapping[str, Subject]", found)

    async def _find(self, tenant_id: int, user_ids: Sequence[str]) -> dict[str, Subject]:
        """Those that are not in the young generation."""
        old = self._old.get(tenant_id, {})
        found = {user_id: old[user_id] for user_id in user_ids if user_id in old}
        if found:
            self._remember(tenant_id, found)
        missing = [user_id for user_id in user_ids if user_id not in found]
        if missing:
            looked_up = await self._ask(tenant_id, missing)
            found.update((user_id, looked_up[user_id]) for user_id in missing)
        return found

    def _ask(self, tenant_id: int, user_ids: Sequence[str]) -> asyncio.Future[dict[str, Subject]]:
        """What the next statement for this tenant finds."""
        lookup = self._next.get(tenant_id)
        if lookup is None:
            lookup = self._next[tenant_id] = _Lookup()
            worker = asyncio.create_task(self._work(tenant_id))
            self._workers.add(worker)
            worker.add_done_callback(self._workers.discard)
        lookup.user_ids.update(user_ids)
        found: asyncio.Future[dict[str, Subject]] = asyncio.get_running_loop().create_future()
        lookup.waiting.append(found)
        return found

    async def _work(self, tenant_id: int) -> None:
        while self._next[tenant_id].user_ids:
            # Whoever asks from here on waits for the next statement.
            lookup, self._next[tenant_id] = self._next[tenant_id], _Lookup()
            try:
                found = await self._look_up(tenant_id, lookup.user_ids)
            except Exception as error:  # noqa: BLE001 - every waiting request must hear of it, whatever it is
                for waiting in lookup.waiting:
                    if not waiting.done():
                        waiting.set_exception(error)
            else:
                self._remember(tenant_id, found)
                for waiting in lookup.waiting:
                    if not waiting.done():
                        waiting.set_result(found)
        del self._next[tenant_id]

    async def _look_up(self, tenant_id: int, user_ids: set[str]) -> dict[str, Subject]:
        """From the database, in one go however many asked; those that are new are made."""
        found: dict[str, Subject] = {}
        while missing := user_ids - found.keys():  # a row that another process is making shows at the second look
            for row in await self._fetch(tenant_id, sorted(missing)):
                found[row.user_id] = Subject(row.subject_id, row.key)
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
