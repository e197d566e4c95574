"""`postvendita import` and `postvendita export`: files of the merchant's, in and out."""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import click
from rich.console import Console
from rich.progress import track

from plugin import imports
from plugin.clock import Clock
from plugin.exporting import packed
from plugin.store import shops
from plugin.store.database import Database
from scheduler.runtime import Runtime

Ready = Callable[[], Runtime]
Importer = Callable[
    [Database, Clock, str, Iterable[imports.Row]], Iterator[imports.Rejected | None]
]
KINDS: dict[str, tuple[tuple[str, ...], Importer, str]] = {
    "purchases": (
        imports.PURCHASE_COLUMNS,
        imports.import_purchases,
        "What was bought from whom: order, supplier, reference, sku, quantity, route, cost …",
    ),
    "alternatives": (
        imports.ALTERNATIVE_COLUMNS,
        imports.import_alternatives,
        "Other suppliers: sku, supplier, url, price, currency, promised_days, grams, note.",
    ),
    "measures": (
        imports.MEASURE_COLUMNS,
        imports.import_measures,
        "What products weigh and measure: sku, grams, length_mm, width_mm, height_mm.",
    ),
}


def add_to(main: click.Group, ready: Ready, console: Console) -> None:
    """Add the commands; `ready` opens the database."""
    group = click.Group("import", help="Read a CSV file of yours.")
    for name, (columns, importer, says) in KINDS.items():
        group.add_command(_command(name, columns, importer, says, ready, console))
    main.add_command(group)

    @main.command()
    @click.argument("file", type=click.Path(path_type=Path))
    @click.option("--shop", required=True, help="The shop's myshopify.com domain.")
    def export(file: Path, shop: str) -> None:
        """Everything a shop has here into a new ZIP file: its rows as JSON lines, its evidence."""
        runtime = _of_shop(ready, shop)
        try:
            with file.open("xb") as out:
                for piece in packed(runtime.db, shop, runtime.connections.evidence()):
                    out.write(piece)
        except FileExistsError:
            raise click.ClickException(f"{file} is there already; name a new file") from None
        except OSError as error:
            raise click.ClickException(f"{file}: {error.strerror}") from None
        finally:
            runtime.db.close()
        click.echo(f"{file}: {file.stat().st_size} bytes of {shop}, personal data among them")


def _command(
    name: str,
    columns: Iterable[str],
    importer: Importer,
    says: str,
    ready: Ready,
    console: Console,
) -> click.Command:
    @click.command(name, help=says)
    @click.argument("file", type=click.Path(path_type=Path))
    @click.option("--shop", required=True, help="The shop's myshopify.com domain.")
    def command(file: Path, shop: str) -> None:
        runtime = _of_shop(ready, shop)
        try:
            rows = imports.rows_of(file, columns)
        except imports.BadFile as error:
            raise click.UsageError(str(error)) from None
        steps = importer(runtime.db, runtime.clock, shop, rows)
        quiet = not console.is_terminal
        bar = track(steps, total=len(rows), description=file.name, console=console, disable=quiet)
        rejected = [step for step in bar if step is not None]
        click.echo(f"{len(rows) - len(rejected)} of {len(rows)} rows imported")
        if rejected:
            _keep_rejected(file, rejected)
            sys.exit(1)

    return command


def _of_shop(ready: Ready, shop: str) -> Runtime:
    runtime = ready()
    with runtime.db.read() as tx:
        if shops.find(tx, shop) is None:
            raise click.UsageError(
                f"--shop: {shop!r} is not served; see: postvendita shop add --help"
            )
    return runtime


def _keep_rejected(file: Path, rejected: list[imports.Rejected]) -> None:
    """No row is lost: the bad ones go into a file beside, each with the reason."""
    beside = file.with_suffix(".rejected.csv")
    columns = ["why", *rejected[0].row]
    with beside.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, columns)
        writer.writeheader()
        writer.writerows({"why": r.why, **r.row} for r in rejected)
    for row in rejected[:10]:
        click.echo(f"line {row.number}: {row.why}", err=True)
    click.echo(
        f"{len(rejected)} rows were not imported; mend them in {beside} and import that", err=True
    )
