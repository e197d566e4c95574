"""Files nobody's case needs any more: what was left half way when a process stopped."""

from __future__ import annotations

from datetime import timedelta

from plugin.store import reports
from scheduler.runtime import Runtime

LEFT_ALONE_FOR = timedelta(hours=24)


def sweep(runtime: Runtime) -> int:
    """Remove files that have had no case for a day. How many."""
    with runtime.db.read() as tx:
        known = reports.kept_files(tx)
    older_than = runtime.clock.now() - LEFT_ALONE_FOR
    return runtime.connections.evidence().sweep(known, older_than)
