"""The world before anything happened: one guild, two people and the bot."""

from bot.clock import Clock
from bot.demo.discord.ids import Ids
from bot.demo.discord.permissions import EVERYONE, Permission
from bot.demo.discord.rules import Rules
from bot.demo.discord.values import Channel, Person, Role
from bot.demo.discord.world import Guild, World

PEOPLE = {"ada": "Ada", "grace": "Grace"}
CHANNELS = {"darkroom": "Ask with /imagine; judge with ✅ ❌ 🔁", "lounge": "Everything else"}


def new_world(clock: Clock, rules: Rules) -> World:
    """Ada owns the guild, Grace is an ordinary member; the bot has what its invitation asks for and no more."""
    ids = Ids(clock)
    guild_id, bot_role, owner_id = ids.next(), ids.next(), ids.next()
    bot = Person(ids.next(), "darkroom", "Darkroom", bot=True, roles=(bot_role,))
    world = World(clock, rules, Guild(guild_id, "Studio", owner_id), bot, ids)
    world.roles[guild_id] = Role(guild_id, "@everyone", int(EVERYONE), 0)
    world.roles[bot_role] = Role(bot_role, bot.name, int(Permission.VIEW_CHANNEL), 1, managed=True)
    for username, name in PEOPLE.items():
        person = Person(owner_id if username == "ada" else ids.next(), username, name)
        world.people[person.id] = person
    for name, topic in CHANNELS.items():
        channel = Channel(ids.next(), name, topic)
        world.channels[channel.id] = channel
    return world
