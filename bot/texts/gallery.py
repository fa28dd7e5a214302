"""What `/gallery`, `/mine` and `/show` answer."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from bot.nouns import Verdict
from bot.texts.failures import harmless
from bot.texts.tongue import _

OLDER = _("Older ▶")
NEWER = _("◀ Newer")
TITLE = _("Gallery")
MINE = _("My pictures")
HIDDEN = _("hidden")
LOST = _("file is missing")
FURTHER = _("Nothing among those looked at so far. **Older ▶** looks further back.")
FORGOTTEN = _("This gallery's buttons are of another ledger. Ask for `/gallery` anew.")
POSTED = _("Posted below; reactions and buttons there count for the same picture.")
NOT_HERE = _(
    "This picture was asked for in another channel. Only whoever asked for it, or a moderator, can post it here; "
    "without `public` you see it alone."
)

_OPINIONS = {Verdict.KEEP: _("kept by"), Verdict.REJECT: _("rejected by"), Verdict.REROLL: _("wanted again by")}
_DECIDED = {Verdict.KEEP: _("kept"), Verdict.REJECT: _("rejected"), Verdict.REROLL: _("wanted again")}
_SHOWN = 100  # characters of a model's or person's words


class Shown(Protocol):
    """What a line tells of a picture."""

    @property
    def slug(self) -> str: ...
    @property
    def model(self) -> str: ...
    @property
    def seed(self) -> int: ...
    @property
    def asker(self) -> int: ...
    @property
    def created_at(self) -> float: ...


def line(number: int, one: Shown, link: str, opinions: Mapping[Verdict, int]) -> str:
    """One picture by its number on the strip: what it is, who asked for it when, where it stands, what people think."""
    told = [f"[**{harmless(one.slug)}**]({link})", harmless(one.model[:_SHOWN]), _("seed {seed}", seed=one.seed)]
    told += [f"<@{one.asker}>", f"<t:{int(one.created_at)}:d>"]
    told += [f"{_OPINIONS[verdict]} {count}" for verdict, count in opinions.items() if count]
    return f"{number}. {' · '.join(told)}"


def sought(slug: str, model: str, verdict: str, person: int, span: str) -> str:
    """What the gallery was narrowed to."""
    told = [_("slug {slug}", slug=harmless(slug))] if slug else []
    told += [_("model {model}", model=harmless(model[:_SHOWN]))] if model else []
    told += [_DECIDED[Verdict(verdict)]] if verdict else []
    told += [_("asked for by <@{person}>", person=person)] if person else []
    told += [_("of {span}", span=harmless(span))] if span else []
    return ", ".join(told)


def nothing(sought: str) -> str:
    """`sought` is what it was narrowed to."""
    if sought:
        return _("There is no picture that fits ({sought}). Leave one of the filters out.", sought=sought)
    return _("There is no picture yet that you could see here. Ask for one with `/imagine`.")


def mine(queued: int, rendering: int, day: int) -> str:
    return _(
        "{queued} waiting, {rendering} rendering now, {day} asked for in the last 24 hours. `/queue` "
        "shows whose turn is next; `/privacy export` and `/privacy delete` hand out or remove what is "
        "stored of you.",
        queued=queued,
        rendering=rendering,
        day=day,
    )


def alt(names: Sequence[str]) -> str:
    """A strip for those who cannot see it."""
    return _("A strip of pictures: ") + ", ".join(f"{number} {name}" for number, name in enumerate(names, 1))


def underway(slug: str, told: str, link: str) -> str:
    """A job that has no picture yet, or never will; `link` leads to its card as far as that stands."""
    return f"**{harmless(slug)}**: {told}{f' ({link})' if link else ''}"
