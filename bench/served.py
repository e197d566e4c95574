"""Programs that take webhooks, each started in a folder of its own: ours, and its peers.

Peers are installed when they are first needed, into a folder beside the machine's other temporary
files, and stay there. One that cannot be installed is left out by name.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import venv
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event

SECRET = "what-a-peer-is-signed-with"  # noqa: S105 - guards nothing  # pragma: allowlist secret
HERE = Path(__file__).parent / "peers"
INSTALLED = Path(tempfile.gettempdir()) / "postvendita-peers"
THREADS = ("--workers", "1", "--worker-class", "gthread", "--threads", "16")
READY_SECONDS = 60
OURS = {
    "SHOPIFY_API_SECRET": SECRET,
    "SHOPIFY_API_KEY": "key",
    "POSTVENDITA_SECRET_KEY": "s" * 32,
    "POSTVENDITA_ENCRYPTION_KEYS": "a2" * 21 + "s=",
    "POSTVENDITA_LOG_LEVEL": "error",
}
pause = Event().wait


class Missing(Exception):
    """A peer that cannot be measured here, and why."""


@dataclass(frozen=True)
class Served:
    """A program that listens."""

    port: int
    pid: int

    def cpu_seconds(self) -> float:
        """Spent so far by it and what it started; 0 where the system does not tell."""
        spent = 0
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = stat.read_text().rpartition(")")[2].split()
            except OSError:
                continue  # it has ended meanwhile
            if int(fields[2]) == self.pid:  # its process group
                spent += int(fields[11]) + int(fields[12])
        return spent / os.sysconf("SC_CLK_TCK")


Start = Callable[[Path, int, ExitStack], Served]


def ours(command: str = "web") -> Start:
    """`postvendita web`, or `serve`: the worker in the same process."""

    def start(folder: Path, port: int, stack: ExitStack) -> Served:
        environment = {**OURS, "POSTVENDITA_DATABASE_URL": f"sqlite:///{folder / 'ours.db'}"}
        program = [sys.executable, "-m", "scheduler"]
        _run([*program, "db", "upgrade"], environment)
        return stack.enter_context(_started([*program, command], port, environment, "--port"))

    return start


def program(
    command: str, port: int, environment: Mapping[str, str]
) -> AbstractContextManager[Served]:
    """One of ours on a database that is there already."""
    return _started([sys.executable, "-m", "scheduler", command], port, environment, "--port")


def express(folder: Path, port: int, stack: ExitStack) -> Served:
    """Express and better-sqlite3."""
    where = _npm()
    command = ["node", str(where / "express.mjs"), str(port), str(folder / "express.db"), SECRET]
    return stack.enter_context(_started(command, port, {}))


def flask_celery(folder: Path, port: int, stack: ExitStack) -> Served:
    """Flask, and Celery on a Redis that flushes every write."""
    python = _pip("flask-celery")
    if shutil.which("redis-server") is None:
        raise Missing("there is no redis-server")
    redis = free_port()
    durable = ("--appendonly", "yes", "--appendfsync", "always", "--save", "", "--dir", str(folder))
    stack.enter_context(_started(["redis-server", *durable], redis, {}, "--port"))
    environment = {"PEER_SECRET": SECRET, "PEER_REDIS": f"redis://127.0.0.1:{redis}/0"}
    command = _gunicorn(python, "flask_celery:app", port)
    return stack.enter_context(_started(command, port, environment))


def django_webhook(folder: Path, port: int, stack: ExitStack) -> Served:
    """Django with django-shopify-webhook."""
    python = _pip("django-shopify-webhook")
    environment = {"PEER_SECRET": SECRET, "PEER_DATABASE": str(folder / "django.db")}
    _run([str(python), "-c", "import django_webhook as d; d.make_table()"], environment, cwd=HERE)
    command = _gunicorn(python, "django_webhook:application", port)
    return stack.enter_context(_started(command, port, environment))


PEERS: Mapping[str, Start] = {
    "express+better-sqlite3": express,
    "flask+celery": flask_celery,
    "django+django-shopify-webhook": django_webhook,
}


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _gunicorn(python: Path, app: str, port: int) -> list[str]:
    bind = ("--bind", f"127.0.0.1:{port}", "--chdir", str(HERE), "--log-level", "error")
    return [str(python), "-m", "gunicorn", *THREADS, *bind, app]


def _npm() -> Path:
    if shutil.which("node") is None or shutil.which("npm") is None:
        raise Missing("there is no node")
    where = INSTALLED / "express"
    if not (where / "done").exists():
        shutil.rmtree(where, ignore_errors=True)
        where.mkdir(parents=True)
        shutil.copy(HERE / "package.json", where)
        _install(["npm", "install", "--no-audit", "--no-fund", "--prefix", str(where)])
        _install(["node", "-e", f"require('{where}/node_modules/better-sqlite3')"])
        (where / "done").touch()
    shutil.copy(HERE / "express.mjs", where)
    return where


def _pip(name: str) -> Path:
    where = INSTALLED / name
    python = where / "bin" / "python"
    if not (where / "done").exists():
        venv.create(where, with_pip=True, clear=True)
        wanted = str(HERE / f"{name}.txt")
        _install([str(python), "-m", "pip", "install", "--quiet", "--requirement", wanted])
        (where / "done").touch()
    return python


def _install(command: Sequence[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        last = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:]
        raise Missing(f"{command[0].rpartition('/')[2]} could not install it: {''.join(last)}")


def _run(command: Sequence[str], environment: Mapping[str, str], cwd: Path | None = None) -> None:
    told = {**os.environ, **environment}
    subprocess.run(command, env=told, cwd=cwd, check=True, capture_output=True)


@contextmanager
def _started(
    command: Sequence[str], port: int, environment: Mapping[str, str], flag: str = ""
) -> Iterator[Served]:
    whole = [*command, flag, str(port)] if flag else command
    process = subprocess.Popen(
        whole,
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        _await(process, port)
        yield Served(port, process.pid)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _await(process: subprocess.Popen[bytes], port: int) -> None:
    for _ in range(READY_SECONDS * 10):
        if process.poll() is not None:
            raise Missing("it ended as soon as it was started")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        pause(0.1)
    raise Missing("it does not listen")
