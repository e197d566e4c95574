"""The GraphQL documents, one file per operation, each read once."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def text(name: str) -> str:
    """The document `name.graphql`."""
    return (files(__name__) / f"{name}.graphql").read_text(encoding="utf-8")


def every() -> dict[str, str]:
    """All documents by name."""
    found = sorted(entry.name for entry in files(__name__).iterdir())
    names = [name.removesuffix(".graphql") for name in found if name.endswith(".graphql")]
    return {name: text(name) for name in names}
