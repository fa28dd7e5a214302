"""What went wrong, as a sentence for each kind: what happened, and what to do next.

A template names the facts it wants in braces; a fact that did not come is filled by the words in `_ABSENT`, so a
sentence never breaks and never shows a gap. Facts are other people's text: they are cut, and made harmless for where
the sentence is read.
"""

import re
from collections.abc import Callable, Mapping
from string import Formatter

from bot.errors import BatchFault, DarkroomError
from bot.texts.brought import OF_YOURS
from bot.texts.files import OF_FILES
from bot.texts.refused import OF_PEOPLE
from bot.texts.tongue import _
from bot.texts.unclear import UNCLEAR
from gpu_agent.value import Facts

_LONGEST_FACT = 300

_SENTENCES = {
    **OF_PEOPLE,
    **OF_YOURS,
    **OF_FILES,
    **UNCLEAR,
    # the ask
    "unknown-model": "There is no model “{model}” here. Choose one of: {known}.",
    "size-range": "{model} draws sides from {smallest} to {largest} pixels, and {width}x{height} is outside. "
    "Try {nearest}.",
    "size-multiple": "{model} needs both sides to be multiples of {multiple}, and {width}x{height} is not. "
    "Try {nearest}.",
    "size-pixels": "{model} draws at most {most} pixels, and {width}x{height} is more. Try {nearest}.",
    "mode-missing": "{model} cannot do this ({mode}). It offers: {modes}. Models that can: {able}.",
    "control-missing": "{model} has no ControlNet for {control}. It has: {controls}. Models with {control}: {able}.",
    "reference-missing": "{model} takes no reference picture. Leave it out, or choose a model that does: {able}.",
    "frames-range": "{model} makes clips of at most {most} frames, and {frames} is more. Try {nearest}.",
    "frames-step": "{model} makes clips of a multiple of {step} frames and one more, and {frames} is not. "
    "Try {nearest}.",
    "steps-range": "{model} takes {least} to {most} steps, and {steps} is outside. Try {nearest}.",
    "start-late": "Step {step} cannot be gone on from when there are only {steps} steps. Name an earlier one.",
    "unknown-lora": "There is no LoRA “{lora}” on the tower. Choose one of those for {model}: {known}.",
    "lora-family": "The LoRA “{lora}” was trained for {family} models, which {model} is not. Choose one of: {known}.",
    "does-not-fit": "{model} at {width}x{height} needs {needed:size} of the {where}'s memory, and {has:size} can be "
    "had there. Try {nearest}.",
    "prompt-empty": "The prompt is empty. Describe what the picture should show.",
    "prompt-length": "The prompt has {length} characters and {model} reads at most {limit}. Shorten it.",
    "negative-length": "The negative prompt has {length} characters and at most {limit} are read. Shorten it.",
    "archetype-length": "The archetype has {length} characters and at most {limit} are kept. Shorten it.",
    "prompt-characters": "The text contains a character that cannot be read ({character}). Type it again without it.",
    "bad-slug": "“{slug}” cannot be a slug. Use 1 to 64 of the characters a–z, 0–9 and -, beginning with a letter or "
    "digit, and no name that Windows keeps for a device.",
    "bad-count": "{count} pictures cannot be asked for at once. Ask for 1 to {most}.",
    "bad-seed": "{seed} cannot be a seed. Use a whole number from 0 to {largest}.",
    "bad-size": "“{size}” is not a size. Write it as 768x512 or 16:9, or one of the words {words}.",
    "size-half": "A width needs a height and a height needs a width. Give both, or neither.",
    "bad-when": "“{when}” is not a time that can be scheduled: {fault}. Write for example “daily 02:00”, "
    "“weekdays 07:30”, “mon,thu 18:15”, “last day 18:00”, “hourly :30”, five cron fields, or "
    "for a window “01:00-06:00”.",
    "bad-zone": "There is no time zone “{zone}”. Write it like Europe/Berlin.",
    "not-yours": "This job belongs to somebody else. Ask its owner or a moderator to do that.",
    "job-unknown": "There is no such job in the ledger any more. Ask for the picture again.",
    "no-such-picture": "There is no such picture here. Give the link of its message, its job's id or its slug; "
    "pictures of channels that you cannot read, and deleted ones, do not count.",
    "picture-deleted": "This picture was deleted, so nothing can be made from it. Press Again to have another one.",
    # pictures that people send along
    "input-no-picture": "{name} cannot be read as a picture. Save it as PNG, JPEG or WebP and send that.",
    "input-moves": "{name} moves, and only still pictures are taken. Save one frame of it and send that.",
    "input-clear": "{name} is transparent in places, where there is nothing to draw from. Save it without transparency "
    "and send that.",
    "input-heavy": "{name} has {bytes:size} and at most {most:size} are read. Send a smaller one.",
    "input-vast": "{name} has more than {most} million pixels, and no more are taken. Send a smaller one.",
    "input-slight": "{name} has {width}x{height} pixels, and each side needs {least} at least. Send a larger one.",
    "input-gone": "Discord does not hand out {name} any more. Attach it again.",
    "two-pictures": "A picture of mine and one of your own cannot both be the beginning. Give one of them.",
    "mask-unlike": "The mask has {mask} pixels and the picture {picture}, which is another shape. Draw the mask on a "
    "copy of the picture: white where something new shall be.",
    "mask-black": "The mask is all black, so nothing would change. Paint white where something new shall be.",
    "mask-and-control": "A mask and a control do not go together: one changes a part, the other holds on to the whole. "
    "Choose one of them.",
    "strength-range": "“{strength}” is no strength. Write a number from 0, which leaves the picture as it is, to 1, "
    "which forgets it.",
    "model-unable": "None of the models on the tower can do this ({mode}). Whoever runs it can fetch one that can: "
    "`gpu-agent models` lists them.",
    "nothing-larger": "{model} draws at most {largest} of this shape, and the picture has {width}x{height} already. "
    "Choose a model that draws larger ones.",
    "clip-still": "This is a clip, and only a still picture can be changed this way. Choose a still picture.",
    # the way to the tower
    "never-woke": "{tower} did not wake within {seconds} s of the magic packets. Check its power, that waking by "
    "network is on in its firmware, and its MAC address in the settings; the job keeps its place.",
    "unreachable": "{tower} cannot be reached at {host}. Check its network and the host in the settings; the job "
    "keeps its place.",
    "port-closed": "{tower} is on, but nothing answers on port {port}. Check that its SSH server runs.",
    "port-silent": "{tower} takes connections on port {port}, but no SSH server speaks there. Check the port in the "
    "settings.",
    "name-unknown": "The name {host} leads to no address. Check the host of {tower} in the settings.",
    "host-key-unknown": "{tower} shows a host key that nobody has vouched for ({fingerprint}). Compare it on the tower "
    "itself, then run `darkroom tower trust`.",
    "host-key-changed": "{tower} shows another host key than the pinned one ({fingerprint}), so nothing was sent. If "
    "the tower was set up anew, run `darkroom tower trust`; if not, somebody may be in between.",
    "login-refused": "{tower} refuses the bot's key for the user {user} ({fault}). Put the bot's public key into "
    "that user's authorized_keys.",
    "agent-missing": "{tower} lets the bot in, but gpu-agent does not answer there. Install it on the tower and check "
    "the command in authorized_keys.",
    "daemon-down": "gpu-agent is installed on {tower}, but its daemon does not run. Start `gpu-agent serve` there.",
    "protocol": "The bot speaks protocol {ours} and {tower} speaks {theirs}. Upgrade the {upgrade}.",
    "hello-first": "The bot and {tower} lost track of one another. The bot connects again by itself.",
    "not-for-agents": "The bot sent {tower} a message that is not for it ({type}). Upgrade the older of the two.",
    "line-broken": "What arrived at {tower} was garbled ({fault}). The bot connects again by itself.",
    "line-cut": "The line to {tower} was cut. The bot connects again by itself; a running render goes on meanwhile.",
    # the render
    "stale-epoch": "The tower already works on a newer order of this job, so this one was dropped. Nothing needs to "
    "be done.",
    "busy": "The tower has as many orders as it takes. The job keeps its place and is sent again by itself.",
    "disk-full": "The tower's disk is full ({free:size} free). Make room there, then ask again.",
    "engine-missing": "The engine is not installed on the tower ({fault}). In Darkroom's folder there, run "
    "`pip install -c constraints.txt '.[agent]'`.",
    "pipeline-unfit": "{pipeline} of {model} cannot be used: it lacks {lacks}. Correct the model's entry on the tower.",
    "lora-unfit": "The LoRA {lora} does not fit this model: {fault}. Choose one that was trained for it.",
    "extra-missing": "The {extra} of {model} is not complete on the tower. There, run "
    "`gpu-agent fetch {model} --with {extra}`.",
    "extra-unfit": "The {extra} of {model} cannot be used: {fault}. Correct its entry on the tower, or fetch it again.",
    "detector-missing": "What finds {control} in a picture is not on the tower. There, run "
    "`gpu-agent fetch MODEL --with {control}`, or send a map that is prepared.",
    "pose-nobody": "Nobody's pose can be made out in the picture. Send another one, or a pose that is drawn already.",
    "picture-unknown": "The tower no longer has this picture. Ask for it again.",
    "has-work": "The tower cannot sleep: it still has {jobs} to render. Cancel them, or try again later.",
    "cannot-sleep": "The tower cannot be put to sleep ({fault}). Look at its system's settings for sleeping.",
    "input-lost": "A picture that belongs to this ask is missing or damaged on the bot's disk. Ask again with the "
    "picture.",
    "weights-not-mounted": "The weights drive is not mounted on {tower} ({path} is missing). Mount it, and I go on by "
    "myself.",
    "card-in-use": "{program} is using the card of {tower}. I go on by myself when it ends.",
    "memory-pressure": "{tower} is short of memory. I go on by myself when other programs there need less.",
    "cooling": "{tower} cools down for {seconds} s between two pictures. I go on by myself.",
    "input-missing": "A picture that this job starts from is not on the tower. Ask again, so that it is sent along.",
    "input-large": "A picture of this job has more than {most} megapixels. Send a smaller one.",
    "input-unreadable": "A picture of this job cannot be read. Send it as one of {formats}.",
    "input-too-large": "A picture of {bytes:size} is more than the tower takes ({most:size}). Send a smaller one.",
    "input-too-long": "More arrived at the tower than was announced. Ask again.",
    "not-offered": "A picture arrived at the tower that was not announced. Ask again.",
    "must-stay": "The tower was asked to stay awake for another {seconds} s. Try again after that.",
    "out-of-memory": "{model} at {width}x{height} did not fit into the tower's memory. Ask for a smaller picture or "
    "another model.",
    "weights-missing": "The weights of {model} are not on the tower. Fetch them there, or choose another model.",
    "weights-damaged": "The weights of {model} on the tower are damaged ({file}). Fetch them again there.",
    "weights-pickled": "{file} on the tower is a pickle, which can run code when it is loaded: refused. "
    "Get {name} as safetensors.",
    "weights-unfit": "{file} on the tower is not a file for {name}: {fault}. Choose another model.",
    "clip-large": "The clip of {model} has {bytes:size} at the coarsest quality, and {limit:size} may be posted. "
    "Ask for fewer frames or a smaller size.",
    "picture-black": "{model} drew a picture without anything in it. Ask again with another seed.",
    "checkpoint-missing": "There is no checkpoint after step {step} of that picture on the tower; there is: {there}. "
    "Choose one of these, or start from the beginning.",
    "checkpoint-unfit": "The checkpoint after step {step} does not fit: its {what} was {made}, "
    "and {asked} is asked for. Ask for the same, or start from the beginning.",
    "picture-size": "{model} made {got} where {asked} was asked for. Ask for another size.",
    "render-failed": "Rendering failed: {fault}. Ask again; if it fails the same way, tell whoever runs the tower.",
    "worker-crashed": "The program that renders died on the tower ({fault}). It starts anew by itself; ask again.",
    "picture-broken": "The picture that arrived was thrown away: {fault}. Ask for it again.",
    # the bot's own house
    "bad-settings": "{place}: {fault}. Correct it and start again.",
    "ledger-damaged": "The ledger {path} is damaged ({fault}). Stop the bot and put a backup in its place.",
    "ledger-too-new": "The ledger was written by a later version of Darkroom (schema {version}, this one knows "
    "{known}). Upgrade Darkroom.",
    "ledger-unreachable": "The ledger {path} cannot be opened ({fault}). Check that its folder can be written to and "
    "its disk is not full.",
    "dump-unfit": "{place}: {fault}. Nothing was imported; export the ledger again, or correct it there.",
    "ledger-in-use": "Another process has the ledger {path} open. Stop it first, or ask the running bot.",
}

