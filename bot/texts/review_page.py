"""What the review page of a set says, all of it: the page itself holds no words."""

from bot.texts.tongue import _

LANGUAGE = _("en")

WORDS: dict[str, str] = {
    "lang": LANGUAGE,
    "review": _("Review"),
    "progress": _("How many are decided"),
    "decided": _("{done} of {all} decided"),
    "undo": _("Undo"),
    "overview": _("Overview"),
    "help": _("Help"),
    "text": _("Text to paste"),
    "noscript": _(
        "This page needs JavaScript to collect verdicts. Without it you can look, and write a line for each picture "
        "yourself, such as “red-fox: keep”."
    ),
    "forgetful": _("This browser remembers nothing for this page: copy the text before you close it."),
    "none": _("There are no pictures in it yet."),
    "lost": _("This picture is lost."),
    "sofar": _("so far:"),
    "cues": _("Learned from earlier verdicts:"),
    "verdict": _("Verdict"),
    "keep": _("keep"),
    "reject": _("reject"),
    "reroll": _("reroll"),
    "open": _("open"),
    "reasons": _("What is wrong"),
    "own": _("In your own words"),
    "pictures": _("Pictures"),
    "previous": _("Previous picture"),
    "next": _("Next picture"),
    "paste": _("Copy these lines and give them to the bot with /review paste: there they are shown before they count."),
    "lines": _("A line for each picture that you judged"),
    "copy": _("Copy"),
    "copied": _("Copied. Now paste it after /review paste."),
    "save": _("Save as a file"),
    "close": _("Close"),
    "size": _("{lines} judged here, {open} still open."),
    "long": _("It is too long for Discord's form: save it as a file, and attach that to /review paste."),
    "touch": _("On a touch screen, swipe the picture to go on or back, and tap it to see it in full size."),
    "onwards": _("Go on to the next open picture after a keep"),
    "forget": _("Forget my verdicts on this page"),
    "told": _("{name}: {verdict}. {done} of {all} decided."),
    "taken": _("{name}: taken back."),
    "undone": _("Undone: {name}."),
}

KEYS: tuple[tuple[str, str], ...] = (
    ("j · k", _("next, previous picture")),
    ("1 · 2 · 3", _("keep, reject, reroll; the same once more takes it back")),
    ("r", _("say why; Enter goes on")),
    ("n", _("next open picture")),
    ("u", _("undo")),
    ("z", _("full size, and back")),
    ("g", _("overview of all pictures")),
    ("t", _("the text to paste")),
)

FACTS = {
    "seed": _("Seed"),
    "model": _("Model"),
    "size": _("Size"),
    "steps": _("Steps"),
    "negative": _("Without"),
    "style": _("Style"),
}
