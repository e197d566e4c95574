"""A demo shop of 100,000 cases made ten times as large: its rows once more under other numbers.

    python -m bench.growing sqlite:////tmp/shop.db 10

All that lists, sums and counts are made of is copied: cases, orders, customers, what is planned and
done, money, words. Timelines and their chain stay those of the first (at 30 entries an order they
would fill the disk with what no list reads), so a copied case can be listed and not be opened.
SQLite only.
"""

from __future__ import annotations

import re
import sys
from functools import partial

from rich.progress import track

from plugin.store import tables
from plugin.store.sqlite import sqlite3
from scheduler.demo_data import SHOP

COPIED = (
    *("customers", "orders", "purchases", "cases", "outbox", "refund_units", "ledger"),
    *("recoveries", "reports", "case_words"),
)
STEP = 10_000_000
"""Between the numbers of an order and of its copy."""
SUMMED = "tallies"
UUID = re.compile(r"\b[0-9a-f]{8}(?=-[0-9a-f]{4}-[0-9a-f]{4}-)")


def main() -> None:
    """`python -m bench.growing URL TIMES`"""
    path, times = sys.argv[1].removeprefix("sqlite:///"), int(sys.argv[2])
    db = sqlite3.connect(path)
    db.execute("PRAGMA journal_mode=OFF")  # a file nobody would miss
    db.execute("PRAGMA synchronous=OFF")
    db.execute("PRAGMA cache_size=-1000000")
    (outbox_step,) = db.execute("SELECT max(id) FROM outbox").fetchone()
    (last,) = db.execute("SELECT max(order_id) FROM orders WHERE shop=?", [SHOP]).fetchone()
    indexes = _take_off_indexes(db)
    for n in track(range(1, times), "Copying"):
        db.create_function("moved", 1, partial(_moved, n), deterministic=True)
        for name in COPIED:
            db.execute(_copying(name, n, outbox_step), [SHOP, last] if _ordered(name) else [SHOP])
        db.commit()
    for index in track(indexes, "Sorting"):
        db.execute(index)
    db.execute("UPDATE tallies SET amount = amount * ? WHERE shop = ?", [times, SHOP])
    db.commit()
    db.execute("ANALYZE")
    db.close()


def _take_off_indexes(db: sqlite3.Connection) -> list[str]:
    """What a copy would be sorted into row by row; made again at the end, in one go each."""
    query = "SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
    found = [(name, sql) for name, table, sql in db.execute(query) if table in COPIED]
    for name, _ in found:
        db.execute(f"DROP INDEX {name}")
    return [sql for _, sql in found]


def _ordered(name: str) -> bool:
    return "order_id" in tables.metadata.tables[name].c


def _moved(n: int, text: str | None) -> str | None:
    """Every id in a text, another one."""
    if text is None or "-" not in text:
        return text
    return UUID.sub(lambda found: f"{(int(found[0], 16) + n * 0x0FEDCBA9) % 2**32:08x}", text)


def _copying(name: str, n: int, outbox_step: int) -> str:
    table = tables.metadata.tables[name]
    moved = {
        "order_id": f"order_id + {n * STEP}",
        "outbox_id": f"outbox_id + {n * outbox_step}",
        "purchase_id": f"purchase_id || '-{n}'" if name == "purchases" else "purchase_id",
        **{column: f"moved({column})" for column in ("case_id", "key", "mark", "next_step")},
        **({"body": "moved(body)", "id": f"id + {n * outbox_step}"} if name == "outbox" else {}),
    }
    names = [c.name for c in table.c if (name, c.name) != ("ledger", "id")]
    values = [moved.get(column, f'"{column}"') for column in names]
    said = ", ".join(f'"{column}"' for column in names)
    where = "shop = ?" + (" AND order_id <= ?" if _ordered(name) else FIRST_WORDS)
    return f"INSERT INTO {name} ({said}) SELECT {', '.join(values)} FROM {name} WHERE {where}"  # noqa: S608 - our own names


FIRST_WORDS = " AND case_id IN (SELECT case_id FROM cases WHERE order_id < 5010000000)"


if __name__ == "__main__":
    main()
