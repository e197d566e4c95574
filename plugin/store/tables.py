"""The tables. The truth is `events`, `inbox` and `outbox`; the rest is derived or kept for lists.

Every row has a shop. Times are UTC; money is a whole number of minor units with its currency.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect


class Moment(sa.TypeDecorator[datetime]):
    """An aware UTC time; SQLite, which has no zones, keeps it without one."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuses a naive time: it would be a guess."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Always aware."""
        if value is None:
            return None
        found: datetime = value
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "pk": "pk_%(table_name)s",
    }
)

SERIAL = sa.BigInteger().with_variant(sa.Integer, "sqlite")
SHOP = sa.String(100)
WORD = sa.String(100).with_variant(sa.String(100, collation="C"), "postgresql")
"""Compared by code point, so that the words that begin alike lie together."""

shops = sa.Table(
    "shops",
    metadata,
    sa.Column("shop", SHOP, primary_key=True),
    sa.Column("name", sa.String(200), nullable=False, server_default=""),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("currency", sa.String(3), nullable=False),
    sa.Column("zone", sa.String(60), nullable=False, server_default="UTC"),
    sa.Column("language", sa.String(5), nullable=False, server_default="en"),
    sa.Column("email", sa.String(320), nullable=False, server_default=""),
    sa.Column("token", sa.LargeBinary),
    sa.Column("terms_version", sa.Integer, nullable=False, server_default="1"),
    sa.Column("installed_at", Moment, nullable=False),
    sa.Column("uninstalled_at", Moment),
    sa.Column("reconciled_to", Moment),
    sa.Column("watching", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("sender", sa.String(320), nullable=False, server_default=""),
    sa.Column("keep_days", sa.Integer),
    sa.Column("setup", sa.JSON),
    sa.CheckConstraint("state in ('active', 'paused', 'uninstalled')", name="state"),
)

terms = sa.Table(
    "terms",
    metadata,
    sa.Column("shop", SHOP, primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("body", sa.JSON, nullable=False),
    sa.Column("author", sa.String(200), nullable=False),
    sa.Column("note", sa.Text, nullable=False, server_default=""),
    sa.Column("at", Moment, nullable=False),
)

alternatives = sa.Table(
    "alternatives",
    metadata,
    sa.Column("id", SERIAL, primary_key=True, autoincrement=True),
    sa.Column("shop", SHOP, nullable=False),
    sa.Column("sku", sa.String(200), nullable=False),
    sa.Column("supplier", sa.String(200), nullable=False),
    sa.Column("url", sa.Text, nullable=False, server_default=""),
    sa.Column("price_minor", sa.BigInteger, nullable=False),
    sa.Column("currency", sa.String(3), nullable=False),
    sa.Column("promised_days", sa.Integer),
    sa.Column("note", sa.Text, nullable=False, server_default=""),
    sa.Column("grams", sa.Integer),
    sa.UniqueConstraint("shop", "sku", "supplier"),
)

PLAIN, PACKED, GONE = 0, 1, 2
"""The form of a delivery's body: as it came, in less room, emptied."""

