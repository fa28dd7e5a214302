"""Hostile reasons, end to end: whatever people write, no prompt holds it unescaped and nobody is called by it."""

import unicodedata
from typing import Any

import pytest

from bot.demo.discord.permissions import Permission
from bot.demo.discord.values import Message
from bot.ledger import cues, verdicts
from bot.nouns import WORDS, CueEdit, CueVerb, Job, Mark, Scope, Verdict
from tests.chat import groups
from tests.chat.rights import told
from tests.chat.stage import Stage, eventually
from tests.chat.test_buttons import say_why
from tests.ledger.rows import NOW

MENTIONS = "at night with @everyone @here <@{grace}> <@&{role}> <#{channel}>"
MARKUP = "on the left **bold** `code` [here](https://evil.example/x) ||spoiler|| > quote"
LINKS = "by the sea https://evil.example/y discord.gg/abc http://evil.example"
SIDEWAYS = "on \u202ethgir eht\u202c \u200b\u2066x\u2069 \ufeff"
SQL = "at night'); DROP TABLE jobs; DELETE FROM verdict_now; --"
TEMPLATE = "in {prompt} {0.__class__} %s {{a, b}} :heavy:"
LONG = "with a very long prompt " * 10
HOSTILE = {
    "mentions": MENTIONS, "markup": MARKUP, "links": LINKS, "sideways": SIDEWAYS, "sql": SQL, "template": TEMPLATE,
    "long": LONG,
}  # fmt: skip
NEVER = ("@everyone", "@here", "**bold**", "`code`", "](https://evil", "://evil", "||spoiler||", "\u202e", "\u2066")
LOOKING = ("cue list", "taste unfiled", "taste reasons", "taste report", "gallery", "mine", "queue", "route list")


def written(stage: Stage, kind: str) -> str:
    """With the ids of real people, roles and places."""
    grace, role = stage.standin.member("grace").id, stage.standin.guild_id
    ids = {"{grace}": grace, "{role}": str(role), "{channel}": stage.channel}
    text = HOSTILE[kind]
    for place, one in ids.items():
        text = text.replace(place, one)
    return text[:300]


def seen(message: Message) -> str:
    """All that Discord renders of a message."""
    parts: list[Any] = [message.content]
    for embed in message.embeds:
        parts += [embed.get("title"), embed.get("description"), *(f["value"] for f in embed.get("fields", ()))]
    return "\n".join(str(part) for part in parts if part)


def wrong(stage: Stage) -> list[str]:
    """What the bot said to anybody that must never be said so."""
    world, found = stage.standin.world, []
    grace = stage.standin.member("grace").id
    for message in world.messages.values():
        if message.author_id != world.bot.id:
            continue
        text = seen(message)
        found += [f"{token} in {text}" for token in NEVER if token in text]
        found += [f"<@&> in {text}"] if f"<@&{stage.standin.guild_id}>" in text else []
        found += [f"called {message.mentions}: {text}"] if grace in message.mentions or message.mention_everyone else []
    return found


def clean(job: Job) -> None:
    """A prompt is one line of plain words, and no longer than the model reads."""
    text = f"{job.prompt}\n{job.negative}"
    assert not set(job.prompt) & set("@<>*`|[]#{}\\=;")
    assert not [one for one in text.replace("\n", "") if unicodedata.category(one) in ("Cc", "Cf", "Zl", "Zp")]
    assert "evil.example" not in text
    assert len(job.prompt) <= 1000
    assert len(job.cues) <= 20


async def heard(stage: Stage, kind: str) -> Job:
    """Said in the form, in a reply, and as a cue by hand."""
    words = written(stage, kind)
    job, message = await stage.posted("a fox", slug="fox", archetype="hero")
    await say_why(stage, message, words)
    bot = stage.standin.world.bot.id
    stage.standin.member("grace").post(stage.channel, f"<@{bot}> {words}", reply_to=message.id)
    await eventually(lambda: stage.judged(job), lambda found: len(found) == 2)
    await told(stage, "cue add", "ada", phrase=words[:200], about="fox", against=words[:200])
    return job


@pytest.mark.parametrize("kind", HOSTILE)
async def test_hostile_reasons_do_nothing_anywhere(stage: Stage, kind: str) -> None:
    """Forms, replies, cues by hand; lists, origins, cards, posts, sheets, galleries: for author and others."""
    stage.standin.make_role("Loud", Permission.MENTION_EVERYONE, "ada")
    async with stage.bot():
        job = await heard(stage, kind)
        (after,) = await stage.ask("a fox", slug="fox", archetype="hero")
        clean(after)
        await stage.card(after)
        await stage.render(after)
        posted = await stage.message(lambda: stage.end_of(after))
        await groups.shown(stage, ("one", "two"))
        for who in ("ada", "grace"):
            for command in LOOKING:
                await told(stage, command, who)
            await told(stage, "cue list", who, scope="slug", about="fox")
            await told(stage, "why", who, picture=posted.id)
        await told(stage, "privacy export", "grace")
        assert wrong(stage) == []
        assert len(await stage.judged(job)) == 2


@pytest.mark.parametrize(
    "words", ["on the left\n" * 10_000, "at night " * 50_000, "\u202e" * 10_000, "@everyone\n" * 9]
)
async def test_endless_words_from_elsewhere_are_read_only_so_far(stage: Stage, words: str) -> None:
    """A ledger that was brought from elsewhere may hold what no form would take; ten thousand lines are one cue."""
    async with stage.bot():
        job, message = await stage.posted("a fox", slug="fox", archetype="hero")
        async with stage.db.transaction() as connection:
            mark = Mark(int(message.id), job.id, 7, WORDS, Verdict.REJECT, words)
            await verdicts.set_mark(connection, mark, stage.clock.now())
            edit = CueEdit("k", CueVerb.ADD, Scope.EVERYTHING, "", words, 7, NOW, negative=words)
            await cues.record(connection, edit)
        (after,) = await stage.ask("a fox", slug="fox", archetype="hero")
        clean(after)
        assert len(after.cues) <= 2
        await stage.card(after)
        for command in LOOKING:
            await told(stage, command, "ada")
        assert wrong(stage) == []
