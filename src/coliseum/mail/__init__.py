"""Mail: written into an outbox in the transaction of what it tells of, and sent from there."""

from coliseum.mail.outbox import Mail, Mailer

__all__ = ["Mail", "Mailer"]
