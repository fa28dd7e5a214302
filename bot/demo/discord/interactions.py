"""Interactions: started by people, acknowledged by the bot within three seconds and exactly once."""

import asyncio
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.demo.discord import components
from bot.demo.discord.call import NO_CONTENT, UNCOUNTED, Answer, Call, Route
from bot.demo.discord.changes import InteractionStarted
from bot.demo.discord.compose import Composer, Letterhead
from bot.demo.discord.modal_rules import check_modal
from bot.demo.discord.refusals import Code, inside, invalid
from bot.demo.discord.shapes import Shapes
from bot.demo.discord.values import DIRECT, EPHEMERAL, Interaction, Json, Message, Origin, Outcome
from bot.demo.discord.world import World

COMMAND, COMPONENT, AUTOCOMPLETE, SUBMIT = 2, 3, 4, 5
_REPLY, _DEFER, _DEFER_UPDATE, _UPDATE, _CHOICES, _MODAL = 4, 5, 6, 7, 8, 9
_ALLOWED = {
    COMMAND: {_REPLY, _DEFER, _MODAL},
    COMPONENT: {_REPLY, _DEFER, _DEFER_UPDATE, _UPDATE, _MODAL},
    AUTOCOMPLETE: {_CHOICES},
    SUBMIT: {_REPLY, _DEFER, _DEFER_UPDATE, _UPDATE},
}


@dataclass(frozen=True)
class Trigger:
    """What a person did. `message` is the one whose component was used, also for the modal that followed."""

    kind: int
    person_id: str
    channel_id: str
    data: Json
    name: str = ""
    message: Message | None = None


