"""The people of the desk: who they are, what each may do, and how they get in."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, g, redirect, request, url_for
from werkzeug.wrappers import Response as Answer

from plugin.mail_address import LONGEST, is_address
from plugin.pages.desk import Desk, say
from plugin.pages.forms import BadField, BadForm, choice, needed, words
from plugin.pages.roles import RIGHTS
from plugin.store import members
from plugin.store.members import LastOwner

ROLES = tuple(RIGHTS)


def add_to(pages: Blueprint, desk: Desk) -> None:
    """Add the page."""

    @pages.get("/members")
    def members_page() -> str:
        return _show(desk)

    @pages.post("/members")
    def keep_member() -> Answer:
        try:
            email, role = address("email"), choice("role", ROLES)
            with desk.act("member_kept", email, role=role) as tx:
                _add(desk, tx, email, role)
        except BadForm as error:
            return Response(_show(desk, bad=error.problems), 422)
        return redirect(url_for("desk.members_page"), 303)

    @pages.post("/members/remove")
    def remove_member() -> Answer:
        with desk.act("member_removed", request.form.get("email", "")) as tx:
            email = request.form.get("email", "")
            if members.find(tx, g.shop.shop, email) is None:
                abort(404)
            try:
                members.remove(tx, g.shop.shop, email, desk.clock.now())
            except LastOwner:
                return Response(_show(desk, bad={"email": say("members.last")}), 422)
        return redirect(url_for("desk.members_page"), 303)


def address(field: str) -> str:
    """A mail address, one and whole."""
    found = needed(field, LONGEST).lower()
    if not is_address(found):
        raise BadField(field, say("members.address_fix"))
    return found


def _add(desk: Desk, tx: Any, email: str, role: str) -> None:
    try:
        members.add(
            tx,
            g.shop.shop,
            email,
            role,
            desk.clock.now(),
            by=g.person,
            name=words("name", 200),
        )
    except LastOwner:
        raise BadField("role", say("members.last")) from None


def _show(desk: Desk, **more: Any) -> str:
    with desk.db.read() as tx:
        people = members.of_shop(tx, g.shop.shop)
    return desk.page(
        "members.html",
        people=people,
        roles=ROLES,
        has_mail=bool(desk.settings.mail_url),
        login_at=f"{desk.settings.base_url}{url_for('desk.login_page')}",
        form=request.form,
        **more,
    )
