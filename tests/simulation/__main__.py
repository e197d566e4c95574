"""`python -m tests.simulation --seeds 1000-1199 --orders 60 --days 60`; see docs/simulation.md."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable

from tests.simulation import report
from tests.simulation.many import folder, outcomes
from tests.simulation.mutants import MUTANTS
from tests.simulation.plan import Plan
from tests.simulation.report import Outcome, Sum
from tests.simulation.running import Runner, lived
from tests.simulation.seeds import KEPT
from tests.simulation.shrink import shrunk


def run(jobs: list[tuple[int, Plan]], workers: int, database: str = "") -> Sum:
    """All of them."""
    total = Sum()
    with report.bar(len(jobs)) as advance:
        for one in outcomes(jobs, workers, database):
            total.add(one)
            advance()
    return total


def shrink(one: Outcome, plan: Plan) -> list[str]:
    """The faults a failing world really needs."""
    with folder() as place:
        runner = Runner(place)

        def fails(removed: frozenset[str]) -> bool:
            again = lived(runner, one.seed, _without(plan, removed))
            return bool(again.violations)

        left = shrunk(one.faults, fails)
        runner.close()
    return left


def _without(plan: Plan, removed: frozenset[str]) -> Plan:
    return Plan(plan.orders, plan.days, plan.factor, removed, plan.mutant)


def hunt(names: Iterable[str], seeds: range, plan: Plan, workers: int) -> int:
    """Each mutant on one world after another, until one notices. How many survived.

    One that other guards cover for is broken together with them, one more each time nobody notices.
    """
    survived = 0
    for alone in names:
        name, found = alone, _noticed(alone, seeds, plan, workers)
        for other in MUTANTS[alone].hidden_by:
            if found:
                break
            print(f"{name}: {other} covers for it in {len(seeds)} worlds", flush=True)
            name = f"{name}+{other}"
            found = _noticed(name, seeds, plan, workers)
        survived += not found
        print(f"{name}: {found or f'survives {len(seeds)} worlds'}", flush=True)
    return survived


def _noticed(name: str, seeds: range, plan: Plan, workers: int) -> str:
    mutated = Plan(plan.orders, plan.days, plan.factor, mutant=name)
    for tried, one in enumerate(outcomes([(s, mutated) for s in seeds], workers), 1):
        if one.violations:
            return f"dies at world {tried}: {one.violations[0]}"
    return ""


def _seeds(text: str) -> range:
    first, _, last = text.partition("-")
    return range(int(first), int(last or first) + 1)


def main() -> None:
    """Run, tell, and leave with 1 when a promise was broken or a danger never met."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seeds", type=_seeds, default=_seeds("1000-1199"))
    parser.add_argument("--orders", type=int, default=60)
    parser.add_argument("--days", type=int, default=60)
    parser.add_argument("--factor", type=float, default=1.0, help="how often things go wrong")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--database", default="", help="a PostgreSQL address; default: SQLite")
    parser.add_argument("--mutant", default="", help="a guard to break: " + ", ".join(MUTANTS))
    parser.add_argument("--mutants", action="store_true", help="break every guard, one by one")
    parser.add_argument("--shrink", action="store_true", help="find the faults a failure needs")
    parser.add_argument("--kept", action="store_true", help="the seeds that have failed before")
    wanted = parser.parse_args()
    plan = Plan(wanted.orders, wanted.days, wanted.factor, mutant=wanted.mutant)
    if wanted.mutants:
        ours = [name for name, one in MUTANTS.items() if one.ours]
        sys.exit(hunt(ours, wanted.seeds, plan, wanted.workers) > 0)
    jobs = [(seed, plan) for seed in wanted.seeds]
    if wanted.kept:
        jobs = [(kept.seed, kept.plan) for kept in KEPT]
    total = run(jobs, wanted.workers, wanted.database)
    if wanted.shrink:
        for one in total.failed[:3]:
            left = shrink(one, plan)
            print(f"seed {one.seed}: {len(one.faults)} faults, {len(left)} of them needed:")
            print("".join(f"  {name}\n" for name in left), end="")
    report.tell(total, plan)
    sys.exit(bool(total.failed or total.missed))


if __name__ == "__main__":
    main()
