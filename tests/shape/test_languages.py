"""The languages of the pages: whole, and each text of them fits the one that it stands for."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages import Catalog, Message
from babel.messages.pofile import read_po

TEXT = Path(__file__).parents[2] / "src" / "coliseum" / "web" / "ui" / "text"
LANGUAGES = sorted(TEXT.glob("*.po"))
PLACES = re.compile(r"%\(\w+\)\w|\{\w*\}|</?\w+[^>]*>")


def catalogue(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, None if path.suffix == ".pot" else path.stem)


def both(message: Message) -> Iterator[tuple[str, str]]:
    """The text and what is said for it; of plurals each form beside the one of its number."""
    if isinstance(message.id, str):
        assert isinstance(message.string, str)
        yield message.id, message.string
    else:
        for place, said in enumerate(message.string or ()):
            yield message.id[min(place, 1)], said


@pytest.mark.parametrize("path", LANGUAGES, ids=lambda path: path.stem)
def test_a_language_has_all_the_texts_there_are_and_no_other(path: Path) -> None:
    wanted, found = catalogue(TEXT / "messages.pot"), catalogue(path)
    assert {each.id for each in found} == {each.id for each in wanted}
    for message in found:
        if message.id:
            assert not message.fuzzy, message.id
            assert all(said for _text, said in both(message)), message.id
            assert isinstance(message.id, str) or len(message.string or ()) == found.num_plurals


@pytest.mark.parametrize("path", LANGUAGES, ids=lambda path: path.stem)
def test_what_is_put_into_a_text_and_what_is_marked_in_it_is_the_same_in_each_language(path: Path) -> None:
    for message in catalogue(path):
        for text, said in both(message) if message.id else ():
            assert sorted(PLACES.findall(said)) == sorted(PLACES.findall(text)), said
