"""What a run says: a bar while it lasts, every failure with the line that plays it again, a sum."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from tests.simulation.plan import Plan
from tests.simulation.sometimes import DANGERS, ENOUGH, never_met


@dataclass(frozen=True)
class Outcome:
    """One world, as far as a run needs to know."""

    seed: int
    hash: str
    orders: int
    violations: list[str]
    seen: Counter[str]
    faults: list[str]
    seconds: float
    events: int

    @property
    def crashes(self) -> int:
        """How often a process died in the middle of something."""
        return sum(n for name, n in self.seen.items() if name.startswith("crash "))


@dataclass
class Sum:
    """All worlds of a run."""

    seen: Counter[str] = field(default_factory=Counter)
    seeds: int = 0
    orders: int = 0
    faults: int = 0
    crashes: int = 0
    seconds: float = 0.0
    failed: list[Outcome] = field(default_factory=list)

    def add(self, one: Outcome) -> None:
        """Count a world in."""
        self.seen += one.seen
        self.seeds += 1
        self.orders += one.orders
        self.faults += len(one.faults)
        self.crashes += one.crashes
        self.seconds += one.seconds
        if one.violations:
            self.failed.append(one)

    @property
    def missed(self) -> list[str]:
        """Dangers a run of this size should have met, and did not."""
        return never_met(self.seen, self.seeds)

    def last_line(self) -> str:
        """`200 seeds, 12,000 orders, 48,000 faults, 3,100 crashes: 0 violations`"""
        wrong = sum(len(one.violations) for one in self.failed)
        return (
            f"{self.seeds:,} seeds, {self.orders:,} orders, {self.faults:,} faults, "
            f"{self.crashes:,} crashes: {wrong:,} violations"
        )


def replay(one: Outcome, plan: Plan) -> str:
    """One line that lives through the same world again."""
    words = [f"--seeds {one.seed}", f"--orders {plan.orders}", f"--days {plan.days}"]
    words += [f"--factor {plan.factor:g}"] if plan.factor != 1 else []
    words += [f"--mutant {plan.mutant}"] if plan.mutant else []
    return f".venv/bin/python -m tests.simulation {' '.join(words)}"


@contextmanager
def bar(total: int) -> Iterator[object]:
    """Gives what is called after each world; silent where nobody watches."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    hidden = not console.is_terminal
    with Progress(*columns, TimeRemainingColumn(), console=console, disable=hidden) as progress:
        task = progress.add_task("worlds", total=total)
        yield lambda: progress.advance(task)


def tell(total: Sum, plan: Plan) -> None:
    """Everything, the sum last."""
    for one in total.failed:
        print(f"seed {one.seed} failed:")
        for what in one.violations:
            print(f"  {what}")
        print(f"  again: {replay(one, plan)}")
    if total.seeds >= ENOUGH or total.failed:
        for name in DANGERS:
            print(f"{total.seen[name]:>8,}  {name}")
        others = sorted(item for item in total.seen.items() if item[0] not in DANGERS)
        print("besides: " + ", ".join(_counted(others)))
    for name in total.missed:
        print(f"never met: {name}")
    print(f"{total.orders / max(total.seconds, 0.001):.1f} orders per CPU second")
    print(total.last_line())


def _counted(found: Iterable[tuple[str, int]]) -> Iterable[str]:
    return (f"{name} {count:,}" for name, count in found)
