"""Job and picture → words, embeds, file names. Pure: the same values give the same message."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import discord

from bot.intake.variations import Way
from bot.nouns import Job, JobState, Notice, Picture
from bot.texts import card as words
from bot.texts import during, failures, routing
from bot.texts import picture as told
from bot.texts.evidence import PAIRED
from gpu_agent.wire import Progress

Verb = Literal[
    "again",
    "vary",
    "upscale",
    "edit",
    "animate",
    "use",
    "delete",
    "remove",
    "original",
    "why",
    "origin",
    "cancel",
    "stop",
    "pause",
    "resume",
    "rest",
    "retry",
    "look",
]

_OPEN, _WELL, _BADLY, _STILL = 0x5865F2, 0x2E8B57, 0xC0392B, 0x7F8C8D
_LINES = 10
_TITLE = 200
_BODY = 4000  # of the 4096 characters Discord takes


@dataclass(frozen=True, slots=True)
class Post:
    """A message before it is Discord's. `footer` ends with the notice's id, by which it is found again.

    `buttons` are verbs with the id they act on; `alt` describes the file that goes with it, `image` names the one that
    is shown inside. `pings` is the one person whom this message calls, when it is sent and never again.
    """

    title: str
    body: str
    footer: str
    colour: int
    buttons: tuple[tuple[Verb, str], ...] = ()
    file: str = ""
    alt: str = ""
    image: str = ""
    spoiler: bool = False
    pings: int | None = None

    def embed(self) -> discord.Embed:
        embed = discord.Embed(title=self.title[:_TITLE] or None, description=self.body[:_BODY], colour=self.colour)
        if self.image:
            embed.set_image(url=f"attachment://{self.image}")
        return embed.set_footer(text=self.footer)

    @property
    def content(self) -> str | None:
        return None if self.pings is None else told.ping(self.pings)

    def mentions(self) -> discord.AllowedMentions:
        if self.pings is None:
            return discord.AllowedMentions.none()
        return discord.AllowedMentions(
            everyone=False, roles=False, replied_user=False, users=[discord.Object(self.pings)]
        )


def says(embed: discord.Embed, notice: Notice) -> bool:
    """Is it this notice that the message tells?"""
    return (embed.footer.text or "").endswith(notice.id)


@dataclass(frozen=True, slots=True)
class Around:
    """What a picture's post tells beyond its own rows: what the shelf can make of it, where it comes from, and how its
    asker wants it posted. `parent` is a slug and a link, empty where nothing stands; `paired` is half of a pair.
    `again` is whether it can be rendered once more, which an imported one may not."""

    ways: tuple[Way, ...] = ()
    parent: tuple[str, str] | None = None
    spoiler: bool = False
    pings: int | None = None
    paired: bool = False
    again: bool = True


ALONE = Around()


@dataclass(frozen=True, slots=True)
class Card:
    """What is known of an ask or a batch. `jobs` are those worth a line, `counts` all of them by state.

    `places` counts from 1; `tower` says how the tower is while it is not ready; `end` is when the last open job
    probably ends, in UTC seconds; `preview` is a small JPEG of how the running picture looks by now. Of one that is
    `paired`, nothing is told that tells its halves apart. `paused_at` is since when a batch is paused.
    `opens` is when the window opens for which it waits.
    """

    notice: Notice
    title: str
    jobs: Sequence[Job]
    counts: Counter[JobState]
    places: Mapping[str, int]
    progress: Mapping[str, Progress]
    tower: str = ""
    end: float | None = None
    preview: bytes = b""
    paired: bool = False
    paused_at: float | None = None
    opens: float | None = None

    @property
    def settled(self) -> bool:
        return not (self.counts[JobState.QUEUED] or self.counts[JobState.RENDERING])

    @property
    def running(self) -> bool:
        return self.counts[JobState.RENDERING] > 0


def card(card: Card) -> Post:
    lines = [] if card.counts.total() == 1 else [words.tally(card.counts)]
    lines += [during.paused(card.paused_at)] if card.paused_at is not None and not card.settled else []
    lines += [during.windowed(card.opens)] if card.opens is not None else []
    lines += [_line(card, job) for job in card.jobs[:_LINES]]
    lines += [card.tower] if card.tower and not card.settled else []
    lines += [words.ready(card.end, card.counts.total())] if card.end is not None and not card.settled else []
    lines += [words.woven(card.jobs[0].cues)] if card.notice.ask and card.jobs and card.jobs[0].cues else []
    lines += [routing.taken(card.jobs[0])] if card.notice.ask and card.jobs and card.jobs[0].routed else []
    lines += [PAIRED] if card.paired else []
    return Post(failures.harmless(card.title), "\n".join(lines), card.notice.id, _colour(card), _buttons(card))


def _line(card: Card, job: Job) -> str:
    told = words.job(job, card.places.get(job.id), card.progress.get(job.id))
    if card.notice.batch:
        return words.named(job, told)
    return told if card.counts.total() == 1 else words.numbered(job, told)


def _colour(card: Card) -> int:
    if not card.settled:
        return _OPEN
    if card.counts[JobState.FAILED]:
        return _BADLY
    return _WELL if card.counts[JobState.RENDERED] else _STILL


def _buttons(card: Card) -> tuple[tuple[Verb, str], ...]:
    if card.notice.batch:
        return tuple((verb, card.notice.batch) for verb in _of_batch(card))
    scope = card.notice.ask or ""
    cancel: tuple[tuple[Verb, str], ...] = (("cancel", scope),) if card.counts[JobState.QUEUED] else ()
    stop: tuple[tuple[Verb, str], ...] = (("stop", scope),) if card.running else ()
    return cancel + stop


def _of_batch(card: Card) -> list[Verb]:
    """What can be done with it now; once it has ended, with what failed in it."""
    waits = card.counts[JobState.QUEUED] > 0
    verbs: list[Verb] = [] if not waits else ["resume" if card.paused_at is not None else "pause", "rest"]
    verbs += ["stop"] if card.running else []
    return verbs + (["retry"] if card.settled and card.counts[JobState.FAILED] else [])


def picture(
    notice: Notice, job: Job, picture: Picture, around: Around = ALONE, *, kind: str = "png", lessened: bool = False
) -> Post:
    """`kind` is the file's ending, or empty without one; `lessened` when it is less than the picture itself."""
    return Post(
        job.slug,
        told.body(job, picture, parent=around.parent, lessened=lessened, paired=around.paired),
        f"{told.receipt(job, picture)} · {notice.id}",
        _WELL,
        verbs(job, picture, around, lessened=lessened),
        named(job, kind) if kind else "",
        told.alt(job),
        spoiler=around.spoiler,
        pings=around.pings,
    )


