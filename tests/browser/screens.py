"""Pictures of every page: `python -m tests.browser.screens docs/screens`.

Light and dark, wide and on a phone, in three languages.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from rich.progress import track

from tests.browser import live
from tests.browser.pages import pages

AT_THE_END = "document.querySelectorAll('.sandbox').forEach(bar => bar.style.position = 'static')"
"""In a picture of a whole page the bar would lie across its middle. (Styles of others the page's
own rules refuse.)"""
SIZES = {"1280": live.WIDE, "390": live.PHONE}


def main() -> int:
    """Take them all; gives how many."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--shades", default="light,dark")
    parser.add_argument("--languages", default=",".join(live.LANGUAGES))
    parser.add_argument("--only", default="", help="names of pages, with commas")
    parser.add_argument("--first-screen", action="store_true", help="no further than one sees")
    options = parser.parse_args()
    options.directory.mkdir(parents=True, exist_ok=True)
    only = {name for name in options.only.split(",") if name}
    with live.sandbox() as desk, live.chromium() as browser:
        shots = [s for s in _shots(desk) if not only or s[0] in only]
        shots = [s for s in shots if s[2] in options.languages and _shade(s) in options.shades]
        console = Console(stderr=True)
        for shot in track(shots, "Pictures", console=console, disable=not console.is_terminal):
            name, path, language, size, dark = shot
            page = live.page_of(browser, SIZES[size], dark=dark)
            joined = "&" if "?" in path else "?"
            page.goto(f"{desk.url}{path}{joined}lang={language}")
            file = options.directory / f"{name}-{size}-{_shade(shot)}-{language}.png"
            if not options.first_screen:
                page.evaluate(AT_THE_END)
            page.screenshot(path=str(file), full_page=not options.first_screen)
            page.context.close()
    print(f"{len(shots)} pictures in {options.directory}")
    return 0


def _shade(shot: tuple[str, str, str, str, bool]) -> str:
    return "dark" if shot[4] else "light"


def _shots(desk: live.Desk) -> Iterator[tuple[str, str, str, str, bool]]:
    for name, path in pages(desk).items():
        for language in live.LANGUAGES:
            for size in SIZES:
                for dark in (False, True):
                    yield name, path, language, size, dark


if __name__ == "__main__":
    raise SystemExit(main())
