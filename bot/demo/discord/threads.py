"""The life of a thread: begun, joined, put away when nobody writes, taken out again, deleted."""

from dataclasses import dataclass

from bot.demo.discord import changes
from bot.demo.discord.permissions import Permission, permissions_of
from bot.demo.discord.refusals import Code, Refusal, invalid, too_long
from bot.demo.discord.values import HAS_THREAD, PUBLIC_THREAD, STARTER, TEXT_CHANNEL, Channel, Message
from bot.demo.discord.world import World

ARCHIVE_MINUTES = (60, 1440, 4320, 10080)
_CREATED = 18


@dataclass(frozen=True)
class Threads:
    """Verbs for the bot's REST and for people alike; permissions are the callers' business, states are checked here."""

    world: World

    def begin(self, parent: Channel, person_id: str, name: str, minutes: int, start: Message | None) -> Channel:
        """A public thread of a channel, or of a message, whose id it then has. Raises 50024, 160004, 50035."""
        if parent.kind != TEXT_CHANNEL:
            raise Code.WRONG_CHANNEL_TYPE.refusal()
        check_name(name)
        check_minutes(minutes)
        if start is not None and start.id in self.world.channels:
            raise Code.HAS_THREAD.refusal()
        now = self.world.clock.now()
        number = start.id if start else self.world.ids.next()
        made = Channel(number, name, kind=PUBLIC_THREAD, parent_id=parent.id, owner_id=person_id, created_at=now)
        made.archived_at, made.archive_minutes, made.people = now, minutes, [person_id]
        self.world.make_channel(made)
        self._announce(parent, made, person_id, start)
        return made

    def _announce(self, parent: Channel, thread: Channel, person_id: str, start: Message | None) -> None:
        """The message that a thread began with is quoted in it; without one, the channel says that it began."""
        number, now = self.world.ids.next(), self.world.clock.now()
        if start is None:
            said = Message(number, parent.id, person_id, now, kind=_CREATED, content=thread.name)
            said.reference_channel_id = thread.id
            self.world.post(said)
            return
        # The quotation is no news for anybody; it stands in the history.
        self.world.messages[number] = Message(number, thread.id, person_id, now, kind=STARTER, reference_id=start.id)
        self.world.messages[number].reference_channel_id = parent.id
        start.flags |= HAS_THREAD
        self.world.edited(start)

    def change(
        self,
        thread: Channel,
        *,
        name: str | None = None,
        archived: bool | None = None,
        locked: bool | None = None,
        minutes: int | None = None,
    ) -> None:
        """Only what is given. Raises 50083 for anything about a thread that stays put away, 50035."""
        if thread.archived and archived is not False:
            raise Code.ARCHIVED.refusal()
        if name is not None:
            check_name(name)
        if minutes is not None:
            check_minutes(minutes)
        if archived is not None and archived != thread.archived:
            thread.archived, thread.archived_at = archived, self.world.clock.now()
        thread.name = thread.name if name is None else name
        thread.locked = thread.locked if locked is None else locked
        thread.archive_minutes = thread.archive_minutes if minutes is None else minutes
        self.world.tell(changes.ChannelChanged(thread, made=False))

    def enter(self, thread: Channel, person_id: str) -> None:
        """Before somebody writes: a thread that was put away comes out, and the writer joins. Raises 160005, 50083."""
        if thread.locked and Permission.MANAGE_THREADS not in permissions_of(self.world, person_id, thread):
            raise (Code.ARCHIVED if thread.archived else Code.LOCKED).refusal()
        if thread.archived:
            self.change(thread, archived=False)
        self.join(thread, person_id)

    def join(self, thread: Channel, person_id: str) -> None:
        if thread.archived:
            raise Code.ARCHIVED.refusal()
        if person_id not in thread.people:
            thread.people.append(person_id)
            self.world.tell(changes.ThreadJoined(thread, person_id))

    def leave(self, thread: Channel, person_id: str) -> None:
        if thread.archived:
            raise Code.ARCHIVED.refusal()
        if person_id in thread.people:
            thread.people.remove(person_id)
            self.world.tell(changes.ThreadLeft(thread, person_id))

    def delete(self, thread: Channel) -> None:
        """With everything said in it."""
        for message in self.world.history(thread.id):
            del self.world.messages[message.id]
        del self.world.channels[thread.id]
        start = self.world.messages.get(thread.id)
        if start is not None:
            start.flags &= ~HAS_THREAD
        self.world.tell(changes.ThreadDeleted(thread))


def thread_of(world: World, channel_id: str) -> Channel:
    """Raises 10003, and 50024 for what is no thread."""
    found = world.channel(channel_id)
    if found.kind != PUBLIC_THREAD:
        raise Code.WRONG_CHANNEL_TYPE.refusal()
    return found


def refuse_archived(channel: Channel) -> None:
    """Nothing in a thread that was put away can be changed. Raises 50083."""
    if channel.archived:
        raise Code.ARCHIVED.refusal()


def check_name(name: str) -> None:
    if not name.strip():
        raise _bad_name()
    if len(name) > 100:
        raise too_long("name", 100)


def check_minutes(minutes: int) -> None:
    if minutes not in ARCHIVE_MINUTES:
        text = "Value must be one of {60, 1440, 4320, 10080}."
        raise invalid("auto_archive_duration", "BASE_TYPE_CHOICES", text)


def _bad_name() -> Refusal:
    return invalid("name", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 100 in length.")
