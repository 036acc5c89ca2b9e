"""Privacy: a person can be forgotten.

The log and everything that is made of it hold a number for each person. Forgetting deletes the rows that say whose the
number is, the key under which devices and visits were digested, and the personal fields beside the log; what else names
them is removed (``traces``). Every entry and every total stays as it is, and nothing left says who it was.

So that nobody is brought back by an event that comes later, a digest of them is kept (``passport.suppression``). It
stands in a table of its own, beside no number: not even who has the secret and the user id finds out from it which
entries were theirs.

What a process adds that has not heard of it yet, within two seconds, is removed by ``sweep``. ``ledger`` carries the
digests past a backup, and ``compact`` removes from the disk what was deleted.
"""
