"""All pages of settings."""

from coliseum.web.ui.settings import audit, general, keys, members, usage, webhooks

HANDLERS = (
    *general.HANDLERS, *members.HANDLERS, *keys.HANDLERS, *usage.HANDLERS, *webhooks.HANDLERS, *audit.HANDLERS,
)  # fmt: skip
