"""Every setting, once. Read from the environment at start; a bad one stops the start.

Each problem is one line that names the setting and the fix.
"""

from __future__ import annotations

import base64
import binascii
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
MOST_PROXIES = 2
"""Proxies of one's own that may stand before the app: one, or one behind a content network."""


BROKERS = frozenset({"redis", "rediss", "amqp", "amqps"})


class BadSettings(ValueError):
    """One or more settings are wrong; the message has a line for each."""


@dataclass(frozen=True)
class Settings:
    """What the app was told at start."""

    database_url: str
    broker_url: str
    base_url: str
    shopify_key: str
    shopify_secrets: tuple[str, ...]
    supplier_secrets: tuple[str, ...]
    secret_key: bytes
    encryption_keys: tuple[bytes, ...]
    shopify_base_url: str
    supplier_url: str
    supplier_key: str
    supplier_secret: str
    supplier_token: str
    supplier_shop: str
    tmall_url: str
    tmall_key: str
    tmall_secret: str
    tmall_session: str
    tmall_distributor: str
    tmall_shop: str
    dsers_url: str
    mail_url: str
    mail_from: str
    mail_webhook_secrets: tuple[str, ...]
    evidence_folder: Path
    backup_key: bytes
    postgres_tools: Path | None
    tick_seconds: float
    workers: int
    body_days: int
    desk_open_to: str
    sandbox_url: str
    trusted_proxies: int
    log_level: str


def read(environment: Mapping[str, str]) -> Settings:
    """Read and check every setting. Raises BadSettings naming each that is wrong."""
    reader = _Reader(environment)
    settings = Settings(
        database_url=reader.database("POSTVENDITA_DATABASE_URL", "sqlite:///postvendita.db"),
        broker_url=reader.broker("POSTVENDITA_BROKER_URL"),
        base_url=reader.own_address("POSTVENDITA_BASE_URL", "http://127.0.0.1:8080"),
        shopify_key=reader.text("SHOPIFY_API_KEY"),
        shopify_secrets=reader.secrets("SHOPIFY_API_SECRET", "SHOPIFY_API_SECRET_PREVIOUS"),
        supplier_secrets=reader.webhook_secrets("POSTVENDITA_SUPPLIER_WEBHOOK_SECRET"),
        secret_key=reader.key("POSTVENDITA_SECRET_KEY"),
        encryption_keys=reader.keys("POSTVENDITA_ENCRYPTION_KEYS"),
        shopify_base_url=reader.template("POSTVENDITA_SHOPIFY_BASE_URL", "https://{shop}"),
        supplier_url=reader.url("POSTVENDITA_SUPPLIER_URL", "https://gw.open.1688.com/openapi"),
        supplier_key=reader.text("POSTVENDITA_SUPPLIER_KEY"),
        supplier_secret=reader.text("POSTVENDITA_SUPPLIER_SECRET"),
        supplier_token=reader.text("POSTVENDITA_SUPPLIER_TOKEN"),
        supplier_shop=reader.text("POSTVENDITA_SUPPLIER_SHOP"),
        tmall_url=reader.url("POSTVENDITA_TMALL_URL", "https://eco.taobao.com/router/rest"),
        tmall_key=reader.text("POSTVENDITA_TMALL_KEY"),
        tmall_secret=reader.text("POSTVENDITA_TMALL_SECRET"),
        tmall_session=reader.text("POSTVENDITA_TMALL_SESSION"),
        tmall_distributor=reader.text("POSTVENDITA_TMALL_DISTRIBUTOR"),
        tmall_shop=reader.text("POSTVENDITA_TMALL_SHOP"),
        dsers_url=reader.url("POSTVENDITA_DSERS_URL", "https://ai.dsers.com/mcp"),
        mail_url=reader.mail("POSTVENDITA_MAIL_URL"),
        mail_from=reader.text("POSTVENDITA_MAIL_FROM"),
        mail_webhook_secrets=reader.webhook_secrets("POSTVENDITA_MAIL_WEBHOOK_SECRET"),
        evidence_folder=reader.new_folder("POSTVENDITA_EVIDENCE_FOLDER", "evidence"),
        backup_key=reader.one_key("POSTVENDITA_BACKUP_KEY"),
        postgres_tools=reader.folder("POSTVENDITA_POSTGRES_TOOLS"),
        tick_seconds=reader.number("POSTVENDITA_TICK_SECONDS", 10.0, 0.05, 60.0),
        workers=reader.whole("POSTVENDITA_WORKERS", 4, 1, 64),
        body_days=reader.whole("POSTVENDITA_BODY_DAYS", 30, 2, 3650),
        desk_open_to=reader.text("POSTVENDITA_DESK_OPEN_TO"),
        sandbox_url=reader.text("POSTVENDITA_SANDBOX_URL"),
        trusted_proxies=reader.whole("POSTVENDITA_TRUSTED_PROXIES", 0, 0, MOST_PROXIES),
        log_level=reader.one_of(
            "POSTVENDITA_LOG_LEVEL", "info", ("debug", "info", "warning", "error")
        ),
    )
    reader.check(settings)
    if reader.problems:
        raise BadSettings("\n".join(reader.problems))
    return settings


