"""What stands on the message that shows a slug's current version."""

from bot.texts.failures import harmless


def title(slug: str) -> str:
    return f"Current version of {harmless(slug)}"


def body(link: str, below: str) -> str:
    """`link` leads to the picture's own post, `below` is what stands there."""
    where = f"[Its own post]({link}) is the place to react: this message shows another picture once one is kept."
    return f"{where if link else 'This message shows another picture once one is kept.'}\n{below}"
