"""The inbox as a CSV file: the rows that are ticked, or the whole list of the address."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, g, request
from werkzeug.wrappers import Response as Answer

from plugin import sentences
from plugin.money import Money
from plugin.pages import inbox_filters, readings
from plugin.pages.csv_out import safe
from plugin.pages.desk import Desk, language, say
from plugin.pages.noting import concerns
from plugin.store import listing

MOST = 10_000
COLUMNS = (
    *("case", "order", "customer", "problem", "status", "next_step", "deadline", "deadline_name"),
    *("at_risk", "currency", "owed", "owed_currency", "supplier", "country", "assignee"),
    *("opened", "updated"),
)


def add_to(pages: Blueprint, desk: Desk) -> None:
    """Add the file."""

    @pages.post("/cases/export")
    def export_cases() -> Answer:
        body = "\ufeff" + _file(desk)  # the mark tells spreadsheets that it is UTF-8
        answer = Response(body, mimetype="text/csv")
        name = f"cases-{desk.clock.now():%Y-%m-%d}.csv"
        answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return answer


def _file(desk: Desk) -> str:
    picked = [one[:36] for one in request.form.getlist("case") if "\0" not in one][:MOST]
    wanted, _bad = inbox_filters.read(request.args, g.shop)
    now, shop = desk.clock.now(), g.shop.shop
    with desk.db.read() as tx:
        if picked:
            rows = listing.chosen(tx, shop, picked)
        else:
            rows = listing.listed(tx, shop, wanted, now, limit=MOST + 1)
        kinds = {
            case_id: step.kind
            for start in range(0, len(rows), 500)
            for case_id, step in readings.next_steps(tx, shop, rows[start : start + 500]).items()
        }
    concerns(row["order_id"] for row in rows[:MOST])
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    writer.writerows(_line(row, kinds.get(row["case_id"], "")) for row in rows[:MOST])
    if len(rows) > MOST:
        writer.writerow([say("inbox.export.cut", most=MOST)])
    return out.getvalue()


def _line(row: Mapping[str, Any], kind: str) -> list[str]:
    tongue = language()
    cells = (
        *(row["number"], row["order_name"] or str(row["order_id"]), row["customer_name"] or ""),
        sentences.situation(row["situation"], language=tongue),
        sentences.outcome(row["outcome"], language=tongue)
        if row["outcome"]
        else sentences.status(row["status"], language=tongue),
        sentences.kind_of(kind, language=tongue) if kind else "",
        *(_moment(row["deadline"]), row["deadline_name"]),
        *(_amount(row["at_risk_minor"], row["currency"]), row["currency"]),
        *(_amount(row["owed_minor"], row["owed_currency"]), row["owed_currency"]),
        *(row["supplier"], row["country"], row["assignee"]),
        *(_moment(row["opened_at"]), _moment(row["updated_at"])),
    )
    return [safe(cell) for cell in map(str, cells)]


def _amount(minor: int, currency: str) -> str:
    return Money(minor, currency).decimal() if minor and currency else ""


def _moment(moment: datetime | None) -> str:
    """In the shop's zone, with its offset."""
    if moment is None:
        return ""
    return moment.astimezone(ZoneInfo(g.shop.zone)).isoformat(timespec="minutes")
