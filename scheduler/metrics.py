"""What `/metrics` says, read from the database: true for however many processes run."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Gauge, generate_latest

from plugin.auditor import INVARIANTS
from plugin.store import findings, inbox, outbox, ready, restorations, ticks
from scheduler.runtime import CLOCKS, Runtime


def metrics(runtime: Runtime) -> str:
    """Prometheus text: deliveries and actions by state, findings, seconds since the last tick."""
    registry = CollectorRegistry()
    deliveries = Gauge("postvendita_inbox", "Deliveries by state", ["state"], registry=registry)
    actions = Gauge("postvendita_outbox", "Actions by state", ["state"], registry=registry)
    age = Gauge(
        "postvendita_tick_age_seconds", "Since the clocks were looked at", registry=registry
    )
    found = Gauge(
        "postvendita_findings", "What must not be, by invariant", ["invariant"], registry=registry
    )
    careful = Gauge(
        "postvendita_careful_shops", "Restored, and not yet read back", registry=registry
    )
    waits = Gauge(
        "postvendita_waiting_seconds", "The longest ready one waits", ["kind"], registry=registry
    )
    now = runtime.clock.now()
    with runtime.db.read() as tx:
        for state, count in inbox.counts(tx).items():
            deliveries.labels(state).set(count)
        for state, count in outbox.counts(tx).items():
            actions.labels(state).set(count)
        open_ones = findings.counts(tx)
        for invariant in INVARIANTS:
            found.labels(invariant).set(open_ones.get(invariant, 0))
        careful.set(len(restorations.careful(tx)))
        since = ready.waiting_since(tx, now)
        for kind in ("clocks", "actions", "deliveries"):
            waits.labels(kind).set((now - since.get(kind, now)).total_seconds())
        last = ticks.last(tx, CLOCKS)
    age.set((now - last).total_seconds() if last else float("inf"))
    return generate_latest(registry).decode()
