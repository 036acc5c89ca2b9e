"""A person is a number: the log holds the subject's number, and one table says whose it is."""

import asyncio
import math
import os
from collections.abc import Collection, Mapping, Sequence
from typing import cast
from uuid import UUID

import msgspec

from coliseum import db
from coliseum.ids import pseudonym
from coliseum.passport.suppression import FORGOTTEN, Suppression

SQL = db.statements("coliseum.passport")
GENERATION_SUBJECTS_MAX = 96_000
"""Two generations are remembered, and a subject takes about 450 bytes: at most 90 MB."""
KEY_BYTES = 32
CROWD_PEOPLE_MIN = 50
"""So many new people at once are stored by a commit of their own, which is little for them. If they waited for their
entries, the next process would often store one of them first, and a large append would be done twice."""
NOBODY = db.Uuid(bytes(16))
BELIEVED_S = 2.0
"""What is remembered is believed for so long after it was asked who has been forgotten: then nobody names them."""
ERASURES_READ_MAX = 5_000
"""When more people became nobody between two questions, it is cheaper to remember everybody anew."""
ASKED_AGAIN_S = BELIEVED_S / 2
"""At this age it is asked beside the request, so that in a steady stream none waits for it."""


class Subject(msgspec.Struct, gc=False):
    """A person of one tenant: their number, and the random key under which their devices and visits are digested.

    The last device is remembered, because most of what a person does comes from the same one.
    """

    user_id: str
    subject_id: int
    key: bytes
    is_new: bool
    """Not known to be stored: the first append that names them stores them, or finds that another process has."""
    digest: bytes = b""
    """Of somebody new: by what they would be known again if they were forgotten."""
    is_forgotten: bool = False
    """Nobody is to be met under this user id: there is no number, and nothing that names it is stored."""
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

    def stored(self) -> None:
        """They are known to be stored from now on."""
        self.is_new, self.digest = False, b""

    @property
    def row(self) -> tuple[str, int, bytes, bytes]:
        """The database's type passport_new_person."""
        return self.user_id, self.subject_id, self.key, self.digest


class SubjectRow(msgspec.Struct, frozen=True, gc=False):
    """Somebody who was looked up: who has no key yet is not stored, and was given a number of their own."""

    user_id: str
    subject_id: int
    key: bytes | None
    is_forgotten: bool


class _Erased(msgspec.Struct, frozen=True):
    """The number of the last erasure, and somebody who was forgotten since it was asked last."""

    last: int
    tenant_id: int | None
    subject_id: int | None


class _Lookup:
    """What is to be asked of the database next for one tenant, for all who wait for it."""

    def __init__(self) -> None:
        self.user_ids: set[str] = set()
        self.waiting: list[asyncio.Future[dict[str, Subject]]] = []
        """One future for each who asked: who is cancelled takes nothing from the others."""


