"""Parcels against the limits of a line: a missing measure is unknown, never fits."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.parcels import DEFAULTS, Item, check, limits_from, split

BOX = (300, 200, 100)


@pytest.mark.parametrize(
    ("items", "line", "country", "state", "why"),
    [
        ([Item(2000, BOX)], "small", "IT", "fits", ()),
        ([Item(2001, BOX)], "small", "IT", "over", ("weight",)),
        ([Item(1000, BOX, 2)], "small", "IT", "fits", ()),
        ([Item(1000, BOX, 3)], "small", "IT", "over", ("weight",)),
        ([Item(500, (601, 50, 50))], "small", "IT", "over", ("longest",)),
        ([Item(500, (600, 200, 101))], "small", "IT", "over", ("sum",)),
        ([Item(500, (50, 600, 50))], "small", "IT", "fits", ()),
        ([Item(500, (300, 300, 200))], "small", "IT", "over", ("volume",)),
        ([Item(1000, (300, 300, 100))], "small", "IT", "warn", ("volume",)),
        ([Item(None, BOX)], "small", "IT", "unknown", ()),
        ([Item(500, None)], "small", "IT", "unknown", ()),
        ([Item(2001, None)], "small", "IT", "over", ("weight",)),
        ([Item(None, (601, 1, 1))], "small", "IT", "over", ("longest",)),
        ([Item(500, BOX), Item(None, None)], "small", "IT", "unknown", ()),
        ([Item(0, BOX)], "small", "IT", "unknown", ()),
        ([Item(500, (300, 200, 0))], "small", "IT", "unknown", ()),
        ([Item(2500, BOX), Item(None, None)], "small", "IT", "over", ("weight",)),
        ([Item(None, (300, 300, 300))], "small", "IT", "over", ("volume",)),
        (
            [Item(500, (250, 240, 200)), Item(100, (700, 10, 10))],
            "small",
            "IT",
            "over",
            ("longest",),
        ),
        ([Item(1999, (300, 200, 200))], "small", "IT", "fits", ()),
        ([Item(2000, (301, 200, 200))], "small", "IT", "over", ("volume",)),
        ([Item(20_000, (1200, 300, 200))], "large", "IT", "fits", ()),
        ([Item(20_000, (1200, 300, 200))], "large", "US", "over", ("longest", "girth")),
    ],
)
def test_a_parcel_against_its_line(items, line, country, state, why):
    found = check(items, country, DEFAULTS, line)

    assert (found.state, found.why) == (state, why)


def test_it_says_by_how_much():
    assert check([Item(3400, BOX)], "IT", DEFAULTS, "small").over_grams == 1400
    assert check([Item(100, (650, 50, 50))], "IT", DEFAULTS, "small").over_mm == 50


def test_what_is_billed_is_the_weight_or_the_volume_whichever_is_more():
    assert check([Item(1900, BOX)], "IT", DEFAULTS, "small").billable_grams == 1900
    assert check([Item(100, (200, 200, 201))], "IT", DEFAULTS, "small").billable_grams == 1340


def test_it_says_what_nobody_measured():
    assert check([Item(None, None)], "IT", DEFAULTS, "small").missing == ("weight", "size")
    assert check([Item(2001, None)], "IT", DEFAULTS, "small").missing == ("size",)


def weights(parcels: Sequence[Sequence[Item]]) -> list[int]:
    return [sum((i.grams or 0) * i.quantity for i in parcel) for parcel in parcels]


@pytest.mark.parametrize(
    ("items", "filled"),
    [
        ([Item(1500, BOX, 2), Item(400, BOX, 2)], [1900, 1900]),
        ([Item(400, BOX, 2), Item(1500, BOX, 2)], [1900, 1900]),
        ([Item(2000, BOX)], [2000]),
        ([Item(667, BOX, 3)], [1334, 667]),
        ([Item(1200, BOX), Item(900, BOX), Item(800, BOX), Item(600, BOX)], [2000, 1500]),
        ([Item(100, BOX, 1_000_000)], [2000] * 50_000),
    ],
)
def test_split_into_the_fewest_parcels_that_fit(items, filled):
    found = split(items, "IT", DEFAULTS, "small")

    assert found is not None
    assert weights(found) == filled


PIECES = st.lists(
    st.builds(Item, st.integers(1, 2000), st.just(BOX), st.integers(1, 5)), max_size=6
)


@settings(max_examples=100, deadline=None)
@given(PIECES)
def test_a_split_keeps_every_piece_and_every_parcel_fits(items: list[Item]):
    found = split(items, "IT", DEFAULTS, "small")

    assert found is not None
    assert sum(weights(found)) == sum(weights([items]))
    assert all(check(p, "IT", DEFAULTS, "small").state in {"fits", "warn"} for p in found)
    total = sum(weights(found))
    assert len(found) <= 2 * -(-total // 2000), "no two neighbours would go into one"


@pytest.mark.parametrize("piece", [Item(2001, BOX), Item(None, BOX), Item(100, (700, 10, 10))])
def test_a_piece_that_does_not_fit_by_itself_cannot_be_split(piece):
    assert split([piece, Item(100, BOX)], "IT", DEFAULTS, "small") is None


@pytest.mark.parametrize(
    ("told", "says"),
    [
        ({"air": 5}, "air: needs fields"),
        ({"air": {"kilos": 2}}, "air.kilos: is none of"),
        ({"air": {"grams": 0, "longest_mm": 1}}, "air.grams: 0 is not a whole number"),
        ({"air": {"grams": True, "longest_mm": 1}}, "air.grams: True is not"),
        ({"air": {"grams": 2.5, "longest_mm": 1}}, "air.grams: 2.5 is not"),
        ({"air": {"grams": 5}}, "air.longest_mm: is missing"),
        ({"air": {"grams": 5, "longest_mm": 5, "class_two": "US"}}, "air.class_two: needs a list"),
        ({"air": {"grams": 5, "longest_mm": 5, "class_two": ["usa"]}}, "air.class_two: needs"),
    ],
)
def test_a_shops_own_limits_are_checked_by_field(told, says):
    with pytest.raises(ValueError, match=says):
        limits_from(told)


def test_a_shops_own_line_stands_beside_ours():
    limits = limits_from({"air": {"grams": 5000, "longest_mm": 800}})

    assert check([Item(5000, BOX)], "IT", limits, "air").state == "fits"
    assert check([Item(2000, BOX)], "IT", limits, "small").state == "fits"
    with pytest.raises(ValueError, match="line: 'sea' is none of"):
        check([], "IT", limits, "sea")


def test_a_shop_names_the_countries_of_the_smaller_class_itself():
    own = {
        "grams": 30_000,
        "longest_mm": 1500,
        "class_two_longest_mm": 1050,
        "class_two": ["BR"],
    }
    limits = limits_from({"large": own})
    long = [Item(9000, (1200, 100, 100))]

    assert check(long, "br", limits, "large").why == ("longest",)
    assert check(long, "US", limits, "large").state == "fits"
