"""The command line. Exit codes: 0 done, 1 could not, 2 asked wrongly, 3 wrong settings."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.progress import Progress, track

from plugin.clock import Clock, StoppedClock
from plugin.secrets import Vault
from plugin.settings import BadSettings, Settings, read
from plugin.store import backfills, deeds, migrate, shops
from plugin.store.database import Database
from scheduler import (
    backfill,
    cli_audit,
    cli_backup,
    cli_files,
    cli_hands,
    doctor,
    key_rotation,
    logs,
    same_secret,
    start_check,
)
from scheduler.runtime import Runtime, start

if TYPE_CHECKING:  # the bell and all it does are not needed by other commands
    from scheduler.jobs import Bell

WRONG_SETTINGS = 3
A_MOMENT = 1.0
"""Seconds after which points of the store's bucket are back."""
console = Console(stderr=True)


@click.group()
@click.version_option(package_name="postvendita")
def main() -> None:
    """The after-sales desk for Shopify stores that buy from Tmall through DSers."""


# --- Serving ------------------------------------------------------------------------------------


def _served(command: Callable[..., None]) -> Callable[..., None]:
    command = click.option(
        "--port", default=8080, show_default=True, type=click.IntRange(1, 65535)
    )(command)
    return click.option("--host", default="127.0.0.1", show_default=True)(command)


@main.command()
@_served
def serve(host: str, port: int) -> None:
    """Web pages, webhooks and the worker in one process: all a small shop needs."""
    runtime = _ready()
    if runtime.settings.broker_url:
        raise click.UsageError("serve is for one machine; with a broker run web and worker")
    from scheduler.jobs import ring  # the pages and the bell are not needed by other commands
    from scheduler.web import make_app, shopify_front, warmed
    from scheduler.web import serve as answer

    bell = ring(runtime)
    try:
        proxies, front = runtime.settings.trusted_proxies, shopify_front(runtime)
        answer(warmed(make_app(runtime), runtime), host, port, front=front, proxies=proxies)
    finally:
        _stop(bell, runtime)


@main.command()
@_served
def web(host: str, port: int) -> None:
    """Web pages and webhooks only; run a worker beside it."""
    from scheduler.web import make_app, shopify_front, warmed
    from scheduler.web import serve as answer

    runtime = _ready()
    proxies, front = runtime.settings.trusted_proxies, shopify_front(runtime)
    answer(warmed(make_app(runtime), runtime), host, port, front=front, proxies=proxies)


@main.command()
def worker() -> None:
    """The clocks, the inbox and the outbox only; run a web process beside it.

    With POSTVENDITA_BROKER_URL as many as you like, on any machines, served by Celery.
    """
    runtime = _ready()
    if runtime.settings.broker_url:
        try:
            from scheduler.large.worker import run  # small installations have no Celery
        except ImportError as error:
            raise click.ClickException(
                f"{error}: POSTVENDITA_BROKER_URL needs pip install 'postvendita[celery,postgres]'"
            ) from None
        sys.exit(run(runtime))
    from scheduler.jobs import ring

    bell = ring(runtime)
    try:
        Event().wait()
    except (KeyboardInterrupt, SystemExit):
        _stop(bell, runtime)


@main.command()
@_served
@click.option(
    "--directory", default="sandbox-data", show_default=True, type=click.Path(path_type=Path)
)
@click.option("--fresh", is_flag=True, help="Forget the last sandbox and begin anew.")
@click.option("--seed", default=1, show_default=True, help="The same seed makes the same store.")
def sandbox(host: str, port: int, directory: Path, fresh: bool, seed: int) -> None:
    """The app with a pretend store, supplier, mailbox and a clock to turn. No account needed."""
    from scheduler.sandbox import play

    play(host, port, directory, fresh=fresh, seed=seed)


