"""What a watched folder offers: its button asks whoever presses, as if the file had been sent."""

from bot.ledger import traces
from bot.ledger.privacy import Erasure
from tests import made
from tests.chat.people import buttons
from tests.chat.rights import open_jobs
from tests.chat.sending import press, words
from tests.chat.shelves import stocked
from tests.chat.stage import Stage
from tests.chat.sweep_found import offered
from tests.yours import elsewhere


async def test_two_clicks_render_what_was_found(stage: Stage) -> None:
    """In another process than the one that offered it; the jobs are of who pressed, and the offer stands."""
    async with stage.bot():
        message = await offered(stage)
        assert "**prompts-batch-1.json** was found in the watched folder, with 2 pictures." in str(message.embeds)
    async with stage.bot():
        outcome = await stage.standin.member("grace").click(message.id, buttons(message)[0])
        assert (await words(stage, outcome)).startswith("**prompts-batch-1.json**: 2 pictures of 2 items.")
        assert await open_jobs(stage) == []
        question = stage.standin.world.messages[outcome.message_id or ""]
        assert question.addressee == stage.standin.member("grace").id
        assert "Accepted 2 pictures" in await press(stage, question, who="grace")
        assert {job.asker for job in await open_jobs(stage)} == {int(stage.standin.member("grace").id)}
        assert len(buttons(message)) == 1


async def test_who_presses_next_is_told_what_changed(stage: Stage) -> None:
    """Nothing: the file was rendered, and both know."""
    async with stage.bot():
        message = await offered(stage)
        for who, told in (("ada", "Shall it be rendered?"), ("grace", "Nothing changed since")):
            outcome = await stage.standin.member(who).click(message.id, buttons(message)[0])
            assert told in await words(stage, outcome)
            question = stage.standin.world.messages[outcome.message_id or ""]
            if who == "ada":
                await press(stage, question)


async def test_its_pictures_are_there_however_late_it_is_pressed(stage: Stage) -> None:
    """A question that nobody confirmed takes its own pictures away, and none of the offer's."""
    async with stage.bot():
        await stocked(stage.db, made.shelf_model(reference=True))
        digest = stage.files.store(elsewhere.png())
        items = [{"slug": "heron", "prompt": "a heron", "reference": "quay.png"}]
        message = await offered(stage, items, {"quay.png": digest})
        for _ in range(2):
            outcome = await stage.standin.member("ada").click(message.id, buttons(message)[0])
            assert "Shall it be rendered?" in await words(stage, outcome)
            stage.clock.skipped += 2 * 86_400
        assert stage.files.has(digest)


async def test_whose_file_is_forgotten_has_no_offer_any_more(stage: Stage) -> None:
    """The button says so."""
    async with stage.bot():
        message = await offered(stage)
        erasure = Erasure(stage.ada, stage.clock.now() + 1)
        async with stage.db.transaction() as connection:
            assert "found_files" in await traces.more(connection, erasure)
            await traces.clear(connection, erasure, "found_files", stage.clock.now())
            assert "found_files" not in await traces.more(connection, erasure)
        outcome = await stage.standin.member("grace").click(message.id, buttons(message)[0])
        assert "not kept any more" in await words(stage, outcome)
