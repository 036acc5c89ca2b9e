"""Putting together what people log in by, from the settings; the composition root calls it."""

from datetime import timedelta

from coliseum import db, kv
from coliseum.accounts.logins import Logins
from coliseum.accounts.passwords import Passwords
from coliseum.accounts.secondfactor import SecondFactors
from coliseum.accounts.sessions import Lifetimes, Sessions
from coliseum.accounts.tokens import Tokens
from coliseum.accounts.tries import Tries
from coliseum.clock import Clock
from coliseum.sealing import Seal
from coliseum.settings import Settings
from coliseum.trail.record import Trail


def open_logins(
    settings: Settings, secret_key: str, database: db.Database, store: kv.KeyValue, trail: Trail, clock: Clock
) -> Logins:
    """What people log in by; whoever opens it closes its ``passwords``."""
    passwords = Passwords(settings.logins_waiting_max)
    lifetimes = Lifetimes(timedelta(seconds=settings.session_idle_s), timedelta(seconds=settings.session_max_s))
    sessions = Sessions(database, clock, lifetimes)
    return Logins(
        database,
        trail,
        passwords,
        SecondFactors(database, Seal(secret_key, "totp"), passwords, clock, settings.code_grace_s),
        sessions,
        Tokens(database, trail, sessions, secret_key, clock),
        Tries(store, settings.login_tries_per_account, settings.login_tries_per_address, settings.code_tries),
        clock,
    )
