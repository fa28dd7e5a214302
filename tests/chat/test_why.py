"""Where each word of a prompt comes from: `/why`, the button, and reactions that name a reason."""

from bot.chat.feedback import Sign
from bot.demo.discord.permissions import Permission
from bot.ledger import pictures
from bot.nouns import Verdict
from bot.taste.compose import asked_negative
from tests.chat.stage import Stage, text
from tests.chat.test_buttons import press, say_why


async def run(stage: Stage, command: str, **options: str) -> str:
    return await stage.answered(await stage.standin.member("ada").run(stage.channel, command, options))


async def test_every_word_is_told_with_the_verdict_it_comes_from(stage: Stage) -> None:
    """The person's words, what a cue added, the link of the picture it was learned on; by command and by button."""
    async with stage.bot():
        _, first = await stage.posted("a fox", slug="fox")
        assert "as **bright**" in await say_why(stage, first, "too dark")
        job, second = await stage.posted("a fox", slug="fox")
        link = f"https://discord.com/channels/{stage.standin.guild_id}/{stage.channel}"
        for said in (
            await run(stage, "why", picture=f"{link}/{second.id}"),
            await run(stage, "why", picture=str(second.id)),
            await run(stage, "why"),
            await stage.answered(await press(stage, second, "origin")),
        ):
            assert "“a fox”" in said
            assert f"+ **bright** for slug fox, learned on 1 picture, [its post]({link}/{first.id})" in said
        assert "No cue was added" in await run(stage, "why", picture=str(first.id))
        assert f"{link}/{first.id}" in await run(stage, "cue list", about="fox")
    assert job.prompt == "a fox, bright"


async def test_the_card_shows_what_was_added_and_why(stage: Stage) -> None:
    async with stage.bot():
        _, first = await stage.posted("a fox", slug="fox")
        await say_why(stage, first, "too dark")
        (job,) = await stage.ask("a fox", slug="fox")
        shown = text(await stage.card(job))
    assert "with cues: + **bright**" in shown
    assert "learned on 1 picture" in shown


async def test_a_message_that_is_no_picture_is_explained(stage: Stage) -> None:
    async with stage.bot():
        assert "no picture of mine" in await run(stage, "why")
        job, _ = await stage.posted()
        card = await stage.card(job)
        for wanted in (str(card.id), "fox", "1" * 20):
            assert "no picture of mine" in await run(stage, "why", picture=wanted)


async def test_words_that_teach_nothing_say_so(stage: Stage) -> None:
    async with stage.bot():
        _, message = await stage.posted("a fox", slug="fox")
        assert "adds nothing to prompts" in await say_why(stage, message, "I hate this")
        (job,) = await stage.ask("a fox", slug="fox")
    assert job.prompt == "a fox"


async def test_the_reaction_of_a_reason_rejects_and_teaches(stage: Stage) -> None:
    """🎨 needs no words; taking it back takes the cue back. The bot offers only its three."""
    async with stage.bot():
        job, message = await stage.posted("a fox", slug="fox")
        assert list(message.reactions) == ["✅", "❌", "🔁"]
        ada = stage.standin.member("ada")
        ada.react(message.id, "🎨")
        await stage.judged_so(job, {stage.ada: (Verdict.REJECT, "")})
        (again,) = await stage.ask("a fox", slug="fox")
        assert [cue.phrase for cue in again.cues] == ["balanced natural colors"]
        ada.unreact(message.id, "🎨")
        await stage.judged_so(job, {})
        (last,) = await stage.ask("a fox", slug="fox")
    assert last.prompt == "a fox"


async def test_a_reasons_reaction_is_reconciled_like_any_other(stage: Stage) -> None:
    """Set while the bot was away, it counts when it returns."""
    async with stage.bot():
        job, message = await stage.posted()
    stage.standin.member("ada").react(message.id, "🌫️")
    async with stage.bot():
        await stage.judged_so(job, {stage.ada: (Verdict.REJECT, "")})


async def test_what_the_model_did_not_read_is_shown(stage: Stage) -> None:
    """The end that the tokenizer cut off, as the tower told it."""
    async with stage.bot():
        job, message = await stage.posted("a fox", slug="fox")
        async with stage.db.transaction() as connection:
            picture = await pictures.of_job(connection, job.id)
            assert picture is not None
            cut = picture.receipt.model_copy(update={"dropped": "in the *far* distance"})
            await connection.execute("UPDATE pictures SET receipt = ?", (cut.model_dump_json(),))
        said = await run(stage, "why", picture=str(message.id))
    assert r"“in the \*far\* distance”" in said


async def test_asked_again_the_negative_prompt_does_not_grow(stage: Stage) -> None:
    """Cues are put behind what the person wanted left out, each time anew."""
    async with stage.bot():
        job, message = await stage.posted("a fox", slug="fox", negative="text")
        stage.client.feedback.heard(Sign(int(message.id), 77, "🖐", stands=True))
        await stage.judged_so(job, {77: (Verdict.REJECT, "")})
        (first,) = await stage.intake.again(job.id, key="a", asker=1)
        (second,) = await stage.intake.again(first.id, key="b", asker=1)
    assert first.negative == second.negative
    assert asked_negative(second) == "text"


async def test_what_was_asked_where_one_may_not_read_is_not_told(stage: Stage) -> None:
    """A link from a channel that is closed to somebody gives nothing away; to others it does."""
    world = stage.standin.world
    other = next(one for one in world.channels.values() if one.id != stage.channel)
    world.overwrite(other, stage.standin.member("grace").id, deny=int(Permission.VIEW_CHANNEL))
    async with stage.bot():
        _, message = await stage.posted("a secret", channel=other.name)
        said = await run(stage, "why", picture=str(message.id))
        hidden = await stage.standin.member("grace").run(stage.channel, "why", {"picture": str(message.id)})
        assert "no picture of mine" in await stage.answered(hidden)
    assert "“a secret”" in said


async def test_hostile_words_ping_nobody_wherever_they_are_told(stage: Stage) -> None:
    """Card, picture, answer and origin of a prompt woven from them: escaped, and no message may notify anybody."""
    hostile = "with <@1> @everyone \u202e [x](https://evil.example/y) **" + "z" * 120
    async with stage.bot():
        _, first = await stage.posted("a fox", slug="fox")
        told = [await say_why(stage, first, hostile)]
        job, second = await stage.posted("a fox", slug="fox")
        told += [text(await stage.card(job)), text(second), await run(stage, "why", picture=str(second.id))]
        told += [await run(stage, "cue list", about="fox")]
    assert len(job.cues) == 1
    assert len(job.prompt) <= len("a fox, ") + 80
    for said in told:
        assert not [trick for trick in ("<@1>", "@everyone", "\u202e", "[x](", "://evil", "**z") if trick in said], said
    bodies = [exchange.body for exchange in stage.standin.log.of("POST", "/messages")]
    may_ping = [body["allowed_mentions"] for body in bodies if "allowed_mentions" in body]
    assert len(may_ping) >= 4
    assert may_ping == [{"parse": []}] * len(may_ping)
