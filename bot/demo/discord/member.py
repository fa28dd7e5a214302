"""What a person can do in this world, as a client program would let them."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.demo.discord import components
from bot.demo.discord.call import Upload
from bot.demo.discord.cdn import Cdn
from bot.demo.discord.command_line import CommandLine, command_lines, completion_data, interaction_data
from bot.demo.discord.compose import Composer, Letterhead
from bot.demo.discord.interactions import AUTOCOMPLETE, COMMAND, COMPONENT, SUBMIT, Interactions, Trigger
from bot.demo.discord.modal_form import submission
from bot.demo.discord.permissions import Permission, permissions_of
from bot.demo.discord.refusals import Mistake
from bot.demo.discord.resolving import Resolver
from bot.demo.discord.rest_reactions import MAX_EMOJI, known_emoji
from bot.demo.discord.values import Channel, Interaction, Json, Message, Outcome, Person
from bot.demo.discord.world import World

NO_ANSWER = "The application did not respond."


@dataclass(frozen=True)
class Member:
    """Raises Mistake with a sentence for what a client would not allow, Refusal for what Discord would not."""

    world: World
    cdn: Cdn
    composer: Composer
    interactions: Interactions
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
        return message.addressee in (None, self.id)

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
        channel = self._channel(channel_id, Permission.SEND_MESSAGES)
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
        """An own message; or an ephemeral one, which only leaves this person's view."""
        message = self.message(message_id)
        self.world.delete(message if message.addressee == self.id else self._own(message_id))

    def react(self, message_id: str, emoji: str) -> None:
        message = self._public(message_id)
        known_emoji(emoji)
        if emoji not in message.reactions:
            self._channel(message.channel_id, Permission.ADD_REACTIONS)
            if len(message.reactions) >= MAX_EMOJI:
                raise Mistake(f"A message has room for {MAX_EMOJI} different emoji.")
        self.world.react(message, self.id, emoji)

    def unreact(self, message_id: str, emoji: str) -> None:
        self.world.unreact(self._public(message_id), self.id, emoji)

    def commands(self, channel_id: str | None = None) -> list[CommandLine]:
        """Those this person may use."""
        place = self.world.channel(channel_id or next(iter(self.world.channels)))
        held = permissions_of(self.world, self.id, place)
        allowed = [command for command in self.world.commands.values() if _usable(command, held)]
        return command_lines(allowed)

    async def complete(
        self, channel_id: str, command: str, focused: str, typed: str, options: Mapping[str, Any] | None = None
    ) -> tuple[Json, ...]:
        """The choices the bot offers; none when it does not answer in time."""
        line = self._line(channel_id, command)
        data = completion_data(line, options or {}, focused, typed)
        outcome = await self._wait(Trigger(AUTOCOMPLETE, self.id, channel_id, data, line.name))
        return outcome.choices

    async def run(self, channel_id: str, command: str, options: Mapping[str, Any] | None = None) -> Outcome:
        """`command` is the full name, "batch render"; the value of an attachment option is an Upload."""
        line = self._line(channel_id, command)
        self._channel(channel_id, Permission.USE_APPLICATION_COMMANDS)
        resolver = Resolver(self.world, self.cdn, self.interactions.shapes, channel_id)
        data = interaction_data(line, options or {}, resolver.resolve)
        return await self._wait(Trigger(COMMAND, self.id, channel_id, data, line.name))

    async def click(self, message_id: str, custom_id: str, values: Sequence[str] | None = None) -> Outcome:
        """Press a button, or choose `values` in a menu."""
        message = self.message(message_id)
        component = components.find(message.components, custom_id)
        if component is None:
            raise Mistake("That button is no longer there.", 404)
        if component.get("disabled"):
            raise Mistake("That button is switched off.")
        data: Json = {"custom_id": custom_id, "component_type": component["type"]}
        if component["type"] in components.SELECTS:
            data["values"] = list(values or [])
        return await self._wait(Trigger(COMPONENT, self.id, message.channel_id, data, message=message))

    async def submit(self, interaction_id: str, values: Mapping[str, Any]) -> Outcome:
        """Send the modal that the interaction was answered with; each modal can be sent once."""
        shown = self.world.interactions.get(interaction_id)
        if shown is None or shown.modal is None or shown.person_id != self.id:
            raise Mistake("That form is no longer open.", 404)
        data = submission(shown.modal, values)
        shown.modal = None
        message = self.world.messages.get(shown.message_id or "")
        return await self._wait(Trigger(SUBMIT, self.id, shown.channel_id, data, shown.name, message))

    async def _wait(self, trigger: Trigger) -> Outcome:
        interaction: Interaction = self.interactions.start(trigger)
        try:
            return await asyncio.wait_for(asyncio.shield(interaction.outcome), self.world.rules.ack_seconds)
        except TimeoutError:
            return Outcome(interaction.id, "failed", error=NO_ANSWER)

    def _line(self, channel_id: str, name: str) -> CommandLine:
        wanted = name.removeprefix("/")
        found = next((line for line in self.commands(channel_id) if line.name == wanted), None)
        if found is None:
            raise Mistake(f"There is no command /{wanted}.", 404)
        return found

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


def _usable(command: Json, held: Permission) -> bool:
    wanted = command["default_member_permissions"]
    if wanted is None or Permission.ADMINISTRATOR in held:
        return True
    return int(wanted) != 0 and int(held) & int(wanted) == int(wanted)
