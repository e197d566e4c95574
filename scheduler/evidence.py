"""Files nobody's case needs any more: what was left half way when a process stopped."""

from __future__ import annotations

from datetime import timedelta

from plugin.store import reports
from scheduler.runtime import Runtime

LEFT_ALONE_FOR = timedelta(hours=24)
AN_HOUR = timedelta(hours=1)


def remove_unkept(runtime: Runtime) -> int:
    """Remove files whose case was just erased, but none that is still being brought. How many."""
    with runtime.db.read() as tx:
        known = reports.kept_files(tx)
    return runtime.connections.evidence().sweep(known, runtime.clock.now() - AN_HOUR)


def sweep(runtime: Runtime) -> int:
    """Remove files that have had no case for a day. How many."""
    with runtime.db.read() as tx:
        known = reports.kept_files(tx)
    older_than = runtime.clock.now() - LEFT_ALONE_FOR
    return runtime.connections.evidence().sweep(known, older_than)
