"""The processor: reads the log and drives projections, each from its own cursor.

A unit of work is one consumer of one tenant. A processor holds a unit by a lease; the unit's ``epoch`` rises when it
changes hands. One step, inside one PostgreSQL transaction: lock the unit's cursor while checking holder and epoch,
let the projection add the entries from the cursor on, advance the cursor, commit. A crash between any two lines
leaves either everything or nothing of the step; a processor that lost its lease finds the check failing and keeps
nothing. Catch-up, rebuild and replay are this same step from another offset.

What lives outside PostgreSQL (boards) follows after the commit, from a cursor of its own in that other store.
"""
