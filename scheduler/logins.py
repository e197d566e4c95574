"""Letters with links into the desk: sent soon, by the deployment's own address.

They are for people of the desk, so they go out while a shop is paused or watching only, and never
in the name the shop's customers know.
"""

from __future__ import annotations

from collections.abc import Sequence

import structlog

from clients.email.smtp import Message
from clients.errors import OutcomeUnknown, RemoteError, Retriable
from plugin import sentences
from plugin.login_links import LoginLinks
from plugin.pages.texts import text
from plugin.store import logins, shops
from plugin.store.logins import Link
from scheduler.runtime import Runtime

log = structlog.get_logger()


def send(runtime: Runtime) -> int:
    """Send every letter that waits; how many went out."""
    postbox = runtime.connections.postbox()
    if postbox is None:
        return 0
    now = runtime.clock.now()
    with runtime.db.read() as tx:
        letters = logins.waiting(tx, now)
    sent = 0
    for letter in letters:
        with runtime.db.write() as tx:
            links = logins.claim(tx, letter, now)
        if not links:
            continue
        try:
            postbox.send(_message(runtime, letter, links))
            sent += 1
        except Retriable as error:
            log.warning("a login letter waits", code=error.code)
            continue  # tried again when the claim is over, for as long as the link is good
        except OutcomeUnknown as error:
            log.warning("a login letter may have gone", code=error.code)
        except RemoteError as error:
            log.error("a login letter cannot go", code=error.code)
        with runtime.db.write() as tx:
            logins.settled(tx, letter)
    return sent


def _message(runtime: Runtime, letter: str, links: Sequence[Link]) -> Message:
    settings = runtime.settings
    maker = LoginLinks(runtime.db, runtime.clock, settings.secret_key)
    tongue = sentences.spoken(links[0].language)
    words = (text(f"login.letter.{part}", tongue) for part in ("asked", "lasts", "not_you"))
    asked, *rest = words
    ways = [
        f"{_store(runtime, link.shop)}\n{settings.base_url}/login/mail/{maker.token(link.nonce)}"
        for link in links
    ]
    return Message(
        message_id=f"<login-{letter}@postvendita>",
        sender=settings.mail_from,
        to=links[0].email,
        subject=text("login.letter.subject", tongue),
        text="\n\n".join((asked, *ways, *rest)) + "\n",
        language=tongue,
        sent_at=runtime.clock.now(),
    )


def _store(runtime: Runtime, shop: str) -> str:
    with runtime.db.read() as tx:
        found = shops.find(tx, shop)
    return " ".join((found.name if found else "").split()) or shop
