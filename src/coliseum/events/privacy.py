"""``privacy.*``: what a person agreed to."""

from typing import Annotated

from msgspec import Meta

from coliseum.events.contract import PersonEvent
from coliseum.events.fields import ConsentSource, Name


class ConsentChanged(PersonEvent, frozen=True, kw_only=True, tag="privacy.consent_changed"):
    """A person gave or withdrew consent for a purpose."""

    purpose: Annotated[
        Name, Meta(description="what the consent is for; `analytics` is what a tenant with opt-in asks for")
    ]
    granted: Annotated[bool, Meta(description="true when given, false when withdrawn")]
    text_version: Annotated[Name, Meta(description="version of the text that the person saw")]
    source: ConsentSource
