"""What a newcomer finds: a store with every situation of the guide in it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from plugin.clock import Clock
from plugin.evidence.shots import readiness
from plugin.settings import read
from plugin.store import reports, tables
from plugin.terms import Situation
from scheduler.runtime import start
from scheduler.sandbox import SHOP, bring_history, environment_for, prepare, world_settings
from scheduler.web import make_app


def test_the_sandbox_store_shows_at_least_two_cases_of_every_situation(tmp_path: Path) -> None:
    address = "http://127.0.0.1:8080"
    environment = environment_for(tmp_path, address, f"{address}/sandbox")
    runtime = start(read(environment), Clock(Path(environment["POSTVENDITA_CLOCK_FILE"])))
    prepare(runtime, environment["SANDBOX_TOKEN"], tmp_path)

    bring_history(runtime, make_app(runtime), world_settings(tmp_path, environment, address, "1"))

    with runtime.db.read() as tx:
        rows = [dict(row) for row in tx.execute(tables.cases.select()).mappings()]
        evidence = {r["case_id"]: reports.evidence_of(tx, SHOP, r["case_id"]) for r in rows}
    count = Counter(row["situation"] for row in rows)
    assert {s: count[s] for s in Situation if count[s] < 2} == {}
    assert len({row["status"] for row in rows}) >= 2, "in more than one stage"
    ready = [
        readiness(Situation(row["situation"]), [e.shot for e in evidence[row["case_id"]]]).have
        for row in rows
        if evidence[row["case_id"]]
    ]
    assert 4 in ready, "ready for Tmall: 4 of 5"
    runtime.db.close()
