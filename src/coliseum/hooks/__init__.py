"""Outgoing webhooks: what a tenant is told of, where, and until when it is tried."""
