"""Speaking to an MCP server over streamable HTTP from threads that know nothing of coroutines.

One connection per question: connect, shake hands, ask, close. A failure before the question was
sent is certainly not done; after it, a read may be repeated and a write is unknown. The library
is the extra `dsers`; it is loaded at the first question, not before.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from ssl import create_default_context
from typing import TYPE_CHECKING, Any, TypeVar

from clients.dsers.failures import Met, Missing, failed, refused
from clients.dsers.tools import Tool
from clients.errors import NeedsAuthorisation, RemoteError
from clients.http import Kind, safe_base
from clients.shopify.access import Access

if TYPE_CHECKING:
    from mcp import Client

CONNECT_SECONDS, ANSWER_SECONDS, WHOLE_SECONDS = 5.0, 20.0, 45.0
MOST_PAGES = 20
NAME, VERSION = "postvendita", "1"

T = TypeVar("T")


@dataclass(frozen=True)
class Limits:
    """Seconds: to connect, for one answer, for a question with its handshake."""

    connect: float = CONNECT_SECONDS
    answer: float = ANSWER_SECONDS
    whole: float = WHOLE_SECONDS


def installed() -> bool:
    """The library is there."""
    return find_spec("mcp") is not None


class Session:
    """Asks one MCP server in the name of one shop. Safe to share between threads."""

    def __init__(self, url: str, access: Access, *, limits: Limits | None = None) -> None:
        """Raises ValueError for an address that a token must not be sent to."""
        self._url = safe_base(url)
        self._access = access
        self._limits = limits or Limits()
        self._trust = create_default_context()  # making one takes longer than a call

    def tools(self) -> tuple[Tool, ...]:
        """What the server offers us, by its own word."""

        async def ask(client: Client, _met: Met) -> tuple[Tool, ...]:
            found: list[Tool] = []
            cursor: str | None = None
            for _ in range(MOST_PAGES):
                page = await client.list_tools(cursor=cursor)
                found += [Tool.of(tool.name, tool.input_schema) for tool in page.tools]
                cursor = page.next_cursor
                if not cursor:
                    break
            return tuple(found)

        return self._ask(ask, Kind.READ)

    def call(self, tool: str, arguments: Mapping[str, Any], kind: Kind) -> Mapping[str, Any]:
        """What a tool answered. Raises what its refusal, or the lack of an answer, means."""

        async def ask(client: Client, met: Met) -> Mapping[str, Any]:
            met.sent = True
            answer = await client.call_tool(tool, dict(arguments))
            texts = [part.text for part in answer.content if part.type == "text"]
            told = _object(answer.structured_content, texts)
            if answer.is_error:
                raise refused(told, kind)
            return told

        return self._ask(ask, kind)

    # --- one question -----------------------------------------------------------------------------

    def _ask(self, ask: Callable[[Client, Met], Awaitable[T]], kind: Kind) -> T:
        """A token that was just refused is renewed once: nothing was done with it."""
        token = self._access.current()
        try:
            return self._run(ask, kind, token)
        except NeedsAuthorisation as error:
            if error.code != "401" or self._access.renewed is None:
                raise
        return self._run(ask, kind, self._access.renewed(token))

    def _run(self, ask: Callable[[Client, Met], Awaitable[T]], kind: Kind, token: str) -> T:
        try:
            import anyio
            import mcp  # noqa: F401 - named here so that its absence is noticed here
        except ImportError:
            raise Missing from None
        met, answers = Met(), list[T]()

        async def main() -> None:
            with anyio.fail_after(self._limits.whole):
                await self._connected(ask, token, met, answers)

        try:
            anyio.run(main)
        except RemoteError:
            raise
        except Exception as problem:
            # An answer that is here stays, whatever goes wrong in saying goodbye.
            if not answers:
                raise failed(problem, met, kind) from None
        return answers[0]

    async def _connected(
        self,
        ask: Callable[[Client, Met], Awaitable[T]],
        token: str,
        met: Met,
        answers: list[T],
    ) -> None:
        import httpx2
        from mcp import Client
        from mcp.client.streamable_http import streamable_http_client
        from mcp_types import Implementation

        async def note(response: httpx2.Response) -> None:
            met.saw(response.status_code, response.headers)

        limits = self._limits
        async with httpx2.AsyncClient(
            headers={"Authorization": f"Bearer {token}"},
            timeout=httpx2.Timeout(limits.answer, connect=limits.connect),
            event_hooks={"response": [note]},
            verify=self._trust,
        ) as http:
            wire = streamable_http_client(self._url, http_client=http)
            client = Client(
                wire,
                read_timeout_seconds=limits.answer,
                client_info=Implementation(name=NAME, version=VERSION),
                cache=None,
            )
            refusal: RemoteError | None = None
            async with client:
                try:
                    answers.append(await ask(client, met))
                except RemoteError as error:
                    refusal = error
            if refusal is not None:
                raise refusal


def _object(structured: Any, texts: list[str]) -> dict[str, Any]:
    """The answer as an object: given as one, written as JSON, or a sentence."""
    if isinstance(structured, dict):
        return structured
    for text in texts:
        try:
            found = json.loads(text)
        except (ValueError, RecursionError):
            continue
        if isinstance(found, dict):
            return found
    return {"message": "\n".join(texts)[:500]}
