"""The app in processes of its own, started quickly, so that they can be killed often.

They are forked from a process that has loaded the app's modules and nothing else: what comes alive
is what `postvendita` with the same words and settings would be, a second or two earlier.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import scheduler.web
from scheduler.cli import main

_nursery = multiprocessing.get_context("forkserver")
_nursery.set_forkserver_preload(["scheduler.cli", "scheduler.jobs", "scheduler.web"])
PATH = {"PATH": "/usr/bin:/bin"}


class Process:
    """One process of the app: `serve`, `web` or `worker`."""

    def __init__(
        self, words: list[str], environment: Mapping[str, str], log: Path, *, warm: bool = False
    ) -> None:
        """`warm` as in production: its first answer is as quick as its second, a second later."""
        self._process: Any = _nursery.Process(
            target=be, args=(words, {**PATH, **environment}, str(log), warm), daemon=True
        )
        self._process.start()

    @property
    def pid(self) -> int:
        """Its number."""
        return int(self._process.pid)

    @property
    def alive(self) -> bool:
        """It has not ended."""
        return bool(self._process.is_alive())

    def kill(self) -> None:
        """kill -9, and it is gone when this returns."""
        self._process.kill()
        self._process.join()

    def freeze(self) -> None:
        """It stands still where it is, whatever it holds."""
        os.kill(self.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """It goes on as if nothing had been."""
        os.kill(self.pid, signal.SIGCONT)


def be(words: list[str], environment: dict[str, str], log: str, warm: bool = False) -> None:
    """Become `postvendita` with these words, settings and this log."""
    os.environ.clear()
    os.environ.update(environment)
    there = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(there, 1)
    os.dup2(there, 2)
    if not warm:
        scheduler.web.warmed = lambda app, runtime: app
    main(words)
