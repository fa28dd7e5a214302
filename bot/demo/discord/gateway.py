"""The gateway's sessions: every event is numbered and kept, so that a bot that lost its line hears it again."""

import secrets
from dataclasses import dataclass, field

from aiohttp import WSCloseCode, web

from bot.demo.discord.changes import Change
from bot.demo.discord.channel_events import threads_shown
from bot.demo.discord.event import Event
from bot.demo.discord.gateway_events import event_of
from bot.demo.discord.gateway_link import Link
from bot.demo.discord.guild_shape import guild_create
from bot.demo.discord.log import Log
from bot.demo.discord.permissions import permissions_of
from bot.demo.discord.shapes import Shapes
from bot.demo.discord.values import TEXT_CHANNEL, Json
from bot.demo.discord.world import World

DISPATCH, HEARTBEAT, IDENTIFY, PRESENCE, RESUME, RECONNECT, INVALID, HELLO, ACK = 0, 1, 2, 3, 6, 7, 9, 10, 11
_UNKNOWN_OPCODE, _NOT_AUTHENTICATED, _BAD_TOKEN, _TWICE, _INVALID_SEQ = 4001, 4003, 4004, 4005, 4007
# With these a client says that it means to be gone; every other close leaves the session for a RESUME.
_ENDING = (WSCloseCode.OK, WSCloseCode.GOING_AWAY)


@dataclass
class Session:
    """`sent` holds every event of the session, its sequence number being its place counted from 1."""

    id: str
    intents: int
    sent: list[Json] = field(default_factory=list)
    link: Link | None = None

    def dispatch(self, event: Event) -> None:
        self.sent.append({"op": DISPATCH, "t": event.name, "s": len(self.sent) + 1, "d": event.data})
        if self.link is not None:
            self.link.put(self.sent[-1])


