"""An order file for DSers: goods to be bought once more, from another supplier.

The columns are those of DSers' own import of orders by CSV. A row that could not be imported there
is refused here, naming the field and the fix. Source: the help page "Place CSV orders" of DSers.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
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
    "Passport/ Alien registration Card Number",
    "CPF",
)
REQUIRED = ("Order number", "Product id", "SKU", "Address", "Province", "City", "Zip")
REQUIRED_IN = {
    "CL": ("RUT",),
    "KR": ("Personal Clearance ID", "Passport/ Alien registration Card Number"),
    "BR": ("CPF",),
}
"""Where customs want a number of the receiver: one of these columns."""

FORMULA = frozenset("=+-@\t\r\n\0＝＋－＠")
"""A spreadsheet takes a cell that begins so for a formula; a quote in front keeps it text."""

NO_COUNTRIES = frozenset({"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"})
"""Codes of two letters that name a group of countries, or none."""
PLAIN_NAMES = {"HK": "Hong Kong", "MO": "Macau", "MM": "Myanmar"}
"""Where Babel's English name says more than the country."""


class Unfit(ValueError):
    """A row DSers would not take; the message names the order, the field and the fix."""

    def __init__(self, field: str, fix: str, order_number: str = "") -> None:
        super().__init__(f"{order_number} {field}: {fix}".strip())
        self.field, self.fix, self.order_number = field, fix, order_number


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
    rut: str = ""
    """Chile's tax number."""
    clearance_id: str = ""
    """Of Koreans, for customs."""
    passport: str = ""
    """Or alien registration card: of others in Korea."""
    cpf: str = ""
    """Brazil's tax number."""


def dsers_csv(rows: Sequence[Reorder]) -> str:
    """The file's text: RFC 4180, one row per product. Raises Unfit for the first row that is not.

    Without a byte-order mark: a reader that does not expect one finds it in the first column's
    name. Write it as UTF-8.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for row in rows:
        try:
            writer.writerow(_cells(row))
        except Unfit as unfit:
            raise Unfit(unfit.field, unfit.fix, row.order_number) from None
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
        "RUT": row.rut,
        "Personal Clearance ID": row.clearance_id,
        "Passport/ Alien registration Card Number": row.passport,
        "CPF": row.cpf,
    }
    for field in REQUIRED:
        if not (row.city if field == "City" else found[field]).strip():
            raise Unfit(field, "is empty; DSers does not take the row without it")
    of_receiver = REQUIRED_IN.get(row.country_code.upper(), ())
    if of_receiver and not any(found[field].strip() for field in of_receiver):
        raise Unfit(of_receiver[0], f"is empty; {found['Country']} lets nothing in without it")
    return [_safe(column, found[column]) for column in COLUMNS]


def _country(code: str) -> str:
    """The full name in plain English, for DSers knows no codes: no curly quotes, no ampersands."""
    known = len(code) == 2 and code.upper() not in NO_COUNTRIES
    name = Locale("en").territories.get(code.upper(), "") if known else ""
    if not name:
        raise Unfit("Country", f"{code!r} is not the two letters of a country")
    plain = str(name).replace("’", "'").replace(" & ", " and ").replace("St. ", "Saint ")
    return PLAIN_NAMES.get(code.upper(), plain)


def _count(count: int) -> str:
    if count < 1:
        raise Unfit("Product count", "must be 1 or more")
    return str(count)


def _phone(phone: str) -> str:
    """Digits of any script as 0 to 9, and the plus in front where it was written so.

    The first number only, without its extension; the zero that is dialled inside the country goes
    where it stands in brackets, except in Italy, which keeps it abroad.
    """
    number = re.sub(r"^[^\d+]+", "", unicodedata.normalize("NFKC", phone))
    number = re.split(r"[^\d\s+().–-]", number, maxsplit=1)[0]
    if not number.startswith("+39"):
        number = number.replace("(0)", "")
    digits = "".join(str(unicodedata.decimal(c)) for c in number if c.isdecimal())
    if not digits:
        raise Unfit("Mobile no", "is empty; DSers does not take the row without it")
    return f"+{digits}" if number.startswith("+") else digits


def _safe(column: str, value: str) -> str:
    """On one line and no formula."""
    text = " ".join(value.replace("\0", " ").split())
    # A phone number keeps its plus, without a quote: DSers takes digits and plus alone there, and
    # nothing but digits can follow it.
    begins = value[:1] + text[:1]
    if column != "Mobile no" and not FORMULA.isdisjoint(begins):
        return f"'{text}"
    return text
