"""`/batch export`: to its asker and nobody else, in pieces where it is too large, into a folder with one commit."""

import json
import subprocess
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from bot.demo.discord.values import Message
from bot.ledger import people
from bot.ledger.people import Block
from bot.nouns import Job, Verdict
from bot.settings import ExportTable
from tests.chat import rights
from tests.chat.people import until
from tests.chat.stage import Stage
from tests.chat.test_pasting import confirm, paste
from tests.chat.test_privacy import forget
from tests.yours.sets import drawn

PART = 21_000  # bytes: the review page of three pictures fits (13 to 18 thousand), all of it together does not
LITTLE = 5000

KEEP, REJECT, REROLL = Verdict.KEEP, Verdict.REJECT, Verdict.REROLL


async def posted(stage: Stage, *slugs: str) -> list[Job]:
    """A batch of Ada's whose pictures all stand."""
    made = await stage.batch(slugs)
    for job in made:
        await stage.render(job, drawn(job))
        await stage.message(lambda job=job: stage.end_of(job))  # type: ignore[misc]
    return made


async def exported(stage: Stage, job: Job, who: str = "ada", **options: Any) -> Message:
    outcome = await stage.standin.member(who).run(stage.channel, "batch export", {"batch": job.batch, **options})
    await stage.answered(outcome)
    message = stage.standin.world.messages[outcome.message_id or ""]
    assert message.addressee == stage.standin.member(who).id
    return message


def unzipped(*messages: Message) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for message in messages:
        (file,) = message.attachments
        with zipfile.ZipFile(BytesIO(file.data)) as packed:
            found |= {name: packed.read(name) for name in packed.namelist()}
    return found


async def test_a_batch_is_handed_out_to_its_asker(stage: Stage) -> None:
    """Pictures byte for byte, the page, what was said, and what is left; told in numbers."""
    async with stage.bot():
        fox, owl = await posted(stage, "fox", "owl")
        await confirm(stage, await paste(stage, "fox: keep\nowl: reject – too dark"))
        message = await exported(stage, fox)
    files = unzipped(message)
    assert files["fox.png"] == drawn(fox)
    assert files["owl.png"] == drawn(owl)
    assert [one["reason"] for one in json.loads(files["verdicts.json"])] == ["", "too dark"]
    assert json.loads(files["b-2.json"]) == [{"slug": "owl", "prompt": "a owl, bright", "negative": "dark"}]
    assert message.content.startswith("**b.json**: 2 pictures, 2 of 2 decided, 1 item in `b-2.json`.")
    assert message.attachments[0].filename == f"b-{(fox.batch or '')[-6:]}.zip"


async def test_what_the_page_hands_out_is_what_counts(stage: Stage, tmp_path: Path) -> None:
    """Judged in a browser, pasted on Discord: the same verdicts, although the fox was drawn once more meanwhile."""
    pytest.importorskip("playwright")
    from tests.demo.page.world import CHROMIUM, chromium, look

    if CHROMIUM is None:
        pytest.skip("chromium is not installed (Debian: apt install chromium)")
    async with stage.bot():
        fox, owl, hare = await posted(stage, "fox", "owl", "hare")
        (tmp_path / "review.html").write_bytes(unzipped(await exported(stage, fox))["review.html"])
        newer, _ = await stage.posted("a fox", slug="fox")
        async with chromium(CHROMIUM) as browser:
            page, errors = await look(browser, (tmp_path / "review.html").as_uri())
            for key in ("2", "r"):
                await page.keyboard.press(key)
            await page.keyboard.type("too dark, 3 hands")
            for key in ("Enter", "1", "3", "t"):
                await page.keyboard.press(key)
            text = await page.locator("#lines").input_value()
            assert errors == []
        assert await confirm(stage, await paste(stage, text)) == "Recorded 3 verdicts."
        judged = [await stage.judged(job) for job in (fox, owl, hare, newer)]
    said = [(REJECT, "too dark, 3 hands"), (KEEP, ""), (REROLL, "")]
    assert judged == [*({stage.ada: one} for one in said), {}]


