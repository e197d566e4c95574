"""`postvendita audit`: is history as it was written, here and in a file that was taken away."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress
from sqlalchemy.engine import Connection

from plugin import history_file
from plugin.store import append_only, chain, chain_check, shops
from plugin.store.chain_check import Break, Walk
from scheduler.runtime import Runtime

MOST_SHOWN = 20
SAYS = {
    "changed": "was changed",
    "gone": "is missing",
    "not_linked": "was put in past the app",
    "broken": "does not follow on the one before",
    "not_erased": "has a text that was erased",
    "cut_off": "was noted and is not there any more",
}


def add_to(main: click.Group, ready: Callable[[], Runtime], console: Console) -> None:
    """Add the commands; `ready` opens the database."""

    @main.group()
    def audit() -> None:
        """History, and whether it is as it was written."""

    @audit.command()
    @click.option("--shop", help="One shop's only; else every shop's.")
    @click.option(
        "--expect",
        metavar="NUMBER:HASH",
        help="A head that was noted before, of --shop: it must still be there.",
    )
    @click.option(
        "--file",
        "file",
        type=click.Path(path_type=Path, exists=True, dir_okay=False),
        help="Check a case's history file instead; needs no database.",
    )
    def verify(shop: str | None, expect: str | None, file: Path | None) -> None:
        """Look at every link of the chain. Exit code 1: something was changed."""
        if file is not None:
            _told(str(file), _in_file(file))
            return
        runtime = ready()
        noted = _noted(expect, shop)
        with runtime.db.read() as tx:
            served = [found.shop for found in shops.everyone(tx)]
            if shop is not None and shop not in served:
                raise click.UsageError(f"--shop: {shop!r} is not known")
            unguarded = append_only.missing(tx)
            breaks = 0
            for name in [shop] if shop else served:
                breaks += _verify(tx, name, noted, console)
        runtime.db.close()
        for name in unguarded:
            click.echo(f"BAD  the database does not refuse changes: trigger {name} is missing")
        if breaks or unguarded:
            sys.exit(1)


def _verify(tx: Connection, shop: str, noted: tuple[int, str] | None, console: Console) -> int:
    walk, total = Walk(shop), chain.head(tx, shop)[0]
    found: list[Break] = []
    with Progress(console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task(shop, total=total)
        for one in walk.go(tx):
            found.append(one)
            bar.update(task, completed=walk.n)
        bar.update(task, completed=total)
    found += chain_check.not_linked(tx, shop)
    if noted is not None and not chain_check.holds(tx, shop, *noted):
        found.append(Break("cut_off", noted[0], 0, 0))
    click.echo(f"{shop}: {walk.looked} links, head {walk.n}:{walk.hash or '-'}")
    _shown(found)
    return len(found)


def _in_file(file: Path) -> list[Break]:
    try:
        with file.open(encoding="utf-8") as told:
            return history_file.check(told)
    except (ValueError, OSError) as error:
        raise click.UsageError(f"--file: {error}") from None


def _told(name: str, found: list[Break]) -> None:
    _shown(found)
    if found:
        sys.exit(1)
    click.echo(f"{name}: as it was written")


def _shown(found: list[Break]) -> None:
    for one in found[:MOST_SHOWN]:
        where = f"order {one.order_id} entry {one.seq}" if one.order_id else f"link {one.n}"
        click.echo(f"BAD  {where} {SAYS[one.what]}")
    if len(found) > MOST_SHOWN:
        click.echo(f"BAD  and {len(found) - MOST_SHOWN} more")


def _noted(text: str | None, shop: str | None) -> tuple[int, str] | None:
    if text is None:
        return None
    n, _, noted = text.partition(":")
    if shop is None or not n.isascii() or not n.isdigit() or len(n) > 18:
        raise click.UsageError("--expect: NUMBER:HASH as `audit verify` says it, with --shop")
    return int(n), noted
