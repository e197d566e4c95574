"""Every version of the terms: who published it, why, and what it changed. Any can come back."""

from __future__ import annotations

from flask import Blueprint, abort, g, redirect, request, url_for
from werkzeug.wrappers import Response as Answer

from plugin.pages.desk import Desk, say
from plugin.pages.policy_diff import differences
from plugin.publishing import restore, with_earlier
from plugin.store import policy_record, shops

ON_A_PAGE = 20
LARGEST = 2**31 - 1


def add_to(pages: Blueprint, desk: Desk) -> None:
    """Add the pages."""

    @pages.get("/policy/versions")
    def policy_versions() -> str:
        before = request.args.get("before", "")
        start = int(before) if before.isascii() and before.isdigit() and len(before) < 10 else 0
        with desk.db.read() as tx:
            found = policy_record.versions(tx, g.shop.shop, limit=ON_A_PAGE + 1, before=start)
            current = shops.find(tx, g.shop.shop)
        told = [
            (version, differences(earlier.terms, version.terms) if earlier else [])
            for version, earlier in with_earlier(found)
        ]
        return desk.page(
            "policy_versions.html",
            versions=told[:ON_A_PAGE],
            in_force=current.terms_version if current else 0,
            older=found[ON_A_PAGE - 1].terms.version if len(found) > ON_A_PAGE else 0,
        )

    @pages.post(f"/policy/versions/<int(max={LARGEST}):version>/restore")
    def restore_policy(version: int) -> Answer:
        """Publish an old version once more, as the newest."""
        note, now = say("policy.restored_note", version=version), desk.clock.now()
        with desk.db.write() as tx:
            if restore(tx, g.shop.shop, version, now, author=g.person, note=note) is None:
                abort(404)
        return redirect(url_for("desk.policy_page", restored=version), 303)