async def test_too_large_for_discord_it_comes_in_parts_and_lies_on_the_host(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No part is larger than allowed, all of them together are the file on the host, and all are private."""
    async with stage.bot():
        fox, *_ = await posted(stage, "fox", "owl", "hare")
        whole = unzipped(await exported(stage, fox))
        monkeypatch.setattr("bot.chat.handing_out._MOST_BYTES", PART)
        first = await exported(stage, fox)
        world = stage.standin.world

        def parts() -> list[Message]:
            found = [one for one in world.messages.values() if one.addressee and one.attachments]
            return [one for one in found if "-of-" in one.attachments[0].filename]

        count = int(first.attachments[0].filename.removesuffix(".zip").rpartition("-")[2])
        await until(lambda: len(parts()) == count)
        name = f"b-{(fox.batch or '')[-6:]}"
        file = stage.settings.ledger.path.with_name("exports") / f"{name}.zip"
        assert str(file) in first.content
        with zipfile.ZipFile(file) as packed:
            assert {one: packed.read(one) for one in packed.namelist()} == whole
        assert unzipped(*parts()) == whole
        assert all(len(one.attachments[0].data) <= PART for one in parts())
        monkeypatch.setattr("bot.chat.handing_out._MOST_PARTS", 1)
        message = await exported(stage, fox)
        assert message.attachments == []
        assert "too large to be sent here" in message.content


async def test_a_full_disk_is_a_sentence(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing half lies there, and the next one that finds room is whole."""
    monkeypatch.setattr("bot.chat.handing_out._MOST_BYTES", LITTLE)
    async with stage.bot():
        fox, _ = await posted(stage, "fox", "owl")
        place = stage.settings.ledger.path.with_name("exports")

        def full(handle: int) -> None:
            raise OSError(28, "No space left on device")

        with monkeypatch.context() as patched:
            patched.setattr("os.fsync", full)
            said = (await exported(stage, fox)).content
        assert f"{place} cannot be written to (No space left on device)" in said.replace("\\", "")
        assert list(place.iterdir()) == []
        await exported(stage, fox)
        assert [file.suffix for file in place.iterdir()] == [".zip"]


async def test_only_its_asker_and_moderators_have_it(stage: Stage) -> None:
    """What others said privately is in it. Who is blocked has nothing, and there may be no such batch."""
    async with stage.bot():
        fox, _ = await posted(stage, "fox", "owl")
        message = await exported(stage, fox, "grace")
        assert "belongs to somebody else" in message.content
        assert message.attachments == []
        async with stage.db.transaction() as connection:
            await people.block(connection, Block(stage.ada, 1, "", stage.clock.now()))
        assert (await exported(stage, fox)).attachments == []
        said = await rights.told(stage, "batch export", "grace", batch="nothing")
    assert "There is no such batch here" in said


async def test_into_the_folder_that_the_settings_name(stage: Stage, tmp_path: Path) -> None:
    """One commit for the batch, and another when something was said; twice is once; without a folder it says so."""
    folder = tmp_path / "sets"
    async with stage.bot():
        fox, _ = await posted(stage, "fox", "owl")
        assert "Set [export] sets" in (await exported(stage, fox, folder=True)).content
    table = ExportTable(sets=str(folder), git=True)
    stage.settings = stage.settings.model_copy(update={"export": table})
    async with stage.bot():
        place = folder / f"b-{(fox.batch or '')[-6:]}"
        message = await exported(stage, fox, folder=True)
        assert f"files changed in `{place}`.\nIt is one commit." in message.content
        assert (await exported(stage, fox, folder=True)).content.endswith(f"Nothing changed in `{place}`.")
        await confirm(stage, await paste(stage, "fox: keep\nowl: reroll"))
        await exported(stage, fox, folder=True)
    log = subprocess.run(["git", "log", "--format=%s"], cwd=place, capture_output=True, text=True, check=True).stdout
    said = ("1 kept, 2 of 2 decided", "0 kept, 0 of 2 decided")
    assert log.splitlines() == [f"b.json: 2 pictures, {one}" for one in said]
    assert (place / "fox.png").read_bytes() == drawn(fox)


async def test_what_lies_on_the_host_goes_when_somebody_wants_to_be_forgotten(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was a copy: whoever may can have it again, without what is gone."""
    monkeypatch.setattr("bot.chat.handing_out._MOST_BYTES", LITTLE)
    async with stage.bot():
        fox, _ = await posted(stage, "fox", "owl")
        await exported(stage, fox)
        place = stage.settings.ledger.path.with_name("exports")
        assert list(place.iterdir())
        await forget(stage)
        await until(lambda: not place.exists())
