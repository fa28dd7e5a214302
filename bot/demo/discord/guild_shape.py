"""The guild on the wire: its many fixed fields, once for REST and once more for the gateway's GUILD_CREATE."""

from bot.demo.discord.shapes import Shapes, stamp
from bot.demo.discord.values import Json
from bot.demo.discord.world import World

_FIXED: Json = {
    "icon": None,
    "description": None,
    "splash": None,
    "discovery_splash": None,
    "banner": None,
    "application_id": None,
    "region": "deprecated",
    "afk_channel_id": None,
    "afk_timeout": 300,
    "system_channel_id": None,
    "system_channel_flags": 0,
    "widget_enabled": False,
    "widget_channel_id": None,
    "verification_level": 0,
    "default_message_notifications": 1,
    "mfa_level": 0,
    "explicit_content_filter": 0,
    "max_presences": None,
    "max_members": 500_000,
    "max_stage_video_channel_users": 50,
    "max_video_channel_users": 25,
    "vanity_url_code": None,
    "premium_tier": 0,
    "premium_subscription_count": 0,
    "preferred_locale": "en-US",
    "rules_channel_id": None,
    "safety_alerts_channel_id": None,
    "public_updates_channel_id": None,
    "premium_progress_bar_enabled": False,
    "nsfw": False,
    "nsfw_level": 0,
    "incidents_data": None,
}


def guild_shape(world: World, shapes: Shapes) -> Json:
    return {
        **_FIXED,
        "home_header": None,
        "id": world.guild.id,
        "name": world.guild.name,
        "owner_id": world.guild.owner_id,
        "features": [],
        "emojis": [],
        "stickers": [],
        "roles": [shapes.role(role) for role in world.roles.values()],
    }


def guild_create(world: World, shapes: Shapes) -> Json:
    """Without the members intent the only member is the bot."""
    bot = {**shapes.member(world.bot), "user": shapes.user(world.bot)}
    guild = guild_shape(world, shapes)
    del guild["home_header"]
    return {
        **guild,
        "joined_at": stamp(world.clock.now() - 86_400),
        "large": False,
        "unavailable": False,
        "member_count": len(world.people),
        "members": [bot],
        "channels": shapes.channels(),
        "threads": shapes.threads(),
        "voice_states": [],
        "presences": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
    }
