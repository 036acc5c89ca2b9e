"""Outgoing webhooks: a tenant's servers are told of what happens, signed, at least once.

A message is put in the transaction of what it tells of (``messages``), so that neither is ever there without the other.
From then on it is a delivery for each endpoint that wants it, and a delivery is a small state machine::

    pending ──2xx──► delivered
       │ ▲ └─failed, more tries left─► pending (later)
       │ └──────────────redeliver──── delivered, failed, abandoned
       ├──failed, no tries left──► failed
       └──410, or the endpoint is disabled──► abandoned

A worker (``delivery``) claims what is due by moving its time on, commits, sends, and notes what came of it. Whoever
dies in between has sent it or has not; when the time comes it is sent again, under the same ``webhook-id``. So a
message arrives at least once, and a receiver that remembers ids sees it once.
"""
