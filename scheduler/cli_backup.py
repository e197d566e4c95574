"""`postvendita backup` and `postvendita restore`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress, TaskID

from plugin.clock import Clock
from plugin.settings import Settings
from plugin.store.sqlite import sqlite3
from scheduler.backup import making, postgres_copy, restoring
from scheduler.backup.making import Told
from scheduler.backup.sealed import Unreadable
from scheduler.runtime import Runtime, start

COULD_NOT = (
    *(OSError, sqlite3.Error, Unreadable, restoring.NotWhole, restoring.NotEmpty, ValueError),
    *(postgres_copy.NoTool, postgres_copy.Failed),
)


def add_to(
    main: click.Group,
    ready: Callable[[], Runtime],
    settings: Callable[[], Settings],
    console: Console,
) -> None:
    """Add the commands; `ready` opens the database, `settings` alone does not."""

    @main.command()
    @click.argument("file", type=click.Path(path_type=Path))
    def backup(file: Path) -> None:
        """Everything into one file, encrypted with POSTVENDITA_BACKUP_KEY. The app may go on."""
        runtime = ready()
        key = _key(runtime.settings)
        with Progress(console=console, disable=not console.is_terminal) as bar:
            try:
                made = making.make(runtime, file.absolute(), key, _onto(bar))
            except COULD_NOT as error:
                raise click.ClickException(str(error)) from None
            finally:
                runtime.db.close()
        manifest = made.manifest
        click.echo(
            f"{file}: {sum(manifest.rows.values())} rows, {len(manifest.files) - 1} files of"
            f" evidence, tables at {manifest.schema}, {made.size} bytes, as of {manifest.made_at}"
        )
        for shop, (n, noted) in sorted(manifest.heads.items()):
            click.echo(f"{shop}: head {n}:{noted or '-'}")
        for sha256 in manifest.missing:
            click.echo(f"BAD  evidence {sha256} has a row and no file", err=True)
        if manifest.missing:
            sys.exit(1)

    @main.command()
    @click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
    @click.option(
        "--replace",
        is_flag=True,
        help="Where the target holds something: put this in its place. Stop every process first.",
    )
    def restore(file: Path, *, replace: bool) -> None:
        """Put a backup in place of an empty database and evidence folder, checked as a whole.

        Nothing is sent for a shop until what happened since has been read back from its store.
        """
        runtime = start(settings(), Clock.from_environment())
        key = _key(runtime.settings)
        with Progress(console=console, disable=not console.is_terminal) as bar:
            try:
                done = restoring.restore(runtime, file, key, replace=replace, told=_onto(bar))
            except restoring.NotEmpty as error:
                raise click.ClickException(f"{error}; --replace puts the backup there") from None
            except COULD_NOT as error:
                raise click.ClickException(str(error)) from None
            finally:
                runtime.db.close()
        click.echo(
            f"restored as of {done.manifest.made_at}: {done.rows} rows, {done.links} links of"
            f" history verified, {done.files} files of evidence"
        )
        if done.aside is not None:
            click.echo(f"what was there before is {done.aside}")
        click.echo("start it: what happened since is read back first, then sending goes on")


def _key(found: Settings) -> bytes:
    if not found.backup_key:
        raise click.ClickException(
            "POSTVENDITA_BACKUP_KEY is missing; make one with: openssl rand -base64 32,"
            " and keep it apart from the backups"
        )
    return found.backup_key


def _onto(bar: Progress) -> Told:
    tasks: dict[str, TaskID] = {}

    def told(what: str, done: int, total: int) -> None:
        if what not in tasks:
            tasks[what] = bar.add_task(what, total=total)
        bar.update(tasks[what], completed=done, total=total)

    return told
