"""All pages of the doors."""

from coliseum.web.ui import outbox
from coliseum.web.ui.doors import account, asking, factor, links, log_in, tenants, welcome

HANDLERS = (
    *log_in.HANDLERS, *asking.HANDLERS, *links.HANDLERS, *welcome.HANDLERS, *factor.HANDLERS, *account.HANDLERS,
    *tenants.HANDLERS, outbox.get_outbox,
)  # fmt: skip
