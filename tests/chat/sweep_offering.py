"""Cases of the sweep that are about sending a file: the question, and the buttons under it."""

import json
from collections.abc import Awaitable, Callable
from functools import partial
from itertools import count

from tests.chat.people import batch_file, buttons
from tests.chat.sweep import Deed, Scene

Begin = Callable[[Scene, str], Awaitable[Deed]]
_FILE = [{"slug": "hero", "prompt": "a fox"}]
_NUMBERS = count(1)


def asked() -> Begin:
    async def begin(scene: Scene, who: str) -> Deed:
        file = batch_file(_FILE)
        return partial(scene.member(who).run, scene.stage.channel, "batch render", {"file": file})

    return begin


def pressed(part: str) -> Begin:
    """A button under a file of which one item was sent before and one was not."""

    async def begin(scene: Scene, who: str) -> Deed:
        scene.promote(who)
        await scene.stage.batch(["elk"])
        items = [{"slug": "elk", "prompt": "a elk"}, {"slug": f"emu-{next(_NUMBERS)}", "prompt": "an emu"}]
        file = batch_file(json.dumps(items), "b.json")
        outcome = await scene.member(who).run(scene.stage.channel, "batch render", {"file": file})
        await scene.stage.answered(outcome)
        question = scene.standin.world.messages[outcome.message_id or ""]
        found = next(one for one in buttons(question) if one.startswith(f"render:{part}:"))
        return partial(scene.member(who).click, question.id, found)

    return begin


ASKING = {f"render:{part}:…": pressed(part) for part in ("all", "changed")}
KEEPING = {"/batch render": asked()}
