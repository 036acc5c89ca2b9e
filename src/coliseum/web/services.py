"""What the routes work with, opened once for each process by the composition root."""

from collections.abc import Mapping

import msgspec

from coliseum import db, kv
from coliseum.accounts.foreign import Foreign
from coliseum.accounts.identities import Identities
from coliseum.accounts.keys import KeyRing
from coliseum.accounts.last_used import LastUsed
from coliseum.accounts.logins import Logins
from coliseum.billing.service import Billing
from coliseum.capture.pipeline import Pipeline
from coliseum.capture.tally import Tally
from coliseum.clock import Clock
from coliseum.hooks.signing import Secrets
from coliseum.outbound import Outbound
from coliseum.passport.appender import Appender
from coliseum.passport.suppression import Suppression
from coliseum.queries.declared import Declarations
from coliseum.queries.public import PublicPages
from coliseum.queries.standing import Watch
from coliseum.queries.together import Together
from coliseum.settings import Settings
from coliseum.trail.record import Trail
from coliseum.web.address import Addresses
from coliseum.web.allowance import Allowance
from coliseum.web.api.boards import Boards
from coliseum.web.limits import Limiter
from coliseum.web.live.hub import Hub
from coliseum.web.live.tail import Tails
from coliseum.web.post import Post
from coliseum.web.refusals import Refusals
from coliseum.web.stadium import Stadium


class Services(msgspec.Struct, frozen=True):
    """The open stores and the parts of one web process."""

    settings: Settings
    secret_key: str
    clock: Clock
    database: db.Database
    store: kv.KeyValue
    keys: KeyRing
    trail: Trail
    refusals: Refusals
    appender: Appender
    pipeline: Pipeline
    tally: Tally
    boards: Boards
    together: Together
    limiter: Limiter
    allowance: Allowance
    segment_names: Mapping[str, str]
    declarations: Declarations
    public: PublicPages
    live: Hub
    tails: Tails
    watch: Watch
    addresses: Addresses
    last_used: LastUsed
    outbound: Outbound
    foreign: Foreign
    identities: Identities
    logins: Logins
    hook_secrets: Secrets
    billing: Billing
    post: Post
    stadium: Stadium
    suppression: Suppression
