"""What moves, pushed: boards and metrics over WebSocket and Server-Sent Events. The protocol is docs/LIVE.md.

A *subscription* is what a viewer asked to be kept up with: the parameters of a board or of a metric. All subscriptions
of one tenant with equal parameters share a *channel*. It reads its page when the processor says that the tenant's
boards have moved, and now and then anyway; compares it with the page before; and keeps the last pages as *versions*.

A viewer owns no queue. Of each subscription it is known which version was sent last. When its connection can take
something, it is sent the difference between that version and the newest, which is made once for all who stand at the
same version. So a slow viewer skips versions and holds nothing up, and what is kept for it is one number.

A viewer that comes back names the version it has seen: its position in the log and the digest of its page. Is that
version still kept, it is sent the difference; otherwise a snapshot, which says that this is not a resumption.

- ``hub``: the channels and viewers of one process; who hears of what, and when it ends
- ``seats``: how many may watch at one process, and who has which place
- ``channel``, ``versions``: reading a page, what is kept of it, and differences
- ``wishes``: from parameters to what is read; the one place that knows which parameters there are
- ``viewer``: what a connection watches, what it is owed, and its limits
- ``socket``, ``stream``: the two ways in
- ``admission``, ``tickets``: who may watch what, and from where
- ``messages``: the protocol's words
"""
