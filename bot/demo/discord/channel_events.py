"""News about channels, threads, roles and people in the gateway's words."""

from bot.demo.discord import changes
from bot.demo.discord.event import GUILD_MEMBERS, GUILDS, Event
from bot.demo.discord.shapes import Shapes
from bot.demo.discord.values import DIRECT, PUBLIC_THREAD, Channel, Json
from bot.demo.discord.world import World

ThreadNews = changes.ChannelChanged | changes.ThreadDeleted | changes.ThreadJoined | changes.ThreadLeft


def channel_event(world: World, shapes: Shapes, change: ThreadNews) -> Event | None:
    """Direct messages begin without a word."""
    match change:
        case changes.ChannelChanged(channel, made) if channel.kind == PUBLIC_THREAD:
            fresh = {"newly_created": True} if made else {}
            return Event(f"THREAD_{'CREATE' if made else 'UPDATE'}", GUILDS, {**shapes.channel(channel), **fresh})
        case changes.ChannelChanged(channel, made):
            if channel.kind == DIRECT:
                return None
            return Event(f"CHANNEL_{'CREATE' if made else 'UPDATE'}", GUILDS, shapes.channel(channel))
        case changes.ThreadDeleted(thread):
            gone = {"id": thread.id, "guild_id": world.guild.id, "parent_id": thread.parent_id, "type": thread.kind}
            return Event("THREAD_DELETE", GUILDS, gone)
        case changes.ThreadJoined(thread, person_id):
            added = {"added_members": [_thread_member(world, shapes, thread, person_id)]}
            return _members(world, thread, person_id, added)
        case changes.ThreadLeft(thread, person_id):
            return _members(world, thread, person_id, {"removed_member_ids": [person_id]})


def _thread_member(world: World, shapes: Shapes, thread: Channel, person_id: str) -> Json:
    person = world.people[person_id]
    member = {**shapes.member(person), "user": shapes.user(person)}
    return {**shapes.thread_member(thread, person_id), "member": member, "presence": None}


def _members(world: World, thread: Channel, person_id: str, moved: Json) -> Event:
    """Without the members intent a bot hears only of itself."""
    place = {"id": thread.id, "guild_id": world.guild.id, "member_count": len(thread.people)}
    intent = GUILDS if person_id == world.bot.id else GUILD_MEMBERS
    return Event("THREAD_MEMBERS_UPDATE", intent, {**place, **moved})


def people_event(world: World, shapes: Shapes, change: changes.RolesChanged | changes.PersonChanged) -> Event:
    """Who comes and goes is for the members intent; what happens to the bot itself, it always hears."""
    place: Json = {"guild_id": world.guild.id}
    if isinstance(change, changes.RolesChanged):
        role = shapes.role(world.roles[change.role_id])
        return Event(f"GUILD_ROLE_{'CREATE' if change.made else 'UPDATE'}", GUILDS, {**place, "role": role})
    person = world.people[change.person_id]
    member = {**place, **shapes.member(person), "user": shapes.user(person)}
    intent = GUILDS if person.id == world.bot.id else GUILD_MEMBERS
    return Event(f"GUILD_MEMBER_{'ADD' if change.made else 'UPDATE'}", intent, member)


def threads_shown(world: World, shapes: Shapes, parent: Channel) -> Event:
    """THREAD_LIST_SYNC, when the bot comes to see a channel that was hidden from it."""
    threads = [one for one in shapes.threads() if one["parent_id"] == parent.id]
    members = [one["member"] for one in threads if "member" in one]
    place = {"guild_id": world.guild.id, "channel_ids": [parent.id]}
    return Event("THREAD_LIST_SYNC", GUILDS, {**place, "threads": threads, "members": members})