@main.command("demo-data")
@click.option("--cases", default=1000, show_default=True, type=click.IntRange(1, 1_000_000))
@click.option("--shop", default="demo-store.myshopify.com", show_default=True)
@click.option("--seed", default=1, show_default=True, help="The same seed makes the same shop.")
def demo_data(cases: int, shop: str, seed: int) -> None:
    """Make a shop with many cases to try the desk on. It is paused: nothing of it goes out."""
    from scheduler.demo_data import Taken, fill

    runtime = _ready()
    with Progress(console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task(f"{cases} cases", total=cases)
        try:
            for added in fill(runtime.db, shop, cases, runtime.clock.now(), seed=seed):
                bar.advance(task, added)
        except Taken:
            raise click.UsageError(f"--shop: {shop} is there already; name another") from None
    click.echo(f"{shop} has {cases} cases; see: postvendita login-link --shop {shop}")


# --- Doing once ---------------------------------------------------------------------------------


@main.command()
@click.option(
    "--as-of", "as_of", metavar="TIME", help="As if it were then, such as 2026-11-22T09:00Z."
)
def sweep(as_of: str | None) -> None:
    """One whole pass: what was delivered, what is due, what is to be sent; and what it did."""
    from scheduler.sweeps import sweep as sweep_once

    runtime = _ready(_clock_at(as_of))
    swept = sweep_once(runtime)
    runtime.db.close()
    click.echo(
        f"{swept.deliveries} deliveries handled, {swept.looked} orders looked at, "
        f"{swept.opened} cases opened, {swept.closed} closed, {swept.planned} actions planned "
        f"({swept.late} late), {swept.sent} carried out, {swept.failed} failed"
    )
    if swept.failed:
        sys.exit(1)


@main.group()
def db() -> None:
    """The database."""


@db.command()
@click.option(
    "--before", is_flag=True, help="Only what processes of the version before can live with."
)
def upgrade(before: bool) -> None:
    """Bring the tables up to this version."""
    settings = _settings()
    database = Database(settings.database_url)
    found = migrate.version(database)
    migrate.upgrade(database, after=not before)
    click.echo(f"{found or 'empty'} -> {migrate.version(database)}")
    database.close()


@main.group()
def keys() -> None:
    """The keys that encrypt what the database must not show."""


@keys.command("rotate")
def rotate_keys() -> None:
    """Encrypt every secret with the newest key. Stop and run it again as you like.

    Add the new key in front of the others in POSTVENDITA_ENCRYPTION_KEYS and restart every
    process first: one that does not know the new key cannot read what it encrypts.
    """
    runtime = _ready()
    vault = Vault(runtime.settings.encryption_keys)
    found = key_rotation.places(runtime.db)
    quiet = not console.is_terminal
    done = key_rotation.Done()
    for place in track(found, description="secrets", console=console, disable=quiet):
        done.count(place, key_rotation.rotate(runtime.db, vault, place))
    with runtime.db.write() as tx:
        for shop in sorted({place.shop for place in found}):
            now = runtime.clock.now()
            facts = {"places": sum(place.shop == shop for place in found)}
            deeds.add(tx, shop, now, by=deeds.OPERATOR, what="keys_rotated", facts=facts)
    runtime.db.close()
    click.echo(f"{done.rotated} encrypted anew, {done.skipped} were under the newest key already")
    for place in done.unreadable:
        click.echo(f"BAD  {place.shop}: {place.column} opens with none of the keys", err=True)
    if done.unreadable:
        click.echo(f"{len(done.unreadable)} cannot be read: keep the old keys", err=True)
        sys.exit(1)
    click.echo("every secret is under the newest key: the older ones may be removed")


@main.command("doctor")
def check() -> None:
    """Look for what is wrong: settings, database, clock, deliveries, actions, every promise."""
    runtime = start(_settings(), Clock.from_environment())
    with Progress(console=console, disable=not console.is_terminal, transient=True) as bar:
        task = bar.add_task("orders", total=None)
        findings = doctor.examine(runtime, lambda looked: bar.advance(task, looked))
    runtime.db.close()
    for finding in findings:
        click.echo(f"{'ok  ' if finding.ok else 'BAD '} {finding.what}: {finding.detail}")
    if not all(finding.ok for finding in findings):
        sys.exit(1)


# --- Shops --------------------------------------------------------------------------------------


@main.group("shop")
def shop_() -> None:
    """The shops the app serves."""


@shop_.command("add")
@click.argument("shop")
@click.option("--currency", required=True, help="The shop's currency, such as USD.")
@click.option("--name", default="", help="As customers know it.")
@click.option("--email", default="", help="Where the merchant is told.")
@click.option("--zone", default="UTC", show_default=True, help="Such as Europe/Rome.")
@click.option("--language", default="en", type=click.Choice(["en", "it", "zh"]), show_default=True)
@click.option("--watch", is_flag=True, help="Read its last 60 days and send nothing yet.")
def add_shop(
    shop: str, currency: str, name: str, email: str, zone: str, language: str, watch: bool
) -> None:
    """Serve a shop. Its Admin API access token is read from standard input."""
    runtime = _ready()
    token = sys.stdin.readline().strip()
    if not token:
        raise click.UsageError("no access token on standard input")
    sealed = Vault(runtime.settings.encryption_keys).encrypt(token, shop=shop, column="shops.token")
    with runtime.db.write() as tx:
        shops.install(
            tx,
            shop,
            runtime.clock.now(),
            token=sealed,
            currency=currency,
            name=name,
            email=email,
            zone=zone,
            language=language,
            watching=watch,
        )
        if watch:
            backfill.begin(tx, shop, runtime.clock.now())
    click.echo(f"{shop} is {'watched' if watch else 'served'}")


@main.command("backfill")
@click.option("--shop", required=True, help="The shop's myshopify.com domain.")
@click.option("--again", is_flag=True, help="From the beginning, even if it was read before.")
def backfill_(shop: str, again: bool) -> None:
    """Read a shop's last 60 days now. The shop must be watching only: nothing is sent for them."""
    runtime = _ready()
    with runtime.db.write() as tx:
        found, before = shops.find(tx, shop), backfills.of_shop(tx, shop)
        if found is None or found.state == shops.UNINSTALLED:
            raise click.UsageError(f"--shop: {shop!r} is not served")
        if not found.watching:
            raise click.UsageError(f"{shop} is not watching only; choose that under Settings first")
        if again or before is None:
            backfill.begin(tx, shop, runtime.clock.now())
    with Progress(console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task("orders", total=None)
        now = _backfill(runtime, shop)
        while now.state == "running":
            done = backfill.turn(runtime, now)
            now = _backfill(runtime, shop)
            bar.update(task, completed=now.done, total=now.total)
            if now.problem:
                break
            if done.waits:
                Event().wait(A_MOMENT)
    click.echo(f"{now.done} orders read since {now.since:%Y-%m-%d}")
    if now.problem:
        raise click.ClickException(f"{now.problem}; the worker goes on with it, or run this again")


@main.command("login-link")
@click.option("--shop", required=True)
@click.option("--person", default="merchant", show_default=True, help="Who it is for.")
def login_link(shop: str, person: str) -> None:
    """A link into the desk of a shop, good for 15 minutes."""
    from plugin.pages import login_link as make

    settings = _settings()
    click.echo(settings.base_url + make(settings, shop, person))


# --- Helpers ------------------------------------------------------------------------------------


def _backfill(runtime: Runtime, shop: str) -> backfills.Backfill:
    with runtime.db.read() as tx:
        found = backfills.of_shop(tx, shop)
    assert found is not None
    return found


def _settings() -> Settings:
    try:
        return read(os.environ)
    except BadSettings as error:
        console.print(f"[bold]Wrong settings:[/bold]\n{error}", markup=True, highlight=False)
        sys.exit(WRONG_SETTINGS)


def _stop(bell: Bell, runtime: Runtime) -> None:
    """Finish what was begun; the next process may be given another secret key."""
    bell.shutdown(wait=True)
    same_secret.gone(runtime.db, runtime.settings)


def _ready(clock: Clock | None = None) -> Runtime:
    """A runtime on a database of this version; anything else stops here with one clear line."""
    settings = _settings()
    runtime = start(settings, clock or Clock.from_environment())
    logs.configure(settings.log_level, runtime.clock)
    if found := start_check.problems(runtime):
        console.print("\n".join(found), markup=False, highlight=False, soft_wrap=True)
        sys.exit(1)
    return runtime


def _clock_at(text: str | None) -> Clock | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise click.UsageError(
            f"--as-of: {text!r} is not a time such as 2026-11-22T09:00Z"
        ) from None
    if moment.tzinfo is None:
        raise click.UsageError("--as-of: has no zone; write 2026-11-22T09:00Z")
    return StoppedClock(moment=moment)


cli_audit.add_to(main, _ready, console)
cli_backup.add_to(main, _ready, _settings, console)
cli_files.add_to(main, _ready, console)
cli_hands.add_to(main, _ready)
