"""Passport: the append-only canonical log.

A tenant's log has partitions; inside a partition every entry has an offset: 0, 1, 2 ... without gaps. An append
locks the partition's head row until it commits, so no reader can see offset 9 before offset 8 is decided, and a
reader's whole state is one number per partition. In order, inside one transaction:

1. lock the head (``lock_head``); appends to one partition are serial from here on;
2. claim the ids (``claim_keys``): an id seen before with the same content is a duplicate, with other content it is
   refused; the others get the next offsets, in the order in which they came;
3. copy the entries, and the personal fields that must not be in them;
4. advance the head, commit durably (``synchronous_commit`` on); only now is anybody told that it is stored.

Ids are inserted in sorted order, so that two partitions that meet on the same ids wait for each other in one
direction only. A conflict that only shows at insertion (two partitions, one id, one moment) rolls all back and
runs again: the second time it is an ordinary duplicate.
"""
