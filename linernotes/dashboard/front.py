"""Tells Streamlit's scripts where their server is, which they would else try out page by page.

Who serves the pages, and how, is `server`'s.
"""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEAD = b"<head>"
# Without it a page at /usage first asks /usage/_stcore/health: two errors in the browser's console,
# and a round trip before anything is shown.
TOLD = HEAD + b"<script>window.__streamlit = {BACKEND_BASE_URL: location.origin}</script>"


class KnownServer:
    """Adds the server's address to the page that loads the scripts."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun: list[Message] = []
        body = bytearray()

        async def passed_on(message: Message) -> None:
            if message["type"] == "http.response.start" and _is_page(message):
                begun.append(message)
                return
            if not begun:
                await send(message)
                return
            body.extend(message.get("body", b""))
            if message.get("more_body"):
                return
            whole = bytes(body).replace(HEAD, TOLD, 1)
            if body:  # the answer to a HEAD has none
                MutableHeaders(scope=begun[0])["content-length"] = str(len(whole))
            await send(begun[0])
            await send({"type": "http.response.body", "body": whole})

        # Nothing compressed comes out of here; the middleware outside of this one compresses.
        headers = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
        await self.app({**scope, "headers": headers}, receive, passed_on)


def _is_page(message: Message) -> bool:
    kind = MutableHeaders(scope=message).get("content-type", "")
    return message["status"] == 200 and kind.startswith("text/html")
