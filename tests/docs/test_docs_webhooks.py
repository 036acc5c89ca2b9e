"""docs/WEBHOOKS.md says of each topic what the code sends, and of tries when they are made."""

import json
import re
from pathlib import Path

import msgspec
import pytest

from coliseum.hooks.schedule import SCHEDULE_S
from coliseum.hooks.thresholds import Threshold
from coliseum.hooks.topics import DATA, Message

PAGE = (Path(__file__).parents[2] / "docs" / "WEBHOOKS.md").read_text(encoding="utf-8")
SECTION = re.compile(r"^### `([a-z_.]+)`\n(.*?)(?=^###? |\Z)", re.MULTILINE | re.DOTALL)
SECTIONS = dict(SECTION.findall(PAGE))
UNITS = {"s": 1, "min": 60, "h": 3_600}


def test_every_topic_is_told_of_and_no_other() -> None:
    assert sorted(SECTIONS) == sorted(DATA)


@pytest.mark.parametrize("topic", DATA)
def test_the_example_of_a_topic_is_what_is_sent(topic: str) -> None:
    example = re.findall(r"```json\n(.*?)\n```", SECTIONS[topic], re.DOTALL)[-1]
    message = msgspec.json.decode(example, type=Message)
    assert message.type == topic
    data = msgspec.json.decode(bytes(message.data), type=DATA[topic])
    assert json.loads(msgspec.json.encode(data)) == json.loads(bytes(message.data))


def test_the_example_of_a_threshold_is_one() -> None:
    example = re.findall(r"```json\n(.*?)\n```", SECTIONS["threshold.reached"], re.DOTALL)[0]
    assert msgspec.json.decode(example, type=Threshold).value == 1000


def test_tries_are_made_when_the_page_says() -> None:
    rows = re.findall(r"^\| (\d+) \| (at once|(\d+) (s|min|h)) \|$", PAGE, re.MULTILINE)
    said = [(int(number), int(count or 0) * UNITS.get(unit, 0)) for number, _, count, unit in rows]
    assert said == [*enumerate(SCHEDULE_S, 1)]
