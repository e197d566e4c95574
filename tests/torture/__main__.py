"""Torture the app and say what was met: `python -m tests.torture --kills 1000 --only worker`.

Exits with 1 when anything was paid or bought twice, or lost, or when a kind of blow fell into the
dangerous window too seldom to prove anything.
"""

from __future__ import annotations

import argparse
import sys
from time import monotonic

from rich.console import Console
from rich.progress import Progress

from tests.torture.kinds import KINDS, in_a_town


def main() -> None:
    """Run one kind or all, and print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=50, help="of all kinds together")
    parser.add_argument("--only", default="", choices=["", *KINDS], metavar="KIND")
    parser.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args()
    good = True
    with Progress(console=Console(stderr=True)) as bar:
        for name, kind in KINDS.items():
            if wanted.only not in {"", name}:
                continue
            count = wanted.kills if wanted.only else kind.of(wanted.kills)
            task, began = bar.add_task(name, total=count), monotonic()
            tally = in_a_town(kind, count, wanted.seed, lambda task=task: bar.advance(task))
            tally.notes.append(f"{monotonic() - began:.0f} s")
            print(tally.line(), flush=True)
            print("\n".join(tally.details()), flush=True)
            good &= tally.good
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
