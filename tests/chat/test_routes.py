"""`/route` over the wire: everybody sees the figures, administrators decide, and the card tells why."""

from dataclasses import replace

import pytest

from bot.demo.discord.values import Message
from bot.ledger import routes as rows
from bot.nouns import Route, Routed, RouteWhy
from bot.settings import RoutingTable
from bot.texts import routing as texts
from tests.chat.people import Studio
from tests.chat.people import studio as studio
from tests.chat.rights import started
from tests.chat.shelves import AWAY, DEMO, LARGE, TURBO, stocked
from tests.chat.stage import Stage, buttons, text
from tests.chat.test_permuting import words
from tests.ledger.opinions import compared, judged
from tests.ledger.rows import job

KIND = "single-subject hero"
HOSTILE = "<@&1> @everyone **x** https://evil.example `y`"


async def proposed(stage: Stage, who: str = "ada") -> Message:
    """The page that a clear record brings."""
    await stocked(stage.db)
    await judged(stage.db, KIND, "turbo", 41, 50)
    await judged(stage.db, KIND, "demo", 28, 50)
    outcome = await started(stage, "route propose", who, archetype=KIND)
    await stage.answered(outcome)
    return stage.standin.world.messages[outcome.message_id or ""]


async def pressed(stage: Stage, page: Message, custom_id: str, who: str) -> str:
    """What the button is answered with, in place of the page or beside it; the page stays as it was for the next."""
    before = [dict(row) for row in page.components]
    said = await words(stage, await stage.standin.member(who).click(page.id, custom_id))
    page.components = before
    return said


async def acting(stage: Stage) -> dict[str, Route]:
    async with stage.db.reading() as connection:
        return await rows.acting(connection, {KIND})


async def test_a_proposal_acts_when_an_administrator_accepts_it(stage: Stage) -> None:
    """With its figures, on the card and under why; nothing changes before, and `/route drop` takes it back."""
    async with stage.bot():
        page = await proposed(stage)
        for word in (
            "take **turbo** instead of **demo**",
            "kept 41 of 50",
            "against 28 of 50",
            "Of a hundred pictures",
        ):
            assert word in page.content
        assert await acting(stage) == {}
        stage.intake.routing = RoutingTable(explore=0)
        accept = str(page.components[0]["components"][0]["custom_id"])
        assert "is drawn with **turbo**" in await pressed(stage, page, accept, "ada")
        outcome = await started(stage, "imagine", prompt="a fox", archetype=KIND)
        assert "Turbo" in await stage.answered(outcome)
        (asked,) = await stage.ask(archetype=KIND)
        card = await stage.card(asked)
        assert "routed to turbo: kept 41 of 50 for this kind, against 28 of 50" in text(card)
        assert "routed to turbo" not in text(await stage.card((await stage.ask(model="turbo", archetype=KIND))[0]))
        await stage.render(asked)
        posted = await stage.message(lambda: stage.end_of(asked))
        why = await started(stage, "why", picture=str(posted.id))
        assert "kept 41 of 50 for this kind, against 28 of 50" in await stage.answered(why)


async def test_only_administrators_decide(stage: Stage) -> None:
    """Others see the figures and get no buttons; pressed all the same, they do nothing, and neither do commands."""
    async with stage.bot():
        page = await proposed(stage, "grace")
        assert "take **turbo** instead of **demo**" in page.content
        assert buttons(page) == []
        outcome = await started(stage, "route propose", "ada", archetype=KIND)
        await stage.answered(outcome)
        page = stage.standin.world.messages[outcome.message_id or ""]
        page = replace_reader(page, stage, "grace")
        for one in page.components[0]["components"]:
            assert "Only administrators" in await pressed(stage, page, str(one["custom_id"]), "grace")
        for command, options in (("route accept", {"model": "turbo"}), ("route drop", {})):
            outcome = await started(stage, command, "grace", archetype=KIND, **options)
            assert "Only administrators" in await stage.answered(outcome)
        assert await acting(stage) == {}


def replace_reader(page: Message, stage: Stage, who: str) -> Message:
    """As if this person could see the private answer."""
    page.addressee = stage.standin.member(who).id
    return page


async def test_a_proposal_can_be_pressed_in_another_life_of_the_bot(stage: Stage) -> None:
    """And be left alone; accepting it twice is accepting it once, and a number that was made up is none."""
    async with stage.bot():
        page = await proposed(stage)
    accept, leave = (str(one["custom_id"]) for one in page.components[0]["components"])
    async with stage.bot():
        assert "Nothing was changed" in await pressed(stage, page, leave, "ada")
        assert await acting(stage) == {}
        assert "is drawn with **turbo**" in await pressed(stage, page, accept, "ada")
        assert "is drawn with **turbo**" in await pressed(stage, page, accept, "ada")
        assert list(await acting(stage)) == [KIND]
        page.components[0]["components"][0]["custom_id"] = "route:accept:999"
        assert "do not know this proposal" in await pressed(stage, page, "route:accept:999", "ada")


