"""What a person can do with the bot in this world: commands, menus, buttons, forms."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.demo.discord import components, selects
from bot.demo.discord.command_line import CommandLine, command_lines, completion_data, interaction_data
from bot.demo.discord.command_rules import MESSAGE_MENU
from bot.demo.discord.interactions import AUTOCOMPLETE, COMMAND, COMPONENT, SUBMIT, Interactions, Trigger
from bot.demo.discord.modal_form import submission
from bot.demo.discord.permissions import Permission, permissions_of
from bot.demo.discord.refusals import Mistake
from bot.demo.discord.resolving import Resolver
from bot.demo.discord.talker import Talker
from bot.demo.discord.values import DIRECT, Interaction, Json, Outcome

NO_ANSWER = "The application did not respond."


@dataclass(frozen=True)
class Member(Talker):
    """A person with the bot's commands before them."""

    interactions: Interactions

    def commands(self, channel_id: str | None = None) -> list[CommandLine]:
        """Those this person may type."""
        return command_lines(self._allowed(channel_id))

    def message_commands(self, channel_id: str | None = None) -> list[Json]:
        """Those this person finds in a message's menu."""
        menu = [command for command in self._allowed(channel_id) if command["type"] == MESSAGE_MENU]
        return sorted(menu, key=lambda command: str(command["name"]))

    def _allowed(self, channel_id: str | None) -> list[Json]:
        place = self.world.channel(channel_id or next(iter(self.world.channels)))
        held = permissions_of(self.world, self.id, place)
        # The guild's own commands stay in the guild.
        known = [one for one in self.world.commands.values() if place.kind != DIRECT or "guild_id" not in one]
        return [command for command in known if _usable(command, held)]

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
        data = interaction_data(line, options or {}, self._resolver(channel_id).resolve)
        return await self._wait(Trigger(COMMAND, self.id, channel_id, data, line.name))

    async def use(self, message_id: str, command: str) -> Outcome:
        """Choose a command of the message's own menu."""
        message = self._public(message_id)
        self._channel(message.channel_id, Permission.USE_APPLICATION_COMMANDS)
        found = next((one for one in self.message_commands(message.channel_id) if one["name"] == command), None)
        if found is None:
            raise Mistake(f"There is no command {command} for messages.", 404)
        resolved = {"messages": {message.id: self.interactions.shapes.message(message, whole=True)}}
        kept: Json = {key: found[key] for key in ("id", "name", "type", "guild_id") if key in found}
        data: Json = {**kept, "target_id": message.id, "resolved": resolved}
        return await self._wait(Trigger(COMMAND, self.id, message.channel_id, data, command))

    async def click(self, message_id: str, custom_id: str, values: Sequence[str] | None = None) -> Outcome:
        """Press a button, or choose `values` in a menu."""
        message = self.message(message_id)
        component = components.find(message.components, custom_id)
        if component is None:
            raise Mistake("That button is no longer there.", 404)
        if component.get("disabled"):
            raise Mistake("That button is switched off.")
        data: Json = {"custom_id": custom_id, "component_type": component["type"]}
        if component["type"] in selects.SELECTS:
            data["values"], resolved = selects.chosen(component, values, self._resolver(message.channel_id).resolve)
            data |= {"resolved": resolved} if resolved else {}
        return await self._wait(Trigger(COMPONENT, self.id, message.channel_id, data, message=message))

    async def submit(self, interaction_id: str, values: Mapping[str, Any]) -> Outcome:
        """Send the modal that the interaction was answered with. It closes once the bot has acknowledged it."""
        shown = self.world.interactions.get(interaction_id)
        if shown is None or shown.modal is None or shown.person_id != self.id:
            raise Mistake("That form is no longer open.", 404)
        data = submission(shown.modal, values, self._resolver(shown.channel_id).resolve)
        message = self.world.messages.get(shown.message_id or "")
        outcome = await self._wait(Trigger(SUBMIT, self.id, shown.channel_id, data, shown.name, message))
        if outcome.state != "failed":
            shown.modal = None
        return outcome

    async def _wait(self, trigger: Trigger) -> Outcome:
        interaction: Interaction = self.interactions.start(trigger)
        try:
            return await asyncio.wait_for(asyncio.shield(interaction.outcome), self.world.rules.ack_seconds)
        except TimeoutError:
            return Outcome(interaction.id, "failed", error=NO_ANSWER)

    def _resolver(self, channel_id: str) -> Resolver:
        return Resolver(self.world, self.cdn, self.interactions.shapes, channel_id)

    def _line(self, channel_id: str, name: str) -> CommandLine:
        wanted = name.removeprefix("/")
        found = next((line for line in self.commands(channel_id) if line.name == wanted), None)
        if found is None:
            raise Mistake(f"There is no command /{wanted}.", 404)
        return found


def _usable(command: Json, held: Permission) -> bool:
    wanted = command["default_member_permissions"]
    if wanted is None or Permission.ADMINISTRATOR in held:
        return True
    return int(wanted) != 0 and int(held) & int(wanted) == int(wanted)
