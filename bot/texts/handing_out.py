"""What is said of batches that are handed out as files, and taken in again."""

from typing import Protocol

from bot.nouns import Batch
from bot.texts.failures import harmless
from bot.texts.review_page import FACTS as FACTS
from bot.texts.review_page import KEYS as KEYS
from bot.texts.review_page import WORDS as WORDS
from bot.texts.tongue import _, counted

_NAME_SHOWN = 80
_NAMED = 5  # files that are told by their names

README = _(
    "SLUG.png            the picture that is kept of each slug, else the newest; SLUG.2.png and so on are the others,\n"
    "                    by age\n"
    "receipts/           how each picture came to be: everything that is needed to render it again\n"
    "review.html         all of them to be looked at and judged without a network, in a browser; j and k move, 1, 2\n"
    "                    and 3 judge, t gives the text for /review paste\n"
    "verdicts.json       what each person thinks of each picture, and why\n"
    "NAME.reference.png  a picture that the file refers to; inputs/ has what else was sent along\n"
    "set.json            everything else, for `darkroom batch import`, which makes the same set of it again\n"
    "\n"
    "The file that the batch came from is here, too. If anything of it is not kept yet, the next file has that, with\n"
    "what was learned in its prompts: send it with /batch render.\n"
)


class Tally(Protocol):
    """Of a set: its pictures, how many of those that stand for something are decided, and what the next file has."""

    @property
    def pictures(self) -> int: ...
    @property
    def standing(self) -> int: ...
    @property
    def decided(self) -> int: ...
    @property
    def left(self) -> int: ...


def state(batch: Batch, tally: Tally, following: str) -> str:
    """`following` is the name of the next file."""
    words = [
        counted("**{name}**: {count} picture", "**{name}**: {count} pictures", tally.pictures, name=_name(batch)),
        _("{decided} of {standing} decided", decided=tally.decided, standing=tally.standing),
    ]
    if tally.left:
        words.append(
            counted("{count} item in `{file}`", "{count} items in `{file}`", tally.left, file=harmless(following))
        )
    return ", ".join(words) + "."


def here(told: str) -> str:
    return "\n".join([told, _REVIEW, _ALONE])


_REVIEW = _("Open `review.html` in it to judge, and give the text of the page to `/review paste`.")
_ALONE = _("Only you can see this, and it is gone when you reload Discord.")


def pieces(told: str, count: int, path: str, left_out: list[str]) -> str:
    """It was too large for one file."""
    lines = [
        told,
        counted(
            "It is too large for one file: here it is in {count} part; unpack all of them into one folder.",
            "It is too large for one file: here it is in {count} parts; unpack all of them into one folder.",
            count,
        ),
        _whole(path),
    ]
    if left_out:
        names = ", ".join(f"`{harmless(name)}`" for name in left_out[:_NAMED]) + (
            " …" if len(left_out) > _NAMED else ""
        )
        lines.append(
            counted(
                "Too large for any part, and only there: {count} file ({names}).",
                "Too large for any part, and only there: {count} files ({names}).",
                len(left_out),
                names=names,
            )
        )
    return "\n".join([*lines, _REVIEW, _ALONE])


def only_there(told: str, path: str) -> str:
    return "\n".join([told, _("It is too large to be sent here, even in parts."), _whole(path)])


def _whole(path: str) -> str:
    return _("All of it lies on the machine that I run on: `{path}`.", path=path)


def laid(told: str, path: str, changed: int, committed: bool) -> str:
    how = (
        counted("{count} file changed in `{path}`.", "{count} files changed in `{path}`.", changed, path=path)
        if changed
        else _("Nothing changed in `{path}`.", path=path)
    )
    return "\n".join([told, how, *([_("It is one commit.")] if committed else [])])


def plainly(text: str) -> str:
    """For a terminal, where marks are only marks."""
    return text.replace("**", "").replace("`", "").replace("\\", "")


def brought(name: str, pictures: int, opinions: int, known: int, forgotten: int) -> str:
    lines = [
        counted("{name}: {count} new picture.", "{name}: {count} new pictures.", pictures, name=name),
        counted("{count} verdict counts now.", "{count} verdicts count now.", opinions),
    ]
    lines += [counted("{count} was known already.", "{count} were known already.", known)] if known else []
    if forgotten:
        lines.append(
            counted(
                "{count} was left out: somebody had it deleted for good.",
                "{count} were left out: somebody had them deleted for good.",
                forgotten,
            )
        )
    return "\n".join(lines)


def written(told: str, path: str, size: int) -> str:
    """In a terminal, of a ZIP of so many kilobytes."""
    return "\n".join([plainly(told), _("Written to {path} ({size} kB).", path=path, size=size)])


def _name(batch: Batch) -> str:
    return harmless(batch.name[:_NAME_SHOWN])
