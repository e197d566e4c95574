"""A few figures of a period, each with its definition and the rows behind it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, g, request
from werkzeug.wrappers import Response as Answer

from plugin import sentences
from plugin.pages import csv_out
from plugin.pages.charts import Bar, bars
from plugin.pages.desk import Desk, language, say
from plugin.store import figures, periods
from plugin.store.periods import A_DAY, EARLIEST, LATEST, LONGEST, Period

PRESETS = (7, 30, 90)


def add_to(pages: Blueprint, desk: Desk) -> None:
    """Add the page and its file."""

    @pages.get("/analytics")
    def analytics() -> Answer:
        period, bad = asked(desk.clock.now())
        with desk.db.read() as tx:
            now = figures.all_of(tx, g.shop.shop, period)
            compared = bool(request.args.get("compare"))
            before = figures.all_of(tx, g.shop.shop, period.before) if compared else None
        page = desk.page(
            "analytics.html",
            period=period,
            last=period.until - A_DAY,
            presets=PRESETS,
            now_=now,
            before=before,
            products=now["products"],
            chart=_chart(now),
            typed={name: request.args.get(name, "") for name in ("from", "to", "compare")},
            words=sentences,
            days=days_of(period),
            opened={f"opened_{side}": day for side, day in days_of(period).items()},
            bad=bad,
        )
        return Response(page, 422 if bad else 200)

    @pages.get("/analytics.csv")
    def analytics_csv() -> Answer:
        period, _bad = asked(desk.clock.now())
        with desk.db.read() as tx:
            found = figures.all_of(tx, g.shop.shop, period)
        return csv_out.file("figures.csv", ("figure", "detail", "value"), _rows(found))


def asked(now: datetime) -> tuple[Period, dict[str, str]]:
    """The period in the shop's days; the last 30 where nothing usable was asked for."""
    today = now.astimezone(ZoneInfo(g.shop.zone)).date()
    usual = (today - timedelta(days=29), today)
    bad: dict[str, str] = {}
    days = request.args.get("days", "")
    if days.isascii() and days.isdigit() and int(days[:4]) in PRESETS:
        usual = (today - timedelta(days=int(days) - 1), today)
    since, until = _day("from", usual[0], bad), _day("to", usual[1], bad)
    if not bad and since > until:
        bad["from"] = say("analytics.order")
    elif not bad and until - since > LONGEST:
        bad["from"] = say("analytics.longest", days=LONGEST.days)
    if bad:
        since, until = usual
    return periods.days(since, until, g.shop.zone), bad


def days_of(period: Period) -> dict[str, str]:
    """The first and the last day as an address carries them."""
    return {
        "from": period.since.date().isoformat(),
        "to": (period.until - A_DAY).date().isoformat(),
    }


def _day(name: str, usual: date, bad: dict[str, str]) -> date:
    text = request.args.get(name, "")
    if not text:
        return usual
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = date.min
    if not EARLIEST <= found <= LATEST:
        bad[name] = say("date_fix")
    return found


def _chart(found: dict[str, Any]) -> str:
    per = found["orders"] or 0
    rows = [
        Bar(
            sentences.situation(situation, language=language()),
            count,
            f"{count}" + (f" ({100 * count / per:.1f})" if per else ""),
        )
        for situation, count in found["opened"].items()
    ]
    return bars(say("analytics.by_problem"), rows)


def _rows(found: dict[str, Any]) -> list[tuple[object, object, object]]:
    rows: list[tuple[object, object, object]] = [("orders", "", found["orders"])]
    rows += [("cases opened", str(s), n) for s, n in found["opened"].items()]
    hours = "" if found["hours"] is None else f"{found['hours']:.2f}"
    rows.append(("hours to first action (median)", "", hours))
    for name in ("alone", "kept"):
        part, whole = found[name]
        rows.append((name, f"of {whole}", part))
    answers, letters = found["letters"]
    rows += [("letters to customers", "", letters), ("answers of customers", "", answers)]
    for name, sums in found["money"].items():
        rows += [(f"money {name}", currency, minor) for currency, minor in sums.items()]
    rows += [(f"refunded, {c}", supplier, minor) for supplier, c, minor in found["suppliers"]]
    return rows
