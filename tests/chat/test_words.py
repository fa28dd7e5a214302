"""Word lists over the wire: every text of an ask, every way to ask, and channels that are marked."""

from pathlib import Path
from typing import Any

import pytest

from bot.errors import BadSettings
from tests.chat.people import batch_file, until
from tests.chat.rights import open_jobs, rules, told
from tests.chat.stage import Stage


@pytest.fixture
def listed(stage: Stage, tmp_path: Path) -> Stage:
    """Gore is drawn nowhere, nudes where it is marked."""
    for name, words in (("words.txt", "gore  # nowhere\n"), ("nsfw.txt", "nude*\n")):
        (tmp_path / name).write_text(words, encoding="utf-8")
    rules(stage, words_file=str(tmp_path / "words.txt"), nsfw_words_file=str(tmp_path / "nsfw.txt"))
    return stage


@pytest.mark.parametrize(
    "options",
    [
        {"prompt": "a fox, much GÖRE"},
        {"prompt": "a fox", "slug": "fox-gore"},
        {"prompt": "a fox", "archetype": "gore"},
    ],
)
async def test_unwanted_words_are_refused_wherever_they_stand(listed: Stage, options: dict[str, Any]) -> None:
    """The refusal names no word, so that it teaches nobody the list."""
    async with listed.bot():
        said = await told(listed, "imagine", **options)
        assert said == "It contains words that are not drawn on this server. Say it in other words."
        assert await open_jobs(listed) == []
        assert "Accepted" in await told(listed, "imagine", prompt="a fox, categorically")


async def test_items_of_batches_and_schedules_are_looked_at(listed: Stage) -> None:
    """The item and field are told, as of every other fault."""
    items = [{"slug": "fox", "prompt": "a fox"}, {"slug": "war", "prompt": "a war with gore"}]
    async with listed.bot():
        for command, more in (("batch render", {}), ("schedule add", {"what": "batch", "when": "daily 02:00"})):
            said = await told(listed, command, file=batch_file(items), **more)
            assert said.startswith("Item 2, field “prompt”: It contains words")
        assert await open_jobs(listed) == []


async def test_some_words_are_for_marked_channels(listed: Stage) -> None:
    """And for threads below one; what is drawn nowhere is not drawn there either."""
    marked = listed.standin.make_channel("after-dark", nsfw=True)
    async with listed.bot():
        assert "marked as age-restricted" in await told(listed, "imagine", prompt="nudes")
        assert "Accepted" in await told(listed, "imagine", place=marked, prompt="nudes")
        thread = listed.standin.member("grace").start_thread(marked, "studies")
        assert "Accepted" in await told(listed, "imagine", place=thread.id, prompt="nudes")
        assert "not drawn on this server" in await told(listed, "imagine", place=marked, prompt="nudes, gore")


async def test_a_list_that_cannot_be_read_keeps_the_bot_from_starting(stage: Stage, tmp_path: Path) -> None:
    """Nobody believes in a filter that is not there."""
    rules(stage, words_file=str(tmp_path / "gone.txt"))
    with pytest.raises(BadSettings) as refused:
        async with stage.bot():
            pass
    assert "gone.txt" in str(refused.value.facts["place"])


async def test_a_reason_with_unwanted_words_is_refused(listed: Stage) -> None:
    """It could become part of other people's prompts."""
    async with listed.bot():
        job, message = await listed.posted()
        asked = await listed.standin.member("grace").click(message.id, f"why:{job.id}")
        outcome = await listed.standin.member("grace").submit(asked.interaction_id, {"reason": "more gore"})
        assert "not drawn on this server" in await listed.answered(outcome)
        bot = listed.standin.world.bot.id
        refused = listed.standin.member("grace").post(listed.channel, f"<@{bot}> more gore", reply_to=message.id)
        heard = listed.standin.member("ada").post(listed.channel, f"<@{bot}> too dark", reply_to=message.id)
        await until(lambda: bool(heard.reactions))
        assert not refused.reactions
        assert list(await listed.judged(job)) == [listed.ada]
