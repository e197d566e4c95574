"""Bulk operations as the storefront runs them: begun, worked on, done, and a file to fetch.

An operation goes on in small steps, whenever somebody looks at it and, in a world that was
started, in a thread of its own. What it has written is kept with how far it has come, so that a
world that dies goes on with it.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from plugin.sandbox import moments
from plugin.sandbox.accounts import demand
from plugin.sandbox.bulk_query import BadQuestion, Question, objects, question
from plugin.sandbox.execute import Call, Graph
from plugin.sandbox.faults import FaultKind
from plugin.sandbox.graph_money import Node, gid
from plugin.sandbox.graph_orders import order_node
from plugin.sandbox.ground import Ground
from plugin.sandbox.searching import matches
from plugin.sandbox.store import Row
from plugin.sandbox.window import shows

STEP = 100
"""Orders written at a time."""
KEPT = timedelta(days=7)
UNDER_WAY = ("CREATED", "RUNNING", "CANCELING")
FAULT = "bulk"
"""The operation a misfortune is ordered for that befalls the work itself."""
CODES = ("ACCESS_DENIED", "INTERNAL_SERVER_ERROR", "TIMEOUT")
REST_SECONDS = 0.05


class Busy(Exception):
    """As many are running as the shop allows."""


class BulkWork:
    """The bulk operations of one world."""

    def __init__(self, ground: Ground, graph: Graph) -> None:
        self._ground, self._graph = ground, graph
        self._lock = threading.Lock()

    def begin(self, text: str, *, grouped: bool) -> Row:
        """Begin one. Raises BadQuestion for what is not run in bulk, and Busy."""
        question(self._graph.schema, text)
        with self._lock, self._ground.ledger.writing():
            if len(self._running()) >= self._ground.settings.bulk_at_once:
                raise Busy
            number = self._ground.number("bulk")
            self._ground.ledger.add(
                "bulk_operations",
                id=number,
                state="CREATED",
                created_at=moments.text(self._ground.now()),
                query=text,
                grouped=grouped,
                roots=0,
                objects=0,
                last_id=0,
                size=0,
                completed_at=None,
                error=None,
                mark=format(self._ground.dice.below(2**60, "bulk", number), "x"),
            )
        return self._row(number) or {}

    def cancel(self, number: int) -> Row | None:
        """One that is under way ends soon; any other stays as it is."""
        row = self._row(number)
        if row is not None and row["state"] in UNDER_WAY:
            self._ground.ledger.amend("bulk_operations", number, state="CANCELING")
        return self._row(number)

    def find(self, number: int) -> Row | None:
        """One, after a step of work."""
        self.step()
        return self._row(number)

    def every(self) -> list[Row]:
        """All, the newest first."""
        self.step()
        return self._ground.ledger.rows("SELECT * FROM bulk_operations ORDER BY id DESC")

    def file_of(self, number: int, mark: str) -> Path | None:
        """The file behind an address, while it is good."""
        row = self._row(number)
        if row is None or row["mark"] != mark or self._expired(row):
            return None
        return self._path(row)

    def node(self, row: Row, base: str) -> Node:
        """A BulkOperation; `base` is the address at which the storefront was reached."""
        state = "EXPIRED" if row["state"] == "COMPLETED" and self._expired(row) else row["state"]
        address = f"{base}/bulk/{row['id']}/{row['mark']}.jsonl" if row["size"] else None
        return {
            "__typename": "BulkOperation",
            "id": gid("BulkOperation", row["id"]),
            "status": state,
            "errorCode": row["error"],
            "createdAt": row["created_at"],
            "completedAt": row["completed_at"],
            "objectCount": str(row["objects"]),
            "rootObjectCount": str(row["roots"]),
            "fileSize": str(row["size"]) if state == "COMPLETED" else None,
            "query": row["query"],
            "type": "QUERY",
            "url": address if state == "COMPLETED" else None,
            "partialDataUrl": address if state == "FAILED" else None,
        }

    def run(self) -> None:
        """Work until the world ends."""
        while not self._ground.closing.wait(REST_SECONDS):
            self.step()

    def step(self) -> None:
        """Some orders of each operation that is under way."""
        with self._lock:
            for row in self._running():
                self._work_on(row)

    def _work_on(self, row: Row) -> None:
        if row["state"] == "CANCELING":
            self._end(row, "CANCELED")
            return
        if row["state"] == "CREATED":
            self._ground.ledger.amend("bulk_operations", row["id"], state="RUNNING")
            return
        asked = question(self._graph.schema, row["query"])
        found = [one for one in self._next(row) if self._wanted(one, asked)]
        reached = self._write(row, asked, found)
        fault = self._ground.faults.take(FAULT)
        if fault is not None and fault.kind is FaultKind.REFUSE:
            self._end(row, "FAILED", fault.message if fault.message in CODES else CODES[1])
        elif not reached:
            self._end(row, "COMPLETED")

    def _next(self, row: Row) -> list[Row]:
        sql = "SELECT * FROM orders WHERE id > ? AND created_at <= ? ORDER BY id LIMIT ?"
        return self._ground.ledger.rows(sql, row["last_id"], row["created_at"], STEP)

    def _wanted(self, order: Row, asked: Question) -> bool:
        return shows(self._ground, order) and matches(order, asked.search)

    def _write(self, row: Row, asked: Question, found: list[Row]) -> bool:
        """Write some orders behind the others. False: there were none left."""
        passed = self._next(row)
        lines = [list(objects(self._answer(asked, one["id"]))) for one in found]
        path = self._path(row)
        with path.open("ab") as out:
            out.truncate(row["size"])
            out.seek(0, 2)
            for each in _laid_out(lines, grouped=row["grouped"]):
                out.write(json.dumps(each, ensure_ascii=False).encode() + b"\n")
            size = out.tell()
        self._ground.ledger.amend(
            "bulk_operations",
            row["id"],
            roots=row["roots"] + len(found),
            objects=row["objects"] + sum(map(len, lines)),
            size=size,
            last_id=passed[-1]["id"] if passed else row["last_id"],
        )
        return bool(passed)

    def _answer(self, asked: Question, order_id: int) -> Row:
        call = Call(asked.document, {}, None, 0)
        shown = order_node(demand(self._ground.ledger, order_id))
        data = self._graph.execute(call, {"order": shown})
        if data.get("errors"):
            raise BadQuestion(str(data["errors"]))
        found: Row = data["data"]["order"]
        return found

    def _end(self, row: Row, state: str, error: str | None = None) -> None:
        now = moments.text(self._ground.now())
        done = {"state": state, "error": error, "completed_at": now}
        self._ground.ledger.amend("bulk_operations", row["id"], **done)

    def _expired(self, row: Row) -> bool:
        ended = row["completed_at"]
        return bool(ended) and self._ground.now() > moments.moment(ended) + KEPT

    def _running(self) -> list[Row]:
        marks = ", ".join("?" * len(UNDER_WAY))
        sql = f"SELECT * FROM bulk_operations WHERE state IN ({marks}) ORDER BY id"  # noqa: S608 - ours
        return self._ground.ledger.rows(sql, *UNDER_WAY)

    def _row(self, number: int) -> Row | None:
        return self._ground.ledger.row("SELECT * FROM bulk_operations WHERE id = ?", number)

    def _path(self, row: Row) -> Path:
        return self._ground.settings.directory / f"bulk-{row['id']}.jsonl"


def _laid_out(groups: list[list[Row]], *, grouped: bool) -> Iterator[Row]:
    """Each order with its parts right below it; or, not grouped, the parts somewhere below."""
    if grouped:
        yield from (each for group in groups for each in group)
    else:
        yield from (group[0] for group in groups)
        yield from (each for group in groups for each in group[1:])
