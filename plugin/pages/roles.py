"""Who may do what: each page and button with the right it needs. What is not listed is denied."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Right(StrEnum):
    """What a person may do, from little to much."""

    VIEW = "view"
    WORK = "work"
    MONEY = "money"
    SETTINGS = "settings"


RIGHTS: Mapping[str, frozenset[Right]] = {
    "viewer": frozenset({Right.VIEW}),
    "agent": frozenset({Right.VIEW, Right.WORK}),
    "approver": frozenset({Right.VIEW, Right.WORK, Right.MONEY}),
    "owner": frozenset(Right),
}
"""The rights of each role."""

SCOPES: Mapping[str, frozenset[Right]] = {
    "read": frozenset({Right.VIEW}),
    "work": frozenset({Right.VIEW, Right.WORK}),
    "money": frozenset({Right.VIEW, Right.WORK, Right.MONEY}),
    "settings": frozenset(Right),
}
"""What an API key of each scope may do."""

NEEDS: dict[str, Right] = {
    "desk.home": Right.VIEW,
    "desk.backfill_line": Right.VIEW,
    "desk.switch": Right.SETTINGS,
    "desk.setup_step": Right.SETTINGS,
    "desk.choose_levels": Right.SETTINGS,
    "desk.status_line": Right.VIEW,
    "desk.load_samples": Right.WORK,
    "desk.open_samples": Right.VIEW,
    "desk.leave_samples": Right.VIEW,
    "desk.remove_samples": Right.WORK,
    "desk.pause": Right.SETTINGS,
    "desk.resume": Right.SETTINGS,
    "desk.cases": Right.VIEW,
    "desk.case": Right.VIEW,
    "desk.case_at": Right.VIEW,
    "desk.case_replay": Right.VIEW,
    "desk.case_history": Right.VIEW,
    "desk.check_store": Right.WORK,
    "desk.keep_view": Right.WORK,
    "desk.drop_view": Right.WORK,
    "desk.bulk": Right.WORK,
    "desk.carry_out": Right.WORK,
    "desk.export_cases": Right.VIEW,
    "desk.click": Right.WORK,
    "desk.evidence": Right.VIEW,
    "desk.video": Right.VIEW,
    "desk.upload": Right.WORK,
    "desk.claim": Right.VIEW,
    "desk.claim_zip": Right.VIEW,
    "desk.order_file": Right.VIEW,
    "desk.make_order_file": Right.WORK,
    "desk.order": Right.VIEW,
    "desk.purchase": Right.WORK,
    "desk.no_stock": Right.WORK,
    "desk.parcel": Right.WORK,
    "desk.report": Right.WORK,
    "desk.revoke": Right.WORK,
    "desk.recovery": Right.VIEW,
    "desk.recovery_csv": Right.VIEW,
    "desk.policy_page": Right.VIEW,
    "desk.publish": Right.SETTINGS,
    "desk.simulate": Right.VIEW,
    "desk.policy_versions": Right.VIEW,
    "desk.restore_policy": Right.SETTINGS,
    "desk.suppliers_list": Right.VIEW,
    "desk.supplier": Right.VIEW,
    "desk.keep_supplier": Right.WORK,
    "desk.analytics": Right.VIEW,
    "desk.analytics_csv": Right.VIEW,
    "desk.analytics_rows": Right.VIEW,
    "desk.settings": Right.VIEW,
    "desk.keep_basics": Right.SETTINGS,
    "desk.keep_retention": Right.SETTINGS,
    "desk.connections_page": Right.VIEW,
    "desk.try_connection": Right.SETTINGS,
    "desk.connect_dsers": Right.SETTINGS,
    "desk.dsers_back": Right.SETTINGS,
    "desk.forget_dsers": Right.SETTINGS,
    "desk.sender_page": Right.VIEW,
    "desk.keep_sender": Right.SETTINGS,
    "desk.try_sender": Right.SETTINGS,
    "desk.hooks_page": Right.VIEW,
    "desk.keep_hook": Right.SETTINGS,
    "desk.remove_hook": Right.SETTINGS,
    "desk.tell_again": Right.SETTINGS,
    "desk.audit_page": Right.VIEW,
    "desk.checks_page": Right.VIEW,
    "desk.accesses_page": Right.SETTINGS,
    "desk.accesses_csv": Right.SETTINGS,
    "desk.export_page": Right.SETTINGS,
    "desk.export_all": Right.SETTINGS,
    "desk.keys_page": Right.VIEW,
    "desk.make_key": Right.SETTINGS,
    "desk.revoke_key": Right.SETTINGS,
    "desk.members_page": Right.VIEW,
    "desk.keep_member": Right.SETTINGS,
    "desk.remove_member": Right.SETTINGS,
    "desk.letters_page": Right.VIEW,
    "desk.letter_page": Right.VIEW,
    "desk.keep_letter": Right.SETTINGS,
    "desk.measures_page": Right.VIEW,
    "desk.keep_measures": Right.SETTINGS,
    "desk.parked": Right.VIEW,
    "desk.reopen": Right.WORK,
}
"""The right each endpoint needs. A click that moves money needs `money` besides; see `cases.py`."""


def may(role: str, right: Right) -> bool:
    """Has the role this right? An unknown role has none."""
    return right in RIGHTS.get(role, frozenset())
