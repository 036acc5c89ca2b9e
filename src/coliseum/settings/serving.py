"""Settings of the stores, the servers, the log and what is made of it."""

from pathlib import Path
from typing import Annotated, Literal

from msgspec import Struct

from coliseum.settings.kinds import meta, seconds, whole

LogLevel = Literal["debug", "info", "warning", "error"]


class ServingSettings(Struct, frozen=True, kw_only=True):
    """Stores, servers, the log and what is made of it."""

    data_dir: Annotated[
        Path,
        meta("COLISEUM_DATA_DIR", "be a folder", "Folder for the embedded servers, secrets and log files."),
    ] = Path("data")
    host: Annotated[
        str,
        meta(
            "COLISEUM_HOST",
            "be a host name or an IP address",
            "Address the web server listens on.",
            min_length=1,
        ),
    ] = "127.0.0.1"
    port: Annotated[int, whole("COLISEUM_PORT", "TCP port of the web server.", ge=1, le=65_535)] = 8000
    database_url: (
        Annotated[
            str,
            meta(
                "DATABASE_URL",
                "begin with postgresql:// or postgres://",
                "PostgreSQL 15 or newer to use; without it `coliseum up` runs the embedded one.",
                secret=True,
                pattern=r"^postgres(ql)?://",
            ),
        ]
        | None
    ) = None
    valkey_url: (
        Annotated[
            str,
            meta(
                "VALKEY_URL",
                "begin with valkey://, valkeys://, redis:// or rediss://",
                "Valkey, or Redis 7.0 or newer, to use; without it `coliseum up` runs the embedded one.",
                secret=True,
                pattern=r"^(valkeys?|rediss?)://",
            ),
        ]
        | None
    ) = None
    secret_key: (
        Annotated[
            str,
            meta(
                "COLISEUM_SECRET_KEY",
                "be at least 32 characters long",
                "Root of every derived secret (webhook secrets, user-token keys); the same in every process. "
                "Without it one is generated and kept in the data folder.",
                secret=True,
                min_length=32,
            ),
        ]
        | None
    ) = None
    public_tenant: (
        Annotated[
            str,
            meta(
                "COLISEUM_PUBLIC_TENANT",
                "be a tenant's slug: small letters, digits and hyphens",
                "Tenant whose page is shown at `/` to anyone; without it that page needs a key.",
                pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$",
            ),
        ]
        | None
    ) = None
    live_origins: Annotated[
        str,
        meta(
            "COLISEUM_LIVE_ORIGINS",
            "be origins such as `https://example.org`, with commas between them",
            "Origins besides the server's own whose pages may open `/api/live`.",
            pattern=r"^(https?://[^,/\s]+(,https?://[^,/\s]+)*)?$",
        ),
    ] = ""
    trusted_proxies: Annotated[
        str,
        meta(
            "COLISEUM_TRUSTED_PROXIES",
            "be networks such as `10.0.0.0/8`, with commas between them",
            "Networks of the reverse proxies in front of the web server: only what they write into `X-Forwarded-For` "
            "is believed. Without it the address of whoever connects is the client's.",
            pattern=r"^([0-9a-fA-F.:]+(/[0-9]{1,3})?(,[0-9a-fA-F.:]+(/[0-9]{1,3})?)*)?$",
        ),
    ] = ""
    web_workers: Annotated[int, whole("COLISEUM_WEB_WORKERS", "Web server processes.", ge=1, le=256)] = 1
    dedupe_days: Annotated[
        int,
        whole(
            "COLISEUM_DEDUPE_DAYS",
            "Days for which an event id is remembered, so that a repeated event counts once.",
            ge=35,
            le=3_650,
        ),
    ] = 40
    queue_events_max: Annotated[
        int,
        whole(
            "COLISEUM_QUEUE_EVENTS_MAX",
            "Events waiting for their commit in one web process; past it the answer is 503 with Retry-After.",
            ge=1_000,
            le=1_000_000,
        ),
    ] = 20_000
    append_batch_events_max: Annotated[
        int, whole("COLISEUM_APPEND_BATCH_EVENTS_MAX", "Events in one commit to the log.", ge=1, le=100_000)
    ] = 5_000
    too_old_days: Annotated[
        int,
        whole(
            "COLISEUM_TOO_OLD_DAYS",
            "Days back from now that an event's time may lie; imports of history are exempt.",
            ge=1,
            le=36_500,
        ),
    ] = 760
    future_s: Annotated[
        int,
        whole("COLISEUM_FUTURE_S", "Seconds ahead of now that an event's time may lie.", ge=0, le=86_400),
    ] = 300
    lease_s: Annotated[
        int,
        whole(
            "COLISEUM_LEASE_S",
            "Seconds after which another processor takes over the work of one that fell silent.",
            ge=2,
            le=600,
        ),
    ] = 15
    poll_interval_s: Annotated[
        float,
        seconds(
            "COLISEUM_POLL_INTERVAL_S",
            "Seconds between two looks at the log when no wake-up came; up to five times that while nothing comes.",
            ge=0.05,
            le=60,
        ),
    ] = 1.0
    step_entries_max: Annotated[
        int,
        whole("COLISEUM_STEP_ENTRIES_MAX", "Log entries that a projection takes in one step.", ge=1, le=200_000),
    ] = 50_000
    steps_at_once: Annotated[
        int,
        whole(
            "COLISEUM_STEPS_AT_ONCE",
            "Steps that one processor takes at a time; each waits a quarter of a second for its turn, and no longer. "
            "0: half as many as its machine has cores.",
            ge=0,
            le=64,
        ),
    ] = 0
    dead_letter_attempts_max: Annotated[
        int,
        whole("COLISEUM_DEAD_LETTER_ATTEMPTS_MAX", "Tries of an entry before it is set aside.", ge=1, le=100),
    ] = 5
    webhook_requests_per_minute: Annotated[
        int,
        whole(
            "COLISEUM_WEBHOOK_REQUESTS_PER_MINUTE",
            "Webhook requests a minute from one address.",
            ge=1,
            le=1_000_000,
        ),
    ] = 600
    capture_requests_per_minute: Annotated[
        int,
        whole(
            "COLISEUM_CAPTURE_REQUESTS_PER_MINUTE",
            "Requests a minute that send events with one key; 0 is no limit.",
            ge=0,
            le=1_000_000,
        ),
    ] = 0
    segment_events: Annotated[
        str,
        meta(
            "COLISEUM_SEGMENT_EVENTS",
            "be pairs such as `Song Played=player.track_played`, with semicolons between them",
            "Names of a platform's Segment track calls, each with the event type that it means.",
            pattern=r"^([^=;]+=[a-z_.]+(;|$))*$",
        ),
    ] = ""
    board_idle_s: Annotated[
        int,
        whole(
            "COLISEUM_BOARD_IDLE_S",
            "Seconds that an unread, unpinned board stays in Valkey.",
            ge=10,
            le=604_800,
        ),
    ] = 900
    log_level: Annotated[
        LogLevel,
        meta("COLISEUM_LOG_LEVEL", "be debug, info, warning or error", "Least weight of a line that is logged."),
    ] = "info"
