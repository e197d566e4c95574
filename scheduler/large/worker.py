"""A worker process of the large mode: Celery in front, the bell behind."""

from __future__ import annotations

import os
import socket

from scheduler import celery_app
from scheduler.jobs import tick
from scheduler.large.beat import Beat
from scheduler.large.turns import Turns
from scheduler.runtime import Runtime


def run(runtime: Runtime) -> int:
    """Serve turns until told to stop, then finish those under way. The process's exit code.

    Threads, not child processes: a turn waits for the database and the world more than it
    reckons, and a process that is killed is gone as a whole. One worker process for each core.
    """
    app = celery_app.make_celery(runtime.settings.broker_url)
    line = Turns(runtime, celery_app.sender(app))
    celery_app.register(app, line.serve)
    beat = Beat(runtime, line)
    bell = tick(runtime, beat.jobs(), allowed=beat.allows)
    try:
        worker = app.Worker(
            # Two of one machine with one name would lock each other out at RabbitMQ.
            hostname=f"worker{os.getpid()}@{socket.gethostname()}",
            pool="threads",
            concurrency=runtime.settings.workers,
            loglevel=runtime.settings.log_level.upper(),
            without_gossip=True,
            without_mingle=True,
            quiet=True,
        )
        worker.start()
        return int(worker.exitcode or 0)
    finally:
        bell.shutdown(wait=True)
        beat.let_go()
        runtime.db.close()
