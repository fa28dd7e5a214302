"""What moderators are answered, and what `/setup` shows an administrator."""

from collections.abc import Mapping, Sequence

from bot.texts.failures import harmless
from bot.texts.tongue import _, counted

_WHY_SHOWN = 200
_BLOCKED_SHOWN = 20

NOT_YOURSELF = _("That is you. Name somebody else.")
NOT_A_BOT = _("Bots cannot ask and their reactions do not count, so there is nothing to block.")
NOT_AN_ADMINISTRATOR = _(
    "That person administrates this server, and could take the block back. Take Administrator and Manage Server from "
    "them in the server's settings first."
)
NOBODY_BLOCKED = _("Nobody is blocked. `/block` shuts somebody out from asking and judging.")

WHY_NEEDED = {
    "VIEW_CHANNEL": _("or the channel does not exist for the bot"),
    "SEND_MESSAGES": _("to post cards and pictures"),
    "EMBED_LINKS": _("for what a card or a picture says of itself"),
    "ATTACH_FILES": _("to post pictures"),
    "READ_MESSAGE_HISTORY": _("to count reactions that came while the bot was away, and to post nothing twice"),
    "ADD_REACTIONS": _("to put the reactions there that people judge with"),
    "CREATE_PUBLIC_THREADS": _("to gather the variations of a slug in a thread"),
    "SEND_MESSAGES_IN_THREADS": _("to post into those threads"),
}
"""Of each permission the bot is invited with; Discord's own names."""

BACK, NEXT, AGAIN, DONE = _("Back"), _("Next"), _("Look again"), _("Done")
PICK_CHANNELS, PICK_ROLES = _("Pick channels; none for all"), _("Pick roles; none for everybody")
PICK_ADMINISTRATORS = _("Pick roles; none for Discord's administrators alone")

_QUESTIONS = {
    ("ask", "channel"): _("**Where may people ask for pictures?** Threads below a channel go with it."),
    ("ask", "role"): _("**Who may ask for pictures?**"),
    ("review", "channel"): _("**Where do verdicts count?** Reactions and reasons elsewhere teach nothing."),
    ("review", "role"): _("**Whose verdicts count?**"),
    ("administrate", "role"): _(
        "**Who administrates Darkroom** besides this server's administrators? They set it up, "
        "wake towers, and end, delete and block what is others'. `/setup` and `/block` must also be shown to them: "
        "Server Settings → Integrations → Darkroom."
    ),
}
_ABOUT = {
    ("ask", "channel"): _("Asking, where"),
    ("ask", "role"): _("Asking, who"),
    ("review", "channel"): _("Judging, where"),
    ("review", "role"): _("Judging, who"),
    ("administrate", "role"): _("Administrating"),
}
_NONE_LISTED = {"channel": _("every channel"), "role": _("everybody")}
_NEXT_STEP = {
    "unknown": _("The bot looks at it now; look again in a minute."),
    "asleep": _("That is well: it is woken when somebody asks."),
    "waking": _("Look again in a minute."),
    "port": _("Look again in a minute."),
    "ssh": _("Look again in a minute."),
    "login": _("Look again in a minute."),
    "ready": _("That is well: it takes asks."),
    "resting": _("That is well: it is woken when somebody asks."),
}


def blocked(person: int, *, fresh: bool) -> str:
    if not fresh:
        return _(
            "<@{person}> was blocked already; the reason is the new one. `/unblock` lets them in again.", person=person
        )
    return _(
        "<@{person}> is blocked: they cannot ask, and what they say of pictures does not count. They "
        "are not told until they try. `/unblock` lets them in again.",
        person=person,
    )


def unblocked(person: int, *, was: bool) -> str:
    if not was:
        return _("<@{person}> is not blocked. `/blocked` lists who is.", person=person)
    return _("<@{person}> may ask again, and what they said of pictures counts again.", person=person)


def blocked_line(person: int, moderator: int, why: str, at: float) -> str:
    reason = f": {harmless(why[:_WHY_SHOWN])}" if why else ""
    return _(
        "• <@{person}>, by <@{moderator}> <t:{at}:R>{reason}",
        person=person,
        moderator=moderator,
        at=int(at),
        reason=reason,
    )


def blocked_list(lines: Sequence[str]) -> str:
    """`lines` of everybody who is blocked, the latest first."""
    rest = len(lines) - _BLOCKED_SHOWN
    return (
        "\n".join([*lines[:_BLOCKED_SHOWN], *([_("… and {rest} more.", rest=rest)] if rest > 0 else [])])
        or NOBODY_BLOCKED
    )


def question(step: int, steps: int, what: str, kind: str, ids: Sequence[int], gone: int) -> str:
    """One step of the setup: what is asked, and what stands. `gone` are listed, but Discord knows them no more."""
    lines = [_head(step, steps), _QUESTIONS[what, kind], _("Now: {listed}.", listed=_listed(what, kind, ids))]
    if gone:
        lines.append(
            counted(
                "{count} more is listed and gone from this server; picking anew drops it.",
                "{count} more are listed and gone from this server; picking anew drops them.",
                gone,
            )
        )
    return "\n".join(lines)


def towers(step: int, steps: int, lines: Sequence[str]) -> str:
    return "\n".join([_head(step, steps), _("**Does the tower answer?**"), *lines])


def tower_line(line: str, rung: str) -> str:
    """`line` says how it is, and in trouble also what to do."""
    return f"{line}\n{_NEXT_STEP[rung]}" if rung in _NEXT_STEP else line


def permission(name: str) -> str:
    """As Discord's settings call it: ATTACH_FILES is Attach Files."""
    return name.replace("_", " ").title().replace(" In ", " in ")


def permissions(step: int, steps: int, lacking: Mapping[int, Sequence[str]]) -> str:
    """What the bot lacks in each channel that was looked at."""
    lines = [_head(step, steps), _("**May the bot do its work?**")]
    for channel, names in lacking.items():
        if not names:
            lines.append(_("<#{channel}>: it has all it needs.", channel=channel))
            continue
        lines.append(_("<#{channel}>: it lacks", channel=channel))
        lines += [f"• **{permission(name)}**, {WHY_NEEDED[name]}" for name in names]
    if any(lacking.values()):
        lines.append(_("Grant that to the bot's role in Server Settings → Roles, or in the channel's own settings."))
    return "\n".join(lines)


def summary(standing: Mapping[tuple[str, str], Sequence[int]]) -> str:
    lines = [f"• {_ABOUT[key]}: {_listed(*key, ids)}" for key, ids in standing.items()]
    return "\n".join([_("**This is how it stands.** `/setup` changes it any time."), *lines])


def _head(step: int, steps: int) -> str:
    return _("Setting up Darkroom, step {step} of {steps}", step=step, steps=steps)


def _listed(what: str, kind: str, ids: Sequence[int]) -> str:
    if not ids:
        return _("this server's administrators alone") if what == "administrate" else _NONE_LISTED[kind]
    return ", ".join(f"<#{one}>" if kind == "channel" else f"<@&{one}>" for one in ids)
