"""What the question tells of time and costs: what the past knows, and never more."""

import pytest

from bot.board import TowerView
from bot.ledger import rota
from bot.nouns import RotaEntry, RotaKind, WindowScope
from gpu_agent.wire import Status
from tests.chat.sending import FOX, OWL, asked, rendered_before
from tests.chat.stage import Stage


async def test_what_the_past_knows_is_told(stage: Stage) -> None:
    """Waking, loading, rendering; energy by the settings' watts, and the price of a hosted API."""
    async with stage.bot():
        await rendered_before(stage, 60.0)
        question = await asked(stage, {**FOX, "count": 8}, {**OWL, "count": 2})
        assert "About 11 min: waking 40 s, loading 5 s, rendering 10 min." in question.content
        assert "About 59 Wh, $0.0071 of electricity. From a hosted API: $0.45." in question.content
        end = int(question.content.partition("all ready <t:")[2].partition(":R>")[0])
        assert abs(end - (stage.clock.now() + 645)) < 60
        stage.board.tower("tower", TowerView("ready", stage.clock.now()))
        stage.board.states["tower"] = Status(warm="demo")
        await stage.ask("somebody else's", "grace")
        question = await asked(stage, {**FOX, "count": 8})
        assert "About 8 min: rendering 8 min." in question.content
        assert "1 other picture waits or renders already." in question.content
        end = int(question.content.partition("all ready <t:")[2].partition(":R>")[0])
        assert abs(end - (stage.clock.now() + 540)) < 60


async def test_what_was_not_seen_often_enough_is_named(stage: Stage) -> None:
    """Beside what is known."""
    async with stage.bot():
        await rendered_before(stage, 60.0)
        question = await asked(stage, {**FOX, "count": 8}, {**OWL, "width": 96, "height": 96})
        assert (
            "At least 9 min. Not known yet, because it was seen too seldom: rendering 1 picture with "
            in question.content
        )
        assert "At least 48 Wh, $0.0057 of electricity." in question.content
        assert "all ready" not in question.content


@pytest.mark.parametrize("scope", [WindowScope.BATCHES, WindowScope.MY_BATCHES, WindowScope.MINE])
async def test_a_window_that_is_not_open_is_told(stage: Stage, scope: WindowScope) -> None:
    """Whoever it is for; the others' batches are ready when they are."""
    opens = stage.clock.now() + 3600
    window = RotaEntry(
        id="w1", name="night", words="daily 01:00", cron="0 1 * * *", zone="UTC", items="", asker=stage.ada,
        guild=stage.standin.guild_id, channel=int(stage.channel), created_at=opens - 9999, next_at=opens,
        kind=RotaKind.WINDOW, until="0 6 * * *", scope=scope,
    )  # fmt: skip
    async with stage.bot():
        await rendered_before(stage, 60.0)
        async with stage.db.transaction() as connection:
            await rota.add(connection, window)
        question = await asked(stage, FOX)
        assert f"It begins when its window opens, <t:{int(opens)}:f>." in question.content
        assert "all ready" not in question.content
        question = await asked(stage, FOX, who="grace")
        assert ("all ready" in question.content) is (scope is not WindowScope.BATCHES)


async def test_the_costs_are_those_of_the_settings(stage: Stage) -> None:
    stage.settings = stage.settings.model_copy(
        update={"costs": stage.settings.costs.model_copy(update={"hosted_picture": 2.0, "currency": "CHF"})}
    )
    async with stage.bot():
        assert "From a hosted API: 6.00 CHF." in (await asked(stage, {**FOX, "count": 3})).content
