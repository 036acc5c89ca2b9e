"""Writes ``text/messages.pot``, all the words of the pages: ``python -m coliseum.web.ui.catalogue``."""

import io
import sys
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import write_po

from coliseum.generated import write_or_check
from coliseum.web.fixes import FIXES
from coliseum.web.ui.text import FOLDER

METHODS: Final = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
KEYWORDS: Final = {"_": None, "gettext": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2)}
OPTIONS: Final = {"**/templates/**.html": {"trimmed": "true", "silent": "false", "extensions": "jinja2.ext.do"}}


def catalogue() -> str:
    """The catalogue as gettext writes it, without the moment it was made."""
    found = Catalog(project="Coliseum", copyright_holder="Coliseum", fuzzy=False)
    for name, _line, text, comments, context in extract_from_dir(
        FOLDER.parent, METHODS, OPTIONS, KEYWORDS, comment_tags=("translators:",), strip_comment_tags=True
    ):
        found.add(text, None, [(name, 0)], auto_comments=comments, context=context)
    for fix in FIXES.values():
        for text in (fix.title, fix.meaning, fix.fix):
            found.add(text, None, [("../fixes.py", 0)])
    written = io.BytesIO()
    write_po(written, found, width=110, omit_header=True, sort_output=True, include_lineno=False)
    return 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n' + written.getvalue().decode()


def main(arguments: list[str]) -> int:
    """Write it anew, or with ``--check`` say whether it is stale."""
    return write_or_check({Path(FOLDER / "messages.pot"): catalogue()}, arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
