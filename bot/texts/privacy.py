"""What `/privacy` says: what is stored of a person, how they get it, how it goes."""

from bot.texts.tongue import _

THREAD = _("deleted")
DELETE = _("Delete all of it")
SURE = _(
    "This deletes what is stored of you up to now: your pictures with their posts and cards, your prompts, what you "
    "sent along, your styles and schedules, your verdicts and their words. What waits is cancelled, what renders is "
    "stopped. Numbers such as sizes and seconds stay without your name, and so does what others thought of your "
    "pictures. It cannot be taken back; `/privacy export` hands it out to you first."
)
BEGUN = _(
    "It is being deleted, also if I am restarted meanwhile. Your posts go within minutes. Your number stays on asks of "
    "the last 24 hours until they are a day old, because your daily limit counts them."
)
NOT_YOURS = _("This button is for the person who asked to delete their own data. Use `/privacy delete` for yours.")
TOO_MUCH = _(
    "So much is stored of you that it does not fit into {parts} files of {size} MiB, which is all I can send here. Ask "
    "whoever runs the bot for it: `darkroom ledger export` writes all of it."
)
README = _(
    "asks.jsonl      a line for each picture you asked for\n"
    "verdicts.jsonl  a line for each time you said something of a picture or took it back\n"
    "more.jsonl      your styles, cues, schedules, batches and what else carries your number\n"
    "pictures/       as many of your pictures as found room, the newest first; the others stand behind their links\n"
    "\n"
    "Times are seconds since 1970 in UTC.\n"
)


def exported(parts: int) -> str:
    files = "" if parts == 1 else _(", in {parts} files", parts=parts)
    return _(
        "Here is what is stored of you{files}. Only you can see this, and it is gone when you reload Discord.",
        files=files,
    )
