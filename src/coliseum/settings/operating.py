"""Settings of how a system is run: how strictly, with which secret before the present one, and where its trail goes."""

from pathlib import Path
from typing import Annotated, Literal

from coliseum.settings.kinds import meta
from coliseum.settings.outgoing import OutgoingSettings

Mode = Literal["development", "production"]


class OperatingSettings(OutgoingSettings, frozen=True, kw_only=True):
    """How a system is run."""

    mode: Annotated[
        Mode,
        meta(
            "COLISEUM_MODE",
            "be development or production",
            "In production the web server and the processor refuse to start with settings that are unsafe; "
            "`coliseum config check` lists them.",
        ),
    ] = "development"
    audit_heads_file: (
        Annotated[
            Path,
            meta(
                "COLISEUM_AUDIT_HEADS_FILE",
                "be a file",
                "File to which processors add the heads of the audit trail every hour; best on another machine's disk. "
                "Without it: `audit-heads.ndjson` in the data folder.",
            ),
        ]
        | None
    ) = None
    secret_key_before: (
        Annotated[
            str,
            meta(
                "COLISEUM_SECRET_KEY_BEFORE",
                "be at least 32 characters long",
                "The root secret that was used before COLISEUM_SECRET_KEY: entries of the audit trail that were made "
                "under it are verified with it. Nothing else is.",
                secret=True,
                min_length=32,
            ),
        ]
        | None
    ) = None
    suppression_key: (
        Annotated[
            str,
            meta(
                "COLISEUM_SUPPRESSION_KEY",
                "be at least 32 characters long",
                "Secret by which people who were forgotten are known again, so that nothing more is stored of them; "
                "without it COLISEUM_SECRET_KEY. Set it to that before you change it, and leave it: under another one "
                "nobody is known again.",
                secret=True,
                min_length=32,
            ),
        ]
        | None
    ) = None
    privacy_contact: Annotated[
        str,
        meta(
            "COLISEUM_PRIVACY_CONTACT",
            "be an e-mail address or begin with https://",
            "Whom the privacy policy tells people to write to about what is stored of them.",
            pattern=r"^(https://[!-~]+|[!-~]+@[!-~]+)?$",
        ),
    ] = ""
    operator_name: Annotated[
        str,
        meta(
            "COLISEUM_OPERATOR_NAME",
            "have at most 200 characters",
            "Who runs this system, as the privacy policy says it.",
            max_length=200,
        ),
    ] = ""
    security_contact: Annotated[
        str,
        meta(
            "COLISEUM_SECURITY_CONTACT",
            "be an e-mail address or begin with https://",
            "Whom `/.well-known/security.txt` tells people to write to about a weakness; without it there is none.",
            pattern=r"^(https://[!-~]+|[!-~]+@[!-~]+)?$",
        ),
    ] = ""
