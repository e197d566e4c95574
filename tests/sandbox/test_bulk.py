"""Bulk operations of the pretend store, met by the app's own client over real HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from clients.errors import OutcomeUnknown, Refused, Retriable
from clients.shopify import documents
from clients.shopify.admin import ShopifyAdmin
from clients.shopify.bulk import BUSY, BulkRun, question
from clients.shopify.bulk_orders import BulkOrder
from plugin.sandbox.app import World
from plugin.sandbox.bulk_query import BadQuestion
from plugin.sandbox.bulk_query import question as asked
from plugin.sandbox.execute import load_schema
from tests import history
from tests.sandbox.worlds import NOON, PretendApp, build, order

pytestmark = pytest.mark.enable_socket

SINCE = NOON - timedelta(days=60)


@pytest.fixture
def ids(world: World) -> list[int]:
    """A store with 60 orders, of each kind some."""
    return history.fill(world, 60, NOON)


def done(admin: ShopifyAdmin, operation: str, *, looks: int = 20) -> BulkRun:
    """Look at it until it is over."""
    for _ in range(looks):
        run = admin.bulk_run(operation)
        assert run is not None
        if not run.under_way:
            return run
    raise AssertionError("it does not end")


def test_it_is_created_runs_and_is_done(world: World, admin: ShopifyAdmin, ids: list[int]) -> None:
    operation = admin.start_bulk(SINCE)
    states = [run.state for _ in range(4) if (run := admin.bulk_run(operation))]
    assert states == ["RUNNING", "RUNNING", "COMPLETED", "COMPLETED"]
    run = admin.bulk_run(operation)
    assert run is not None
    assert (run.orders, run.query) == (60, question(SINCE, disputes=True))


def test_what_a_file_tells_whole_is_what_a_read_tells(
    world: World, admin: ShopifyAdmin, ids: list[int]
) -> None:
    run = done(admin, admin.start_bulk(SINCE))
    found = list(admin.bulk_orders(run.url, 0))
    assert {one.order_id for one in found} == set(ids)
    whole = [one.order for one in found if one.order is not None]
    for one in found:
        if one.order is None:
            apart = admin.order(one.order_id or 0)
            assert apart is not None
            assert apart.refunds or len(apart.fulfilments) == 2
    assert 54 <= len(whole) < 60
    for told in whole:
        read = admin.order(told.id)
        assert read is not None
        world.bucket.fill()
        assert replace(read, fulfilment_orders=()) == told


def test_a_file_is_read_from_any_place(admin: ShopifyAdmin, ids: list[int]) -> None:
    run = done(admin, admin.start_bulk(SINCE))
    found = list(admin.bulk_orders(run.url, 0))
    for at in (0, 20, 58):
        assert list(admin.bulk_orders(run.url, found[at].end)) == found[at + 1 :]
    assert list(admin.bulk_orders(run.url, found[-1].end)) == []


def test_what_is_asked_about_later_orders_only_tells_those(
    admin: ShopifyAdmin, ids: list[int]
) -> None:
    run = done(admin, admin.start_bulk(NOON - timedelta(days=3)))
    assert 0 < run.orders < 60
    nothing = done(admin, admin.start_bulk(NOON + timedelta(days=3)))
    assert (nothing.state, nothing.url) == ("COMPLETED", "")


def test_a_start_whose_answer_is_lost_is_found_again(
    world: World, admin: ShopifyAdmin, ids: list[int]
) -> None:
    world.faults.add("bulkOperationRunQuery", "lose_answer")
    with pytest.raises(OutcomeUnknown):
        admin.start_bulk(SINCE)
    found = admin.find_bulk(SINCE, NOON)
    assert found is not None
    assert done(admin, found.id).state == "COMPLETED"
    assert admin.find_bulk(SINCE + timedelta(seconds=1), NOON) is None


@pytest.mark.parametrize("code", ["TIMEOUT", "ACCESS_DENIED", "INTERNAL_SERVER_ERROR"])
def test_one_that_fails_says_why_and_has_no_file(
    world: World, admin: ShopifyAdmin, ids: list[int], code: str
) -> None:
    world.faults.add("bulk", "refuse", message=code)
    run = done(admin, admin.start_bulk(SINCE))
    assert (run.state, run.error, run.url) == ("FAILED", code, "")
    (row,) = world.bulk.every()
    assert world.bulk.node(row, "http://store")["partialDataUrl"]


def test_one_that_is_called_off_ends(world: World, admin: ShopifyAdmin, ids: list[int]) -> None:
    operation = admin.start_bulk(SINCE)
    admin.cancel_bulk(operation)
    assert done(admin, operation).state == "CANCELED"
    admin.cancel_bulk(operation)
    assert done(admin, operation).state == "CANCELED"


def test_a_file_is_there_for_seven_days(world: World, admin: ShopifyAdmin, ids: list[int]) -> None:
    operation = admin.start_bulk(SINCE)
    url = done(admin, operation).url
    world.ground.settings.clock.turn_to(NOON + timedelta(days=8))
    run = admin.bulk_run(operation)
    assert run is not None
    assert (run.state, run.url) == ("EXPIRED", "")
    with pytest.raises(Refused) as caught:
        list(admin.bulk_orders(url, 0))
    assert caught.value.code == "gone"


def test_a_file_that_breaks_off_is_read_again_from_where_it_was(
    world: World, admin: ShopifyAdmin, ids: list[int]
) -> None:
    run = done(admin, admin.start_bulk(SINCE))
    world.faults.add("bulk_file", "truncated")
    found: list[BulkOrder] = []
    with pytest.raises(Retriable):
        found.extend(admin.bulk_orders(run.url, 0))
    assert 0 < len(found) < len(ids)
    rest = list(admin.bulk_orders(run.url, found[-1].end))
    assert [one.order_id for one in [*found, *rest]] == sorted(ids)


def test_a_world_that_dies_goes_on_with_its_work(tmp_path: Path) -> None:
    world, _ = build(tmp_path)
    ids = history.fill(world, 250, NOON)
    row = world.bulk.begin(question(SINCE, disputes=True), grouped=True)
    world.bulk.step()
    world.bulk.step()
    half = tmp_path / "world" / f"bulk-{row['id']}.jsonl"
    half.write_bytes(half.read_bytes() + b'{"id": "gid://shopify/Order/1", "na')
    world.close()

    again, _ = build(tmp_path)
    for _ in range(4):
        again.bulk.step()
    (found,) = again.bulk.every()
    assert (found["state"], found["roots"]) == ("COMPLETED", len(ids))
    assert len(half.read_bytes().splitlines()) == found["objects"]
    again.close()


# --- What it refuses ------------------------------------------------------------------------------


@pytest.fixture
def one_at_a_time(tmp_path: Path) -> Iterator[tuple[World, PretendApp]]:
    world, app = build(tmp_path, bulk_at_once=1)
    yield world, app
    world.close()


def test_five_run_beside_each_other_and_no_sixth(admin: ShopifyAdmin, world: World) -> None:
    order(world)
    for _ in range(5):
        admin.start_bulk(SINCE)
    with pytest.raises(Retriable) as caught:
        admin.start_bulk(SINCE)
    assert caught.value.code == BUSY
    for row in world.bulk.every():
        assert row["state"] in {"CREATED", "RUNNING"}


LISTED = "fulfillments { id fulfillmentLineItems { nodes { quantity } } }"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{ orders { edges { node { id " + LISTED + " } } } }", "within a list"),
        ('{ order(id: "gid://shopify/Order/1") { id } }', "1 to 5 connections"),
        ("{ orders { edges { node { nonsense } } } }", "Invalid bulk query"),
        ("{ orders { edges", "Invalid bulk query"),
        ("mutation { x }", "Invalid bulk query"),
    ],
)
def test_what_shopify_does_not_run_is_refused(text: str, why: str) -> None:
    with pytest.raises(BadQuestion, match=why):
        asked(load_schema(), text)


def test_our_question_is_one_that_is_run() -> None:
    assert asked(load_schema(), documents.text("bulk_orders")).search == "updated_at:>='SINCE'"


def test_without_the_scope_no_order_older_than_sixty_days_is_shown(tmp_path: Path) -> None:
    world, _ = build(tmp_path, all_orders=False)
    ids = history.fill(world, 6, NOON)
    world.ground.settings.clock.turn_to(NOON + timedelta(days=30))
    client = world.wsgi.test_client()
    shown = client.post(
        "/shopify/lanterna-store.myshopify.com/admin/api/2026-10/graphql.json",
        json={"query": "{ orders(first: 10, sortKey: CREATED_AT) { nodes { id } } }"},
        headers={"X-Shopify-Access-Token": "shpat_test"},
    ).get_json()
    named = {int(one["id"].rpartition("/")[2]) for one in shown["data"]["orders"]["nodes"]}
    assert named == set(ids[:4])
    world.close()
