"""All routes of this area."""

from typing import Any, Final

from coliseum.web.ui.entities import artist, behind, event, lists, others

HANDLERS: Final[tuple[Any, ...]] = (
    *lists.HANDLERS,
    *artist.HANDLERS,
    *event.HANDLERS,
    *others.HANDLERS,
    *behind.HANDLERS,
)
