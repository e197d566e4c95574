"""How many webhooks a second, against others in the same run, and who waits while somebody is slow.

16 connections that stay open, 9.8 kB each, signed, every id new, and nothing thanked for before it
is on the disk: SQLite with `synchronous=FULL`, Redis with `appendfsync always`. A round presses a
peer and ours one after the other, so that both meet the same machine; the ratio is the median of
the rounds'.
`BENCH_ROUNDS=5`, `BENCH_SECONDS=3`; `BENCH_PEERS=express+better-sqlite3` for one.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from bench.load import Letters, Sender
from bench.served import PEERS, SECRET, Missing, Served, free_port, ours, pause

CONNECTIONS, SLOW, SILENT = 16, 12, 64
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "5"))
SECONDS = float(os.environ.get("BENCH_SECONDS", "3"))
WARM_SECONDS = 1.0
OTHERS = 200
"""Webhooks of another shop, while one floods."""
Told = dict[str, float]


def run() -> Iterator[str]:
    """One line for each peer, then for who waits for whom."""
    wanted = os.environ.get("BENCH_PEERS")
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        us = ours()(Path(folder), free_port(), stack)
        _press(us, WARM_SECONDS)
        for name in wanted.split(",") if wanted else PEERS:
            yield from _against(us, name, Path(folder))
        yield from _while_others_are_slow(us, Path(folder))
        yield from _flushes(us, Path(folder))
        yield from _beside_a_worker(Path(folder))


def _against(us: Served, name: str, folder: Path) -> Iterator[str]:
    with ExitStack() as stack:
        try:
            peer = PEERS[name](folder, free_port(), stack)
        except Missing as why:
            yield f"against {name}: missing, {why}"
            return
        _press(peer, WARM_SECONDS)
        mine, theirs = [], []
        for turn in range(ROUNDS):
            for one, told in sorted(((us, mine), (peer, theirs)), key=lambda _: turn % 2):
                told.append(_press(one, SECONDS))
        ratio = median(a["per_second"] / b["per_second"] for a, b in zip(mine, theirs, strict=True))
        yield f"against {name}: {ratio:.2f}x (ours {_shown(mine)}; theirs {_shown(theirs)})"


def _press(served: Served, seconds: float) -> Told:
    before = served.cpu_seconds()
    told: Told = json.loads(_loading(served, seconds, CONNECTIONS).communicate()[0])
    told["cpu_ms"] = (served.cpu_seconds() - before) * 1e3 / told["count"]
    return told


def _loading(served: Served, seconds: float, connections: int, shop: str = "") -> Process:
    asked = {"port": served.port, "secret": SECRET, "seconds": seconds, "shop": shop}
    options = [f"--{name}={value}" for name, value in asked.items()]
    command = [sys.executable, "-m", "bench.load", *options, f"--connections={connections}"]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


Process = subprocess.Popen[str]


def _shown(rounds: list[Told]) -> str:
    def middle(name: str) -> float:
        return median(told[name] for told in rounds)

    refused = sum(told["refused"] for told in rounds)
    return (
        f"{middle('per_second'):,.0f}/s, p50 {middle('p50_ms'):.1f} ms, p99 {middle('p99_ms'):.1f} "
        f"ms, {middle('cpu_ms'):.2f} ms of CPU each, least served {middle('least_of_most'):.0%} of "
        f"most" + (f", {refused:.0f} not thanked" if refused else "")
    )


def _while_others_are_slow(us: Served, folder: Path) -> Iterator[str]:
    """12 slow uploads, 64 connections that say nothing, one shop that floods; and another shop."""
    with ExitStack() as stack:
        for _ in range(SILENT):
            stack.enter_context(socket.create_connection(("127.0.0.1", us.port)))
        slow = [stack.enter_context(_slow(us.port, n)) for n in range(SLOW)]
        flood = _loading(us, SECONDS * 2, CONNECTIONS, "flood.myshopify.com")
        pause(1.0)
        other = Sender(us.port, Letters("/webhooks/shopify", SECRET, "other.myshopify.com"))
        taken = []
        for n in range(OTHERS):
            other.send()
            while (answer := other.answered()) is None:
                pass
            taken.append(answer[1] * 1e3)
            slow[n % SLOW].sendall(b"x" * 100)
            if flood.poll() is not None:
                break
            pause(0.02)
        flooded = json.loads(flood.communicate()[0])
        taken.sort()
        yield (
            f"{SLOW} slow uploads, {SILENT} silent connections, one shop at "
            f"{flooded['per_second']:,.0f}/s: another shop's webhook in {median(taken):.1f} ms, "
            f"p99 {taken[int(len(taken) * 0.99) - 1]:.1f} ms, worst {taken[-1]:.1f} ms"
        )


def _slow(port: int, number: int) -> socket.socket:
    """An upload of 1 MB that has just begun: to the door, or to a customer's page."""
    path = "/webhooks/shopify" if number % 2 else "/report/somebody"
    upload = socket.create_connection(("127.0.0.1", port))
    upload.sendall(f"POST {path} HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n".encode())
    return upload


def _flushes(us: Served, folder: Path) -> Iterator[str]:
    """How often the disk is flushed, where it can be watched."""
    strace = shutil.which("strace")
    if strace is None:
        yield "flushes: cannot be counted without strace"
        return
    seen = folder / "flushes"
    command = (strace, "-f", "-qq", "-e", "trace=fsync,fdatasync", "-o", str(seen))
    watching = subprocess.Popen([*command, "-p", str(us.pid)], stderr=subprocess.DEVNULL)
    pause(1.0)
    if watching.poll() is not None:
        yield "flushes: cannot be counted, this process may not watch another"
        return
    told = _press(us, SECONDS)
    watching.terminate()
    watching.wait()
    begun = sum("sync(" in line for line in seen.read_text().splitlines())
    each = begun / told["count"] * 1e3
    yield f"{each:.0f} flushes per 1,000 webhooks at {CONNECTIONS} connections"


def _beside_a_worker(folder: Path) -> Iterator[str]:
    """The whole app in one process: the worker handles what comes while it comes."""
    (folder / "whole").mkdir()
    with ExitStack() as stack:
        whole = ours("serve")(folder / "whole", free_port(), stack)
        _press(whole, WARM_SECONDS)
        rounds = [_press(whole, SECONDS) for _ in range(ROUNDS)]
        yield f"with the worker in the same process: {_shown(rounds)}"
