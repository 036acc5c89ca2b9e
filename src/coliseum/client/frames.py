"""Answers as tables: for pandas, for polars, and for Jupyter. Neither library is needed before it is asked for."""

import html
from collections.abc import Mapping, Sequence
from datetime import datetime
from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import pandas as pd  # type: ignore[import-untyped]
    import polars as pl

Kind = Literal["text", "integer", "number", "instant"]
SHOWN_MAX = 20
"""Rows of a table in a notebook."""
PANDAS: Mapping[Kind, str] = {
    "text": "string", "integer": "Int64", "number": "float64", "instant": "datetime64[ns, UTC]",
}  # fmt: skip


class LibraryMissing(ImportError):
    """The library that makes these frames is not installed."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is not installed: pip install {name}", name=name)


def to_pandas(
    columns: Mapping[str, Kind], rows: Sequence[Sequence[object]], said: Mapping[str, object]
) -> "pd.DataFrame":
    """A data frame, typed also when there are no rows; ``attrs`` has what is said of all of them.

    Raises:
        LibraryMissing: there is no pandas.
    """
    pandas = _library("pandas")
    frame = pandas.DataFrame({
        name: pandas.Series([row[place] for row in rows], dtype=PANDAS[kind])
        for place, (name, kind) in enumerate(columns.items())
    })  # fmt: skip
    frame.attrs.update(said)
    return frame


def to_polars(columns: Mapping[str, Kind], rows: Sequence[Sequence[object]]) -> "pl.DataFrame":
    """A data frame, typed also when there are no rows.

    Raises:
        LibraryMissing: there is no polars.
    """
    polars = _library("polars")
    kinds = {
        "text": polars.String, "integer": polars.Int64, "number": polars.Float64,
        "instant": polars.Datetime("us", "UTC"),
    }  # fmt: skip
    schema = {name: kinds[kind] for name, kind in columns.items()}
    return polars.DataFrame([list(row) for row in rows], schema=schema, orient="row")  # type: ignore[no-any-return]


def to_html(title: str, note: str, columns: Mapping[str, Kind], rows: Sequence[Sequence[object]], more: str) -> str:
    """A table for a notebook. Everything that comes from the server is text in it."""
    head = "".join(f"<th>{html.escape(name)}</th>" for name in columns)
    body = "".join(f"<tr>{''.join(map(_cell, columns.values(), row))}</tr>" for row in rows)
    foot = f"<p>{html.escape(more)}</p>" if more else ""
    caption = f"<caption><strong dir='auto'>{html.escape(title)}</strong><br>{html.escape(note)}</caption>"
    return f"<table class='dataframe'>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{foot}"


def _cell(kind: Kind, value: object) -> str:
    if value is None:
        return "<td></td>"
    if isinstance(value, datetime):
        return f"<td>{value:%Y-%m-%d %H:%M}</td>"
    if isinstance(value, int):
        return f"<td style='text-align:right'>{value:,}</td>"
    return f"<td{' dir=auto' if kind == 'text' else ''}>{html.escape(str(value))}</td>"


def _library(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError as error:
        raise LibraryMissing(name) from error
