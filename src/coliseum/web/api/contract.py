"""The contracts themselves, for machines."""

from importlib import resources
from typing import Any

import msgspec
from litestar import get

from coliseum.web.access import for_anybody


@get("/schema/events.json", opt=for_anybody(), summary="The JSON Schema of every event type", sync_to_thread=False)
def get_event_schema() -> dict[str, Any]:
    """What every event must look like, made from the contracts that decode it."""
    text = (resources.files("coliseum.events") / "schema.json").read_bytes()
    return msgspec.json.decode(text, type=dict[str, Any])
