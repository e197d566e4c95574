"""When China's calendar is announced or corrected, the dates that were counted in it move.

Each date that moves is an entry in its case's timeline, so that nobody wonders why.
"""

from __future__ import annotations

import structlog

from plugin import business_days, policy
from plugin import timeline as t
from plugin.casework import Casework
from plugin.deadlines import ALL
from plugin.store import caselists, measures
from scheduler.runtime import Runtime

log = structlog.get_logger()

NAME = "calendar"
AT_ONCE = 500
COUNTED = frozenset(d.name for d in ALL if d.unit == "business_days" or d.pauses_in_festivals)


def recount(runtime: Runtime) -> int:
    """Count every open date again if the calendar is another than last time. How many moved."""
    version = business_days.china().version
    with runtime.db.read() as tx:
        if measures.remembered(tx, NAME) == version:
            return 0
    moved, last = 0, caselists.FIRST_CASE
    while True:
        with runtime.db.read() as tx:
            some = caselists.with_deadline(tx, COUNTED, last, limit=AT_ONCE)
        if not some:
            break
        moved += sum(_recount(runtime, row, version) for row in some)
        last = some[-1].shop, some[-1].case_id
    with runtime.db.write() as tx:
        measures.remember(tx, NAME, version)
    log.info("calendar changed", version=version, moved=moved)
    return moved


def _recount(runtime: Runtime, row: caselists.Dated, version: str) -> bool:
    now = runtime.clock.now()
    with runtime.db.write() as tx:
        work = Casework(tx, row.shop, row.order_id, now)
        for case in policy.cases(work.order, work.terms, work.terms_of):
            if case.id != row.case_id:
                continue
            after = next(d for d in ALL if d.name == row.name).due(case)
            if after is not None and after != row.deadline:
                moved = t.DeadlineMoved(row.case_id, row.name, row.deadline, after, version)
                work.record([moved], by="app", cause=f"calendar {version}")
                return True
        work.look("calendar")
    return False
