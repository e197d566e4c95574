"""What a power cut may take from files: everything written since the last flush, in any order.

Which of it was flushed is read off the files themselves, by the formats their databases document.

SQLite's rollback journal: its header counts 0 records until its records have been flushed, so with
a 0 there any of it may be missing, and the database has not been touched. With a count, every page
it holds the old content of may have been written or not, wholly or by half.

PostgreSQL's log: behind the place up to which it said that it had flushed anything may be missing.
"""

from __future__ import annotations

import random
import struct
from pathlib import Path

import sqlalchemy as sa

from plugin.store.database import Database

MAGIC = bytes.fromhex("d9d505f920a163d7")
HEADER = struct.Struct(">8sIIIII")
"""Magic, records, nonce, pages of the database before, sector size, page size."""
SEGMENT = 16 * 1024 * 1024
SEGMENTS_A_FILE_NAME = 0x1_0000_0000 // SEGMENT


def tear(database: Path, dice: random.Random) -> bool:
    """Damage what was not flushed of a SQLite database; True when a transaction was under way."""
    journal = database.with_name(database.name + "-journal")
    if not journal.exists() or journal.stat().st_size < HEADER.size:
        return False
    written = journal.read_bytes()
    magic, records, _nonce, _pages, sector, page = HEADER.unpack_from(written)
    if magic != MAGIC or records == 0:
        with journal.open("r+b") as file:
            file.truncate(dice.randint(0, len(written)))
        return True
    with database.open("r+b") as file:
        for nth in range(records):
            at = sector + nth * (page + 8)
            number = int.from_bytes(written[at : at + 4], "big")
            old = written[at + 4 : at + 4 + page]
            if len(old) < page:
                break
            file.seek((number - 1) * page)
            new = file.read(page)
            half = dice.choice((0, page // 2, page))
            file.seek((number - 1) * page)
            file.write(new[:half] + old[half:])
    return True


def flushed_to(db: Database) -> str:
    """The place in PostgreSQL's log up to which all is flushed, as it says: `0/1A2B3C4`."""
    with db.read() as tx:
        return str(tx.execute(sa.text("SELECT pg_current_wal_flush_lsn()")).scalar_one())


def lose_log(folder: Path, flushed: str, dice: random.Random) -> bool:
    """Lose a part of what was logged behind that place; True when anything was there."""
    high, low = (int(part, 16) for part in flushed.split("/"))
    at = (high << 32) + low
    number, offset = divmod(at, SEGMENT)
    name = f"00000001{number // SEGMENTS_A_FILE_NAME:08X}{number % SEGMENTS_A_FILE_NAME:08X}"
    segment = folder / "pg_wal" / name
    if not segment.exists():
        return False
    rest = segment.read_bytes()[offset:]
    behind = len(rest.rstrip(b"\0"))
    if behind == 0:
        return False
    left = dice.randint(0, behind)
    with segment.open("r+b") as file:
        file.seek(offset + left)
        file.write(b"\0" * (len(rest) - left))
    return True
