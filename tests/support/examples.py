"""The code in the pages, to run it."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def example(page: str, language: str) -> str:
    """The only example of a page in a language."""
    [source] = [text for name, text in FENCE.findall((ROOT / page).read_text(encoding="utf-8")) if name == language]
    return str(source)
