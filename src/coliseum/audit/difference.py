"""What a check reports."""

import msgspec


class Difference(msgspec.Struct, frozen=True):
    """A stored number that is not what the log says."""

    tenant: str
    what: str
    key: str
    stored: str
    expected: str
