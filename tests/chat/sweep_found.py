"""A file that was found in a watched folder, and the case of the sweep that presses its button."""

import json
from collections.abc import Mapping
from functools import partial

from bot.clock import new_id
from bot.demo.discord.values import Message
from bot.ledger import found_files, notices
from bot.ledger.found_files import FoundFile, Outcome
from bot.nouns import Notice, NoticeKind
from bot.texts import watched
from tests.chat.people import buttons
from tests.chat.stage import Stage
from tests.chat.sweep import Deed, Scene

ITEMS = [{"slug": "heron", "prompt": "a heron"}, {"slug": "ibis", "prompt": "an ibis"}]


async def offered(stage: Stage, items: object = ITEMS, beside: Mapping[str, str] | None = None) -> Message:
    """The message that offers this file, as the watching leaves it to be said."""
    channel, name, notice_id = int(stage.channel), "prompts-batch-1.json", new_id(stage.clock)
    notice = Notice(notice_id, NoticeKind.ANNOUNCEMENT, channel, stage.clock.now(), text=watched.offered(name, 2))
    found = FoundFile(
        id=new_id(stage.clock),
        channel=channel,
        digest=notice_id,
        name=name,
        person=stage.ada,
        at=stage.clock.now(),
        outcome=Outcome.OFFERED,
        text=json.dumps(items),
        beside=beside or {},
        notice=notice_id,
    )
    async with stage.db.transaction() as connection:
        await notices.make_due(connection, notice)
        await found_files.insert(connection, found)

    async def said() -> Notice | None:
        async with stage.db.reading() as connection:
            found = await connection.execute_fetchall(f"{notices.SELECT} WHERE id = ?", (notice_id,))
        return next((notices.of_row(row) for row in found), None)

    return await stage.message(said)


async def _begin(scene: Scene, who: str) -> Deed:
    message = await offered(scene.stage)
    return partial(scene.member(who).click, message.id, buttons(message)[0])


KEEPING = {"look:…": _begin}
