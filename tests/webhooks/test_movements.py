"""Shipments, carriers, transactions and disputes."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from plugin.timeline import (
    DisputeSeen,
    FulfilmentSeen,
    ReturnRequested,
    TrackingSeen,
    TransactionSeen,
)
from tests.webhooks import moves
from tests.webhooks.bodies import VASE, raw
from tests.webhooks.telling import FROM_SHOP, event, refusal
from webhooks.translate import Ignored, translate


@pytest.mark.parametrize("topic", ["fulfillments/create", "fulfillments/update"])
def test_a_shipment(topic: str) -> None:
    assert event(topic, moves.fulfilment()) == FulfilmentSeen(
        fulfilment_id=5_500_000_000_001,
        shipped_at=datetime(2026, 11, 4, 7, 0, tzinfo=UTC),
        version=datetime(2026, 11, 4, 8, 0, tzinfo=UTC),
        lines=((VASE, 1),),
        good=True,
        tracking_company="YunExpress",
        tracking_number="YT0001",
    )


@pytest.mark.parametrize(
    ("status", "good"),
    [
        ("success", True),
        ("pending", True),
        (None, True),
        ("novel", True),
        ("cancelled", False),
        ("error", False),
        ("failure", False),
        ("CANCELLED", False),
    ],
)
def test_a_shipment_is_good_until_it_failed(status: str | None, good: bool) -> None:
    found = event("fulfillments/update", moves.fulfilment(status=status))

    assert isinstance(found, FulfilmentSeen)
    assert found.good == good


def test_a_shipment_with_little_said_of_it() -> None:
    bare = dict.fromkeys(
        ("tracking_company", "tracking_number", "tracking_numbers", "line_items", "updated_at")
    )
    found = event("fulfillments/create", moves.fulfilment(**bare))

    assert isinstance(found, FulfilmentSeen)
    assert (found.tracking_company, found.tracking_number, found.lines) == ("", "", ())
    assert found.version == found.shipped_at


def test_a_number_that_stands_only_in_the_list() -> None:
    body = moves.fulfilment(tracking_number=None, tracking_numbers=[None, "", "B", "C"])
    found = event("fulfillments/create", body)

    assert isinstance(found, FulfilmentSeen)
    assert found.tracking_number == "B"


def test_w38_a_shipment_needs_no_known_order_but_must_name_one() -> None:
    assert refusal("fulfillments/create", moves.fulfilment(order_id=None)) == "order_id: missing"


def test_a_carriers_event() -> None:
    assert event("fulfillment_events/create", moves.carrier()) == TrackingSeen(
        5_500_000_000_001, "in_transit", datetime(2026, 11, 5, tzinfo=UTC)
    )
    found = event("fulfillment_events/create", moves.carrier(status="NOVEL", message="m" * 9999))
    assert isinstance(found, TrackingSeen)
    assert (found.status, found.message) == ("novel", "m" * 500)


def test_a_transaction() -> None:
    assert event("order_transactions/create", moves.transaction()) == TransactionSeen(
        6_600_000_000_001, "refund", "success", 925, "CHF"
    )


def test_a_transactions_currency_may_stand_elsewhere() -> None:
    found = event("order_transactions/create", moves.transaction(currency=None))
    assert isinstance(found, TransactionSeen)
    assert found.currency == "CHF"

    nowhere = moves.transaction(currency=None, total_unsettled_set=None)
    assert refusal("order_transactions/create", nowhere) == "currency: missing"


@pytest.mark.parametrize("topic", ["disputes/create", "disputes/update"])
def test_a_dispute(topic: str) -> None:
    assert event(topic, moves.dispute()) == (DisputeSeen(3_300_001, "chargeback", "needs_response"))
    assert translate("shopify", topic, raw(moves.dispute(order_id=None)), FROM_SHOP) == (
        Ignored("a dispute that names no order")
    )


def test_a_wish_for_a_return_names_the_order_and_nothing_else() -> None:
    assert event("returns/request", moves.wish()) == ReturnRequested(17_330_001)
    assert refusal("returns/request", moves.wish(order=None)).startswith("order")
    assert refusal("returns/request", moves.wish(id="seven")).startswith("id")