class Subjects:
    """Turns user ids into subjects, and gives new people numbers. Owned by one process and its event loop.

    A number is given out durably and never again, but its person is stored with the first entry that names them: so
    looking up reads only, and an event of somebody new costs one commit and not two.

    What was used lately is remembered in two generations of plain dictionaries, by tenant: when the young one is full
    it becomes the old one, whose members come back into the young one when they are used, or are forgotten.

    What is not remembered is asked for by one statement of a tenant at a time: while it is under way, requests that
    need others wait for the next one, which asks for all of theirs at once. So a crowd of single events costs as few
    statements as a batch.

    Whoever was forgotten is dropped within ``BELIEVED_S``: once a second, while anybody is named, one statement asks
    who that is. Nobody is remembered to have been forgotten: their user ids are in no memory.
    """

    def __init__(self, database: db.Database, suppression: Suppression) -> None:
        self._database = database
        self._suppression = suppression
        self._asked_at = -math.inf
        self._last_erasure: int | None = None
        self._asking: asyncio.Task[None] | None = None
        self._young: dict[int, dict[str, Subject]] = {}
        self._old: dict[int, dict[str, Subject]] = {}
        self._young_count = 0
        self._next: dict[int, _Lookup] = {}
        self._workers: set[asyncio.Task[None]] = set()

    async def resolve(self, tenant_id: int, user_ids: Sequence[str]) -> Mapping[str, Subject]:
        """The subjects of these users; those that are new must be stored with the entries that name them.

        Of somebody who was forgotten, or whose id begins as only theirs do, it says that (``is_forgotten``).
        """
        age = asyncio.get_running_loop().time() - self._asked_at
        if age > ASKED_AGAIN_S:
            asking = self._ask_who_is_forgotten()
            if age > BELIEVED_S:
                await asyncio.shield(asking)
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
            # Some were asked for by the statement before, too: a second look would give them a second number.
            known, last_erasure = self._young.get(tenant_id, {}), self._last_erasure
            found = {user_id: known[user_id] for user_id in lookup.user_ids if user_id in known}
            try:
                found |= await self._look_up(tenant_id, lookup.user_ids - found.keys())
            except Exception as error:  # noqa: BLE001 - every waiting request must hear of it, whatever it is
                for waiting in lookup.waiting:
                    if not waiting.done():
                        waiting.set_exception(error)
            else:
                # Whoever was forgotten meanwhile may have been found just before: then nobody is remembered.
                if self._last_erasure == last_erasure:
                    self._remember(tenant_id, {each: found[each] for each in found if not found[each].is_forgotten})
                for waiting in lookup.waiting:
                    if not waiting.done():
                        waiting.set_result(found)
        del self._next[tenant_id]

    async def _look_up(self, tenant_id: int, user_ids: set[str]) -> dict[str, Subject]:
        """From the database, in one go however many asked; a crowd of new people is stored at once."""
        found = {each: _nobody(each) for each in user_ids if each.startswith(FORGOTTEN)}
        while missing := sorted(user_ids - found.keys()):
            digests = {each: self._suppression.digest(tenant_id, each) for each in missing}
            async with self._database.connection("capture") as connection:
                asked = (tenant_id, list(digests.values()), missing)
                rows = await db.rows(connection, SubjectRow, SQL["resolve_subjects"], *asked)
                people = [_met(row, digests[row.user_id]) for row in rows]
                new = [person for person in people if person.is_new]
                if len(new) >= CROWD_PEOPLE_MIN:
                    await self._store(connection, tenant_id, new)
                    # Those whom another process has just stored show at the second look.
                    people = [person for person in people if not person.is_new]
            found.update((person.user_id, person) for person in people)
        return found

    async def _store(self, connection: db.Connection, tenant_id: int, people: Sequence[Subject]) -> None:
        """Store those of them whom nobody else has stored; they are not new any more."""
        stored = {
            row["user_id"]
            for row in await connection.fetch(SQL["store_subjects"], tenant_id, [person.row for person in people])
        }
        for person in people:
            if person.user_id in stored:
                person.stored()

    def _ask_who_is_forgotten(self) -> asyncio.Task[None]:
        """The question that is under way, or a new one."""
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._drop_forgotten())
            self._asking.add_done_callback(_heard)
        return self._asking

    async def _drop_forgotten(self) -> None:
        """Remember nobody any more who has been forgotten."""
        now = asyncio.get_running_loop().time()
        async with self._database.connection("capture") as connection:
            asked = (self._last_erasure, ERASURES_READ_MAX)
            erased = await db.rows(connection, _Erased, SQL["forgotten_since"], *asked)
        # When the database is an older one, nothing is known about who is in it.
        more = erased[0].last - (self._last_erasure or 0)
        if self._last_erasure is None or not 0 <= more <= ERASURES_READ_MAX:
            self._young, self._old, self._young_count = {}, {}, 0
        gone = {(each.tenant_id, each.subject_id) for each in erased if each.subject_id is not None}
        for tenant_id in {tenant_id for tenant_id, _ in gone if tenant_id is not None}:
            for generation in (self._young, self._old):
                remembered = generation.get(tenant_id, {})
                for person in [each for each in remembered.values() if (tenant_id, each.subject_id) in gone]:
                    del remembered[person.user_id]
        self._last_erasure, self._asked_at = erased[0].last, now

    def forget(self, tenant_id: int, people: Collection[Subject]) -> None:
        """Ask for these anew when they are named next, unless that was done meanwhile."""
        for generation in (self._young, self._old):
            remembered = generation.get(tenant_id, {})
            for person in people:
                if remembered.get(person.user_id) is person:
                    del remembered[person.user_id]

    def drop(self, tenant_id: int, user_ids: Collection[str]) -> None:
        """Ask for these users anew when they are named next, whatever is known of them."""
        for generation in (self._young, self._old):
            remembered = generation.get(tenant_id, {})
            for user_id in user_ids:
                remembered.pop(user_id, None)

    def _remember(self, tenant_id: int, subjects: Mapping[str, Subject]) -> None:
        if self._young_count + len(subjects) > GENERATION_SUBJECTS_MAX:
            self._old, self._young, self._young_count = self._young, {}, 0
        self._young.setdefault(tenant_id, {}).update(subjects)
        self._young_count += len(subjects)


def _met(row: SubjectRow, digest: bytes) -> Subject:
    if row.is_forgotten:
        return _nobody(row.user_id)
    if row.key is None:
        return Subject(row.user_id, row.subject_id, os.urandom(KEY_BYTES), True, digest)
    return Subject(row.user_id, row.subject_id, row.key, False)


def _nobody(user_id: str) -> Subject:
    return Subject(user_id, 0, b"", False, is_forgotten=True)


def _heard(task: asyncio.Task[None]) -> None:
    """Whoever waits hears of an error; when nobody does, the next request asks again."""
    if not task.cancelled():
        task.exception()
