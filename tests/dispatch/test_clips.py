"""A clip comes with its poster, and neither is taken for what it is not."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.dispatch.link import Link
from bot.ledger import pictures
from bot.ledger.database import Database
from bot.nouns import Extras, Job, JobState, Picture
from gpu_agent.value import Message
from gpu_agent.wire import Fetch
from tests.dispatch.quick_tower import clip, draw
from tests.dispatch.rig import Rig, make_machine

CLIP = Extras(frames=33)
MODEL = """
[[model]]
id = "moving"
name = "Moving"
licence = "Apache-2.0"
commercial = true
package = "engine/tiny/weights"
pipelines = { video = "WanPipeline" }
steps = 4
guidance = 2.0
negative_acts = true
width = 128
height = 96
multiple = 8
smallest = 64
largest = 160
frames = 33
most_frames = 81
fps = 16
prompt_limit = 300
"""


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Rig]:
    """A tower with a model for clips, whose worker makes them at once."""
    (tmp_path / "models.toml").write_text(MODEL)
    async with (
        make_machine(tmp_path, "quick", str(tmp_path / "models.toml")) as machine,
        Database(tmp_path / "ledger.db") as db,
    ):
        rig = Rig(tmp_path, db, machine)
        rig.start()
        try:
            yield rig
        finally:
            await rig.stop()


async def ended(rig: Rig, prompt: str = "a fox", state: JobState = JobState.RENDERED) -> Job:
    """A clip that was asked for, once it is so."""
    return await rig.until_state(await rig.ask(prompt, model="moving", extras=CLIP), state)


async def filed(rig: Rig, job: Job) -> Picture:
    async with rig.db.reading() as connection:
        found = await pictures.of_job(connection, job.id)
    assert found is not None
    return found


async def test_a_clip_and_its_poster_are_kept(rig: Rig) -> None:
    """Both byte for byte, each under its own digest."""
    job = await ended(rig)
    picture = await filed(rig, job)
    assert (picture.media, picture.bytes) == ("video/mp4", len(clip(job.order())))
    assert rig.files.path(picture.sha256).read_bytes() == clip(job.order())
    assert picture.poster is not None
    assert rig.files.path(picture.poster).read_bytes() == draw(job.order())


async def test_a_clip_without_its_poster_is_a_clip_all_the_same(rig: Rig) -> None:
    """An hour of rendering is not thrown away for a still of it."""
    job = await ended(rig, "bare")
    picture = await filed(rig, job)
    assert (picture.media, picture.poster) == ("video/mp4", None)
    assert rig.files.has(picture.sha256)


async def test_half_a_clip_is_none(rig: Rig) -> None:
    """What arrives as promised, but is no whole MP4, is thrown away and told."""
    job = await ended(rig, "torn", JobState.FAILED)
    assert (job.error_kind, job.error_facts["fault"]) == ("picture-broken", "it is not whole")
    assert list(rig.files.root.glob("??/*")) == []


async def test_a_line_cut_between_clip_and_poster_costs_only_the_poster(
    rig: Rig, sent: list[Message], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next line fetches what is missing, and the job has one picture and one notice."""
    send, cuts = Link.send, [True]

    async def cut_once(link: Link, message: Message, payload: bytes = b"") -> None:
        fetched = [one for one in sent if isinstance(one, Fetch)]
        if isinstance(message, Fetch) and len(fetched) == 1 and cuts:
            cuts.pop()
            rig.proxy.cut()
        await send(link, message, payload)

    monkeypatch.setattr(Link, "send", cut_once)
    job = await ended(rig)
    picture = await filed(rig, job)
    wanted = [message.sha256 for message in sent if isinstance(message, Fetch)]
    assert wanted.count(picture.sha256) == 1
    assert wanted[-1] == picture.poster
    assert await rig.notices() == [(job.id, "picture")]
