"""What an interaction's token is good for after the acknowledgement: followups and edits, for a quarter of an hour."""

import hmac
from dataclasses import dataclass

from bot.demo.discord.call import NO_CONTENT, Answer, Call, Route
from bot.demo.discord.compose import Composer
from bot.demo.discord.interactions import letterhead
from bot.demo.discord.refusals import Code
from bot.demo.discord.shapes import Shapes
from bot.demo.discord.values import Interaction, Message
from bot.demo.discord.world import World


@dataclass
class Webhooks:
    """There is no nonce here: a repeated followup is a second message."""

    world: World
    shapes: Shapes
    composer: Composer

    def routes(self) -> list[Route]:
        hook = "/webhooks/{app}/{token}"
        routes = [Route("POST", hook, self._follow_up, "webhook", open=True)]
        for message in ("@original", "{message}"):
            for method, handler in (("GET", self._get), ("PATCH", self._edit), ("DELETE", self._delete)):
                routes.append(Route(method, f"{hook}/messages/{message}", handler, "webhook", open=True))
        return routes

    def _follow_up(self, call: Call) -> Answer:
        interaction, body = self._interaction(call), call.form()
        original = self.world.messages.get(interaction.original_id or "")
        if interaction.deferred == "thinking" and original is not None and original.loading:
            # The first followup after "thinking" still becomes the deferred answer itself.
            self.composer.amend(original, body, call.uploads)
            self.world.edited(original)
            return self._answer(call, original)
        message = self.composer.create(body, call.uploads, letterhead(self.world, interaction, body))
        self.world.post(message)
        return self._answer(call, message)

    def _answer(self, call: Call, message: Message) -> Answer:
        wait = call.query.get("wait") in ("1", "true")
        return Answer(body=self.shapes.message(message)) if wait else NO_CONTENT

    def _get(self, call: Call) -> Answer:
        return Answer(body=self.shapes.message(self._message(call)))

    def _edit(self, call: Call) -> Answer:
        message = self._message(call)
        self.composer.amend(message, call.form(), call.uploads)
        self.world.edited(message)
        return Answer(body=self.shapes.message(message))

    def _delete(self, call: Call) -> Answer:
        self.world.delete(self._message(call))
        return NO_CONTENT

    def _interaction(self, call: Call) -> Interaction:
        """Raises 10015 for an unknown or unacknowledged one, 50027 when its time is over."""
        token = call.params["token"].encode()
        known = self.world.interactions.values()
        found = next((one for one in known if hmac.compare_digest(one.token.encode(), token)), None)
        if found is None or not found.acknowledged or call.params["app"] != self.world.bot.id:
            raise Code.UNKNOWN_WEBHOOK.refusal()
        if self.world.clock.now() - found.created_at > self.world.rules.token_seconds:
            raise Code.INVALID_WEBHOOK_TOKEN.refusal()
        return found

    def _message(self, call: Call) -> Message:
        """@original, or a message this interaction made. Raises 10008."""
        interaction = self._interaction(call)
        message = self.world.messages.get(call.params.get("message") or interaction.original_id or "")
        if message is None:
            raise Code.UNKNOWN_MESSAGE.refusal()
        made = message.origin is not None and message.origin.interaction_id == interaction.id
        if not made and message.id != interaction.original_id:
            raise Code.UNKNOWN_MESSAGE.refusal()
        return message
