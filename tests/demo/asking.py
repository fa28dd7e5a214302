"""Requests to the stand-in without a client library."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import aiohttp

from bot.demo.discord.server import StandIn


@dataclass(frozen=True)
class Answered:
    status: int
    body: Any
    headers: dict[str, str]

    @property
    def said(self) -> tuple[int, int]:
        """(status, Discord's code) of a refusal."""
        return self.status, self.body["code"]


@dataclass(frozen=True)
class Asking:
    standin: StandIn
    session: aiohttp.ClientSession

    async def rest(self, method: str, path: str, body: Any = None, files: Sequence[tuple[str, bytes]] = ()) -> Answered:
        """As the bot; with `files` (name, bytes) as multipart."""
        headers = {"Authorization": f"Bot {self.standin.token}"}
        url = self.standin.api_base + path
        if not files:
            async with self.session.request(method, url, json=body, headers=headers) as response:
                return await _answered(response)
        form = aiohttp.FormData()
        form.add_field("payload_json", json.dumps(body))
        for number, (name, data) in enumerate(files):
            form.add_field(f"files[{number}]", BytesIO(data), filename=name, content_type="application/octet-stream")
        async with self.session.request(method, url, data=form, headers=headers) as response:
            return await _answered(response)

    async def send(self, body: Any, files: Sequence[tuple[str, bytes]] = ()) -> Answered:
        """Create a message in the channel of the tests."""
        return await self.rest("POST", f"/channels/{self.standin.channel()}/messages", body, files)

    async def page(self, method: str, path: str, body: Any = None, **query: str) -> Answered:
        """As the page."""
        url = self.standin.page_url.rstrip("/") + path
        async with self.session.request(method, url, json=body, params=query) as response:
            return await _answered(response)


async def _answered(response: aiohttp.ClientResponse) -> Answered:
    text = await response.text()
    kind = response.content_type
    return Answered(response.status, json.loads(text) if kind == "application/json" else text, dict(response.headers))
