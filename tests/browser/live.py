"""A real browser before a real sandbox: what the tests and the screenshots share."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
LEFT_OUT = not CHROMIUM and not os.environ.get("CI")
"""Where changes are checked for everybody, a missing browser is a failure."""
IN_A_BROWSER = pytest.mark.skipif(LEFT_OUT, reason="no Chromium on this machine")
SWITCHES = ["--no-sandbox", "--disable-background-networking", "--disable-dev-shm-usage"]
START_SECONDS = 300.0
PAUSE = 0.2
pause = threading.Event().wait
LANGUAGES = ("en", "it", "zh")
WIDE, PHONE, NARROW = (1280, 900), (390, 844), (320, 700)


@dataclass(frozen=True)
class Desk:
    """A running sandbox, with a store that has been lived in for a month."""

    url: str
    directory: Path

    def cases(self, **query: str) -> list[str]:
        """The paths of the cases a list shows."""
        page = requests.get(f"{self.url}/cases", params=query, timeout=10).text
        return list(dict.fromkeys(re.findall(r'href="(/cases/[0-9a-f-]{36})"', page)))

    def case_with(self, *words: str) -> str:
        """The first case whose page says all of this."""
        for case in self.cases():
            page = requests.get(self.url + case, timeout=10).text
            if all(word in page for word in words):
                return case
        raise AssertionError(f"no case says {words}")

    def turn(self, hours: int) -> None:
        """Turn the sandbox's clock, and wait until it has come round."""
        control = f"{self.url}/sandbox/control"
        requests.post(f"{control}/turn", json={"hours": hours}, timeout=10).raise_for_status()
        for _ in range(int(START_SECONDS / PAUSE)):
            if not requests.get(f"{control}/turning", timeout=10).json()["running"]:
                return
            pause(PAUSE)
        raise RuntimeError("the clock does not come to rest")

    def order_of(self, case: str) -> str:
        """The path of a case's order."""
        page = requests.get(self.url + case, timeout=10).text
        found = re.search(r'href="(/orders/\d+)"', page)
        assert found is not None, case
        return found[1]

    def customer_page(self, order: str) -> str:
        """The path of the customer's page of an order."""
        page = requests.get(self.url + order, timeout=10).text
        found = re.search(r"(/report/[\w.~-]+)", page)
        assert found is not None, order
        return found[1]


@contextmanager
def sandbox() -> Iterator[Desk]:
    """`postvendita sandbox` in a process of its own, until it is no longer needed."""
    directory = Path(tempfile.mkdtemp(prefix="browser-"))
    port = free_port()
    command = [sys.executable, "-m", "scheduler", "sandbox", "--port", str(port)]
    command += ["--directory", str(directory)]
    with (directory / "log.txt").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env={**os.environ})
        try:
            _wait_for(directory / "log.txt", process)
            yield Desk(f"http://127.0.0.1:{port}", directory)
        finally:
            process.terminate()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:  # a browser still holds a connection open
                process.kill()
                process.wait(20)
            shutil.rmtree(directory, ignore_errors=True)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, driven."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        yield browser
        browser.close()


def page_of(
    browser: Browser, size: tuple[int, int] = WIDE, *, dark: bool = False, script: bool = True
) -> Page:
    """A fresh window, with nothing remembered."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme="dark" if dark else "light",
        java_script_enabled=script,
        reduced_motion="reduce",
        locale="en-GB",
    )
    context.set_default_timeout(30_000)
    return context.new_page()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(log: Path, process: subprocess.Popen[bytes]) -> None:
    """Until it says where it is; the history has been lived through by then."""
    for _ in range(int(START_SECONDS / PAUSE)):
        if b"http://" in log.read_bytes():
            return
        if process.poll() is not None:
            break
        pause(PAUSE)
    raise RuntimeError(f"the sandbox did not start: {log.read_text('utf-8')[-2000:]}")
