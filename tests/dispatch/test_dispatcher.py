"""From a queued row to a filed picture, over OpenSSH and the real daemon."""

import hashlib

from bot.ledger import pictures
from bot.nouns import JobState
from tests.dispatch.quick_tower import draw
from tests.dispatch.rig import Rig, until


async def test_a_queued_job_becomes_a_picture_with_one_notice(rig: Rig) -> None:
    """The picture's bytes lie in the bot's files, its row and its notice were written together, the spool is empty."""
    rig.start()
    job = await rig.ask()
    await rig.until_state(job, JobState.RENDERED)
    async with rig.db.reading() as connection:
        picture = await pictures.of_job(connection, job.id)
    assert picture is not None
    assert rig.files.path(picture.sha256).read_bytes() == draw(job.order())
    assert picture.sha256 == hashlib.sha256(draw(job.order())).hexdigest()
    assert await rig.notices() == [(job.id, "picture")]
    await until(lambda: rig.daemon.spooled == 0, "the spool to be thanked empty")
    assert job.id not in rig.board.jobs
