"""A DSers of our own: an MCP server over streamable HTTP on this machine, for tests and trials.

It speaks through the official library (extra `dsers`), behind a door that asks for a token, and
can be told to lack a tool, to describe it otherwise, or to lose an answer after the effect.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl

import uvicorn
from mcp.server.lowlevel import Server
from mcp_types import (
    CallToolRequestParams,
    CallToolResult,
    ListToolsResult,
    PaginatedRequestParams,
    TextContent,
    Tool,
)

from plugin.sandbox.dsers_oauth import Authority, Refusal
from plugin.sandbox.dsers_tools import TOOLS, Account, ToolError

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Asgi = Callable[[Scope, Receive, Send], Awaitable[None]]


@dataclass
class DsersServer:
    """One account behind one address."""

    account: Account = field(default_factory=Account)
    authority: Authority = field(default_factory=Authority)
    without: set[str] = field(default_factory=set)
    """Tools it does not have."""
    described: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Tools with another input schema than the published one."""
    lose: set[str] = field(default_factory=set)
    """Tools whose next answer is lost, after the effect."""
    denied: set[str] = field(default_factory=set)
    """Tools that ask for a scope this access does not have."""
    as_text: bool = False
    """Answers come as JSON in a text only, as older servers give them."""
    base: str = ""
    _server: uvicorn.Server | None = None
    _thread: Thread | None = None
    _losing: bool = False

    @property
    def url(self) -> str:
        """The MCP endpoint."""
        return f"{self.base}/mcp"

    # --- running ----------------------------------------------------------------------------------

    def start(self, port: int = 0) -> DsersServer:
        """Listen on this machine, on a free port unless one is named; calls wait for it."""
        # With the protocol named, answers leave at once; else each waits for the one before.
        listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listening.bind(("127.0.0.1", port))
        listening.listen()
        self.base = f"http://127.0.0.1:{listening.getsockname()[1]}"
        config = uvicorn.Config(self.door(), log_level="critical", lifespan="on", ws="none")
        self._server = uvicorn.Server(config)
        sockets = {"sockets": [listening]}
        self._thread = Thread(target=self._server.run, kwargs=sockets, name="dsers", daemon=True)
        self._thread.start()
        return self

    def stop(self) -> None:
        """Close the door."""
        if self._server is not None and self._thread is not None:
            self._server.should_exit = True
            self._thread.join(10)

    # --- the tools --------------------------------------------------------------------------------

    async def _list(self, _ctx: Any, _params: PaginatedRequestParams | None) -> ListToolsResult:
        found = [
            Tool(name=name, input_schema=self.described.get(name, schema))
            for name, (_, schema) in TOOLS.items()
            if name not in self.without
        ]
        other = Tool(name="list_stores", input_schema={"type": "object", "properties": {}})
        return ListToolsResult(tools=[other, *found])

    async def _call(self, _ctx: Any, params: CallToolRequestParams) -> CallToolResult:
        name = params.name
        self.account.calls.append(name)
        if name not in TOOLS or name in self.without:
            return _answer({"code": "NOT_FOUND", "message": "unknown tool"}, failed=True)
        if name in self.denied:
            words = "missing scopes: orders:write"
            return _answer({"code": "INSUFFICIENT_SCOPE", "message": words}, failed=True)
        try:
            with self.account.guard:
                told = TOOLS[name][0](self.account, params.arguments or {})
        except ToolError as error:
            return _answer({"code": error.code, "message": str(error)}, failed=True)
        except KeyError:
            return _answer({"code": "INVALID_ARGUMENTS", "message": "missing"}, failed=True)
        if name in self.lose:
            self.lose.discard(name)
            self._losing = True
        return _answer(told, as_text=self.as_text)

    # --- the door ---------------------------------------------------------------------------------

    def door(self) -> Asgi:
        """The tools behind a token, and the authorisation server beside them."""
        tools: Server[Any] = Server("dsers", on_list_tools=self._list, on_call_tool=self._call)
        inner: Any = tools.streamable_http_app(json_response=True)

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http":
                await inner(scope, receive, send)
            elif scope["path"] != "/mcp":
                await self._oauth(scope, receive, send)
            elif not self._knows(scope):
                where = f"{self.base}/.well-known/oauth-protected-resource"
                told = f'Bearer resource_metadata="{where}"'
                body = {"error": "unauthorized"}
                await _reply(send, 401, body, {"WWW-Authenticate": told})
            else:
                await inner(scope, receive, self._losing_send(send))

        return app

    def _losing_send(self, send: Send) -> Send:
        """Where an answer is to be lost, a proxy in between says 502 in its place."""
        lost = False

        async def sending(message: Message) -> None:
            nonlocal lost
            if self._losing:
                self._losing, lost = False, True
                await _reply(send, 502, {})
            if not lost:
                await send(message)

        return sending

    def _knows(self, scope: Scope) -> bool:
        carried = dict(scope["headers"]).get(b"authorization", b"").decode()
        return carried.removeprefix("Bearer ") in self.authority.access

    async def _oauth(self, scope: Scope, receive: Receive, send: Send) -> None:
        path, authority = scope["path"], self.authority
        asked = dict(parse_qsl(scope["query_string"].decode()))
        try:
            if path == "/.well-known/oauth-protected-resource":
                await _reply(send, 200, authority.resource(self.base))
            elif path == "/.well-known/oauth-authorization-server":
                await _reply(send, 200, authority.metadata(self.base))
            elif path == "/oauth/register":
                wanted = json.loads(await _body(receive))
                await _reply(send, 201, authority.register(wanted))
            elif path == "/oauth/authorize":
                await _reply(send, 302, {}, {"Location": authority.authorise(asked)})
            elif path == "/oauth/token":
                form = dict(parse_qsl((await _body(receive)).decode()))
                await _reply(send, 200, authority.token(form))
            else:
                await _reply(send, 404, {})
        except Refusal as error:
            await _reply(send, 400, {"error": str(error)})


def _answer(told: dict[str, Any], *, failed: bool = False, as_text: bool = False) -> CallToolResult:
    text = TextContent(type="text", text=json.dumps(told))
    structured = None if as_text or failed else told
    return CallToolResult(content=[text], structured_content=structured, is_error=failed)


async def _body(receive: Receive) -> bytes:
    found = b""
    while True:
        message = await receive()
        found += bytes(message.get("body", b""))
        if not message.get("more_body"):
            return found


async def _reply(
    send: Send, status: int, told: dict[str, Any], headers: dict[str, str] | None = None
) -> None:
    body = json.dumps(told).encode()
    named = {
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
        **(headers or {}),
    }
    raw = [(k.lower().encode(), v.encode()) for k, v in named.items()]
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": body})