class Gateway:
    """Serves websockets; the verbs at the end make trouble on demand. `identifies` and `resumes` count successes.
    Events whose names are in `repeated` are told twice, as a RESUME may do.
    """

    def __init__(self, world: World, shapes: Shapes, log: Log) -> None:
        self._world = world
        self._shapes = shapes
        self._log = log
        self._links: set[Link] = set()
        self.url = ""
        self.sessions: dict[str, Session] = {}
        self.repeated: set[str] = set()
        self.identifies = 0
        self.resumes = 0
        self._refuse = 0
        self._silent = False
        self._seen = self._visible()
        world.listeners.append(self.hear)

    def hear(self, change: Change) -> None:
        event = event_of(self._world, self._shapes, change)
        if event is not None:
            self._dispatch(event)
        seen = self._visible()
        for channel_id in seen - self._seen:
            self._dispatch(threads_shown(self._world, self._shapes, self._world.channels[channel_id]))
        self._seen = seen

    def _dispatch(self, event: Event) -> None:
        for session in self.sessions.values():
            if not event.intents or session.intents & event.intents:
                for _ in range(2 if event.name in self.repeated else 1):
                    session.dispatch(event)

    def _visible(self) -> set[str]:
        """The channels that the bot may see."""
        bot, channels = self._world.bot.id, self._world.channels.values()
        return {one.id for one in channels if one.kind == TEXT_CHANNEL and permissions_of(self._world, bot, one)}

    async def serve(self, request: web.Request) -> web.StreamResponse:
        if self._refuse:
            self._refuse -= 1
            return web.Response(status=503)
        socket = web.WebSocketResponse(autoping=True, max_msg_size=1 << 20)
        await socket.prepare(request)
        link = Link(socket, compressed=request.query.get("compress") == "zlib-stream")
        link.silent = self._silent
        self._links.add(link)
        writer = link.start()
        link.put({"op": HELLO, "s": None, "t": None, "d": {"heartbeat_interval": self._heartbeat_ms()}})
        try:
            await link.read(lambda payload: self._receive(link, payload))
        finally:
            writer.cancel()
            self._links.discard(link)
            self._lost(link, socket.close_code)
        return socket

    def _heartbeat_ms(self) -> int:
        return int(self._world.rules.heartbeat_seconds * 1000)

    def _receive(self, link: Link, payload: Json) -> None:
        opcode, data = payload.get("op"), payload.get("d")
        if opcode == HEARTBEAT:
            link.put({"op": ACK})
        elif opcode == IDENTIFY:
            self._identify(link, data or {})
        elif opcode == RESUME:
            self._resume(link, data or {})
        elif link not in [session.link for session in self.sessions.values()]:
            link.close(_NOT_AUTHENTICATED)
        elif opcode != PRESENCE:
            self._log.violations.append(f"gateway: this stand-in does not know opcode {opcode}")
            link.close(_UNKNOWN_OPCODE)

    def _identify(self, link: Link, data: Json) -> None:
        if data.get("token") != self._world.token:
            return link.close(_BAD_TOKEN)
        if any(session.link is link for session in self.sessions.values()):
            return link.close(_TWICE)
        session = Session(secrets.token_hex(16), int(data.get("intents", 0)), link=link)
        # One bot, one session: the older one ends, and its events are not told twice.
        for old in list(self.sessions.values()):
            if old.link is not None:
                old.link.close(_TWICE)
        self.sessions = {session.id: session}
        self.identifies += 1
        session.dispatch(Event("READY", 0, self._ready(session)))
        session.dispatch(Event("GUILD_CREATE", 0, guild_create(self._world, self._shapes)))
        self._world.set_bot_online(True)
        return None

    def _ready(self, session: Session) -> Json:
        bot = self._world.bot
        return {
            "v": 10,
            "user": {**self._shapes.user(bot), "mfa_enabled": True, "verified": True, "email": None},
            "guilds": [{"id": self._world.guild.id, "unavailable": True}],
            "session_id": session.id,
            "resume_gateway_url": self.url,
            "application": {"id": bot.id, "flags": 0, "flags_new": "0"},
            "private_channels": [],
            "_trace": [],
        }

    def _resume(self, link: Link, data: Json) -> None:
        session = self.sessions.get(str(data.get("session_id")))
        if session is None or data.get("token") != self._world.token:
            return link.put({"op": INVALID, "d": False})
        heard = data.get("seq") or 0
        if not 0 <= heard <= len(session.sent):
            return link.close(_INVALID_SEQ)
        session.link = link
        for event in session.sent[heard:]:
            link.put(event)
        self.resumes += 1
        session.dispatch(Event("RESUMED", 0, {"_trace": []}))
        self._world.set_bot_online(True)
        return None

    def _lost(self, link: Link, code: int | None) -> None:
        for session in list(self.sessions.values()):
            if session.link is link:
                session.link = None
                self._world.set_bot_online(False)
                if code in _ENDING and not link.closed_here:
                    del self.sessions[session.id]

    def refuse(self, connections: int) -> None:
        """Answer the next connections 503."""
        self._refuse = connections

    def ask_to_reconnect(self) -> None:
        """Opcode 7: the bot should come back and resume."""
        for link in self._links:
            link.put({"op": RECONNECT, "d": None})

    def invalidate(self, resumable: bool = False) -> None:
        """Opcode 9; unless resumable, every session is gone and nothing is replayed."""
        if not resumable:
            self.forget()
        for link in self._links:
            link.put({"op": INVALID, "d": resumable})

    def forget(self) -> None:
        """Lose all sessions without a word: the next RESUME is answered with opcode 9."""
        self.sessions.clear()

    def drop(self, code: int = 4000) -> None:
        """Close every connection; sessions stay for a RESUME."""
        for link in self._links:
            link.close(code)

    def silence(self, silent: bool) -> None:
        """Say nothing any more, heartbeats included; events wait for a RESUME."""
        self._silent = silent
        for link in self._links:
            link.silent = silent
