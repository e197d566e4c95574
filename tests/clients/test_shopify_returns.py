"""Returns: what could come back, opening one under our note, closing it, reading them all."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from clients.errors import NeedsAuthorisation, OutcomeUnknown, Refused
from clients.shopify.returns import Return, ReturnedLine

CUP, LAMP = 11, 12
RETURN = {"id": "gid://shopify/Return/7", "name": "#1001-R1", "status": "OPEN"}
MADE = {"returnCreate": {"return": RETURN, "userErrors": []}}


def nodes(*found):
    return {"nodes": list(found)}


def line_item(number):
    return {"id": f"gid://shopify/LineItem/{number}"}


def could_come_back(*lines):
    """A shipment of (shipped line, line, quantity)."""
    shown = [
        {
            "quantity": quantity,
            "fulfillmentLineItem": {
                "id": f"gid://shopify/FulfillmentLineItem/{shipped}",
                "lineItem": line_item(line),
            },
        }
        for shipped, line, quantity in lines
    ]
    return {"id": "x", "returnableFulfillmentLineItems": nodes(*shown)}


def library(*handles, deleted=False):
    found = [
        {"id": f"gid://shopify/ReturnReasonDefinition/{place}", "handle": h, "deleted": deleted}
        for place, h in enumerate(handles, start=1)
    ]
    return {"returnReasonDefinitions": nodes(*found)}


def shipped(*shipments):
    return {"returnableFulfillments": nodes(*shipments)}


def open_one(admin, *lines, reason="DEFECTIVE", note="case 1"):
    return admin.open_return(1, lines or ((CUP, 1),), reason=reason, note=note)


def sent(shop):
    return shop.asked[-1][1]["return"]


def test_a_return_names_what_was_shipped_why_and_our_note(shop, admin):
    shop.root = {**shipped(could_come_back((91, CUP, 2))), **library("damaged"), **MADE}

    assert open_one(admin) == 7
    assert sent(shop) == {
        "orderId": "gid://shopify/Order/1",
        "returnLineItems": [
            {
                "fulfillmentLineItemId": "gid://shopify/FulfillmentLineItem/91",
                "quantity": 1,
                "returnReasonNote": "case 1",
                "returnReasonDefinitionId": "gid://shopify/ReturnReasonDefinition/1",
            }
        ],
    }


def test_nothing_that_would_write_to_the_customer_is_sent(shop, admin):
    shop.root = {**shipped(could_come_back((91, CUP, 2))), **library(), **MADE}

    open_one(admin)

    assert "notifyCustomer" not in sent(shop)


@pytest.mark.parametrize("found", [library(), library("damaged", deleted=True)])
def test_a_store_without_the_reason_in_its_library_is_told_in_the_older_word(shop, admin, found):
    shop.root = {**shipped(could_come_back((91, CUP, 2))), **found, **MADE}

    open_one(admin, reason="WRONG_ITEM")

    assert sent(shop)["returnLineItems"][0]["returnReason"] == "WRONG_ITEM"


def test_units_are_taken_from_as_many_shipments_as_it_needs(shop, admin):
    parts = (could_come_back((91, CUP, 1), (92, LAMP, 5)), could_come_back((93, CUP, 4)))
    shop.root = {**shipped(*parts), **library(), **MADE}

    open_one(admin, (CUP, 3))

    lines = sent(shop)["returnLineItems"]
    taken = [(one["fulfillmentLineItemId"][-2:], one["quantity"]) for one in lines]
    assert taken == [("91", 1), ("93", 2)]


def test_where_nothing_can_come_back_no_return_is_opened(shop, admin):
    shop.root = {**shipped(could_come_back((92, LAMP, 5))), **library(), **MADE}

    with pytest.raises(Refused) as raised:
        open_one(admin)

    assert raised.value.code == "nothing_to_return"
    assert [name for name, _ in shop.asked] == ["Returnables"]


def test_a_note_that_is_too_long_is_never_sent(shop, admin):
    with pytest.raises(ValueError, match="255"):
        open_one(admin, note="x" * 256)

    assert shop.asked == []


def test_a_lost_answer_may_have_opened_one(shop, admin):
    shop.root = {**shipped(could_come_back((91, CUP, 2))), **library()}
    shop.root["returnCreate"] = {"return": None, "userErrors": []}

    with pytest.raises(OutcomeUnknown):
        open_one(admin)


def test_every_return_is_read_with_its_reasons_and_notes(shop, admin):
    lines = nodes(
        {
            "__typename": "ReturnLineItem",
            "id": "gid://shopify/ReturnLineItem/5",
            "quantity": 2,
            "customerNote": "It is broken",
            "returnReasonNote": "by the customer",
            "returnReasonDefinition": {"id": "x", "handle": "damaged"},
            "fulfillmentLineItem": {"id": "y", "lineItem": line_item(CUP)},
        },
        {
            "__typename": "UnverifiedReturnLineItem",
            "id": "gid://shopify/UnverifiedReturnLineItem/6",
            "quantity": 1,
            "customerNote": None,
            "returnReasonNote": "",
            "returnReasonDefinition": None,
        },
    )
    node = {
        "id": "gid://shopify/Return/7",
        "name": "#1001-R1",
        "status": "REQUESTED",
        "createdAt": "2026-11-03T10:00:00Z",
        "returnLineItems": lines,
    }
    shop.answers({"data": {"order": {"id": "gid://shopify/Order/1", "returns": nodes(node)}}})

    assert admin.returns(1) == [
        Return(
            id=7,
            name="#1001-R1",
            status="REQUESTED",
            created_at=datetime(2026, 11, 3, 10, tzinfo=UTC),
            lines=(ReturnedLine(CUP, 2, "DEFECTIVE", "by the customer", "It is broken"),),
        )
    ]


def test_an_order_that_is_not_there_has_no_returns_to_read(shop, admin):
    shop.root = {"order": None}

    with pytest.raises(Refused) as raised:
        admin.returns(1)

    assert raised.value.code == "not_found"


def test_a_return_is_closed_by_its_id(shop, admin):
    shop.root = {"returnClose": {"return": RETURN, "userErrors": []}}

    admin.close_return(7)

    assert shop.asked == [("ReturnClose", {"id": "gid://shopify/Return/7"})]


def test_without_the_scope_a_person_is_needed(shop, admin):
    denied = {
        "message": "Access denied",
        "extensions": {"code": "ACCESS_DENIED"},
        "path": ["order"],
    }
    shop.answers({"data": {"order": None}, "errors": [denied]})

    with pytest.raises(NeedsAuthorisation):
        admin.returns(1)
