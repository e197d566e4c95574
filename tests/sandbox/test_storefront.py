"""The storefront answers as Shopify's Admin API does."""

from __future__ import annotations

from datetime import timedelta

import pytest

from clients.errors import Retriable
from clients.shopify import documents
from clients.shopify.admin import Care, ShopifyAdmin
from clients.shopify.budget import YIELDING, Budget, bulk_work
from plugin.sandbox.app import World
from plugin.sandbox.cost import MAXIMUM
from tests.sandbox.worlds import GRAPHQL, SHOP, Shopper, line_ids, order

ORDER_IDS = "{ orders(first: 1) { nodes { id } } }"


@pytest.mark.parametrize("token", [None, "", "shpat_other", "ключ"])
def test_a_wrong_or_missing_token_gets_401_with_a_bare_string(
    world: World, token: str | None
) -> None:
    headers = {} if token is None else {"X-Shopify-Access-Token": token}
    answer = world.wsgi.test_client().post(GRAPHQL, json={"query": ORDER_IDS}, headers=headers)
    assert answer.status_code == 401
    assert isinstance(answer.get_json()["errors"], str)


def test_after_the_app_is_removed_its_token_is_dead(world: World) -> None:
    world.happen("uninstall")
    headers = {"X-Shopify-Access-Token": "shpat_test"}
    answer = world.wsgi.test_client().post(GRAPHQL, json={"query": ORDER_IDS}, headers=headers)
    assert answer.status_code == 401


@pytest.mark.parametrize(
    "document",
    [
        "{ order { id } }",
        "{ nonsense }",
        "query {",
        "{ order(id: 5.5) { id } }",
        "{ orders(first: 1) { nodes { id { x } } } }",
    ],
)
def test_what_shopifys_schema_does_not_know_is_not_executed(
    shopper: Shopper, document: str
) -> None:
    answer = shopper.ask(document)
    assert answer["errors"][0]["message"]
    assert "data" not in answer


def test_every_answer_names_its_version_and_its_cost(world: World) -> None:
    answer = world.wsgi.test_client().post(
        GRAPHQL, json={"query": ORDER_IDS}, headers={"X-Shopify-Access-Token": "shpat_test"}
    )
    assert answer.headers["X-Shopify-API-Version"] == "2026-10"
    cost = answer.get_json()["extensions"]["cost"]
    assert cost["requestedQueryCost"] == cost["actualQueryCost"] == 2
    assert cost["throttleStatus"]["maximumAvailable"] == MAXIMUM


def test_an_empty_bucket_throttles_until_time_fills_it(world: World, shopper: Shopper) -> None:
    document = documents.text("orders_updated")
    for _ in range(400):
        answer = shopper.ask(document, query="")
        if "errors" in answer:
            break
    assert answer["errors"][0]["extensions"]["code"] == "THROTTLED"
    assert "data" not in answer
    clock = world.ground.settings.clock
    clock.turn_to(clock.now().replace(second=30))
    assert "errors" not in shopper.ask(document, query="")


def test_reading_what_can_wait_never_empties_the_bucket(world: World, url: str) -> None:
    clock = world.ground.settings.clock
    care = Care(budget=Budget(clock.now))
    admin = ShopifyAdmin(SHOP, "shpat_test", base_url=f"{url}/shopify/{{shop}}", care=care)
    order_id = order(world)
    admin.order(order_id)
    with bulk_work(), pytest.raises(Retriable) as caught:
        [admin.order(order_id) for _ in range(400)]
    assert caught.value.code == YIELDING
    assert admin.throttle is not None
    assert MAXIMUM / 2 <= admin.throttle.available < MAXIMUM
    admin.order(order_id)
    clock.turn_to(clock.now() + timedelta(seconds=2 * caught.value.after))
    with bulk_work():
        admin.order(order_id)


