"""Reading files a merchant brings: purchases, and alternative suppliers for products.

A bad row never stops the others and is never lost: it comes back with the field that was wrong
and what would be right.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from plugin import timeline as t
from plugin.business_days import end_of_day
from plugin.casework import Casework
from plugin.clock import Clock
from plugin.money import Money
from plugin.order import Order
from plugin.store import measures, shops, timelines
from plugin.store.database import Database
from plugin.terms import Alternative, Route

PURCHASE_COLUMNS = (
    "order", "supplier", "reference", "connection", "sku", "quantity",
    "route", "ship_by", "ordered_at", "cost", "currency", "replacement",
)  # fmt: skip
ALTERNATIVE_COLUMNS = (
    "sku", "supplier", "url", "price", "currency", "promised_days", "grams", "note",
)  # fmt: skip
MEASURE_COLUMNS = ("sku", "grams", "length_mm", "width_mm", "height_mm")
OPTIONAL = frozenset(
    {
        *("connection", "ship_by", "ordered_at", "replacement", "url", "promised_days", "note"),
        *MEASURE_COLUMNS[1:],
    }
)
YES, NO = frozenset({"yes", "true", "1"}), frozenset({"", "no", "false", "0"})


class BadFile(ValueError):
    """The file cannot be read at all; the message says what to do."""


class BadRow(ValueError):
    """A row cannot be used; the message names the field and the fix."""


@dataclass(frozen=True)
class Rejected:
    """A row that was not imported."""

    number: int
    row: Mapping[str, str]
    why: str


@dataclass(frozen=True)
class Row:
    """One row of the file, by column."""

    number: int
    cells: Mapping[str, str]

    def need(self, column: str) -> str:
        """A cell that must not be empty."""
        found = self.cells[column].strip()
        if not found:
            raise BadRow(f"{column}: is empty")
        return found

    def optional(self, column: str) -> str:
        """A cell that may be empty, in a column that may be missing."""
        return self.cells.get(column, "").strip()

    def count(self, column: str) -> int:
        """A whole number from 1 up."""
        text = self.need(column)
        if not (text.isascii() and text.isdigit()) or not 0 < int(text) < 100_000:
            raise BadRow(f"{column}: {text!r} is not a whole number from 1 up")
        return int(text)

    def maybe_count(self, column: str) -> int | None:
        """A whole number from 1 up, or nothing: what nobody measured is not guessed."""
        return self.count(column) if self.optional(column) else None

    def money(self, amount: str, currency: str) -> Money:
        """An amount and its currency."""
        try:
            found = Money.parse(self.need(amount), self.need(currency).upper())
        except ValueError as error:
            raise BadRow(f"{amount}: {error}; write it as 88.00") from None
        if found.minor < 0:
            raise BadRow(f"{amount}: is below zero")
        return found

    def moment(self, column: str) -> datetime | None:
        """A day (its end, in China) or a time with its zone."""
        text = self.optional(column)
        if not text:
            return None
        try:
            if len(text) == len("2026-11-22"):
                return end_of_day(date.fromisoformat(text))
            found = datetime.fromisoformat(text)
        except ValueError:
            raise BadRow(f"{column}: {text!r} is not a date such as 2026-11-22") from None
        if found.tzinfo is None:
            raise BadRow(f"{column}: {text!r} has no zone; write 2026-11-22T09:00+08:00")
        return found


def rows_of(path: Path, columns: Iterable[str]) -> list[Row]:
    """Every row of a CSV file with a heading. Raises BadFile when it is not one."""
    try:
        text = path.read_text("utf-8-sig")
    except OSError as error:
        raise BadFile(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise BadFile(f"{path}: is not UTF-8 text; save it as CSV UTF-8") from None
    reader = csv.DictReader(text.splitlines(), restval="")
    missing = [c for c in columns if c not in OPTIONAL and c not in (reader.fieldnames or [])]
    if missing:
        raise BadFile(f"{path}: the first line lacks the columns {', '.join(missing)}")
    return [Row(n, {k: v for k, v in cells.items() if k}) for n, cells in enumerate(reader, 2)]


def import_purchases(
    db: Database, clock: Clock, shop: str, rows: Iterable[Row]
) -> Iterator[Rejected | None]:
    """One step per row: None when it was recorded, else why not."""
    return _each(rows, lambda row: _purchase(db, clock, shop, row))


def import_alternatives(
    db: Database, clock: Clock, shop: str, rows: Iterable[Row]
) -> Iterator[Rejected | None]:
    """One step per row: None when it was recorded, else why not."""
    return _each(rows, lambda row: _alternative(db, shop, row))


def import_measures(
    db: Database, _clock: Clock, shop: str, rows: Iterable[Row]
) -> Iterator[Rejected | None]:
    """One step per row: None when it was recorded, else why not."""
    return _each(rows, lambda row: _measure(db, shop, row))


def _each(rows: Iterable[Row], keep: Callable[[Row], None]) -> Iterator[Rejected | None]:
    for row in rows:
        try:
            keep(row)
        except BadRow as error:
            yield Rejected(row.number, row.cells, str(error))
        else:
            yield None


def _purchase(db: Database, clock: Clock, shop: str, row: Row) -> None:
    name = row.need("order")
    with db.write() as tx:
        order_id = timelines.order_named(tx, shop, name)
        if order_id is None:
            raise BadRow(f"order: {name!r} is not known in {shop}")
        work = Casework(tx, shop, order_id, clock.now())
        supplier, reference = row.need("supplier"), row.need("reference")
        cost = row.money("cost", "currency")
        purchase_id = f"{supplier}/{reference}"
        owner = timelines.order_of(tx, shop, purchase_id)
        if owner not in {None, order_id}:
            raise BadRow(f"reference: {reference!r} was recorded for another order")
        lines = _with_line(work.order, purchase_id, row)
        work.record(
            [
                t.PurchaseRecorded(
                    purchase_id=purchase_id,
                    supplier=supplier,
                    reference=reference,
                    connection=row.optional("connection") or "by_hand",
                    lines=lines,
                    route=_route(row),
                    ship_by=row.moment("ship_by"),
                    ordered_at=row.moment("ordered_at"),
                    cost_minor=cost.minor,
                    cost_currency=cost.currency,
                    replacement=_yes(row, "replacement"),
                )
            ],
            by="import",
            cause=f"row {row.number}",
        )


def _with_line(order: Order, purchase_id: str, row: Row) -> tuple[tuple[int, int], ...]:
    """The purchase's lines with this row's among them: a row a line, the same purchase twice."""
    sku = row.need("sku")
    line = next((line for line in order.lines.values() if line.facts.sku == sku), None)
    if line is None:
        raise BadRow(f"sku: {sku!r} is not in this order")
    quantity = row.count("quantity")
    if quantity > line.facts.quantity:
        raise BadRow(f"quantity: the order has only {line.facts.quantity} of {sku!r}")
    known = order.purchases.get(purchase_id)
    lines = {lid: len(units) for lid, units in known.units.items()} if known else {}
    return tuple(sorted({**lines, line.facts.id: quantity}.items()))


def _alternative(db: Database, shop: str, row: Row) -> None:
    price = row.money("price", "currency")
    alternative = Alternative(
        id=0,
        sku=row.need("sku"),
        supplier=row.need("supplier"),
        url=row.optional("url"),
        price_minor=price.minor,
        currency=price.currency,
        promised_days=row.maybe_count("promised_days"),
        note=row.optional("note"),
        grams=row.maybe_count("grams"),
    )
    if alternative.url and not alternative.url.startswith(("https://", "http://")):
        raise BadRow("url: must begin with https://")
    with db.write() as tx:
        shops.keep_alternative(tx, shop, alternative)


def _measure(db: Database, shop: str, row: Row) -> None:
    sides = [row.maybe_count(side) for side in MEASURE_COLUMNS[2:]]
    if any(sides) and not all(sides):
        raise BadRow("length_mm, width_mm, height_mm: give all three, or none of them")
    grams = row.maybe_count("grams")
    if grams is None and not all(sides):
        raise BadRow("grams: give a weight, or the three sides")
    with db.write() as tx:
        measures.keep(tx, shop, measures.Measure(row.need("sku"), grams, *sides))


def _route(row: Row) -> Route:
    text = row.need("route").lower()
    try:
        return Route(text)
    except ValueError:
        raise BadRow(f"route: {text!r} is not domestic, international or unknown") from None


def _yes(row: Row, column: str) -> bool:
    text = row.optional(column).lower()
    if text not in YES | NO:
        raise BadRow(f"{column}: {text!r} is not yes or no")
    return text in YES