inbox = sa.Table(
    "inbox",
    metadata,
    sa.Column("id", SERIAL, primary_key=True, autoincrement=True),
    sa.Column("shop", SHOP, nullable=False),
    sa.Column("source", sa.String(20), nullable=False),
    sa.Column("delivery_id", sa.String(200), nullable=False),
    sa.Column("topic", sa.String(100), nullable=False),
    sa.Column("headers", sa.JSON, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Column("received_at", Moment, nullable=False),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("reason", sa.Text, nullable=False, server_default=""),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("look_at", Moment, nullable=False),
    sa.Column("handled_at", Moment),
    sa.Column("order_id", sa.BigInteger),
    sa.Column("form", sa.Integer, nullable=False, server_default="0"),
    sa.UniqueConstraint("shop", "source", "delivery_id"),
    sa.CheckConstraint("state in ('received', 'handled', 'ignored', 'parked')", name="state"),
    sa.CheckConstraint("(state = 'received') = (handled_at is null)", name="handled"),
)
sa.Index("ix_inbox_waiting", inbox.c.state, inbox.c.shop, inbox.c.id)
sa.Index(
    "ix_inbox_bodies",
    inbox.c.shop,
    inbox.c.form,
    inbox.c.handled_at,
    sqlite_where=inbox.c.handled_at.is_not(None) & (inbox.c.form < GONE),
    postgresql_where=inbox.c.handled_at.is_not(None) & (inbox.c.form < GONE),
)

orders = sa.Table(
    "orders",
    metadata,
    sa.Column("shop", SHOP, primary_key=True),
    sa.Column("order_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("name", sa.String(100), nullable=False, server_default=""),
    sa.Column("seq", sa.Integer, nullable=False, server_default="0"),
    sa.Column("next_look", Moment),
    sa.Column("read_wanted", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("read_at", Moment),
    sa.Column("placed_at", Moment),
)
sa.Index("ix_orders_next_look", orders.c.next_look)
sa.Index("ix_orders_due_of_shop", orders.c.shop, orders.c.next_look, orders.c.order_id)
sa.Index("ix_orders_read_wanted", orders.c.read_wanted, orders.c.shop, orders.c.read_at)
sa.Index("ix_orders_placed_at", orders.c.shop, orders.c.placed_at)

customers = sa.Table(
    "customers",
    metadata,
    sa.Column("shop", SHOP, primary_key=True),
    sa.Column("order_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("customer_id", sa.BigInteger),
    sa.Column("name", sa.String(300), nullable=False, server_default=""),
    sa.Column("email", sa.String(320), nullable=False, server_default=""),
    sa.Column("phone", sa.String(60), nullable=False, server_default=""),
    sa.Column("language", sa.String(5), nullable=False, server_default=""),
    sa.Column("country", sa.String(2), nullable=False, server_default=""),
    sa.Column("address", sa.JSON, nullable=False),
)
sa.Index("ix_customers_customer", customers.c.shop, customers.c.customer_id)

events = sa.Table(
    "events",
    metadata,
    sa.Column("shop", SHOP, primary_key=True),
    sa.Column("order_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("by", sa.String(200), nullable=False),
    sa.Column("kind", sa.String(40), nullable=False),
    sa.Column("body", sa.JSON, nullable=False),
    sa.Column("cause", sa.String(300), nullable=False, server_default=""),
)
sa.Index("ix_events_at", events.c.shop, events.c.at, events.c.order_id)
NOT_PEOPLE = ("app", "store", "supplier", "import", "mail", "customer")
BY_A_PERSON = events.c.by.not_in(
    sa.bindparam("not_people", NOT_PEOPLE, expanding=True, literal_execute=True)
)
"""Spelled out in the statement: a database that is to take the index below has to read it."""
# What people did is one event in many; their log does not look through those of everybody else.
sa.Index(
    "ix_events_people",
    *(events.c.shop, events.c.at, events.c.order_id, events.c.seq),
    sqlite_where=events.c.by.not_in(NOT_PEOPLE),
    postgresql_where=events.c.by.not_in(NOT_PEOPLE),
)

purchases = sa.Table(
    "purchases",
    metadata,
    sa.Column("shop", SHOP, primary_key=True),
    sa.Column("purchase_id", sa.String(300), primary_key=True),
    sa.Column("order_id", sa.BigInteger, nullable=False),
    sa.Column("supplier", sa.String(200), nullable=False, server_default=""),
    sa.Column("look_at", Moment),
)
sa.Index("ix_purchases_look_at", purchases.c.look_at)
sa.Index("ix_purchases_supplier", purchases.c.shop, purchases.c.supplier)

cases = sa.Table(
    "cases",
    metadata,
    sa.Column("shop", SHOP, primary_key=True),
    sa.Column("case_id", sa.String(36), primary_key=True),
    sa.Column("order_id", sa.BigInteger, nullable=False),
    sa.Column("number", sa.String(120), nullable=False),
    sa.Column("situation", sa.String(30), nullable=False),
    sa.Column("supplier", sa.String(200), nullable=False, server_default=""),
    sa.Column("status", sa.String(30), nullable=False),
    sa.Column("next_step", sa.String(300), nullable=False, server_default=""),
    sa.Column("deadline", Moment),
    sa.Column("deadline_name", sa.String(60), nullable=False, server_default=""),
    sa.Column("provisional", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("at_risk_minor", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("currency", sa.String(3), nullable=False, server_default=""),
    sa.Column("owed_minor", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("owed_currency", sa.String(3), nullable=False, server_default=""),
    sa.Column("outcome", sa.String(30), nullable=False, server_default=""),
    sa.Column("opened_at", Moment, nullable=False),
    sa.Column("updated_at", Moment, nullable=False),
    sa.Column("closed_at", Moment),
    sa.Column("urgency", sa.Float, nullable=False, server_default="0"),
    sa.Column("waits_for", sa.String(10), nullable=False, server_default=""),
    sa.Column("assignee", sa.String(320), nullable=False, server_default=""),
    sa.Column("snoozed_until", Moment),
    sa.Column("country", sa.String(2), nullable=False, server_default=""),
    sa.Column("route", sa.String(15), nullable=False, server_default=""),
)
sa.Index("ix_cases_list", cases.c.shop, cases.c.status, cases.c.deadline)
sa.Index("ix_cases_urgency", cases.c.shop, cases.c.status, cases.c.urgency, cases.c.case_id)
sa.Index(
    "ix_cases_all",
    *(cases.c.shop, cases.c.urgency, cases.c.case_id),
    # What the list can be narrowed by, so that rows that do not fit need not be fetched.
    *(cases.c.situation, cases.c.country, cases.c.assignee, cases.c.at_risk_minor),
    *(cases.c.currency, cases.c.opened_at, cases.c.route),
)
# A value few cases have would be looked for among all of them: what is asked of the others stands
# in the same index.
_ASKED_TOO = (cases.c.opened_at, cases.c.at_risk_minor, cases.c.currency)
sa.Index(
    "ix_cases_situation",
    *(cases.c.shop, cases.c.situation, cases.c.urgency, cases.c.case_id),
    *(cases.c.country, cases.c.route, *_ASKED_TOO),
)
sa.Index(
    "ix_cases_country",
    *(cases.c.shop, cases.c.country, cases.c.urgency, cases.c.case_id, *_ASKED_TOO),
)
sa.Index(
    "ix_cases_route",
    *(cases.c.shop, cases.c.route, cases.c.urgency, cases.c.case_id, *_ASKED_TOO),
)
sa.Index("ix_cases_assignee", cases.c.shop, cases.c.assignee, cases.c.urgency, cases.c.case_id)
sa.Index("ix_cases_at_risk", cases.c.shop, cases.c.currency, cases.c.at_risk_minor)
sa.Index("ix_cases_waits", cases.c.shop, cases.c.waits_for, cases.c.urgency, cases.c.case_id)
sa.Index("ix_cases_supplier", cases.c.shop, cases.c.supplier, cases.c.urgency, cases.c.case_id)
# What is due within a week can be a third of all cases: they are sorted without being fetched.
sa.Index("ix_cases_deadline", cases.c.shop, cases.c.deadline, cases.c.urgency, cases.c.case_id)
sa.Index("ix_cases_opened", cases.c.shop, cases.c.opened_at, cases.c.situation, cases.c.case_id)
sa.Index(
    "ix_cases_problems",
    *(cases.c.shop, cases.c.supplier, cases.c.situation, cases.c.opened_at),
)
sa.Index("ix_cases_order", cases.c.shop, cases.c.order_id)
# What the first page counts is read off this one alone.
sa.Index("ix_cases_awake", cases.c.shop, cases.c.status, cases.c.snoozed_until, cases.c.deadline)

outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("id", SERIAL, primary_key=True, autoincrement=True),
    sa.Column("shop", SHOP, nullable=False),
    sa.Column("order_id", sa.BigInteger, nullable=False),
    sa.Column("key", sa.String(400), nullable=False),
    sa.Column("case_id", sa.String(36), nullable=False),
    sa.Column("action", sa.String(40), nullable=False),
    sa.Column("body", sa.JSON, nullable=False),
    sa.Column("level", sa.String(10), nullable=False),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("mark", sa.String(36), nullable=False),
    sa.Column("generation", sa.Integer, nullable=False, server_default="1"),
    sa.Column("choice", sa.String(20), nullable=False, server_default=""),
    sa.Column("minor", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("currency", sa.String(3), nullable=False, server_default=""),
    sa.Column("planned_at", Moment, nullable=False),
    sa.Column("look_at", Moment, nullable=False),
    sa.Column("lease_until", Moment),
    sa.Column("fence", sa.Integer, nullable=False, server_default="0"),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("first_sent_at", Moment),
    sa.Column("last_sent_at", Moment),
    sa.Column("absent_since", Moment),
    sa.Column("frozen", sa.JSON),
    sa.Column("remote_id", sa.String(100), nullable=False, server_default=""),
    sa.Column("why", sa.Text, nullable=False, server_default=""),
    sa.Column("draft", sa.JSON),
    sa.Column("settled_at", Moment),
    sa.UniqueConstraint("shop", "order_id", "key"),
    sa.UniqueConstraint("mark"),
    sa.CheckConstraint(
        "state in ('suggested', 'asked', 'planned', 'claimed', 'unknown', 'done', 'refused',"
        " 'needs_person')",
        name="state",
    ),
    sa.CheckConstraint("(state = 'claimed') = (lease_until is not null)", name="lease"),
    sa.CheckConstraint("(state in ('done', 'refused')) = (settled_at is not null)", name="settled"),
    sa.CheckConstraint("state <> 'unknown' or first_sent_at is not null", name="unknown"),
    sa.CheckConstraint("minor >= 0", name="minor"),
)
sa.Index("ix_outbox_ready", outbox.c.state, outbox.c.shop, outbox.c.look_at)
sa.Index("ix_outbox_case", outbox.c.shop, outbox.c.case_id)

refund_units = sa.Table(
    "refund_units",
    metadata,
    sa.Column("shop", SHOP, primary_key=True),
    sa.Column("order_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("line_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("unit", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("outbox_id", SERIAL, sa.ForeignKey("outbox.id"), nullable=False),
)

ledger = sa.Table(
    "ledger",
    metadata,
    sa.Column("id", SERIAL, primary_key=True, autoincrement=True),
    sa.Column("shop", SHOP, nullable=False),
    sa.Column("order_id", sa.BigInteger, nullable=False),
    sa.Column("case_id", sa.String(36), nullable=False),
    sa.Column("purse", sa.String(10), nullable=False),
    sa.Column("what", sa.String(20), nullable=False),
    sa.Column("key", sa.String(400), nullable=False),
    sa.Column("minor", sa.BigInteger, nullable=False),
    sa.Column("currency", sa.String(3), nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.UniqueConstraint("shop", "order_id", "purse", "what", "key"),
    sa.CheckConstraint("purse in ('remedy', 'recovery')", name="purse"),
    sa.CheckConstraint(
        "what in ('refunded', 'asked', 'agreed', 'received', 'refused')", name="what"
    ),
)
sa.Index("ix_ledger_in_order", ledger.c.shop, ledger.c.id)
sa.Index(
    "ix_ledger_page",
    *(ledger.c.shop, ledger.c.purse, ledger.c.what, ledger.c.id, ledger.c.currency, ledger.c.minor),
)

# One row per purchase whose money was asked back, derived from the ledger and the order: what a
# page of many is read from, so that no order has to be folded for it.
recoveries = sa.Table(
    "recoveries",
    metadata,
    sa.Column("shop", SHOP, primary_key=True),
    sa.Column("order_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("purchase_id", sa.String(300), primary_key=True),
    sa.Column("case_id", sa.String(36), nullable=False, server_default=""),
    sa.Column("number", sa.String(120), nullable=False, server_default=""),
    sa.Column("supplier", sa.String(200), nullable=False, server_default=""),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("open", sa.Boolean, nullable=False),
    sa.Column("stages", sa.JSON, nullable=False),
    sa.Column("owed_minor", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("owed_currency", sa.String(3), nullable=False, server_default=""),
    sa.Column("since", Moment, nullable=False),
    sa.Column("shuts", Moment),
    sa.Column("expected_on", sa.String(10), nullable=False, server_default=""),
)
sa.Index("ix_recoveries_list", recoveries.c.shop, recoveries.c.open, recoveries.c.since)
sa.Index(
    "ix_recoveries_owed",
    *(recoveries.c.shop, recoveries.c.open, recoveries.c.owed_currency, recoveries.c.expected_on),
    *(recoveries.c.state, recoveries.c.owed_minor),
)

ticks = sa.Table(
    "ticks",
    metadata,
    sa.Column("name", sa.String(40), primary_key=True),
    sa.Column("at", Moment, nullable=False),
    sa.Column("away_from", Moment),
    sa.Column("away_until", Moment),
    sa.Column("missed", sa.Integer, nullable=False, server_default="0"),
)

reports = sa.Table(
    "reports",
    metadata,
    sa.Column("shop", SHOP, primary_key=True),
    sa.Column("order_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("report_id", sa.String(36), primary_key=True),
    sa.Column("at", Moment, nullable=False),
    sa.Column("by", sa.String(200), nullable=False),
    sa.Column("words", sa.Text, nullable=False, server_default=""),
    sa.Column("address", sa.JSON, nullable=False),
)

evidence = sa.Table(
    "evidence",
    metadata,
    sa.Column("shop", SHOP, primary_key=True),
    sa.Column("case_id", sa.String(36), primary_key=True),
    sa.Column("evidence_id", sa.String(64), primary_key=True),
    sa.Column("order_id", sa.BigInteger, nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("media", sa.String(10), nullable=False),
    sa.Column("mime", sa.String(60), nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("shot", sa.String(30), nullable=False, server_default=""),
    sa.Column("checked", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.Column("advice", sa.JSON, nullable=False),
    sa.Column("facts", sa.JSON, nullable=False),
    sa.Column("received_at", Moment, nullable=False),
    sa.Column("by", sa.String(200), nullable=False),
    sa.CheckConstraint("media in ('picture', 'video')", name="media"),
)
sa.Index("ix_evidence_order", evidence.c.shop, evidence.c.order_id)

links = sa.Table(
    "links",
    metadata,
    sa.Column("token_hash", sa.String(64), primary_key=True),
    sa.Column("shop", SHOP, nullable=False),
    sa.Column("order_id", sa.BigInteger, nullable=False),
    sa.Column("generation", sa.Integer, nullable=False),
    sa.Column("made_at", Moment, nullable=False),
    sa.Column("expires_at", Moment, nullable=False),
    sa.Column("revoked_at", Moment),
    sa.UniqueConstraint("shop", "order_id", "generation"),
)

letter_texts = sa.Table(
    "letter_texts",
    metadata,
    sa.Column("shop", SHOP, primary_key=True),
    sa.Column("letter", sa.String(40), primary_key=True),
    sa.Column("language", sa.String(5), primary_key=True),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("author", sa.String(200), nullable=False),
    sa.Column("at", Moment, nullable=False),
)

suppressions = sa.Table(
    "suppressions",
    metadata,
    sa.Column("shop", SHOP, primary_key=True),
    sa.Column("address_hash", sa.String(64), primary_key=True),
    sa.Column("what", sa.String(20), nullable=False),
    sa.Column("at", Moment, nullable=False),
)

measures = sa.Table(
    "measures",
    metadata,
    sa.Column("shop", SHOP, primary_key=True),
    sa.Column("sku", sa.String(200), primary_key=True),
    sa.Column("grams", sa.Integer),
    sa.Column("length_mm", sa.Integer),
    sa.Column("width_mm", sa.Integer),
    sa.Column("height_mm", sa.Integer),
)

known = sa.Table(
    "known",
    metadata,
    sa.Column("name", sa.String(60), primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)

case_words = sa.Table(
    "case_words",
    metadata,
    sa.Column("shop", SHOP, primary_key=True),
    sa.Column("word", WORD, primary_key=True),
    sa.Column("case_id", sa.String(36), primary_key=True),
    sqlite_with_rowid=False,
)
sa.Index("ix_case_words_case", case_words.c.shop, case_words.c.case_id)

views = sa.Table(
    "views",
    metadata,
    sa.Column("shop", SHOP, primary_key=True),
    sa.Column("view_id", sa.String(36), primary_key=True),
    sa.Column("name", sa.String(100), nullable=False),
    sa.Column("query", sa.Text, nullable=False),
    sa.Column("by", sa.String(320), nullable=False),
    sa.Column("at", Moment, nullable=False),
)

members = sa.Table(
    "members",
    metadata,
    sa.Column("shop", SHOP, primary_key=True),
    sa.Column("email", sa.String(320), primary_key=True),
    sa.Column("name", sa.String(200), nullable=False, server_default=""),
    sa.Column("role", sa.String(20), nullable=False),
    sa.Column("added_by", sa.String(320), nullable=False),
    sa.Column("added_at", Moment, nullable=False),
    sa.Column("removed_at", Moment),
)

api_keys = sa.Table(
    "api_keys",
    metadata,
    sa.Column("key_id", sa.String(36), primary_key=True),
    sa.Column("shop", SHOP, nullable=False),
    sa.Column("name", sa.String(100), nullable=False),
    sa.Column("key_hash", sa.String(64), nullable=False),
    sa.Column("scope", sa.String(20), nullable=False),
    sa.Column("made_by", sa.String(320), nullable=False),
    sa.Column("made_at", Moment, nullable=False),
    sa.Column("used_at", Moment),
    sa.Column("revoked_at", Moment),
    sa.UniqueConstraint("key_hash"),
)
sa.Index("ix_api_keys_shop", api_keys.c.shop)

hooks = sa.Table(
    "hooks",
    metadata,
    sa.Column("hook_id", sa.String(36), primary_key=True),
    sa.Column("shop", SHOP, nullable=False),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("secret", sa.LargeBinary, nullable=False),
    sa.Column("topics", sa.JSON, nullable=False),
    sa.Column("made_by", sa.String(320), nullable=False),
    sa.Column("made_at", Moment, nullable=False),
    sa.Column("removed_at", Moment),
)
sa.Index("ix_hooks_shop", hooks.c.shop)

hook_sends = sa.Table(
    "hook_sends",
    metadata,
    sa.Column("id", SERIAL, primary_key=True, autoincrement=True),
    sa.Column("shop", SHOP, nullable=False),
    sa.Column("hook_id", sa.String(36), nullable=False),
    sa.Column("message_id", sa.String(60), nullable=False),
    sa.Column("topic", sa.String(60), nullable=False),
    sa.Column("body", sa.JSON, nullable=False),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("look_at", Moment, nullable=False),
    sa.Column("answer", sa.String(200), nullable=False, server_default=""),
    sa.Column("made_at", Moment, nullable=False),
    sa.Column("settled_at", Moment),
    sa.UniqueConstraint("hook_id", "message_id"),
    sa.CheckConstraint("state in ('waiting', 'delivered', 'failed')", name="state"),
)
sa.Index("ix_hook_sends_waiting", hook_sends.c.state, hook_sends.c.look_at)
sa.Index("ix_hook_sends_log", hook_sends.c.shop, hook_sends.c.hook_id, hook_sends.c.id)

suppliers = sa.Table(
    "suppliers",
    metadata,
    sa.Column("shop", SHOP, primary_key=True),
    sa.Column("supplier", sa.String(200), primary_key=True),
    sa.Column("contact", sa.String(300), nullable=False, server_default=""),
    sa.Column("email", sa.String(320), nullable=False, server_default=""),
    sa.Column("claim_within_days", sa.Integer),
    sa.Column("proof", sa.Text, nullable=False, server_default=""),
    sa.Column("holidays", sa.JSON),
    sa.Column("note", sa.Text, nullable=False, server_default=""),
    sa.Column("by", sa.String(320), nullable=False),
    sa.Column("at", Moment, nullable=False),
)

backfills = sa.Table(
    "backfills",
    metadata,
    sa.Column("shop", SHOP, primary_key=True),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("cursor", sa.Text, nullable=False, server_default=""),
    sa.Column("since", Moment, nullable=False),
    sa.Column("done", sa.Integer, nullable=False, server_default="0"),
    sa.Column("total", sa.Integer),
    sa.Column("started_at", Moment, nullable=False),
    sa.Column("finished_at", Moment),
    sa.Column("problem", sa.Text, nullable=False, server_default=""),
    sa.Column("bulk", sa.String(20), nullable=False, server_default=""),
    sa.Column("operation", sa.Text, nullable=False, server_default=""),
    sa.Column("bulk_at", Moment),
    sa.Column("look_at", Moment),
    sa.Column("place", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("tries", sa.Integer, nullable=False, server_default="0"),
    sa.CheckConstraint("state in ('running', 'done', 'stopped')", name="state"),
    sa.CheckConstraint(
        "bulk in ('', 'starting', 'running', 'ready', 'taken', 'given_up')", name="bulk"
    ),
)

tokens = sa.Table(
    "tokens",
    metadata,
    sa.Column("shop", SHOP, primary_key=True),
    sa.Column("access", sa.LargeBinary, nullable=False),
    sa.Column("refresh", sa.LargeBinary),
    sa.Column("scope", sa.Text, nullable=False, server_default=""),
    sa.Column("expires_at", Moment),
    sa.Column("refresh_expires_at", Moment),
    sa.Column("got_at", Moment, nullable=False),
    sa.Column("refreshing_until", Moment),
    sa.Column("problem", sa.String(60), nullable=False, server_default=""),
    sa.Column("problem_at", Moment),
    sa.Column("scope_at", Moment),
)

grants = sa.Table(
    "grants",
    metadata,
    sa.Column("state_hash", sa.String(64), primary_key=True),
    sa.Column("shop", SHOP, nullable=False),
    sa.Column("at", Moment, nullable=False),
)

outages = sa.Table(
    "outages",
    metadata,
    sa.Column("shop", SHOP, primary_key=True),
    sa.Column("service", sa.String(20), primary_key=True),
    sa.Column("since", Moment, nullable=False),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("next_try", Moment),
)

dsers_access = sa.Table(
    "dsers_access",
    metadata,
    sa.Column("shop", SHOP, primary_key=True),
    sa.Column("client_id", sa.Text, nullable=False, server_default=""),
    sa.Column("token_url", sa.Text, nullable=False, server_default=""),
    sa.Column("state", sa.String(100), nullable=False, server_default=""),
    sa.Column("verifier", sa.LargeBinary),
    sa.Column("asked_at", Moment),
    sa.Column("access", sa.LargeBinary),
    sa.Column("refresh", sa.LargeBinary),
    sa.Column("scope", sa.Text, nullable=False, server_default=""),
    sa.Column("expires_at", Moment),
    sa.Column("got_at", Moment),
    sa.Column("refreshing_until", Moment),
    sa.Column("problem", sa.String(60), nullable=False, server_default=""),
)

privacy_requests = sa.Table(
    "privacy_requests",
    metadata,
    sa.Column("id", SERIAL, primary_key=True, autoincrement=True),
    sa.Column("shop", SHOP, nullable=False),
    sa.Column("delivery_id", sa.String(200), nullable=False),
    sa.Column("topic", sa.String(40), nullable=False),
    sa.Column("orders", sa.JSON, nullable=False),
    sa.Column("customer_id", sa.BigInteger),
    sa.Column("asked_at", Moment, nullable=False),
    sa.Column("done_at", Moment),
    sa.Column("result", sa.JSON),
    sa.UniqueConstraint("shop", "delivery_id"),
)
sa.Index("ix_privacy_requests_open", privacy_requests.c.done_at, privacy_requests.c.asked_at)

# Orders whose customer asked to be forgotten: what is told of them later names nobody either.
forgotten = sa.Table(
    "forgotten",
    metadata,
    sa.Column("shop", SHOP, primary_key=True),
    sa.Column("order_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("at", Moment, nullable=False),
)

# Who looked at customers' data: ids only, nothing of the customers themselves. `digest` is what was
# looked at by whom; the same within one `slot` of time is one row with a count.
accesses = sa.Table(
    "accesses",
    metadata,
    sa.Column("id", SERIAL, primary_key=True, autoincrement=True),
    sa.Column("shop", SHOP, nullable=False),
    sa.Column("slot", sa.BigInteger, nullable=False),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("since", Moment, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("person", sa.String(320), nullable=False),
    sa.Column("way", sa.String(10), nullable=False),
    sa.Column("what", sa.String(30), nullable=False),
    sa.Column("data", sa.String(100), nullable=False),
    sa.Column("order_id", sa.BigInteger),
    sa.Column("case_id", sa.String(36), nullable=False, server_default=""),
    sa.Column("orders", sa.Text, nullable=False, server_default=""),
    sa.Column("count", sa.Integer, nullable=False, server_default="1"),
    sa.UniqueConstraint("shop", "slot", "digest"),
)
sa.Index("ix_accesses_log", accesses.c.shop, accesses.c.id)
sa.Index("ix_accesses_person", accesses.c.shop, accesses.c.person, accesses.c.id)

# Links by mail into the desk: `nonce` is there until the letter has gone, then its hash alone.
logins = sa.Table(
    "logins",
    metadata,
    sa.Column("token_hash", sa.String(64), primary_key=True),
    sa.Column("shop", SHOP, nullable=False),
    sa.Column("email", sa.String(320), nullable=False),
    sa.Column("letter", sa.String(32), nullable=False),
    sa.Column("nonce", sa.String(64), nullable=False, server_default=""),
    sa.Column("language", sa.String(5), nullable=False),
    sa.Column("made_at", Moment, nullable=False),
    sa.Column("expires_at", Moment, nullable=False),
    sa.Column("look_at", Moment),
    sa.Column("used_at", Moment),
)
sa.Index("ix_logins_made", logins.c.shop, logins.c.email, logins.c.made_at)
sa.Index("ix_logins_waiting", logins.c.look_at)

# Sums by day, so that a period of many orders is read from few rows. `part` keeps orders that are
# worked on at the same time from waiting for each other.
tallies = sa.Table(
    "tallies",
    metadata,
    sa.Column("shop", SHOP, primary_key=True),
    sa.Column("figure", sa.String(20), primary_key=True),
    sa.Column("day", sa.String(10), primary_key=True),
    sa.Column("subject", sa.String(300), primary_key=True),
    sa.Column("unit", sa.String(20), primary_key=True),
    sa.Column("part", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("amount", sa.BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

# One chain per shop over everything that is only ever added to: a link holds the hash of an entry
# of a timeline, or of a deed (order 0), and of the link before. No entry is copied.
chain = sa.Table(
    "chain",
    metadata,
    sa.Column("shop", SHOP, primary_key=True),
    sa.Column("n", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("order_id", sa.BigInteger, nullable=False),
    sa.Column("seq", sa.BigInteger, nullable=False),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
    # Of what may be erased one day: which fields, their salted digest, and the salt, which goes
    # with them.
    sa.Column("erasable", sa.String(200), nullable=False, server_default=""),
    sa.Column("sealed", sa.String(64), nullable=False, server_default=""),
    sa.Column("salt", sa.String(32)),
    sa.UniqueConstraint("shop", "order_id", "seq"),
)

# What was done to a shop as a whole, by whom; `n` is its place in the chain.
deeds = sa.Table(
    "deeds",
    metadata,
    sa.Column("shop", SHOP, primary_key=True),
    sa.Column("n", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("by", sa.String(320), nullable=False),
    sa.Column("what", sa.String(60), nullable=False),
    sa.Column("about", sa.String(400), nullable=False, server_default=""),
    sa.Column("facts", sa.JSON, nullable=False),
)

# A shop whose row is here, in this transaction, is being erased: its history may be touched.
purging = sa.Table("purging", metadata, sa.Column("whose", SHOP, primary_key=True))

findings = sa.Table(
    "findings",
    metadata,
    sa.Column("shop", SHOP, primary_key=True),
    sa.Column("invariant", sa.String(10), primary_key=True),
    sa.Column("what", sa.String(60), primary_key=True),
    sa.Column("subject", sa.String(300), primary_key=True),
    sa.Column("order_id", sa.BigInteger),
    sa.Column("facts", sa.JSON, nullable=False),
    sa.Column("found_at", Moment, nullable=False),
    sa.Column("seen_at", Moment, nullable=False),
    sa.Column("gone_at", Moment),
)
sa.Index("ix_findings_open", findings.c.shop, findings.c.gone_at)

# How far the auditor has come in each shop.
audits = sa.Table(
    "audits",
    metadata,
    sa.Column("shop", SHOP, primary_key=True),
    sa.Column("at", Moment, nullable=False),
    sa.Column("changed_to", Moment, nullable=False),
    sa.Column("order_id", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("round_at", Moment),
    sa.Column("link", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("link_hash", sa.String(64), nullable=False, server_default=""),
    sa.Column("again_link", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("again_hash", sa.String(64), nullable=False, server_default=""),
    sa.Column("whole_at", Moment),
    sa.Column("ledger_id", sa.BigInteger, nullable=False, server_default="0"),
)

# A shop that was restored from a backup: nothing goes out until the store was read from `since` on.
restorations = sa.Table(
    "restorations",
    metadata,
    sa.Column("shop", SHOP, primary_key=True),
    sa.Column("since", Moment, nullable=False),
    sa.Column("restored_at", Moment, nullable=False),
    sa.Column("ended_at", Moment),
)

turns = sa.Table(
    "turns",
    metadata,
    sa.Column("kind", sa.String(20), primary_key=True),
    sa.Column("shop", SHOP, primary_key=True),
    sa.Column("lane", sa.Integer, primary_key=True),
    sa.Column("fence", sa.Integer, nullable=False, server_default="0"),
    sa.Column("until", Moment, nullable=False),
)
