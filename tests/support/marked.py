"""Pages as whoever asks for ``en-XA`` sees them: what stands between no marks is of no catalogue, or it is data.

Data are what a page says is data: code, what may be in any script (``dir="auto"``, ``<bdi>``), what nobody shall
translate (``translate="no"``) and what is English everywhere (``lang="en"``); and dates, units and codes.
"""

import json
import re
from html.parser import HTMLParser
from typing import Final

from babel import Locale

from coliseum.web.ui.text import MARKS

SAID: Final = ("alt", "aria-label", "aria-valuetext", "aria-description", "label", "placeholder", "title")
VOID: Final = {"area", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
DATA: Final = {"bdi", "code", "kbd", "pre", "samp", "script", "style"}
LETTERS: Final = re.compile(r"[^\W\d_]{2,}")
ADDRESSES: Final = re.compile(
    r"\S+@\S+|\w+:\d+|https?://\S+|\S*[\w-]/[\w/-]\S*|\b[A-Z]{3}\b|\b[0-9a-f]{8,}\b|\w+[_.]\w+"
)
"""E-mail and other addresses, codes of currencies, digests, and identifiers."""
ENGLISH: Final = Locale.parse("en_US")


def _of_dates() -> set[str]:
    names = {
        word
        for way in ("format", "stand-alone")
        for width in ("wide", "abbreviated")
        for words in (ENGLISH.months[way][width], ENGLISH.days[way][width])
        for word in words.values()
    }
    periods = {"AM", "PM", "at", "ago", "in", "sec", "min", "hr"}
    spans = {
        each + plural for each in ("second", "minute", "hour", "day", "week", "month", "year") for plural in ("", "s")
    }
    return names | periods | spans


WORDS_OF_DATA: Final = frozenset(_of_dates() | {"Coliseum", "UTC"})


class Unmarked(HTMLParser):
    """Collects what can be read on a page and stands between no marks."""

    def __init__(self, known: frozenset[str] = frozenset()) -> None:
        super().__init__()
        self.found: list[str] = []
        self._known = WORDS_OF_DATA | known
        self._open: list[tuple[str, bool]] = []
        self._depth = 0
        self._island: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at the attributes that are read out or shown."""
        named = dict(attrs)
        data = tag in DATA or named.get("dir") == "auto" or named.get("translate") == "no" or named.get("lang") == "en"
        inside = bool(self._open) and self._open[-1][1]
        if not (inside or data):
            for name in SAID:
                if named.get(name):
                    self._read(str(named[name]), f"{tag} {name}")
        for name, value in attrs:
            if name.startswith("data-") and value and re.match(r"[A-Z][a-z]+ [a-z]", value):
                self._read(value, f"{tag} {name}")
        if tag == "script" and named.get("type") == "application/json" and str(named.get("id", "")).endswith("words"):
            self._island = str(named["id"])
        if tag not in VOID:
            self._open.append((tag, inside or data))

    def handle_endtag(self, tag: str) -> None:
        """Leave the element, and those in it that end with it."""
        self._island = None
        if any(each == tag for each, _ in self._open):
            while self._open.pop()[0] != tag:
                pass

    def handle_data(self, data: str) -> None:
        """Look at a text."""
        if self._island is not None:
            self._read_all(json.loads(data), self._island)
        elif self._open and self._open[-1][1]:
            self._depth += data.count(MARKS[0]) - data.count(MARKS[1])
        else:
            self._depth = self._read(data, " ".join(tag for tag, _ in self._open[-3:]), self._depth)

    def _read_all(self, value: object, where: str) -> None:
        if isinstance(value, dict):
            for key, each in value.items():
                self._read_all(each, f"{where} {key}")
        elif isinstance(value, str):
            self._read(value, where)

    def _read(self, text: str, where: str, depth: int = 0) -> int:
        outside = ""
        for letter in text:
            depth += (letter == MARKS[0]) - (letter == MARKS[1])
            outside += " " if depth else letter
        words = [word for word in LETTERS.findall(ADDRESSES.sub(" ", outside)) if word not in self._known]
        if words:
            self.found.append(f"{where}: {' '.join(words)}")
        return depth


def unmarked(html: str, known: frozenset[str] = frozenset()) -> list[str]:
    """What stands between no marks on a page, with where it stands."""
    parser = Unmarked(known)
    parser.feed(html)
    parser.close()
    return parser.found
