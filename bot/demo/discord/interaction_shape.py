"""INTERACTION_CREATE as the gateway sends it."""

from bot.demo.discord.permissions import permissions_of
from bot.demo.discord.shapes import Shapes
from bot.demo.discord.values import DIRECT, Interaction, Json
from bot.demo.discord.world import World


def interaction_shape(world: World, shapes: Shapes, interaction: Interaction) -> Json:
    person, channel = world.people[interaction.person_id], world.channels[interaction.channel_id]
    bits = {who: str(int(permissions_of(world, who, channel))) for who in (person.id, world.bot.id)}
    shape: Json = {
        "id": interaction.id,
        "application_id": world.bot.id,
        "type": interaction.kind,
        "token": interaction.token,
        "version": 1,
        "data": interaction.data,
        "channel_id": channel.id,
        "channel": shapes.interaction_channel(channel, person),
        "app_permissions": bits[world.bot.id],
        "locale": "en-US",
        "entitlements": [],
        "attachment_size_limit": world.rules.upload_bytes,
    }
    if channel.kind == DIRECT:
        shape |= {"user": shapes.user(person), "context": 1, "authorizing_integration_owners": {"0": "0"}}
    else:
        member = {**shapes.member(person), "user": shapes.user(person), "permissions": bits[person.id]}
        shape |= {
            "guild_id": world.guild.id,
            "guild": {"id": world.guild.id, "locale": "en-US", "features": []},
            "guild_locale": "en-US",
            "member": member,
            "context": 0,
            "authorizing_integration_owners": {"0": world.guild.id},
        }
    message = world.messages.get(interaction.message_id or "")
    return shape if message is None else {**shape, "message": shapes.message(message)}
