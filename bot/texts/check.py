"""What `darkroom check` says of each part: how it is, and what to do where it is not well. For a terminal."""

from collections.abc import Sequence

from bot.texts.tongue import _
from bot.texts.towers import machine
from gpu_agent.stock import ShelfModel
from gpu_agent.wire import Ready

SETTINGS_WELL = _("They can be read.")
LEDGER_NEW = _("There is none yet; the bot makes it at its first start.")
LEDGER_WELL = _("It opens and is whole.")
LEDGER_IN_USE = _("A running bot has it open, and checked it when it started.")
NO_TOWER = _("None is set up. Add a [[tower]] table to the settings.")
TOKEN_REFUSED = _("Discord refuses it. Take a fresh one from the Bot page of Discord's developer portal.")
AWAKE = _("It is awake, and its SSH server answers.")
HOST_KEY_WELL = _("It shows the pinned host key.")
NO_SHELF = _("The agent did not say in time which models it has. Restart `gpu-agent serve` there.")


def not_looked_at(before: str) -> str:
    return _("Not looked at, because “{before}” is not well.", before=before)


def token_well(name: str) -> str:
    return _("Discord knows it as {name}.", name=name)


def unreachable(api_base: str) -> str:
    return _("Discord cannot be reached at {api_base}. Check the network, and [discord] api_base.", api_base=api_base)


def not_in_guild(guild: int) -> str:
    return _("The bot is not in the server {guild}. Invite it there, or correct [discord] guild_id.", guild=guild)


def permissions(guild: str, lacking: Sequence[str]) -> str:
    if not lacking:
        return _("The bot may do all it needs in {guild}.", guild=guild)
    return _(
        "In {guild} the bot lacks {lacking}. Grant that to the bot's role in the server's settings.",
        guild=guild,
        lacking=", ".join(lacking),
    )


def agent(ready: Ready) -> str:
    return _(
        "gpu-agent answers, version {agent}: {machine}.",
        agent=ready.agent,
        machine=machine(ready.gpus, ready.disk_free),
    )


def models(found: Sequence[ShelfModel]) -> str:
    present = [model.name for model in found if model.present]
    if not present:
        return _("The weights of no model are on the tower. Run `gpu-agent models` there to see where they belong.")
    return _(
        "{count} of {count2} can be rendered: {present}.",
        count=len(present),
        count2=len(found),
        present=", ".join(present),
    )
