"""A few figures, each with the rows behind it."""

from __future__ import annotations

from flask import Blueprint

from plugin.pages.desk import Desk


def add_to(pages: Blueprint, desk: Desk) -> None:
    """Add the pages."""

    @pages.get("/analytics")
    def analytics() -> str:
        return desk.page("analytics.html")
