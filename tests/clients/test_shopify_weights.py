"""What variants weigh, in whole grams."""

from __future__ import annotations

import pytest

from clients.errors import NeedsAuthorisation, Retriable


def variant(number, weight):
    return {
        "__typename": "ProductVariant",
        "id": f"gid://shopify/ProductVariant/{number}",
        "inventoryItem": {"id": "gid://shopify/InventoryItem/1", "measurement": {"weight": weight}},
    }


def weighing(value, unit):
    return {"value": value, "unit": unit}


@pytest.mark.parametrize(
    ("weight", "grams"),
    [
        (weighing(640, "GRAMS"), 640),
        (weighing(0.1, "KILOGRAMS"), 100),
        (weighing(1.005, "KILOGRAMS"), 1005),
        (weighing(2.3, "KILOGRAMS"), 2300),
        (weighing(0.30000000000000004, "KILOGRAMS"), 300),
        (weighing(1, "POUNDS"), 454),
        (weighing(4.4, "POUNDS"), 1996),
        (weighing(1, "OUNCES"), 28),
        (weighing(16, "OUNCES"), 454),
        (weighing(12.5, "GRAMS"), 13),
        (weighing(0.2, "GRAMS"), 1),
        (weighing(0, "GRAMS"), None),
        (weighing(0.0, "KILOGRAMS"), None),
        (weighing(-1, "KILOGRAMS"), None),
        (weighing(10**9, "GRAMS"), None),
        (None, None),
    ],
)
def test_a_weight_is_whole_grams_or_not_known(shop, admin, weight, grams):
    shop.root = {"nodes": [variant(7, weight)]}

    assert {7: grams} == admin.variant_weights([7])


@pytest.mark.parametrize(
    "weight", [weighing(1, "STONES"), weighing("1", "GRAMS"), weighing(True, "GRAMS"), {}]
)
def test_a_weight_nobody_can_read_is_not_known(shop, admin, weight):
    shop.answers({"data": {"nodes": [variant(7, weight)]}})

    assert admin.variant_weights([7]) == {7: None}


def test_every_variant_asked_about_is_in_the_answer(shop, admin):
    shop.root = {"nodes": [variant(8, weighing(200, "GRAMS")), None]}

    assert admin.variant_weights([9, 8, 9]) == {9: None, 8: 200}
    ids = ["gid://shopify/ProductVariant/9", "gid://shopify/ProductVariant/8"]
    assert shop.asked[0][1] == {"ids": ids}


def test_many_variants_are_asked_about_in_several_calls(shop, admin):
    shop.root = {
        "nodes": lambda info, ids: [
            variant(int(each.rsplit("/")[-1]), weighing(5, "GRAMS")) for each in ids
        ]
    }

    found = admin.variant_weights(range(1, 206))

    assert dict.fromkeys(range(1, 206), 5) == found
    assert [len(variables["ids"]) for _, variables in shop.asked] == [100, 100, 5]


def test_no_variants_need_no_call(shop, admin):
    assert admin.variant_weights([]) == {}
    assert shop.asked == []


def test_products_that_may_not_be_seen_are_not_unknown_weights(shop, admin):
    denied = {"message": "no", "path": ["nodes", 0], "extensions": {"code": "ACCESS_DENIED"}}
    shop.answers({"data": {"nodes": [None]}, "errors": [denied]})

    with pytest.raises(NeedsAuthorisation):
        admin.variant_weights([7])


@pytest.mark.parametrize("payload", [{"nodes": None}, {"nodes": [{"id": "x"}]}, {"nodes": [1]}])
def test_an_answer_that_makes_no_sense_is_asked_for_again(shop, admin, payload):
    shop.answers({"data": payload})

    with pytest.raises(Retriable):
        admin.variant_weights([7])
