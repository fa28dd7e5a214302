"""The sentence broken at each of its arrows and repaired: nothing is lost, nothing is said twice."""

import asyncio
import os
import signal
from pathlib import Path

import pytest

from bot.demo.discord.call import Upload
from bot.demo.discord.faults import Reply
from bot.demo.discord.values import Message
from gpu_agent.engine.picture import read_receipt
from tests.dispatch.rig import until
from tests.test_story import button
from tests.town import Town


def workers(daemon: int) -> list[int]:
    """The children of the daemon that render: those that run multiprocessing's spawned main."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            command = (entry / "cmdline").read_bytes()
        except OSError:
            continue
        if parent == daemon and b"spawn_main" in command:
            found.append(int(entry.name))
    return found


async def test_ask_to_job_the_bot_dies_before_its_answer_arrives(town: Town) -> None:
    """What was committed is rendered, although the person never heard that it was accepted."""
    town.standin.faults.add("PATCH", "/messages/@original", Reply(gate=asyncio.Event()))
    asking = asyncio.create_task(town.ada.run(town.channel, "imagine", {"prompt": "a red circle"}))
    await town.until_ledger(lambda found: found.jobs == 1)
    await town.end_bot()
    await asking
    await town.start_bot()
    await town.until_posted(1)
    await town.everything_once(1)


async def test_job_to_tower_the_bot_dies_while_the_tower_wakes(town: Town) -> None:
    """The job waits in the ledger; the next bot finds the tower awake, or wakes it."""
    await town.imagine("a red circle", slug="one")
    await until(lambda: town.packets > 0, "a magic packet")
    await town.end_bot()
    await town.start_bot()
    await town.until_posted(1)
    await town.everything_once(1)


async def test_tower_to_agent_the_power_goes_in_mid_render(town: Town) -> None:
    """A tower with a new boot id does not know the job: it is queued again under the next epoch, and rendered once."""
    await town.imagine("a red circle", slug="one", count=4)
    await town.until_state("rendering")
    await town.switch_off()
    await town.until_posted(4)
    await town.everything_once(4)
    assert max(epoch for (epoch,) in await town.rows("SELECT epoch FROM jobs")) == 2


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="the worker is found through /proc")
async def test_agent_to_engine_the_worker_is_killed(town: Town) -> None:
    """A new worker renders the same job; the epoch stays, for the daemon never died."""
    await town.imagine("a red circle", slug="one", count=2)
    await town.until_state("rendering")
    assert town.waking is not None
    await town.waking
    await until(lambda: bool(workers(town.daemon.pid)), "a worker")
    for worker in workers(town.daemon.pid):
        os.kill(worker, signal.SIGKILL)
    await town.until_posted(2)
    await town.everything_once(2)
    assert await town.rows("SELECT DISTINCT epoch FROM jobs") == [(1,)]


async def test_agent_to_bot_the_line_is_cut_in_mid_transfer(town: Town) -> None:
    """The transfer goes on where it was cut, over a new line."""
    town.proxy.cut_after = 12_000
    await town.imagine("a house on hills", slug="one", count=2)
    await town.until_posted(2)
    assert not town.proxy.cut_after, "nothing was cut"
    assert town.proxy.connections >= 2
    await town.everything_once(2)


async def test_picture_to_post_the_bot_dies_between_rendering_and_posting(town: Town) -> None:
    """The notice was committed with the picture; whoever comes next says it."""
    town.standin.faults.add("POST", f"/channels/{town.channel}/messages", *[Reply(503)] * 1000)
    await town.imagine("a red circle", slug="one")
    await town.until_state("rendered")
    await town.end_bot()
    town.standin.faults.clear()
    assert town.pictures() == []
    await town.start_bot()
    await town.until_posted(1)
    await town.everything_once(1)


async def test_post_the_bot_dies_after_discord_has_it_and_before_it_knows(town: Town) -> None:
    """The picture already stands: the next bot finds it instead of posting it again."""
    await town.imagine("a red circle", slug="one")
    await until(lambda: len(town.posts()) == 1, "the card")
    town.standin.faults.add("POST", f"/channels/{town.channel}/messages", Reply(gate=asyncio.Event()))
    await until(lambda: len(town.pictures()) == 1, "the picture")
    await town.end_bot()
    assert (await town.ledger()).posted == ()
    await town.start_bot()
    await town.until_posted(1)
    await town.everything_once(1)


async def test_post_every_answer_is_lost_once(town: Town) -> None:
    """Applied and answered with 502: the nonce makes Discord give the first message to the second request."""
    town.standin.faults.add("POST", f"/channels/{town.channel}/messages", *[Reply(502, after=True), Reply()] * 3)
    await town.imagine("a red circle", slug="one", count=2)
    await town.until_posted(2)
    await until(lambda: len(town.posts()) == 4, "the card, two pictures and their sheet")
    await town.everything_once(2)


async def test_reaction_to_verdict_while_the_bot_is_away(town: Town) -> None:
    """What people set and took back while nobody listened counts as it stands when the bot returns."""
    await town.imagine("a red circle", slug="one", count=2)
    first, second = await town.until_posted(2)
    town.ada.react(first.id, "❌")
    await town.until_ledger(lambda found: len(found.judgements) == 1)
    await town.end_bot()
    town.ada.unreact(first.id, "❌")
    town.grace.react(second.id, "✅")
    await town.start_bot()
    found = await town.until_ledger(lambda one: [j.message for j in one.judgements] == [int(second.id)])
    assert [(one.person, one.verdict.value) for one in found.judgements] == [(int(town.grace.id), "keep")]


async def give_reason(town: Town, picture: Message, words: str) -> None:
    form = await town.ada.click(picture.id, button(picture, "why"))
    await town.told(await town.ada.submit(form.interaction_id, {"reason": words}))


async def test_verdict_to_cue_a_reason_taken_back_takes_its_cue_along(town: Town) -> None:
    """The cue is a fold over what counts, so the next prompt is again the person's own."""
    await town.imagine("a house on hills", slug="hero")
    (picture,) = await town.until_posted(1)
    await give_reason(town, picture, "at night")
    await town.end_bot()
    await town.start_bot()
    assert "at night" in await town.imagine("a house on hills", slug="hero")
    await give_reason(town, picture, "")
    assert "at night" not in await town.imagine("a house on hills", slug="hero")
    prompts = [read_receipt(post.attachments[0].data).order.prompt for post in await town.until_posted(3)]
    assert prompts == ["a house on hills", "a house on hills, at night", "a house on hills"]


async def test_a_batch_survives_the_end_of_everything(town: Town) -> None:
    """Bot, tower and line die one after another in the middle of a batch; each item is posted once."""
    items = ",".join(f'{{"slug": "item-{n}", "prompt": "a red circle", "seed": {n}}}' for n in range(6))
    file = Upload("prompts.json", "application/json", f"[{items}]".encode())
    assert "6 pictures" in await town.render(file)
    await town.until_posted(1)
    await town.end_bot()
    await town.start_bot()
    await town.until_posted(2)
    town.proxy.cut()
    await town.until_posted(3)
    await town.switch_off()
    await town.until_posted(6)
    await town.everything_once(6)
    assert {one.slug for one in (await town.ledger()).posted} == {f"item-{n}" for n in range(6)}
