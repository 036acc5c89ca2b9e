"""The words of the pages: English in the code, and a catalogue of all of them that can be translated.

Templates say ``{% trans %}`` or ``_("…")``; Python marks a text with ``_`` and a template shows it. A language is a
file ``text/<language>.po`` in this package, made of ``text/messages.pot``, which ``coliseum.web.ui.catalogue`` writes.
Whoever asks for ``en-XA`` sees what is of the catalogue and what is not: each text stands between marks.
"""

import io
from functools import cache, lru_cache
from importlib import resources
from pathlib import Path
from typing import Final

from babel import Locale, UnknownLocaleError, negotiate_locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

FOLDER: Final = Path(str(resources.files("coliseum.web.ui") / "text"))
SOURCE: Final = "en"
MARKED: Final = "en-XA"
"""Not a language: English between marks, for whoever looks for words that are not of the catalogue."""
MARKS: Final = ("\N{MATHEMATICAL LEFT WHITE SQUARE BRACKET}", "\N{MATHEMATICAL RIGHT WHITE SQUARE BRACKET}")
DEFAULT_LOCALE: Final = "en_US"
RANGES_MAX: Final = 20
"""So many languages of ``Accept-Language`` are looked at."""


def _(text: str) -> str:
    """Mark a text for the catalogue; it is translated where it is shown."""
    return text


class Name(str):
    """What somebody has called something. It is shown as it is, even where texts of the catalogue are."""

    __slots__ = ()


class Marked(NullTranslations):
    """Every text of the catalogue between marks."""

    def gettext(self, message: object) -> str:
        """The text as it stands in the code, marked."""
        return f"{MARKS[0]}{message}{MARKS[1]}"

    def ngettext(self, msgid1: str, msgid2: str, n: float) -> str:
        """One of the two, as in English, marked."""
        return self.gettext(msgid1 if n == 1 else msgid2)


@cache
def languages() -> tuple[str, ...]:
    """The languages there are words for."""
    return (SOURCE, *sorted(path.stem for path in FOLDER.glob("*.po")))


@cache
def translations(language: str) -> NullTranslations:
    """The words of a language; what has not been translated yet is said as it stands in the code."""
    if language == SOURCE:
        return NullTranslations()
    if language == MARKED:
        return Marked()
    with (FOLDER / f"{language}.po").open("rb") as file:
        read = read_po(file, language)
    compiled = io.BytesIO()
    write_mo(compiled, read)
    compiled.seek(0)
    return Translations(compiled)


@lru_cache(1_000)
def locale_of(accepted: str) -> Locale:
    """The viewer's locale by ``Accept-Language``: how numbers, money and dates are written, whatever the words are."""
    for name in _wanted(accepted):
        for known in (name, name.partition("-")[0]):
            try:
                return Locale.parse(known, sep="-")
            except (ValueError, LookupError, UnknownLocaleError):
                continue
    return Locale.parse(DEFAULT_LOCALE)


@lru_cache(1_000)
def language_of(accepted: str) -> str:
    """The language of the words by ``Accept-Language``."""
    wanted = _wanted(accepted)
    if wanted[:1] == [MARKED]:
        return MARKED
    return negotiate_locale([name.replace("-", "_") for name in wanted], languages(), sep="_") or SOURCE


def _wanted(accepted: str) -> list[str]:
    """The languages of the header, those wanted most first."""
    found: list[tuple[float, str]] = []
    for each in accepted.split(",")[:RANGES_MAX]:
        name, _sep, weight = (part.strip() for part in each.partition(";"))
        try:
            share = float(weight.removeprefix("q=")) if weight else 1.0
        except ValueError:
            continue
        if name and name != "*" and share > 0:
            found.append((-share, name))
    return [name for _share, name in sorted(found, key=lambda pair: pair[0])]