_GENERAL = (
    "Something went wrong that has no sentence of its own yet ({kind}). Try again; if it stays, report that word."
)

_SHOWN_AS = {"channels": "<#{}>", "roles": "<@&{}>", "moment": "<t:{}:R>"}

_ABSENT = {
    "tower": "the tower",
    "model": "the model",
    "where": "tower",
    "host": "its address",
    "fault": "no reason was given",
    "nearest": "another size",
    "able": "see `gpu-agent models`",
    "jobs": "orders",
    "fingerprint": "fingerprint unknown",
    "user": "it logs in as",
    "upgrade": "older of the two",
    "program": "Another program",
    "path": "its guard file",
}


def sentence(kind: str, facts: Facts) -> str:
    """What happened and what to do next, with facts that can neither ping anyone nor be read as markdown."""
    return _told(kind, facts, harmless)


def plain(kind: str, facts: Facts) -> str:
    """The same for a terminal: facts as they are, except that they cannot steer it."""
    return _told(kind, facts, _printable)


def sentences(error: DarkroomError) -> str:
    """What there is to say of this error: of a file with several faults, a line for each, then how many more."""
    return _all_told(error, sentence)


def plain_sentences(error: DarkroomError) -> str:
    """The same for a terminal."""
    return _all_told(error, plain)


