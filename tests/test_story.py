"""The sentence, told once and whole, from an ask in Discord to the next ask that has learned from it."""

from hashlib import sha256

from bot.nouns import Verdict
from gpu_agent.engine.picture import read_receipt
from tests.dispatch.rig import until
from tests.town import Town


def button(message: object, verb: str) -> str:
    """The custom_id of the button with this verb."""
    rows = getattr(message, "components", [])
    ids = [str(one["custom_id"]) for row in rows for one in row["components"]]
    return next(one for one in ids if one.startswith(verb + ":"))


async def test_the_whole_sentence(town: Town) -> None:
    """A person asks, a tower wakes, pictures come, a reason is given, and the next picture is composed with it."""
    answer = await town.imagine("a house on hills", slug="hero", seed=7, count=2)
    assert "hero" in answer
    first, second = await town.until_posted(2)
    assert town.packets >= 1

    # The picture is the ledger's, the agent's and Discord's alike, and carries its own receipt.
    found = await town.ledger()
    png = first.attachments[0].data
    assert sha256(png).hexdigest() == found.posted[0].sha256
    receipt = read_receipt(png)
    assert (receipt.order.prompt, receipt.order.seed, receipt.order.model) == ("a house on hills", 7, "demo")
    assert found.wakes == 1
    assert first.attachments[0].filename == "hero-7.png"
    assert first.attachments[0].data != second.attachments[0].data
    assert town.daemon.spooled == 0

    # Reactions are offered in order, and what people set is a verdict.
    await until(lambda: list(first.reactions) == ["✅", "❌", "🔁"], "the bot's own reactions")
    town.ada.react(second.id, "✅")
    town.grace.react(second.id, "🔁")
    form = await town.ada.click(first.id, button(first, "why"))
    await town.told(await town.ada.submit(form.interaction_id, {"reason": "at night"}))
    found = await town.until_ledger(lambda one: len(one.judgements) == 3)
    assert {one.verdict for one in found.judgements} == {Verdict.KEEP, Verdict.REROLL, Verdict.REJECT}

    # The next ask for the slug is composed with the cue, and says so.
    answer = await town.imagine("a house on hills", slug="hero", seed=7)
    assert "at night" in answer
    third = (await town.until_posted(3))[2]
    receipt = read_receipt(third.attachments[0].data)
    assert receipt.order.asked == "a house on hills"
    assert receipt.order.prompt == "a house on hills, at night"
    assert third.attachments[0].data != png
    await town.everything_once(3)