class _Reader:
    def __init__(self, environment: Mapping[str, str]) -> None:
        self.environment = environment
        self.problems: list[str] = []

    def text(self, name: str, default: str = "") -> str:
        return self.environment.get(name, "").strip() or default

    def wrong(self, name: str, fix: str) -> None:
        self.problems.append(f"{name}: {fix}")

    def url(self, name: str, default: str) -> str:
        found = self.text(name, default).rstrip("/")
        parts = _split(found)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            self.wrong(name, "must be an address such as https://desk.example.com")
        elif parts.scheme == "http" and parts.hostname not in LOOPBACK:
            self.wrong(name, "must be https:// (http is for this machine alone)")
        return found

    def own_address(self, name: str, default: str) -> str:
        """As `url`, and nothing behind the host: every link is made of it and a path of ours."""
        found = self.url(name, default)
        parts = _split(found)
        if parts.path or parts.query or parts.fragment or "@" in parts.netloc:
            self.wrong(name, "must end with the host, such as https://desk.example.com")
        return found

    def database(self, name: str, default: str) -> str:
        found = self.text(name, default)
        try:
            backend = make_url(found).get_backend_name()
        except (ArgumentError, ValueError):
            backend = ""
        if backend not in {"sqlite", "postgresql"}:
            self.wrong(name, "must begin with sqlite:/// or postgresql:// and be an address")
        return found

    def broker(self, name: str) -> str:
        found = self.text(name)
        parts = urlsplit(found)
        if found and (parts.scheme not in BROKERS or not parts.hostname):
            self.wrong(name, "must begin with redis://, rediss://, amqp:// or amqps:// and a host")
        return found

    def template(self, name: str, default: str) -> str:
        found = self.text(name, default).rstrip("/")
        if "{shop}" not in found:
            self.wrong(name, "must contain {shop}, such as https://{shop}")
            return default
        parts = _split(found.replace("{shop}", "a.myshopify.com"))
        if parts.scheme != "https" and parts.hostname not in LOOPBACK:
            self.wrong(name, "must be https:// (http is for this machine alone)")
        return found

    def mail(self, name: str) -> str:
        found = self.text(name)
        parts = _split(found)
        if found and parts.scheme not in {"smtp", "smtps", "smtp+starttls", "resend"}:
            self.wrong(
                name, "must begin with smtp://, smtps://, smtp+starttls:// or resend://KEY@host"
            )
        if parts.scheme == "resend" and not parts.username:
            self.wrong(name, "resend:// needs its key before the @")
        return found

    def secrets(self, *names: str) -> tuple[str, ...]:
        found = tuple(secret for name in names if (secret := self.text(name)))
        if not self.text(names[0]):
            self.wrong(names[0], "is missing; it is the app's client secret at Shopify")
        return found

    def webhook_secrets(self, name: str) -> tuple[str, ...]:
        found = tuple(self.text(name).split())
        for secret in found:
            try:
                good = len(base64.b64decode(secret.removeprefix("whsec_"), validate=True)) >= 24
            except binascii.Error:
                good = False
            if not secret.startswith("whsec_") or not good:
                self.wrong(name, "must be whsec_ and 24 or more bytes in base64")
        return found

    def key(self, name: str) -> bytes:
        found = self.text(name)
        if len(found) < 32:
            self.wrong(name, "must be 32 or more characters; make one with: openssl rand -hex 32")
        return found.encode()

    def one_key(self, name: str) -> bytes:
        found = self._decoded(name)
        if len(found) > 1:
            self.wrong(name, "must be one key of 32 bytes in base64; openssl rand -base64 32")
        return found[0] if found else b""

    def folder(self, name: str) -> Path | None:
        text = self.text(name)
        if text and not Path(text).is_dir():
            self.wrong(name, "must be a folder that is there")
        return Path(text) if text else None

    def new_folder(self, name: str, default: str) -> Path:
        """A folder that is there or can be made."""
        found = Path(self.text(name, default))
        there = next((each for each in (found, *found.absolute().parents) if each.exists()), found)
        if not (there.is_dir() and os.access(there, os.W_OK | os.X_OK)):
            self.wrong(name, f"must be a folder this process may write to; {there} is not")
        return found

    def keys(self, name: str) -> tuple[bytes, ...]:
        found = self._decoded(name)
        if not found:
            self.wrong(name, "is missing; make one with: openssl rand -base64 32")
        return tuple(found)

    def _decoded(self, name: str) -> list[bytes]:
        found = []
        for text in self.text(name).split():
            try:
                key = base64.b64decode(text, validate=True)
            except binascii.Error:
                key = b""
            if len(key) != 32:
                self.wrong(name, "must be keys of 32 bytes in base64; openssl rand -base64 32")
            found.append(key)
        return found

    def number(self, name: str, default: float, least: float, most: float) -> float:
        text = self.text(name)
        if not text:
            return default
        try:
            found = float(text) if text.isascii() else float("nan")
        except ValueError:
            found = float("nan")
        if not least <= found <= most:
            self.wrong(name, f"must be a number from {least:g} to {most:g}")
            return default
        return found

    def whole(self, name: str, default: int, least: int, most: int) -> int:
        text = self.text(name) or str(default)
        if text.isascii() and text.isdigit() and least <= int(text[:9]) <= most:
            return int(text)
        self.wrong(name, f"must be a whole number from {least} to {most}")
        return default

    def one_of(self, name: str, default: str, words: tuple[str, ...]) -> str:
        found = self.text(name, default)
        if found not in words:
            self.wrong(name, f"must be one of {', '.join(words)}")
        return found

    def check(self, settings: Settings) -> None:
        """What can only be said of several settings together."""
        host = _split(settings.base_url).hostname
        if settings.desk_open_to and host not in LOOPBACK:
            self.wrong("POSTVENDITA_DESK_OPEN_TO", "opens the desk to all; on this machine only")
        if settings.backup_key in settings.encryption_keys:
            self.wrong("POSTVENDITA_BACKUP_KEY", "must be another key than the encryption keys")
        if settings.mail_url and not settings.mail_from:
            self.wrong("POSTVENDITA_MAIL_FROM", "is missing; mail needs a sender")
        supplier = (
            settings.supplier_key,
            settings.supplier_secret,
            settings.supplier_token,
            settings.supplier_shop,
        )
        if any(supplier) and not all(supplier):
            self.wrong(
                "POSTVENDITA_SUPPLIER_KEY", "set _KEY, _SECRET, _TOKEN and _SHOP, or none of them"
            )
        tmall = (
            settings.tmall_key,
            settings.tmall_secret,
            settings.tmall_session,
            settings.tmall_distributor,
            settings.tmall_shop,
        )
        if any(tmall) and not all(tmall):
            self.wrong(
                "POSTVENDITA_TMALL_KEY",
                "set _KEY, _SECRET, _SESSION, _DISTRIBUTOR and _SHOP, or none of them",
            )
        if settings.broker_url and settings.database_url.startswith("sqlite"):
            self.wrong(
                "POSTVENDITA_BROKER_URL",
                "is for many processes, which need POSTVENDITA_DATABASE_URL=postgresql://…",
            )


def _split(url: str) -> SplitResult:
    """The parts of an address; all empty for what is none."""
    try:
        parts = urlsplit(url)
        good = parts.port != 0
    except ValueError:
        good = False
    return parts if good else urlsplit("")
