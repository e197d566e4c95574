"""The order file for DSers: what it may hold, read back as it was meant."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date

import pytest

from plugin.reordering import COLUMNS, Reorder, Unfit, dsers_csv

ROW = Reorder(
    order_number="#1001",
    day=date(2026, 11, 23),
    country_code="IT",
    product_id="6100",
    sku="LAMP-1",
    count=2,
    name="Bianca Rossi",
    phone="+39 011 123-456",
    address="Via Roma 1",
    province="TO",
    city="Torino",
    zip="10121",
)


def read(text: str) -> dict[str, str]:
    (row,) = csv.DictReader(io.StringIO(text))
    return row


def test_a_row_as_dsers_asks_for_it():
    row = read(dsers_csv([ROW]))

    assert tuple(row) == COLUMNS
    assert row["Country"] == "Italy"
    assert row["Mobile no"] == "+39011123456"
    assert (row["Product count"], row["City"], row["Zip"]) == ("2", "Torino", "10121")


def test_a_city_that_is_not_listed_goes_into_the_second_line():
    row = read(dsers_csv([replace(ROW, address2="Scala B", city_is_listed=False)]))

    assert (row["City"], row["Address2"]) == ("other", "Scala B Torino")


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("country_code", "Italy", "Country: 'Italy' is not the two letters"),
        ("country_code", "ZZ", "Country"),
        ("count", 0, "Product count: must be 1 or more"),
        ("phone", "none", "Mobile no: is empty"),
        ("sku", " ", "SKU: is empty"),
        ("province", "", "Province: is empty"),
        ("zip", "", "Zip: is empty"),
    ],
)
def test_a_row_dsers_would_not_take_names_the_field(field, value, says):
    with pytest.raises(Unfit, match=says):
        dsers_csv([replace(ROW, **{field: value})])


@pytest.mark.parametrize("start", ["=1+1", "@SUM(A1)", "-2+3", "+1", "\tcmd"])
def test_no_cell_is_a_formula(start):
    row = read(dsers_csv([replace(ROW, memo=start, name=start)]))

    assert row["Order memo"].startswith("'")
    assert row["Contact person"].startswith("'")


def test_commas_quotes_and_line_breaks_come_back_as_one_cell():
    row = read(dsers_csv([replace(ROW, memo='a, "b"\nc')]))

    assert row["Order memo"] == 'a, "b" c'
