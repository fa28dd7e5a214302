"""Live news for the browsers: server-sent events, one stream a tab."""

import asyncio
import json
from dataclasses import dataclass, field

from aiohttp import web

from bot.demo.discord import changes
from bot.demo.discord.cdn import Cdn
from bot.demo.discord.member import Member
from bot.demo.discord.member_view import View
from bot.demo.discord.values import Json, Message
from bot.demo.discord.world import World

_KEEP_ALIVE_SECONDS = 15


@dataclass(eq=False)
class _Tab:
    """None in the queue ends the stream."""

    member: Member
    view: View
    news: asyncio.Queue[Json | None] = field(default_factory=asyncio.Queue)


class Push:
    """Tells every open tab what its person may see."""

    def __init__(self, world: World, cdn: Cdn) -> None:
        self._world = world
        self._cdn = cdn
        self._tabs: set[_Tab] = set()
        world.listeners.append(self._hear)

    def end(self) -> None:
        for tab in self._tabs:
            tab.news.put_nowait(None)

    async def stream(self, request: web.Request, member: Member) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
        tab = _Tab(member, View(self._world, self._cdn, member.person))
        self._tabs.add(tab)
        tab.news.put_nowait({"type": "hello", "bot_online": self._world.bot_online})
        try:
            await response.prepare(request)
            while (line := await _next_line(tab)) is not None:
                await response.write(line)
        except ConnectionResetError:
            pass  # The tab was closed.
        finally:
            self._tabs.discard(tab)
        return response

    def _hear(self, change: changes.Change) -> None:
        for tab in self._tabs:
            news = _news(tab, change)
            if news is not None:
                tab.news.put_nowait(news)


def _news(tab: _Tab, change: changes.Change) -> Json | None:
    match change:
        case changes.MessageDeleted(message):
            gone = {"type": "message_deleted", "id": message.id, "channel_id": message.channel_id}
            return gone if tab.member.sees(message) else None
        case (
            changes.MessageCreated(message)
            | changes.MessageEdited(message)
            | changes.ReactionAdded(message)
            | changes.ReactionRemoved(message)
            | changes.ReactionsCleared(message)
        ):
            return _message(tab, message)
        case changes.Typing(channel_id, person_id):
            typing = {"type": "typing", "channel_id": channel_id, "member_id": person_id}
            return typing if tab.member.enters(tab.member.world.channels[channel_id]) else None
        case changes.CommandsChanged():
            return {"type": "commands"}
        case changes.ChannelChanged() | changes.ThreadDeleted() | changes.RolesChanged() | changes.PersonChanged():
            return {"type": "channels"}
        case changes.BotCameOrWent(online):
            return {"type": "bot", "online": online}
        case _:
            return None


def _message(tab: _Tab, message: Message) -> Json | None:
    if not tab.member.sees(message):
        return None
    return {"type": "message", "message": tab.view.message(message)}


async def _next_line(tab: _Tab) -> bytes | None:
    """A comment now and then, so that a tab that is gone is noticed."""
    try:
        news = await asyncio.wait_for(tab.news.get(), _KEEP_ALIVE_SECONDS)
    except TimeoutError:
        return b":\n\n"
    return None if news is None else b"data: " + json.dumps(news).encode() + b"\n\n"
