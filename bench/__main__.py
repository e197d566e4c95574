"""Run all benchmarks, or the one that is named."""

from __future__ import annotations

import sys

from bench import (
    backfill,
    capacity,
    casework,
    effects,
    folding,
    ingress,
    large,
    memory,
    pages,
    simulate,
    size,
    sweep,
)

BENCHMARKS = {
    "sweep": sweep.run,
    "folding": folding.run,
    "simulate": simulate.run,
    "casework": casework.run,
    "pages": pages.run,
    "backfill": backfill.run,
    "capacity": capacity.run,
    "effects": effects.run,
    "large": large.run,
    "ingress": ingress.run,
    "size": size.run,
    "memory": memory.run,
}


def main() -> None:
    """`python -m bench [name]`"""
    wanted = sys.argv[1:] or list(BENCHMARKS)
    unknown = [name for name in wanted if name not in BENCHMARKS]
    if unknown:
        raise SystemExit(f"no benchmark {unknown[0]!r}; there are {', '.join(BENCHMARKS)}")
    for name in wanted:
        for line in BENCHMARKS[name]():
            print(f"{name}: {line}", flush=True)


main()
