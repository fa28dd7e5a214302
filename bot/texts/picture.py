"""What stands under a picture, and what is said when there is none."""

from collections.abc import Sequence

from bot.nouns import Job, Picture
from bot.texts import card, failures

AGAIN = "Again"
VARY = "Vary"
UPSCALE = "Upscale"
EDIT = "Edit"
ANIMATE = "Animate"
USE = "Use as reference"
DELETE = "Delete"
REMOVE = "Delete it for good"
ORIGINAL = "Original"
WHY = "Why?"
ORIGIN = "Origin"
REASON_TITLE = "What is wrong with it?"
REASON_LABEL = "Your reason (empty takes it back)"
REASON_HINT = "too dark"
USE_TITLE = "In the look of this picture"
USE_LABEL = "What shall be drawn?"
USE_HINT = "a lighthouse in a storm"
REMIX_TITLE = "Make another one of it"
REMIX_PROMPT = "What to draw (empty keeps its own words)"
REMIX_STRENGTH = "How much to change, 0 to 1"
LONGEST_IN_FORM = 4000  # characters of an input, which is what Discord takes
PRESS_WHY = (
    "I can read a reply only when it pings me and has words in it. Press **Why?** under the picture instead, and tell "
    "me there what is wrong with it."
)

LONGEST_REASON = 300
_PROMPT_SHOWN = 3000
_DROPPED_SHOWN = _LABEL_SHOWN = 200
_LICENCE_SHOWN = 100
_ALT_SHOWN = 1024  # characters Discord takes as an attachment's description
_LESSENED = {
    "image/png": f"Too large for this server, so this is a smaller copy. Press **{ORIGINAL}** to have the original.",
    "video/mp4": f"The clip is too large for this server, so this is a still of it. **{ORIGINAL}** gives the clip.",
}


def body(job: Job, picture: Picture, *, parent: tuple[str, str] | None = None, lessened: bool = False) -> str:
    """The prompt as it was asked, its cell of a group, its cues, and what the person should know of this copy.

    `parent` is the slug of the picture it comes from and the link to that, if it stands.
    """
    lines = [failures.harmless(job.asked)[:_PROMPT_SHOWN]]
    lines += [f"**{failures.harmless(job.label[:_LABEL_SHOWN])}**"] if job.label else []
    lines += [card.cues(job.cues)] if job.cues else []
    lines += [_from(*parent)] if parent else []
    if picture.receipt.prompt_truncated:
        dropped = (
            f": “{failures.harmless(picture.receipt.dropped[:_DROPPED_SHOWN])}”" if picture.receipt.dropped else ""
        )
        lines.append(f"The prompt was longer than this model reads; its end was left out{dropped}.")
    if lessened:
        lines.append(_LESSENED[picture.media])
    return "\n".join([*lines, card.asked_by(job.asker)])


def _from(slug: str, link: str) -> str:
    return f"from [{slug}]({link})" if link else f"from {slug}"


def receipt(job: Job, picture: Picture) -> str:
    """What it takes to render it again, on one line, and what it cost."""
    order = picture.receipt.order
    words = [picture.receipt.model_name, f"{order.width}×{order.height}"]
    words += [f"{order.frames} frames"] if order.frames > 1 else []
    words += [f"seed {order.seed}", f"{order.steps} steps"]
    words += [f"strength {order.strength:g}"] if order.mode in ("image", "inpaint") else []
    words += [f"{order.control.kind} control"] if order.control else []
    words += [f"style {job.style}"] if job.style else []
    words.append(f"{picture.seconds:.1f} s")
    words += [] if picture.joules is None else [f"{picture.joules / 3600:.2g} Wh"]
    if not picture.receipt.commercial:
        words.append(f"{picture.receipt.licence[:_LICENCE_SHOWN] or 'its licence'}: not for commercial use")
    return " · ".join(words)


def mailed(channel: int) -> str:
    """In front of a picture that its asker gets by direct message."""
    return (
        f"I may not write in <#{channel}> any more, so here is what you asked for there. `/show` shows it in another "
        "channel."
    )


def ping(person: int) -> str:
    """The only words of the bot that call somebody: who asked, and wanted to be called."""
    return f"<@{person}>"


def original(name: str, parts: int) -> str:
    if parts == 1:
        return f"This is the original, `{name}`."
    return (
        f"This is the original in {parts} parts. Put them together in their order: `cat {name}.* > {name}`, on Windows "
        f"`copy /b {name}.001+{name}.002+… {name}`."
    )


def original_stays(file: str, name: str) -> str:
    """Discord takes it in no way; `file` is its name on the bot's own disk."""
    return (
        f"The original is too large for Discord. It lies on the bot's host, in the folder `pictures`, as `{file}`; "
        f"whoever runs the bot can send it to you as `{name}`."
    )


def alt(job: Job) -> str:
    return job.asked[:_ALT_SHOWN]


def failure(job: Job) -> str:
    return f"{failures.sentence(job.error_kind or '', job.error_facts)}\n{card.asked_by(job.asker)}"


def failure_title(slug: str) -> str:
    return f"{slug}: no picture"


def cancelled(job: Job, others: int) -> str:
    """`others` were cancelled together with it."""
    whom = card.asked_by(job.asker)
    if others:
        return f"**{job.slug}** (seed {job.seed}) and {others} more were cancelled and will not be rendered. {whom}"
    return f"**{job.slug}** (seed {job.seed}) was cancelled and will not be rendered. {whom}"


def lost(job: Job) -> str:
    return (
        f"**{job.slug}** (seed {job.seed}) was rendered, but its file is missing on the bot's disk. Press "
        f"**{AGAIN}** to have another one. {card.asked_by(job.asker)}"
    )


def noted(words: str, learned: Sequence[str]) -> str:
    """`learned` are the phrases these words add to prompts."""
    if not words:
        return "Your reason is taken back."
    told = f"Noted: {failures.harmless(words)}."
    if not learned:
        return f"{told} It is kept, but adds nothing to prompts: it fits no reason. `/taste reasons` lists them all."
    phrases = ", ".join(f"**{failures.harmless(phrase)}**" for phrase in learned)
    return f"{told} It counts from the next picture of this slug on, as {phrases}."


def cancelling(number: int) -> str:
    """What a press of Cancel did."""
    return f"{number} cancelled." if number else "Nothing waits any more, so nothing was cancelled."


def stopping(number: int) -> str:
    """What a press of Stop did."""
    return f"{number} asked to stop; the card shows when it has." if number else "Nothing is running any more."
