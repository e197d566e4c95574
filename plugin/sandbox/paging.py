"""Pages of a list, as GraphQL connections hand them out."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any

from graphql import GraphQLError

Item = dict[str, Any]
MOST = 250


def connection(items: Sequence[Item], args: Mapping[str, Any]) -> Item:
    """The page that `first`, `after`, `last`, `before` and `reverse` ask for.

    Raises GraphQLError without `first` or `last`, and for pages of more than 250.
    """
    ordered = list(reversed(items)) if args.get("reverse") else list(items)
    marked = [(cursor(item, place), item) for place, item in enumerate(ordered)]
    marked = _between(marked, args.get("after"), args.get("before"))
    chosen = _cut(marked, args)
    return {
        "nodes": [item for _, item in chosen],
        "edges": [{"cursor": mark, "node": item} for mark, item in chosen],
        "pageInfo": {
            "hasNextPage": bool(chosen) and chosen[-1] != marked[-1],
            "hasPreviousPage": bool(chosen) and (bool(args.get("after")) or chosen[0] != marked[0]),
            "startCursor": chosen[0][0] if chosen else None,
            "endCursor": chosen[-1][0] if chosen else None,
        },
    }


def cursor(item: Item, place: int) -> str:
    """A mark for an item: its `_cursor` when it has one, else its id, else its place."""
    value = item.get("_cursor") or item.get("id") or str(place)
    return base64.urlsafe_b64encode(str(value).encode()).decode()


def opened(mark: str) -> str:
    """What a cursor holds. Raises GraphQLError for what is no cursor."""
    try:
        return base64.urlsafe_b64decode(mark.encode()).decode()
    except ValueError as error:
        raise GraphQLError("Invalid cursor for current pagination sort.") from error


def size(args: Mapping[str, Any]) -> int:
    """How many are asked for. Raises GraphQLError like `connection`."""
    asked = args.get("first") if args.get("first") is not None else args.get("last")
    if asked is None:
        raise GraphQLError("you must provide one of first or last")
    if not 0 <= asked <= MOST:
        raise GraphQLError(f"page size must be from 0 to {MOST}")
    return int(asked)


def _between(
    marked: list[tuple[str, Item]], after: str | None, before: str | None
) -> list[tuple[str, Item]]:
    marks = [mark for mark, _ in marked]
    start = marks.index(after) + 1 if after in marks else 0
    end = marks.index(before) if before in marks else len(marks)
    return marked[start:end]


def _cut(marked: list[tuple[str, Item]], args: Mapping[str, Any]) -> list[tuple[str, Item]]:
    asked = size(args)
    if args.get("first") is not None:
        return marked[:asked]
    return marked[-asked:] if asked else []