def test_every_document_the_app_sends_is_answered(world: World, shopper: Shopper) -> None:
    order_id = order(world)
    world.happen("record_purchase", reference="4000000000000000001", order_id=order_id)
    world.happen("ship", reference="4000000000000000001")
    answer = shopper.ask(
        documents.text("order"),
        id=f"gid://shopify/Order/{order_id}",
        head=True,
        disputes=True,
        fulfilmentOrders=True,
    )
    assert "errors" not in answer
    found = answer["data"]["order"]
    assert [line["quantity"] for line in found["lineItems"]["nodes"]] == [3, 1]
    assert [line["unfulfilledQuantity"] for line in found["lineItems"]["nodes"]] == [0, 0]
    assert found["fulfillments"][0]["trackingInfo"][0]["number"].startswith("LP")
    total = found["totalReceivedSet"]["presentmentMoney"]
    assert total == {"amount": "51.48", "currencyCode": "EUR"}


def test_what_the_schema_allows_and_nobody_foresaw_is_answered_too(
    world: World, shopper: Shopper
) -> None:
    order_id = order(world)
    node = f"gid://shopify/Order/{order_id}"
    answer = shopper.ask(
        "query Mine($n: Int!) { mine: orders(first: $n) { nodes { ...Id } } }"
        " fragment Id on Order { id name }",
        n=1,
    )
    assert answer["data"]["mine"]["nodes"] == [{"id": node, "name": "#1001"}]


def test_orders_are_paged_by_when_they_changed(world: World, shopper: Shopper) -> None:
    clock = world.ground.settings.clock
    ids = []
    for hour in range(5):
        clock.turn_to(clock.now().replace(hour=12 + hour))
        ids.append(order(world))
    document = documents.text("orders_updated").replace("first: 100", "first: 2")
    seen, after = [], None
    while True:
        page = shopper.ask(document, query="updated_at:>='2026-11-02T13:00:00Z'", after=after)
        orders = page["data"]["orders"]
        seen += [node["id"] for node in orders["nodes"]]
        after = orders["pageInfo"]["endCursor"]
        if not orders["pageInfo"]["hasNextPage"]:
            break
    assert seen == [f"gid://shopify/Order/{each}" for each in ids[1:]]


def test_tags_come_and_go(world: World, shopper: Shopper) -> None:
    node = f"gid://shopify/Order/{order(world)}"
    for document, tags in (("tags_add", ["late", "seen"]), ("tags_remove", ["seen"])):
        assert shopper.ask(documents.text(document), id=node, tags=tags)["data"]
    answer = shopper.ask(
        documents.text("order"), id=node, head=True, disputes=False, fulfilmentOrders=False
    )
    assert answer["data"]["order"]["tags"] == ["late"]


def test_a_hold_with_one_handle_is_set_once_and_released(world: World, shopper: Shopper) -> None:
    order_id = order(world)
    fulfilment_order = f"gid://shopify/FulfillmentOrder/{order_id + 3}"
    hold = {"reason": "INCORRECT_ADDRESS", "handle": "case-1"}
    first = shopper.ask(documents.text("hold"), id=fulfilment_order, hold=hold)
    again = shopper.ask(documents.text("hold"), id=fulfilment_order, hold=hold)
    held = first["data"]["fulfillmentOrderHold"]
    assert held["fulfillmentOrder"]["status"] == "ON_HOLD"
    errors = again["data"]["fulfillmentOrderHold"]["userErrors"]
    assert errors[0]["code"] == "DUPLICATE_FULFILLMENT_HOLD_HANDLE"
    released = shopper.ask(
        documents.text("release_hold"),
        id=fulfilment_order,
        holds=[held["fulfillmentHold"]["id"]],
    )
    status = released["data"]["fulfillmentOrderReleaseHold"]["fulfillmentOrder"]["status"]
    assert status == "OPEN"


def test_a_preview_is_what_the_lines_were_paid(world: World, shopper: Shopper) -> None:
    order_id = order(world)
    line = line_ids(world, order_id)[0]
    answer = shopper.ask(
        documents.text("preview_refund"),
        id=f"gid://shopify/Order/{order_id}",
        lines=[{"lineItemId": f"gid://shopify/LineItem/{line}", "quantity": 3}],
        shipping="4.90",
    )
    preview = answer["data"]["order"]["suggestedRefund"]
    # 3 x 10.99 - 1.00 + 2.31 tax + 4.90 shipping
    assert preview["amountSet"]["presentmentMoney"]["amount"] == "39.18"
    assert preview["maximumRefundableSet"]["presentmentMoney"]["amount"] == "51.48"
