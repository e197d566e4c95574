"""Tags, holds, throttling and what the client remembers."""

from __future__ import annotations

import pytest

from clients.errors import OutcomeUnknown, Refused, Retriable
from clients.shopify.admin import API_VERSION, ShopifyAdmin
from clients.shopify.envelope import Throttle
from tests.clients.shop import TOKEN, order

HOLD = {"reason": "INCORRECT_ADDRESS", "notes": "Ask the customer", "handle": "pv-1001"}
USER_ERROR = {"field": None, "message": "No such order"}


def hold_answer(**payload):
    return {"data": {"fulfillmentOrderHold": {"userErrors": [], **payload}}}


@pytest.mark.parametrize(
    ("method", "field"), [("add_tags", "tagsAdd"), ("remove_tags", "tagsRemove")]
)
def test_tags_go_on_and_off(shop, admin, method, field):
    shop.root = {
        field: {"node": {"__typename": "Order", "id": "gid://shopify/Order/1"}, "userErrors": []}
    }

    getattr(admin, method)(1, ["late", "pv"])

    assert shop.asked[0][1] == {"id": "gid://shopify/Order/1", "tags": ["late", "pv"]}
    assert field in shop.requests[0].body.decode()


def test_tags_on_an_order_that_is_not_there_are_refused(shop, admin):
    shop.root = {"tagsAdd": {"node": None, "userErrors": [USER_ERROR]}}

    with pytest.raises(Refused, match="No such order"):
        admin.add_tags(1, ["late"])


def test_a_hold_gives_its_id(shop, admin):
    shop.root = {
        "fulfillmentOrderHold": {
            "fulfillmentHold": {"id": "gid://shopify/FulfillmentHold/7", "handle": "pv-1001"},
            "fulfillmentOrder": None,
            "userErrors": [],
        }
    }

    assert admin.hold(61, **HOLD) == "gid://shopify/FulfillmentHold/7"
    assert shop.asked[0][1] == {
        "id": "gid://shopify/FulfillmentOrder/61",
        "hold": {
            "reason": "INCORRECT_ADDRESS",
            "reasonNotes": "Ask the customer",
            "handle": "pv-1001",
        },
    }


def test_a_hold_that_is_there_already_is_no_error(shop, admin):
    code = "DUPLICATE_FULFILLMENT_HOLD_HANDLE"
    shop.answers(hold_answer(fulfillmentHold=None, userErrors=[{"message": "dup", "code": code}]))

    assert admin.hold(61, **HOLD) is None


@pytest.mark.parametrize(
    ("body", "kind", "code"),
    [
        (
            hold_answer(
                userErrors=[{"message": "10", "code": "FULFILLMENT_ORDER_HOLD_LIMIT_REACHED"}]
            ),
            Refused,
            "FULFILLMENT_ORDER_HOLD_LIMIT_REACHED",
        ),
        (hold_answer(fulfillmentHold=None), OutcomeUnknown, ""),
    ],
)
def test_a_hold_that_did_not_come_about(shop, admin, body, kind, code):
    shop.answers(body)

    with pytest.raises(kind) as caught:
        admin.hold(61, **HOLD)

    assert code == caught.value.code


@pytest.mark.parametrize("handle", ["", "x" * 65])
def test_a_hold_needs_a_handle_shopify_takes(admin, handle):
    with pytest.raises(ValueError, match="64"):
        admin.hold(61, **{**HOLD, "handle": handle})


def test_only_the_holds_named_are_lifted(shop, admin):
    shop.root = {
        "fulfillmentOrderReleaseHold": {
            "fulfillmentOrder": {"id": "gid://shopify/FulfillmentOrder/61", "status": "OPEN"},
            "userErrors": [],
        }
    }

    admin.release_hold(61, ["gid://shopify/FulfillmentHold/7"])

    assert shop.asked[0][1]["holds"] == ["gid://shopify/FulfillmentHold/7"]


def test_lifting_no_hold_is_not_lifting_all(shop, admin):
    with pytest.raises(ValueError, match="name the holds"):
        admin.release_hold(61, [])

    assert shop.asked == []


def cost(requested, available, rate, maximum=2000):
    status = {
        "maximumAvailable": maximum,
        "currentlyAvailable": available,
        "restoreRate": rate,
    }
    return {"cost": {"requestedQueryCost": requested, "throttleStatus": status}}


