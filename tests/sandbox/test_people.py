"""Buyers: everybody's address is right, but for those whose story is a slip."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from plugin import addresses
from plugin.sandbox.dice import Dice
from plugin.sandbox.people import COUNTRIES, mended, someone

DICE = Dice("lanterna")
MARKS = [f"buyer {nth}" for nth in range(400)]


def doubts(address: Mapping[str, Any]) -> list[str]:
    told = {
        "name": address["name"],
        "line1": address["address1"],
        "line2": address["address2"],
        "city": address["city"],
        "province_code": address["province_code"],
        "zip": address["zip"],
        "country": address["country_code"],
    }
    return [f"{doubt.field}:{doubt.code}" for doubt in addresses.check(told)]


def test_every_buyers_address_passes_the_apps_own_check() -> None:
    buyers = [someone(DICE, mark)["address"] for mark in MARKS]
    assert {buyer["country_code"] for buyer in buyers} == {c.code for c in COUNTRIES}
    assert [(buyer["address1"], doubts(buyer)) for buyer in buyers if doubts(buyer)] == []


@pytest.mark.parametrize(
    ("slip", "doubt"), [("zip", "zip:zip_format"), ("house", "line1:house_number_missing")]
)
def test_a_slip_is_doubted_and_its_writer_knows_what_was_meant(slip: str, doubt: str) -> None:
    for mark in MARKS[:100]:
        address = someone(DICE, mark, slip)["address"]
        assert doubts(address) == [doubt]
        assert doubts(mended(address)) == []
        assert {**mended(address), "zip": "", "address1": ""} == {
            **address,
            "zip": "",
            "address1": "",
        }
