"""CSV files that no spreadsheet takes for formulas."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from flask import Response, g, stream_with_context

from plugin.store import walls

AT_ONCE = 500
"""Rows that are sent together."""
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def file(name: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """An answer that is saved under a name; `name` is ours, never a person's.

    Sent while `rows` are still being read, so a long file begins at once and is never held whole.
    """
    pieces = walls.within(g.shop.shop, _written(header, rows))
    answer = Response(stream_with_context(pieces), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _written(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    out = io.StringIO("\ufeff")  # the mark tells spreadsheets that it is UTF-8
    out.seek(0, io.SEEK_END)
    writer = csv.writer(out)
    writer.writerow(header)
    for count, row in enumerate(rows, 1):
        writer.writerow([safe(str(cell)) for cell in row])
        if count % AT_ONCE == 0:
            yield out.getvalue()
            out.seek(0)
            out.truncate()
    yield out.getvalue()


def safe(cell: str) -> str:
    """A cell that begins like a formula gets an apostrophe in front."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell
