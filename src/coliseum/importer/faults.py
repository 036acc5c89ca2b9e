"""What can go wrong with one record, and what ends an import."""

from coliseum.errors import ColiseumError


class ImportFailed(ColiseumError):
    """The import could not finish."""


class RecordRejected(ColiseumError):
    """One record is not imported; the others are."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
