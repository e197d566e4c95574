"""What the runbooks need hands for: parked deliveries, actions that wait, orders, the calendar."""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files

import click

from clients.errors import RemoteError
from plugin import business_days, merchant
from plugin.store import deeds, inbox, outbox, shops
from scheduler import calendar as counting
from scheduler import reconcile
from scheduler.runtime import Runtime

STATES = ("asked", "planned", "claimed", "unknown", "needs_person")
SHOP = click.option("--shop", required=True, help="The shop's myshopify.com domain.")


def add_to(main: click.Group, ready: Callable[[], Runtime]) -> None:
    """Add the commands; `ready` opens the database."""
    _parked(main, ready)
    _actions(main, ready)
    _order(main, ready)
    _calendar(main, ready)


def _parked(main: click.Group, ready: Callable[[], Runtime]) -> None:
    @main.group()
    def parked() -> None:
        """Deliveries that were signed and could not be read: kept, waiting for a person."""

    @parked.command("list")
    @SHOP
    def list_(shop: str) -> None:
        """Number, topic, when it came, and why it could not be read."""
        runtime = _of(ready(), shop)
        with runtime.db.read() as tx:
            rows = inbox.listed(tx, shop, inbox.PARKED)
        for row in rows:
            at = row["received_at"].isoformat()
            click.echo(f"{row['id']} {row['topic']} {at} {row['reason']}")
        runtime.db.close()

    @parked.command()
    @SHOP
    @click.argument("number", type=int)
    def again(shop: str, number: int) -> None:
        """Let it be handled once more; the worker does, or a sweep."""
        runtime = _of(ready(), shop)
        now = runtime.clock.now()
        with runtime.db.write() as tx:
            waits = inbox.reopen(tx, shop, number, now)
            if waits:
                by, about = deeds.OPERATOR, str(number)
                deeds.add(tx, shop, now, by=by, what="delivery_tried_again", about=about)
        runtime.db.close()
        if not waits:
            raise click.ClickException(f"{number} is not parked")
        click.echo(f"{number} waits to be handled")


def _actions(main: click.Group, ready: Callable[[], Runtime]) -> None:
    @main.group()
    def actions() -> None:
        """What is to be done outside, and how far it has come."""

    @actions.command("list")
    @SHOP
    @click.option("--state", type=click.Choice(STATES), required=True)
    def list_(shop: str, state: str) -> None:
        """Order, key, attempts, when it is looked at next, and why."""
        runtime = _of(ready(), shop)
        with runtime.db.read() as tx:
            rows = outbox.in_state(tx, shop, state)
        for row in rows:
            at = row.look_at.isoformat()
            click.echo(f"{row.order_id} {row.key} attempts {row.attempts}, next {at}: {row.why}")
        runtime.db.close()

    @actions.command()
    @SHOP
    @click.option("--order", "order_id", type=int, required=True)
    @click.argument("key")
    def again(shop: str, order_id: int, key: str) -> None:
        """Let what was handed to a person be tried once more: read first, then done."""
        runtime = _of(ready(), shop)
        clicked = merchant.Click(shop, order_id, deeds.OPERATOR, runtime.clock.now())
        try:
            with runtime.db.write() as tx:
                merchant.try_again(tx, clicked, key)
        except merchant.NotPossible as error:
            raise click.ClickException(f"{key}: {error}") from None
        finally:
            runtime.db.close()
        click.echo(f"{key} waits to be tried")


def _order(main: click.Group, ready: Callable[[], Runtime]) -> None:
    @main.group()
    def order() -> None:
        """One order."""

    @order.command("read")
    @SHOP
    @click.argument("order_id", type=int)
    def read_(shop: str, order_id: int) -> None:
        """Read it from the store and take in what is news. Nothing is sent."""
        runtime = _of(ready(), shop)
        try:
            reconcile.read_order(runtime, shop, order_id)
        except RemoteError as error:
            raise click.ClickException(f"{order_id}: {error.what}") from None
        finally:
            runtime.db.close()
        click.echo(f"{order_id} was read")


def _calendar(main: click.Group, ready: Callable[[], Runtime]) -> None:
    @main.group()
    def calendar() -> None:
        """China's working days."""

    @calendar.command()
    def path() -> None:
        """The file with the corrections."""
        click.echo(str(files("plugin.calendar_data").joinpath("china.txt")))

    @calendar.command()
    def check() -> None:
        """Can the file be used, and what does it say?"""
        try:
            found = business_days.china()
        except business_days.BadCalendar as error:
            raise click.ClickException(str(error)) from None
        click.echo(
            f"version {found.version}, confirmed through {found.confirmed_through},"
            f" {len(found.overrides)} corrections"
        )

    @calendar.command()
    def recount() -> None:
        """Count every open date again; the worker does so by itself within a day."""
        runtime = ready()
        moved = counting.recount(runtime)
        runtime.db.close()
        click.echo(f"{moved} dates moved")


def _of(runtime: Runtime, shop: str) -> Runtime:
    with runtime.db.read() as tx:
        if shops.find(tx, shop) is None:
            raise click.UsageError(f"--shop: {shop!r} is not known")
    return runtime
