"""The names in a message's menu, at most 32 characters each, and what is said under a message without a picture."""

from bot.texts.tongue import _

REMIX = _("Remix this")
AGAIN = _("Ask again")
WHY = _("Why this picture?")
REASON = _("Give a reason")

NO_PICTURE = _(
    "This message shows no picture of mine. Open the menu of a message that does: it has a picture and buttons."
)
