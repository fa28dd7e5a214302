"""What stands on the message that shows a slug's current version."""

from bot.texts.failures import harmless
from bot.texts.tongue import _


def title(slug: str) -> str:
    return _("Current version of {slug}", slug=harmless(slug))


def body(link: str, above: str) -> str:
    """`link` leads to the picture's own post, `above` is what stands there."""
    if link:
        under = _("React under [its own post]({link}): this message shows another picture once one is kept.", link=link)
    else:
        under = _("React under its own post: this message shows another picture once one is kept.")
    return f"{above}\n{under}"
