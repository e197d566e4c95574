"""Who did what; and everything the shop has here, to take away."""

from __future__ import annotations

import json
import tempfile
import zipfile
from collections.abc import Iterator
from datetime import datetime
from typing import IO

from flask import Blueprint, Response, g, request
from werkzeug.wrappers import Response as Answer

from plugin import sentences
from plugin.order import Order
from plugin.pages import readings
from plugin.pages.desk import Desk, language, zone
from plugin.pages.noting import concerns
from plugin.store import audit, deeds
from plugin.store.audit import ALSO, NOT_PEOPLE, WHOLE
from plugin.timeline import Entry, event_from

A_PAGE = 50
CHUNK = 64 * 1024


def add_to(pages: Blueprint, desk: Desk) -> None:
    """Add the pages."""

    @pages.get("/audit")
    def audit_page() -> str:
        with desk.db.read() as tx:
            rows = audit.deeds(tx, g.shop.shop, A_PAGE + 1, _place(request.args.get("before", "")))
            shop_deeds = deeds.of_shop(tx, g.shop.shop, A_PAGE, besides=NOT_PEOPLE)
            versions = audit.versions(tx, g.shop.shop, 20)
            shown = rows[:A_PAGE]
            orders = readings.folded(tx, g.shop.shop, {deed.order_id for deed in shown})
        concerns(deed.order_id for deed in shown if deed.order_id)
        last = shown[-1] if len(rows) > A_PAGE else None
        return desk.page(
            "audit.html",
            deeds=[(deed, _line(deed, orders[deed.order_id])) for deed in shown],
            versions=versions,
            shop_deeds=shop_deeds,
            older=f"{last.at.isoformat()}_{last.order_id}_{last.seq}" if last else "",
        )

    @pages.get("/export")
    def export_page() -> str:
        return desk.page("export.html")

    @pages.post("/export")
    def export_all() -> Answer:
        with desk.act("exported"):
            pass  # what leaves is read from here on
        file = _packed(desk, g.shop.shop)
        answer = Response(_chunks(file), mimetype="application/zip")
        name = f"postvendita-{desk.clock.now():%Y-%m-%d}.zip"
        answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        answer.headers["Cache-Control"] = "private, no-store"
        return answer


def _line(deed: audit.Deed, order: Order) -> str:
    entry = Entry(deed.seq, deed.at, deed.by, event_from(deed.kind, deed.body), "")
    return sentences.entry(entry, order, language=language(), zone=zone())


def _place(text: str) -> tuple[datetime, int, int] | None:
    moment, _, rest = text.partition("_")
    order_id, _, seq = rest.partition("_")
    try:
        found = (datetime.fromisoformat(moment), int(order_id), int(seq))
    except ValueError:
        return None
    good = found[0].tzinfo is not None and 0 <= found[1] < 2**63 and 0 <= found[2] < 2**31
    return found if good else None


def _packed(desk: Desk, shop: str) -> IO[bytes]:
    """A file per table, a line of JSON per row; on disk, because it may be large."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed when it was sent
    with desk.db.read() as tx, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in (*WHOLE, *ALSO):
            with packed.open(f"{name}.jsonl", "w") as out:
                for row in audit.everything(tx, shop, name):
                    out.write(json.dumps(row, ensure_ascii=False, default=str).encode() + b"\n")
    file.seek(0)
    return file


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while chunk := file.read(CHUNK):
            yield chunk
