"""The names in a message's menu, at most 32 characters each, and what is said under a message without a picture."""

REMIX = "Remix this"
AGAIN = "Ask again"
WHY = "Why this picture?"
REASON = "Give a reason"

NO_PICTURE = (
    "This message shows no picture of mine. Open the menu of a message that does: it has a picture and buttons."
)
