"""Votings: who may be voted for at an event, from when to when, by everybody who has scanned its QR code.

A vote is an event of the log like any other; here is only what a voting is, and what a device shows for it.
"""
