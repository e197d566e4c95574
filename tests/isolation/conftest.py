"""The town, settled once and copied for whoever wants to change something in it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from plugin.clock import Clock
from tests.conftest import MONDAY
from tests.isolation.counting import FLOORS, LATEST, PROBES
from tests.isolation.outside import Outside
from tests.isolation.planting import settle
from tests.isolation.town import Town, runtime_in


@pytest.fixture(autouse=True)
def counted(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test that no longer tries what it tried is not a test that found nothing."""
    name = request.node.originalname
    LATEST[0], before = name, PROBES[name]
    yield
    assert PROBES[name] - before >= FLOORS.get(name, 0), "too few probes"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How many there were, where the tests ran in one process."""
    if PROBES:
        shown = sum(PROBES.values())
        hits = len(terminalreporter.stats.get("failed", ()))
        terminalreporter.write_line(f"canaries: {shown} probes, {hits} tests with a hit")


@pytest.fixture(scope="session")
def settled(tmp_path_factory: pytest.TempPathFactory, migrated_file: Path) -> Town:
    """Built once by each worker; to be looked at only."""
    folder = tmp_path_factory.mktemp("town")
    shutil.copy(migrated_file, folder / "postvendita.db")
    clock = Clock(folder / "clock")
    clock.turn_to(MONDAY)
    with Outside().around():
        return settle(runtime_in(folder, clock))


@pytest.fixture
def town(settled: Town, tmp_path: Path) -> Iterator[Town]:
    """A copy of its own for a test that changes something."""
    folder = tmp_path / "town"
    shutil.copytree(settled.runtime.settings.evidence_folder.parent, folder)
    copied = replace(settled, runtime=runtime_in(folder, Clock(folder / "clock")))
    copied.remember()
    yield copied
    copied.db.close()
