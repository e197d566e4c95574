"""The storefront's door to its bulk operations: two mutations, two queries, and the files."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, abort, request, send_file

from plugin.sandbox.answers import Truncated
from plugin.sandbox.bulk import BulkWork, Busy
from plugin.sandbox.bulk_query import BadQuestion
from plugin.sandbox.faults import FaultKind
from plugin.sandbox.graph_money import Node, parse_gid
from plugin.sandbox.ground import Ground
from plugin.sandbox.store import Row

FILE = "bulk_file"
"""The operation a misfortune is ordered for that befalls the fetching of a file."""


class BulkDoor:
    """Resolvers by the name of the root field, and one route."""

    def __init__(self, ground: Ground, work: BulkWork) -> None:
        self._ground, self._work = ground, work

    def root(self) -> dict[str, Callable[..., Any]]:
        """The resolvers."""
        return {
            "bulkOperationRunQuery": self._run,
            "bulkOperationCancel": self._cancel,
            "bulkOperation": self._one,
            "bulkOperations": self._every,
        }

    def add_to(self, blueprint: Blueprint) -> None:
        """The files, at the storefront's own address."""
        blueprint.add_url_rule(
            "/shopify/<shop>/bulk/<int:number>/<mark>.jsonl", view_func=self.file, methods=["GET"]
        )

    def file(self, shop: str, number: int, mark: str) -> Response:
        """A file, or the part of it that is asked for."""
        found = self._work.file_of(number, mark) if shop == self._ground.settings.shop else None
        if found is None:
            abort(403)
        fault = self._ground.faults.take(FILE)
        if fault is not None and fault.kind is FaultKind.ERROR_500_BEFORE:
            abort(500)
        answer = send_file(found, mimetype="application/jsonl", conditional=True, etag=False)
        if fault is not None and fault.kind is FaultKind.TRUNCATED:
            answer.direct_passthrough = False
            return Truncated(answer.get_data())
        return answer

    def _run(self, info: object, query: str, groupObjects: bool = False) -> Node:
        try:
            row = self._work.begin(query, grouped=groupObjects)
        except BadQuestion as bad:
            return _refused(str(bad), "INVALID")
        except Busy:
            return _refused("A bulk query operation is already in progress.", self._busy())
        return {"bulkOperation": _node(self._work, row), "userErrors": []}

    def _busy(self) -> str:
        only_one = self._ground.settings.bulk_at_once == 1
        return "OPERATION_IN_PROGRESS" if only_one else "LIMIT_REACHED"

    def _cancel(self, info: object, id: str) -> Node:
        row = self._work.cancel(parse_gid(id, "BulkOperation"))
        if row is None:
            return _refused("Bulk operation does not exist.", None)
        return {"bulkOperation": _node(self._work, row), "userErrors": []}

    def _one(self, info: object, id: str) -> Node | None:
        row = self._work.find(parse_gid(id, "BulkOperation"))
        return None if row is None else _node(self._work, row)

    def _every(self, info: object, **_page: Any) -> list[Node]:
        return [_node(self._work, row) for row in self._work.every()]


def _node(work: BulkWork, row: Row) -> Node:
    """Its file lies where this call reached the storefront."""
    return work.node(row, request.base_url.partition("/admin/")[0])


def _refused(message: str, code: str | None) -> Node:
    return {
        "bulkOperation": None,
        "userErrors": [{"field": None, "message": message, "code": code}],
    }
