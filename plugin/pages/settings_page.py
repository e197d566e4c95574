"""Settings: one page that leads to all of them."""

from __future__ import annotations

from flask import Blueprint

from plugin.pages.desk import Desk


def add_to(pages: Blueprint, desk: Desk) -> None:
    """Add the pages."""

    @pages.get("/settings")
    def settings() -> str:
        return desk.page("settings.html")
