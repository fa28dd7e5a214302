"""`/review import` and `/stats` over the wire: pictures from elsewhere are posted once, judged, and counted."""

import json
import zipfile
from io import BytesIO

from bot.demo.discord.call import Upload
from bot.demo.discord.values import Message
from bot.ledger import verdicts
from bot.nouns import Verdict
from tests.chat.people import until
from tests.chat.stage import Stage
from tests.yours import elsewhere


async def bring(stage: Stage, upload: Upload, **options: object) -> str:
    ada = stage.standin.member("ada")
    outcome = await ada.run(stage.channel, "review import", {"file": upload, **options})
    await stage.answered(outcome)
    return stage.standin.world.messages[outcome.message_id or ""].content


def shown(stage: Stage, slug: str) -> list[Message]:
    return [one for one in stage.standin.world.messages.values() if one.embeds and one.embeds[0].get("title") == slug]


def verbs(message: Message) -> list[str]:
    return [str(one["custom_id"]).split(":")[0] for row in message.components for one in row["components"]]


async def test_a_picture_from_elsewhere_is_posted_and_judged(stage: Stage) -> None:
    """Its words and seed are those it says itself; Again is not offered, because nobody knows what drew it."""
    upload = Upload("red-boat.png", "image/png", elsewhere.a1111())
    async with stage.bot():
        assert "1 picture was taken in" in await bring(stage, upload)
        await until(lambda: bool(shown(stage, "red-boat")))
        (post,) = shown(stage, "red-boat")
        assert "imported · 64×48 · dreamy_v3 · seed 4242 · 20 steps" in json.dumps(post.embeds, ensure_ascii=False)
        assert "again" not in verbs(post)
        assert {"why", "delete"} <= set(verbs(post))
        assert "1 was known already" in await bring(stage, upload)
        stage.standin.member("ada").react(post.id, "✅")
        await until_kept(stage)
    assert len(shown(stage, "red-boat")) == 1


async def until_kept(stage: Stage) -> None:
    bell = stage.db.bell
    while True:
        seen = bell.count
        async with stage.db.reading() as connection:
            if [one.verdict for one in await verdicts.of_slugs(connection, ["red-boat"])] == [Verdict.KEEP]:
                return
        await bell.after(seen)


async def test_a_zip_is_many_and_a_known_model_can_draw_it_again(stage: Stage) -> None:
    """Each under its file's name; what is no picture is named in the answer."""
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as packed:
        for name, data in {"fox.png": elsewhere.comfy(), "owl.png": elsewhere.png(), "bad.png": b"x"}.items():
            packed.writestr(name, data)
    async with stage.bot():
        told = await bring(stage, Upload("all.zip", "application/zip", stream.getvalue()), model="demo")
        assert "2 pictures were taken in" in told
        assert "bad.png cannot be read as a picture" in told
        await until(lambda: bool(shown(stage, "fox") and shown(stage, "owl")))
    assert "again" in verbs(shown(stage, "fox")[0])
    assert "again" not in verbs(shown(stage, "owl")[0])  # it says nothing of its prompt


async def test_what_cannot_be_taken_is_said(stage: Stage) -> None:
    """A slug that is none, and a file that is no picture."""
    async with stage.bot():
        picture = Upload("a.png", "image/png", elsewhere.png())
        assert "cannot be a slug" in await bring(stage, picture, slug="No!")
        assert "cannot be read as a picture" in await bring(stage, Upload("a.png", "image/png", b"no"))
        assert not shown(stage, "a")


async def test_figures_are_told(stage: Stage) -> None:
    """To everybody who may use commands."""
    async with stage.bot():
        await bring(stage, Upload("red-boat.png", "image/png", elsewhere.a1111()))
        outcome = await stage.standin.member("ada").run(stage.channel, "stats", {})
        await stage.answered(outcome)
    told = stage.standin.world.messages[outcome.message_id or ""].content
    assert "1 picture · 0 verdicts" in told
    assert "red-boat" in told
