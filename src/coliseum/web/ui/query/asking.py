"""From the query page's address to the question, and back: what a form leaves empty is not asked."""

from collections.abc import Mapping
from typing import Final

import msgspec

from coliseum.accounts.callers import Caller
from coliseum.accounts.permissions import Permission
from coliseum.dashboards.panels import CHARTS, ChartName
from coliseum.metrics.registry import BY_NAME
from coliseum.queries.breakdown_asked import LIMIT, PARAMETERS, PLACES, splits_of, targets

FIRST: Final = {"metric": "votes", "window": "28d", "grain": "day", "compare": "previous"}
"""What is asked when nothing is: how votes have moved of late."""
CUSTOM: Final = "custom"
FILTERS: Final = ("city", "genre", "event")


class Form(msgspec.Struct, frozen=True):
    """What the controls show, the question in the words of ``/api/query``, and the chart that is wanted."""

    shown: dict[str, str]
    question: dict[str, str]
    chart: ChartName


def form_of(given: Mapping[str, str]) -> Form:
    """What an address asks. A split or filters that the metric has not are dropped: its control was for another one."""
    said = {name: value.strip() for name, value in given.items() if name in PARAMETERS and value.strip()}
    if "metric" not in said:
        said = {**FIRST, **said}
    metric = BY_NAME.get(said["metric"])
    if metric is not None:
        if said.get("split") not in (*splits_of(metric), None):
            del said["split"]
        if targets(metric):
            said = {name: value for name, value in said.items() if name not in FILTERS}
        if not metric.money:
            said.pop("currency", None)
        said = _narrowed(said)
    if said.get("window") == CUSTOM or "from" in said:
        said.pop("window", None)
        shown = {**said, "window": CUSTOM}
        if "from" not in said:  # chosen, and no days yet: the window stays what it is when nothing is said
            said.pop("last", None)
    else:
        said.pop("last", None)
        said.pop("to", None)
        shown = dict(said)
    if said.get("window") == "all":
        said.pop("compare", None)
    said = {name: value for name, value in said.items() if (name, value) not in DEFAULTS}
    wanted = given.get("chart", "auto")
    chart = next((each for each in CHARTS if each == wanted), CHARTS[0])
    return Form(shown, said, chart)


def splits_for(caller: Caller, metric: str) -> list[str]:
    """By what this caller can split this metric."""
    found = BY_NAME.get(metric)
    splits = ["none"] if found is None else list(splits_of(found))
    return splits if caller.may(Permission.FANS_READ) else [each for each in splits if each != "fan"]


def _narrowed(said: dict[str, str]) -> dict[str, str]:
    """Without filters that are too many beside the split."""
    split = said.get("split", "none")
    given = [name for name in FILTERS if name in said]
    most = 1 if split in PLACES and split not in given else 2
    return {name: value for name, value in said.items() if name not in given[most:]}


DEFAULTS: Final = {("split", "none"), ("grain", "none"), ("compare", "none"), ("limit", str(LIMIT)), ("window", "28d")}
