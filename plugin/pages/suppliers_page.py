"""Suppliers, each with the shop's own record of it."""

from __future__ import annotations

from flask import Blueprint

from plugin.pages.desk import Desk


def add_to(pages: Blueprint, desk: Desk) -> None:
    """Add the pages."""

    @pages.get("/suppliers")
    def suppliers() -> str:
        return desk.page("suppliers.html")