def harmless(text: str) -> str:
    """Other people's text as Discord shall show it: no mention, no markdown, no link, no control characters."""
    escaped = re.sub(r"([\\*_~`|>#\[\]()<])", r"\\\1", _printable(text))
    return escaped.replace("@", "@\u200b").replace("://", ":\u200b//")


def _told(kind: str, facts: Facts, clean: Callable[[str], str]) -> str:
    shown = {name: clean(str(value)[:_LONGEST_FACT]) for name, value in facts.items() if value is not None}
    if kind == "batch-fault":
        return _batch_fault(facts, shown, clean)
    if kind not in _SENTENCES:
        return _(_GENERAL).format(kind=clean(kind))
    return _Forgiving().vformat(_(_SENTENCES[kind]), (), shown)


def _all_told(error: DarkroomError, tell: Callable[[str, Facts], str]) -> str:
    count = int(error.facts.get("further") or 0) + 1
    if not isinstance(error, BatchFault) or count == 1:
        return tell(error.kind, error.facts)
    told = [tell(one.kind, {**one.facts, "further": None}) for one in error.shown]
    rest = [_("… and {count} more.", count=count - len(told))] if count > len(told) else []
    head = _("{count} things are wrong in the file, and nothing of it was accepted:", count=count)
    return "\n".join([head, *told, *rest])


