"""CSV files that no spreadsheet takes for formulas."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from flask import Response

FORMULA = ("=", "+", "-", "@", "\t", "\r")


def file(name: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """An answer that is saved under a name; `name` is ours, never a person's."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(header)
    writer.writerows([safe(str(cell)) for cell in row] for row in rows)
    # The mark tells spreadsheets that it is UTF-8.
    answer = Response("\ufeff" + out.getvalue(), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def safe(cell: str) -> str:
    """A cell that begins like a formula gets an apostrophe in front."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell
