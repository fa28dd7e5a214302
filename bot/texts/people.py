"""What moderators are answered, and what `/setup` shows an administrator."""

from collections.abc import Mapping, Sequence

from bot.texts.failures import harmless

_WHY_SHOWN = 200
_BLOCKED_SHOWN = 20

NOT_YOURSELF = "That is you. Name somebody else."
NOT_A_BOT = "Bots cannot ask and their reactions do not count, so there is nothing to block."
NOT_AN_ADMINISTRATOR = (
    "That person administrates this server, and could take the block back. Take Administrator and Manage Server from "
    "them in the server's settings first."
)
NOBODY_BLOCKED = "Nobody is blocked. `/block` shuts somebody out from asking and judging."

WHY_NEEDED = {
    "VIEW_CHANNEL": "or the channel does not exist for the bot",
    "SEND_MESSAGES": "to post cards and pictures",
    "EMBED_LINKS": "for what a card or a picture says of itself",
    "ATTACH_FILES": "to post pictures",
    "READ_MESSAGE_HISTORY": "to count reactions that came while the bot was away, and to post nothing twice",
    "ADD_REACTIONS": "to put the reactions there that people judge with",
    "CREATE_PUBLIC_THREADS": "to gather the variations of a slug in a thread",
    "SEND_MESSAGES_IN_THREADS": "to post into those threads",
}
"""Of each permission the bot is invited with; Discord's own names."""

BACK, NEXT, AGAIN, DONE = "Back", "Next", "Look again", "Done"
PICK_CHANNELS, PICK_ROLES = "Pick channels; none for all", "Pick roles; none for everybody"
PICK_ADMINISTRATORS = "Pick roles; none for Discord's administrators alone"

_QUESTIONS = {
    ("ask", "channel"): "**Where may people ask for pictures?** Threads below a channel go with it.",
    ("ask", "role"): "**Who may ask for pictures?**",
    ("review", "channel"): "**Where do verdicts count?** Reactions and reasons elsewhere teach nothing.",
    ("review", "role"): "**Whose verdicts count?**",
    ("administrate", "role"): "**Who administrates Darkroom** besides this server's administrators? They set it up, "
    "wake towers, and end, delete and block what is others'. `/setup` and `/block` must also be shown to them: Server "
    "Settings → Integrations → Darkroom.",
}
_ABOUT = {
    ("ask", "channel"): "Asking, where",
    ("ask", "role"): "Asking, who",
    ("review", "channel"): "Judging, where",
    ("review", "role"): "Judging, who",
    ("administrate", "role"): "Administrating",
}
_NONE_LISTED = {"channel": "every channel", "role": "everybody"}
_NEXT_STEP = {
    "unknown": "The bot looks at it now; look again in a minute.",
    "asleep": "That is well: it is woken when somebody asks.",
    "waking": "Look again in a minute.",
    "port": "Look again in a minute.",
    "ssh": "Look again in a minute.",
    "login": "Look again in a minute.",
    "ready": "That is well: it takes asks.",
    "resting": "That is well: it is woken when somebody asks.",
}


def blocked(person: int, *, fresh: bool) -> str:
    if not fresh:
        return f"<@{person}> was blocked already; the reason is the new one. `/unblock` lets them in again."
    return (
        f"<@{person}> is blocked: they cannot ask, and what they say of pictures does not count. They are not told "
        "until they try. `/unblock` lets them in again."
    )


def unblocked(person: int, *, was: bool) -> str:
    if not was:
        return f"<@{person}> is not blocked. `/blocked` lists who is."
    return f"<@{person}> may ask again, and what they said of pictures counts again."


def blocked_line(person: int, moderator: int, why: str, at: float) -> str:
    reason = f": {harmless(why[:_WHY_SHOWN])}" if why else ""
    return f"• <@{person}>, by <@{moderator}> <t:{int(at)}:R>{reason}"


def blocked_list(lines: Sequence[str]) -> str:
    """`lines` of everybody who is blocked, the latest first."""
    rest = len(lines) - _BLOCKED_SHOWN
    return "\n".join([*lines[:_BLOCKED_SHOWN], *([f"… and {rest} more."] if rest > 0 else [])]) or NOBODY_BLOCKED


def question(step: int, steps: int, what: str, kind: str, ids: Sequence[int], gone: int) -> str:
    """One step of the setup: what is asked, and what stands. `gone` are listed, but Discord knows them no more."""
    lines = [_head(step, steps), _QUESTIONS[what, kind], f"Now: {_listed(what, kind, ids)}."]
    if gone:
        lines.append(
            f"{gone} more {'is' if gone == 1 else 'are'} listed and gone from this server; picking anew drops it."
        )
    return "\n".join(lines)


def towers(step: int, steps: int, lines: Sequence[str]) -> str:
    return "\n".join([_head(step, steps), "**Does the tower answer?**", *lines])


def tower_line(line: str, rung: str) -> str:
    """`line` says how it is, and in trouble also what to do."""
    return f"{line}\n{_NEXT_STEP[rung]}" if rung in _NEXT_STEP else line


def permissions(step: int, steps: int, lacking: Mapping[int, Sequence[str]]) -> str:
    """What the bot lacks in each channel that was looked at."""
    lines = [_head(step, steps), "**May the bot do its work?**"]
    for channel, names in lacking.items():
        if not names:
            lines.append(f"<#{channel}>: it has all it needs.")
            continue
        lines.append(f"<#{channel}>: it lacks")
        lines += [f"• `{name}`, {WHY_NEEDED[name]}" for name in names]
    if any(lacking.values()):
        lines.append("Grant that to the bot's role in Server Settings → Roles, or in the channel's own settings.")
    return "\n".join(lines)


def summary(standing: Mapping[tuple[str, str], Sequence[int]]) -> str:
    lines = [f"• {_ABOUT[key]}: {_listed(*key, ids)}" for key, ids in standing.items()]
    return "\n".join(["**This is how it stands.** `/setup` changes it any time.", *lines])


def _head(step: int, steps: int) -> str:
    return f"Setting up Darkroom, step {step} of {steps}"


def _listed(what: str, kind: str, ids: Sequence[int]) -> str:
    if not ids:
        return "this server's administrators alone" if what == "administrate" else _NONE_LISTED[kind]
    return ", ".join(f"<#{one}>" if kind == "channel" else f"<@&{one}>" for one in ids)
