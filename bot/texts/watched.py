"""What a channel reads of files in its watched folder."""

from bot.texts.failures import harmless
from bot.texts.tongue import _, counted

_NAME_SHOWN = 80
LOOK = _("What would it take?")
OFFER_GONE = _("This file is not kept any more. Send it with `/batch render`.")


def taken(name: str, pictures: int) -> str:
    """In front of the batch's card."""
    return counted(
        "{name} was found in the watched folder: {count} picture is rendered.",
        "{name} was found in the watched folder: {count} pictures are rendered.",
        pictures,
        name=_bold(name),
    )


def offered(name: str, pictures: int) -> str:
    return counted(
        "{name} was found in the watched folder, with {count} picture. Whoever wants it can see what it takes.",
        "{name} was found in the watched folder, with {count} pictures. Whoever wants them can see what they take.",
        pictures,
        name=_bold(name),
    )


def refused(name: str, why: str) -> str:
    """`why` is what `failures` says of it, made harmless there."""
    return _(
        "{name} was found in the watched folder, and cannot be rendered. Once it is changed, it is looked at again.\n"
        "{why}",
        name=_bold(name),
        why=why,
    )


def _bold(name: str) -> str:
    return f"**{harmless(name[:_NAME_SHOWN])}**"
