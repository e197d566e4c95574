"""Many worlds: one after the other in each of some processes, every process with its database."""

from __future__ import annotations

import gc
import multiprocessing
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.simulation.plan import Plan
from tests.simulation.report import Outcome
from tests.simulation.running import Runner, lived

MEMORY = Path("/dev/shm")  # noqa: S108 - a folder in memory, where there is one
RARELY = (100_000, 20, 50)
"""When what nobody holds any more is looked for: a world makes little of it."""
_RUNNER: list[Runner] = []


@contextmanager
def folder() -> Iterator[Path]:
    """In memory where the machine has such a place."""
    place = str(MEMORY) if os.access(MEMORY, os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="postvendita-", dir=place) as made:
        yield Path(made)


def _begin(place: Path, database: str) -> None:
    own = place / str(os.getpid())
    own.mkdir()
    _RUNNER[:] = [Runner(own, database)]
    gc.freeze()
    gc.set_threshold(*RARELY)


def _live(job: tuple[int, Plan]) -> Outcome:
    seed, plan = job
    return lived(_RUNNER[0], seed, plan)


def outcomes(jobs: list[tuple[int, Plan]], workers: int, database: str = "") -> Iterator[Outcome]:
    """Each world, as it ends; several at a time, each process with its own database."""
    with folder() as place:
        if database or workers == 1 or len(jobs) == 1:  # one server is for one at a time
            _begin(place, database)
            try:
                yield from map(_live, jobs)
            finally:
                _RUNNER.pop().close()
            return
        context = multiprocessing.get_context("spawn")
        with context.Pool(workers, _begin, (place, database)) as pool:
            yield from pool.imap_unordered(_live, jobs)
