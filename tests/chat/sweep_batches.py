"""Cases of the sweep that act on a batch of Ada's which has begun: the buttons of its card, and the commands."""

from collections.abc import Awaitable, Callable
from functools import partial

from bot.ledger import during
from bot.nouns import Job
from tests.chat.people import until
from tests.chat.sweep import Deed, Scene

Begin = Callable[[Scene, str], Awaitable[Deed]]


async def _prepared(scene: Scene, verb: str) -> Job:
    """Its state is one in which this can be done."""
    (job,) = await scene.stage.batch(["elk"])
    assert job.batch is not None
    if verb == "resume":
        async with scene.stage.db.transaction() as connection:
            await during.pause(connection, job.batch, scene.stage.clock.now())
    elif verb == "retry":
        await scene.stage.fail(job, "picture-black")
    return job


def on_card(verb: str) -> Begin:
    async def begin(scene: Scene, who: str) -> Deed:
        job = await _prepared(scene, verb)
        card = await scene.stage.card(job)
        await until(lambda: f"'{verb}:" in str(card.components))
        return partial(scene.member(who).click, card.id, f"{verb}:{job.batch}")

    return begin


def typed(verb: str) -> Begin:
    async def begin(scene: Scene, who: str) -> Deed:
        job = await _prepared(scene, verb)
        return partial(scene.member(who).run, scene.stage.channel, f"batch {verb}", {"batch": job.batch})

    return begin


def listed() -> Begin:
    async def begin(scene: Scene, who: str) -> Deed:
        await _prepared(scene, "list")
        return partial(scene.member(who).run, scene.stage.channel, "batch list", {})

    return begin


ASKING = {"retry:…": on_card("retry")}
KEEPING = {
    **{f"{verb}:…": on_card(verb) for verb in ("pause", "resume", "rest")},
    **{f"/batch {verb}": typed(verb) for verb in ("pause", "resume", "cancel", "export")},
}
LOOKING = {"/batch list": listed()}
