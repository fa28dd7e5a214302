"""A folder that the running bot watches: files laid there are rendered once, however often the bot dies."""

import json
from pathlib import Path

from tests.dispatch.rig import until
from tests.town import Town, open_town


def watch(town: Town, folder: Path) -> None:
    folder.mkdir()
    with town.config.open("a") as config:
        config.write(
            f"[[watch]]\npath = '{folder}'\nchannel = {town.channel}\nperson = {town.ada.id}\n"
            'accept = "at once"\nafter = "move"\nevery = 1\n'
        )


def lay(folder: Path, number: int, *items: object) -> None:
    (folder / f"prompts-batch-{number}.json").write_text(json.dumps(items))


async def test_files_that_are_laid_in_a_watched_folder_are_rendered_once(tmp_path: Path) -> None:
    """The bot is killed when it has taken the first, comes back, and is told of a fault and of a second file."""
    folder = tmp_path / "prompts"
    async with open_town(tmp_path, "quick") as town:
        await town.end_bot()
        watch(town, folder)
        lay(folder, 1, {"slug": "fox", "prompt": "a fox", "count": 2}, {"slug": "owl", "prompt": "an owl"})
        await town.start_bot()
        await town.until_ledger(lambda found: found.jobs == 3)
        await town.end_bot()
        lay(folder, 2, {"slug": "fox", "prompt": "a fox", "seed": "seven"})
        lay(folder, 3, {"slug": "elk", "prompt": "an elk"})
        await town.start_bot()
        await until(lambda: "It must be a whole number" in town.words(), "the fault to be told")
        assert len(await town.until_posted(4)) == 4
        await town.everything_once(4)
        assert sorted(path.name for path in (folder / "taken").iterdir()) == [
            "prompts-batch-1.json",
            "prompts-batch-3.json",
        ]
        assert await town.rows("SELECT count(*), count(DISTINCT name) FROM batches") == [(2, 2)]
