"""What stands under a picture, and what is said when there is none."""

from collections.abc import Sequence

from bot.nouns import IMPORTED, Job, Picture
from bot.texts import card, failures
from bot.texts.evidence import PAIRED
from bot.texts.tongue import _

AGAIN = _("Again")
VARY = _("Vary")
UPSCALE = _("Upscale")
EDIT = _("Edit")
ANIMATE = _("Animate")
USE = _("Use as reference")
DELETE = _("Delete")
REMOVE = _("Delete it for good")
ORIGINAL = _("Original")
WHY = _("Why?")
ORIGIN = _("Origin")
REASON_TITLE = _("What is wrong with it?")
REASON_LABEL = _("Your reason (empty takes it back)")
REASON_HINT = _("too dark")
USE_TITLE = _("In the look of this picture")
USE_LABEL = _("What shall be drawn?")
USE_HINT = _("a lighthouse in a storm")
REMIX_TITLE = _("Make another one of it")
REMIX_PROMPT = _("What to draw (empty keeps its own words)")
REMIX_STRENGTH = _("How much to change, 0 to 1")
LONGEST_IN_FORM = 4000  # characters of an input, which is what Discord takes
PRESS_WHY = _(
    "I can read a reply only when it pings me and has words in it. Press **Why?** under the picture instead, and tell "
    "me there what is wrong with it."
)

LONGEST_REASON = 300
_PROMPT_SHOWN = 3000
_DROPPED_SHOWN = _LABEL_SHOWN = 200
_LICENCE_SHOWN = 100
_ALT_SHOWN = 1024  # characters Discord takes as an attachment's description
_LESSENED = {
    "image/png": _(
        "Too large for this server, so this is a smaller copy. Press **{original}** to have the original.",
        original=ORIGINAL,
    ),
    "video/mp4": _(
        "The clip is too large for this server, so this is a still of it. **{original}** gives the clip.",
        original=ORIGINAL,
    ),
}


def body(
    job: Job,
    picture: Picture,
    *,
    parent: tuple[str, str] | None = None,
    lessened: bool = False,
    paired: bool = False,
) -> str:
    """The prompt as it was asked, its cell of a group, its cues, and what the person should know of this copy.

    `parent` is the slug of the picture it comes from and the link to that, if it stands. Half of a pair tells neither
    its cues nor what was left out of them.
    """
    lines = [failures.harmless(job.asked)[:_PROMPT_SHOWN]]
    lines += [f"**{failures.harmless(job.label[:_LABEL_SHOWN])}**"] if job.label else []
    lines += [PAIRED] if paired else []
    lines += [card.cues(job.cues)] if job.cues and not paired else []
    lines += [_from(*parent)] if parent else []
    if picture.receipt.prompt_truncated and not paired:
        dropped = (
            f": “{failures.harmless(picture.receipt.dropped[:_DROPPED_SHOWN])}”" if picture.receipt.dropped else ""
        )
        lines.append(_("The prompt was longer than this model reads; its end was left out{dropped}.", dropped=dropped))
    if lessened:
        lines.append(_LESSENED[picture.media])
    return "\n".join([*lines, card.asked_by(job.asker)])


def _from(slug: str, link: str) -> str:
    return _("from [{slug}]({link})", slug=slug, link=link) if link else _("from {slug}", slug=slug)


def receipt(job: Job, picture: Picture) -> str:
    """What it takes to render it again, on one line, and what it cost."""
    order = picture.receipt.order
    if picture.receipt.plan == IMPORTED:
        return _imported(job, picture)
    words = [picture.receipt.model_name, f"{order.width}×{order.height}"]
    words += [_("{frames} frames", frames=order.frames)] if order.frames > 1 else []
    words += [_("seed {seed}", seed=order.seed), _("{steps} steps", steps=order.steps)]
    words += [_("strength {strength:g}", strength=order.strength)] if order.mode in ("image", "inpaint") else []
    words += [_("{kind} control", kind=order.control.kind)] if order.control else []
    words += [_("style {style}", style=job.style)] if job.style else []
    words.append(f"{picture.seconds:.1f} s")
    words += [] if picture.joules is None else [_("{joules:.2g} Wh", joules=picture.joules / 3600)]
    if not picture.receipt.commercial:
        words.append(
            _("{licence}: not for commercial use", licence=picture.receipt.licence[:_LICENCE_SHOWN] or _("its licence"))
        )
    return " · ".join(words)


