"""The public page: what one tenant's log adds up to, as it happens, and which entries each number is the sum of.

``snapshot`` reads a state, ``live`` keeps it fresh for all viewers at once, ``sse`` sends it, ``pages`` are the
routes. No user id and no event id leaves here: fans are never named, and ids are the platform's own words.
"""
