"""Passport: the append-only canonical log.

A tenant's log has partitions; inside a partition every entry has an offset: 0, 1, 2 ... without gaps. An append
locks the partition's head row until it commits, so no reader can see offset 9 before offset 8 is decided, and a
reader's whole state is one number per partition. What is new goes over in one call of ``passport_append`` (migration
28), which in its own transaction

1. advances the head, which locks it; appends to one partition are serial from here on;
2. inserts the people whom the log does not know yet, under numbers that were given out for them when they were looked
   up; one whom another process has stored under another number, or who was forgotten, ends it here, and the entries
   are made anew;
3. inserts the ids; one that is known already ends it here, and nothing is stored;
4. inserts the entries, with the next offsets in the order in which they came, and the personal fields that must not
   be in them;
5. commits durably (``synchronous_commit`` on); only now is anybody told that it is stored.

Nearly every id is new, so that is taken for granted at first. When it was wrong, the known ids are looked up: the same
content is a duplicate, other content is refused, and the rest is appended. Looking needs no lock, since an id that is
known stays known, and one that became known meanwhile is found by step 3.

People and ids are inserted in sorted order, so that two partitions that meet on the same ones wait for each other in
one direction only. Votes that are taken back are claimed in the same transaction, after the head is locked.
"""
