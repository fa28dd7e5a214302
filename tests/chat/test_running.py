"""`/batch pause|resume|cancel|list`: which batch is meant, who may, and what is told."""

from typing import Any

from bot.demo.discord.permissions import Permission
from bot.ledger import batches
from bot.nouns import Job
from tests.chat.stage import Stage
from tests.chat.test_buttons import moderator


async def run(stage: Stage, verb: str, who: str = "ada", **options: Any) -> str:
    return await stage.answered(await stage.standin.member(who).run(stage.channel, f"batch {verb}", options))


async def offered(stage: Stage, verb: str, typed: str = "", who: str = "ada") -> dict[str, str]:
    member = stage.standin.member(who)
    choices = await member.complete(stage.channel, f"batch {verb}", "batch", typed, {})
    return {choice["name"]: choice["value"] for choice in choices}


async def paused(stage: Stage, job: Job) -> bool:
    async with stage.db.reading() as connection:
        found = await batches.get(connection, job.batch or "")
    return found is not None and found.paused_at is not None


async def test_a_batch_is_named_by_what_is_offered_or_by_its_file(stage: Stage) -> None:
    async with stage.bot():
        (fox,) = await stage.batch(["fox"])
        await stage.card(fox)
        assert await offered(stage, "pause") == {"b.json · 1 of 1 left": fox.batch}
        assert (await run(stage, "pause", batch=fox.batch)).startswith("Paused. 1 picture waits")
        assert await offered(stage, "pause") == {}
        assert await offered(stage, "resume", "B.J") == {"b.json · 1 of 1 left, paused": fox.batch}
        assert await run(stage, "resume", batch=" B.json ") == "It goes on with 1 picture."
        assert "is not paused" in await run(stage, "resume", batch=fox.batch)
        assert await run(stage, "cancel", batch="b.json") == "1 cancelled."
        assert "nothing to pause" in await run(stage, "pause", batch="b.json")
        assert not await paused(stage, fox)


async def test_the_newest_of_one_name_is_meant(stage: Stage) -> None:
    async with stage.bot():
        (old,), (new,) = await stage.batch(["fox"]), await stage.batch(["owl"])
        await run(stage, "pause", batch="b.json")
        assert (await paused(stage, old), await paused(stage, new)) == (False, True)


async def test_what_is_no_batch_is_told_so(stage: Stage) -> None:
    async with stage.bot():
        (job,) = await stage.ask()
        for typed in ("nothing.json", job.id, job.ask):
            assert "no such batch" in await run(stage, "pause", batch=typed)


async def test_others_are_refused_and_moderators_are_not(stage: Stage) -> None:
    async with stage.bot():
        (fox,) = await stage.batch(["fox"])
        assert "belongs to somebody else" in await run(stage, "pause", "grace", batch="b.json")
        moderator(stage, "grace")
        assert (await run(stage, "pause", "grace", batch="b.json")).startswith("Paused.")
        assert await paused(stage, fox)


async def test_the_list_tells_how_far_each_is_and_where_its_card_stands(stage: Stage) -> None:
    async with stage.bot():
        assert "no batches here yet" in await run(stage, "list")
        fox, owl = await stage.batch(["fox", "owl"])
        card = await stage.card(fox)
        await stage.render(fox)
        await run(stage, "pause", batch="b.json")
        await stage.batch(["elk"])
        first, second = (await run(stage, "list", "grace")).splitlines()
    assert "0 of 1 done, 1 left" in first
    assert "**b.json**" in second
    assert "1 of 2 done, 1 left" in second
    assert f"paused · [its card](https://discord.com/channels/{owl.guild}/{stage.channel}/{card.id})" in second


async def test_batches_of_channels_that_somebody_cannot_read_are_not_theirs_to_see(stage: Stage) -> None:
    """Neither listed nor offered nor found, whatever they type."""
    async with stage.bot():
        stage.standin.make_channel("secret")
        (fox,) = await stage.batch(["fox"], channel=stage.standin.channel("secret"))
        world, grace = stage.standin.world, stage.standin.member("grace")
        secret = world.channel(stage.standin.channel("secret"))
        world.overwrite(secret, grace.id, deny=int(Permission.VIEW_CHANNEL))
        assert "no batches" in await run(stage, "list", "grace")
        assert await offered(stage, "pause", who="grace") == {}
        for typed in ("b.json", fox.batch):
            assert "no such batch" in await run(stage, "pause", "grace", batch=typed)
        assert "b.json" in await run(stage, "list")
