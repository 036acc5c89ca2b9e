"""The words of the pages: English in the code, and a catalogue of all of them that can be translated.

Templates say ``{% trans %}`` or ``_("…")``; Python marks a text with ``_`` and a template shows it. A language is a
file ``text/<language>/LC_MESSAGES/messages.mo`` in this package, made of ``text/messages.pot``, which
``coliseum.web.ui.catalogue`` writes.
"""

from functools import cache, lru_cache
from importlib import resources
from pathlib import Path
from typing import Final

from babel import Locale, negotiate_locale
from babel.support import NullTranslations, Translations

FOLDER: Final = Path(str(resources.files("coliseum.web.ui") / "text"))
SOURCE: Final = "en"
DEFAULT_LOCALE: Final = "en_US"
RANGES_MAX: Final = 20
"""So many languages of ``Accept-Language`` are looked at."""


def _(text: str) -> str:
    """Mark a text for the catalogue; it is translated where it is shown."""
    return text


@cache
def languages() -> tuple[str, ...]:
    """The languages there are words for."""
    return (SOURCE, *sorted(path.parent.parent.name for path in FOLDER.glob("*/LC_MESSAGES/messages.mo")))


@cache
def translations(language: str) -> NullTranslations:
    """The words of a language."""
    if language == SOURCE:
        return NullTranslations()
    return Translations.load(str(FOLDER), [language])


@lru_cache(1_000)
def locale_of(accepted: str) -> Locale:
    """The viewer's locale by ``Accept-Language``: how numbers, money and dates are written, whatever the words are."""
    for name in _wanted(accepted):
        try:
            return Locale.parse(name, sep="-")
        except (ValueError, LookupError):
            continue
    return Locale.parse(DEFAULT_LOCALE)


@lru_cache(1_000)
def language_of(accepted: str) -> str:
    """The language of the words by ``Accept-Language``."""
    return negotiate_locale([name.replace("-", "_") for name in _wanted(accepted)], languages(), sep="_") or SOURCE


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
