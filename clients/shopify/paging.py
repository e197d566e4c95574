"""Connections, page by page."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from clients.errors import Retriable

Connection = Mapping[str, Any]


def page(node: Any) -> Connection:
    """A connection of an answer. Raises KeyError or TypeError for what is none."""
    place = node["pageInfo"]
    following = {"hasNextPage": bool(place["hasNextPage"]), "endCursor": place["endCursor"] or ""}
    return {"nodes": list(node["nodes"]), "pageInfo": following}


def every_node(
    service: str, first: Connection, following: Callable[[str], Connection]
) -> Iterator[Any]:
    """All nodes of a connection, asking for the next page as they are used up.

    Raises Retriable when the pages run in a circle: better no list than an endless one.
    """
    at, seen = first, set()
    while True:
        yield from at["nodes"]
        if not at["pageInfo"]["hasNextPage"]:
            return
        cursor = at["pageInfo"]["endCursor"]
        if not isinstance(cursor, str) or not cursor or cursor in seen:
            raise Retriable(service, "its pages run in a circle", code="paging")
        seen.add(cursor)
        at = following(cursor)
