"""The servers and processes of one machine: an embedded PostgreSQL and Valkey, and `coliseum up` around them.

The embedded servers are ordinary servers behind ordinary URLs; nothing outside this package knows the
difference. Every child runs in a session of its own, so that a terminal's Ctrl-C reaches the supervisor
alone and things stop in their order. Three things make up for a supervisor that is killed and cannot stop
its children: the kernel asks them to stop (Linux), ``processes.json`` tells the next start which are left,
and the folder's lock vanishes with its owner.
"""
