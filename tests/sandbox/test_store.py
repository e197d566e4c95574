"""The ledger: all or nothing, and still there after a kill."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from plugin.sandbox.store import Ledger

SCRIPT = """
import os, signal, sys
from pathlib import Path
from plugin.sandbox.store import Ledger
ledger = Ledger(Path(sys.argv[1]))
ledger.write("first", done=True)
with ledger.writing():
    ledger.write("second", done=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_was_committed_before_a_kill_is_there_and_nothing_else(tmp_path: Path) -> None:
    file = tmp_path / "world.sqlite3"
    killed = subprocess.run([sys.executable, "-c", SCRIPT, str(file)], check=False)
    assert killed.returncode == -signal.SIGKILL
    ledger = Ledger(file)
    assert ledger.note("first")["done"]
    assert not ledger.note("second")
    ledger.close()


def test_an_error_undoes_all_of_it(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "world.sqlite3")

    def fail() -> None:
        with ledger.writing():
            ledger.write("half", done=True)
            with ledger.writing():
                ledger.count("something")
            raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError):
        fail()
    assert not ledger.note("half")
    assert ledger.count("something") == 1
    ledger.close()


def test_rows_come_back_flat(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "world.sqlite3")
    ledger.add("urges", reference="40", at="now", via="mail", more=[1, {"é": "中"}])
    ledger.amend("urges", 1, via="phone")
    assert ledger.rows("SELECT * FROM urges") == [
        {"id": 1, "reference": "40", "at": "now", "via": "phone", "more": [1, {"é": "中"}]}
    ]
    with pytest.raises(LookupError):
        ledger.amend("urges", 2, via="pigeon")
    ledger.close()
