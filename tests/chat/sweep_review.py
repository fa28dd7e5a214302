"""Cases of the sweep on the review of a batch: menus, form and buttons of its sheet, and the commands."""

from collections.abc import Awaitable, Callable
from functools import partial

from bot.demo.discord.values import Message
from bot.ledger import verdicts
from bot.nouns import Job, Verdict, choice
from tests.chat import reviewed
from tests.chat.sweep import Deed, Scene

Begin = Callable[[Scene, str], Awaitable[Deed]]


async def _prepared(scene: Scene, rejects: int = 1, of: int = 2) -> tuple[list[Job], Message]:
    """A batch of Ada's of which she rejects the first pictures."""
    stage = scene.stage
    jobs, sheet = await reviewed.shown(stage, [f"elk-{number}" for number in range(of)])
    async with stage.db.transaction() as connection:
        for job in jobs[:rejects]:
            mark = choice(int(sheet.id), job.id, stage.ada, Verdict.REJECT)
            await verdicts.set_mark(connection, mark, stage.clock.now())
    return jobs, sheet


def on_sheet(custom_id: str) -> Begin:
    """A menu or button of it."""

    async def begin(scene: Scene, who: str) -> Deed:
        jobs, sheet = await _prepared(scene)
        ids = [one["custom_id"] for row in sheet.components for one in row["components"]]
        (found,) = [one for one in ids if one.startswith(custom_id)]
        values = [jobs[0].id] if "keep" in custom_id or "reject" in custom_id else []
        return partial(scene.member(who).click, sheet.id, found, values)

    return begin


def confirmed() -> Begin:
    """The question before many are drawn again."""

    async def begin(scene: Scene, who: str) -> Deed:
        scene.promote(who)
        _, sheet = await _prepared(scene, rejects=5, of=5)
        (found,) = [one["custom_id"] for one in reviewed.presses(sheet) if one["custom_id"].startswith("reroll:")]
        asked = await scene.member(who).click(sheet.id, found)
        await scene.told(asked)
        page = scene.standin.world.messages[asked.message_id or ""]
        (button,) = reviewed.presses(page)
        return partial(scene.member(who).click, page.id, button["custom_id"])

    return begin


def typed(verb: str) -> Begin:
    async def begin(scene: Scene, who: str) -> Deed:
        jobs, _ = await _prepared(scene)
        return partial(scene.member(who).run, scene.stage.channel, f"batch {verb}", {"batch": jobs[0].batch})

    return begin


def filled() -> Begin:
    """The form of “All but …”, sent."""

    async def begin(scene: Scene, who: str) -> Deed:
        opened = await (await on_sheet("pick-all:")(scene, who))()
        assert opened.state == "modal", opened
        return partial(scene.member(who).submit, opened.interaction_id, {"numbers": "keep 1"})

    return begin


ASKING = {"reroll:…": on_sheet("reroll:"), "reroll-go:…:…": confirmed(), "/batch reroll": typed("reroll")}
KEEPING = {**{f"pick-{verb}:…": on_sheet(f"pick-{verb}:") for verb in ("keep", "reject")}, "form Numbers": filled()}
LOOKING = {"pick-clear:…": on_sheet("pick-clear:"), "/batch review": typed("review")}
FORMS = {"pick-all:…": on_sheet("pick-all:")}
