"""What went out to customers and what suppliers owe: every figure is a sum of the ledger's entries.

The rows are read from a table that is derived from them, a page at a time.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_skeleton
from flask import Blueprint, Response, g, request
from markupsafe import Markup

from plugin.money import Money
from plugin.pages import csv_out
from plugin.pages.charts import Bar, bars
from plugin.pages.desk import Desk, language, money, say
from plugin.pages.recovery_rows import (
    STAGES,
    Asked,
    Expected,
    by_currency,
    by_week,
    figures_of,
    page,
    read_row,
)
from plugin.store import ledger, recoveries
from plugin.store.recoveries import Due, Place
from plugin.words.speech import LOCALES

A_PAGE = 50
FILE_PAGE = 1000
MOST = 50_000
COLUMNS = (
    *("case", "order_id", "purchase", "supplier", "state", "asked_on"),
    *("asked", "agreed", "received", "refused", "owed", "currency", "expected", "window_shuts"),
)


def add_to(pages: Blueprint, desk: Desk) -> None:
    """Add the page and its file."""

    @pages.get("/recovery")
    def recovery() -> str:
        now, still = desk.clock.now(), request.args.get("show") != "ended"
        after, earlier = Place.read(request.args.get("after", "")), _earlier()
        with desk.db.read() as tx:
            rows, following = page(tx, g.shop.shop, after, still=still, limit=A_PAGE)
            out = ledger.refunds(tx, g.shop.shop, before=earlier, limit=A_PAGE + 1)
            owed = recoveries.owed(tx, g.shop.shop)
            figures = figures_of(tx, g.shop.shop, owed)
        return desk.page(
            "recovery.html",
            rows=rows,
            bands={(row.order_id, row.purchase_id): row.band(now) for row in rows},
            stages=STAGES,
            still=still,
            following=following.spell() if following else "",
            from_start=after is None,
            out=out[:A_PAGE],
            older=out[A_PAGE - 1].id if len(out) > A_PAGE else 0,
            newest=not earlier,
            figures=figures,
            charts=_charts(owed, now),
        )

    @pages.get("/recovery.csv")
    def recovery_csv() -> Response:
        rows = (_cells(row) for row in _all(desk, g.shop.shop))
        return csv_out.file(f"recovery-{desk.clock.now():%Y-%m-%d}.csv", COLUMNS, rows)


def _earlier() -> int:
    text = request.args.get("earlier", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else 0


# --- Expected by week -----------------------------------------------------------------------------


def _charts(owed: list[Due], now: datetime) -> dict[str, Markup]:
    """By currency: they are never added together."""
    today = now.astimezone(ZoneInfo(g.shop.zone)).date()
    return {
        currency: bars(say("recovery.weeks"), [_bar(one, currency) for one in weeks])
        for currency, minor in sorted(by_currency(owed).items())
        if minor and (weeks := by_week(owed, currency, today))
    }


def _bar(one: Expected, currency: str) -> Bar:
    if one.begins:
        ends = one.begins + timedelta(days=6)
        label = f"{_short(one.begins)} – {_short(ends)}"
    else:
        label = say(f"recovery.weeks.{one.name}")
    whole = one.agreed + one.hoped
    said = money(whole, currency) if whole else "–"
    return Bar(label, one.agreed, said, more=one.hoped)


def _short(day: date) -> str:
    return str(format_skeleton("MMMd", day, locale=LOCALES[language()]))


# --- The file -------------------------------------------------------------------------------------


def _all(desk: Desk, shop: str) -> Iterator[Asked]:
    """A look of its own for each part: whoever saves the file slowly keeps nobody from writing."""
    left = MOST
    for still in (True, False):
        place: Place | None = None
        while left > 0:
            with desk.db.read() as tx:
                found = recoveries.listed(tx, shop, still=still, after=place, limit=FILE_PAGE)
            rows = [read_row(row) for row in found]
            yield from rows
            left -= len(rows)
            if len(rows) < FILE_PAGE:
                break
            place = Place(rows[-1].since, rows[-1].order_id, rows[-1].purchase_id)


def _cells(row: Asked) -> list[object]:
    currency = next(iter(row.stages.values())).currency
    amounts = [
        Money(stage.minor, stage.currency).decimal()
        if (stage := row.stages.get(name)) and stage.minor
        else ""
        for name in STAGES
    ]
    owed = Money(row.owed_minor, row.owed_currency).decimal() if row.owed_minor else ""
    shuts = row.shuts.date().isoformat() if row.shuts else ""
    return [
        *(row.number, row.order_id, row.purchase_id, row.supplier, row.state),
        *(row.since.date().isoformat(), *amounts, owed, currency, row.expected_on, shuts),
    ]