@pytest.mark.parametrize(
    ("extensions", "after"),
    [
        pytest.param(cost(552, 52, 100.0), 5.0, id="the wait Shopify's rule gives"),
        pytest.param(cost(10, 500, 100), 1.0, id="never less than a second"),
        pytest.param(cost(10**9, 0, 1), 900.0, id="never more than a quarter of an hour"),
        pytest.param(cost(10, 0, 0), 2.0, id="a bucket that never refills"),
        pytest.param({}, 2.0, id="without a cost"),
        pytest.param({"cost": "high"}, 2.0, id="with a cost that is none"),
    ],
)
def test_throttled_calls_say_how_long_to_wait(shop, admin, extensions, after):
    shop.answers(
        {
            "errors": [{"message": "Throttled", "extensions": {"code": "THROTTLED"}}],
            "extensions": extensions,
        }
    )

    with pytest.raises(Retriable) as caught:
        admin.order(1)

    assert (after, "THROTTLED") == (caught.value.after, caught.value.code)


def test_the_bucket_is_remembered_as_of_the_last_answer(shop, admin):
    assert admin.throttle is None
    shop.answers({"data": {"order": None}, "extensions": cost(10, 990, 50.0)})
    admin.order(1)
    shop.answers({"data": {"order": None}})
    admin.order(1)

    assert Throttle(maximum=2000, available=990, restore_rate=50) == admin.throttle


def test_the_version_that_served_is_remembered(shop, admin):
    shop.root = {"order": order()}
    assert admin.served_version == API_VERSION
    shop.headers = {"X-Shopify-API-Version": "2027-01"}
    admin.order(1)

    assert admin.served_version == "2027-01"


NONSENSE = [
    {"data": 1},
    {"data": {"order": 1}},
    {"data": {"order": {"id": 1}}},
    {"data": {}},
    {"data": None},
    {"errors": 1},
    {"errors": []},
    {},
    [],
    b"<html>",
    b"",
    b"NaN",
    b"{",
]


@pytest.mark.parametrize("body", NONSENSE)
def test_an_answer_that_makes_no_sense_may_be_asked_for_again(shop, admin, body):
    shop.fails(200, body)

    with pytest.raises(Retriable):
        admin.order(1)


def test_an_error_names_the_call_for_shopifys_support_and_no_secret(shop, admin):
    shop.fails(500, {"errors": TOKEN}, **{"X-Request-Id": "abc-123"})

    with pytest.raises(Retriable) as caught:
        admin.order(1)

    assert caught.value.request_id == "abc-123"
    assert TOKEN not in f"{caught.value!r}{caught.value}{vars(caught.value)}"
    assert TOKEN not in repr(admin)


@pytest.mark.parametrize(
    ("name", "base"),
    [
        ("evil.com", "https://{shop}"),
        ("alice.myshopify.com.evil.com", "https://{shop}"),
        ("evil.com?.myshopify.com", "https://{shop}"),
        ("alice.myshopify.com\n", "https://{shop}"),
        ("alice.myshopify.com", "http://{shop}"),
        ("alice.myshopify.com", "https://user@{shop}"),
        ("alice.myshopify.com", "ftp://127.0.0.1"),
    ],
)
def test_the_token_goes_nowhere_else(name, base):
    with pytest.raises(ValueError, match=r"Shopify shop|https"):
        ShopifyAdmin(name, TOKEN, base_url=base)


def test_a_shop_on_this_machine_may_speak_plain_http():
    assert ShopifyAdmin("alice", TOKEN, base_url="http://127.0.0.1:8080").shop == "alice"


def test_a_shop_says_what_it_is(shop, admin):
    shop.answers(
        {
            "data": {
                "shop": {
                    "id": "gid://shopify/Shop/1",
                    "name": "Lanterna",
                    "myshopifyDomain": "alice.myshopify.com",
                    "contactEmail": "owner@example.com",
                    "currencyCode": "EUR",
                    "ianaTimezone": "Europe/Rome",
                }
            }
        }
    )
    found = admin.shop_facts()
    assert (found.name, found.currency, found.zone) == ("Lanterna", "EUR", "Europe/Rome")
