"""REST about the bot itself, its guild, channels and people."""

from dataclasses import dataclass

from bot.demo.discord.call import Answer, Call, Route
from bot.demo.discord.guild_shape import guild_shape
from bot.demo.discord.permissions import demand
from bot.demo.discord.refusals import Code, invalid
from bot.demo.discord.shapes import Shapes
from bot.demo.discord.values import Json
from bot.demo.discord.world import World


@dataclass
class AboutWorld:
    """Answers what a client asks before and after it connects."""

    world: World
    shapes: Shapes
    gateway_url: str = ""

    def routes(self) -> list[Route]:
        return [
            Route("GET", "/users/@me", self._me),
            Route("POST", "/users/@me/channels", self._direct),
            Route("GET", "/users/{user}", self._user),
            Route("GET", "/oauth2/applications/@me", self._application),
            Route("GET", "/gateway", self._gateway, open=True),
            Route("GET", "/gateway/bot", self._gateway_bot),
            Route("GET", "/guilds/{guild}", self._guild),
            Route("GET", "/guilds/{guild}/channels", self._channels),
            Route("GET", "/guilds/{guild}/roles", self._roles),
            Route("GET", "/guilds/{guild}/members/{user}", self._member),
            Route("GET", "/channels/{channel}", self._channel),
        ]

    def _me(self, _: Call) -> Answer:
        personal: Json = {"mfa_enabled": True, "locale": "en-US", "verified": True, "email": None}
        return Answer(body={**self.shapes.user(self.world.bot), **personal})

    def _user(self, call: Call) -> Answer:
        person = self.world.people.get(call.params["user"])
        if person is None:
            raise Code.UNKNOWN_USER.refusal()
        return Answer(body=self.shapes.user(person))

    def _direct(self, call: Call) -> Answer:
        """The channel opens in any case; whether something may be said there shows when it is said."""
        person = self.world.people.get(str(call.form().get("recipient_id")))
        if person is None:
            raise invalid("recipient_id", "BASE_TYPE_BAD_VALUE", "There is no such person.")
        if person.bot:
            raise Code.CLOSED_TO_DIRECT.refusal()
        return Answer(body=self.shapes.channel(self.world.direct(person.id)))

    def _application(self, _: Call) -> Answer:
        bot = self.world.bot
        owner = self.world.people[self.world.guild.owner_id]
        shape: Json = {
            "id": bot.id,
            "name": bot.name,
            "icon": None,
            "description": "",
            "type": None,
            "bot": self.shapes.user(bot),
            "bot_public": False,
            "bot_require_code_grant": False,
            "verify_key": "0" * 64,
            "flags": 0,
            "flags_new": "0",
            "redirect_uris": [],
            "interactions_endpoint_url": None,
            "role_connections_verification_url": None,
            "owner": self.shapes.user(owner),
            "approximate_guild_count": 1,
            "approximate_user_install_count": 0,
            "approximate_user_authorization_count": 0,
            "explicit_content_filter": 0,
            "team": None,
            "eligible_oauth2_scopes": [],
        }
        return Answer(body=shape)

    def _gateway(self, _: Call) -> Answer:
        return Answer(body={"url": self.gateway_url})

    def _gateway_bot(self, _: Call) -> Answer:
        starts = {"total": 1000, "remaining": 1000, "reset_after": 0, "max_concurrency": 1}
        return Answer(body={"url": self.gateway_url, "shards": 1, "session_start_limit": starts})

    def _guild(self, call: Call) -> Answer:
        self._known_guild(call)
        return Answer(body=guild_shape(self.world, self.shapes))

    def _channels(self, call: Call) -> Answer:
        self._known_guild(call)
        return Answer(body=self.shapes.channels())

    def _roles(self, call: Call) -> Answer:
        self._known_guild(call)
        return Answer(body=[self.shapes.role(role) for role in self.world.roles.values()])

    def _member(self, call: Call) -> Answer:
        self._known_guild(call)
        person = self.world.people.get(call.params["user"])
        if person is None:
            raise Code.UNKNOWN_MEMBER.refusal()
        return Answer(body={**self.shapes.member(person), "user": self.shapes.user(person)})

    def _channel(self, call: Call) -> Answer:
        channel = self.world.channel(call.params["channel"])
        demand(self.world, channel)
        return Answer(body=self.shapes.channel(channel))

    def _known_guild(self, call: Call) -> None:
        if call.params["guild"] != self.world.guild.id:
            raise Code.UNKNOWN_GUILD.refusal()