def verbs(job: Job, picture: Picture, around: Around, *, lessened: bool = False) -> tuple[tuple[Verb, str], ...]:
    """The buttons under a picture, most wanted first; what nothing on the shelf can do is left out."""
    offered: list[Verb] = ["again"] if around.again else []
    offered += [way for way in ("vary", "upscale") if way in around.ways]
    offered.append("edit")
    offered += [way for way in ("animate", "use") if way in around.ways]
    offered += ["delete", "why", "origin"]
    offered += ["original"] if lessened else []
    return tuple((verb, job.id) for verb in offered)


def named(job: Job, kind: str) -> str:
    """A file's name; the same picture has the same one everywhere."""
    return f"{job.slug}-{job.seed}.{kind}"


def lost(notice: Notice, job: Job) -> Post:
    """The picture was rendered, but its file is gone."""
    return Post(told.failure_title(job.slug), told.lost(job), notice.id, _BADLY, (("again", job.id),))


def failure(notice: Notice, job: Job) -> Post:
    return Post(told.failure_title(job.slug), told.failure(job), notice.id, _BADLY, (("again", job.id),))


def cancellation(notice: Notice, job: Job) -> Post:
    return Post("", told.cancelled(job, int(notice.text or 0)), notice.id, _STILL, (("again", job.id),))


def announcement(notice: Notice) -> Post:
    return Post("", notice.text, notice.id, _OPEN)
