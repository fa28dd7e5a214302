"""What a person says and does to messages, as a client program would let them."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.demo.discord.call import Upload
from bot.demo.discord.cdn import Cdn
from bot.demo.discord.compose import Composer, Letterhead
from bot.demo.discord.permissions import Permission, needed_to_write, permissions_of
from bot.demo.discord.refusals import Mistake
from bot.demo.discord.rest_reactions import MAX_EMOJI, known_emoji
from bot.demo.discord.threads import Threads, refuse_archived, thread_of
from bot.demo.discord.values import PUBLIC_THREAD, Channel, Json, Message, Person
from bot.demo.discord.world import World

_DAY_MINUTES = 1440


@dataclass(frozen=True)
class Talker:
    """Raises Mistake with a sentence for what a client would not allow, Refusal for what Discord would not."""

    world: World
    cdn: Cdn
    composer: Composer
    threads: Threads
    person: Person

    @property
    def id(self) -> str:
        return self.person.id

    def messages(self, channel_id: str, limit: int = 50, before: str | None = None) -> list[Message]:
        """What this person sees, oldest first."""
        border = int(before) if before else None
        seen = [message for message in self.world.history(channel_id) if self.sees(message)]
        return [message for message in seen if border is None or int(message.id) < border][-limit:]

    def sees(self, message: Message) -> bool:
        return message.addressee in (None, self.id) and self.enters(self.world.channels[message.channel_id])

    def enters(self, channel: Channel) -> bool:
        """Whether this person may look into it."""
        return Permission.VIEW_CHANNEL in permissions_of(self.world, self.id, channel)

    def start_thread(self, channel_id: str, name: str, message_id: str | None = None) -> Channel:
        """Of a message, or of the channel alone."""
        parent = self._channel(channel_id, Permission.CREATE_PUBLIC_THREADS)
        start = None if message_id is None else self._public(message_id)
        return self.threads.begin(parent, self.id, name, _DAY_MINUTES, start)

    def change_thread(self, thread_id: str, *, archived: bool | None = None, locked: bool | None = None) -> Channel:
        """Put away, taken out, locked or unlocked: by the one who began it, unlocked ones, or by a moderator."""
        thread = thread_of(self.world, thread_id)
        held = permissions_of(self.world, self.id, thread)
        mine = thread.owner_id == self.id and not thread.locked and locked is None
        if not mine and Permission.MANAGE_THREADS not in held:
            raise Mistake("You may not do that to this thread.", 403)
        self.threads.change(thread, archived=archived, locked=locked)
        return thread

    def post(
        self,
        channel_id: str,
        content: str,
        *,
        files: Sequence[Upload] = (),
        reply_to: str | None = None,
        ping: bool = True,
    ) -> Message:
        """`ping` matters for a reply: only then is its author mentioned."""
        place = self.world.channel(channel_id)
        channel = self._channel(channel_id, needed_to_write(place))
        if channel.kind == PUBLIC_THREAD:
            self.threads.enter(channel, self.id)
        body: Json = {"content": content, "allowed_mentions": {"parse": ["users", "everyone"], "replied_user": ping}}
        if reply_to is not None:
            body["message_reference"] = {"message_id": reply_to}
        uploads = {f"files[{number}]": upload for number, upload in enumerate(files)}
        message = self.composer.create(body, uploads, Letterhead(self.id, channel))
        self.world.post(message)
        return message

    def edit(self, message_id: str, content: str) -> Message:
        message = self._own(message_id)
        self.composer.amend(message, {"content": content}, {})
        self.world.edited(message)
        return message

    def delete(self, message_id: str) -> None:
        """An own message; anybody's, for a moderator; or an ephemeral one, which only leaves this person's view."""
        message = self.message(message_id)
        held = permissions_of(self.world, self.id, self.world.channel(message.channel_id))
        theirs = message.addressee == self.id or Permission.MANAGE_MESSAGES in held
        self.world.delete(message if theirs else self._own(message_id))

    def react(self, message_id: str, emoji: str) -> None:
        message = self._public(message_id)
        known_emoji(emoji)
        refuse_archived(self.world.channel(message.channel_id))
        if emoji not in message.reactions:
            self._channel(message.channel_id, Permission.ADD_REACTIONS)
            if len(message.reactions) >= MAX_EMOJI:
                raise Mistake(f"A message has room for {MAX_EMOJI} different emoji.")
        self.world.react(message, self.id, emoji)

    def unreact(self, message_id: str, emoji: str) -> None:
        self.world.unreact(self._public(message_id), self.id, emoji)

    def _channel(self, channel_id: str, needed: Permission) -> Channel:
        channel = self.world.channel(channel_id)
        if needed not in permissions_of(self.world, self.id, channel):
            raise Mistake("You may not do that in this channel.", 403)
        return channel

    def message(self, message_id: str) -> Message:
        """A message this person sees. Raises Mistake."""
        message = self.world.messages.get(message_id)
        if message is None or not self.sees(message):
            raise Mistake("That message is gone.", 404)
        return message

    def _public(self, message_id: str) -> Message:
        message = self.message(message_id)
        if message.addressee is not None:
            raise Mistake("Only you can see that message; it takes no reactions.")
        return message

    def _own(self, message_id: str) -> Message:
        message = self.message(message_id)
        if message.author_id != self.id:
            raise Mistake("That message is not yours.", 403)
        return message