async def test_too_few_figures_say_so(studio: Studio) -> None:
    """What is known is told, with what is needed."""
    await stocked(studio.db)
    await judged(studio.db, KIND, "turbo", 3, 3)
    await compared(studio.db, KIND, "large", "demo", 2)
    said = await studio.run("route propose", archetype=KIND)
    for word in ("No other model is surely better than **demo**", "**turbo**: kept 3 of 3", "won 2 of 2 comparisons"):
        assert word in said
    assert "from 20 judged pictures of each on, or 10 decided comparisons" in said


async def test_comparisons_alone_are_enough(studio: Studio) -> None:
    """Side by side tells more than apart."""
    await stocked(studio.db)
    await compared(studio.db, KIND, "turbo", "demo", 16)
    said = await studio.run("route propose", archetype=KIND)
    assert "take **turbo** instead of **demo**" in said
    assert "won 16 of 16 comparisons" in said


async def test_an_administrator_accepts_by_hand(studio: Studio) -> None:
    """With the figures there are; a model nobody knows is refused, and the one that draws already is said to."""
    await stocked(studio.db)
    assert "is drawn with **large**" in await studio.run("route accept", archetype=KIND, model="large")
    assert "an administrator chose it" in await _why(studio)
    assert f"**{KIND}** → **large** instead of demo" in await studio.run("route list", "grace")
    assert "drawn with **large** already" in await studio.run("route accept", archetype=KIND, model="large")
    assert "no model “none”" in await studio.run("route accept", archetype=KIND, model="none")
    assert "with the default model again" in await studio.run("route drop", archetype=KIND)
    assert "no accepted route" in await studio.run("route drop", archetype=KIND)
    assert "drawn with the default model" in await studio.run("route list")


async def _why(studio: Studio) -> str:
    """What is told of a picture that is asked for now, tried by nobody."""
    studio.client.intake.routing = RoutingTable(explore=0)
    await studio.run("imagine", prompt="a fox", archetype=KIND)
    (asked,) = await studio.jobs()
    assert asked.model == "large"
    assert asked.routed is not None
    return texts.taken(asked)


async def test_the_settings_win_and_say_so(studio: Studio) -> None:
    """On the list, on the card, and to whoever accepts something else."""
    await stocked(studio.db)
    studio.client.intake.routing = RoutingTable(table={KIND: "turbo"})
    assert "settings name **turbo**" in await studio.run("route accept", archetype=KIND, model="large")
    assert f"**{KIND}** → **turbo**, by the settings" in await studio.run("route list")
    await studio.run("imagine", prompt="a fox", archetype=KIND, size="512x512")
    (asked,) = await studio.jobs()
    assert (asked.model, asked.width) == ("turbo", 512)
    assert "the bot's settings name it" in texts.taken(asked)


async def test_a_size_the_routed_model_does_not_have_is_the_defaults(studio: Studio) -> None:
    """With a word; a shape is each model's own."""
    await stocked(studio.db, DEMO, TURBO, LARGE, AWAY)
    studio.client.intake.routing = RoutingTable(table={KIND: "turbo", "away": "demo-away"})
    await studio.run("imagine", prompt="a fox", archetype=KIND, size="128x128")
    await studio.run("imagine", prompt="a fox", archetype=KIND, size="square")
    await studio.run("imagine", prompt="a fox", archetype="away")
    first, second, third = await studio.jobs()
    assert (first.model, second.model, second.width, third.model) == ("demo", "turbo", 512, "demo")
    assert "meant for turbo, which cannot draw this" in texts.taken(first)
    assert "meant for demo-away, which is on no tower" in texts.taken(third)


@pytest.mark.parametrize("why", ["accepted", "setting", "explored", "absent", "unfit"])
def test_names_are_shown_as_plain_words(why: str) -> None:
    """A model's id comes from a tower's catalogue, a kind from whoever asked."""
    route = Route(model=HOSTILE, instead=HOSTILE)
    told = texts.taken(replace(job("j"), model=HOSTILE, routed=rows_routed(why, route)))
    listed = texts.listing([], {HOSTILE: HOSTILE}, 0.05)
    for said in (told, listed.removeprefix("• **")):
        assert "@everyone" not in said
        assert "<@&1>" not in said
        assert "https://evil" not in said


def rows_routed(why: str, route: Route) -> Routed:
    return Routed(why=RouteWhy(why), route=route)


async def test_kinds_that_were_judged_are_suggested(studio: Studio) -> None:
    """And for dropping, those that have a route."""
    await stocked(studio.db)
    await judged(studio.db, KIND, "demo", 1, 1)
    assert await studio.offered("route propose", "archetype", "sin") == {KIND: KIND}
    assert await studio.offered("route drop", "archetype", "sin") == {}
    await studio.run("route accept", archetype=KIND, model="large")
    assert await studio.offered("route drop", "archetype", "hero") == {KIND: KIND}
