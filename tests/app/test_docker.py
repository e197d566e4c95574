"""The image is built by the steps of `make run`; no engine is needed to compare the two."""

from __future__ import annotations

import re
from pathlib import Path

from scheduler.cli import main

ROOT = Path(__file__).parents[2]


def _installing(text: str) -> list[list[str]]:
    """What each `pip install` is told, without who calls it, how quietly, and `-e`."""
    told = (line.split("pip install", 1)[1] for line in text.splitlines() if "pip install" in line)
    quiet = {"--quiet", "$(PIP_OPTIONS)", "-e"}
    return [[word for word in line.split() if word not in quiet] for line in told]


def _rule(name: str) -> str:
    makefile = (ROOT / "Makefile").read_text().replace("python -m pip", "pip")
    return re.findall(rf"^{re.escape(name)}:.*\n((?:\t.*\n)+)", makefile, re.MULTILINE)[0]


def test_the_image_installs_what_make_run_installs() -> None:
    text = (ROOT / "Dockerfile").read_text()
    told = re.findall(r"^ARG LOCK=(\S+)$", text, re.MULTILINE)
    image = _installing(text.replace("&& /venv/bin/pip", "\npip").replace("$LOCK", told[0]))
    assert image == _installing(_rule(".stamps/run"))


def test_what_the_image_copies_is_there_and_is_the_whole_app() -> None:
    copied = [
        word
        for line in (ROOT / "Dockerfile").read_text().splitlines()
        if line.startswith("COPY") and "--from" not in line
        for word in line.split()[1:-1]
    ]
    assert all((ROOT / name).exists() for name in copied)
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests", "bench"}
    assert packages <= set(copied)


def test_the_image_starts_as_the_manual_says() -> None:
    assert "postvendita db upgrade && exec postvendita serve" in (ROOT / "Dockerfile").read_text()
    unit = (ROOT / "docs/deploy/postvendita.service").read_text()
    assert "postvendita db upgrade" in unit
    assert "postvendita serve" in unit


def test_the_large_compose_file_calls_commands_there_are_and_a_lock_with_celery() -> None:
    text = (ROOT / "docs/deploy/compose.large.yaml").read_text()
    called = re.findall(r"command: \[postvendita, (\w+)", text)
    assert called == ["db", "web", "worker"]
    assert set(called) <= set(main.commands)
    for mounted in re.findall(r"- \./(\S+):/docker-entrypoint-initdb", text):
        assert (ROOT / "docs/deploy" / mounted).is_file()
    (lock,) = re.findall(r"LOCK: (\S+)}", text)
    assert {"celery==", "psycopg=="} <= set(re.findall(r"\w+==", (ROOT / lock).read_text()))
