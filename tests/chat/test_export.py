"""What is stored of a person is handed out to them, whole, in files that Discord takes, and to nobody else."""

import hashlib
import json
import zipfile
from io import BytesIO
from typing import Any

import pytest

from bot.chat import export
from bot.demo.discord.values import Message
from tests.chat.people import until
from tests.chat.stage import Stage, png
from tests.chat.test_buttons import say_why
from tests.chat.test_privacy import page


def unzipped(message: Message) -> dict[str, bytes]:
    (file,) = message.attachments
    with zipfile.ZipFile(BytesIO(file.data)) as packed:
        assert packed.testzip() is None
        return {name: packed.read(name) for name in packed.namelist()}


def lines(data: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in data.decode().splitlines()]


async def test_export_hands_out_everything_to_one_person(stage: Stage) -> None:
    """Asks with prompts and links, verdicts with words, the pictures themselves; nothing of anybody else."""
    async with stage.bot():
        job, message = await stage.posted("a fox in “snow”", slug="fox")
        other, theirs = await stage.posted("an owl", slug="owl", who="grace")
        await say_why(stage, theirs, "too dark")
        (waiting,) = await stage.ask("later", slug="later")
        files = unzipped(await page(stage, "privacy export"))
    asks, verdicts = lines(files["asks.jsonl"]), lines(files["verdicts.jsonl"])
    assert [(one["id"], one["asked"], one["state"]) for one in asks] == [
        (job.id, "a fox in “snow”", "rendered"),
        (waiting.id, "later", "queued"),
    ]
    assert asks[0]["link"].endswith(f"/{stage.channel}/{message.id}")
    assert files[asks[0]["picture"]] == png(job)
    assert asks[1]["picture"] is None
    assert [(one["job"], one["words"], one["withdrawn"]) for one in verdicts] == [(other.id, "too dark", False)]
    assert "asks.jsonl" in files["README.txt"].decode()
    assert b"an owl" not in b"".join(files.values())


async def test_of_nobody_there_is_nothing_and_that_is_handed_out_too(stage: Stage) -> None:
    async with stage.bot():
        files = unzipped(await page(stage, "privacy export", "grace"))
    assert list(files) == ["README.txt"]


async def test_a_large_export_comes_in_parts_with_as_many_pictures_as_fit(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No file is larger than Discord takes, each ask is in exactly one, and all are private."""
    async with stage.bot():
        made = [
            job
            for number in range(30)
            for job in await stage.ask(hashlib.sha512(b"%d" % number).hexdigest(), seed=number)
        ]
        for job in made[-3:]:
            await stage.render(job)
        whole = await export.parts(stage.client, stage.ada, 2500)
        assert len(whole) > 1
        monkeypatch.setattr("bot.chat.privacy._MOST_BYTES", 2500)
        answered = await page(stage, "privacy export")
        world = stage.standin.world

        def private() -> list[Message]:
            return [one for one in world.messages.values() if one.addressee and one.attachments]

        await until(lambda: len(private()) == len(whole))
    found = [lines(unzipped(one).get("asks.jsonl", b"")) for one in private()]
    assert sorted(ask["id"] for part in found for ask in part) == sorted(job.id for job in made)
    assert all(len(one.attachments[0].data) <= 2500 for one in private())
    assert answered in private()


async def test_too_much_is_said_in_words(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    async with stage.bot():
        for number in range(12):
            await stage.ask(hashlib.sha512(b"%d" % number).hexdigest())
        monkeypatch.setattr("bot.chat.privacy._MOST_BYTES", 900)
        message = await page(stage, "privacy export")
    assert "darkroom ledger export" in message.content
    assert message.attachments == []
