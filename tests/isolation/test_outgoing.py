"""Everything that leaves the app while it works for both: calls, letters, hooks and log lines."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from plugin import letters, merchant
from plugin.merchant import Click
from plugin.store import outbox, timelines
from scheduler import logs
from scheduler.jobs import JOBS
from scheduler.purchases import follow_purchases
from tests.conftest import MONDAY
from tests.isolation.counting import probed
from tests.isolation.outside import Call, Outside, store_of
from tests.isolation.town import ACCOUNT, SAME_ORDER, Town, Who
from tests.story import LAMP, purchase

REFUND = "refund:11:1-2"
NUMBER = "4000000000000001000"
"""Of a purchase at 1688; both shops say it is theirs."""
DAY = timedelta(days=1)


def work_for_both(town: Town, days: tuple[int, ...] = (0, 4, 14)) -> None:
    """Both say yes to the refund; then everything the worker does, on some days."""
    runtime, clock = town.runtime, town.runtime.clock
    for who in (town.alice, town.bob):
        with runtime.db.write() as tx:
            merchant.approve(tx, Click(who.shop, SAME_ORDER, "somebody", MONDAY), REFUND)
            timelines.set_head(tx, who.shop, SAME_ORDER, read_wanted=True)
    for day in days:
        clock.turn_to(MONDAY + day * DAY)
        for job in (*JOBS, *JOBS):
            job.run(runtime)


def whose(town: Town, call: Call) -> Iterator[Who]:
    """The shops that a call says anything of."""
    probed()
    yield from (who for who in (town.alice, town.bob) if who.seen_in(call.text))


def state(town: Town, who: Who, key: str) -> str:
    with town.db.read() as tx:
        found = outbox.by_key(tx, who.shop, SAME_ORDER, key)
    assert found is not None
    return found.state


def test_every_call_is_one_shops_and_carries_its_token(
    town: Town, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.configure("debug", town.runtime.clock)
    stores = {who.shop: store_of(who) for who in (town.alice, town.bob)}
    with Outside(stores).around() as outside:
        work_for_both(town)
    assert [call for call in outside.calls if len(list(whose(town, call))) != 1] == []
    for call in outside.to_stores():
        (who,) = whose(town, call)
        assert (call.host, call.token) == (who.shop, f"shpat_{who.canary}"), call.name
    names = {c.name for c in outside.to_stores()}
    assert names >= {
        "Order",
        "PreviewRefund",
        "RefundCreate",
        "OrderFlags",
        "MetafieldsSet",
        "TagsAdd",
    }
    for who in (town.alice, town.bob):
        assert state(town, who, REFUND) == "done"
        hosts = {c.host for c in outside.calls if list(whose(town, c)) == [who]}
        assert hosts == {who.shop, "api.resend.com", f"{who.canary}.example"}, "all three ways"
    of_numbers(town, capsys.readouterr().err.splitlines())


def test_the_account_at_1688_serves_the_shop_it_belongs_to_alone(town: Town) -> None:
    """Else a shop could read another's purchases, and ask for their money, by their numbers."""
    owner = next(
        w for w in (town.alice, town.bob) if w.shop == ACCOUNT["POSTVENDITA_SUPPLIER_SHOP"]
    )
    asked: dict[str, int] = {}
    for who in (town.alice, town.bob):
        bought = purchase(
            purchase_id=f"Huanyu/{NUMBER}", reference=NUMBER, connection="1688", lines=((LAMP, 1),)
        )
        with town.db.write() as tx:
            click = Click(who.shop, who.own_order, "somebody", MONDAY)
            merchant.tell(tx, click, bought)
        with Outside().around() as outside:
            assert follow_purchases(town.runtime) == 1
        asked[who.shop] = len(outside.calls)
    assert {shop for shop, calls in asked.items() if calls} == {owner.shop}


@pytest.fixture(params=["badly", "not at all"])
def stores(request: pytest.FixtureRequest, town: Town) -> dict[str, dict[str, Any]]:
    """What the stores answer; in their refusals they quote the customer."""
    found = {who.shop: store_of(who) for who in (town.alice, town.bob)}
    if request.param == "not at all":
        return {}
    if request.param == "badly":
        for who in (town.alice, town.bob):
            words = f"{who.canary} Rossi, bianca@example.com, cannot be repaid"
            wrong = {"refund": None, "userErrors": [{"field": None, "message": words}]}
            found[who.shop]["refundCreate"] = wrong
    return found


def test_log_lines_name_shops_and_numbers_and_no_words(
    town: Town, stores: dict[str, dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    logs.configure("debug", town.runtime.clock)
    with Outside(stores).around():
        work_for_both(town)
    of_numbers(town, capsys.readouterr().err.splitlines())


def of_numbers(town: Town, lines: list[str]) -> None:
    """Lines that name each shop by itself, and nobody's words."""
    assert len(lines) > 10
    probed(len(lines))
    words = [who.canary for who in (town.alice, town.bob)] + ["bianca@example.com"]
    assert [line for line in lines if any(word in line for word in words)] == []
    both = [line for line in lines if town.alice.shop in line and town.bob.shop in line]
    assert both == []
    for who, other in ((town.alice, town.bob), (town.bob, town.alice)):
        mine = [line for line in lines if who.shop in line]
        assert mine
        assert [line for line in mine if other.seen_in(line)] == []


def test_an_error_nobody_thought_of_is_told_without_its_words(
    town: Town, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, customer_name: str, **__: object) -> None:
        try:
            raise KeyError(customer_name)
        except KeyError as error:
            raise ValueError(f"cannot write to {customer_name}") from error

    monkeypatch.setattr(letters, "to_customer", fail)
    logs.configure("debug", town.runtime.clock)
    with Outside({who.shop: store_of(who) for who in (town.alice, town.bob)}).around():
        work_for_both(town)
    said = capsys.readouterr().err
    assert "an effect failed in a way nobody thought of" in said
    assert "ValueError from KeyError" in said
    assert "messages.py" in said, "where it was stays"
    assert town.alice.canary not in said
    assert town.bob.canary not in said
