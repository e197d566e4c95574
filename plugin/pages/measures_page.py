"""What products weigh and measure, brought as a CSV file: without it a parcel is unknown."""

from __future__ import annotations

import csv
import tempfile
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, g, request
from werkzeug.wrappers import Response as Answer

from plugin.imports import MEASURE_COLUMNS, BadFile, Rejected, Row, import_measures, rows_of
from plugin.pages.desk import Desk, say
from plugin.pages.forms import words

LONGEST = 200_000
LONGEST_SKU = 200


def add_to(pages: Blueprint, desk: Desk) -> None:
    """Add the page."""

    @pages.get("/measures")
    def measures_page() -> str:
        return _show(desk)

    @pages.post("/measures")
    def keep_measures() -> Answer:
        return _keep(desk)


def _show(desk: Desk, **more: Any) -> str:
    return desk.page("measures.html", columns=MEASURE_COLUMNS, form=request.form, **more)


def _keep(desk: Desk) -> Answer:
    try:
        rows = _rows()
    except BadFile:
        heading = say("measures.heading", columns=",".join(MEASURE_COLUMNS))
        return Response(_show(desk, bad={"rows": heading}), 422)
    longer = [Rejected(r.number, r.cells, say("measures.sku")) for r in rows if _too_long(r)]
    usable = [row for row in rows if not _too_long(row)]
    with desk.act("measures_brought", rows=len(usable)):
        pass  # each row is a transaction of its own
    found = list(import_measures(desk.db, desk.clock, g.shop.shop, usable))
    rejected = [*longer, *(one for one in found if one is not None)]
    page = _show(desk, kept=found.count(None), rejected=rejected)
    return Response(page, 422 if rejected else 200)


def _too_long(row: Row) -> bool:
    return len(row.cells.get("sku", "")) > LONGEST_SKU


def _rows() -> list[Row]:
    """The file's rows, or the pasted ones. Raises BadFile when they cannot be read."""
    file = request.files.get("file")
    content = file.read() if file is not None and file.filename else b""
    content = content.replace(b"\0", b"") or words("rows", LONGEST).encode()
    with tempfile.TemporaryDirectory(prefix="postvendita-") as folder:
        path = Path(folder) / "measures.csv"
        path.write_bytes(content)
        try:
            rows = rows_of(path, MEASURE_COLUMNS)
        except csv.Error as error:
            raise BadFile(str(error)) from None
    if not rows:
        raise BadFile("no rows")
    return rows