def _imported(job: Job, picture: Picture) -> str:
    """As much as a picture that was rendered elsewhere said of itself."""
    drawn_by = picture.receipt.versions.get("model", "")
    words = [_("imported"), f"{job.width}×{job.height}", *([drawn_by[:_LABEL_SHOWN]] if drawn_by else [])]
    words += [_("seed {seed}", seed=job.seed)] if job.seed else []
    words += [_("{steps} steps", steps=job.steps)] if job.steps > 1 else []
    return " · ".join(words)


def mailed(channel: int) -> str:
    """In front of a picture that its asker gets by direct message."""
    return _(
        "I may not write in <#{channel}> any more, so here is what you asked for there. `/show` shows "
        "it in another channel.",
        channel=channel,
    )


def ping(person: int) -> str:
    """The only words of the bot that call somebody: who asked, and wanted to be called."""
    return f"<@{person}>"


def original(name: str, parts: int) -> str:
    if parts == 1:
        return _("This is the original, `{name}`.", name=name)
    return _(
        "This is the original in {parts} parts. Put them together in their order: `cat {name}.* > "
        "{name}`, on Windows `copy /b {name}.001+{name}.002+… {name}`.",
        parts=parts,
        name=name,
    )


def original_stays(file: str, name: str) -> str:
    """Discord takes it in no way; `file` is its name on the bot's own disk."""
    return _(
        "The original is too large for Discord. It lies on the bot's host, in the folder `pictures`, as "
        "`{file}`; whoever runs the bot can send it to you as `{name}`.",
        file=file,
        name=name,
    )


def alt(job: Job) -> str:
    return job.asked[:_ALT_SHOWN]


def failure(job: Job) -> str:
    return "\n".join([card.failed(job), card.asked_by(job.asker)])


def failure_title(slug: str) -> str:
    return _("{slug}: no picture", slug=slug)


def cancelled(job: Job, others: int) -> str:
    """`others` were cancelled together with it."""
    whom = card.asked_by(job.asker)
    if others:
        return _(
            "**{slug}** (seed {seed}) and {others} more were cancelled and will not be rendered. {whom}",
            slug=job.slug,
            seed=job.seed,
            others=others,
            whom=whom,
        )
    return _(
        "**{slug}** (seed {seed}) was cancelled and will not be rendered. {whom}",
        slug=job.slug,
        seed=job.seed,
        whom=whom,
    )


def lost(job: Job) -> str:
    return _(
        "**{slug}** (seed {seed}) was rendered, but its file is missing on the bot's disk. Press "
        "**{again}** to have another one. {asked_by}",
        slug=job.slug,
        seed=job.seed,
        again=AGAIN,
        asked_by=card.asked_by(job.asker),
    )


def noted(words: str, learned: Sequence[str]) -> str:
    """`learned` are the phrases these words add to prompts."""
    if not words:
        return _("Your reason is taken back.")
    told = _("Noted: {words}.", words=failures.harmless(words))
    if not learned:
        return _(
            "{told} It is kept, but adds nothing to prompts: it fits no reason. `/taste reasons` lists them all.",
            told=told,
        )
    phrases = ", ".join(f"**{failures.harmless(phrase)}**" for phrase in learned)
    return _("{told} It counts from the next picture of this slug on, as {phrases}.", told=told, phrases=phrases)


def cancelling(number: int) -> str:
    """What a press of Cancel did."""
    return _("{number} cancelled.", number=number) if number else _("Nothing waits any more, so nothing was cancelled.")


def stopping(number: int) -> str:
    """What a press of Stop did."""
    return (
        _("{number} asked to stop; the card shows when it has.", number=number)
        if number
        else _("Nothing is running any more.")
    )
