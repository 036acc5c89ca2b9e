"""The life of a board as steps of time: where the slider of its page stands, and how far it goes."""

from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from coliseum.metrics.windows import Grain, bucket_start
from coliseum.queries.question import AsOf
from coliseum.web.ui.boards.asking import instant_text

HOURS_FOR: Final = timedelta(days=10)
"""The life of so many days is gone through by the hour, a longer one by the day."""
STEPS_MAX: Final = 3_660
"""A slider has at most so many steps: of a longer life those are the last ones."""


class Timeline(msgspec.Struct, frozen=True):
    """From the begin of the first step to now. ``at``: the step that is shown; ``steps`` is the present moment."""

    since: datetime
    step_s: int
    steps: int
    at: int

    @property
    def live(self) -> bool:
        """Whether the present is shown."""
        return self.at == self.steps

    def moment(self, step: int) -> datetime:
        """The moment of a step."""
        return self.since + timedelta(seconds=self.step_s * step)

    def told(self) -> dict[str, object]:
        """For the page's script."""
        return {"since": instant_text(self.since), "step": self.step_s, "steps": self.steps, "at": self.at}


def timeline_of(
    first: datetime | None, begins: datetime | None, now: datetime, as_of: AsOf, zone: ZoneInfo
) -> Timeline | None:
    """The life of a board since the tenant's ``first`` entry was received, or since the plan's history ``begins``.

    Steps are of an hour or of 24, from the begin of an hour or day of the tenant's zone. None before the first entry.
    """
    if first is None or first >= now:
        return None
    since = first if begins is None else max(first, begins)
    by_hour = now - since <= HOURS_FOR
    step = timedelta(hours=1) if by_hour else timedelta(days=1)
    start = bucket_start(since, Grain.HOUR if by_hour else Grain.DAY, zone)
    if begins is not None and start < begins:
        start += step
    steps = max(1, -((start - now) // step))
    if steps > STEPS_MAX:
        start, steps = start + step * (steps - STEPS_MAX), STEPS_MAX
    at = steps
    if isinstance(as_of, datetime):
        at = min(steps - 1, max(0, round((as_of - start) / step)))
    return Timeline(start, int(step.total_seconds()), steps, at)