def _batch_fault(facts: Facts, shown: Mapping[str, str], clean: Callable[[str], str]) -> str:
    named = [("line", _("line {}")), ("item", _("item {}")), ("field", _("field “{}”"))]
    place = ", ".join(words.format(shown[name]) for name, words in named if name in shown)
    fault = str(facts.get("fault") or "")
    words = _told(fault, facts, clean) if fault in _SENTENCES else shown.get("fault", _(_ABSENT["fault"]))
    told = f"{place[:1].upper()}{place[1:]}: {words}" if place else words
    return _("{told} (And {further} more.)", told=told, further=shown["further"]) if "further" in shown else told


def _printable(text: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in text)


class _Forgiving(Formatter):
    """Fills a fact that is absent with its stand-in, so that a sentence is always whole."""

    def get_value(self, key: int | str, args: object, kwargs: Mapping[str, object]) -> object:
        return kwargs.get(str(key), _(_ABSENT.get(str(key), "unknown")))

    def format_field(self, value: object, format_spec: str) -> str:
        """`{free:size}` tells bytes in the unit people think in; other words are for what Discord shows in its way."""
        if format_spec in _SHOWN_AS:
            return ", ".join(_SHOWN_AS[format_spec].format(one) for one in str(value).split() if one.isdigit())
        if format_spec != "size" or not str(value).isdigit():
            return str(value)
        count = int(str(value))
        power = min(max(count.bit_length() - 1, 0) // 10, 3)
        return f"{count / 1024**power:.{1 if power else 0}f} {('bytes', 'KiB', 'MiB', 'GiB')[power]}"
