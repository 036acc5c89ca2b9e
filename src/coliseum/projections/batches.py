"""How statements over a range of the log are planned."""

WHOLE_TABLES_FROM_ENTRIES = 2_000


def plan_for(entries: int) -> tuple[str, str, str]:
    """What ``plan_for.sql`` takes for a range of so many entries.

    The tables may be too new for PostgreSQL to know how large they are, and a wrong guess costs a hundredfold: a large
    range joins whole tables, once each, and groups by hashing; a small one looks each name up by its index.
    """
    return ("off", "on", "off") if entries >= WHOLE_TABLES_FROM_ENTRIES else ("on", "off", "on")
