"""What a backup holds: rows, checksums, the version of the tables, where every chain stood."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from plugin.store import chain, shops, tables

NAME = "manifest.json"
DATABASE = "database"
EVIDENCE = "evidence/"


@dataclass(frozen=True)
class Manifest:
    """The list a backup is checked by."""

    made_at: str
    kind: str
    """`sqlite` or `postgresql`."""
    schema: str
    """The version of the tables."""
    rows: Mapping[str, int]
    heads: Mapping[str, Sequence[Any]]
    """Number and hash of the last link of each shop's chain."""
    files: Mapping[str, str]
    """SHA-256 of every file in the backup, by its name."""
    missing: Sequence[str]
    """Evidence that has a row and no file: it was missing before."""

    @property
    def moment(self) -> datetime:
        """When it was made."""
        return datetime.fromisoformat(self.made_at)


def written(manifest: Manifest) -> bytes:
    """As the backup holds it."""
    return json.dumps(asdict(manifest), indent=1, sort_keys=True).encode()


def read(content: bytes) -> Manifest:
    """Raises ValueError for anything else."""
    try:
        return Manifest(**json.loads(content))
    except (TypeError, ValueError) as error:
        raise ValueError("its list cannot be read") from error


def rows_of(tx: Connection) -> dict[str, int]:
    """How many rows each table has."""
    return {
        table.name: int(tx.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())
        for table in tables.metadata.sorted_tables
    }


def heads_of(tx: Connection) -> dict[str, list[Any]]:
    """Where each shop's chain stands."""
    return {shop.shop: list(chain.head(tx, shop.shop)) for shop in shops.everyone(tx)}