@dataclass
class Interactions:
    world: World
    shapes: Shapes
    composer: Composer

    def routes(self) -> list[Route]:
        return [Route("POST", "/interactions/{interaction}/{token}/callback", self._callback, UNCOUNTED, open=True)]

    def start(self, trigger: Trigger) -> Interaction:
        """Tell the bot; `outcome` of what comes back is set by its acknowledgement."""
        started = Interaction(
            id=self.world.ids.next(),
            token=secrets.token_urlsafe(48),
            kind=trigger.kind,
            person_id=trigger.person_id,
            channel_id=trigger.channel_id,
            data=trigger.data,
            created_at=self.world.clock.now(),
            outcome=asyncio.get_running_loop().create_future(),
            name=trigger.name,
            message_id=trigger.message.id if trigger.message else None,
        )
        self.world.interactions[started.id] = started
        self.world.tell(InteractionStarted(started))
        return started

    def _callback(self, call: Call) -> Answer:
        interaction = self._waiting(call)
        body = call.form()
        kind = body.get("type")
        if kind not in _ALLOWED[interaction.kind]:
            raise invalid("type", "INTERACTION_RESPONSE_TYPE_INVALID", f"Type {kind} does not answer this interaction.")
        answers: dict[int, Callable[[Interaction, Json, Call], Outcome]] = {
            _REPLY: self._reply,
            _DEFER: self._defer,
            _DEFER_UPDATE: self._defer_update,
            _UPDATE: self._update,
            _CHOICES: self._choices,
            _MODAL: self._modal,
        }
        with inside("data"):
            outcome = answers[kind](interaction, body.get("data") or {}, call)
        interaction.acknowledged = True
        if not interaction.outcome.done():
            interaction.outcome.set_result(outcome)
        return self._response(interaction, kind) if call.query.get("with_response") in ("1", "true") else NO_CONTENT

    def _waiting(self, call: Call) -> Interaction:
        """Raises 10062 for a wrong or late one, 40060 for one that was answered."""
        found = self.world.interactions.get(call.params["interaction"])
        if found is None or not hmac.compare_digest(found.token.encode(), call.params["token"].encode()):
            raise Code.UNKNOWN_INTERACTION.refusal()
        if found.acknowledged:
            raise Code.ACKNOWLEDGED.refusal()
        if self.world.clock.now() - found.created_at > self.world.rules.ack_seconds:
            raise Code.UNKNOWN_INTERACTION.refusal()
        return found

    def _reply(self, interaction: Interaction, data: Json, call: Call) -> Outcome:
        message = self.composer.create(data, call.uploads, letterhead(self.world, interaction, data))
        self.world.post(message)
        interaction.original_id = message.id
        return Outcome(interaction.id, "answered", message.id)

    def _defer(self, interaction: Interaction, data: Json, call: Call) -> Outcome:
        message = self.composer.thinking(letterhead(self.world, interaction, data))
        self.world.post(message)
        interaction.original_id, interaction.deferred = message.id, "thinking"
        return Outcome(interaction.id, "deferred", message.id)

    def _defer_update(self, interaction: Interaction, data: Json, call: Call) -> Outcome:
        interaction.original_id = self._clicked(interaction).id
        interaction.deferred = "update"
        return Outcome(interaction.id, "deferred")

    def _update(self, interaction: Interaction, data: Json, call: Call) -> Outcome:
        message = self._clicked(interaction)
        self.composer.amend(message, data, call.uploads)
        self.world.edited(message)
        interaction.original_id = message.id
        return Outcome(interaction.id, "updated", message.id)

    def _clicked(self, interaction: Interaction) -> Message:
        """Raises 10008 when it was deleted, 50035 when there never was one."""
        if interaction.message_id is None:
            raise invalid("type", "INTERACTION_RESPONSE_TYPE_INVALID", "There is no message to update.")
        if interaction.message_id not in self.world.messages:
            raise Code.UNKNOWN_MESSAGE.refusal()
        return self.world.messages[interaction.message_id]

    def _choices(self, interaction: Interaction, data: Json, call: Call) -> Outcome:
        choices = data.get("choices") or []
        if len(choices) > 25:
            raise invalid("choices", "BASE_TYPE_MAX_LENGTH", "Must be 25 or fewer in length.")
        for index, choice in enumerate(choices):
            for key in ("name", "value"):
                if not 1 <= len(str(choice.get(key, ""))) <= 100:
                    raise invalid(f"choices.{index}.{key}", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 100.")
        return Outcome(interaction.id, "choices", choices=tuple(choices))

    def _modal(self, interaction: Interaction, data: Json, call: Call) -> Outcome:
        check_modal(data)
        interaction.modal = {**data, "components": components.numbered(data["components"])}
        return Outcome(interaction.id, "modal", modal=interaction.modal)

    def _response(self, interaction: Interaction, kind: int) -> Answer:
        shape: Json = {
            "id": interaction.id,
            "type": interaction.kind,
            "channel_id": interaction.channel_id,
        }
        if self.world.channel(interaction.channel_id).kind != DIRECT:
            shape["guild_id"] = self.world.guild.id
        message = self.world.messages.get(interaction.original_id or "")
        if message is None:
            return Answer(body={"interaction": shape})
        shape["response_message_id"] = message.id
        shape["response_message_loading"] = message.loading
        shape["response_message_ephemeral"] = message.addressee is not None
        if kind not in (_REPLY, _UPDATE):
            return Answer(body={"interaction": shape})
        return Answer(body={"interaction": shape, "resource": {"type": kind, "message": self.shapes.message(message)}})


def letterhead(world: World, interaction: Interaction, data: Json) -> Letterhead:
    """The bot's answer to an interaction; flag 64 makes it ephemeral."""
    origin = Origin(
        interaction.id,
        interaction.kind,
        interaction.name,
        interaction.person_id,
        interaction.message_id,
        interaction.data.get("target_id"),
    )
    ephemeral = bool((data.get("flags") or 0) & EPHEMERAL)
    head = Letterhead(world.bot.id, world.channel(interaction.channel_id), origin)
    return replace(head, addressee=interaction.person_id) if ephemeral else head
