"""What stands on the message that shows a slug's current version."""

from bot.texts.failures import harmless
from bot.texts.tongue import _


def title(slug: str) -> str:
    return _("Current version of {slug}", slug=harmless(slug))


def body(link: str, below: str) -> str:
    """`link` leads to the picture's own post, `below` is what stands there."""
    if link:
        where = _(
            "[Its own post]({link}) is the place to react: this message shows another picture once one is kept.",
            link=link,
        )
    else:
        where = _("This message shows another picture once one is kept.")
    return f"{where}\n{below}"
