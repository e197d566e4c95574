"""The SQLite everything here works with: a newer one than Python brings, where it is installed.

Python often links a version that is not safe with a write-ahead log (`docs/decisions/0007`).
Whoever opens a database of the app takes the library from here: two copies of SQLite in one process
do not see each other's locks on a file, and a file that both have open can be damaged.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3  # noqa: TID251 - the newer one has all that this has
else:
    try:
        from pysqlite3 import dbapi2 as sqlite3
    except ImportError:  # there is none for this kind of machine
        import sqlite3  # noqa: TID251 - the place that says which

__all__ = ["sqlite3"]
