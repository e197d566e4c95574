"""The first page: what needs somebody, and how the app is."""

from __future__ import annotations

from flask import Blueprint

from plugin.pages.desk import Desk


def add_to(pages: Blueprint, desk: Desk) -> None:
    """Add the pages."""

    @pages.get("/")
    def home() -> str:
        return desk.page("home.html")
