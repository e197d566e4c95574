"""An order file for DSers: goods to be bought once more, from another supplier.

The columns are those of DSers' own import of orders by CSV. A row that could not be imported there
is refused here, naming the field and the fix.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from babel import Locale

COLUMNS = (
    "Order number",
    "Date",
    "Country",
    "Product id",
    "SKU",
    "Product count",
    "Order memo",
    "Contact person",
    "Mobile no",
    "Email",
    "Address",
    "Address2",
    "Province",
    "City",
    "Zip",
    "RUT",
    "Personal Clearance ID",
    "Passport or Alien Registration Card Number",
    "CPF",
)
FORMULA = frozenset("=+-@\t\r")
"""A spreadsheet takes a cell that begins so for a formula; a quote in front keeps it text."""

NO_COUNTRIES = frozenset({"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"})
"""Codes of two letters that name a group of countries, or none."""


class Unfit(ValueError):
    """A row DSers would not take; the message names the field and the fix."""

    def __init__(self, field: str, fix: str) -> None:
        super().__init__(f"{field}: {fix}")
        self.field, self.fix = field, fix


@dataclass(frozen=True)
class Reorder:
    """One product to be bought for one order."""

    order_number: str
    day: date
    country_code: str
    product_id: str
    sku: str
    count: int
    name: str
    phone: str
    address: str
    province: str
    city: str
    zip: str
    address2: str = ""
    email: str = ""
    memo: str = ""
    city_is_listed: bool = True
    """False: DSers' list lacks the city; it then goes into the second line, as DSers asks."""


def dsers_csv(rows: Sequence[Reorder]) -> str:
    """The file's text, without a byte-order mark. Raises Unfit."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow(_cells(row))
    return out.getvalue()


def _cells(row: Reorder) -> list[str]:
    city, second = row.city, row.address2
    if not row.city_is_listed:
        city, second = "other", " ".join(filter(None, (row.address2, row.city)))
    found = {
        "Order number": row.order_number,
        "Date": row.day.isoformat(),
        "Country": _country(row.country_code),
        "Product id": row.product_id,
        "SKU": row.sku,
        "Product count": _count(row.count),
        "Order memo": row.memo,
        "Contact person": row.name,
        "Mobile no": _phone(row.phone),
        "Email": row.email,
        "Address": row.address,
        "Address2": second,
        "Province": row.province,
        "City": city,
        "Zip": row.zip,
    }
    for field in ("Order number", "Product id", "SKU", "Address", "Province", "City", "Zip"):
        if not found[field].strip():
            raise Unfit(field, "is empty; DSers does not take the row without it")
    return [_safe(column, found.get(column, "")) for column in COLUMNS]


def _country(code: str) -> str:
    known = len(code) == 2 and code.upper() not in NO_COUNTRIES
    name = Locale("en").territories.get(code.upper(), "") if known else ""
    if not name:
        raise Unfit("Country", f"{code!r} is not the two letters of a country")
    return str(name)


def _count(count: int) -> str:
    if count < 1:
        raise Unfit("Product count", "must be 1 or more")
    return str(count)


def _phone(phone: str) -> str:
    """Digits, and one plus in front where it was written so."""
    digits = "".join(c for c in phone if c.isascii() and c.isdigit())
    if not digits:
        raise Unfit("Mobile no", "is empty; DSers does not take the row without it")
    return f"+{digits}" if phone.strip().startswith("+") else digits


def _safe(column: str, value: str) -> str:
    text = " ".join(value.split(" ")).replace("\n", " ").replace("\r", " ")
    # A number with its plus is what DSers asks for, and nothing but digits follows it.
    if column != "Mobile no" and text[:1] in FORMULA:
        return f"'{text}"
    return text
