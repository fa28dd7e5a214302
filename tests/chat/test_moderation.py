"""`/block`, `/unblock`, `/blocked`: what a block ends, that it outlives restarts, and who may set one."""

import pytest

from bot.demo.discord.changes import InteractionStarted
from bot.demo.discord.permissions import Permission
from bot.demo.discord.refusals import Mistake
from bot.ledger import people
from bot.ledger.people import Block
from bot.nouns import Verdict
from bot.people.permits import Kind, What
from tests.chat.people import batch_file
from tests.chat.rights import open_jobs, permit, pressed, rules, started, told
from tests.chat.stage import Stage


def grace(stage: Stage) -> int:
    return int(stage.standin.member("grace").id)


async def blocked(stage: Stage, why: str = "") -> str:
    return await told(stage, "block", "ada", person=str(grace(stage)), **({"why": why} if why else {}))


async def test_a_blocked_person_can_neither_ask_nor_judge(stage: Stage) -> None:
    """In every way; they are told when they try, and the reason stays with the moderators."""
    async with stage.bot():
        job, message = await stage.posted()
        assert "is blocked" in await blocked(stage, "floods")
        items = batch_file([{"slug": "fox", "prompt": "a fox"}])
        asked = await stage.standin.member("grace").click(message.id, f"why:{job.id}")
        form = await stage.standin.member("grace").submit(asked.interaction_id, {"reason": "too dark"})
        refused = {
            await told(stage, "imagine", prompt="a fox"),
            await pressed(stage, message, f"again:{job.id}"),
            await told(stage, "batch render", file=items),
            await told(stage, "schedule add", what="batch", file=items, when="daily 02:00"),
            await stage.answered(form),
        }
        assert refused == {"You are blocked from asking and judging here. If that is a mistake, talk to a moderator."}
        stage.standin.member("grace").react(message.id, "❌")
        stage.standin.member("ada").react(message.id, "✅")
        await stage.judged_so(job, {stage.ada: (Verdict.KEEP, "")})
        assert await open_jobs(stage) == []


async def test_a_block_outlives_restarts_and_ends_with_unblock(stage: Stage) -> None:
    """Verdicts of before and of meanwhile count again then, as they stand on Discord."""
    async with stage.bot():
        before, message = await stage.posted()
        stage.standin.member("grace").react(message.id, "✅")
        await stage.judged_so(before, {grace(stage): (Verdict.KEEP, "")})
        await blocked(stage)
        await stage.judged_so(before, {})
        meanwhile, second = await stage.posted()
        stage.standin.member("grace").react(second.id, "❌")
    async with stage.bot():
        assert "You are blocked" in await told(stage, "imagine", prompt="a fox")
        assert await stage.judged(before) == {}
        assert "may ask again" in await told(stage, "unblock", "ada", person=str(grace(stage)))
        await stage.judged_so(before, {grace(stage): (Verdict.KEEP, "")})
        await stage.judged_so(meanwhile, {grace(stage): (Verdict.REJECT, "")})
        assert "Accepted" in await told(stage, "imagine", prompt="a fox")


async def test_the_list_tells_who_by_whom_and_why(stage: Stage) -> None:
    """Other people's words can do no harm in it."""
    async with stage.bot():
        assert "Nobody is blocked" in await told(stage, "blocked", "ada")
        await blocked(stage, "**@everyone** floods")
        said = await told(stage, "blocked", "ada")
        assert f"<@{grace(stage)}>, by <@{stage.ada}>" in said
        assert "floods" in said
        assert "@everyone" not in said


async def test_a_long_list_is_cut(stage: Stage) -> None:
    async with stage.db.transaction() as connection:
        for person in range(60):
            await people.block(connection, Block(10**17 + person, 1, "w" * 200, float(person)))
    async with stage.bot():
        said = await told(stage, "blocked", "ada")
    assert len(said) <= 2000
    assert f"<@{10**17 + 59}>" in said
    assert "…" in said


async def test_blocking_twice_is_blocking_once(stage: Stage) -> None:
    """Sent twice by Discord, and by a second moderator: the reason is the last one."""
    async with stage.bot():
        outcome = await started(stage, "block", "ada", person=str(grace(stage)), why="floods")
        await stage.answered(outcome)
        world = stage.standin.world
        world.tell(InteractionStarted(world.interactions[outcome.interaction_id]))
        assert "was blocked already" in await blocked(stage, "still floods")
        async with stage.db.reading() as connection:
            assert [one.why for one in await people.blocked(connection)] == ["still floods"]
        assert "may ask again" in await told(stage, "unblock", "ada", person=str(grace(stage)))
        assert "is not blocked" in await told(stage, "unblock", "ada", person=str(grace(stage)))


@pytest.mark.parametrize("who", ["ada", "darkroom", "boss"])
async def test_who_cannot_be_blocked(stage: Stage, who: str) -> None:
    """Oneself, a bot, and who could take it back."""
    stage.standin.join("boss", stage.standin.make_role("Boss", Permission.ADMINISTRATOR))
    world = stage.standin.world
    person = next(one.id for one in world.people.values() if one.username == who)
    async with stage.bot():
        said = await told(stage, "block", "ada", person=person)
        assert "is blocked:" not in said
        assert "Nobody is blocked" in await told(stage, "blocked", "ada")


@pytest.mark.parametrize("command", ["block", "unblock", "blocked", "setup"])
async def test_discord_does_not_show_these_to_everybody(stage: Stage, command: str) -> None:
    """The stand-in lets nobody run what Discord would not show them."""
    async with stage.bot():
        with pytest.raises(Mistake, match="no command"):
            await told(stage, command, person=str(stage.ada))


async def test_who_is_shown_the_command_must_also_be_let(stage: Stage) -> None:
    """An administrator may show it to anybody in Discord's settings; Darkroom asks again."""
    async with stage.bot():
        for known in stage.standin.world.commands.values():
            known["default_member_permissions"] = None
        ada = str(stage.ada)
        for command, options in (
            ("block", {"person": ada}),
            ("unblock", {"person": ada}),
            ("blocked", {}),
            ("setup", {}),
        ):
            assert "Only those who administrate" in await told(stage, command, **options)
        role = stage.standin.make_role("Staff", Permission(0), "grace")
        await permit(stage, What.ADMINISTRATE, Kind.ROLE, role)
        assert "Nobody is blocked" in await told(stage, "blocked")


async def test_a_block_that_comes_while_the_ask_is_on_its_way_wins(stage: Stage) -> None:
    """It is looked at once more where the ask is committed."""
    rules(stage, daily=5)
    async with stage.bot():
        async with stage.db.transaction() as connection:
            outcome = await started(stage, "imagine", prompt="a fox")
            wanted = Block(grace(stage), stage.ada, "", stage.clock.now())
            await people.block(connection, wanted)
        assert "You are blocked" in await stage.answered(outcome)
        assert await open_jobs(stage) == []
