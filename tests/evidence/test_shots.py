"""What a claim should show, and how much of it is there."""

from __future__ import annotations

import pytest

from plugin.evidence.shots import SHOTS, readiness
from plugin.terms import Situation

DAMAGED, WRONG_ITEMS = Situation.DAMAGED, Situation.WRONG_ITEMS


@pytest.mark.parametrize(
    ("situation", "shots", "have", "missing"),
    [
        (DAMAGED, [], 0, ("parcel", "label", "fault", "packing")),
        (DAMAGED, [""], 1, ("parcel", "label", "fault", "packing")),
        (DAMAGED, ["parcel", "label", "fault"], 4, ("packing",)),
        (DAMAGED, ["label", "label", "label"], 2, ("parcel", "fault", "packing")),
        (DAMAGED, ["packing", "fault", "label", "parcel", ""], 5, ()),
        (WRONG_ITEMS, ["content"], 2, ("parcel", "label", "packing")),
        (WRONG_ITEMS, ["fault"], 1, ("parcel", "label", "content", "packing")),
        (WRONG_ITEMS, ["<script>"], 1, ("parcel", "label", "content", "packing")),
    ],
)
def test_ready_so_many_of_five(situation, shots, have, missing):
    found = readiness(situation, shots)

    assert (found.have, found.wanted, found.missing) == (have, 5, missing)


def test_only_what_is_verified_by_pictures_has_a_list():
    assert set(SHOTS) == {DAMAGED, WRONG_ITEMS}
    assert readiness(Situation.NO_STOCK, ["parcel"]).missing == ()
