"""A person's whole story, with the bot ended and started anew between any two of its steps.

Real bot, real OpenSSH, the real daemon with a worker that draws noise. While the bot is away a form may be open, a
question unanswered, a job in line, a job on the card: nothing goes deaf, nothing is said twice, nothing is lost.
"""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.demo.discord.values import Message
from tests.dispatch.pair import EXTRA
from tests.dispatch.rig import until
from tests.lives import Lives, button
from tests.town import open_town

pytestmark = pytest.mark.timeout(600)


@pytest.fixture
async def lives(tmp_path: Path) -> AsyncIterator[Lives]:
    """Nobody wakes the tower but the test. It has two models."""
    models = tmp_path / "models.toml"
    models.write_text(EXTRA)
    async with open_town(tmp_path, "slow", str(models)) as town:
        town.wakes = False
        yield Lives(town)


async def test_a_story_of_many_lives(lives: Lives) -> None:
    """Ask, cancel, wait, look, judge, vary, give a reason, edit, choose, compare, confirm, stop, look back, delete."""
    await in_line(lives)
    first, second, sheet = await on_the_card(lives)
    await judged_while_away(lives, second)
    await varied(lives, first)
    await with_open_forms(lives, first)
    await chosen_on_the_sheet(lives, sheet)
    await compared(lives)
    await confirmed_and_stopped(lives)
    await leafed(lives)
    await deleted(lives, first)
    await lives.sound()
    assert lives.number > 20, "the lives of the bot"


async def in_line(lives: Lives) -> None:
    """The tower sleeps: what waits goes on waiting in the next life, and is cancelled there."""
    options = {"slug": "hero", "count": 2, "seed": 7, "steps": 8, "guidance": 2.0, "negative": "people", "ping": True}
    assert "2 pictures of **hero**" in await lives.run("imagine", prompt="a house on hills", size="128x96", **options)
    await lives.anew()
    await lives.run("imagine", prompt="a boat nobody wants")
    await lives.anew()
    assert await lives.press(await lives.card("a boat nobody wants"), "cancel:") == "1 cancelled."
    await lives.anew()
    await lives.saying("cancellation")


async def on_the_card(lives: Lives) -> tuple[Message, Message, Message]:
    """The bot is away while the tower draws; both pictures and their sheet come once."""
    await lives.town.wake_by_hand()
    await lives.town.until_state("rendering")
    await lives.anew()
    first, second = await lives.saying("picture", 2)
    (sheet,) = await lives.saying("sheet")
    assert [one.attachments[0].filename for one in (first, second)] == ["hero-7.png", "hero-8.png"]
    assert await lives.town.rows("SELECT DISTINCT epoch FROM jobs") == [(1,)]
    return first, second, sheet


async def judged_while_away(lives: Lives, picture: Message) -> None:
    """A reaction that nobody heard counts."""
    await lives.town.end_bot()
    lives.town.ada.react(picture.id, "✅")
    await lives.town.start_bot()
    await lives.town.until_ledger(lambda found: [one.verdict for one in found.judgements] == ["keep"])


async def varied(lives: Lives, first: Message) -> None:
    """Vary is pressed in one life, drawn in the next, and stands in the slug's thread; once kept, in the channel."""
    await lives.anew()
    await lives.press(first, "vary:")
    await lives.anew()
    *_, child = await lives.saying("picture", 3)
    assert lives.town.standin.world.channels[child.channel_id].name == "hero"
    await lives.anew()
    lives.town.ada.react(child.id, "✅")
    await lives.town.until_ledger(lambda found: len(found.judgements) == 2)
    await lives.anew()
    (version,) = await lives.saying("version")
    assert version.channel_id == lives.town.channel


async def with_open_forms(lives: Lives, first: Message) -> None:
    """Both forms are sent in lives that never opened them; of the pictures made, one is the edited one's."""
    reason, edit = await lives.opened(first, "why:"), await lives.opened(first, "edit:")
    await lives.anew()
    assert "Noted: at night" in await lives.fill(reason, {"reason": "at night"})
    await lives.anew()
    filled = {"prompt": "a house on high hills", "negative": "", "slug": "hero", "seed": "9"}
    assert "1 picture of **hero**" in await lives.fill(edit, filled)
    await lives.anew()
    *_, edited = await lives.saying("picture", 4)
    assert "with cues: at night" in str(edited.embeds)
    assert edited.attachments[0].filename == "hero-9.png"


async def chosen_on_the_sheet(lives: Lives, sheet: Message) -> None:
    """Menus and buttons of a sheet from many lives ago."""
    await lives.anew()
    ((job,),) = await lives.town.rows("SELECT id FROM jobs WHERE slug = 'hero' AND seed = 7")
    assert "keep 1" in await lives.press(sheet, "sheet-keep:", [job])
    await lives.anew()
    assert "Nothing is chosen" in await lives.press(sheet, "sheet-clear:")
    await lives.anew()


async def compared(lives: Lives) -> None:
    """Two models; the vote on their sheet is given in the next life."""
    await lives.run("compare", prompt="a moon", first="demo", second="extra", seed=1)
    await lives.anew()
    *_, sheet = await lives.saying("sheet", 2)
    ((job,),) = await lives.town.rows("SELECT id FROM jobs WHERE model = 'extra'")
    await lives.press(sheet, "sheet-keep:", [job])
    await lives.anew()
    await until(lambda: "1 keep" in str(sheet.embeds), "the vote on the sheet")


async def confirmed_and_stopped(lives: Lives) -> None:
    """A question outlives the bot that asked; what runs is stopped in a life that did not begin it."""
    question = await lives.asked("imagine", prompt="a {red,blue,green,white,black} fox", count=2, steps=1, slug="fox")
    assert "10 pictures" in question.content
    await lives.anew()
    assert "Accepted 10 pictures" in await lives.press(question, "confirm:")
    await lives.anew()
    await lives.saying("picture", 16)
    await lives.saying("sheet", 3)
    await lives.run("imagine", prompt="an owl for ever", steps=200, count=2)
    await lives.town.until_state("rendering", 2)  # what still waits is not stopped, but cancelled
    await lives.anew()
    card = await lives.card("an owl for ever")
    assert "asked to stop" in await lives.press(card, "stop:")
    await lives.anew()
    await lives.town.until_state("cancelled", 3)


async def leafed(lives: Lives) -> None:
    """A page's buttons carry the search with them."""
    page = await lives.asked("gallery")
    newest = page.embeds[0]["description"]
    await lives.anew()
    await lives.told(await lives.town.ada.click(page.id, older(page)))
    await until(lambda: page.embeds[0]["description"] != newest, "the older page")


def older(page: Message) -> str:
    buttons = page.components[0]["components"]
    return next(str(one["custom_id"]) for one in buttons if ":older:" in one["custom_id"])


async def deleted(lives: Lives, first: Message) -> None:
    """Asked in one life, meant in the next; the file and the message go in that one or in the one after."""
    outcome = await lives.town.ada.click(first.id, button(first, "delete:"))
    await lives.told(outcome)
    question = lives.town.standin.world.messages[str(outcome.message_id)]
    await lives.anew()
    assert (await lives.press(question, "remove:")).startswith("Deleted.")
    await lives.anew()
    world, channel = lives.town.standin.world, lives.town.channel
    await until(lambda: first.id not in world.messages, "the message to be gone")
    ((left,),) = await lives.town.rows("SELECT count(*) FROM pictures WHERE deleted_at IS NOT NULL")
    assert (left, channel in world.channels) == (1, True)
