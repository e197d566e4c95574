"""Goods sent again for nothing: drafts made, found by their mark, completed once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from clients.errors import OutcomeUnknown, Refused, Retriable
from clients.money import Money
from clients.shopify.addresses import PostalAddress
from clients.shopify.drafts import Draft, DraftWanted
from tests.clients.shop import bag, connection

MARK = "pv-0d9c4a1e4e0b5b529a43c3e6a3b4a1de"
ALICE = PostalAddress(first_name="Alice", last_name="Rossi", city="Torino", country_code="IT")
WANTED = DraftWanted(
    lines=((7, "Cup", 2), (None, "A screw", 1)),
    address=ALICE,
    mark=MARK,
    currency="USD",
    customer_id=5,
    email="alice@example.com",
    note="Replacement for #1001",
    tags=("replacement",),
)


def draft(number=31, **changes):
    node = {
        "id": f"gid://shopify/DraftOrder/{number}",
        "name": f"#D{number}",
        "status": "OPEN",
        "ready": True,
        "tags": ["replacement", MARK],
        "totalPriceSet": bag("0.00", "USD"),
        "order": None,
    }
    return {**node, **changes}


def completed(number=31, order=99):
    return draft(number, status="COMPLETED", order={"id": f"gid://shopify/Order/{order}"})


def found(*nodes, **page):
    return {"draftOrders": connection(*nodes, **page)}


# --- made ----------------------------------------------------------------------------------------


def test_every_line_of_a_draft_is_free_and_the_mark_is_a_tag(shop, admin):
    shop.root = {"draftOrderCreate": {"draftOrder": draft(), "userErrors": []}}

    made = admin.create_draft(WANTED)

    assert made == Draft(31, "#D31", "OPEN", Money(0, "USD"), None, True, ("replacement", MARK))
    sent = shop.asked[0][1]["input"]
    free = {"title": "Replacement", "value": 100, "valueType": "PERCENTAGE"}
    assert sent["lineItems"] == [
        {"variantId": "gid://shopify/ProductVariant/7", "quantity": 2, "appliedDiscount": free},
        {
            "title": "A screw",
            "originalUnitPriceWithCurrency": {"amount": "0.00", "currencyCode": "USD"},
            "requiresShipping": True,
            "taxable": False,
            "quantity": 1,
            "appliedDiscount": free,
        },
    ]
    assert sent["tags"] == ["replacement", MARK]
    assert sent["purchasingEntity"] == {"customerId": "gid://shopify/Customer/5"}
    assert (sent["email"], sent["note"]) == ("alice@example.com", "Replacement for #1001")
    assert sent["shippingAddress"]["city"] == "Torino"
    assert "shippingLine" not in sent


def test_a_draft_for_somebody_without_an_account_names_nobody(shop, admin):
    shop.root = {"draftOrderCreate": {"draftOrder": draft(), "userErrors": []}}

    admin.create_draft(replace(WANTED, customer_id=None, email=""))

    assert not {"purchasingEntity", "email"} & set(shop.asked[0][1]["input"])


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"lines": ()}, "lines"),
        ({"lines": ((7, "Cup", 0),)}, "quantity"),
        ({"mark": ""}, "mark"),
        ({"mark": "two words"}, "mark"),
        ({"mark": "a OR tag:b"}, "mark"),
        ({"mark": "x" * 41}, "mark"),
        ({"address": replace(ALICE, country_code="")}, "country"),
    ],
)
def test_a_draft_that_cannot_be_found_or_sent_is_not_made(shop, admin, changes, says):
    with pytest.raises(ValueError, match=says):
        admin.create_draft(replace(WANTED, **changes))

    assert shop.asked == []


def test_a_draft_shopify_does_not_take_is_refused(shop, admin):
    gone = {"field": ["lineItems", "0"], "message": "Product is no longer available"}
    shop.root = {"draftOrderCreate": {"draftOrder": None, "userErrors": [gone]}}

    with pytest.raises(Refused, match="no longer available"):
        admin.create_draft(WANTED)


@pytest.mark.parametrize(
    "body",
    [
        {"data": {"draftOrderCreate": {"draftOrder": None, "userErrors": []}}},
        {"data": {"draftOrderCreate": {"draftOrder": {"id": "x"}, "userErrors": []}}},
        {"data": {"draftOrderCreate": None}},
        b"{",
    ],
)
def test_an_unclear_draft_is_unknown(shop, admin, body):
    shop.fails(200, body)

    with pytest.raises(OutcomeUnknown):
        admin.create_draft(WANTED)


# --- found ---------------------------------------------------------------------------------------


def test_a_draft_is_found_by_its_mark_alone(shop, admin):
    near = draft(30, tags=[f"{MARK}0"])
    shop.root = found(near, draft(31))

    assert admin.find_draft(MARK).id == 31
    assert shop.asked[0][1] == {"query": f"tag:{MARK}", "after": None}


def test_a_mark_nobody_has_finds_nothing(shop, admin):
    shop.root = found()

    assert admin.find_draft(MARK) is None


@pytest.mark.parametrize(
    ("nodes", "chosen"),
    [
        pytest.param([draft(33), draft(31), draft(32)], 31, id="the oldest"),
        pytest.param([draft(31), completed(32)], 32, id="the one that became an order"),
        pytest.param([draft(31, tags=[MARK.upper()])], 31, id="Shopify changed its capitals"),
    ],
)
def test_of_several_drafts_always_the_same_is_chosen(shop, admin, nodes, chosen):
    shop.root = found(*nodes)

    assert chosen == admin.find_draft(MARK).id


def test_all_pages_are_looked_through(shop, admin):
    pages = {None: connection(draft(30, tags=[]), more=True, cursor="a"), "a": connection(draft())}
    shop.root = {"draftOrders": lambda info, **args: pages[args.get("after")]}

    assert admin.find_draft(MARK).id == 31


@pytest.mark.parametrize("mark", ["", "a b", "*", "x' OR status:open"])
def test_a_search_cannot_be_widened(shop, admin, mark):
    with pytest.raises(ValueError, match="mark"):
        admin.find_draft(mark)


# --- completed -----------------------------------------------------------------------------------


def test_a_free_draft_becomes_an_order(shop, admin):
    shop.root = {
        "draftOrder": draft(),
        "draftOrderComplete": {"draftOrder": completed(), "userErrors": []},
    }

    assert admin.complete_draft(31) == 99
    assert shop.asked[-1] == ("DraftComplete", {"id": "gid://shopify/DraftOrder/31"})


def test_a_draft_completed_before_gives_its_order_and_nothing_is_written(shop, admin):
    shop.root = {"draftOrder": completed(order=98)}

    assert admin.complete_draft(31) == 98
    assert [name for name, _ in shop.asked] == ["Draft"]


@pytest.mark.parametrize(
    ("node", "kind", "code"),
    [
        pytest.param(None, Refused, "not_found", id="gone"),
        pytest.param(
            draft(totalPriceSet=bag("4.90", "USD")), Refused, "not_free", id="shipping is charged"
        ),
        pytest.param(draft(ready=False), Retriable, "not_ready", id="still being worked on"),
    ],
)
def test_a_draft_is_not_completed_unless_it_is_free_and_ready(shop, admin, node, kind, code):
    shop.root = {"draftOrder": node}

    with pytest.raises(kind) as caught:
        admin.complete_draft(31)

    assert code == caught.value.code
    assert [name for name, _ in shop.asked] == ["Draft"]


@pytest.mark.parametrize(
    ("payload", "kind"),
    [
        ({"draftOrder": None, "userErrors": [{"message": "Completed already"}]}, Refused),
        ({"draftOrder": None, "userErrors": []}, OutcomeUnknown),
        ({"draftOrder": draft(), "userErrors": []}, OutcomeUnknown),
    ],
    ids=["refused", "neither", "completed without an order"],
)
def test_a_completion_that_did_not_clearly_happen(shop, admin, payload, kind):
    shop.root = {"draftOrder": draft(), "draftOrderComplete": payload}

    with pytest.raises(kind):
        admin.complete_draft(31)
