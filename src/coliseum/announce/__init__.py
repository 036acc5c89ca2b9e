"""What tenants are told of their numbers: that one has come to a value, that others lead a board.

Looked at beside the steps, from the rollups, and only for tenants with an endpoint that wants to know. What was told
last stands in PostgreSQL and changes in the transaction that puts the message: a crash neither loses nor doubles one,
and of two processors that look at the same time one gives way.
"""
