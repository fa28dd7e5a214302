"""The stand-in as one server: Discord's REST, gateway and CDN, the people's API and the page, on one loopback port."""

from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Protocol

from aiohttp import web

from bot.clock import Clock, SystemClock
from bot.demo.discord.call import Route
from bot.demo.discord.cdn import Cdn
from bot.demo.discord.compose import Composer
from bot.demo.discord.faults import Faults
from bot.demo.discord.gateway import Gateway
from bot.demo.discord.interactions import Interactions
from bot.demo.discord.limits import Limits
from bot.demo.discord.log import Log
from bot.demo.discord.member import Member
from bot.demo.discord.member_http import MemberHttp
from bot.demo.discord.people import People
from bot.demo.discord.permissions import Permission
from bot.demo.discord.push import Push
from bot.demo.discord.refusals import Mistake
from bot.demo.discord.rest import PREFIX, Rest
from bot.demo.discord.rest_commands import Commands
from bot.demo.discord.rest_messages import Messages
from bot.demo.discord.rest_reactions import Reactions
from bot.demo.discord.rest_threads import ThreadRoutes
from bot.demo.discord.rest_world import AboutWorld
from bot.demo.discord.rules import Rules
from bot.demo.discord.seed import new_world
from bot.demo.discord.shapes import Shapes
from bot.demo.discord.threads import Threads
from bot.demo.discord.values import Channel
from bot.demo.discord.webhooks import Webhooks

_NONE = Permission(0)
PAGE = Path(__file__).parent.parent / "page"
_REQUEST_BYTES = 128 * 1024 * 1024


class _Room(Protocol):
    def routes(self) -> list[Route]: ...


class StandIn:
    """`async with StandIn() as standin`; the addresses are known inside. Entered again after an outage it serves the
    same world at the same addresses.
    """

    def __init__(self, port: int = 0, *, rules: Rules | None = None, clock: Clock | None = None) -> None:
        self._port = port
        self.log = Log()
        self.faults = Faults()
        self.world = new_world(clock or SystemClock(), rules or Rules())
        self._cdn = Cdn(self.world)
        shapes, composer = Shapes(self.world, self._cdn), Composer(self.world, self._cdn)
        interactions = Interactions(self.world, shapes, composer)
        self.gateway = Gateway(self.world, shapes, self.log)
        self._push = Push(self.world, self._cdn)
        self._about = AboutWorld(self.world, shapes)
        self.threads = Threads(self.world)
        self._people = People(self.world, self._cdn, composer, self.threads, interactions)
        self._rest = Rest(self.world, Limits(self.world), self.faults, self.log)
        self._rooms: list[_Room] = [
            self._about,
            Messages(self.world, shapes, composer, self.threads),
            ThreadRoutes(self.world, shapes, self.threads),
            Reactions(self.world, shapes),
            Commands(self.world),
            interactions,
            Webhooks(self.world, shapes, composer),
        ]
        self.page_url = ""

    @property
    def token(self) -> str:
        return self.world.token

    @property
    def api_base(self) -> str:
        return self.page_url.rstrip("/") + PREFIX

    @property
    def gateway_url(self) -> str:
        return self.gateway.url

    @property
    def cdn_base(self) -> str:
        return self._cdn.base

    @property
    def guild_id(self) -> int:
        return int(self.world.guild.id)

    def channel(self, name: str = "darkroom") -> str:
        """The id of the channel of that name. Raises Mistake."""
        for channel in self.world.channels.values():
            if channel.name == name:
                return channel.id
        raise Mistake(f"There is no channel called {name}.", 404)

    def make_channel(self, name: str, *, nsfw: bool = False, topic: str | None = None) -> str:
        """A new channel's id."""
        made = Channel(self.world.ids.next(), name, topic, nsfw=nsfw)
        return self.world.make_channel(made).id

    def make_role(self, name: str, permissions: Permission = _NONE, *usernames: str) -> str:
        """A new role's id, given to these people at once."""
        role = self.world.make_role(name, int(permissions))
        for username in usernames:
            self.world.give_role(self.member(username).id, role.id)
        return role.id

    def join(self, username: str, *role_ids: str) -> Member:
        """Somebody new in the guild."""
        self.world.join(username, username.title(), role_ids)
        return self.member(username)

    def member(self, username: str = "ada") -> Member:
        """A person's own verbs. Raises Mistake for nobody's name."""
        return self._people.named(username)

    async def __aenter__(self) -> "StandIn":
        app = web.Application(client_max_size=_REQUEST_BYTES)
        self._rest.attach(app, self._routes())
        app.router.add_get("/gateway", self.gateway.serve)
        app.router.add_get("/gateway/", self.gateway.serve)
        app.add_routes(self._cdn.routes("/cdn"))
        app.add_routes(MemberHttp(self.world, self._cdn, self._people, self._push).routes())
        app.router.add_get("/", _index)
        app.router.add_static("/page", PAGE)
        app.on_shutdown.append(self._hang_up)
        # Pictures travel through here; an access log line for each would drown the demo's own words.
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
        self._port = port = self._runner.addresses[0][1]
        self.page_url = f"http://127.0.0.1:{port}/"
        self.gateway.url = self._about.gateway_url = f"ws://127.0.0.1:{port}/gateway"
        self._cdn.base = f"http://127.0.0.1:{port}/cdn"
        return self

    def _routes(self) -> Iterable[Route]:
        return [route for room in self._rooms for route in room.routes()]

    async def _hang_up(self, _: web.Application) -> None:
        """Connections that would stay open for ever end first."""
        self.gateway.drop(1001)
        self._push.end()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._runner.cleanup()


async def _index(_: web.Request) -> web.FileResponse:
    return web.FileResponse(PAGE / "index.html", headers={"Cache-Control": "no-cache"})
