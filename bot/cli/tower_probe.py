"""`darkroom check`, the towers: how far up the ladder each one is, without waking it and without ordering anything."""

import asyncio
from dataclasses import dataclass, field

from bot.cli.findings import Finding
from bot.dispatch.link import Link, open_link
from bot.errors import DarkroomError, LoginRefused, TowerTrouble
from bot.settings import Tower
from bot.texts import check as texts
from bot.texts.failures import plain
from gpu_agent.stock import ShelfModel
from gpu_agent.wire import Shelf

PARTS = ("tower awake", "host key", "agent version", "models")
_BOT = "darkroom-check"  # its own name: the line of the running bot is another one
_PATIENCE = 10.0


async def look(tower: Tower) -> list[Finding]:
    """One finding for each of PARTS; those above the rung that was not reached are not looked at."""
    ladder = _Ladder(tower.name)
    try:
        link = await open_link(tower, _BOT, "", ladder.rungs.append)
    except DarkroomError as error:
        return ladder.ended(error)
    try:
        models = await _models(link)
    except (TowerTrouble, TimeoutError):
        models = None
    finally:
        await link.close()
    return ladder.climbed(link, models)


async def _models(link: Link) -> tuple[ShelfModel, ...]:
    """What the agent sends behind its Ready to whoever does not name the shelf it has."""
    async with asyncio.timeout(_PATIENCE):
        async for frame in link:
            if isinstance(frame.message, Shelf):
                return frame.message.models
    raise TimeoutError


@dataclass
class _Ladder:
    """The rungs as they are reached, and what they mean for each part."""

    tower: str
    rungs: list[str] = field(default_factory=list)

    def climbed(self, link: Link, models: tuple[ShelfModel, ...] | None) -> list[Finding]:
        shelf = texts.NO_SHELF if models is None else texts.models(models)
        able = any(model.present for model in models or ())
        return [
            *self._well(texts.AWAKE, texts.HOST_KEY_WELL, texts.agent(link.ready)),
            Finding("models", able, shelf, self.tower),
        ]

    def ended(self, error: DarkroomError) -> list[Finding]:
        """The error belongs to the first part that was not yet well."""
        reached = 2 if "login" in self.rungs or isinstance(error, LoginRefused) else int("ssh" in self.rungs)
        well = self._well(texts.AWAKE, texts.HOST_KEY_WELL)[:reached]
        ill = Finding(PARTS[reached], False, plain(error.kind, error.facts), self.tower)
        above = [Finding(part, False, texts.not_looked_at(ill.part), self.tower) for part in PARTS[reached + 1 :]]
        return [*well, ill, *above]

    def _well(self, *sentences: str) -> list[Finding]:
        return [Finding(part, True, sentence, self.tower) for part, sentence in zip(PARTS, sentences, strict=False)]
