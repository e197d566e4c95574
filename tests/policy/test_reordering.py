"""The order file for DSers: what it may hold, read back as it was meant."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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
        ("city", " ", "City: is empty"),
        ("address", "", "Address: is empty"),
        ("order_number", "", "Order number: is empty"),
        ("product_id", "", "Product id: is empty"),
        ("country_code", "CL", "RUT: is empty; Chile"),
        ("country_code", "BR", "CPF: is empty; Brazil"),
        ("country_code", "KR", "Personal Clearance ID: is empty; South Korea"),
    ],
)
def test_a_row_dsers_would_not_take_names_the_field(field, value, says):
    with pytest.raises(Unfit, match=says):
        dsers_csv([replace(ROW, **{field: value})])


def test_the_row_that_does_not_fit_is_found_by_its_order():
    with pytest.raises(Unfit) as caught:
        dsers_csv([ROW, replace(ROW, order_number="#1002", sku="")])

    assert (caught.value.field, caught.value.order_number) == ("SKU", "#1002")
    assert str(caught.value) == "#1002 SKU: is empty; DSers does not take the row without it"


def test_a_city_that_is_not_listed_must_be_named_all_the_same():
    with pytest.raises(Unfit, match="City: is empty"):
        dsers_csv([replace(ROW, city="", city_is_listed=False)])


@pytest.mark.parametrize(
    ("country", "fields"),
    [
        ("CL", {"rut": "11.111.111-1"}),
        ("BR", {"cpf": "123.456.789-09"}),
        ("KR", {"clearance_id": "P123456789012"}),
        ("KR", {"passport": "M12345678"}),
    ],
)
def test_where_customs_want_a_number_of_the_receiver_it_is_in_its_column(country, fields):
    row = read(dsers_csv([replace(ROW, country_code=country, **fields)]))

    assert set(fields.values()) <= set(row.values())


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("US", "United States"),
        ("gb", "United Kingdom"),
        ("HK", "Hong Kong"),
        ("BA", "Bosnia and Herzegovina"),
        ("CI", "Côte d'Ivoire"),
        ("LC", "Saint Lucia"),
    ],
)
def test_a_country_is_its_full_name_in_plain_english(code, name):
    assert read(dsers_csv([replace(ROW, country_code=code)]))["Country"] == name


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("+39 011 123-456", "+39011123456"),
        ("+39 (0)11 123456", "+39011123456"),
        ("+49 (0)30 123456", "+4930123456"),
        ("(212) 555-0100", "2125550100"),
        ("212.555.0100 ext. 7", "2125550100"),
        ("212-555-0100 x7", "2125550100"),
        ("Tel: +44 20 7946 0000", "+442079460000"),
        ("011 123456 / 011 654321", "011123456"),
        ("＋８１ ３ １２３４", "+8131234"),
        ("٠١١ ٢٣٤", "011234"),
    ],
)
def test_a_phone_number_is_digits_and_a_plus(written, sent):
    assert read(dsers_csv([replace(ROW, phone=written)]))["Mobile no"] == sent


@pytest.mark.parametrize(
    "start", ["=1+1", "@SUM(A1)", "-2+3", "+1", "\tcmd", "\rcmd", " =1", "\0=1", "＝1"]
)
def test_no_cell_is_a_formula(start):
    row = read(dsers_csv([replace(ROW, memo=start, name=start)]))

    assert row["Order memo"].startswith("'")
    assert row["Contact person"].startswith("'")


def test_commas_quotes_and_line_breaks_come_back_as_one_cell():
    row = read(dsers_csv([replace(ROW, memo='a, "b"\nc')]))

    assert row["Order memo"] == 'a, "b" c'


TEXTS = st.text(min_size=1, max_size=30)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.builds(lambda memo, name: replace(ROW, memo=memo, name=name), TEXTS, TEXTS)))
def test_whatever_is_written_a_file_has_a_row_for_every_product_and_no_formula(rows):
    text = dsers_csv(rows)
    found = list(csv.reader(io.StringIO(text, newline=""), strict=True))

    assert tuple(found[0]) == COLUMNS
    assert text.count("\r\n") == len(found) == len(rows) + 1
    assert {len(cells) for cells in found} == {len(COLUMNS)}
    phone = COLUMNS.index("Mobile no")
    rest = [cell for cells in found for at, cell in enumerate(cells) if at != phone]
    assert not [cell for cell in rest if cell[:1] in set("=+-@\t\r")]
