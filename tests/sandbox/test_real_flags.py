"""The client writes on orders of the world and opens returns there: what is kept, what refused."""

from __future__ import annotations

from datetime import timedelta

import pytest

from clients.errors import OutcomeUnknown, Refused, Retriable
from clients.shopify.admin import ShopifyAdmin
from clients.shopify.flags import Field, Kept, OrderFlags
from plugin.sandbox.app import World
from tests.sandbox.worlds import PretendApp, line_ids, order

pytestmark = pytest.mark.enable_socket

STATUS = Field("status", "multi_line_text_field", "After-sales", "Where it stands")
REFERENCE = "4000000000000001000"


def write(admin: ShopifyAdmin, order_id: int, value: str, read: OrderFlags | None = None) -> None:
    admin.write_fields(order_id, {"status": (STATUS.type, value)}, read or OrderFlags())


def flags(admin: ShopifyAdmin, order_id: int) -> OrderFlags:
    found = admin.flags(order_id)
    assert found is not None
    return found


def shipped(world: World) -> int:
    order_id = order(world)
    world.happen("record_purchase", reference=REFERENCE, order_id=order_id)
    world.happen("ship", reference=REFERENCE)
    return order_id


# --- fields and tags ------------------------------------------------------------------------------


def test_what_was_written_is_read_and_taken_away_again(world: World, admin: ShopifyAdmin) -> None:
    order_id = order(world)
    write(admin, order_id, "late")
    kept = flags(admin, order_id).fields["status"]
    assert kept.value == "late"

    admin.clear_fields(order_id, ["status", "case"])
    assert flags(admin, order_id).fields == {}


def test_a_field_is_not_written_over_what_was_not_read(world: World, admin: ShopifyAdmin) -> None:
    order_id = order(world)
    write(admin, order_id, "late")

    with pytest.raises(Retriable):
        write(admin, order_id, "settled", OrderFlags(fields={"status": Kept("x", "another")}))
    with pytest.raises(Retriable):
        write(admin, order_id, "settled")
    assert flags(admin, order_id).fields["status"].value == "late"


@pytest.mark.parametrize(
    ("kind", "value"),
    [("url", "no address"), ("date_time", "tomorrow"), ("multi_line_text_field", " ")],
)
def test_a_value_that_is_none_of_its_type_is_refused(
    world: World, admin: ShopifyAdmin, kind: str, value: str
) -> None:
    order_id = order(world)
    with pytest.raises(Refused):
        admin.write_fields(order_id, {"status": (kind, value)}, OrderFlags())
    assert flags(admin, order_id).fields == {}


def test_a_field_is_shown_once(world: World, admin: ShopifyAdmin) -> None:
    assert admin.fields_shown() == frozenset()
    admin.show_field(STATUS)
    admin.show_field(STATUS)
    assert admin.fields_shown() == {"status"}


def test_writing_is_told_to_the_app_as_any_change_is(
    world: World, app: PretendApp, admin: ShopifyAdmin
) -> None:
    order_id = order(world)
    world.deliver_due()
    app.taken.clear()
    world.ground.settings.clock.turn_to(world.ground.now() + timedelta(minutes=1))

    write(admin, order_id, "late")
    admin.add_tags(order_id, ["postvendita:late_shipment"])
    world.deliver_due()

    topics = {headers["X-Shopify-Topic"] for _, _, headers in app.taken}
    assert topics == {"orders/updated"}


def test_a_tag_that_is_too_long_is_refused(world: World, admin: ShopifyAdmin) -> None:
    with pytest.raises(Refused):
        admin.add_tags(order(world), ["x" * 41])


def test_a_lost_answer_leaves_the_effect(world: World, admin: ShopifyAdmin) -> None:
    order_id = order(world)
    world.ground.faults.add("metafieldsSet", "lose_answer")

    with pytest.raises(OutcomeUnknown):
        write(admin, order_id, "late")
    assert flags(admin, order_id).fields["status"].value == "late"


# --- returns --------------------------------------------------------------------------------------


def test_a_return_is_opened_read_and_closed(world: World, admin: ShopifyAdmin) -> None:
    order_id = shipped(world)
    line = line_ids(world, order_id)[0]

    made = admin.open_return(order_id, [(line, 2)], reason="DEFECTIVE", note="case 1")

    (found,) = admin.returns(order_id)
    assert (found.id, found.status) == (made, "OPEN")
    assert [(one.line_id, one.quantity, one.reason, one.note) for one in found.lines] == [
        (line, 2, "DEFECTIVE", "case 1")
    ]
    admin.close_return(made)
    assert [one.status for one in admin.returns(order_id)] == ["CLOSED"]
    with pytest.raises(Refused):
        admin.close_return(made)


def test_nothing_that_was_not_shipped_comes_back(world: World, admin: ShopifyAdmin) -> None:
    order_id = order(world)

    line = line_ids(world, order_id)[0]
    with pytest.raises(Refused) as raised:
        admin.open_return(order_id, [(line, 1)], reason="WRONG_ITEM", note="case 1")

    assert raised.value.code == "nothing_to_return"


def test_no_unit_comes_back_twice(world: World, admin: ShopifyAdmin) -> None:
    order_id = shipped(world)
    line = line_ids(world, order_id)[1]
    admin.open_return(order_id, [(line, 1)], reason="DEFECTIVE", note="case 1")

    with pytest.raises(Refused):
        admin.open_return(order_id, [(line, 1)], reason="DEFECTIVE", note="case 2")


def test_an_order_with_an_open_return_is_not_cancelled(world: World, admin: ShopifyAdmin) -> None:
    order_id = shipped(world)
    line = line_ids(world, order_id)[0]
    admin.open_return(order_id, [(line, 1)], reason="DEFECTIVE", note="case 1")

    with pytest.raises(Refused):
        admin.cancel_order(order_id, reason="CUSTOMER", note="case 1", restock=False)


def test_a_customers_wish_is_told_and_read_with_its_reason(
    world: World, app: PretendApp, admin: ShopifyAdmin
) -> None:
    order_id = shipped(world)
    world.deliver_due()
    app.taken.clear()

    world.happen("request_return", order_id=order_id, reason="wrong-item", said="A cup, no lamp")
    world.deliver_due()

    assert "returns/request" in {headers["X-Shopify-Topic"] for _, _, headers in app.taken}
    (found,) = admin.returns(order_id)
    assert found.status == "REQUESTED"
    assert (found.lines[0].reason, found.lines[0].said) == ("WRONG_ITEM", "A cup, no lamp")
