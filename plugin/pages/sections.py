"""The map of the desk: seven sections, and which page belongs to which."""

from __future__ import annotations

SECTIONS: tuple[tuple[str, str], ...] = (
    ("desk.home", "nav.home"),
    ("desk.cases", "nav.inbox"),
    ("desk.recovery", "nav.recovery"),
    ("desk.policy_page", "nav.policy"),
    ("desk.suppliers_list", "nav.suppliers"),
    ("desk.analytics", "nav.analytics"),
    ("desk.settings", "nav.settings"),
)
"""(endpoint, text)"""

BELONGS: dict[str, str] = {
    **dict.fromkeys(
        (
            "desk.audit_page",
            "desk.checks_page",
            "desk.accesses_page",
            "desk.export_page",
            "desk.keys_page",
            "desk.make_key",
            "desk.hooks_page",
            "desk.keep_hook",
        ),
        "desk.settings",
    ),
    **dict.fromkeys(("desk.supplier", "desk.keep_supplier"), "desk.suppliers_list"),
    "desk.analytics_rows": "desk.analytics",
    **dict.fromkeys(("desk.publish", "desk.simulate"), "desk.policy_page"),
    **dict.fromkeys(("desk.policy_versions", "desk.restore_policy"), "desk.policy_page"),
    **dict.fromkeys(
        ("desk.case", "desk.click", "desk.upload", "desk.claim", "desk.order_file"), "desk.cases"
    ),
    **dict.fromkeys(("desk.case_at", "desk.case_replay", "desk.check_store"), "desk.cases"),
    **dict.fromkeys(("desk.case_history",), "desk.cases"),
    **dict.fromkeys(("desk.bulk", "desk.carry_out", "desk.keep_view"), "desk.cases"),
    **dict.fromkeys(("desk.make_order_file", "desk.order", "desk.report"), "desk.cases"),
    **dict.fromkeys(("desk.letters_page", "desk.letter_page", "desk.keep_letter"), "desk.settings"),
    **dict.fromkeys(("desk.connections_page", "desk.try_connection"), "desk.settings"),
    **dict.fromkeys(
        ("desk.connect_dsers", "desk.dsers_back", "desk.forget_dsers"), "desk.settings"
    ),
    **dict.fromkeys(("desk.sender_page", "desk.keep_sender", "desk.try_sender"), "desk.settings"),
    **dict.fromkeys(("desk.keep_basics", "desk.keep_retention"), "desk.settings"),
    **dict.fromkeys(("desk.measures_page", "desk.keep_measures", "desk.parked"), "desk.settings"),
    **dict.fromkeys(
        ("desk.members_page", "desk.keep_member", "desk.remove_member"), "desk.settings"
    ),
}
"""The section of a page that is not the first of one."""


def section_of(endpoint: str) -> str:
    """The section a page is in; its own name where it is one."""
    return BELONGS.get(endpoint, endpoint)
