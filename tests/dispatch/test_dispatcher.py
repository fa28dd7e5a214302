"""From a queued row to a filed picture, over OpenSSH and the real daemon."""

import asyncio
import hashlib
from pathlib import Path

import pytest

from bot.dispatch import directing
from bot.dispatch.link import open_link
from bot.ledger import pictures, towers
from bot.nouns import Extras, JobState
from gpu_agent.value import Message
from gpu_agent.wire import Cancel, Submit
from tests.dispatch.quick_tower import draw
from tests.dispatch.rig import Rig, make_rig, until


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
    await until(lambda: job.id not in rig.board.jobs, "the board to forget the job")


async def test_the_real_worker_renders_over_the_real_line(tmp_path: Path) -> None:
    """`gpu-agent serve` with diffusers and the demo model, behind OpenSSH: the whole arrow; and the picture it made is
    taken along as the source of another."""
    async with make_rig(tmp_path, "real") as rig:
        rig.start()
        job = await rig.ask("a red circle on a white background", height=128)
        await rig.until_state(job, JobState.RENDERED)
        async with rig.db.reading() as connection:
            picture = await pictures.of_job(connection, job.id)
        assert picture is not None
        assert (picture.receipt.order, picture.receipt.pipeline) == (job.order(), "StableDiffusionPipeline")
        changed = await rig.ask("a blue square", height=128, extras=Extras(source=picture.sha256, strength=0.5))
        await rig.until_state(changed, JobState.RENDERED)
        async with rig.db.reading() as connection:
            second = await pictures.of_job(connection, changed.id)
        assert second is not None
        assert (second.receipt.order, second.receipt.pipeline) == (changed.order(), "StableDiffusionImg2ImgPipeline")
        assert second.sha256 != picture.sha256


async def test_the_tower_has_two_jobs_and_no_more(slow_rig: Rig) -> None:
    """One renders and one waits on the tower; the others stay queued, where they can still be put in another order."""
    rig = slow_rig
    asked = [await rig.ask() for _ in range(5)]
    rig.start()
    most = 0
    while (states := await rig.states(*asked))[JobState.RENDERED] < 5:
        most = max(most, states[JobState.RENDERING])
        assert states[JobState.RENDERING] <= 2
        await asyncio.sleep(0.01)
    assert most == 2
    assert len(await rig.notices()) == 5


async def test_how_the_tower_is_reaches_the_board(rig: Rig) -> None:
    """It is asked when the line stands, and nobody speaks for it when the line is gone."""
    rig.start()
    await until(lambda: rig.name in rig.board.states, "its status")
    assert rig.board.states[rig.name].gpus
    rig.daemon.kill()
    await until(lambda: rig.name not in rig.board.states, "the status to be forgotten")


async def test_a_job_waits_for_the_weights_drive_and_goes_on_by_itself(tmp_path: Path) -> None:
    """Not mounted: the tower keeps the job and the board says why. Mounted: it is rendered, and nobody asked again."""
    (tmp_path / "gpu-agent.toml").write_text('[models]\nguard_path = "drive/.mounted"\n')
    async with make_rig(tmp_path) as rig:
        rig.start()
        job = await rig.ask()
        await until(lambda: job.id in rig.board.jobs and bool(rig.board.jobs[job.id].hold), "the job to be held up")
        told = rig.board.jobs[job.id]
        assert (told.hold, told.facts) == ("weights-not-mounted", {"path": ".mounted"})
        assert (await rig.job(job)).state is JobState.RENDERING
        (tmp_path / "drive").mkdir()
        (tmp_path / "drive" / ".mounted").touch()
        await rig.until_state(job, JobState.RENDERED)
        assert rig.daemon.drawn == [job.id]


async def test_progress_reaches_the_board(slow_rig: Rig) -> None:
    """Whoever waits sees the steps."""
    slow_rig.start()
    job = await slow_rig.ask()
    await until(lambda: job.id in slow_rig.board.jobs and slow_rig.board.jobs[job.id].step >= 1, "a step on the board")
    assert slow_rig.board.jobs[job.id].of == job.steps


async def test_the_shelf_is_learned_once(rig: Rig) -> None:
    """The tower's catalogue comes with the first line, and not again while it is the same."""
    rig.start()
    await rig.until_board("ready")

    async def known() -> bool:
        async with rig.db.reading() as connection:
            return await towers.shelf(connection, "tower") is not None

    await until(known, "the shelf")
    await rig.stop()
    async with rig.db.reading() as connection:
        shelf = await towers.shelf(connection, "tower")
    assert shelf is not None
    assert [model.id for model in shelf.models if model.present] == ["demo", "demo-sketch"]
    link = await open_link(rig.settings, "bot-1", shelf.digest, lambda rung: None)
    await link.send(Submit(epoch=1, order=(await rig.ask("fail", steps=1)).order()))
    assert (await anext(aiter(link))).message.model_dump()["type"] == "accepted"  # and not the shelf
    await link.close()


async def test_a_failed_render_is_told_once(rig: Rig) -> None:
    """The job ends with the tower's own kind and facts, and one notice of failure."""
    rig.start()
    job = await rig.until_state(await rig.ask("fail, please"), JobState.FAILED)
    assert (job.error_kind, job.error_facts) == ("render-failed", {"fault": "asked to"})
    assert await rig.notices() == [(job.id, "failure")]
    await until(lambda: rig.daemon.spooled == 0, "the spool to be thanked empty")


async def test_what_the_tower_refuses_for_good_fails(rig: Rig) -> None:
    """A model that the tower does not have ends the job with the tower's refusal; the next job is not held up."""
    rig.start()
    wrong = await rig.ask(model="no-such-model")
    right = await rig.ask()
    wrong = await rig.until_state(wrong, JobState.FAILED)
    await rig.until_state(right, JobState.RENDERED)
    assert (wrong.error_kind, wrong.error_facts["model"]) == ("unknown-model", "no-such-model")
    assert sorted(await rig.notices()) == sorted([(wrong.id, "failure"), (right.id, "picture")])


async def test_a_running_render_is_stopped_when_it_is_unwanted(slow_rig: Rig) -> None:
    """The wish in the row reaches the tower, and the job ends cancelled with one notice."""
    rig = slow_rig
    rig.start()
    job = await rig.ask(steps=200)
    await until(lambda: job.id in rig.board.jobs, "the render to begin")
    await rig.want_cancel(job)
    await rig.until_state(job, JobState.CANCELLED)
    assert await rig.notices() == [(job.id, "cancellation")]
    await until(lambda: rig.daemon.spooled == 0, "the spool to be thanked empty")


async def test_a_busy_tower_is_asked_again(slow_rig: Rig, sent: list[Message], monkeypatch: pytest.MonkeyPatch) -> None:
    """Another bot's orders fill the tower: ours keeps its claim, and is rendered when there is room."""
    monkeypatch.setattr(directing, "TICK", 0.1)
    rig = slow_rig
    other = await open_link(rig.settings, "bot-2", "", lambda rung: None)
    job = await rig.ask()
    theirs = [job.order().model_copy(update={"job": f"theirs-{n}", "steps": 200}) for n in range(2)]
    for order in theirs:
        await other.send(Submit(epoch=1, order=order))
    rig.start()
    await until(lambda: sent.count(Submit(epoch=1, order=job.order())) >= 3, "three attempts")
    assert (await rig.job(job)).state is JobState.RENDERING
    for order in theirs:
        await other.send(Cancel(job=order.job))
    await rig.until_state(job, JobState.RENDERED)
    await other.close()
    assert await rig.notices() == [(job.id, "picture")]
